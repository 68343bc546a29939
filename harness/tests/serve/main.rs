//! `levee serve` and `levee check` on real sockets and processes.

mod command_line;
mod forwarding;
mod limits;
mod operation;
mod origin;
mod proxy;
#[path = "../support/mod.rs"]
mod support;
