//! The flood: requests without a clearance, as fast as the pace and a bounded number of connections allow.

use super::{
    loopback::{Body, Client, Loopback, Target, no_body},
    pacer::Pacer,
    tally::FloodTally,
    verdict::Verdict,
};
use http::{Request, header};
use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering::Relaxed},
    },
    time::Duration,
};
use tokio::{task::JoinSet, time::Instant};
use tokio_util::sync::CancellationToken;

/// What the flood calls itself, so that the origin's access log tells it from patients.
pub(crate) const USER_AGENT: &str = "levee-demo-flood";

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

impl Origins {
    /// The name of the phase in the report.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::OneAddress => "one_address",
            Self::ManyAddresses => "many_addresses",
        }
    }
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
    pub(crate) async fn play(self, tally: &Arc<FloodTally>, stop: &CancellationToken) -> Duration {
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
        tally.count_address();
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
    tally: Arc<FloodTally>,
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
                self.tally.count_address();
            }
            self.tally.count_sent();
            let outcome = client.send(request(nth.is_multiple_of(2))).await;
            self.tally.count_verdict(Verdict::of(&outcome));
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

/// A request of the flood: half of them look like a browser's navigation, half like a script's.
fn request(as_browser: bool) -> Request<Body> {
    let mut request = Request::new(no_body());
    let headers = request.headers_mut();
    headers.insert(header::USER_AGENT, header::HeaderValue::from_static(USER_AGENT));
    let accept = if as_browser {
        "text/html,application/xhtml+xml"
    } else {
        "*/*"
    };
    headers.insert(header::ACCEPT, header::HeaderValue::from_static(accept));
    request
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::stand_in::StandIn;

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
        let tally = Arc::default();
        flood(&server, Origins::OneAddress, 500)
            .play(&tally, &CancellationToken::new())
            .await;
        assert_eq!(server.requests_of(USER_AGENT), tally.sent());
        assert!(tally.sent() > 0 && tally.sent() <= 560, "{}", tally.sent());
        assert!(server.connections_from(BOT) <= 32);
        assert_eq!(server.sources(), 1);
        assert_eq!(tally.by_verdict()[&Verdict::Forwarded], tally.sent());
    }

    #[tokio::test]
    async fn a_flood_from_many_addresses_uses_each_but_the_bots_once() {
        let server = StandIn::start().await;
        let tally = Arc::default();
        flood(&server, Origins::ManyAddresses, 500)
            .play(&tally, &CancellationToken::new())
            .await;
        assert_eq!(server.requests_of(USER_AGENT), tally.sent());
        assert_eq!(server.sources(), tally.addresses());
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
        let tally = Arc::default();
        endless.play(&tally, &stop).await;
        assert_eq!(tally.sent(), 0);
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
