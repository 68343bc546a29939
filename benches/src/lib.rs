//! What Levee costs, beside what else there is.
//!
//! A [`session`] visits its [`subject::Subject`]s in shuffled order with short bursts of [`load`], and reads before
//! and after each burst how much [`processor`] time the server has used. What a subject costs is told against a reference that
//! is visited every few bursts: neighbours in time meet the same noise. This holds on machines where a load test of a second
//! does not.
//!
//! The library measures and tells: [`figures`], as a [`table`] and a [`chart`]. What is measured is in [`envoy`] with its
//! [`peers`], and in [`edge`]. Benchmarks of the core alone and of the module in the embedded host are this crate's `benches/`.

pub mod chart;
pub mod edge;
pub mod envoy;
pub mod figures;
pub mod goal;
mod levee;
pub mod load;
pub mod peers;
pub mod processor;
pub mod session;
pub mod statistics;
pub mod subject;
pub mod table;
pub mod traffic;
