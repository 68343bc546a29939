//! An app: it speaks the protocol for programs, with the library that Levee has for them.

use super::{Account, Client, Happened, Step, address::with_port, own_address};
use crate::scenario::{Apps, Errand};
use levee_client::{Attempt, Limits, Session};
use levee_harness::{Request, Response};
use rand::rngs::StdRng;
use std::{sync::Arc, time::Duration};

/// After how long an app tries again what has failed.
const AGAIN: Duration = Duration::from_secs(5);

/// How often it does.
const TRIES: u32 = 5;

/// An app with an errand.
#[derive(Debug)]
pub(super) struct App {
    apps: Arc<Apps>,
    nth: u64,
    came: Duration,
    session: Session,
    attempt: Attempt,
    step: usize,
    tries: u32,
    redeem: Option<String>,
    works_since: Option<Duration>,
    account: Account,
}

impl App {
    /// The `nth` client of all, which comes at this time.
    pub(super) fn new(apps: &Arc<Apps>, nth: u64, came: Duration) -> Self {
        Self {
            apps: Arc::clone(apps),
            nth,
            came,
            session: Session::default(),
            attempt: Attempt::new(Limits::default()),
            step: 0,
            tries: 0,
            redeem: None,
            works_since: None,
            account: Account::default(),
        }
    }

    fn send(&mut self, now: Duration, draw: &mut StdRng) -> Step {
        let Some(errand) = self.apps.errand.get(self.step) else {
            return self.leave(true, now);
        };
        let request = match errand {
            Errand {
                post: Some(path),
                form,
                ..
            } => Request::post(path)
                .header("content-type", "application/json")
                .body(serde_json::to_vec(form).unwrap_or_default()),
            Errand { get, .. } => Request::get(get.as_deref().unwrap_or("/")),
        };
        Step::Send(Box::new(self.with_own_fields(request, draw)))
    }

    fn with_own_fields(&self, request: Request, draw: &mut StdRng) -> Request {
        let request = request
            .source(with_port(own_address(self.nth), draw))
            .header("user-agent", "booking-app/3.2")
            .header("accept", "application/json");
        self.session
            .headers()
            .fold(request, |request, (name, value)| request.header(name, value))
    }

    fn answered(&mut self, answer: &Response, now: Duration, draw: &mut StdRng) -> Step {
        let Ok(head) = http::Response::builder()
            .status(answer.status)
            .body(answer.body.concat())
        else {
            return self.leave(false, now);
        };
        let answer = with_fields(head, answer);
        let step = match self.redeem.take() {
            Some(_) => self.attempt.redeemed(&mut self.session, &answer),
            None => self.attempt.answered(&mut self.session, &answer),
        };
        match step {
            Ok(levee_client::Step::Done) => self.done(answer.status(), now, draw),
            Ok(levee_client::Step::Repeat) => self.send(now, draw),
            Ok(levee_client::Step::Wait(pause)) => {
                self.account.stood_in_line |= pause.place.is_some();
                Step::Wait(pause.time)
            }
            Ok(levee_client::Step::Solve(challenge)) => {
                self.account.challenges += 1;
                self.works_since = Some(now);
                self.redeem = Some(challenge.redeem().to_owned());
                Step::Solve {
                    token: challenge.token(),
                    hashes_per_second: self.apps.hashes_per_second,
                }
            }
            Err(_) => self.again(now),
        }
    }

    fn done(&mut self, status: http::StatusCode, now: Duration, draw: &mut StdRng) -> Step {
        if status.is_success() {
            self.step += 1;
            self.attempt = Attempt::new(Limits::default());
            return self.send(now, draw);
        }
        self.again(now)
    }

    fn again(&mut self, now: Duration) -> Step {
        self.tries += 1;
        if self.tries >= TRIES {
            return self.leave(false, now);
        }
        self.redeem = None;
        self.attempt = Attempt::new(Limits::default());
        Step::Wait(AGAIN)
    }

    fn leave(&mut self, served: bool, now: Duration) -> Step {
        self.account.served = served;
        self.account.delay = now.saturating_sub(self.came);
        Step::Leave(std::mem::take(&mut self.account))
    }
}

impl Client for App {
    fn next(&mut self, happened: Happened<'_>, now: Duration, draw: &mut StdRng) -> Step {
        if let Some(since) = self.works_since.take() {
            self.account.work += now.saturating_sub(since);
        }
        if now.saturating_sub(self.came) > self.apps.give_up_after.0 {
            return self.leave(false, now);
        }
        match happened {
            Happened::Came | Happened::Waited => self.send(now, draw),
            Happened::Answered(answer) => self.answered(answer, now, draw),
            Happened::NoAnswer | Happened::Unsolvable => self.again(now),
            Happened::Solved(solution) => {
                let path = self.redeem.clone().unwrap_or_default();
                let request = Request::post(path).header(levee_client::SOLUTION_HEADER, solution.text);
                Step::Send(Box::new(self.with_own_fields(request, draw)))
            }
        }
    }
}

/// The answer with the fields that the library reads.
fn with_fields(mut head: http::Response<Vec<u8>>, answer: &Response) -> http::Response<Vec<u8>> {
    for (name, value) in answer.headers.iter() {
        let (Ok(name), Ok(value)) = (
            http::HeaderName::from_bytes(name),
            http::HeaderValue::from_bytes(value),
        ) else {
            continue;
        };
        head.headers_mut().append(name, value);
    }
    head
}
