//! What the tests of the library share with those of the command.

use levee_harness::{Host, HostBuilder, Request, Response};

fn path(name: &str) -> String {
    format!("{}/../harness/guests/{name}.wat", env!("CARGO_MANIFEST_DIR"))
}

/// The guest of that name under `guests/`, as a WebAssembly module.
pub(crate) fn guest(name: &str) -> Vec<u8> {
    let path = path(name);
    wat::parse_file(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The same as text, for a test that changes something about it.
#[allow(dead_code, reason = "each test binary uses a part")]
pub(crate) fn guest_text(name: &str) -> String {
    let path = path(name);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
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

/// A module that every host takes, with something added to it.
#[allow(dead_code, reason = "each test binary uses a part")]
pub(crate) fn filter(body: &str) -> Vec<u8> {
    let text = format!(
        r#"(module {body}
            (memory (export "memory") 1 4)
            (func (export "proxy_abi_version_0_2_1"))
            (func (export "proxy_on_memory_allocate") (param i32) (result i32) i32.const 1024)
            (func (export "proxy_on_context_create") (param i32 i32))
            (func (export "proxy_on_vm_start") (param i32 i32) (result i32) i32.const 1)
            (func (export "proxy_on_configure") (param i32 i32) (result i32) i32.const 1))"#
    );
    wat::parse_str(text).expect("a module")
}
