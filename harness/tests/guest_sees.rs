//! What a guest is told, and what becomes of what it changes.

mod support;

use levee_harness::{Request, Response};
use support::{host, ok};

#[test]
fn headers_set_by_the_guest_reach_the_origin_and_the_client() {
    let mut host = host("sets_header").start().expect("starts");
    let exchange = host
        .worker(0)
        .exchange(Request::get("/").header("X-Guest", "forged"), ok);
    let forwarded = exchange.forwarded.as_ref().expect("forwarded");
    let values: Vec<_> = forwarded.headers.get_all(b"x-guest").collect();
    assert_eq!(values, [b"was here"]);
    assert_eq!(exchange.header("x-guest"), Some(&b"was here"[..]));
    assert_eq!(exchange.text(), "origin");
}

#[test]
fn header_bytes_cross_unchanged_whatever_they_are() {
    let mut host = host("echoes_headers").start().expect("starts");
    let request = Request::get(b"/\xff?\x01")
        .header(b"x-\xc3\x28", b"\xfe\xff")
        .header("x-a", "1")
        .header("X-A", "2");
    let exchange = host.worker(0).exchange(request, ok);
    let echoed = exchange.response().body_bytes();
    for part in [
        &b":path\0/\xff?\x01\0"[..],
        b"x-\xc3\x28\0\xfe\xff\0",
        b"x-a\x001\0x-a\x002\0",
    ] {
        assert!(
            echoed.windows(part.len()).any(|window| window == part),
            "{}",
            part.escape_ascii()
        );
    }
}

#[test]
fn eleven_hundred_headers_all_reach_the_guest() {
    let mut host = host("echoes_headers").start().expect("starts");
    let mut request = Request::get("/");
    for number in 0..1100 {
        request.headers.append(format!("x-{number}"), "v");
    }
    let exchange = host.worker(0).exchange(request, ok);
    assert_eq!(
        exchange.response().body_bytes().first_chunk(),
        Some(&1104_u32.to_le_bytes())
    );
}

fn property(path: &str, request: Request) -> (u16, Vec<u8>) {
    let mut host = host("tells_property")
        .configuration(path)
        .start()
        .expect("starts");
    let exchange = host.worker(0).exchange(request, ok);
    (exchange.status(), exchange.response().body_bytes())
}

#[test]
fn the_source_address_has_a_port_and_ipv6_has_brackets() {
    let from = |source: &str| Request::get("/").source(source.parse().expect("an address"));
    assert_eq!(
        property("source\0address", from("203.0.113.7:5123")),
        (200, b"203.0.113.7:5123".to_vec())
    );
    assert_eq!(
        property("source\0address", from("[2001:db8::1]:443")),
        (200, b"[2001:db8::1]:443".to_vec())
    );
    assert_eq!(
        property("source\0port", from("203.0.113.7:5123")),
        (200, 5123_u64.to_le_bytes().to_vec())
    );
}

#[test]
fn request_properties_are_those_of_the_headers() {
    let request = || {
        Request::post("/a/b?c=d")
            .host("clinic.example")
            .header("x-request-id", "17")
    };
    for (path, expected) in [
        ("request\0path", "/a/b?c=d"),
        ("request\0url_path", "/a/b"),
        ("request\0query", "c=d"),
        ("request\0method", "POST"),
        ("request\0host", "clinic.example"),
        ("request\0scheme", "http"),
        ("request\0protocol", "HTTP/1.1"),
        ("request\0id", "17"),
        ("request\0headers\0x-request-id", "17"),
    ] {
        assert_eq!(
            property(path, request()),
            (200, expected.as_bytes().to_vec()),
            "{}",
            path.replace('\0', ".")
        );
    }
    assert_eq!(property("request\0nonsense", request()).0, 404);
}

#[test]
fn what_the_guest_sets_is_filter_state_under_wasm() {
    assert_eq!(
        property("filter_state\0wasm.client_key", Request::get("/")),
        (200, b"client_key".to_vec())
    );
    assert_eq!(
        property("client_key", Request::get("/")),
        (200, b"client_key".to_vec())
    );
    assert_eq!(property("filter_state\0client_key", Request::get("/")).0, 404);
}

#[test]
fn every_status_is_the_one_envoy_gives() {
    let mut host = host("reports_statuses").start().expect("starts");
    let exchange = host.worker(0).exchange(Request::get("/"), ok);
    // In the order of the guest: header, absent header; absent map, its pairs, bad map; body not there (an empty one),
    // configuration not there, bad buffer; unknown cluster, property, context, queue.
    assert_eq!(exchange.text(), "012020122121", "log: {:?}", exchange.log);
    assert!(
        exchange
            .log
            .iter()
            .any(|line| line.message.contains("cluster \"x-absent\" is unknown")),
        "an unknown cluster is named in the log: {:?}",
        exchange.log
    );
}

#[test]
fn a_body_is_held_while_the_guest_pauses_and_goes_on_as_it_left_it() {
    let mut host = host("buffers_body").start().expect("starts");
    let request = Request::post("/").body("one ").body("two");
    let exchange = host.worker(0).exchange(request, |forwarded| {
        Response::new(200).body(forwarded.body_bytes())
    });
    assert_eq!(exchange.text(), "one two!");
    assert_eq!(
        exchange.forwarded.expect("forwarded").body.len(),
        1,
        "it went on in one piece"
    );
}

#[test]
fn trailers_pass_behind_the_body() {
    let mut host = host("sets_header").start().expect("starts");
    let request = Request::post("/").body("b").trailer("x-sum", "1");
    let exchange = host
        .worker(0)
        .exchange(request, |_| Response::new(200).body("r").trailer("x-sum", "2"));
    assert_eq!(
        exchange
            .forwarded
            .as_ref()
            .expect("forwarded")
            .trailers
            .as_ref()
            .expect("some")
            .get("x-sum"),
        Some(&b"1"[..])
    );
    assert_eq!(
        exchange.response().trailers.as_ref().expect("some").get("x-sum"),
        Some(&b"2"[..])
    );
}
