//! The probe as an ABI 0.1.0 module: headers callbacks without an end of the stream, and four functions that 0.2.0 has
//! given up.
//!
//! Configuration: a script, described in `probe/mod.rs`.
#![expect(
    unsafe_code,
    reason = "calls to the host pass raw pointers, and what it calls has fixed names"
)]

#[path = "probe/mod.rs"]
mod probe;
#[path = "probe/v0_1_0.rs"]
mod version;
