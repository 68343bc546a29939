//! Clients as machines that do no input or output: whoever drives one carries out what it wants, in virtual time or real.
//!
//! A driver calls [`Client::next`] with what has happened, does the [`Step`] that comes back, and calls again, until the client
//! [leaves](Step::Leave).

mod address;
mod answer;
mod app;
mod browser;
mod call_back;
mod cookies;
mod crawler;
mod flood;
mod gave_up;
mod line;
mod page;
mod person;
mod population;
mod purse;
mod work;

pub use address::{Addresses, own_address};
pub use answer::{challenge_token, retry_after, verdict, work_asked};
pub use flood::{Horde, Sending, Task};
pub use gave_up::GaveUp;
pub use line::{Order, Wait, Waits};
pub use population::{Arrival, Kind, arrivals};
pub use work::{Solution, Unsolvable, solve};

use levee_harness::{Request, Response};
use rand::rngs::StdRng;
use std::time::Duration;

/// Somebody who asks something of the site, and how far they have come.
pub trait Client: Send {
    /// What it does next, after what has happened, at this time since the beginning.
    fn next(&mut self, happened: Happened<'_>, now: Duration, draw: &mut StdRng) -> Step;
}

/// What has happened to a client.
#[derive(Debug)]
pub enum Happened<'a> {
    /// It has just come.
    Came,
    /// It has waited as long as it wanted.
    Waited,
    /// This is the answer to its request.
    Answered(&'a Response),
    /// There was no answer to its request.
    NoAnswer,
    /// This is the solution of its challenge.
    Solved(Solution),
    /// The challenge is none that can be solved.
    Unsolvable,
}

/// What a client does.
#[derive(Debug)]
pub enum Step {
    /// It sends a request.
    Send(Box<Request>),
    /// It does nothing for so long.
    Wait(Duration),
    /// It solves the challenge of this token, on a device with so many hashes a second.
    Solve {
        /// The token in its text form.
        token: String,
        /// Hashes that the device computes in a second.
        hashes_per_second: f64,
    },
    /// It goes.
    Leave(Account),
}

/// How it went for a client.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Account {
    /// Whether it has got what it came for.
    pub served: bool,
    /// Why it has left without, where that is known.
    pub gave_up: Option<GaveUp>,
    /// Challenges that it met.
    pub challenges: u32,
    /// Whether it stood in line.
    pub stood_in_line: bool,
    /// What it went through there, as far as it has tickets with a number.
    pub waits: Waits,
    /// How long it took beyond thinking: answers, work, waiting, asking again.
    pub delay: Duration,
    /// How long its device worked.
    pub work: Duration,
    /// The last form that was sent, as `application/x-www-form-urlencoded`; empty when there was none.
    pub last_form: String,
    /// The last page of the site, where somebody may want to read it.
    pub last_page: Vec<u8>,
}
