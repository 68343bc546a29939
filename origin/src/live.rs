//! How today's queues stand, published to everybody who watches them.
//!
//! One task asks the database, when this process has changed something and every two seconds for what others changed,
//! and all streams of events follow what it publishes.

use std::{
    sync::{Arc, Weak},
    time::Duration,
};

use jiff::civil::Date;
use prometheus_client::metrics::gauge::Gauge;
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, watch};

use crate::{
    Origin,
    metrics::Counted,
    problem::Problem,
    queue::{Queue, Standing},
};

/// How often the database is asked while nothing is known to have changed.
const PERIOD: Duration = Duration::from_secs(2);

/// The shortest time between two questions, so that a rush of bookings costs no more than a few of them.
const PAUSE: Duration = Duration::from_millis(200);

/// The state of today's queues, and who watches it.
pub struct Live {
    /// `None` from the end on.
    today: watch::Sender<Option<Snapshot>>,
    changed: Notify,
    holders: Arc<Semaphore>,
    halls: Arc<Semaphore>,
    desks: Arc<Semaphore>,
    /// All who watch.
    streams: Gauge,
}

/// How the queues of a day stood at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Snapshot {
    standings: Vec<Standing>,
}

/// Who watches. Each kind has places of its own, so that a crowd of one does not keep out another.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Audience {
    /// Somebody with a ticket.
    Holder,
    /// Everybody before a board.
    Hall,
    /// The staff.
    Desk,
}

/// Somebody's place among those who watch.
pub(crate) struct Watching {
    today: watch::Receiver<Option<Snapshot>>,
    _place: OwnedSemaphorePermit,
    _counted: Counted,
}

impl Audience {
    /// How many of them may watch at a time; together they leave more than half of the server's connections to others.
    fn places(self) -> usize {
        match self {
            Self::Holder => 256,
            Self::Hall => 128,
            Self::Desk => 64,
        }
    }
}

impl Live {
    /// With a gauge for how many watch.
    pub(crate) fn new(streams: Gauge) -> Self {
        let places = |audience: Audience| Arc::new(Semaphore::new(audience.places()));
        Self {
            today: watch::Sender::new(Some(Snapshot {
                standings: Vec::new(),
            })),
            changed: Notify::new(),
            holders: places(Audience::Holder),
            halls: places(Audience::Hall),
            desks: places(Audience::Desk),
            streams,
        }
    }

    /// Ends all streams of events and takes no more, so that shutting down does not wait for them.
    pub fn end(&self) {
        self.today.send_replace(None);
        self.changed.notify_one();
    }

    /// Says that this process has changed a queue.
    pub(crate) fn changed(&self) {
        self.changed.notify_one();
    }

    /// Takes a place to watch from.
    pub(crate) fn watch(&self, audience: Audience) -> Result<Watching, Problem> {
        let places = match audience {
            Audience::Holder => &self.holders,
            Audience::Hall => &self.halls,
            Audience::Desk => &self.desks,
        };
        let place = Arc::clone(places)
            .try_acquire_owned()
            .map_err(|_| Problem::Busy)?;
        let today = self.today.subscribe();
        // What was published last may be old when nobody watched.
        self.changed.notify_one();
        Ok(Watching {
            today,
            _place: place,
            _counted: Counted::on(self.streams.clone()),
        })
    }

    fn has_ended(&self) -> bool {
        self.today.borrow().is_none()
    }

    fn publish(&self, snapshot: Snapshot) {
        self.today.send_if_modified(|published| {
            let differs = published.as_ref().is_some_and(|published| *published != snapshot);
            if differs {
                *published = Some(snapshot);
            }
            differs
        });
    }
}

impl Watching {
    /// Waits until something else has been published than what was seen.
    pub(crate) async fn changed(&mut self) {
        // An error says that all is over, which is then seen.
        let _ = self.today.changed().await;
    }

    /// What was published last, which is seen by that; `None` when all is over.
    pub(crate) fn latest(&mut self) -> Option<Snapshot> {
        self.today.borrow_and_update().clone()
    }
}

impl Snapshot {
    pub(crate) fn new(standings: Vec<Standing>) -> Self {
        Self { standings }
    }

    /// How the queues of `day` stand now.
    pub(crate) async fn of(origin: &Origin, day: Date) -> Result<Self, Problem> {
        Ok(Self::new(origin.store.standings(day, day).await?))
    }

    /// How one of the queues stands.
    pub(crate) fn standing(&self, queue: Queue) -> Standing {
        self.standings
            .iter()
            .find(|standing| standing.queue == queue)
            .copied()
            .unwrap_or_else(|| Standing::empty(queue))
    }
}

/// Publishes how today's queues stand for as long as the app lives and its streams have not been ended.
pub(crate) fn follow(origin: &Arc<Origin>) {
    let live = Arc::clone(&origin.live);
    let origin: Weak<Origin> = Arc::downgrade(origin);
    tokio::spawn(async move {
        while !live.has_ended() {
            // Either is reason enough to look.
            let _ = tokio::time::timeout(PERIOD, live.changed.notified()).await;
            if live.today.receiver_count() > 0 {
                // Held only while it looks, so that it does not keep the app alive.
                let Some(origin) = origin.upgrade() else { return };
                if let Ok(snapshot) = Snapshot::of(&origin, origin.clock.today()).await {
                    live.publish(snapshot);
                }
                drop(origin);
                tokio::time::sleep(PAUSE).await;
            } else if origin.strong_count() == 0 {
                return;
            }
        }
    });
}
