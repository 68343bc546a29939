//! Changes of what all nodes share, as data, so that they can be made wherever that lives.

use super::{Register, Words};
use crate::{
    capacity::{Answers, Health},
    line::Line,
    quota::Quota,
    time::Timestamp,
};
use serde::{Deserialize, Serialize};

/// A change of a register.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Change {
    /// Calls numbers in line for the time since this was last done: [`Line::call`].
    Call {
        /// Requests that the origin carries in a second.
        per_second: u64,
        /// How full its budget is, in thousandths.
        fill: u64,
    },
    /// The same, and then draws a number, which is [`Line::last_drawn`] afterwards.
    Draw {
        /// Requests that the origin carries in a second.
        per_second: u64,
        /// How full its budget is, in thousandths.
        fill: u64,
    },
    /// Somebody whose turn it is found no room: [`Line::turn_away`].
    TurnAway,
    /// Somebody was let in by their number: [`Line::let_in`].
    LetIn,
    /// Adds what a node has seen of the origin: [`Health::add`].
    Tell {
        /// What it has seen.
        answers: Answers,
        /// What the origin carries when it is well.
        capacity: Quota,
    },
}

impl Change {
    /// What it changes.
    #[must_use]
    pub const fn register(&self) -> Register {
        match self {
            Self::Call { .. } | Self::Draw { .. } | Self::TurnAway | Self::LetIn => Register::Line,
            Self::Tell { .. } => Register::Health,
        }
    }

    /// Makes the change, at `now`.
    pub fn apply(&self, words: &mut Words, now: Timestamp) {
        if let Self::Tell { answers, capacity } = self {
            let mut health = Health(*words);
            health.add(*answers, capacity, now);
            *words = health.0;
            return;
        }
        let mut line = Line::from(*words);
        match *self {
            Self::Call { per_second, fill } => line.call(per_second, fill, now),
            Self::Draw { per_second, fill } => {
                line.call(per_second, fill, now);
                line.draw(now);
            }
            Self::TurnAway => line.turn_away(now),
            Self::LetIn => line.let_in(),
            Self::Tell { .. } => {}
        }
        *words = line.into();
    }
}
