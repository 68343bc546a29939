//! What the tests share.

use levee_harness::{Host, HostBuilder, Request, Response};

/// The guest of that name under `guests/`, as a WebAssembly module.
pub(crate) fn guest(name: &str) -> Vec<u8> {
    let path = format!("{}/guests/{name}.wat", env!("CARGO_MANIFEST_DIR"));
    wat::parse_file(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// A host for that guest, not started yet.
#[allow(dead_code, reason = "each test binary uses a part")]
pub(crate) fn host(name: &str) -> HostBuilder {
    Host::builder().module_bytes(guest(name))
}

/// An origin that is content with everything.
#[allow(dead_code, reason = "each test binary uses a part")]
pub(crate) fn ok(_: &Request) -> Response {
    Response::new(200).body("origin")
}
