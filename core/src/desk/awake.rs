//! When the desk was awake, and what it says about the time when it was not.

use super::{AWAKE, BLIND_AFTER, Desk, HEARTBEAT, Result, quiet};
use crate::chat::wording::{Words, desk as words, switch};
use crate::domain::outgoing::{Outgoing, Place, Priority};
use crate::store::Commit;
use chrono::{DateTime, Utc};

impl Desk {
    /// Says in every managers' room when the desk was not watching, if it was long: for the start, after
    /// [`Desk::listen`] has caught up.
    pub async fn say_if_blind(&mut self, now: DateTime<Utc>) -> Result<()> {
        let mark = self.store.meta(AWAKE).await?.and_then(|ms| ms.parse().ok());
        let last = mark.and_then(DateTime::from_timestamp_millis);
        match last {
            Some(last) if now - last > BLIND_AFTER => self.say_blind(last, now).await,
            _ => self.heartbeat(now).await,
        }
    }

    /// Goes on after an outage of the rooms: what could not be sent meanwhile gets its time anew, and a long
    /// one is told.
    pub async fn resume(&mut self, from: DateTime<Utc>, now: DateTime<Utc>) -> Result<()> {
        self.steady_since = Some(now);
        if now - from > BLIND_AFTER {
            return self.say_blind(from, now).await;
        }
        Ok(())
    }

    /// Says in every managers' room that nothing was seen from `from` to `now`.
    async fn say_blind(&mut self, from: DateTime<Utc>, now: DateTime<Utc>) -> Result<()> {
        let mut commit = Commit::new(now);
        for each in &self.teams {
            let (team, example) = (&each.config.team, &each.policy.reference.example);
            let text = words::was_blind(&Words { team, now, example }, from, now);
            let line = quiet(&team.name, Place::Managers, text, "the bot was blind");
            // Before the pages that come with it: it says why they are late.
            let priority = Priority::Duress;
            commit.outbox.push(Outgoing { priority, ..line });
        }
        self.commit_awake(commit).await
    }

    /// Says in a team's managers' room that the bot answers again, after the homeserver has said there that it does not.
    pub async fn answers_again(&self, team: &str, now: DateTime<Utc>) -> Result<()> {
        let text = switch::ANSWERS_AGAIN.to_owned();
        let mut commit = Commit::new(now);
        let why = "the homeserver has spoken in the bot's place";
        commit.outbox.push(quiet(team, Place::Managers, text, why));
        self.store.commit(&commit).await?;
        Ok(())
    }

    /// Notes that the desk is awake, so that the next start knows since when it was not.
    pub async fn heartbeat(&mut self, now: DateTime<Utc>) -> Result<()> {
        if self
            .awake_at
            .is_some_and(|last| now >= last && now - last < HEARTBEAT)
        {
            return Ok(());
        }
        self.commit_awake(Commit::new(now)).await
    }

    /// Writes something down together with the mark that the desk is awake.
    async fn commit_awake(&mut self, mut commit: Commit) -> Result<()> {
        let now = commit.at;
        commit
            .meta
            .push((AWAKE.to_owned(), now.timestamp_millis().to_string()));
        self.store.commit(&commit).await?;
        self.awake_at = Some(now);
        Ok(())
    }
}
