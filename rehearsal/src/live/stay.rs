//! How one client comes, stays and leaves.

use super::{Stage, Visit, exchange::Line, provider::Payment};
use crate::client::{Account, Arrival, Client, Happened, Kind, Solution, Step, solve};
use levee_harness::Response;
use rand::rngs::StdRng;
use std::{sync::Arc, time::Duration};
use tokio::{sync::Semaphore, time::Instant};

/// Devices share this machine with the filter, so they calculate one after the other. What a device would still be busy with
/// at that time is waited for anyway.
static CALCULATING: Semaphore = Semaphore::const_new(1);

/// What has happened, for as long as a client takes to look at it.
enum News {
    Came,
    Waited,
    Answer(Option<Response>),
    Solution(Option<Solution>),
}

/// Lets somebody come when it is time, and stay until they leave.
pub(super) async fn visit(stage: Arc<Stage>, arrival: Arrival, mut draw: StdRng) {
    let kind = arrival.kind();
    let client = arrival.client(&mut draw);
    tokio::time::sleep_until(stage.began + arrival.at).await;
    let payment = match &stage.provider {
        Some(provider) if arrival.pays() => Some(provider.payment(arrival.nth).await),
        _ => None,
    };
    let came = stage.now();
    stage.tally().came(kind, came);
    let account = stay(&stage, kind, client, payment, draw).await;
    let left = stage.now();
    if let Some(provider) = stage.provider.as_ref().filter(|_| account.served) {
        provider.booked(&account.last_page);
    }
    stage.tally().left(kind, &account, left);
    if let Some(visits) = &stage.watch.visits {
        // Whoever wanted to know may have stopped listening.
        let _gone = visits.send(Visit::new(&arrival, account, came, left));
    }
}

async fn stay(
    stage: &Stage,
    kind: Kind,
    mut client: Box<dyn Client>,
    payment: Option<Payment>,
    mut draw: StdRng,
) -> Account {
    let mut line = Line::to(stage.target);
    let mut news = News::Came;
    loop {
        let happened = match &news {
            News::Came => Happened::Came,
            News::Waited => Happened::Waited,
            News::Answer(None) => Happened::NoAnswer,
            News::Answer(Some(answer)) => Happened::Answered(answer),
            News::Solution(None) => Happened::Unsolvable,
            News::Solution(Some(solution)) => Happened::Solved(solution.clone()),
        };
        let step = client.next(happened, stage.now(), &mut draw);
        news = match step {
            Step::Leave(account) => return account,
            Step::Wait(time) => {
                tokio::time::sleep(time).await;
                News::Waited
            }
            Step::Send(request) => {
                let request = match (&stage.provider, &payment) {
                    (Some(provider), Some(payment)) => provider.report(payment, *request),
                    _ => *request,
                };
                let answer = line.send(&request).await;
                stage.count(kind, answer.as_ref());
                News::Answer(answer)
            }
            Step::Solve {
                token,
                hashes_per_second,
            } => News::Solution(work(token, hashes_per_second).await),
        };
    }
}

/// Solves a challenge, and takes as long as the device would.
pub(super) async fn work(token: String, hashes_per_second: f64) -> Option<Solution> {
    let began = Instant::now();
    let turn = CALCULATING.acquire().await.ok()?;
    let solution = tokio::task::spawn_blocking(move || solve(&token))
        .await
        .ok()?
        .ok()?;
    drop(turn);
    let takes = Duration::from_secs_f64(solution.hashes as f64 / hashes_per_second);
    tokio::time::sleep_until(began + takes).await;
    Some(solution)
}
