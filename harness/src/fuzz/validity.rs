//! Whether what a filter lets out is HTTP.

use crate::headers::Headers;
use crate::message::{Request, Response};

/// What is wrong with a request that is forwarded; what the client has sent likewise is not the filter's fault.
pub(super) fn of_request(forwarded: &Request, sent: &Request) -> Option<String> {
    let pseudo = [
        (":method", &forwarded.method, &sent.method),
        (":path", &forwarded.path, &sent.path),
        (":authority", &forwarded.authority, &sent.authority),
    ];
    for (name, now, before) in pseudo {
        if now == before {
            continue;
        }
        if now.is_empty() {
            return Some(format!("{name} is empty"));
        }
        if let Some(byte) = now.iter().copied().find(|byte| cuts(*byte)) {
            return Some(format!("{name} has the byte {byte:#04x}"));
        }
    }
    let trailers = |request: &Request| request.trailers.clone().unwrap_or_default();
    of_fields(&forwarded.headers, &sent.headers).or_else(|| of_fields(&trailers(forwarded), &trailers(sent)))
}

/// What is wrong with a response; what the origin has answered likewise is not the filter's fault.
pub(super) fn of_response(response: &Response, origin: Option<&Response>) -> Option<String> {
    let unchanged = origin.is_some_and(|origin| origin.status == response.status);
    if !unchanged && !(200..=599).contains(&response.status) {
        return Some(match response.status {
            0 => ":status is missing or no number".to_owned(),
            status => format!(":status is {status}, which is no final status: those are 200 to 599"),
        });
    }
    let none = Headers::new();
    let before = origin.map_or(&none, |origin| &origin.headers);
    of_fields(&response.headers, before)
}

fn of_fields(now: &Headers, before: &Headers) -> Option<String> {
    now.iter()
        .filter(|(name, value)| name.is_empty() || name.iter().chain(*value).any(|byte| cuts(*byte)))
        .find(|field| before.iter().all(|other| other != *field))
        .map(|(name, value)| {
            let (name, value) = (name.escape_ascii(), value.escape_ascii());
            format!("the field \"{name}: {value}\" has no name, or a byte that ends it (CR, LF or NUL)")
        })
}

/// Bytes by which whoever reads the message takes it for another one.
const fn cuts(byte: u8) -> bool {
    matches!(byte, b'\r' | b'\n' | 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_filter_adds_must_not_end_a_line() {
        let sent = Request::get("/").header("x", "a\0b");
        assert_eq!(of_request(&sent, &sent), None);
        let split = sent.clone().header("y", "a\r\nz: 1");
        let what = of_request(&split, &sent).expect("invalid");
        assert!(what.contains("y: a\\r\\nz: 1"), "{what}");
        let mut empty = sent.clone();
        empty.path.clear();
        assert_eq!(of_request(&empty, &sent).as_deref(), Some(":path is empty"));
    }

    #[test]
    fn a_response_has_a_status() {
        assert_eq!(of_response(&Response::new(204), None), None);
        assert!(of_response(&Response::new(0), Some(&Response::new(200))).is_some());
        assert_eq!(of_response(&Response::new(0), Some(&Response::new(0))), None);
    }
}
