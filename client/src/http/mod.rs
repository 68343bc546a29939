//! A blocking client that solves, waits and repeats.
//!
//! Redirects are given back and not followed: a clearance belongs to one site. So is every answer of the site itself, whatever
//! its status.

mod builder;

pub use builder::ClientBuilder;

use crate::{
    Attempt, Challenge, Clearance, GiveUp, Limits, MAX_REFUSAL_BYTES, Pause, SOLUTION_HEADER, Session,
    Solution, SolveError, Step, may_be_refusal,
};
use core::{
    num::NonZero,
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};
use http::{HeaderValue, Method, Request, Response, Uri, header, uri::PathAndQuery};
use std::{
    collections::HashMap,
    io::{self, Cursor, Read as _},
    sync::{Mutex, MutexGuard, PoisonError},
    thread,
    time::Instant,
};
pub use ureq::{Agent, Body};

/// The time between two looks at whether a wait was cancelled.
const CANCEL_STEP: Duration = Duration::from_millis(50);

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
    #[error("cannot reach {site}: {source}")]
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

/// A blocking HTTP client that gets through Levee. One for the whole app: it keeps the clearances, one for each site, and the
/// connections. It can be used from several threads.
pub struct Client {
    agent: Agent,
    limits: Limits,
    threads: NonZero<usize>,
    observer: Box<dyn Fn(&Event) + Send + Sync>,
    sessions: Mutex<HashMap<String, Session>>,
}

impl Client {
    /// A client with other settings than the usual ones.
    #[must_use]
    pub fn builder() -> ClientBuilder {
        ClientBuilder::default()
    }

    /// Sends a request, and again with a clearance or after a wait where the site asks for that: method, headers and body as
    /// they are. Returns the site's own answer, whatever its status.
    ///
    /// Do not ask for `text/html`, by `accept`: to whoever does, Levee answers with a page for people.
    ///
    /// # Errors
    ///
    /// [`Error`].
    pub fn send(&self, request: &Request<Vec<u8>>) -> Result<Response<Body>, Error> {
        self.send_unless(&AtomicBool::new(false), request)
    }

    /// The same; setting `cancel` ends solving and waiting within milliseconds, but does not take back what has been sent.
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
        loop {
            let answer = call.ask(request.method(), request.body())?;
            match call.read(&mut attempt, answer)? {
                Next::Answer(answer) => return Ok(answer),
                Next::Again => {}
                Next::Redeem(challenge) => call.redeem(&mut attempt, challenge)?,
            }
        }
    }

    /// Asks for `request` and, if the site wants a clearance for it, earns one and does not repeat the request. Returns the
    /// clearance that the site now accepts; `None` when it asked for none.
    ///
    /// This is also how to come by a clearance before a large body is sent.
    ///
    /// # Errors
    ///
    /// [`Error`]; [`Error::Cancelled`] when `cancel` was set.
    pub fn earn(&self, cancel: &AtomicBool, request: &Request<Vec<u8>>) -> Result<Option<Clearance>, Error> {
        let call = Call::new(self, cancel, request)?;
        let mut attempt = Attempt::new(self.limits);
        loop {
            let answer = call.ask(request.method(), request.body())?;
            match call.read(&mut attempt, answer)? {
                Next::Answer(_) => break,
                Next::Again => {}
                Next::Redeem(challenge) => {
                    call.redeem(&mut attempt, challenge)?;
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

/// What follows from an answer, once the waiting is over.
enum Next {
    Answer(Response<Body>),
    Again,
    Redeem(Challenge),
}

/// One request of an app.
struct Call<'a> {
    client: &'a Client,
    cancel: &'a AtomicBool,
    request: &'a Request<Vec<u8>>,
    site: String,
}

impl<'a> Call<'a> {
    fn new(client: &'a Client, cancel: &'a AtomicBool, request: &'a Request<Vec<u8>>) -> Result<Self, Error> {
        Ok(Self {
            client,
            cancel,
            request,
            site: site_of(request.uri())?,
        })
    }

    /// Sends the request once, with what the session carries.
    fn ask(&self, method: &Method, body: &[u8]) -> Result<Response<Body>, Error> {
        let mut head = Request::new(());
        *head.method_mut() = method.clone();
        *head.uri_mut() = self.request.uri().clone();
        *head.headers_mut() = self.request.headers().clone();
        if let Some(session) = self.client.sessions().get(&self.site) {
            for (name, value) in session.headers() {
                if let Ok(value) = HeaderValue::from_str(value) {
                    head.headers_mut().insert(name, value);
                }
            }
        }
        self.run(head, body)
    }

    fn run(&self, head: Request<()>, body: &[u8]) -> Result<Response<Body>, Error> {
        if self.cancel.load(Ordering::Relaxed) {
            return Err(Error::Cancelled);
        }
        let agent = &self.client.agent;
        let has_body =
            !body.is_empty() || matches!(*head.method(), Method::POST | Method::PUT | Method::PATCH);
        let answer = if has_body {
            agent.run(configured(agent, head.map(|()| body)))
        } else {
            agent.run(configured(agent, head))
        };
        answer.map_err(|error| self.transport(error))
    }

    /// Reads as much of an answer as shows what follows from it, and waits if that is to wait.
    fn read(&self, attempt: &mut Attempt, answer: Response<Body>) -> Result<Next, Error> {
        if !may_be_refusal(&answer) {
            return Ok(Next::Answer(answer));
        }
        let (refusal, rest) = self.buffer(answer)?;
        let step = if refusal.body().is_empty() && self.request.method() == Method::HEAD {
            // What stands in a refusal's body only a GET is told.
            let (refusal, _) = self.buffer(self.ask(&Method::GET, &[])?)?;
            self.step(|session| attempt.answered(session, &refusal))?
        } else {
            self.step(|session| attempt.answered(session, &refusal))?
        };
        Ok(match step {
            Step::Solve(challenge) => Next::Redeem(challenge),
            Step::Repeat => Next::Again,
            Step::Wait(pause) => {
                self.wait(&pause)?;
                Next::Again
            }
            Step::Done => {
                let (parts, start) = refusal.into_parts();
                let body = Body::builder().reader(Cursor::new(start).chain(rest));
                Next::Answer(Response::from_parts(parts, body))
            }
        })
    }

    /// Solves and redeems until there is a clearance.
    fn redeem(&self, attempt: &mut Attempt, challenge: Challenge) -> Result<(), Error> {
        let mut solution = self.solve(challenge)?;
        loop {
            let (answer, _) = self.buffer(self.send_solution(&solution)?)?;
            match self.step(|session| attempt.redeemed(session, &answer))? {
                Step::Solve(challenge) => solution = self.solve(challenge)?,
                Step::Wait(pause) => self.wait(&pause)?,
                Step::Repeat | Step::Done => {
                    if let Some(clearance) = self.client.clearance(self.request.uri()) {
                        self.tell(&Event::Cleared(clearance));
                    }
                    return Ok(());
                }
            }
        }
    }

    fn solve(&self, challenge: Challenge) -> Result<Solution, Error> {
        let started = Instant::now();
        self.tell(&Event::Challenged(challenge.clone()));
        let solution = challenge
            .solve(self.client.threads, self.cancel)
            .map_err(|error| match error {
                SolveError::Cancelled => Error::Cancelled,
                unknown => Error::GiveUp(unknown.into()),
            })?;
        self.tell(&Event::Solved(started.elapsed()));
        Ok(solution)
    }

    /// To the site itself, whatever the path is: scheme and authority are those of the request.
    fn send_solution(&self, solution: &Solution) -> Result<Response<Body>, Error> {
        let foreign = || GiveUp::ForeignRedemption {
            redeem: solution.redeem().to_owned(),
        };
        let mut parts = self.request.uri().clone().into_parts();
        parts.path_and_query = Some(PathAndQuery::try_from(solution.redeem()).map_err(|_| foreign())?);
        let uri = Uri::from_parts(parts).map_err(|_| foreign())?;
        let mut head = Request::new(());
        *head.method_mut() = Method::POST;
        *head.uri_mut() = uri;
        for name in [header::HOST, header::USER_AGENT] {
            if let Some(value) = self.request.headers().get(&name) {
                head.headers_mut().insert(name, value.clone());
            }
        }
        let value = HeaderValue::from_str(solution.value()).map_err(|_| foreign())?;
        head.headers_mut().insert(SOLUTION_HEADER, value);
        self.run(head, &[])
    }

    /// An answer with as much of its body as a refusal can have, and the rest of it.
    fn buffer(
        &self,
        answer: Response<Body>,
    ) -> Result<(Response<Vec<u8>>, impl io::Read + Send + Sync + 'static), Error> {
        let (parts, body) = answer.into_parts();
        let mut rest = body.into_reader();
        let mut start = Vec::new();
        rest.by_ref()
            .take(MAX_REFUSAL_BYTES)
            .read_to_end(&mut start)
            .map_err(|error| self.transport(ureq::Error::Io(error)))?;
        Ok((Response::from_parts(parts, start), rest))
    }

    fn step(&self, decide: impl FnOnce(&mut Session) -> Result<Step, GiveUp>) -> Result<Step, Error> {
        let mut sessions = self.client.sessions();
        Ok(decide(sessions.entry(self.site.clone()).or_default())?)
    }

    fn wait(&self, pause: &Pause) -> Result<(), Error> {
        self.tell(&Event::Waiting(pause.clone()));
        let started = Instant::now();
        while let Some(left) = pause.time.checked_sub(started.elapsed()) {
            if self.cancel.load(Ordering::Relaxed) {
                return Err(Error::Cancelled);
            }
            thread::sleep(left.min(CANCEL_STEP));
        }
        Ok(())
    }

    fn tell(&self, event: &Event) {
        (self.client.observer)(event);
    }

    fn transport(&self, source: ureq::Error) -> Error {
        Error::Transport {
            site: self.site.clone(),
            source: Box::new(source),
        }
    }
}

/// The request for an agent of whatever settings, with those that this client relies on.
fn configured<B: ureq::AsSendBody>(agent: &Agent, request: Request<B>) -> Request<B> {
    agent
        .configure_request(request)
        .http_status_as_error(false)
        .max_redirects(0)
        .allow_non_standard_methods(true)
        .build()
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
