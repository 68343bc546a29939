//! A challenge for everybody, always, as Anubis gives one to all that call themselves browsers.

use super::{Arrived, Gate, LetThrough};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use levee_harness::{Request, Response};
use std::{collections::HashSet, time::Duration};

/// The default of Anubis: four hexadecimal zeros, 65,536 hashes on average (`difficulty: 4` of its shipped policy's middle tier).
const WORK: u64 = 1 << 16;

/// Parts that the work is made of. Anubis has one; for the average it does not matter.
const SUB_PUZZLES: u16 = 32;

/// What it never asks for work, as its shipped policy has it.
const FREE: [&[u8]; 3] = [b"/robots.txt", b"/favicon.ico", b"/.well-known/acme-challenge/"];

/// A page with a challenge for every request without a cookie, whoever sends it.
#[derive(Debug)]
pub struct ChallengeAll {
    work: u64,
    issued: u64,
    cookies: HashSet<Vec<u8>>,
}

impl ChallengeAll {
    /// With this part of the work, one of so many.
    #[must_use]
    pub fn scaled(work_scale: u64) -> Self {
        Self {
            work: (WORK / work_scale.max(1)).max(u64::from(SUB_PUZZLES)),
            issued: 0,
            cookies: HashSet::new(),
        }
    }

    /// A challenge of the form that clients here understand.
    fn page(&mut self) -> Response {
        self.issued += 1;
        let mut token = vec![1, 1, 1, 1];
        token.extend([0; 8]);
        token.extend(self.work.to_be_bytes());
        token.extend(SUB_PUZZLES.to_be_bytes());
        token.resize(50, 0);
        token.extend(u128::from(self.issued).to_be_bytes());
        let token = BASE64_URL_SAFE_NO_PAD.encode(token);
        Response::new(403)
            .header("content-type", "text/html; charset=utf-8")
            .body(format!("<main id=\"levee\" data-token=\"{token}\">"))
    }

    /// A cookie for whoever brings a solution. It is not checked: nobody here sends a wrong one.
    fn grant(&mut self, request: &Request) -> Option<Response> {
        request.headers.get("levee-solution")?;
        let pass = format!("pass={}", self.cookies.len());
        self.cookies.insert(pass.clone().into_bytes());
        let granted = Response::new(200)
            .header("content-type", "application/json")
            .header("set-cookie", format!("{pass}; Path=/"))
            .body("{\"clearance\":\"\"}");
        Some(granted)
    }
}

impl Gate for ChallengeAll {
    fn arrive(&mut self, _: Duration, request: Request, _: u64) -> Arrived {
        if FREE.iter().any(|free| request.path.starts_with(free)) {
            return Arrived::LetThrough(LetThrough::Plain);
        }
        if let Some(granted) = self.grant(&request) {
            return Arrived::Answered(Some(granted));
        }
        let passes = request
            .headers
            .get("cookie")
            .is_some_and(|cookie| self.cookies.contains(cookie));
        if passes {
            Arrived::LetThrough(LetThrough::Plain)
        } else {
            Arrived::Answered(Some(self.page()))
        }
    }

    fn answer(&mut self, _: Duration, _: LetThrough, answer: Response) -> Option<Response> {
        Some(answer)
    }
}
