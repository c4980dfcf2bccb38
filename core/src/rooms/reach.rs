//! What the rooms tell of whether people can be reached.

use super::RoomBook;
use crate::domain::reach::Known;
use chrono::{DateTime, Duration, Utc};

/// When somebody was last seen need not be kept more exactly than this.
const KEPT_WITHIN: Duration = Duration::hours(1);

/// When an account was last seen.
#[derive(Debug)]
pub(super) struct Seen {
    at: DateTime<Utc>,
    /// What the store knows of it.
    kept: DateTime<Utc>,
}

impl RoomBook {
    /// What is known of this account. A room whose members are not known yet says nothing.
    pub fn known_of(&self, user: &str) -> Known {
        let inner = self.read();
        let room = inner.preferred.get(user);
        let members = room.map(|room| inner.members.get(room));
        let in_chat = match members {
            Some(members) => members.map(|members| members.contains(user)),
            None => inner.settled.then_some(false),
        };
        Known {
            in_chat,
            reads: inner.readers.get(user).copied(),
            seen: inner.seen.get(user).map(|seen| seen.at),
        }
    }

    /// Remembers whether an account has a device that can read what is encrypted for it.
    pub fn set_reads(&self, user: &str, reads: bool) {
        self.write().readers.insert(user.to_owned(), reads);
    }

    /// Remembers what the store knows of when accounts were last seen (UTC).
    pub fn recall_seen(&self, accounts: impl IntoIterator<Item = (String, DateTime<Utc>)>) {
        let mut inner = self.write();
        for (user, at) in accounts {
            inner.seen.insert(user, Seen { at, kept: at });
        }
    }

    /// Something came from this account at `at` (UTC). True where the store should know.
    pub fn saw(&self, user: &str, at: DateTime<Utc>) -> bool {
        let mut inner = self.write();
        let Some(seen) = inner.seen.get_mut(user) else {
            inner.seen.insert(user.to_owned(), Seen { at, kept: at });
            return true;
        };
        seen.at = seen.at.max(at);
        let keep = seen.at - seen.kept >= KEPT_WITHIN;
        if keep {
            seen.kept = seen.at;
        }
        keep
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AMIRA: &str = "@amira:x";

    #[test]
    fn an_invitation_is_no_joining_and_what_is_not_known_is_none() {
        let book = RoomBook::default();
        let in_chat = |book: &RoomBook| book.known_of(AMIRA).in_chat;
        assert_eq!(book.known_of(AMIRA), Known::default());
        book.settle();
        assert_eq!(in_chat(&book), Some(false), "there is no chat");
        book.set_direct(AMIRA, "!d");
        assert_eq!(in_chat(&book), None, "just made");
        book.set_members("!d", ["@bot:x".to_owned()].into());
        assert_eq!(in_chat(&book), Some(false), "only invited");
        book.set_members("!d", ["@bot:x", AMIRA].map(str::to_owned).into());
        assert_eq!(in_chat(&book), Some(true));
        book.close_direct(AMIRA, "!d");
        assert_eq!(in_chat(&book), Some(false), "somebody else is in it");
    }

    #[test]
    fn the_store_need_not_know_each_message() {
        let book = RoomBook::default();
        let at = |minutes| DateTime::UNIX_EPOCH + Duration::minutes(minutes);
        book.recall_seen([(AMIRA.to_owned(), at(0))]);
        assert!(!book.saw(AMIRA, at(59)));
        assert_eq!(book.known_of(AMIRA).seen, Some(at(59)));
        assert!(book.saw(AMIRA, at(60)));
        assert!(!book.saw(AMIRA, at(61)));
        assert!(!book.saw(AMIRA, at(5)), "an older one that came late");
        assert_eq!(book.known_of(AMIRA).seen, Some(at(61)));
        assert!(book.saw("@ben:x", at(5)), "somebody new");
    }
}
