//! What a rule of a document has somebody told, quietly.

/// What somebody is told quietly because a rule of the document says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum News {
    /// A visit that nobody had planned begins now.
    Unplanned,
    /// It was not logged the day before.
    NotTheDayBefore,
    /// It is not for one person, and no second worker has confirmed.
    Alone,
    /// It has begun like that.
    BegunAlone,
    /// The reference has a flag; somebody may have to agree.
    Flagged {
        /// Yes, one of those who read it.
        approval: bool,
    },
    /// She is not trained for it.
    Untrained,
    /// A second worker has confirmed.
    Accompanied,
    /// She is out of it.
    Ended,
    /// She took it back: she is not.
    NotEnded,
    /// She took it back: she is not.
    NotBack,
    /// She is home, or back at the office.
    Back {
        /// Home.
        home: bool,
    },
}

impl News {
    /// True for what she may have told to another than her manager.
    pub fn is_of_her_return(self) -> bool {
        matches!(
            self,
            Self::Ended | Self::NotEnded | Self::Back { .. } | Self::NotBack
        )
    }
}

/// What a line in the team's room says of a visit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line {
    /// She is there.
    Arrived,
    /// She is out.
    Left,
    /// She took back what the line before said.
    TookBack,
}
