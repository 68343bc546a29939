//! A blocking client that solves, waits and repeats.
//!
//! Redirects are given back and not followed: a clearance belongs to one site. So is every answer of the site
//! itself, whatever its status.

mod builder;
mod call;

pub use builder::ClientBuilder;

use self::call::{Call, Next};
use crate::{Attempt, Challenge, Clearance, GiveUp, Limits, Pause, Session};
use core::{num::NonZero, sync::atomic::AtomicBool, time::Duration};
use http::{Method, Request, Response, Uri};
use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};
pub use ureq::{Agent, Body};

/// Larger bodies than this, in bytes, are sent only when a HEAD has got through: a refusal comes before the
/// body is read, and a connection that is closed meanwhile loses it. What is smaller fits into the buffers on
/// the way.
const LARGE_BODY: usize = 256 * 1024;

/// What a client does on its way to an answer, for whoever watches.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Event {
    /// The site asks for a clearance. Solving begins now.
    Challenged(Challenge),
    /// The challenge is solved, after this time.
    Solved(Duration),
    /// The site has granted a clearance.
    Cleared(Clearance),
    /// The site says to wait. The wait begins now.
    Waiting(Pause),
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The request could not be sent, or the answer not be read.
    #[error("no answer from {site}")]
    Transport {
        /// The site.
        site: String,
        /// What the transport says.
        #[source]
        source: Box<ureq::Error>,
    },
    /// The address names no site.
    #[error("{0} names no site; expected an address like https://booking.example/path")]
    NoSite(Uri),
    /// The site refuses, and this client goes no further.
    #[error(transparent)]
    GiveUp(#[from] GiveUp),
    /// The caller's flag was set before the end.
    #[error("the request was cancelled")]
    Cancelled,
}

/// Who is told what a client does.
type Observer = Box<dyn Fn(&Event) + Send + Sync>;

/// A blocking HTTP client that gets through Levee. One for the whole app: it keeps the clearances, one for
/// each site, and the connections. It can be used from several threads.
pub struct Client {
    agent: Agent,
    limits: Limits,
    threads: NonZero<usize>,
    observer: Observer,
    sessions: Mutex<HashMap<String, Session>>,
}

impl Client {
    /// A client with other settings than the usual ones.
    #[must_use]
    pub fn builder() -> ClientBuilder {
        ClientBuilder::default()
    }

    /// Sends a request, and again with a clearance or after a wait where the site asks for that: method,
    /// headers and body as they are. Returns the site's own answer, whatever its status.
    ///
    /// Do not ask for `text/html`, by `accept`: to whoever does, Levee answers with a page for people. A body
    /// of more than 256 KiB is preceded by a HEAD to the same address, which is refused in its place.
    ///
    /// # Errors
    ///
    /// [`Error`].
    pub fn send(&self, request: &Request<Vec<u8>>) -> Result<Response<Body>, Error> {
        self.send_unless(&AtomicBool::new(false), request)
    }

    /// The same; setting `cancel` ends solving and waiting within milliseconds, but does not take back what
    /// has been sent.
    ///
    /// # Errors
    ///
    /// [`Error`]; [`Error::Cancelled`] when `cancel` was set.
    pub fn send_unless(
        &self,
        cancel: &AtomicBool,
        request: &Request<Vec<u8>>,
    ) -> Result<Response<Body>, Error> {
        let call = Call::new(self, cancel, request)?;
        let mut attempt = Attempt::new(self.limits);
        let body = request.body();
        if body.len() > LARGE_BODY {
            call.get_through(&mut attempt, &Method::HEAD, &[])?;
        }
        call.get_through(&mut attempt, request.method(), body)
    }

    /// Asks for `request` and, if the site wants a clearance for it, earns one and does not repeat the
    /// request. Returns the clearance that the site now accepts; `None` when it asked for none.
    ///
    /// # Errors
    ///
    /// [`Error`]; [`Error::Cancelled`] when `cancel` was set.
    pub fn earn(&self, cancel: &AtomicBool, request: &Request<Vec<u8>>) -> Result<Option<Clearance>, Error> {
        let call = Call::new(self, cancel, request)?;
        let mut attempt = Attempt::new(self.limits);
        loop {
            match call.ask(&mut attempt, request.method(), request.body())? {
                Next::Answer(_) => break,
                Next::Again => {}
                Next::Redeem(challenge) => {
                    call.redeem(&mut attempt, &challenge)?;
                    break;
                }
            }
        }
        Ok(self.clearance(request.uri()))
    }

    /// The clearance that is kept for the site of `uri`.
    #[must_use]
    pub fn clearance(&self, uri: &Uri) -> Option<Clearance> {
        let site = site_of(uri).ok()?;
        self.sessions().get(&site)?.clearance().cloned()
    }

    /// Goes on with a clearance of an earlier run at the site of `uri`.
    ///
    /// # Errors
    ///
    /// [`Error::NoSite`].
    pub fn resume(&self, uri: &Uri, clearance: Clearance) -> Result<(), Error> {
        let session = Session::with_clearance(clearance);
        self.sessions().insert(site_of(uri)?, session);
        Ok(())
    }

    fn sessions(&self) -> MutexGuard<'_, HashMap<String, Session>> {
        // Whoever panicked while it held the lock has left whole sessions behind.
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl core::fmt::Debug for Client {
    // Without the clearances, which open doors.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Client")
            .field("limits", &self.limits)
            .field("threads", &self.threads)
            .finish_non_exhaustive()
    }
}

/// The origin of `uri`: scheme, host and port.
fn site_of(uri: &Uri) -> Result<String, Error> {
    match (uri.scheme_str(), uri.host(), uri.port_u16()) {
        (Some(scheme), Some(host), None) => Ok(format!("{scheme}://{}", host.to_ascii_lowercase())),
        (Some(scheme), Some(host), Some(port)) => {
            Ok(format!("{scheme}://{}:{port}", host.to_ascii_lowercase()))
        }
        _ => Err(Error::NoSite(uri.clone())),
    }
}
