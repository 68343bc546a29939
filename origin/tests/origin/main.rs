//! The booking app from outside: real sockets, real SQLite files, and where it matters the real program.

#![expect(
    clippy::unwrap_used,
    reason = "in a test's helpers, too, a panic is how a test fails"
)]

mod access_log;
mod api;
mod booking;
mod call_back;
mod databases;
mod desk;
mod free_places;
mod hostile_input;
mod limits;
mod live;
mod metrics;
mod options;
mod pages;
mod properties;
mod readiness;
mod retention;
mod start_and_end;
mod support;
mod ticket_page;
