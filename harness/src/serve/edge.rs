//! What a proxy at the edge does to headers before a filter sees them, and how header maps become hyper's and back.
//!
//! This is Envoy's `use_remote_address: true` as far as filters notice: the peer is the client; its address is appended to
//! `x-forwarded-for`; `x-forwarded-proto` and `x-request-id` are set anew; `x-envoy-*` from outside is dropped; headers that
//! concern one connection only are removed.

use std::net::IpAddr;

use http::{HeaderMap, HeaderName, HeaderValue, Version, header, request};

use crate::entropy::Entropy;
use crate::headers::Headers;

/// Headers for one hop, besides those that `connection` names.
const HOP_BY_HOP: [&str; 8] = [
    "connection",
    "expect",
    "keep-alive",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// Why a request is refused before any filter sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unacceptable {
    /// No `host`, or more than one.
    Host,
    /// `CONNECT` and `OPTIONS *` have no path.
    Path,
    /// The headers are larger than the bound.
    TooLarge,
}

/// The header map of a request as a filter sees it.
pub(super) fn request_map(
    parts: &request::Parts,
    peer: IpAddr,
    entropy: &dyn Entropy,
    max_header_bytes: usize,
) -> Result<Headers, Unacceptable> {
    let path = parts.uri.path_and_query().map_or("", |path| path.as_str());
    if !path.starts_with('/') {
        return Err(Unacceptable::Path);
    }
    let mut hosts = parts.headers.get_all(header::HOST).iter();
    let host = hosts.next().map(HeaderValue::as_bytes);
    let authority = parts
        .uri
        .authority()
        .map(|authority| authority.as_str().as_bytes());
    let (Some(authority), None) = (authority.or(host), hosts.next()) else {
        return Err(Unacceptable::Host);
    };

    let mut headers = from_hyper(&parts.headers);
    remove_hop_by_hop(&mut headers);
    headers.remove("host");
    headers.retain(|name, _| !name.starts_with(b"x-envoy-"));
    let mut forwarded: Vec<Vec<u8>> = headers.get_all(b"x-forwarded-for").map(<[u8]>::to_vec).collect();
    forwarded.push(peer.to_string().into_bytes());
    headers.set("x-forwarded-for", forwarded.join(&b","[..]));
    headers.set("x-forwarded-proto", "http");
    headers.set("x-request-id", request_id(entropy));

    let mut map = Headers::new();
    map.append(":authority", authority);
    map.append(":path", path);
    map.append(":method", parts.method.as_str());
    map.append(":scheme", "http");
    for (name, value) in headers.iter() {
        map.append(name, value);
    }
    if map.byte_size() > max_header_bytes {
        Err(Unacceptable::TooLarge)
    } else {
        Ok(map)
    }
}

/// The header map of a response as a filter sees it.
pub(super) fn response_map(status: http::StatusCode, headers: &HeaderMap) -> Headers {
    let mut headers = from_hyper(headers);
    remove_hop_by_hop(&mut headers);
    std::iter::once((&b":status"[..], status.as_str().as_bytes()))
        .chain(headers.iter())
        .collect()
}

/// The name of a protocol version as the property `request.protocol` has it.
pub(super) fn protocol(version: Version) -> &'static str {
    match version {
        Version::HTTP_10 => "HTTP/1.0",
        _ => "HTTP/1.1",
    }
}

pub(super) fn from_hyper(headers: &HeaderMap) -> Headers {
    headers
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_bytes()))
        .collect()
}

/// Fields that HTTP/1.1 cannot carry are left out, with a warning: a filter may have written anything.
pub(super) fn to_hyper(headers: &Headers) -> HeaderMap {
    let mut map = HeaderMap::with_capacity(headers.len());
    for (name, value) in headers.iter().filter(|(name, _)| !name.starts_with(b":")) {
        match (HeaderName::from_bytes(name), HeaderValue::from_bytes(value)) {
            (Ok(name), Ok(value)) => {
                map.append(name, value);
            }
            _ => {
                tracing::warn!(name = %name.escape_ascii(), "a header of the filter is no valid header: left out");
            }
        }
    }
    map
}

fn remove_hop_by_hop(headers: &mut Headers) {
    let named: Vec<Vec<u8>> = headers
        .get_all(b"connection")
        .flat_map(|value| value.split(|byte| *byte == b','))
        .map(|name| name.trim_ascii().to_ascii_lowercase())
        .collect();
    headers.retain(|name, _| {
        !HOP_BY_HOP.iter().any(|hop| hop.as_bytes() == name) && !named.iter().any(|hop| hop == name)
    });
}

/// A random (version 4) UUID.
fn request_id(entropy: &dyn Entropy) -> String {
    let mut bytes = [0; 16];
    entropy.fill(&mut bytes);
    let random = u128::from_be_bytes(bytes);
    let uuid = (random & !(0xf << 76) & !(0x3 << 62)) | (0x4 << 76) | (0x2 << 62);
    let hex = format!("{uuid:032x}");
    [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::SeededEntropy;

    fn map(request: request::Builder) -> Result<Headers, Unacceptable> {
        let (parts, ()) = request.body(()).expect("a request").into_parts();
        request_map(&parts, IpAddr::from([192, 0, 2, 1]), &SeededEntropy::new(1), 1000)
    }

    #[test]
    fn the_peer_is_appended_to_all_that_was_forwarded_for() {
        let request = http::Request::get("/").header("host", "a");
        let request = request
            .header("x-forwarded-for", "1.1.1.1")
            .header("x-forwarded-for", "2.2.2.2, 3.3.3.3");
        let headers = map(request).expect("acceptable");
        let values: Vec<_> = headers.get_all(b"x-forwarded-for").collect();
        assert_eq!(values, [b"1.1.1.1,2.2.2.2, 3.3.3.3,192.0.2.1"]);
    }

    #[test]
    fn headers_of_one_hop_are_removed_and_so_are_those_that_connection_names() {
        let request = http::Request::get("/")
            .header("host", "a")
            .header("connection", "close, X-Private");
        let headers = map(request
            .header("x-private", "1")
            .header("te", "trailers")
            .header("x-kept", "2"))
        .expect("ok");
        assert!(
            ["connection", "x-private", "te", "host"]
                .iter()
                .all(|name| headers.get(name).is_none())
        );
        assert_eq!(headers.get("x-kept"), Some(&b"2"[..]));
        assert_eq!(headers.get(":authority"), Some(&b"a"[..]));
    }

    #[test]
    fn a_request_id_from_outside_is_replaced_by_a_uuid() {
        let headers = map(http::Request::get("/")
            .header("host", "a")
            .header("x-request-id", "mine"))
        .expect("ok");
        let id = headers.get("x-request-id").expect("set");
        assert_eq!((id.len(), id[14]), (36, b'4'));
        assert!(matches!(id[19], b'8' | b'9' | b'a' | b'b'));
    }

    #[test]
    fn no_host_two_hosts_no_path_and_too_much_are_refused() {
        let get = || http::Request::get("/");
        assert_eq!(map(get()), Err(Unacceptable::Host));
        assert_eq!(
            map(get().header("host", "a").header("host", "b")),
            Err(Unacceptable::Host)
        );
        assert_eq!(
            map(http::Request::options("*").header("host", "a")),
            Err(Unacceptable::Path)
        );
        assert_eq!(
            map(http::Request::connect("a:1").header("host", "a")),
            Err(Unacceptable::Path)
        );
        let large = get().header("host", "a").header("cookie", "c".repeat(1000));
        assert_eq!(map(large), Err(Unacceptable::TooLarge));
    }
}
