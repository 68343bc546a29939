//! The solving botnet: bots that work for clearances like everybody else, keep them, and send with them.
//!
//! A [`miner`] does the work of all of them, on one thread and at a bounded pace. A few [`minting`] tasks ask for
//! challenges and redeem the solutions, each time as another of the bots. Each [`bot`] sends with the clearances that
//! were minted at its address, as fast as the pace that they share allows.

mod bot;
mod miner;
mod minting;

use super::{
    loopback::{Loopback, Target},
    pacer::Pacer,
    tally::PhaseTally,
};
use bot::Bot;
use miner::Miner;
use minting::Minting;
use std::{
    sync::{Arc, atomic::AtomicUsize},
    time::Duration,
};
use tokio::{sync::mpsc, task::JoinSet, time::Instant};
use tokio_util::sync::CancellationToken;

/// How many bots there are, each at an address of its own.
pub(crate) const BOTS: u8 = 64;

/// Hashes a second of all bots together. A real botnet has more; the machine that this runs on has to carry the filter
/// and the patients, too.
pub(crate) const HASHES_PER_SECOND: u64 = 3_000_000;

/// Challenges that are asked for and redeemed at a time, so that the miner need not wait for the network.
const MINTING: usize = 4;

/// An attack with clearances, for some time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Botnet {
    /// Where to.
    pub(crate) target: Target,
    /// Requests a second at most, of all bots together; redemptions are not among them.
    pub(crate) rate: u32,
    /// Hashes a second at most, of all bots together.
    pub(crate) hashes_per_second: u64,
    /// How long.
    pub(crate) duration: Duration,
}

impl Botnet {
    /// Plays the attack to its end, or until `stop`. Returns how long it took, the last answer included.
    pub(crate) async fn play(self, tally: &Arc<PhaseTally>, stop: &CancellationToken) -> Duration {
        let started = Instant::now();
        let end = started + self.duration;
        let pacer = Arc::new(Pacer::per_second(self.rate));
        let miner = Arc::new(Miner::start(self.hashes_per_second));
        let mut tasks = JoinSet::new();
        let mut bots = Vec::new();
        for nth in 0..BOTS {
            let address = address_of(nth);
            let (minted, earned) = mpsc::unbounded_channel();
            bots.push((address, minted));
            tally.flood.count_address();
            let bot = Bot::new(address, self.target, Arc::clone(tally), earned);
            let (pacer, stop) = (Arc::clone(&pacer), stop.clone());
            tasks.spawn(async move {
                // The end is noticed within a request; only an interruption need not wait for it.
                let _cancelled = stop.run_until_cancelled(bot.send_until(end, &pacer)).await;
            });
        }
        let bots = Arc::<[_]>::from(bots);
        let next_bot = Arc::new(AtomicUsize::new(0));
        for _ in 0..MINTING {
            let minting = Minting {
                target: self.target,
                bots: Arc::clone(&bots),
                next_bot: Arc::clone(&next_bot),
                miner: Arc::clone(&miner),
                tally: Arc::clone(tally),
            };
            let (pacer, stop) = (Arc::clone(&pacer), stop.clone());
            tasks.spawn(async move {
                let _cancelled = stop.run_until_cancelled(minting.mint_until(end, &pacer)).await;
            });
        }
        // The miner's thread and the bots' channels end with the tasks that hold them.
        drop((miner, bots));
        tasks.join_all().await;
        started.elapsed()
    }
}

/// 127.100.0.1 and on: nobody else has these.
const fn address_of(nth: u8) -> Loopback {
    Loopback::new(100, 0, nth + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::{phase::Phase, stand_in::StandIn, verdict::Verdict};

    const USER_AGENT: &str = Phase::SolvingBotnet.flood_user_agent();

    fn tally() -> Arc<PhaseTally> {
        Arc::new(PhaseTally::new(Phase::SolvingBotnet))
    }

    fn botnet(server: &StandIn) -> Botnet {
        Botnet {
            target: server.target(),
            rate: 300,
            hashes_per_second: 50_000,
            duration: Duration::from_secs(1),
        }
    }

    #[tokio::test]
    async fn bots_mint_clearances_with_real_work_and_send_with_each() {
        let server = StandIn::start_challenging().await;
        let tally = tally();
        botnet(&server).play(&tally, &CancellationToken::new()).await;
        let minted = tally.flood.minted();
        assert!(minted > 1, "{minted}");
        // Every solution was checked there. One may have been accepted whose answer came too late.
        assert!((minted..=minted + 4).contains(&server.redeemed()));
        assert!(server.clearances_used() > 1, "they are kept and used in turn");
        assert!(tally.flood.by_verdict()[&Verdict::Forwarded] > minted);
        assert!(server.sources() <= u64::from(BOTS));
        assert_eq!(tally.flood.addresses(), u64::from(BOTS));
    }

    #[tokio::test]
    async fn bots_keep_within_their_pace() {
        let server = StandIn::start_challenging().await;
        let tally = tally();
        let slow = Botnet {
            hashes_per_second: 10_000,
            ..botnet(&server)
        };
        slow.play(&tally, &CancellationToken::new()).await;
        let sent = tally.flood.sent();
        assert!(sent > 0 && sent <= 340, "{sent} requests at 300 a second");
        let redeemed = server.redeemed();
        // One puzzle is a matter of luck, forty of them hardly.
        assert!(
            redeemed * StandIn::WORK <= 40_000,
            "{redeemed} solutions of {} hashes at 10,000 a second",
            StandIn::WORK
        );
        assert_eq!(
            server.requests_of(USER_AGENT),
            sent + server.redemptions_of(USER_AGENT)
        );
    }

    #[tokio::test]
    async fn bots_wait_in_line_like_everybody() {
        let server = StandIn::start_challenging_with_a_line(2).await;
        let tally = tally();
        botnet(&server).play(&tally, &CancellationToken::new()).await;
        let by_verdict = tally.flood.by_verdict();
        assert!(by_verdict[&Verdict::InLine] > 0, "{by_verdict:?}");
        assert!(by_verdict[&Verdict::Forwarded] > 0, "{by_verdict:?}");
    }

    #[tokio::test]
    async fn a_site_that_accepts_no_solution_gets_no_request_with_a_clearance() {
        let server = StandIn::start_refusing_solutions().await;
        let tally = tally();
        botnet(&server).play(&tally, &CancellationToken::new()).await;
        assert_eq!(tally.flood.minted(), 0);
        assert_eq!(tally.flood.by_verdict()[&Verdict::Challenge], tally.flood.sent());
    }

    #[tokio::test]
    async fn a_botnet_stops_when_told_to() {
        let server = StandIn::start_challenging().await;
        let stop = CancellationToken::new();
        stop.cancel();
        let endless = Botnet {
            duration: Duration::from_secs(3_600),
            ..botnet(&server)
        };
        let tally = tally();
        endless.play(&tally, &stop).await;
        assert_eq!(tally.flood.sent(), 0);
    }
}
