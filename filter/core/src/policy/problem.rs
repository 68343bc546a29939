//! What is wrong with a configuration, all of it.

use std::fmt;

/// Something that is wrong with a configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where, as in `rules[2].match.path`; empty for the configuration as a whole.
    pub path: String,
    /// What is wrong, and what would be right.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.is_empty() {
            f.write_str(&self.message)
        } else {
            write!(f, "{}: {}", self.path, self.message)
        }
    }
}

/// Collects problems. Of several at one place, the first counts: the others would follow from it.
#[derive(Debug, Default)]
pub(super) struct Problems(Vec<Problem>);

impl Problems {
    pub(super) fn add(&mut self, path: impl fmt::Display, message: impl fmt::Display) {
        self.add_text(&path, &message);
    }

    // Texts are made here and not in the hundred places that may have something to tell.
    #[cold]
    #[inline(never)]
    fn add_text(&mut self, path: &dyn fmt::Display, message: &dyn fmt::Display) {
        let path = path.to_string();
        if !self.any_at(&path) {
            let message = message.to_string();
            self.0.push(Problem { path, message });
        }
    }

    pub(super) fn are_none(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether `path` itself is wrong.
    pub(super) fn any_at(&self, path: &str) -> bool {
        self.0.iter().any(|known| known.path == path)
    }

    /// Whether something inside of `path` is wrong.
    pub(super) fn any_below(&self, path: &str) -> bool {
        self.0.iter().any(|known| {
            known
                .path
                .strip_prefix(path)
                .is_some_and(|rest| rest.starts_with(['.', '[']))
        })
    }

    /// Whether `path` or something inside of it is wrong.
    pub(super) fn any_at_or_below(&self, path: &str) -> bool {
        self.any_at(path) || self.any_below(path)
    }

    pub(super) fn into_inner(self) -> Vec<Problem> {
        self.0
    }
}
