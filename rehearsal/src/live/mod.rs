//! A scenario on real sockets of this machine, against whatever runs there.

mod address;
mod exchange;
mod flood;
mod provider;
mod stay;
mod visit;

pub use provider::{NoPaymentKey, PaymentKey};
pub use visit::Visit;

use self::provider::Provider;
use crate::{
    client::{Horde, Kind, arrivals},
    findings::findings,
    scenario::{Pays, Scenario},
    settings::Settings,
    tally::Tally,
};
use levee_core::ledger::remote::REMOTE_LEASE_NANOS;
use levee_harness::Response;
use levee_loopback::Target;
use levee_report::{Findings, Method, Verdict};
use rand::{SeedableRng, rngs::StdRng};
use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering::Relaxed},
        mpsc::Sender,
    },
    time::Duration,
};
use tokio::{task::JoinSet, time::Instant};
use tokio_util::sync::CancellationToken;

/// The longest scenario that is rehearsed.
const LONGEST: Duration = Duration::from_secs(15 * 60);

/// Most requests of all floods together.
const MOST_REQUESTS: u64 = 1_000_000;

/// Most requests of one flood in a second, at its busiest.
const MOST_PER_SECOND: f64 = 20_000.0;

/// How long people may stay when the scenario is over.
const OVERTIME: Duration = Duration::from_secs(120);

/// A rehearsal that is going to be played.
pub struct Rehearsal {
    /// What the scenario is called.
    pub name: String,
    /// The scenario.
    pub scenario: Scenario,
    /// Its text.
    pub text: String,
    /// Where everybody goes.
    pub target: Target,
    /// The configuration of the filter there, where it is known: what floods may reach is judged by it.
    pub settings: Option<Settings>,
    /// The key that the payment provider signs its reports with.
    pub payment_key: Option<PaymentKey>,
}

/// A scenario that cannot be rehearsed.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Unplayable {
    /// It lasts too long.
    #[error("the scenario lasts {}: a rehearsal lasts {} at most; `levee replay` plays it in virtual time", .0.as_secs_f64(), LONGEST.as_secs())]
    Time(Duration),
    /// It has too many requests.
    #[error(
        "its floods send {0} requests: a rehearsal sends {MOST_REQUESTS} at most; scale them with --floods"
    )]
    Requests(u64),
    /// It sends too many at once.
    #[error(
        "the flood \"{name}\" sends {per_second:.0} requests a second: a rehearsal sends {MOST_PER_SECOND:.0} at most"
    )]
    Rate {
        /// Which flood.
        name: String,
        /// How many.
        per_second: f64,
    },
    /// Its provider reports payments, and nobody has said how it signs them.
    #[error(
        "\"{0}\" of call_backs reports payments, which sites only take when they are signed: say --payment-key-file"
    )]
    Unsigned(String),
}

/// What everybody who takes part shares.
struct Stage {
    target: Target,
    began: Instant,
    tally: Mutex<Tally>,
    watch: Watch,
    provider: Option<Provider>,
}

/// What whoever watches is told while a rehearsal is played.
#[derive(Clone, Debug, Default)]
pub struct Watch {
    /// Requests so far.
    pub requests: Arc<AtomicU64>,
    /// Where each visit is told of that is over, when somebody wants to know.
    pub visits: Option<Sender<Visit>>,
}

impl Rehearsal {
    /// Whether it is bounded as rehearsals have to be.
    ///
    /// # Errors
    /// [`Unplayable`].
    pub fn check(&self) -> Result<(), Unplayable> {
        let lasts = self.scenario.lasts.0;
        if lasts > LONGEST {
            return Err(Unplayable::Time(lasts));
        }
        let requests = self.scenario.floods.iter().map(|flood| flood.requests).sum();
        if requests > MOST_REQUESTS {
            return Err(Unplayable::Requests(requests));
        }
        for flood in &self.scenario.floods {
            let per_second = self.scenario.flood_curve(flood).peak() * flood.requests as f64;
            if per_second > MOST_PER_SECOND {
                let name = flood.name.clone();
                return Err(Unplayable::Rate { name, per_second });
            }
        }
        match self.paying() {
            Some((name, _)) if self.payment_key.is_none() => Err(Unplayable::Unsigned(name.to_owned())),
            _ => Ok(()),
        }
    }

    /// Plays it, or until `stop`.
    ///
    /// # Errors
    /// [`Unplayable`], before anything is sent.
    pub async fn play(&self, watch: Watch, stop: CancellationToken) -> Result<Findings, Unplayable> {
        self.check()?;
        let stage = Arc::new(Stage {
            target: self.target,
            began: Instant::now(),
            tally: Mutex::new(Tally::of(&self.scenario)),
            watch,
            provider: self.provider(),
        });
        let end = self.scenario.lasts.0 + OVERTIME;
        let playing = self.everybody(&stage).join_all();
        tokio::select! {
            _ = playing => {}
            () = stop.cancelled() => {}
            () = tokio::time::sleep(end) => {}
        }
        Ok(self.findings(&stage))
    }

    /// Everybody who comes, each a task of their own.
    fn everybody(&self, stage: &Arc<Stage>) -> JoinSet<()> {
        let mut tasks = JoinSet::new();
        for arrival in arrivals(&self.scenario) {
            let stage = Arc::clone(stage);
            let draw = StdRng::seed_from_u64(self.scenario.seed.wrapping_add(arrival.nth));
            tasks.spawn(stay::visit(stage, arrival, draw));
        }
        for (nth, flood) in self.scenario.floods.iter().enumerate() {
            let seed = self.scenario.seed.wrapping_add(nth as u64 + 1);
            let horde = Horde::new(flood, &self.scenario, 0, 1, seed);
            let until = self.scenario.attack(flood).1;
            flood::attack(stage, nth, horde, until, &mut tasks);
        }
        tasks
    }

    /// The name of the call-backs that report payments, and of what.
    fn paying(&self) -> Option<(&str, &Pays)> {
        let mut all = self.scenario.call_backs.iter();
        all.find_map(|provider| Some((provider.name.as_str(), provider.pays.as_ref()?)))
    }

    fn provider(&self) -> Option<Provider> {
        let (_, pays) = self.paying()?;
        Some(Provider::new(self.payment_key.clone()?, pays.clone()))
    }

    fn findings(&self, stage: &Stage) -> Findings {
        let tally = stage.tally().clone();
        let attacks = tally.attack_times();
        let leased = if self.target.is_behind_edge() {
            Duration::from_nanos(REMOTE_LEASE_NANOS)
        } else {
            Duration::ZERO
        };
        let mut run = tally.run(leased);
        let figures = &mut run.figures;
        figures.wall_seconds = stage.now().as_secs_f64();
        if let Some(settings) = &self.settings {
            settings.allow(&attacks, figures);
        }
        Findings {
            target: Some(self.target.socket_address().to_string()),
            ..findings(
                Method::Rehearsal,
                &self.name,
                &self.scenario,
                &self.text,
                self.settings.as_ref(),
                run,
            )
        }
    }
}

impl Stage {
    /// The time since the beginning.
    fn now(&self) -> Duration {
        self.began.elapsed()
    }

    fn tally(&self) -> MutexGuard<'_, Tally> {
        self.tally.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts what became of a request. Whether it reached the origin is told from the answer: the site's own, or that
    /// of a proxy that could not get one.
    fn count(&self, kind: Kind, answer: Option<&Response>) {
        let now = self.now();
        let mut tally = self.tally();
        let verdict = tally.answered(kind, answer, 1.0, now);
        if matches!(verdict, Verdict::Forwarded | Verdict::Failed) {
            tally.at_origin(kind, verdict == Verdict::Forwarded, now);
        }
        self.watch.requests.fetch_add(1, Relaxed);
    }
}
