//! A request as it is written on the wire.

use crate::message::Request;

/// Most headers that are read.
const MAX_HEADERS: usize = 1000;

/// Why something is no HTTP request.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MessageError {
    /// A line is no HTTP.
    #[error(
        "this is not an HTTP/1.1 request: {0}; right would be \"GET /path HTTP/1.1\", headers, and an empty line"
    )]
    Malformed(#[from] httparse::Error),
    /// The empty line is missing.
    #[error("the request ends before its headers do: they end with an empty line")]
    Unfinished,
}

pub(super) fn parse(message: &[u8]) -> Result<Request, MessageError> {
    let mut fields = vec![httparse::EMPTY_HEADER; MAX_HEADERS];
    let mut parsed = httparse::Request::new(&mut fields);
    let httparse::Status::Complete(end) = parsed.parse(message)? else {
        return Err(MessageError::Unfinished);
    };
    let mut request = Request::new(parsed.method.unwrap_or("GET"), parsed.path.unwrap_or("/"));
    for field in parsed.headers.iter() {
        if field.name.eq_ignore_ascii_case("host") {
            request.authority = field.value.to_vec();
        } else {
            request.headers.append(field.name, field.value);
        }
    }
    match message.get(end..) {
        Some(body) if !body.is_empty() => Ok(request.body(body)),
        _ => Ok(request),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_headers_and_body_are_taken_over_and_host_is_the_authority() {
        let request =
            parse(b"POST /a?b HTTP/1.1\r\nHost: x.example\r\nAccept: */*\r\n\r\nbody").expect("valid");
        let expected = Request::post("/a?b")
            .host("x.example")
            .header("Accept", "*/*")
            .body("body");
        assert_eq!(request, expected);
    }

    #[test]
    fn lines_may_end_without_a_carriage_return() {
        assert_eq!(
            parse(b"GET / HTTP/1.1\naccept: a\n\n")
                .expect("valid")
                .headers
                .len(),
            1
        );
    }

    #[test]
    fn what_is_no_request_is_refused() {
        assert!(matches!(
            parse(b"GET / HTTP/1.1\r\nhost: x\r\n"),
            Err(MessageError::Unfinished)
        ));
        assert!(matches!(parse(b"hello\r\n\r\n"), Err(MessageError::Malformed(_))));
    }
}
