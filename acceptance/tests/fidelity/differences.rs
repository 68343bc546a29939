//! Where two observations differ.

use crate::observation::Observation;
use std::fmt;

/// One place where the hosts differ: the lines of each that the other does not have there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Difference {
    pub(crate) play: &'static str,
    pub(crate) part: &'static str,
    pub(crate) harness: Vec<String>,
    pub(crate) envoy: Vec<String>,
    /// The line in front of it, which both have.
    after: Option<String>,
}

/// Most lines of a difference in the report.
const ROWS: usize = 24;
/// Width of a column of the report.
const COLUMN: usize = 76;

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let after = self.after.as_deref().unwrap_or("the beginning");
        writeln!(f, "{}, {}, after {after}:", self.play, self.part)?;
        for row in 0..self.harness.len().max(self.envoy.len()).min(ROWS) {
            let cell = |column: &[String]| column.get(row).cloned().unwrap_or_default();
            writeln!(f, "  {:COLUMN$} | {}", cell(&self.harness), cell(&self.envoy))?;
        }
        Ok(())
    }
}

/// All differences of a play.
pub(crate) fn between(play: &'static str, harness: &Observation, envoy: &Observation) -> Vec<Difference> {
    let parts = harness.parts().into_iter().zip(envoy.parts());
    parts
        .flat_map(|((part, left), (_, right))| {
            hunks(left, right).into_iter().map(move |hunk| Difference {
                play,
                part,
                harness: hunk.left,
                envoy: hunk.right,
                after: hunk.after,
            })
        })
        .collect()
}

#[derive(Default)]
struct Hunk {
    left: Vec<String>,
    right: Vec<String>,
    after: Option<String>,
}

/// Runs of lines that are not part of the longest common subsequence.
fn hunks(left: &[String], right: &[String]) -> Vec<Hunk> {
    let common = lengths(left, right);
    let (mut i, mut j) = (0, 0);
    let mut hunks = Vec::new();
    let mut hunk = Hunk::default();
    while i < left.len() || j < right.len() {
        match (left.get(i), right.get(j)) {
            (Some(a), Some(b)) if a == b => {
                let done = std::mem::replace(
                    &mut hunk,
                    Hunk {
                        after: Some(a.clone()),
                        ..Hunk::default()
                    },
                );
                hunks.push(done);
                (i, j) = (i + 1, j + 1);
            }
            (Some(a), b) if b.is_none() || common[i + 1][j] >= common[i][j + 1] => {
                hunk.left.push(a.clone());
                i += 1;
            }
            (_, b) => {
                hunk.right.extend(b.cloned());
                j += 1;
            }
        }
    }
    hunks.push(hunk);
    hunks.retain(|hunk| !hunk.left.is_empty() || !hunk.right.is_empty());
    hunks
}

/// The length of the longest common subsequence of what follows from each pair of places.
fn lengths(left: &[String], right: &[String]) -> Vec<Vec<usize>> {
    let mut lengths = vec![vec![0; right.len() + 1]; left.len() + 1];
    for i in (0..left.len()).rev() {
        for j in (0..right.len()).rev() {
            lengths[i][j] = if left[i] == right[j] {
                lengths[i + 1][j + 1] + 1
            } else {
                lengths[i + 1][j].max(lengths[i][j + 1])
            };
        }
    }
    lengths
}
