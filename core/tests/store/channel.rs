//! A channel that does as it is told.

use crate::say;
use lonewatch_core::courier::{Channel, Delivered, SendError};
use lonewatch_core::domain::outgoing::Outgoing;
use lonewatch_core::store::{OutRow, Store};
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex};

/// Row, text, thread root.
pub type Attempt = (i64, String, Option<String>);

/// A channel that fails as it is told and notes what it was given.
#[derive(Clone, Default)]
pub struct Fake {
    /// What is to go wrong, by text, in this order; after that all goes well.
    pub errors: Arc<Mutex<HashMap<String, VecDeque<SendError>>>>,
    /// Every attempt.
    pub seen: Arc<Mutex<Vec<Attempt>>>,
    /// Said by somebody while this text is on its way.
    pub meanwhile: Arc<Mutex<Option<(String, Store, Outgoing)>>>,
    /// The room that it sends into, where it is another.
    pub room: Arc<Mutex<Option<String>>>,
}

impl Channel for Fake {
    async fn send(&self, row: &OutRow, root: Option<&Delivered>) -> Result<Delivered, SendError> {
        let text = row.out.text.clone();
        let root = root.map(|root| root.event.clone());
        self.seen.lock().unwrap().push((row.id, text.clone(), root));
        // A homeserver does not answer at once: a crash may come when it has the message and before that is marked.
        tokio::task::yield_now().await;
        let meanwhile = self.meanwhile.lock().unwrap().take();
        if let Some((when, store, out)) = meanwhile {
            assert_eq!(when, text);
            say(&store, vec![out]).await;
        }
        let mut errors = self.errors.lock().unwrap();
        if let Some(error) = errors.get_mut(&text).and_then(VecDeque::pop_front) {
            return Err(error);
        }
        Ok(Delivered {
            room: self.room.lock().unwrap().clone().unwrap_or("!room".into()),
            event: format!("${text}"),
        })
    }
}

impl Fake {
    /// Makes the next `times` attempts at this text fail.
    pub fn fail(&self, text: &str, times: usize, error: &SendError) {
        let errors = vec![error.clone(); times].into();
        self.errors.lock().unwrap().insert(text.into(), errors);
    }

    /// The texts that were tried since the last time this was asked.
    pub fn tried(&self) -> Vec<String> {
        let seen = std::mem::take(&mut *self.seen.lock().unwrap());
        seen.into_iter().map(|(_, text, _)| text).collect()
    }

    /// The same with their thread roots.
    pub fn tried_under(&self) -> Vec<(String, Option<String>)> {
        let seen = std::mem::take(&mut *self.seen.lock().unwrap());
        seen.into_iter()
            .map(|(_, text, root)| (text, root))
            .collect()
    }
}

pub fn later() -> SendError {
    SendError::Later {
        wait: None,
        why: "the server is away".into(),
    }
}

pub fn refused() -> SendError {
    SendError::Refused {
        why: "not in the room".into(),
    }
}
