//! Scenarios: tests of a filter that are written as YAML, and played in a [`World`](crate::World), in virtual time.
//!
//! ```
//! use levee_harness::scenario::{Choice, File, Told, play};
//!
//! let file = File::parse(
//!     "guests/example.yaml",
//!     r"
//! module: sets_header.wat
//! scenarios:
//!   - name: the origin and the client see the filter's header
//!     steps:
//!       - request: { method: POST, path: /orders, body: { json: { seats: 2 } } }
//!         expect:
//!           status: 200
//!           headers: { x-guest: was here }
//!           forwarded: { headers: { x-guest: present }, body: { json: { seats: 2 } } }
//! ",
//! )?;
//! let report = play(&[file], &Choice::default(), &|_done, _all| {})?;
//! assert!(report.passed(), "{}", Told::new(&report));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A [`File`] has settings and scenarios. Each scenario begins with a fresh host, on each profile and with each seed that it
//! names; it is a list of steps, each of which does one thing (a request, many, or waiting) and says what is to be true of
//! it, or of everything so far. [`schema`] describes all of it.

mod at;
mod check;
mod count;
mod expect;
mod fakes;
mod fields;
mod judge;
mod junit;
mod line;
mod matcher;
mod payload;
mod play;
mod profiles;
mod quantity;
mod read;
mod report;
mod run;
mod save;
mod seeds;
mod service;
mod setting;
mod shown;
mod stage;
mod step;
mod tell;
mod text;
mod totals;
mod written;

pub use self::at::Place;
pub use self::play::{Choice, PlayError, play};
pub use self::profiles::ProfileChoice;
pub use self::read::{File, Problem, Unreadable};
pub use self::report::{Failure, FileReport, Mismatch, Played, Report};
pub use self::tell::Told;

/// The JSON Schema of scenario files, for editors.
#[must_use]
pub fn schema() -> serde_json::Value {
    schemars::schema_for!(setting::Root).to_value()
}
