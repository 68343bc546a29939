//! `levee serve` and `levee check` on real sockets and processes.

mod command_line;
mod forwarding;
mod limits;
mod log;
mod operation;
mod origin;
mod proxy;
mod reload;
#[path = "../../../harness/tests/support/mod.rs"]
mod support;
mod watch;
