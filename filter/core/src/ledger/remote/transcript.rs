//! What one decision has asked of the ledger so far, and what was answered.

use super::{Ask, Home, Op, Reply};
use crate::ledger::Space;

/// Where an answer comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// The node itself.
    Node,
    /// The object that knows.
    Home,
    /// What the node expects this object to answer.
    Guess(Home),
}

/// Something that was asked, and its answer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry {
    pub(super) op: Op,
    pub(super) reply: Reply,
    pub(super) source: Source,
}

/// What one decision has asked of the ledger so far, in order.
#[derive(Debug, Default)]
pub struct Transcript {
    pub(super) entries: Vec<Entry>,
    /// Where the present run of the decision has got to.
    pub(super) cursor: usize,
    pub(super) journeys: usize,
}

/// What has to be asked of an object before a decision counts.
#[derive(Debug, PartialEq, Eq)]
pub struct Question {
    /// Whom to ask.
    pub home: Home,
    /// What, in order.
    pub asks: Vec<Ask>,
}

impl Transcript {
    /// Of a decision that has not begun.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// How many journeys the decision has taken.
    #[must_use]
    pub const fn journeys(&self) -> usize {
        self.journeys
    }

    /// The object that the first guess was about.
    pub(super) fn first_guess(&self) -> Option<Home> {
        self.entries.iter().find_map(|entry| match entry.source {
            Source::Guess(home) => Some(home),
            Source::Node | Source::Home => None,
        })
    }

    /// How many entries, from the first, one object can answer: up to the first guess about another.
    pub(super) fn reach_of(&self, home: Home) -> usize {
        self.entries
            .iter()
            .position(|entry| matches!(entry.source, Source::Guess(other) if other != home))
            .unwrap_or(self.entries.len())
    }

    /// Whether the decision is about a client with a clearance, or one who has just earned it.
    pub(super) fn is_of_a_clearance(&self) -> bool {
        self.entries.iter().any(|entry| {
            matches!(
                entry.op,
                Op::Take { key, .. } | Op::Check { key, .. } if key.space == Space::Clearance
            )
        })
    }

    /// What `home` has to be asked of the first `reach` entries.
    pub(super) fn guesses(&self, home: Home, reach: usize) -> impl Iterator<Item = &Entry> {
        let entries = self.entries.iter().take(reach);
        entries.filter(move |entry| entry.source == Source::Guess(home))
    }

    /// The answer in the place that the run has got to, if the same was asked there before.
    pub(super) fn next(&mut self, op: &Op) -> Option<Reply> {
        let entry = self.entries.get(self.cursor)?;
        if entry.op != *op {
            return None;
        }
        self.cursor = self.cursor.saturating_add(1);
        Some(entry.reply)
    }

    pub(super) fn push(&mut self, op: Op, reply: Reply, source: Source) {
        self.entries.push(Entry { op, reply, source });
        self.cursor = self.entries.len();
    }
}
