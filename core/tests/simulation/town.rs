//! The teams and their people, and what their policies say: read from the TOML files here, with nothing of the
//! engine's, so that the oracle has an opinion of its own.

use chrono::TimeDelta;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use toml::Value;

/// The policies that are simulated.
pub const POLICIES: [&str; 5] = [
    "wiltshire",
    "bexley",
    "rotherham",
    "al-hasaniya",
    "hertfordshire",
];

/// Somebody of a team.
#[derive(Clone, Debug)]
pub struct Person {
    pub id: String,
    pub name: String,
    pub matrix: Option<String>,
    pub roles: Vec<String>,
    pub buddy: Option<String>,
    pub manager: Option<String>,
}

impl Person {
    /// True if this person answers alarms: any role but `worker` (the scenario contract: who is in the managers' room).
    pub fn responds(&self) -> bool {
        self.roles.iter().any(|role| role != "worker")
    }

    /// May close a call by code phrase (design, invariant 4: "a manager or above").
    pub fn may_close(&self) -> bool {
        let above = ["manager", "senior_manager", "head_of_service", "director"];
        self.roles.iter().any(|role| above.contains(&role.as_str()))
    }
}

/// A moment such as `last_sighting+2h45m`.
#[derive(Clone, Debug)]
pub struct Moment {
    pub anchor: String,
    pub after: TimeDelta,
}

/// One step of a ladder.
#[derive(Clone, Debug)]
pub struct Step {
    pub at: Moment,
    pub earliest: Option<Moment>,
    pub latest: Option<Moment>,
    pub while_unanswered: bool,
    pub notify: Vec<String>,
    pub repeat: TimeDelta,
    pub cite: String,
}

impl Step {
    pub fn asks_worker(&self) -> bool {
        self.notify.iter().any(|who| who == "worker")
    }
}

/// A ladder.
#[derive(Clone, Debug, Default)]
pub struct Ladder {
    pub follow_up: Option<TimeDelta>,
    pub steps: Vec<Step>,
}

/// One team.
#[derive(Clone, Debug)]
pub struct Team {
    pub name: String,
    pub policy: String,
    pub people: Vec<Person>,
    pub ladders: BTreeMap<String, Ladder>,
    pub phrases: Vec<String>,
}

/// All teams of a world, and the file that the engine reads them from.
#[derive(Clone, Debug)]
pub struct Town {
    pub teams: Vec<Team>,
    configuration: Value,
}

impl Team {
    pub fn person(&self, id: &str) -> Option<&Person> {
        self.people.iter().find(|person| person.id == id)
    }

    pub fn by_matrix(&self, matrix: &str) -> Option<&Person> {
        let theirs = |person: &&Person| person.matrix.as_deref() == Some(matrix);
        self.people.iter().find(theirs)
    }

    pub fn ladder(&self, kind: &str) -> Option<&Ladder> {
        self.ladders.get(kind)
    }

    fn with_role(&self, role: &str) -> Vec<String> {
        let has = |person: &&Person| person.roles.iter().any(|each| each == role);
        let found = self.people.iter().filter(has);
        found.map(|person| person.id.clone()).collect()
    }

    fn managers_of(&self, worker: &str) -> Vec<String> {
        match self.person(worker).and_then(|p| p.manager.clone()) {
            Some(manager) => vec![manager],
            None => self.with_role("manager"),
        }
    }

    fn buddies_of(&self, worker: &str) -> Vec<String> {
        if let Some(buddy) = self.person(worker).and_then(|p| p.buddy.clone()) {
            return vec![buddy];
        }
        let officers = self.with_role("duty_officer");
        if officers.is_empty() {
            return self.managers_of(worker);
        }
        officers
    }

    /// Everybody on Matrix whom a step must page for this worker: "people on the visit are never paged for it".
    pub fn paged(&self, step: &Step, worker: &str) -> Vec<String> {
        let mut found = Vec::new();
        for who in &step.notify {
            let meant = match who.as_str() {
                "worker" => vec![],
                "buddy" => self.buddies_of(worker),
                "manager" => match self.managers_of(worker) {
                    own if own.iter().all(|id| id == worker) => self.with_role("manager"),
                    own => own,
                },
                role => self.with_role(role),
            };
            found.extend(meant);
        }
        found.retain(|id| id != worker && self.person(id).is_some_and(|p| p.matrix.is_some()));
        found.sort();
        found.dedup();
        found
    }
}

impl Town {
    /// These policies, a team for each, as the scenarios have them; the teams' rooms and people apart.
    pub fn new(policies: &[&str]) -> Self {
        let mut teams = Vec::new();
        let mut tables = Vec::new();
        for policy in policies {
            let text = read(&root().join(format!("tests/scenarios/{policy}.toml")));
            let file: Value = toml::from_str(&text).expect("a configuration");
            let mut table = file["team"].as_array().expect("teams")[0].clone();
            set_apart(&mut table, policy);
            teams.push(team(&table, policy));
            tables.push(table);
        }
        let mut all = toml::Table::new();
        all.insert("team".to_owned(), Value::Array(tables));
        let configuration = Value::Table(all);
        Self {
            teams,
            configuration,
        }
    }

    /// Writes the configuration into `folder` and answers its path. `policy` may put another text in a policy's place.
    pub fn write(&self, folder: &Path, policy: &dyn Fn(&str) -> Option<Value>) -> PathBuf {
        let mut all = self.configuration.clone();
        for table in all["team"].as_array_mut().expect("teams") {
            let name = table["policy"].as_str().expect("a policy").to_owned();
            if let Some(other) = policy(&name) {
                let path = folder.join(format!("{name}.toml"));
                let text = toml::to_string(&other).expect("a policy's text");
                std::fs::write(&path, text).expect("to write a policy");
                let path = path.display().to_string();
                table["policy"] = Value::String(path);
            }
        }
        let path = folder.join("config.toml");
        let text = toml::to_string(&all).expect("a configuration's text");
        std::fs::write(&path, text).expect("to write the configuration");
        path
    }
}

/// The text of a policy as TOML.
pub fn policy_file(name: &str) -> Value {
    let text = read(&root().join(format!("policies/{name}.toml")));
    toml::from_str(&text).expect("a policy")
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Names, rooms and accounts of its own, so that teams do not share people.
fn set_apart(table: &mut Value, policy: &str) {
    table["name"] = Value::String(format!("North {policy}"));
    table["room"] = Value::String(format!("#{policy}:example.org"));
    table["managers_room"] = Value::String(format!("#{policy}-managers:example.org"));
    for person in table["person"].as_array_mut().expect("people") {
        if let Some(matrix) = person.get("matrix").and_then(Value::as_str) {
            let own = matrix.replace(':', &format!("-{policy}:"));
            person["matrix"] = Value::String(own);
        }
    }
}

fn team(table: &Value, policy: &str) -> Team {
    let file = policy_file(policy);
    let people = table["person"].as_array().expect("people");
    let ladders = file["ladder"].as_table().expect("ladders");
    let read_one = |value: &Value| match text(value, "like") {
        Some(other) => ladder(&ladders[&other]),
        None => ladder(value),
    };
    let all = ladders
        .iter()
        .map(|(kind, value)| (kind.clone(), read_one(value)));
    let phrase = |value: &Value| text(value, "text");
    let of_policy = file.get("phrase").and_then(Value::as_array);
    let mut phrases: Vec<String> = of_policy.into_iter().flatten().filter_map(phrase).collect();
    phrases.extend(list(table, "code_phrases"));
    Team {
        name: text(table, "name").expect("a name"),
        policy: policy.to_owned(),
        people: people.iter().map(person).collect(),
        ladders: all.collect(),
        phrases,
    }
}

fn person(value: &Value) -> Person {
    Person {
        id: text(value, "id").expect("an id"),
        name: text(value, "name").expect("a name"),
        matrix: text(value, "matrix"),
        roles: list(value, "roles"),
        buddy: text(value, "buddy"),
        manager: text(value, "manager"),
    }
}

fn ladder(value: &Value) -> Ladder {
    let steps = value["step"].as_array().expect("steps");
    Ladder {
        follow_up: text(value, "follow_up").map(|length| span(&length)),
        steps: steps.iter().map(step).collect(),
    }
}

fn step(value: &Value) -> Step {
    let when = |key: &str| text(value, key).map(|text| moment(&text));
    let unanswered = value.get("while_unanswered").and_then(Value::as_bool);
    Step {
        at: when("at").expect("at"),
        earliest: when("earliest"),
        latest: when("latest"),
        while_unanswered: unanswered.unwrap_or(false),
        notify: list(value, "notify"),
        repeat: text(value, "repeat").map_or(TimeDelta::minutes(10), |length| span(&length)),
        cite: text(value, "cite").expect("cite"),
    }
}

fn moment(text: &str) -> Moment {
    let (anchor, after) = text.split_once('+').unwrap_or((text, "0m"));
    Moment {
        anchor: anchor.to_owned(),
        after: span(after),
    }
}

/// `2h45m`, `90m`.
fn span(text: &str) -> TimeDelta {
    let mut all = TimeDelta::zero();
    let mut number = 0;
    for letter in text.chars() {
        match letter {
            '0'..='9' => number = number * 10 + i64::from(letter.to_digit(10).unwrap_or(0)),
            'h' => all += TimeDelta::hours(std::mem::take(&mut number)),
            'm' => all += TimeDelta::minutes(std::mem::take(&mut number)),
            other => panic!("{other} in the length {text}"),
        }
    }
    all
}

fn text(value: &Value, key: &str) -> Option<String> {
    value.get(key).and_then(Value::as_str).map(str::to_owned)
}

fn list(value: &Value, key: &str) -> Vec<String> {
    let found = value.get(key).and_then(Value::as_array);
    let words = found.into_iter().flatten().filter_map(Value::as_str);
    words.map(str::to_owned).collect()
}
