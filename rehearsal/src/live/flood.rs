//! A flood on real sockets.

use super::{Stage, exchange::Line};
use crate::client::{Horde, Kind, Sending, Task, solve};
use levee_harness::Response;
use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::{
    sync::{Mutex as Turn, Semaphore},
    task::JoinSet,
    time::{sleep_until, timeout_at},
};

/// Requests that are on their way at the same time.
const SENDERS: usize = 64;

/// How late a request may be sent: what the machine cannot send in time is left out, so that a flood ends when it is over.
const LATEST: Duration = Duration::from_secs(2);

/// The machines of floods share this machine with the filter and the people, so they calculate one after the other.
static CALCULATING: Semaphore = Semaphore::const_new(1);

/// One flood, and its connections.
struct Attack {
    stage: Arc<Stage>,
    /// Which one of the scenario's floods.
    nth: usize,
    horde: Mutex<Horde>,
    until: Duration,
    /// By turns: the number of the connection that is open there, and the connection.
    connections: Vec<Turn<(u64, Line)>>,
}

/// Adds the tasks of the scenario's flood `nth`, which ends at `until`.
pub(super) fn attack(stage: &Arc<Stage>, nth: usize, horde: Horde, until: Duration, tasks: &mut JoinSet<()>) {
    let connections = || Turn::new((u64::MAX, Line::to(stage.target)));
    let attack = Arc::new(Attack {
        stage: Arc::clone(stage),
        nth,
        horde: Mutex::new(horde),
        until,
        connections: (0..SENDERS).map(|_| connections()).collect(),
    });
    for _ in 0..SENDERS {
        tasks.spawn(Arc::clone(&attack).send_all());
    }
}

impl Attack {
    async fn send_all(self: Arc<Self>) {
        self.send_until_done().await;
        // Whoever ends first tells what all have worked for until then; the rest is told by the others.
        let clearances = self.with_horde(Horde::take_clearances);
        self.stage.tally().clearances(clearances);
    }

    async fn send_until_done(self: &Arc<Self>) {
        let end = self.stage.began + self.until + LATEST;
        loop {
            let next = self.with_horde(|horde| horde.due().map(|due| (due, horde.send(due))));
            let Some((due, (request, connection, sending))) = next else {
                return;
            };
            sleep_until(self.stage.began + due).await;
            let Some(turn) = self.connections.get(connection as usize % SENDERS) else {
                return;
            };
            let exchange = async {
                let mut turn = turn.lock().await;
                if turn.0 != connection {
                    *turn = (connection, Line::to(self.stage.target));
                }
                turn.1.send(&request).await
            };
            let Ok(answer) = timeout_at(end, exchange).await else {
                return;
            };
            self.stage.count(Kind::Flood, answer.as_ref());
            self.stage.tally().attacks_still(self.nth, self.stage.now());
            self.told(sending, answer.as_ref());
        }
    }

    fn told(self: &Arc<Self>, sending: Sending, answer: Option<&Response>) {
        let now = self.stage.now();
        let Some(answer) = answer else {
            self.with_horde(|horde| horde.not_answered(sending));
            return;
        };
        if let Some(task) = self.with_horde(|horde| horde.answered(sending, answer, 1.0, now)) {
            tokio::spawn(Arc::clone(self).solve(task));
        }
    }

    /// Solves a challenge, and takes as long as the flood's machines would together.
    async fn solve(self: Arc<Self>, task: Task) {
        let Task { token, source, until } = task;
        let Ok(turn) = CALCULATING.acquire().await else {
            return;
        };
        let solution = tokio::task::spawn_blocking(move || solve(&token)).await;
        drop(turn);
        sleep_until(self.stage.began + until).await;
        self.with_horde(|horde| horde.solved(source, solution.ok().and_then(Result::ok)));
    }

    fn with_horde<R>(&self, what: impl FnOnce(&mut Horde) -> R) -> R {
        what(&mut self.horde.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
