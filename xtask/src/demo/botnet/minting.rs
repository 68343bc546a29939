//! How the botnet comes by its clearances: it asks for a challenge, has it solved, and redeems the solution.

use super::{
    super::{
        browser::{LEVEE_SOLUTION, challenge_in},
        cookies::Cookies,
        flood,
        loopback::{Answer, Client, Loopback, Target, no_body},
        pacer::Pacer,
        tally::PhaseTally,
        verdict::{self, Challenge, Verdict},
    },
    miner::Miner,
};
use http::{HeaderValue, Request, StatusCode, header};
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering::Relaxed},
};
use tokio::{sync::mpsc, time::Instant};

/// Fresh challenges that are solved in place of a refused one, before asking for another from the beginning.
const ROUNDS: u32 = 3;

/// A bot's address, and where it takes its clearances from.
pub(super) type Mailbox = (Loopback, mpsc::UnboundedSender<Cookies>);

/// One of those who mint, each time for another bot.
pub(super) struct Minting {
    pub(super) target: Target,
    pub(super) bots: Arc<[Mailbox]>,
    pub(super) next_bot: Arc<AtomicUsize>,
    pub(super) miner: Arc<Miner>,
    pub(super) tally: Arc<PhaseTally>,
}

impl Minting {
    /// Mints until `end`.
    pub(super) async fn mint_until(self, end: Instant, pacer: &Pacer) {
        while Instant::now() < end {
            let turn = self.next_bot.fetch_add(1, Relaxed);
            let Some((address, mailbox)) = turn
                .checked_rem(self.bots.len())
                .and_then(|index| self.bots.get(index))
            else {
                return;
            };
            let mut client = Client::new(*address, self.target);
            let Some(challenge) = self.ask_for_a_challenge(&mut client, end, pacer).await else {
                continue;
            };
            // A solution that comes after the end is of no use any more.
            let paid = tokio::time::timeout_at(end, self.pay(&mut client, challenge)).await;
            if let Ok(Some(cookies)) = paid {
                self.tally.flood.count_minted();
                // A bot that is gone needs no clearance.
                let _gone = mailbox.send(cookies);
            }
        }
    }

    /// Sends requests without a clearance until one is challenged. `None` at the end, or when a request meets anything
    /// but a challenge or the free lane.
    async fn ask_for_a_challenge(
        &self,
        client: &mut Client,
        end: Instant,
        pacer: &Pacer,
    ) -> Option<Challenge> {
        loop {
            pacer.due().await;
            if Instant::now() >= end {
                return None;
            }
            self.tally.flood.count_sent();
            let request = flood::request(self.tally.phase.flood_user_agent(), false);
            let outcome = client.send(request).await;
            match self.tally.count_flood_outcome(&outcome) {
                Verdict::Challenge => return challenge_in(&outcome.ok()?),
                Verdict::Forwarded => {}
                Verdict::OverQuota | Verdict::InLine | Verdict::Refused | Verdict::Failed => return None,
            }
        }
    }

    /// The clearance that solving `challenge` buys. When the price has risen meanwhile, it is paid, too.
    async fn pay(&self, client: &mut Client, challenge: Challenge) -> Option<Cookies> {
        let mut challenge = challenge;
        for _ in 0..ROUNDS {
            let answer = self.redeem(client, &challenge).await?;
            match answer.status {
                StatusCode::OK => {
                    let mut cookies = Cookies::default();
                    cookies.keep(&answer.headers);
                    return Some(cookies);
                }
                StatusCode::FORBIDDEN => {
                    challenge = challenge_in(&answer)?;
                    if let Some(work) = verdict::work_of(challenge.token.as_bytes()) {
                        self.tally.work.count(work);
                    }
                }
                _ => return None,
            }
        }
        None
    }

    async fn redeem(&self, client: &mut Client, challenge: &Challenge) -> Option<Answer> {
        let solution = self.miner.solve(&challenge.token).await?;
        let mut request = Request::post(&challenge.redeem).body(no_body()).ok()?;
        let headers = request.headers_mut();
        headers.insert(LEVEE_SOLUTION, HeaderValue::try_from(solution).ok()?);
        headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
        headers.insert(
            header::USER_AGENT,
            HeaderValue::from_static(self.tally.phase.flood_user_agent()),
        );
        client.send(request).await.ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::{phase::Phase, stand_in::StandIn};

    /// The clearance that one challenge of the server comes to in the end.
    async fn mint(server: &StandIn) -> Option<Cookies> {
        let minting = Minting {
            target: server.target(),
            bots: Arc::from([]),
            next_bot: Arc::default(),
            miner: Arc::new(Miner::start(1_000_000)),
            tally: Arc::new(PhaseTally::new(Phase::SolvingBotnet)),
        };
        let mut client = Client::new(Loopback::new(100, 0, 1), server.target());
        let end = Instant::now() + std::time::Duration::from_secs(60);
        let pacer = Pacer::per_second(1_000);
        let challenge = minting.ask_for_a_challenge(&mut client, end, &pacer).await;
        let challenge = challenge.unwrap();
        minting.pay(&mut client, challenge).await
    }

    #[tokio::test]
    async fn a_risen_price_is_paid_without_asking_for_another_challenge() {
        let server = StandIn::start_challenging().await;
        server.raise_the_price_once();
        let cookies = mint(&server).await.unwrap();
        assert_eq!(cookies.value("levee"), Some("clear-1"));
        let user_agent = Phase::SolvingBotnet.flood_user_agent();
        assert_eq!(server.requests_of(user_agent), 3);
        assert_eq!(server.redemptions_of(user_agent), 2);
    }

    #[tokio::test]
    async fn a_refused_solution_is_no_clearance() {
        let server = StandIn::start_refusing_solutions().await;
        assert!(mint(&server).await.is_none());
    }
}
