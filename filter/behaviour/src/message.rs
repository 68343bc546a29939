//! Requests and answers, as raw as they can be.

use serde_json::Value;
use std::net::Ipv4Addr;

/// Names and values of headers, as bytes, in order and repeated as they are.
pub type Headers = Vec<(Vec<u8>, Vec<u8>)>;

/// A request, in bytes: hostile ones included.
#[derive(Clone, Debug)]
pub struct Message {
    /// The method.
    pub method: String,
    /// The request target: path and query.
    pub target: Vec<u8>,
    /// `http` or `https`. A host that cannot choose plays only scenarios with `http`.
    pub scheme: &'static str,
    /// The host asked for.
    pub authority: String,
    /// All other headers, in order, repeated as they are.
    pub headers: Headers,
    /// Where it comes from, in 127.0.0.0/8.
    pub peer: Ipv4Addr,
}

impl Message {
    /// A request as a program sends it: no preference for a page.
    #[must_use]
    pub fn new(method: &str, target: impl AsRef<[u8]>) -> Self {
        Self {
            method: method.to_owned(),
            target: target.as_ref().to_vec(),
            scheme: "http",
            authority: "booking.example".to_owned(),
            headers: vec![(b"user-agent".to_vec(), b"levee-behaviour".to_vec())],
            peer: Ipv4Addr::new(127, 0, 7, 1),
        }
    }

    /// A program's GET.
    #[must_use]
    pub fn get(target: impl AsRef<[u8]>) -> Self {
        Self::new("GET", target)
    }

    /// A browser that navigates.
    #[must_use]
    pub fn navigation(target: impl AsRef<[u8]>) -> Self {
        Self::get(target)
            .with("accept", "text/html,application/xhtml+xml,*/*;q=0.8")
            .with("accept-language", "en-GB,en;q=0.9")
            .with("sec-fetch-mode", "navigate")
    }

    /// The same with one header more.
    #[must_use]
    pub fn with(mut self, name: impl AsRef<[u8]>, value: impl AsRef<[u8]>) -> Self {
        self.headers
            .push((name.as_ref().to_vec(), value.as_ref().to_vec()));
        self
    }

    /// The same from another address: 127.0.`network`.`host`.
    #[must_use]
    pub fn from(mut self, network: u8, host: u8) -> Self {
        self.peer = Ipv4Addr::new(127, 0, network, host);
        self
    }

    /// The same with a clearance in the cookie of plain http.
    #[must_use]
    pub fn cleared(self, clearance: &str) -> Self {
        self.with("cookie", format!("levee={clearance}"))
    }

    /// The same with a ticket in the cookie of plain http.
    #[must_use]
    pub fn with_ticket(self, ticket: &str) -> Self {
        self.with("cookie", format!("levee-line={ticket}"))
    }
}

/// An answer.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// The headers; names in lower case.
    pub headers: Vec<(String, Vec<u8>)>,
    /// The body.
    pub body: Vec<u8>,
    /// The headers that the origin received, if the request reached it; names in lower case.
    pub at_origin: Option<Headers>,
}

impl Answer {
    /// The values of all headers called `name`.
    pub fn values(&self, name: &str) -> impl Iterator<Item = &[u8]> {
        self.headers
            .iter()
            .filter(move |(its_name, _)| its_name == name)
            .map(|(_, value)| value.as_slice())
    }

    /// The value of the one header called `name`; empty when there is none.
    #[must_use]
    pub fn header(&self, name: &str) -> String {
        let values: Vec<&[u8]> = self.values(name).collect();
        assert!(values.len() <= 1, "{name} is repeated: {self:?}");
        String::from_utf8_lossy(values.first().copied().unwrap_or_default()).into_owned()
    }

    /// The values of all headers called `name` that the origin received.
    #[must_use]
    pub fn origin_saw(&self, name: &str) -> Vec<String> {
        let Some(headers) = &self.at_origin else {
            panic!("the request did not reach the origin: {self:?}")
        };
        headers
            .iter()
            .filter(|(its_name, _)| its_name.eq_ignore_ascii_case(name.as_bytes()))
            .map(|(_, value)| String::from_utf8_lossy(value).into_owned())
            .collect()
    }

    /// Whether the request reached the origin.
    #[must_use]
    pub const fn was_forwarded(&self) -> bool {
        self.at_origin.is_some()
    }

    /// The body as text.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The problem details in the body.
    #[must_use]
    pub fn problem(&self) -> Value {
        assert_eq!(
            self.header("content-type"),
            "application/problem+json",
            "{self:?}"
        );
        match serde_json::from_slice(&self.body) {
            Ok(problem) => problem,
            Err(error) => panic!("{error}: {self:?}"),
        }
    }

    /// The reason in the problem details.
    #[must_use]
    pub fn reason(&self) -> String {
        self.problem()["reason"].as_str().unwrap_or_default().to_owned()
    }
}
