//! The requests of a bench, and the origin's answers.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use super::message_file::{self, MessageError};
use crate::message::{Request, Response};

/// What a browser sends, about a kilobyte.
const HEADERS: [(&str, &str); 15] = [
    (
        "user-agent",
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36",
    ),
    (
        "accept",
        "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8",
    ),
    ("accept-language", "en-GB,en;q=0.9,de;q=0.8,fr;q=0.7"),
    ("accept-encoding", "gzip, deflate, br, zstd"),
    (
        "referer",
        "https://booking.example/appointments/2024-03-01?place=town-hall&people=2",
    ),
    (
        "cookie",
        "session=8d3f6c1e0b7a4f92a5d1c4e7f8a9b0c3; consent=necessary; theme=dark; language=en; last-place=town-hall; \
                visited=1709288400; experiment=b; basket=eyJpdGVtcyI6W10sInRvdGFsIjowfQ; \
                signature=Zm9yIG1lYXN1cmluZyBvbmx5LCBhIHZhbHVlIGFzIGxvbmcgYXMgdGhvc2Ugb2YgbWFueSBzZXNzaW9uIGNvb2tpZXMgYXJlLCBhcyB0aGV5IGFyZSBzaWduZWQsIGVuY3J5cHRlZCBvciBib3Ro",
    ),
    ("cache-control", "max-age=0"),
    ("upgrade-insecure-requests", "1"),
    ("sec-fetch-dest", "document"),
    ("sec-fetch-mode", "navigate"),
    ("sec-fetch-site", "same-origin"),
    ("sec-fetch-user", "?1"),
    ("priority", "u=0, i"),
    ("x-request-id", "6f1f3c55-5e0b-4c0e-9d2e-9a7b1c0d2e3f"),
    ("x-forwarded-proto", "https"),
];

/// Requests of many clients that are otherwise alike, and one answer to all of them.
#[derive(Clone, Debug)]
pub struct Traffic {
    request: Request,
    clients: u32,
    response: Response,
}

impl Default for Traffic {
    /// A browser's `GET /` without a body, of one client; 200 with a few headers.
    fn default() -> Self {
        let request = HEADERS.iter().fold(Request::get("/"), |request, (name, value)| {
            request.header(name, value)
        });
        Self {
            request,
            clients: 1,
            response: Response::new(200)
                .header("content-type", "text/html; charset=utf-8")
                .header("cache-control", "no-store")
                .header("server", "origin")
                .header("vary", "accept-encoding"),
        }
    }
}

impl Traffic {
    /// Another request, as it is written on the wire: request line, headers, an empty line, body.
    ///
    /// # Errors
    /// When it is not HTTP.
    pub fn of_message(message: &[u8]) -> Result<Self, MessageError> {
        Ok(Self {
            request: message_file::parse(message)?,
            ..Self::default()
        })
    }

    /// From that many addresses in turn.
    #[must_use]
    pub const fn clients(mut self, clients: u32) -> Self {
        self.clients = if clients == 0 { 1 } else { clients };
        self
    }

    /// For another path.
    #[must_use]
    pub fn path(mut self, path: impl AsRef<[u8]>) -> Self {
        self.request.path = path.as_ref().to_vec();
        self
    }

    /// With a body of so many bytes, in pieces of 16 KiB; it is sent with POST.
    #[must_use]
    pub fn body(mut self, bytes: usize) -> Self {
        const PIECE: usize = 16 << 10;
        if bytes > 0 {
            self.request.method = b"POST".to_vec();
            self.request.headers.set("content-length", bytes.to_string());
            self.request.body = vec![b'a'; bytes].chunks(PIECE).map(<[u8]>::to_vec).collect();
        }
        self
    }

    pub(super) fn request(&self, number: u64) -> Request {
        let client = u32::try_from(number % u64::from(self.clients)).unwrap_or_default();
        let address = IpAddr::from(Ipv4Addr::from_bits(
            u32::from(Ipv4Addr::new(10, 0, 0, 1)).wrapping_add(client),
        ));
        self.request.clone().source(SocketAddr::new(address, 40_000))
    }

    pub(super) fn response(&self) -> Response {
        self.response.clone()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_request_is_about_a_kilobyte_with_fifteen_headers() {
        let request = Traffic::default().request(0);
        assert_eq!(request.headers.len(), 15);
        assert!(
            (900..1200).contains(&request.headers.byte_size()),
            "{}",
            request.headers.byte_size()
        );
    }

    #[test]
    fn clients_take_turns() {
        let traffic = Traffic::default().clients(3);
        let sources: Vec<SocketAddr> = (0..6).map(|number| traffic.request(number).source).collect();
        assert_eq!(sources.iter().collect::<BTreeSet<_>>().len(), 3);
        assert_eq!(sources[..3], sources[3..]);
    }

    #[test]
    fn a_body_comes_in_pieces_with_its_length() {
        let request = Traffic::default().body(40_000).request(0);
        assert_eq!(request.method, b"POST");
        assert_eq!(request.body.len(), 3);
        assert_eq!(request.headers.get("content-length"), Some(&b"40000"[..]));
    }
}
