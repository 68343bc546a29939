//! One request of an app: what is sent for it, and what is read.

use super::{Client, Error, Event, site_of};
use crate::{
    Attempt, Challenge, GiveUp, MAX_REFUSAL_BYTES, Pause, SOLUTION_HEADER, Session, Solution, SolveError,
    Step, may_be_refusal, may_be_refusal_of_head,
};
use core::{
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};
use http::{HeaderValue, Method, Request, Response, Uri, header, uri::PathAndQuery};
use std::{
    io::{self, Cursor, Read as _},
    thread,
    time::Instant,
};
use ureq::{Agent, Body};

/// The time between two looks at whether a wait was cancelled.
const CANCEL_STEP: Duration = Duration::from_millis(50);

/// What follows from an answer, once the waiting is over.
pub(super) enum Next {
    Answer(Response<Body>),
    Again,
    Redeem(Challenge),
}

/// One request of an app.
pub(super) struct Call<'a> {
    client: &'a Client,
    cancel: &'a AtomicBool,
    request: &'a Request<Vec<u8>>,
    site: String,
}

impl<'a> Call<'a> {
    pub(super) fn new(
        client: &'a Client,
        cancel: &'a AtomicBool,
        request: &'a Request<Vec<u8>>,
    ) -> Result<Self, Error> {
        Ok(Self {
            client,
            cancel,
            request,
            site: site_of(request.uri())?,
        })
    }

    /// Asks until there is an answer of the site itself.
    pub(super) fn get_through(
        &self,
        attempt: &mut Attempt,
        method: &Method,
        body: &[u8],
    ) -> Result<Response<Body>, Error> {
        loop {
            match self.ask(attempt, method, body)? {
                Next::Answer(answer) => return Ok(answer),
                Next::Again => {}
                Next::Redeem(challenge) => self.redeem(attempt, &challenge)?,
            }
        }
    }

    /// Sends the request once, with what the session carries.
    fn send(&self, method: &Method, body: &[u8]) -> Result<Response<Body>, Error> {
        let mut head = Request::new(());
        *head.method_mut() = method.clone();
        *head.uri_mut() = self.request.uri().clone();
        *head.headers_mut() = self.request.headers().clone();
        if method != self.request.method() {
            // In place of the request, without what it says of its body.
            for name in [header::CONTENT_LENGTH, header::TRANSFER_ENCODING, header::EXPECT] {
                head.headers_mut().remove(name);
            }
        }
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

    /// Sends the request once, sees what follows from the answer, and waits if that is to wait.
    pub(super) fn ask(&self, attempt: &mut Attempt, method: &Method, body: &[u8]) -> Result<Next, Error> {
        let answer = self.send(method, body)?;
        if method == Method::HEAD {
            return if may_be_refusal_of_head(&answer) {
                self.ask_as_get(attempt)
            } else {
                Ok(Next::Answer(answer))
            };
        }
        if !may_be_refusal(&answer) {
            return Ok(Next::Answer(answer));
        }
        let (refusal, rest) = self.buffer(answer)?;
        let step = self.step(|session| attempt.answered(session, &refusal))?;
        if step == Step::Done {
            let (parts, start) = refusal.into_parts();
            let body = Body::builder().reader(Cursor::new(start).chain(rest));
            return Ok(Next::Answer(Response::from_parts(parts, body)));
        }
        // A server that has refused a request before it read the body closes the connection, often without a
        // word. So it is kept for the next request only where there was no body.
        if body.is_empty() {
            keep_connection(rest);
        }
        Ok(match step {
            Step::Solve(challenge) => Next::Redeem(challenge),
            Step::Wait(pause) => {
                self.wait(&pause)?;
                Next::Again
            }
            Step::Repeat | Step::Done => Next::Again,
        })
    }

    /// In place of a HEAD that was refused: what stands in a refusal's body only a GET is told.
    fn ask_as_get(&self, attempt: &mut Attempt) -> Result<Next, Error> {
        Ok(match self.ask(attempt, &Method::GET, &[])? {
            // It got through, so there is nothing to be done but to try once more.
            Next::Answer(_) => Next::Answer(self.send(&Method::HEAD, &[])?),
            next => next,
        })
    }

    /// Solves and redeems until there is a clearance.
    pub(super) fn redeem(&self, attempt: &mut Attempt, challenge: &Challenge) -> Result<(), Error> {
        let mut solution = self.solve(challenge)?;
        loop {
            // Nothing is lost by redeeming a solution twice, so an answer that got lost is asked for again.
            let answer = match self.send_solution(&solution) {
                Err(Error::Transport { .. }) => self.send_solution(&solution)?,
                other => other?,
            };
            let (answer, rest) = self.buffer(answer)?;
            keep_connection(rest);
            match self.step(|session| attempt.redeemed(session, &answer))? {
                Step::Solve(challenge) => solution = self.solve(&challenge)?,
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

    fn solve(&self, challenge: &Challenge) -> Result<Solution, Error> {
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

    /// An answer with as much of its body as a refusal can have, and the rest of it. The end is not asked
    /// for, so that the connection is not taken for one that can be used again.
    fn buffer(
        &self,
        answer: Response<Body>,
    ) -> Result<(Response<Vec<u8>>, impl io::Read + Send + Sync + 'static), Error> {
        let (parts, body) = answer.into_parts();
        let length = body.content_length().unwrap_or(MAX_REFUSAL_BYTES);
        let mut rest = body.into_reader();
        let mut start = Vec::new();
        rest.by_ref()
            .take(length.min(MAX_REFUSAL_BYTES))
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

/// Reads the end of a body: then the agent takes its connection back.
fn keep_connection(mut rest: impl io::Read) {
    // If that fails, the next request has a connection of its own.
    let _ = rest.read(&mut [0]);
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
