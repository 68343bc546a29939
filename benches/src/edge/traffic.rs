//! What is sent to workers.

use http::{HeaderName, Request, header::Entry};

use crate::{
    load::{Body, Protocol},
    traffic::{CLIENT, Traffic},
};

/// The header field in which Cloudflare's edge tells the client's address.
const CLIENT_OF_EDGE: HeaderName = HeaderName::from_static("cf-connecting-ip");

/// The same requests as Cloudflare's edge hands them to a worker.
pub(super) struct ThroughEdge<T>(pub(super) T);

impl<T: Traffic> Traffic for ThroughEdge<T> {
    fn next_request(&mut self, protocol: Protocol) -> Result<Request<Body>, http::Error> {
        let mut request = self.0.next_request(protocol)?;
        let headers = request.headers_mut();
        if let Entry::Occupied(client) = headers.entry(CLIENT) {
            let address = client.remove();
            headers.insert(CLIENT_OF_EDGE, address);
        }
        Ok(request)
    }
}
