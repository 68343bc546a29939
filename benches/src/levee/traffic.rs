//! What clients of Levee send: clearances and solutions, signed with the key of the configurations.

use std::time::{SystemTime, UNIX_EPOCH};

use http::{Method, Request, header};
use levee_core::{
    challenge::Challenge,
    clearance::{Clearance, Lane},
    filter::REDEEM_PATH,
    token::{self, Secret, SigningKey},
};

use super::configuration::{KEY_ID, SECRET, WORK};
use crate::{
    load::{Body, Protocol},
    traffic::{Browsers, Traffic},
};

/// Clients whose quota is used up: so few that the warm-up meets each of them.
pub(crate) const OVER_QUOTA: u32 = 200;

const LIFETIME: u64 = 3_600;
const SUB_PUZZLES: u16 = 32;

/// The same clients, each with a clearance of its own.
pub(crate) fn cleared(browsers: Browsers) -> impl Traffic {
    Cleared {
        browsers,
        key: key(),
        issued_at: now(),
    }
}

/// Redemptions of solved challenges, each of another one, by the same clients.
pub(crate) fn solutions(browsers: Browsers) -> impl Traffic {
    Solutions {
        browsers: browsers.path(REDEEM_PATH),
        key: key(),
        nonce: 0,
    }
}

struct Cleared {
    browsers: Browsers,
    key: SigningKey,
    issued_at: u64,
}

impl Traffic for Cleared {
    fn next_request(&mut self, protocol: Protocol) -> Result<Request<Body>, http::Error> {
        let client = self.browsers.draw();
        let clearance = Clearance {
            lane: Lane::Work,
            issued_at: self.issued_at,
            expires_at: self.issued_at + LIFETIME,
            work: WORK,
            id: u128::from(client).to_be_bytes(),
        };
        let cookie = format!("levee={}", token::encode(&clearance.seal(&self.key)));
        self.browsers.request_of(client, protocol, &cookie)
    }
}

struct Solutions {
    browsers: Browsers,
    key: SigningKey,
    nonce: u128,
}

impl Traffic for Solutions {
    fn next_request(&mut self, protocol: Protocol) -> Result<Request<Body>, http::Error> {
        self.nonce += 1;
        let challenge = Challenge {
            issued_at: now(),
            work: WORK,
            count: SUB_PUZZLES,
            scope: 0,
            prefix: 0,
            nonce: self.nonce.to_be_bytes(),
        };
        let mut solved = challenge.seal(&self.key);
        solved.extend(solution(&solved));
        let client = self.browsers.draw();
        let mut request = self.browsers.request_of(client, protocol, "")?;
        *request.method_mut() = Method::POST;
        let headers = request.headers_mut();
        headers.insert(header::CONTENT_LENGTH, 0.into());
        headers.insert("levee-solution", token::encode(&solved).try_into()?);
        Ok(request)
    }
}

/// Solves a challenge of little work.
fn solution(challenge: &[u8]) -> Vec<u8> {
    let Ok(puzzle) = Challenge::puzzle_for_client(challenge) else {
        return Vec::new();
    };
    (0..puzzle.count())
        .filter_map(|index| (0..u64::MAX).find(|n| puzzle.is_solved_by(index, *n)))
        .flat_map(u64::to_be_bytes)
        .collect()
}

fn key() -> SigningKey {
    match Secret::new(SECRET.to_vec()) {
        Ok(secret) => SigningKey::new(KEY_ID, &secret),
        Err(error) => unreachable!("the secret of the bench: {error}"),
    }
}

/// Seconds since the Unix epoch.
fn now() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |time| time.as_secs())
}
