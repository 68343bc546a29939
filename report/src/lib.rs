//! What a replay or a rehearsal found, and how it is told.
//!
//! [`Findings`] is all that is known when one is over. Whoever plays fills it; this crate tells it: to people in the sentence
//! of [`headline()`], on the [page](html) and in the [table] of the terminal, to programs as [JSON](json).

mod bound;
mod chart;
mod clock;
mod comparison;
mod figures;
mod findings;
mod headline;
pub mod html;
pub mod json;
mod language;
mod promise;
mod series;
pub mod table;
mod verdict;
mod words;

pub use bound::{Bound, Judged};
pub use figures::{Figures, Spread};
pub use findings::{Attack, Baselines, Findings, Method, Run, Text};
pub use headline::headline;
pub use language::Language;
pub use series::Series;
pub use verdict::{ByVerdict, Verdict};
