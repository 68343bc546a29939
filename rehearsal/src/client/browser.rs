//! A browser: it keeps cookies, and does what the pages of the filter do in one.

use super::{
    Account, Happened, Step,
    address::with_port,
    answer::{challenge_token, refresh_after, retry_after, verdict},
    cookies::Cookies,
    gave_up::GaveUp,
    line::{Asked, LINE_COOKIE, Told},
};
use levee_harness::{Request, Response};
use levee_report::Verdict;
use rand::{Rng, rngs::StdRng};
use std::{net::IpAddr, time::Duration};

/// Rounds of asking, solving and being asked again, after which the page stops and explains.
const ROUNDS: u32 = 5;

/// Where solutions are taken, unless the page says otherwise.
const REDEEM: &str = "/.well-known/levee/redeem";

/// The least and the most time after which somebody loads a page again that has failed, in milliseconds.
const RELOAD: std::ops::Range<u64> = 3_000..8_000;

/// A browser at work on one request after the other.
#[derive(Debug)]
pub(super) struct Browser {
    pub(super) source: IpAddr,
    pub(super) account: Account,
    scripts: bool,
    hashes_per_second: f64,
    language: &'static str,
    cookies: Cookies,
    asking: Asking,
    rounds: u32,
    /// When the last request was sent.
    sent: Duration,
    state: State,
}

/// What is asked for.
#[derive(Clone, Debug, Default)]
struct Asking {
    path: String,
    form: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// The request is on its way, or about to be sent again.
    Asking,
    Solving,
    Redeeming,
}

/// How far the browser is with a request.
pub(super) enum Progress<'a> {
    /// This comes next.
    Step(Step),
    /// The site has answered.
    Got(&'a Response),
    /// It cannot be had.
    Lost(GaveUp),
}

impl Browser {
    pub(super) fn new(source: IpAddr, scripts: bool, hashes_per_second: f64, language: &'static str) -> Self {
        Self {
            source,
            account: Account::default(),
            scripts,
            hashes_per_second,
            language,
            cookies: Cookies::default(),
            asking: Asking::default(),
            rounds: 0,
            sent: Duration::ZERO,
            state: State::Asking,
        }
    }

    /// Begins to ask for a page, or to send a form.
    pub(super) fn ask(&mut self, path: &str, form: Option<String>, now: Duration, draw: &mut StdRng) -> Step {
        self.asking = Asking {
            path: path.to_owned(),
            form,
        };
        self.rounds = 0;
        self.send(now, draw)
    }

    /// Goes on with it.
    pub(super) fn go_on<'a>(
        &mut self,
        happened: Happened<'a>,
        now: Duration,
        draw: &mut StdRng,
    ) -> Progress<'a> {
        match happened {
            Happened::Came | Happened::Waited => Progress::Step(self.send(now, draw)),
            Happened::NoAnswer => Progress::Step(self.reload_later(draw)),
            Happened::Unsolvable => Progress::Lost(GaveUp::Unsolvable { path: self.path() }),
            Happened::Solved(solution) => {
                self.state = State::Redeeming;
                let request = self
                    .with_own_fields(Request::post(REDEEM), draw)
                    .header("accept", "application/json")
                    .header("levee-solution", solution.text);
                Progress::Step(Step::Send(Box::new(request)))
            }
            Happened::Answered(answer) => {
                self.cookies.keep(&answer.headers);
                match self.state {
                    State::Redeeming => self.redeemed(answer, now, draw),
                    State::Asking | State::Solving => self.answered(answer, now, draw),
                }
            }
        }
    }

    fn answered<'a>(&mut self, answer: &'a Response, now: Duration, draw: &mut StdRng) -> Progress<'a> {
        match verdict(answer) {
            Verdict::Forwarded | Verdict::Served => {
                self.account.waits.let_in(self.asked(now));
                Progress::Got(answer)
            }
            Verdict::Challenge => self.challenged(answer),
            Verdict::OverQuota => Progress::Step(Step::Wait(retry_after(answer))),
            Verdict::InLine => Progress::Step(self.wait_in_line(answer, now)),
            Verdict::Failed => Progress::Step(self.reload_later(draw)),
            Verdict::Refused => Progress::Lost(GaveUp::Answered {
                path: self.path(),
                status: answer.status,
            }),
        }
    }

    fn challenged<'a>(&mut self, answer: &Response) -> Progress<'a> {
        self.account.challenges += 1;
        self.rounds += 1;
        if self.rounds > ROUNDS {
            return Progress::Lost(GaveUp::StillChallenged { path: self.path() });
        }
        let unsolvable = || GaveUp::Unsolvable { path: self.path() };
        if !self.scripts {
            return refresh_after(answer).map_or_else(
                || Progress::Lost(unsolvable()),
                |after| Progress::Step(Step::Wait(after)),
            );
        }
        let Some(token) = challenge_token(answer) else {
            return Progress::Lost(unsolvable());
        };
        self.state = State::Solving;
        Progress::Step(Step::Solve {
            token,
            hashes_per_second: self.hashes_per_second,
        })
    }

    fn wait_in_line(&mut self, answer: &Response, now: Duration) -> Step {
        let told = Told::of(answer);
        if let Some(number) = told.number(self.cookies.value(LINE_COOKIE)) {
            self.account.waits.told(number, &told, self.asked(now));
        }
        self.account.stood_in_line = true;
        Step::Wait(told.ask_again.max(Duration::from_secs(1)))
    }

    /// A refused solution brings a fresh challenge, which is solved in its place. Without one the page is asked for again, as by
    /// its script.
    fn redeemed<'a>(&mut self, answer: &Response, now: Duration, draw: &mut StdRng) -> Progress<'a> {
        self.state = State::Asking;
        match verdict(answer) {
            Verdict::Challenge => self.challenged(answer),
            Verdict::OverQuota | Verdict::Failed => Progress::Step(Step::Wait(retry_after(answer))),
            _ => Progress::Step(self.send(now, draw)),
        }
    }

    fn asked(&self, now: Duration) -> Asked {
        Asked {
            sent: self.sent,
            answered: now,
        }
    }

    /// What is asked for.
    pub(super) fn path(&self) -> String {
        self.asking.path.clone()
    }

    /// A navigation: what a browser sends when a person opens a page or posts a form.
    fn send(&mut self, now: Duration, draw: &mut StdRng) -> Step {
        self.state = State::Asking;
        self.sent = now;
        let request = match &self.asking.form {
            Some(form) => Request::post(&self.asking.path)
                .header("content-type", "application/x-www-form-urlencoded")
                .body(form),
            None => Request::get(&self.asking.path),
        };
        let request = self
            .with_own_fields(request, draw)
            .header("accept", "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8")
            .header("sec-fetch-mode", "navigate");
        Step::Send(Box::new(request))
    }

    fn with_own_fields(&self, request: Request, draw: &mut StdRng) -> Request {
        let request = request
            .source(with_port(self.source, draw))
            .header("user-agent", "Mozilla/5.0 (Linux; Android 14) Mobile")
            .header("accept-language", self.language);
        match self.cookies.header() {
            Some(cookies) => request.header("cookie", cookies),
            None => request,
        }
    }

    fn reload_later(&mut self, draw: &mut StdRng) -> Step {
        self.state = State::Asking;
        Step::Wait(Duration::from_millis(draw.random_range(RELOAD)))
    }
}
