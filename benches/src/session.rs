//! A session: all subjects, visited again and again in shuffled order.

use std::{collections::BTreeMap, time::Duration};

use anyhow::Context as _;
use tokio::{runtime, task::LocalSet, time};

use crate::{
    figures::{Burst, Figures},
    load::Connections,
    processor,
    subject::Subject,
};

/// How a session goes.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// Visits to each subject.
    pub rounds: usize,
    /// Requests of one burst.
    pub requests: usize,
    /// Kept connections to each subject.
    pub connections: usize,
    /// What the order is drawn from.
    pub seed: u64,
}

impl Default for Plan {
    fn default() -> Self {
        Self {
            rounds: 100,
            requests: 600,
            connections: 16,
            seed: 1,
        }
    }
}

/// Subjects between two visits to their reference.
const BETWEEN_REFERENCES: usize = 3;

/// Bursts to each subject before anything counts, or is expected: compilers swap in their best code, tables fill, quotas are
/// used up.
const WARM_UP: usize = 5;

/// What a server may still have to do when its last answer has arrived: to forget the request, and to log it.
const SETTLE: Duration = Duration::from_millis(2);

/// Visits `subjects` as planned and tells what each costs. `after_burst` is told how many bursts are done, and of how many.
///
/// # Errors
/// When a subject does not answer as expected, or when its process ends.
pub fn run(
    plan: Plan,
    subjects: Vec<Subject>,
    mut after_burst: impl FnMut(usize, usize),
) -> anyhow::Result<Vec<Figures>> {
    let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
    LocalSet::new().block_on(&runtime, async {
        let mut session = Session::open(plan, subjects).await?;
        let total = session.bursts();
        let mut done = 0;
        let mut tell = || {
            done += 1;
            after_burst(done, total);
        };
        session.warm_up(&mut tell).await?;
        for _ in 0..plan.rounds {
            session.round(&mut tell).await?;
        }
        Ok(session.figures())
    })
}

/// A session under way.
struct Session {
    plan: Plan,
    visits: Vec<Visited>,
    /// By the index of their reference: which subjects are told against it.
    groups: BTreeMap<usize, Vec<usize>>,
    random: fastrand::Rng,
}

/// A subject with its connections and what it has cost so far.
struct Visited {
    subject: Subject,
    connections: Connections,
    /// Of every burst that counts, in microseconds of processor time for each request.
    costs: Vec<f64>,
    /// Of those that have neighbours to be told against.
    compared: Vec<Burst>,
}

impl Session {
    async fn open(plan: Plan, subjects: Vec<Subject>) -> anyhow::Result<Self> {
        let names: Vec<&str> = subjects.iter().map(|subject| subject.name).collect();
        let mut groups: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (index, subject) in subjects.iter().enumerate() {
            if let Some(reference) = subject.reference {
                let at = names
                    .iter()
                    .position(|name| *name == reference)
                    .with_context(|| {
                        format!(
                            "{} is to be told against {reference}, which is not there",
                            subject.name
                        )
                    })?;
                groups.entry(at).or_default().push(index);
            }
        }
        let mut visits = Vec::with_capacity(subjects.len());
        for subject in subjects {
            let connections = Connections::open(subject.address, subject.protocol, plan.connections)
                .await
                .with_context(|| format!("the row {}", subject.name))?;
            visits.push(Visited {
                subject,
                connections,
                costs: Vec::new(),
                compared: Vec::new(),
            });
        }
        Ok(Self {
            plan,
            visits,
            groups,
            random: fastrand::Rng::with_seed(plan.seed),
        })
    }

    /// How many there will be, references and warm-up included.
    fn bursts(&self) -> usize {
        let of_group = |group: &Vec<usize>| group.len() + group.len().div_ceil(BETWEEN_REFERENCES) + 1;
        let round: usize = self.groups.values().map(of_group).sum();
        self.visits.len() * WARM_UP + round * self.plan.rounds
    }

    async fn warm_up(&mut self, tell: &mut impl FnMut()) -> anyhow::Result<()> {
        for index in 0..self.visits.len() {
            for _ in 0..WARM_UP {
                self.burst(index, false).await?;
                tell();
            }
        }
        for visited in &mut self.visits {
            visited.costs.clear();
        }
        Ok(())
    }

    /// Visits every subject once, group by group.
    async fn round(&mut self, tell: &mut impl FnMut()) -> anyhow::Result<()> {
        let mut groups: Vec<(usize, Vec<usize>)> = self.groups.clone().into_iter().collect();
        self.random.shuffle(&mut groups);
        for (reference, mut group) in groups {
            self.random.shuffle(&mut group);
            let mut before = self.burst(reference, true).await?;
            tell();
            for some in group.chunks(BETWEEN_REFERENCES) {
                let mut costs = Vec::with_capacity(some.len());
                for index in some {
                    costs.push((*index, self.burst(*index, true).await?));
                    tell();
                }
                let after = self.burst(reference, true).await?;
                tell();
                for (index, micros) in costs {
                    if let Some(visited) = self.visits.get_mut(index) {
                        visited.compared.push(Burst {
                            micros,
                            reference: before.midpoint(after),
                        });
                    }
                }
                before = after;
            }
        }
        Ok(())
    }

    /// One burst; the processor time of a request, in microseconds.
    async fn burst(&mut self, index: usize, is_checked: bool) -> anyhow::Result<f64> {
        let Self { plan, visits, .. } = self;
        let visited = visits.get_mut(index).context("no such row")?;
        // What it takes to accept connections is not to be part of a burst.
        let is_new = visited.connections.reopen().await?;
        let ahead = if is_new {
            plan.connections
        } else {
            visited.subject.ahead
        };
        if ahead > 0 {
            let requests = visited.subject.requests(ahead)?;
            visited.connections.burst(requests, None).await?;
            time::sleep(SETTLE).await;
        }
        let subject = &mut visited.subject;
        let requests = subject.requests(plan.requests)?;
        let before = processor::time_of(subject.process)?;
        visited
            .connections
            .burst(requests, is_checked.then_some(subject.expected))
            .await
            .with_context(|| format!("the row {}", subject.name))?;
        time::sleep(SETTLE).await;
        let used = processor::time_of(subject.process)?.saturating_sub(before);
        let micros = used.as_secs_f64() * 1e6 / plan.requests as f64;
        visited.costs.push(micros);
        Ok(micros)
    }

    fn figures(self) -> Vec<Figures> {
        self.visits
            .into_iter()
            .map(|visited| Figures::of(&visited.subject, &visited.costs, &visited.compared))
            .collect()
    }
}
