//! Proxy-Wasm ABI 0.2.1, as much of it as the filter uses, both directions. Everything `unsafe` of this crate is here.
//!
//! A binding of its own rather than the SDK, because a filter that hardly computes is made of crossings: the SDK exports
//! every callback, and a host calls each that is exported several times a request, for nothing. It also fetches headers as
//! text, and would panic on names that are none.
//!
//! Specification: <https://github.com/proxy-wasm/spec/tree/main/abi-versions/v0.2.1>.
#![expect(
    unsafe_code,
    reason = "the host and the module pass raw pointers to each other"
)]

mod callbacks;
pub(crate) mod configuration;
pub(crate) mod headers;
mod imports;
pub(crate) mod log;
mod memory;
pub(crate) mod metrics;
pub(crate) mod random;
pub(crate) mod reply;
pub(crate) mod shared_data;
pub(crate) mod source;
pub(crate) mod time;

/// What the host answers to a call that it did not carry out (`proxy_status_t`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Status(u32);

impl Status {
    /// There is no such thing.
    pub(crate) const NOT_FOUND: Self = Self(1);
    /// Somebody else has changed it.
    pub(crate) const CAS_MISMATCH: Self = Self(8);
}

/// What the host does with a request or an answer next (`proxy_action_t`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub(crate) enum Next {
    /// It goes on.
    Continue = 0,
    /// It stays where it is: something else is sent in its place.
    Pause = 1,
}

const fn check(status: u32) -> Result<(), Status> {
    match status {
        0 => Ok(()),
        status => Err(Status(status)),
    }
}
