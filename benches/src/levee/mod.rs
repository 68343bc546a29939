//! Levee as it is measured, on whatever host: its configurations, and what its clients send.

pub(crate) mod configuration;
pub(crate) mod traffic;
