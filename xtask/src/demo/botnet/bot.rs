//! One bot: it sends with the clearances that were minted at its address.

use super::super::{
    cookies::Cookies,
    flood,
    line::Told,
    loopback::{Answer, Client, Loopback, NoAnswer, Target},
    pacer::Pacer,
    tally::PhaseTally,
    verdict::Verdict,
};
use http::header;
use std::{collections::VecDeque, sync::Arc, time::Duration};
use tokio::{sync::mpsc, time::Instant};

/// A bot at one address, with one connection.
pub(super) struct Bot {
    client: Client,
    tally: Arc<PhaseTally>,
    earned: mpsc::UnboundedReceiver<Cookies>,
    purses: VecDeque<Purse>,
}

/// A clearance, with the ticket that its holder has in the waiting line, if there is one.
struct Purse {
    cookies: Cookies,
    /// Before this it would be refused, by what it was told.
    rests_until: Instant,
}

impl Bot {
    /// A bot without a clearance yet; it takes those that come through `earned`.
    pub(super) fn new(
        address: Loopback,
        target: Target,
        tally: Arc<PhaseTally>,
        earned: mpsc::UnboundedReceiver<Cookies>,
    ) -> Self {
        Self {
            client: Client::new(address, target),
            tally,
            earned,
            purses: VecDeque::new(),
        }
    }

    /// Sends until `end`, with its clearances in turn, one request at a time.
    pub(super) async fn send_until(mut self, end: Instant, pacer: &Pacer) {
        while Instant::now() < end {
            while let Ok(cookies) = self.earned.try_recv() {
                self.purses.push_back(Purse::new(cookies));
            }
            let now = Instant::now();
            let Some(index) = self.purses.iter().position(|purse| purse.rests_until <= now) else {
                self.wait_for_a_purse(end).await;
                continue;
            };
            pacer.due().await;
            if Instant::now() >= end {
                return;
            }
            if let Some(purse) = self.purses.remove(index) {
                self.send_with(purse).await;
            }
        }
    }

    /// Waits until another clearance is earned, one has rested, or it is the end.
    async fn wait_for_a_purse(&mut self, end: Instant) {
        let rested = self.purses.iter().map(|purse| purse.rests_until).min();
        let rested = rested.map_or(end, |rested| rested.min(end));
        tokio::select! {
            Some(cookies) = self.earned.recv() => self.purses.push_back(Purse::new(cookies)),
            () = tokio::time::sleep_until(rested) => {}
        }
    }

    async fn send_with(&mut self, mut purse: Purse) {
        let mut request = flood::request(self.tally.phase.flood_user_agent(), false);
        if let Some(cookies) = purse.cookies.header() {
            request.headers_mut().insert(header::COOKIE, cookies);
        }
        self.tally.flood.count_sent();
        let outcome = self.client.send(request).await;
        let verdict = self.tally.count_flood_outcome(&outcome);
        if verdict == Verdict::Challenge {
            // Worth nothing any more.
            return;
        }
        if let Ok(answer) = &outcome {
            purse.cookies.keep(&answer.headers);
        }
        purse.rests_until = Instant::now() + rest_after(&outcome);
        self.purses.push_back(purse);
    }
}

impl Purse {
    fn new(cookies: Cookies) -> Self {
        Self {
            cookies,
            rests_until: Instant::now(),
        }
    }
}

/// How long it makes no sense to send with a clearance. Whoever was called and only meets a busy origin gains by asking
/// at once.
fn rest_after(outcome: &Result<Answer, NoAnswer>) -> Duration {
    let Ok(answer) = outcome else {
        return Duration::ZERO;
    };
    match Verdict::of(outcome) {
        Verdict::OverQuota => answer.retry_after(),
        Verdict::InLine => Told::of(answer)
            .filter(|told| told.place > 0)
            .map_or(Duration::ZERO, |told| told.ask_again),
        Verdict::Forwarded | Verdict::Challenge | Verdict::Refused | Verdict::Failed => Duration::ZERO,
    }
}
