//! Plays a day with a flood against the filter: in virtual time, or on real sockets of this machine.
//!
//! A [`scenario`] says who comes when, who attacks, what the site is like and what is promised. [`client`] has those who come,
//! as machines that do no input or output; so the same people and floods are played by a [`replay::Replay`], in virtual time
//! against the filter in the harness or another [`gate`], and by a [`live::Rehearsal`] on real sockets. What happens goes into a [`tally`]; [`judge`]
//! holds it against the promises, and `levee-report` tells it.

pub mod client;
mod findings;
pub mod gate;
pub mod judge;
pub mod live;
pub mod memory;
pub mod origin;
pub mod replay;
pub mod scenario;
pub mod settings;
pub mod tally;
