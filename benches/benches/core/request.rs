//! Requests as a host hands them over.

use std::net::IpAddr;

use levee_behaviour::{Message, message::Headers};
use levee_core::{Header, Request};

/// The headers of a request, and where it comes from.
pub(crate) struct Received {
    headers: Headers,
    peer: IpAddr,
}

impl Received {
    /// The headers as the core takes them.
    pub(crate) fn views(&self) -> Vec<Header<'_>> {
        self.headers
            .iter()
            .map(|(name, value)| (&name[..], &value[..]))
            .collect()
    }

    /// The request with these `views`.
    pub(crate) fn request<'a>(&self, views: &'a [Header<'a>]) -> Request<'a> {
        Request::new(views, Some(self.peer))
    }
}

impl From<Message> for Received {
    fn from(message: Message) -> Self {
        let mut headers: Headers = vec![
            (b":method".to_vec(), message.method.into_bytes()),
            (b":path".to_vec(), message.target),
            (b":authority".to_vec(), message.authority.into_bytes()),
            (b":scheme".to_vec(), message.scheme.into()),
        ];
        headers.extend(message.headers);
        Self {
            headers,
            peer: message.peer.into(),
        }
    }
}
