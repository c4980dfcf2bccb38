//! Is the bot well? From the values of one moment to a verdict in words. Pure.

use super::vitals::{Login, Switch};
use lonewatch_core::store::Unsent;
use std::time::Duration;

/// How old the last sync may be: the homeserver answers each after half a minute at the latest.
const SYNC: Duration = Duration::from_secs(60);
/// How long the desk and the courier may take for a round, or for one message: both look around four times a minute, and
/// no request takes longer than three times 20 seconds.
const ROUND: Duration = Duration::from_secs(90);
/// How long ago the desk may have kept something last: it notes twice a minute that it is awake.
const COMMIT: Duration = Duration::from_secs(120);
/// How long a page or a call for help may wait to be sent: after a minute the desk counts it as not delivered, too.
const ALARM: Duration = Duration::from_secs(60);
/// How late a deadline may be: the desk wakes to the second.
const LATE: Duration = Duration::from_secs(60);
/// How long ago the store may have been counted last: it is, every two seconds.
const COUNTED: Duration = Duration::from_secs(30);

/// The values of one moment. Ages count from this moment back; `None`: that has not been, in this run of the program.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Values {
    /// The start is over.
    pub watching: bool,
    /// Whether the bot is logged in.
    pub login: Login,
    /// True once the bot's account has signed its device: other devices may refuse keys to one that is not signed.
    pub device_signed: bool,
    /// The rooms cannot be seen.
    pub blind: bool,
    /// Since the last sync that worked.
    pub last_sync_age: Option<Duration>,
    /// Since the desk came round, or kept something.
    pub desk_age: Option<Duration>,
    /// Since the courier came round, or got on with a message.
    pub courier_age: Option<Duration>,
    /// Since the desk kept something.
    pub last_commit_age: Option<Duration>,
    /// Since the store was counted: as old are the numbers below.
    pub counted_age: Option<Duration>,
    /// How long the oldest page or call for help has waited to be sent; `None`: none waits.
    pub oldest_unsent_alarm: Option<Duration>,
    /// How long the next deadline has been due; zero where it is still to come.
    pub deadline_lateness: Duration,
    /// What was said and has not been dealt with.
    pub inbox_pending: u64,
    /// What is still to be sent.
    pub unsent: Unsent,
    /// Shifts that are watched.
    pub open_shifts: u64,
    /// Alarms that nobody has closed.
    pub open_alarms: u64,
    /// The homeserver as a dead man's switch.
    pub switch: Switch,
    /// Messages sent, in this run of the program.
    pub sent: u64,
    /// Messages that the channel refused, in this run of the program.
    pub refused: u64,
    /// How often the homeserver has logged the bot out, in this run of the program.
    pub logouts: u64,
}

impl Values {
    /// True while the bot watches, and the desk and the courier both come round.
    pub fn turning(&self) -> bool {
        self.watching && self.hung().is_empty()
    }

    /// Which loops do not come round.
    fn hung(&self) -> Vec<String> {
        let loops = [("desk", self.desk_age), ("courier", self.courier_age)];
        let hung = loops.into_iter().filter_map(|(name, age)| match age {
            None => Some(format!("the {name} has not begun")),
            Some(age) => too_old(age, ROUND).map(|age| format!("the {name} has hung for {age}")),
        });
        hung.collect()
    }

    /// True while the process is alive: starting and logging in count, a loop that hangs does not.
    pub fn alive(&self) -> bool {
        !self.watching || self.turning()
    }

    /// What is wrong, in words for whoever looks after the program. Nothing: all is well.
    pub fn wrong(&self) -> Vec<String> {
        let mut wrong = Vec::new();
        match self.login {
            Login::In => {}
            Login::NotYet => wrong.push("not logged in yet".to_owned()),
            Login::Out => wrong
                .push("logged out: the homeserver does not know this device any more".to_owned()),
        }
        if self.login == Login::In && !self.device_signed {
            wrong.push("the bot's device is not signed by its account yet".to_owned());
        }
        match self.watching {
            true => wrong.extend(self.hung()),
            false => wrong.push("not watching yet".to_owned()),
        }
        wrong.extend(aged(
            "no sync has worked yet",
            "the last sync that worked was",
            self.last_sync_age,
            SYNC,
        ));
        wrong.extend(aged(
            "nothing has been stored yet",
            "the last commit was",
            self.last_commit_age,
            COMMIT,
        ));
        wrong.extend(aged(
            "the database has not answered yet",
            "the database answered last",
            self.counted_age,
            COUNTED,
        ));
        if let Some(age) = self.oldest_unsent_alarm.and_then(|age| too_old(age, ALARM)) {
            wrong.push(format!("a page has waited for {age} to be sent"));
        }
        if let Some(late) = too_old(self.deadline_lateness, LATE) {
            wrong.push(format!("a deadline has been due for {late}"));
        }
        wrong
    }
}

/// What is wrong about something that has to be done again and again.
fn aged(never: &str, last: &str, age: Option<Duration>, most: Duration) -> Option<String> {
    match age {
        None => Some(never.to_owned()),
        Some(age) => (age > most).then(|| {
            format!(
                "{last} {} s ago (at most {} s)",
                age.as_secs(),
                most.as_secs()
            )
        }),
    }
}

/// The age and its bound in words, where it is over it.
fn too_old(age: Duration, most: Duration) -> Option<String> {
    (age > most).then(|| format!("{} s (at most {} s)", age.as_secs(), most.as_secs()))
}

#[cfg(test)]
#[path = "judge_tests.rs"]
mod tests;
