//! The flood: requests without a clearance, as fast as the pace and a bounded number of connections allow.

use super::{
    loopback::{Body, Client, Loopback, Target, no_body},
    pacer::Pacer,
    tally::PhaseTally,
};
use http::{HeaderValue, Request, header};
use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering::Relaxed},
    },
    time::Duration,
};
use tokio::{task::JoinSet, time::Instant};
use tokio_util::sync::CancellationToken;

/// The address of the bot. The patients behind a shared address share this one.
pub(crate) const BOT: Loopback = Loopback::new(9, 9, 9);

/// Where the flood comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origins {
    /// Everything from [`BOT`], over connections that are kept alive.
    OneAddress,
    /// From ever new addresses, one request each, while one sender in sixteen goes on from [`BOT`].
    ManyAddresses,
}

/// How much is sent, for how long.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Flood {
    /// Where to.
    pub(crate) target: Target,
    /// Requests a second at most, of all senders together.
    pub(crate) rate: u32,
    /// Senders, each with at most one request on its way.
    pub(crate) senders: u16,
    /// Where from.
    pub(crate) origins: Origins,
    /// How long.
    pub(crate) duration: Duration,
}

impl Flood {
    /// Plays the flood to its end, or until `stop`. Returns how long it took, the last answer included.
    pub(crate) async fn play(self, tally: &Arc<PhaseTally>, stop: &CancellationToken) -> Duration {
        let started = Instant::now();
        let pacer = Arc::new(Pacer::per_second(self.rate));
        let addresses = Arc::new(Addresses::default());
        let mut senders = JoinSet::new();
        for index in 0..self.senders {
            let sender = Sender {
                flood: self,
                stays: self.origins == Origins::OneAddress || index % 16 == 0,
                addresses: Arc::clone(&addresses),
                pacer: Arc::clone(&pacer),
                tally: Arc::clone(tally),
            };
            let stop = stop.clone();
            senders.spawn(async move {
                let end = started + sender.flood.duration;
                // The pace is bounded, so the end is noticed within a request.
                let _cancelled = stop.run_until_cancelled(sender.send_until(end)).await;
            });
        }
        tally.flood.count_address();
        senders.join_all().await;
        started.elapsed()
    }
}

/// One of the flood's connections.
struct Sender {
    flood: Flood,
    stays: bool,
    addresses: Arc<Addresses>,
    pacer: Arc<Pacer>,
    tally: Arc<PhaseTally>,
}

impl Sender {
    async fn send_until(self, end: Instant) {
        let mut client = Client::new(BOT, self.flood.target);
        for nth in 0_u32.. {
            self.pacer.due().await;
            if Instant::now() >= end {
                return;
            }
            if !self.stays {
                client = Client::new(self.addresses.next(), self.flood.target);
                self.tally.flood.count_address();
            }
            self.tally.flood.count_sent();
            let request = request(self.tally.phase.flood_user_agent(), nth.is_multiple_of(2));
            let outcome = client.send(request).await;
            self.tally.count_flood_outcome(&outcome);
        }
    }
}

/// Addresses that were not used before: 127.16.0.1 and on, up to 127.79.255.255; then from the beginning.
#[derive(Debug, Default)]
struct Addresses(AtomicU32);

impl Addresses {
    fn next(&self) -> Loopback {
        let nth = self.0.fetch_add(1, Relaxed).wrapping_add(1) % (64 << 16);
        let [_, x, y, z] = nth.to_be_bytes();
        Loopback::new(x + 16, y, z)
    }
}

/// A request of an attack for the start page, which looks like a browser's navigation or like a script's.
pub(crate) fn request(user_agent: &'static str, as_browser: bool) -> Request<Body> {
    let mut request = Request::new(no_body());
    let headers = request.headers_mut();
    headers.insert(header::USER_AGENT, HeaderValue::from_static(user_agent));
    let accept = if as_browser {
        "text/html,application/xhtml+xml"
    } else {
        "*/*"
    };
    headers.insert(header::ACCEPT, HeaderValue::from_static(accept));
    request
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::{phase::Phase, stand_in::StandIn, verdict::Verdict};

    const USER_AGENT: &str = "levee-demo-flood/one_address";

    fn tally() -> Arc<PhaseTally> {
        Arc::new(PhaseTally::new(Phase::OneAddress))
    }

    fn flood(server: &StandIn, origins: Origins, rate: u32) -> Flood {
        Flood {
            target: server.target(),
            rate,
            senders: 32,
            origins,
            duration: Duration::from_secs(1),
        }
    }

    #[tokio::test]
    async fn a_flood_from_one_address_keeps_its_connections_and_counts_what_the_server_saw() {
        let server = StandIn::start().await;
        let tally = tally();
        flood(&server, Origins::OneAddress, 500)
            .play(&tally, &CancellationToken::new())
            .await;
        assert_eq!(server.requests_of(USER_AGENT), tally.flood.sent());
        assert!(
            tally.flood.sent() > 0 && tally.flood.sent() <= 560,
            "{}",
            tally.flood.sent()
        );
        assert!(server.connections_from(BOT) <= 32);
        assert_eq!(server.sources(), 1);
        assert_eq!(tally.flood.by_verdict()[&Verdict::Forwarded], tally.flood.sent());
    }

    #[tokio::test]
    async fn the_work_that_a_flood_is_asked_for_is_counted_from_pages_and_problems() {
        let server = StandIn::start_challenging().await;
        let tally = tally();
        flood(&server, Origins::OneAddress, 200)
            .play(&tally, &CancellationToken::new())
            .await;
        assert_eq!(tally.flood.by_verdict()[&Verdict::Challenge], tally.flood.sent());
        assert_eq!(tally.work.medians(1, 0), [StandIn::WORK]);
        assert_eq!(tally.work.counted(), tally.flood.sent());
    }

    #[tokio::test]
    async fn a_flood_from_many_addresses_uses_each_but_the_bots_once() {
        let server = StandIn::start().await;
        let tally = tally();
        flood(&server, Origins::ManyAddresses, 500)
            .play(&tally, &CancellationToken::new())
            .await;
        assert_eq!(server.requests_of(USER_AGENT), tally.flood.sent());
        assert_eq!(server.sources(), tally.flood.addresses());
        assert_eq!(server.most_requests_from_one_source_but(BOT), 1);
    }

    #[tokio::test]
    async fn a_flood_stops_when_told_to() {
        let server = StandIn::start().await;
        let stop = CancellationToken::new();
        stop.cancel();
        let endless = Flood {
            duration: Duration::from_secs(3_600),
            ..flood(&server, Origins::OneAddress, 1_000)
        };
        let tally = tally();
        endless.play(&tally, &stop).await;
        assert_eq!(tally.flood.sent(), 0);
    }

    #[test]
    fn addresses_do_not_repeat_for_four_million_requests() {
        let addresses = Addresses::default();
        let first = addresses.next();
        assert_eq!(first, Loopback::new(16, 0, 1));
        assert!((1..(64 << 16)).all(|_| addresses.next() != BOT));
        assert_eq!(addresses.next(), first);
    }
}
