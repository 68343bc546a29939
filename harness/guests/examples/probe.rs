//! Tells every callback in the log, and calls the host as its configuration says: for comparing hosts call by call.
//! An ABI 0.2.1 module; `probe_01` is the same for ABI 0.1.0.
//!
//! Configuration: a script, described in `probe/mod.rs`.
#![expect(
    unsafe_code,
    reason = "calls to the host pass raw pointers, and what it calls has fixed names"
)]

#[path = "probe/mod.rs"]
mod probe;
#[path = "probe/v0_2_1.rs"]
mod version;
