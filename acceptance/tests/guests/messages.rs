//! Guests that look at one request or response at a time.

use super::{host, messages, ok, start};
use levee_harness::{Request, Response, StartError};

#[test]
fn noop_changes_nothing_and_says_nothing() {
    let mut host = start(host("noop"));
    let request = Request::post("/form").header("x-a", "1").body("name").body("=x");
    let exchange = host.worker(0).exchange(request.clone(), |_| {
        Response::new(201)
            .header("x-b", "2")
            .body("done")
            .trailer("x-t", "3")
    });
    assert_eq!(exchange.forwarded, Some(request));
    assert_eq!(
        exchange.response(),
        &Response::new(201)
            .header("x-b", "2")
            .body("done")
            .trailer("x-t", "3")
    );
    assert_eq!(host.log(), []);
}

#[test]
fn http_headers_logs_and_changes_both_ways() {
    let mut host = start(host("http_headers"));
    let request = Request::get("/")
        .header("x-secret", "1")
        .header("x-odd", b"a\xffb")
        .header("x-hello", "forged");
    let exchange = host
        .worker(0)
        .exchange(request, |_| Response::new(200).header("server", "origin/1"));
    let forwarded = exchange.forwarded.as_ref().expect("forwarded");
    assert_eq!(forwarded.headers.get("x-secret"), None);
    assert_eq!(
        forwarded.headers.get_all(b"x-hello").collect::<Vec<_>>(),
        [b"origin"]
    );
    assert_eq!(exchange.header("x-hello"), Some(&b"client"[..]));
    assert_eq!(exchange.header("server"), None);
    let logged = messages(&exchange.log);
    for line in [
        "request :path: /",
        "request x-secret: 1",
        r"request x-odd: a\xffb",
        "response :status: 200",
        "response server: origin/1",
    ] {
        assert!(logged.contains(&line), "{line:?} is not in {logged:#?}");
    }
    assert_eq!(logged.last(), Some(&"completed"));
}

#[test]
fn http_headers_answers_hello_itself() {
    let mut host = start(host("http_headers"));
    let exchange = host.worker(0).exchange(Request::get("/hello"), ok);
    assert_eq!(exchange.forwarded, None);
    assert_eq!(exchange.status(), 200);
    assert_eq!(exchange.header("x-powered-by"), Some(&b"proxy-wasm"[..]));
    assert_eq!(exchange.header("x-hello"), None);
    assert_eq!(exchange.text(), "Hello, world!\n");
}

#[test]
fn http_body_replaces_words_that_stand_across_pieces() {
    let mut host = start(host("http_body"));
    let mut text = |response: Response| {
        let exchange = host.worker(0).exchange(Request::get("/"), |_| response);
        assert_eq!(exchange.header("content-length"), None);
        exchange.text()
    };
    assert_eq!(
        text(
            Response::new(200)
                .header("content-length", "24")
                .body("a sec")
                .body("ret, a secretsecret")
        ),
        "a [removed], a [removed][removed]"
    );
    assert_eq!(text(Response::new(200).body("secre")), "secre");
    assert_eq!(text(Response::new(204)), "");
}

#[test]
fn http_body_replaces_words_of_a_body_that_trailers_follow() {
    let mut host = start(host("http_body"));
    let exchange = host.worker(0).exchange(Request::get("/"), |_| {
        Response::new(200).body("sec").body("ret").trailer("x-t", "1")
    });
    assert_eq!(exchange.text(), "[removed]");
    let trailers = exchange.response().trailers.as_ref().expect("trailers");
    assert_eq!(trailers.get("x-t"), Some(&b"1"[..]));
}

#[test]
fn http_config_adds_the_configured_headers_beside_those_of_the_origin() {
    let mut host = start(host("http_config").configuration("x-a: 1\n\n X-B :two words \nx-a:3"));
    let exchange = host
        .worker(0)
        .exchange(Request::get("/"), |_| Response::new(200).header("x-a", "0"));
    let headers = &exchange.response().headers;
    assert_eq!(headers.get_all(b"x-a").collect::<Vec<_>>(), [b"0", b"1", b"3"]);
    assert_eq!(headers.get("x-b"), Some(&b"two words"[..]));
}

#[test]
fn http_config_refuses_what_is_no_header() {
    let refused = host("http_config").configuration("x-a: 1\nnonsense").start();
    let Err(StartError::Refused { callback, log, .. }) = refused else {
        panic!("it starts")
    };
    assert_eq!(callback, "proxy_on_configure");
    assert_eq!(
        messages(&log),
        [r#"the configuration is refused: "nonsense" is no header"#]
    );
}

#[test]
fn properties_tells_text_as_text_and_anything_else_in_hexadecimal() {
    let names = "request.path\nrequest.headers.x-odd\nsource.address\nsource.port\nno.such.thing\n";
    let mut host = start(host("properties").configuration(names));
    let request = Request::get("/a?b=ü")
        .header("x-odd", b"\xfe\x01")
        .source("[2001:db8::1]:258".parse().expect("an address"));
    let exchange = host.worker(0).exchange(request, ok);
    assert_eq!(exchange.forwarded, None);
    assert_eq!(
        exchange.text(),
        "request.path = /a?b=ü\n\
         request.headers.x-odd = fe01\n\
         source.address = [2001:db8::1]:258\n\
         source.port = 0201000000000000\n\
         no.such.thing = (none)\n"
    );
}
