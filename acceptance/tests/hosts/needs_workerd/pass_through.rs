//! What the worker lets through reaches the other side as it came.

use super::{Stage, from_origin};

#[test]
fn a_request_reaches_the_origin_and_its_answer_the_client() {
    let stage = Stage::set();
    let (request, answer) = stage.exchange(
        "GET /path?query HTTP/1.1\r\nx-of-client: 1",
        &from_origin("200 OK\r\nx-of-origin: 2\r\ncontent-length: 4", "body"),
    );
    assert!(request.starts_with("GET /path?query HTTP/1.1\r\n"), "{request}");
    for field in [
        "host: site.example",
        "x-of-client: 1",
        "cf-connecting-ip: 192.0.2.1",
    ] {
        assert!(
            request.to_ascii_lowercase().contains(&format!("\r\n{field}\r\n")),
            "{field} is not in {request}"
        );
    }
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(answer.header("x-of-origin"), "2");
    assert_eq!(answer.text(), "body");
}
