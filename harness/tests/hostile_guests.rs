//! Guests that fail or mean harm: the host survives, and fails closed.

mod support;

use std::time::Duration;

use levee_harness::{Limits, Request, StartError};
use support::{host, ok};

#[test]
fn a_trap_is_503_for_this_request_and_every_later_one_of_that_worker_only() {
    let mut host = host("panics").workers(2).start().expect("starts");
    assert_eq!(host.worker(0).exchange(Request::get("/"), ok).status(), 200);

    let trapping = host
        .worker(0)
        .exchange(Request::get("/").header("x-panic", "1"), ok);
    assert_eq!(trapping.status(), 503);
    assert!(trapping.forwarded.is_none());
    let trap = trapping.failure.expect("a trap");
    assert_eq!(trap.callback, "proxy_on_request_headers");
    assert!(
        trap.message.contains("unreachable") && trap.message.contains("the_culprit"),
        "{trap}"
    );

    let later = host.worker(0).exchange(Request::get("/"), ok);
    assert_eq!(later.status(), 503);
    assert!(later.forwarded.is_none());
    assert_eq!(host.worker(1).exchange(Request::get("/"), ok).status(), 200);
    assert_eq!(host.stats().traps(), 1);
}

#[test]
fn a_guest_that_never_returns_is_ended() {
    let limits = Limits {
        callback_time: Duration::from_millis(50),
        ..Limits::default()
    };
    let mut host = host("loops").limits(limits).start().expect("starts");
    let exchange = host.worker(0).exchange(Request::get("/"), ok);
    assert_eq!(exchange.status(), 503);
    assert!(
        exchange
            .failure
            .expect("a trap")
            .message
            .contains("longer than a callback may")
    );
}

#[test]
fn pointers_outside_the_guests_memory_end_the_guest_and_nothing_else() {
    for headers in 0..=4 {
        let mut host = host("reads_bad_pointer").start().expect("starts");
        let mut request = Request::get("/");
        for number in 0..headers {
            request.headers.append(format!("x-{number}"), "v");
        }
        let exchange = host.worker(0).exchange(request, ok);
        assert_eq!(exchange.status(), 503, "case {headers}");
        let trap = exchange.failure.expect("a trap");
        assert!(
            trap.message.contains("outside the guest's memory"),
            "case {headers}: {trap}"
        );
    }
}

#[test]
fn memory_is_bounded() {
    let small = Limits {
        memory_bytes: 1 << 20,
        ..Limits::default()
    };
    assert_eq!(
        host("grows")
            .limits(small)
            .start()
            .expect("starts")
            .worker(0)
            .exchange(Request::get("/"), ok)
            .text(),
        "1"
    );
    let large = Limits {
        memory_bytes: 1 << 30,
        ..Limits::default()
    };
    assert_eq!(
        host("grows")
            .limits(large)
            .start()
            .expect("starts")
            .worker(0)
            .exchange(Request::get("/"), ok)
            .text(),
        "0"
    );
}

#[test]
fn a_body_beyond_the_buffer_is_413() {
    let limits = Limits {
        buffer_bytes: 100,
        ..Limits::default()
    };
    let mut host = host("buffers_body").limits(limits).start().expect("starts");
    let request = Request::post("/").body([b'a'; 60]).body([b'b'; 60]);
    let exchange = host.worker(0).exchange(request, ok);
    assert_eq!(exchange.status(), 413);
    assert!(exchange.forwarded.is_none());
}

#[test]
fn a_refused_configuration_fails_the_start_and_shows_the_guests_log() {
    assert!(
        host("refuses_configuration").start().is_ok(),
        "the empty one is fine"
    );
    let error = host("refuses_configuration")
        .configuration("{}")
        .start()
        .err()
        .expect("refused");
    let text = error.to_string();
    assert!(
        matches!(
            error,
            StartError::Refused {
                callback: "proxy_on_configure",
                ..
            }
        ),
        "{text}"
    );
    assert!(
        text.contains("rules[0].path: must begin with \"/\"") && text.contains("secret: is missing"),
        "{text}"
    );
}

#[test]
fn only_logging_is_available_in_initialize() {
    let error = host("calls_too_early")
        .start()
        .err()
        .expect("refused")
        .to_string();
    assert!(
        error.contains("proxy_get_current_time_nanoseconds is not available in _initialize"),
        "{error}"
    );
}

#[test]
fn an_unknown_import_is_warned_of_by_name_and_traps_only_when_called() {
    let mut host = host("unknown_import")
        .start()
        .expect("starts, and fd_seek answers that it is not supported");
    assert!(
        host.log()
            .iter()
            .any(|line| line.message.contains("env.proxy_brew_coffee")),
        "{:?}",
        host.log()
    );
    assert_eq!(host.worker(0).exchange(Request::get("/"), ok).status(), 200);
    assert_eq!(
        host.worker(0)
            .exchange(Request::get("/").header("x", "y"), ok)
            .status(),
        503
    );
}

#[test]
fn a_module_of_another_abi_or_none_is_refused_with_what_would_be_right() {
    let none = wat::parse_str("(module)").expect("valid");
    let new = wat::parse_str(r#"(module (func (export "proxy_abi_version_0_3_0")))"#).expect("valid");
    for (module, found) in [(none, "no proxy_abi_version_*"), (new, "proxy_abi_version_0_3_0")] {
        let error = levee_harness::Host::builder()
            .module_bytes(module)
            .start()
            .err()
            .expect("refused")
            .to_string();
        assert!(
            error.contains(found) && error.contains("proxy_abi_version_0_2_1"),
            "{error}"
        );
    }
    assert!(
        levee_harness::Host::builder()
            .module_bytes(*b"no wasm")
            .start()
            .is_err()
    );
}
