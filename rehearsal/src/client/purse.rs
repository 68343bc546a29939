//! The clearances that a flood has worked for, and what they are told.

use super::{
    answer::{retry_after, verdict, when_to_ask_again},
    cookies::Cookies,
};
use levee_harness::Response;
use levee_report::Verdict;
use std::{cmp::Ordering, collections::BinaryHeap, net::IpAddr, time::Duration};

/// A clearance, with the ticket that its holder has in the waiting line, if there is one.
#[derive(Debug)]
pub struct Purse {
    /// Who has worked for it.
    pub(super) source: IpAddr,
    pub(super) cookies: Cookies,
    /// Before this it would be refused, by what it was told.
    rests_until: Duration,
    nth: u64,
}

impl Purse {
    /// Takes in what the answer to a request with it says. `None` when it is worth nothing any more.
    pub(super) fn told(mut self, answer: &Response, now: Duration) -> Option<Self> {
        let rest = match verdict(answer) {
            Verdict::Challenge => return None,
            Verdict::OverQuota => retry_after(answer),
            Verdict::InLine => when_to_ask_again(answer),
            Verdict::Forwarded | Verdict::Served | Verdict::Refused | Verdict::Failed => Duration::ZERO,
        };
        self.cookies.keep(&answer.headers);
        self.rests_until = now + rest;
        Some(self)
    }
}

/// Purses, the one that has rested longest first.
#[derive(Debug, Default)]
pub(super) struct Purses {
    heap: BinaryHeap<Purse>,
    added: u64,
}

impl Purses {
    /// A new purse, for what an answer has granted.
    pub(super) fn grant(&mut self, source: IpAddr, answer: &Response, now: Duration) {
        let mut cookies = Cookies::default();
        cookies.keep(&answer.headers);
        self.added += 1;
        self.put_back(Purse {
            source,
            cookies,
            rests_until: now,
            nth: self.added,
        });
    }

    pub(super) fn put_back(&mut self, purse: Purse) {
        self.heap.push(purse);
    }

    /// One that has rested.
    pub(super) fn take(&mut self, now: Duration) -> Option<Purse> {
        if self.heap.peek()?.rests_until > now {
            return None;
        }
        self.heap.pop()
    }
}

impl Ord for Purse {
    /// The earlier it may be used, the greater.
    fn cmp(&self, other: &Self) -> Ordering {
        (other.rests_until, other.nth).cmp(&(self.rests_until, self.nth))
    }
}

impl PartialOrd for Purse {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Purse {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Purse {}
