//! What a replay or a rehearsal found, and how it is told.
//!
//! [`Findings`] is all that is known when one is over. Whoever plays fills it; this crate tells it.

mod bound;
mod figures;
mod findings;
mod series;
mod verdict;

pub use bound::{Bound, Judged};
pub use figures::{Figures, Spread};
pub use findings::{Attack, Baselines, Findings, Method, Run, Text};
pub use series::Series;
pub use verdict::{ByVerdict, Verdict};
