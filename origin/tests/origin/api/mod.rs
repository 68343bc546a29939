//! The JSON interface.

mod description;
mod model;
mod needs_schemathesis;
mod refusals;
mod repeats;
mod tickets;
