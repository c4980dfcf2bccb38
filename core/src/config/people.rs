//! The people of a team: who they are, and that somebody answers for everybody.

use super::{ConfigError, wrong};
use crate::domain::policy::Policy;
use crate::domain::roster::{Person, Team};
use std::collections::BTreeSet;

/// Ids, roles and relations of the people of a team.
pub(super) fn check(team: &Team) -> Result<(), ConfigError> {
    let name = &team.name;
    let mut ids = BTreeSet::new();
    let mut accounts = BTreeSet::new();
    if team.room == team.managers_room {
        return wrong(format!(
            "team {name}: room and managers_room are the same; workers must not read the managers' room"
        ));
    }
    for person in &team.people {
        let id = &person.id;
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "_-.".contains(c);
        if id.0.is_empty() || !id.0.chars().all(plain) {
            return wrong(format!(
                "team {name}: \"{id}\" is not an id; write it in small letters: id = \"amira\""
            ));
        }
        if ["bot", "team", "managers", "quiet", "never"].contains(&id.0.as_str()) {
            return wrong(format!(
                "team {name}: the id \"{id}\" has a meaning of its own in scenario files; choose another"
            ));
        }
        if !ids.insert(id) {
            return wrong(format!(
                "team {name}: two people have the id \"{id}\"; give one another id"
            ));
        }
        if person.roles.is_empty() {
            return wrong(format!(
                "team {name}: {id} has no role; write roles = [\"worker\"]"
            ));
        }
        if let Some(matrix) = &person.matrix {
            if !(matrix.starts_with('@') && matrix.contains(':')) {
                return wrong(format!(
                    "team {name}: \"{matrix}\" is not a Matrix id; write matrix = \"@{id}:example.org\""
                ));
            }
            if !accounts.insert(matrix) {
                return wrong(format!(
                    "team {name}: two people have the Matrix id {matrix}"
                ));
            }
        }
    }
    for person in &team.people {
        for (key, other) in [("buddy", &person.buddy), ("manager", &person.manager)] {
            let Some(other) = other else { continue };
            if !ids.contains(other) {
                return wrong(format!(
                    "team {name}: {}'s {key} \"{other}\" is nobody's id; it is one of {}",
                    person.id,
                    ids.iter()
                        .map(|id| id.0.as_str())
                        .collect::<Vec<_>>()
                        .join(", ")
                ));
            }
            if *other == person.id {
                return wrong(format!(
                    "team {name}: {other} cannot be {other}'s own {key}; name somebody else"
                ));
            }
        }
    }
    Ok(())
}

/// Every role that the policy pages is held by somebody, and for everybody there is somebody else on Matrix
/// who answers alarms (design, invariant 7).
pub(super) fn check_roles(team: &Team, policy: &Policy) -> Result<(), ConfigError> {
    for role in policy.roles() {
        if team.with_role(role).next().is_none() {
            return wrong(format!(
                "team {}: the policy {} pages a {}, and nobody is one; add roles = [\"{}\"] to a person",
                team.name,
                policy.name,
                role.key().replace('_', " "),
                role.key()
            ));
        }
    }
    let answers = |p: &&Person| p.responds() && p.matrix.is_some();
    for person in &team.people {
        if !team
            .people
            .iter()
            .filter(answers)
            .any(|other| other.id != person.id)
        {
            return wrong(format!(
                "team {}: nobody on Matrix could answer an alarm of {}; add matrix = \"@…\" to somebody \
                 else with a role such as \"manager\" or \"duty_officer\"",
                team.name, person.id
            ));
        }
    }
    Ok(())
}
