//! The situations in which a request can find the filter: each with its configuration, its traffic and what it comes to.
//!
//! Benchmarks of the core and of the module, and the committed count of instructions, are all of these.

use std::{net::Ipv4Addr, time::Duration};

use levee_behaviour::{
    Message,
    client::{challenge_of, clearance_of, redemption, solve, stolen_key},
    configuration::{KEY_ID, SECRET, WORK},
};
use levee_core::{challenge::Challenge, clearance::Clearance, line::Ticket, token};
use serde_json::{Value, json};

/// When the first request is sent, in seconds since the Unix epoch.
pub(crate) const START: u64 = 1_790_000_000;

/// Clients that take turns.
const CLIENTS: u64 = 64;

/// Requests that are sent before anything is measured: four of each client, after which every decision is the same.
pub(crate) const WARM_UP: usize = 256;

/// More than any run uses up.
const PLENTY: u32 = 1_000_000;

/// Sub-puzzles of a challenge, as many as where nothing is configured.
pub(crate) const SUB_PUZZLES: u16 = 32;

/// What a browser sends with a navigation, besides what every [`Message::navigation`] has.
const BROWSER: [(&str, &str); 9] = [
    ("accept-encoding", "gzip, deflate, br, zstd"),
    (
        "referer",
        "https://booking.example/departments/cardiology?day=2024-03-14&session=morning",
    ),
    ("cache-control", "max-age=0"),
    ("upgrade-insecure-requests", "1"),
    ("sec-fetch-dest", "document"),
    ("sec-fetch-site", "same-origin"),
    ("sec-fetch-user", "?1"),
    ("priority", "u=0, i"),
    ("x-request-id", "6f1f3c55-5e0b-4c0e-9d2e-9a7b1c0d2e3f"),
];

/// The cookies of the site itself.
const COOKIES: &str = "session=8d3f6c1e0b7a4f92a5d1c4e7f8a9b0c3; consent=necessary; theme=dark; language=vi";

/// One situation.
#[derive(Clone, Debug)]
pub(crate) struct Situation {
    /// What it is called in reports and in the baseline.
    pub(crate) name: &'static str,
    /// The configuration.
    pub(crate) configuration: Value,
    /// How much time passes between two requests.
    pub(crate) step: Duration,
    /// The reason of every decision, after [`WARM_UP`].
    pub(crate) reason: &'static str,
    /// The status of the answer; 200 where the request is forwarded.
    pub(crate) status: u16,
    /// The request of this number, sent at so many seconds since the Unix epoch.
    pub(crate) message: fn(u64, u64) -> Message,
}

impl Situation {
    /// Every situation there is.
    pub(crate) fn all() -> Vec<Self> {
        let of = |name, configuration, message, status, reason| Self {
            name,
            configuration,
            step: Duration::from_micros(100),
            reason,
            status,
            message,
        };
        vec![
            of("admit with clearance", closed(), cleared, 200, "clearance"),
            of("admit in the free lane", site(), uncleared, 200, "free_lane"),
            of(
                "refuse over quota",
                with(closed(), "clearance", once_an_hour()),
                cleared,
                429,
                "clearance_over_quota",
            ),
            of(
                "challenge a browser",
                closed(),
                uncleared,
                403,
                "clearance_required",
            ),
            of("challenge an app", closed(), app, 403, "clearance_required"),
            Self {
                // As fast as a botnet may mint at the floor; faster, the price would rise above these challenges.
                step: Duration::from_millis(10),
                ..of("redeem", closed(), redeemed, 200, "redeemed")
            },
            Self {
                // Nobody's turn comes meanwhile.
                step: Duration::ZERO,
                ..of(
                    "wait in line",
                    with(closed(), "capacity", narrow()),
                    waiting,
                    503,
                    "in_line",
                )
            },
            of(
                "observe a challenge",
                with(closed(), "mode", json!("observe")),
                uncleared,
                200,
                "clearance_required",
            ),
            of("open rule", with_access("open"), uncleared, 200, "open"),
            of(
                "refusing rule",
                with_access("refuse"),
                uncleared,
                403,
                "rule_refuses",
            ),
        ]
    }
}

/// A site with a free lane that is not used up.
pub(crate) fn site() -> Value {
    let plenty = json!({ "limit": PLENTY, "window_seconds": 60 });
    json!({
        "keys": [{ "id": KEY_ID, "secret": SECRET }],
        "challenge": { "sub_puzzles": SUB_PUZZLES },
        "price": {
            "floor": WORK,
            "ceiling": 64 * WORK,
            "target_per_second": PLENTY,
            "prefix": { "target_per_minute": PLENTY },
        },
        "clearance": { "quota": plenty },
        "prefix_quota": plenty,
        "free_lane": { "requests_per_second": PLENTY, "burst": PLENTY },
    })
}

/// The same site, where nothing is forwarded without a clearance.
pub(crate) fn closed() -> Value {
    with_access("clearance")
}

fn with_access(access: &str) -> Value {
    let rule = json!({ "name": "site", "match": { "path": { "prefix": "/departments" } }, "access": access });
    with(site(), "rules", json!([rule]))
}

fn with(configuration: Value, key: &str, value: Value) -> Value {
    levee_behaviour::configuration::with(configuration, key, value)
}

fn once_an_hour() -> Value {
    json!({ "quota": { "limit": 1, "window_seconds": 3600 } })
}

fn narrow() -> Value {
    json!({ "requests_per_second": 2, "burst": 8 })
}

/// A browser's navigation, about a kilobyte.
pub(crate) fn browser(number: u64, cookies: &str) -> Message {
    let navigation = Message::navigation("/departments/cardiology?day=2024-03-14");
    let message = BROWSER
        .iter()
        .fold(navigation, |message, (name, value)| message.with(name, value));
    of_client(number, message.with("cookie", cookies))
}

/// The same from the address of the client whose turn it is.
fn of_client(number: u64, mut message: Message) -> Message {
    let client = u32::try_from(number % CLIENTS).unwrap_or_default();
    message.peer = Ipv4Addr::from_bits(Ipv4Addr::new(10, 0, 0, 1).to_bits() + client);
    message
}

fn uncleared(number: u64, _: u64) -> Message {
    browser(number, COOKIES)
}

fn cleared(number: u64, _: u64) -> Message {
    cleared_as(number % CLIENTS, number)
}

/// With the clearance of this number.
fn cleared_as(clearance: u64, number: u64) -> Message {
    let clearance = Clearance {
        id: id(clearance),
        ..clearance_of(START)
    };
    let token = token::encode(&clearance.seal(&stolen_key()));
    browser(number, &format!("{COOKIES}; levee={token}"))
}

/// The id of the clearance of this number.
fn id(clearance: u64) -> [u8; 16] {
    u128::from(clearance).to_le_bytes()
}

/// In the first turn others come, of whom a few are let in and the rest draw the numbers that are then asked about.
fn waiting(number: u64, now: u64) -> Message {
    let Some(number) = number.checked_sub(CLIENTS) else {
        return cleared_as(number + CLIENTS, number);
    };
    let ticket = Ticket {
        number: CLIENTS / 2,
        issued_at: now,
        clearance: id(number % CLIENTS),
    };
    let ticket = token::encode(&ticket.seal(&stolen_key()));
    cleared(number, now).with("levee-ticket", ticket)
}

fn app(number: u64, _: u64) -> Message {
    let message = Message::get("/departments/cardiology?day=2024-03-14").with("accept", "application/json");
    of_client(number, message)
}

/// Each with a challenge of its own, and its right solution.
fn redeemed(number: u64, now: u64) -> Message {
    let challenge = Challenge {
        count: SUB_PUZZLES,
        nonce: u128::from(number).to_le_bytes(),
        ..challenge_of(now)
    };
    let challenge = challenge.seal(&stolen_key());
    of_client(number, redemption(&challenge, &solve(&challenge)))
}
