//! How to serve.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use http::Uri;
use http::uri::Authority;

/// The origin behind the proxy: `http://host:port`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upstream {
    pub(super) authority: Authority,
}

/// Why a text is no upstream.
#[derive(Debug, thiserror::Error)]
#[error("\"{0}\" is no upstream: it must be like http://127.0.0.1:8000, without path, and TLS is not spoken")]
pub struct UpstreamError(String);

impl FromStr for Upstream {
    type Err = UpstreamError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || UpstreamError(text.to_owned());
        let uri: Uri = text.parse().map_err(|_| wrong())?;
        let root = matches!(
            uri.path_and_query().map(http::uri::PathAndQuery::as_str),
            None | Some("" | "/")
        );
        match uri.into_parts() {
            parts if root && parts.scheme == Some(http::uri::Scheme::HTTP) => parts
                .authority
                .map(|authority| Self { authority })
                .ok_or_else(wrong),
            _ => Err(wrong()),
        }
    }
}

/// Addresses, bounds and timeouts of the proxy.
#[derive(Clone, Debug)]
pub struct ServeOptions {
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Where to forward to.
    pub upstream: Upstream,
    /// Services that the filter may call over HTTP, by the names of their clusters. The host must know the same names
    /// ([`HostBuilder::cluster`](crate::HostBuilder::cluster)).
    pub clusters: Arc<BTreeMap<String, Upstream>>,
    /// Where to answer `/ready` and `/stats`, if anywhere.
    pub admin: Option<SocketAddr>,
    /// Most bytes of header names and values together, pseudo headers included; beyond it 431.
    pub max_header_bytes: usize,
    /// Most headers; beyond it 431.
    pub max_headers: usize,
    /// Most connections at a time; more wait in the listen queue.
    pub max_connections: usize,
    /// Longest time a client may take for its headers, or keep a connection idle.
    pub client_timeout: Duration,
    /// Longest time until the origin accepts a connection; beyond it 503.
    pub connect_timeout: Duration,
    /// Longest time until the origin answers with headers; beyond it 504.
    pub upstream_timeout: Duration,
    /// Longest time that exchanges under way get when the proxy is to end.
    pub drain_timeout: Duration,
}

impl ServeOptions {
    /// Envoy's bounds: 60 KiB and 100 headers, 15 s for the origin to answer, 5 s for it to accept.
    #[must_use]
    pub fn new(listen: SocketAddr, upstream: Upstream) -> Self {
        Self {
            listen,
            upstream,
            clusters: Arc::default(),
            admin: None,
            max_header_bytes: 60 << 10,
            max_headers: 100,
            max_connections: 10_000,
            client_timeout: Duration::from_secs(60),
            connect_timeout: Duration::from_secs(5),
            upstream_timeout: Duration::from_secs(15),
            drain_timeout: Duration::from_secs(10),
        }
    }
}
