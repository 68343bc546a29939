//! The honest client's side of the protocol, and the forger's.

use crate::{
    configuration::{KEY_ID, SECRET, WORK},
    message::{Answer, Message},
};
use levee_core::{
    challenge::{self, Challenge},
    clearance::{Clearance, Lane},
    line::Ticket,
    token::{self, KeyId, Secret, SigningKey},
};

use crate::Site;

/// The bytes of a token in an answer: of its problem details or of its page.
#[must_use]
pub fn challenge_in(answer: &Answer) -> Vec<u8> {
    let text = if answer.header("content-type").starts_with("text/html") {
        let page = answer.text();
        let Some((_, rest)) = page.split_once("data-token=\"") else {
            panic!("no challenge in {page}")
        };
        rest.split('"').next().unwrap_or_default().to_owned()
    } else {
        answer.problem()["challenge"]["token"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    };
    bytes_of(&text)
}

/// The bytes of a token's text.
#[must_use]
pub fn bytes_of(text: &str) -> Vec<u8> {
    match token::decode(text.as_bytes(), 1000) {
        Ok(bytes) => bytes,
        Err(error) => panic!("{text:?}: {error:?}"),
    }
}

/// The sub-solutions of a challenge.
#[must_use]
pub fn solve(challenge: &[u8]) -> Vec<u8> {
    let Ok(puzzle) = Challenge::puzzle_for_client(challenge) else {
        panic!("no challenge: {challenge:?}")
    };
    (0..puzzle.count())
        .filter_map(|index| (0..u64::MAX).find(|n| puzzle.is_solved_by(index, *n)))
        .flat_map(u64::to_be_bytes)
        .collect()
}

/// A number that does not solve the sub-puzzle `index` of a challenge.
#[must_use]
pub fn wrong_number(challenge: &[u8], index: u16) -> u64 {
    let Ok(puzzle) = Challenge::puzzle_for_client(challenge) else {
        panic!("no challenge: {challenge:?}")
    };
    (0..)
        .find(|n| !puzzle.is_solved_by(index, *n))
        .unwrap_or_default()
}

/// A redemption of these sub-solutions.
#[must_use]
pub fn redemption(challenge: &[u8], solution: &[u8]) -> Message {
    let text = token::encode(&[challenge, solution].concat());
    Message::new("POST", levee_core::filter::REDEEM_PATH).with("levee-solution", text)
}

/// The clearance that an answer to a redemption grants.
#[must_use]
pub fn clearance_in(answer: &Answer) -> String {
    assert_eq!(answer.status, 200, "{answer:?}");
    let granted: serde_json::Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    granted["clearance"].as_str().unwrap_or_default().to_owned()
}

/// Asks for `target`, solves the challenge that comes back, and redeems it.
pub fn earn(site: &mut dyn Site, ask: &Message) -> String {
    let challenged = site.send(ask);
    assert_eq!(challenged.status, 403, "{challenged:?}");
    let challenge = challenge_in(&challenged);
    let mut redemption = redemption(&challenge, &solve(&challenge));
    redemption.peer = ask.peer;
    redemption.scheme = ask.scheme;
    clearance_in(&site.send(&redemption))
}

/// A key of `secret`, as text.
#[must_use]
pub fn key(id: KeyId, secret: &str) -> SigningKey {
    match Secret::new(bytes_of(secret)) {
        Ok(secret) => SigningKey::new(id, &secret),
        Err(error) => panic!("{error}"),
    }
}

/// The site's own key, which nobody outside should have: for tokens that only differ in one thing from right ones.
#[must_use]
pub fn stolen_key() -> SigningKey {
    key(KEY_ID, SECRET)
}

/// A challenge as the site would make it at `issued_at`, in seconds.
#[must_use]
pub fn challenge_of(issued_at: u64) -> Challenge {
    Challenge {
        issued_at,
        work: WORK,
        count: 4,
        scope: 0,
        prefix: 0,
        nonce: [9; 16],
    }
}

/// A clearance as the site would make it at `issued_at`, in seconds.
#[must_use]
pub fn clearance_of(issued_at: u64) -> Clearance {
    Clearance {
        lane: Lane::Work,
        issued_at,
        expires_at: issued_at.saturating_add(3600),
        work: WORK,
        id: [9; 16],
    }
}

/// The id of a clearance that is nobody's.
pub const OTHER_ID: [u8; 16] = [8; 16];

/// A ticket as the site would make it at `issued_at`, in seconds.
#[must_use]
pub fn ticket_of(issued_at: u64) -> Ticket {
    Ticket {
        number: 1,
        issued_at,
        clearance: [9; 16],
    }
}

/// The ticket in an answer to a client that has to wait.
#[must_use]
pub fn ticket_in(answer: &Answer) -> String {
    assert_eq!(answer.status, 503, "{answer:?}");
    let cookie = answer.header("set-cookie");
    let Some((_, rest)) = cookie.split_once("levee-line=") else {
        panic!("no ticket: {answer:?}")
    };
    rest.split(';').next().unwrap_or_default().to_owned()
}

/// The work that a challenge asks for.
#[must_use]
pub fn work_of(challenge: &[u8]) -> u64 {
    challenge
        .get(WORK_OFFSET..)
        .and_then(<[u8]>::first_chunk)
        .map_or(0, |bytes| u64::from_be_bytes(*bytes))
}

/// Where a challenge's work stands in its bytes.
pub const WORK_OFFSET: usize = 12;

/// How long a challenge is.
pub const CHALLENGE_LENGTH: usize = challenge::LENGTH;
