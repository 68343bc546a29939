//! What is sent: a browser's request of about a kilobyte with 15 header fields, of many clients.

use std::net::Ipv4Addr;

use http::{HeaderName, HeaderValue, Method, Request, header};

use crate::load::{Body, Protocol};

/// A source of requests without end.
pub trait Traffic {
    /// The next one, as it is sent over `protocol`.
    ///
    /// # Errors
    /// When it would be no valid request.
    fn next_request(&mut self, protocol: Protocol) -> Result<Request<Body>, http::Error>;
}

/// Where clients' addresses begin; those of a million follow.
const FIRST_CLIENT: u32 = Ipv4Addr::new(10, 0, 0, 0).to_bits();

/// The length of the cookies of a request, in bytes, the filter's own included.
pub const COOKIE_LENGTH: usize = 221;

/// What a browser sends besides host, cookies and the client's address.
const FIELDS: [(HeaderName, &str); 12] = [
    (
        header::USER_AGENT,
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36",
    ),
    (
        header::ACCEPT,
        "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8",
    ),
    (header::ACCEPT_LANGUAGE, "vi-VN,vi;q=0.9,en-GB;q=0.8,en;q=0.7"),
    (header::ACCEPT_ENCODING, "gzip, deflate, br, zstd"),
    (
        header::REFERER,
        "https://booking.example/departments/cardiology?day=2024-03-14&session=morning",
    ),
    (header::CACHE_CONTROL, "max-age=0"),
    (header::UPGRADE_INSECURE_REQUESTS, "1"),
    (HeaderName::from_static("sec-fetch-dest"), "document"),
    (HeaderName::from_static("sec-fetch-mode"), "navigate"),
    (HeaderName::from_static("sec-fetch-site"), "same-origin"),
    (HeaderName::from_static("sec-fetch-user"), "?1"),
    (HeaderName::from_static("priority"), "u=0, i"),
];

/// The header field by which a load balancer in front tells the client's address; the servers measured here believe it.
pub const CLIENT: HeaderName = HeaderName::from_static("x-forwarded-for");

/// A browser's navigations, from addresses drawn at random.
#[derive(Clone, Debug)]
pub struct Browsers {
    clients: u32,
    path: String,
    cookie_length: usize,
    random: fastrand::Rng,
}

impl Browsers {
    /// From so many addresses, with cookies of the usual length.
    #[must_use]
    pub fn of(clients: u32) -> Self {
        Self {
            clients,
            path: "/departments/cardiology?day=2024-03-14".to_owned(),
            cookie_length: COOKIE_LENGTH,
            random: fastrand::Rng::with_seed(clients.into()),
        }
    }

    /// For another path.
    #[must_use]
    pub fn path(mut self, path: &str) -> Self {
        path.clone_into(&mut self.path);
        self
    }

    /// With so many bytes of cookies.
    #[must_use]
    pub const fn cookies(mut self, length: usize) -> Self {
        self.cookie_length = length;
        self
    }

    /// One of the clients, by number.
    pub fn draw(&mut self) -> u32 {
        self.random.u32(0..self.clients.max(1))
    }

    /// A request of the client with this number, whose cookies begin with `cookie`.
    ///
    /// # Errors
    /// When it would be no valid request.
    pub fn request_of(
        &self,
        client: u32,
        protocol: Protocol,
        cookie: &str,
    ) -> Result<Request<Body>, http::Error> {
        let uri = match protocol {
            Protocol::Http1 => self.path.clone(),
            // HTTP/2 has the host in the request's target.
            Protocol::Http2 => format!("http://booking.example{}", self.path),
        };
        let mut request = Request::builder().method(Method::GET).uri(uri);
        if protocol == Protocol::Http1 {
            request = request.header(header::HOST, "booking.example");
        }
        for (name, value) in FIELDS {
            request = request.header(name, HeaderValue::from_static(value));
        }
        let address = Ipv4Addr::from_bits(FIRST_CLIENT.wrapping_add(client));
        request
            .header(header::COOKIE, self.cookies_after(cookie))
            .header(CLIENT, address.to_string())
            .body(Body::default())
    }

    /// Cookies of the site's own behind one of the filter's, so long that all are of the wanted length.
    fn cookies_after(&self, cookie: &str) -> String {
        const SITES: &str = "consent=necessary; theme=dark; language=vi; session=";
        let mut cookies = String::with_capacity(self.cookie_length);
        if !cookie.is_empty() {
            cookies.push_str(cookie);
            cookies.push_str("; ");
        }
        cookies.push_str(SITES);
        while cookies.len() < self.cookie_length {
            cookies.push('8');
        }
        cookies
    }
}

impl Traffic for Browsers {
    fn next_request(&mut self, protocol: Protocol) -> Result<Request<Body>, http::Error> {
        let client = self.draw();
        self.request_of(client, protocol, "")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_about_a_kilobyte_with_fifteen_fields() {
        for protocol in [Protocol::Http1, Protocol::Http2] {
            let request = Browsers::of(1).next_request(protocol).unwrap();
            let bytes: usize = request
                .headers()
                .iter()
                .map(|(name, value)| name.as_str().len() + value.len() + 4)
                .sum();
            let fields = request.headers().len() + usize::from(protocol == Protocol::Http2);
            assert_eq!(fields, 15);
            assert!((800..1100).contains(&bytes), "{bytes}");
        }
    }

    #[test]
    fn a_cookie_of_the_filter_is_part_of_the_length() {
        let request = Browsers::of(1)
            .request_of(0, Protocol::Http1, "levee=abc")
            .unwrap();
        let cookies = request.headers()[header::COOKIE].to_str().unwrap();
        assert!(cookies.starts_with("levee=abc; consent="), "{cookies}");
        assert_eq!(cookies.len(), COOKIE_LENGTH);
    }

    #[test]
    fn clients_are_drawn_from_as_many_addresses_as_asked_for() {
        let mut few = Browsers::of(2);
        let addresses: std::collections::BTreeSet<_> = (0..64)
            .map(|_| few.next_request(Protocol::Http1).unwrap().headers()[&CLIENT].clone())
            .collect();
        assert_eq!(addresses.len(), 2);
    }
}
