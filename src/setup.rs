//! What the configuration means for the rooms: the login, which rooms there are, who is who; and secrets, which come from the
//! environment or from files.

use crate::matrix::{MatrixConfig, People, RoomPlan, TeamPlan};
use anyhow::{Context, Result, bail};
use lonewatch_core::config::Config;
use lonewatch_core::domain::roster::Team;
use std::collections::BTreeSet;
use std::path::Path;

/// How to log in.
///
/// # Errors
/// Where there is no secret, or it cannot be read.
pub fn matrix_config(config: &Config) -> Result<MatrixConfig> {
    let matrix = config.matrix.clone().context("there is no [matrix]")?;
    let token = secret("LONEWATCH_TOKEN", matrix.token_file.as_deref())?;
    let password = secret("LONEWATCH_PASSWORD", matrix.password_file.as_deref())?;
    if token.is_none() && password.is_none() {
        bail!(
            "there is no password for {}; write password_file = \"secrets/password\" under [matrix], or set \
             LONEWATCH_PASSWORD",
            matrix.user
        );
    }
    Ok(MatrixConfig {
        homeserver: matrix.homeserver,
        user: matrix.user,
        password,
        token,
        data_dir: matrix.data_dir,
        require_encryption: matrix.require_encryption,
    })
}

/// A secret from the environment, else from its file.
pub fn secret(variable: &str, file: Option<&Path>) -> Result<Option<String>> {
    if let Ok(value) = std::env::var(variable) {
        return Ok(Some(value));
    }
    let Some(file) = file else { return Ok(None) };
    let text = std::fs::read_to_string(file).with_context(|| {
        format!(
            "{}: cannot be read, and {variable} is not set",
            file.display()
        )
    })?;
    Ok(Some(text.trim_end_matches(['\r', '\n']).to_owned()))
}

/// Which rooms there are.
pub fn plan(config: &Config) -> RoomPlan {
    let teams = config.teams.iter().map(|each| TeamPlan {
        name: each.team.name.clone(),
        room: each.team.room.clone(),
        managers_room: each.team.managers_room.clone(),
        responders: responders(&each.team),
    });
    let people = config.teams.iter().flat_map(|each| &each.team.people);
    RoomPlan {
        teams: teams.collect(),
        people: people.filter_map(|person| person.matrix.clone()).collect(),
    }
}

fn responders(team: &Team) -> BTreeSet<String> {
    let people = team.people.iter().filter(|person| person.responds());
    people.filter_map(|person| person.matrix.clone()).collect()
}

/// Which account each person has.
pub fn people(config: &Config) -> People {
    let mut map = People::new();
    for each in &config.teams {
        for person in &each.team.people {
            if let Some(matrix) = &person.matrix {
                map.insert((each.team.name.clone(), person.id.clone()), matrix.clone());
            }
        }
    }
    map
}
