//! The guest in another language than Rust.

use super::{host, messages, ok, start};
use levee_harness::{Limits, Request};

#[test]
fn a_guest_in_assemblyscript_adds_its_headers_and_logs() {
    let mut host = start(host("assemblyscript"));
    let request = Request::get("/số?1").header("x-guest", "forged");
    let exchange = host.worker(0).exchange(request, ok);
    let forwarded = exchange.forwarded.as_ref().expect("forwarded");
    let values: Vec<_> = forwarded.headers.get_all(b"x-guest").collect();
    assert_eq!(values, [&b"forged"[..], b"AssemblyScript"]);
    assert_eq!(exchange.header("x-guest"), Some(&b"AssemblyScript"[..]));
    assert_eq!(messages(&exchange.log), ["asked for /số?1"]);
}

#[test]
fn a_guest_in_assemblyscript_does_without_more_memory_for_ever() {
    let limits = Limits {
        memory_bytes: 1 << 20,
        ..Limits::default()
    };
    let mut host = start(host("assemblyscript").limits(limits));
    let long = "x".repeat(10_000);
    for _ in 0..1_000 {
        let exchange = host.worker(0).exchange(Request::get(&long), ok);
        assert_eq!(exchange.status(), 200, "{:?}", exchange.failure);
    }
}
