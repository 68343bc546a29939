//! Counting what happens: by whoever plays, one tally for each thread, added up in the end.

mod course;
mod people;

use crate::{
    client::{self, Account, Kind},
    scenario::Scenario,
};
use course::Course;
use levee_harness::Response;
use levee_report::{Figures, Run, Verdict};
use people::People;
use std::time::Duration;

/// How long after an attack its traces may still be there: what is challenged then is not yet quiet time.
const SETTLING: Duration = Duration::from_secs(30);

/// What has happened so far.
#[derive(Clone, Debug)]
pub struct Tally {
    attacks: Vec<(Duration, Duration)>,
    course: Course,
    figures: Figures,
    people: People,
}

impl Tally {
    /// Of nothing yet.
    #[must_use]
    pub fn of(scenario: &Scenario) -> Self {
        Self {
            attacks: scenario
                .floods
                .iter()
                .map(|flood| scenario.attack(flood))
                .collect(),
            course: Course::of(scenario.lasts.0),
            figures: Figures::default(),
            people: People::default(),
        }
    }

    /// Somebody has come.
    pub fn came(&mut self, kind: Kind, now: Duration) {
        match kind {
            Kind::Person => {
                self.figures.patients += 1;
                self.course.patient_came(now);
            }
            Kind::App => self.figures.app_errands += 1,
            Kind::CallBack => self.figures.payments += 1,
            Kind::Crawler => self.figures.crawler_requests += 1,
            Kind::Flood => {}
        }
    }

    /// Somebody has gone.
    pub fn left(&mut self, kind: Kind, account: &Account, now: Duration) {
        let served = u64::from(account.served);
        match kind {
            Kind::Person => {
                self.figures.patients_served += served;
                self.course.patient_left(account.served, now);
                self.people.left(account);
            }
            Kind::App => self.figures.app_errands_served += served,
            Kind::CallBack => self.figures.payments_served += served,
            Kind::Crawler => self.figures.crawler_requests_served += served,
            Kind::Flood => {}
        }
    }

    /// A request was answered, or was not. A challenge asks for so many times the work that stands in it. Returns what became of
    /// the request.
    pub fn answered(
        &mut self,
        kind: Kind,
        answer: Option<&Response>,
        work_scale: f64,
        now: Duration,
    ) -> Verdict {
        let verdict = answer.map_or(Verdict::Failed, client::verdict);
        self.count(kind, verdict, now);
        if verdict == Verdict::Challenge
            && self.wants_work(kind)
            && let Some(work) = answer
                .and_then(client::challenge_token)
                .as_deref()
                .and_then(client::work_asked)
        {
            self.course.work_asked((work as f64 * work_scale) as u64, now);
        }
        verdict
    }

    fn count(&mut self, kind: Kind, verdict: Verdict, now: Duration) {
        self.figures.requests += 1;
        self.course.answered(kind == Kind::Flood, verdict, now);
        match kind {
            Kind::Flood => {
                self.figures.flood_requests += 1;
                *self.figures.flood_by_verdict.entry(verdict).or_default() += 1;
            }
            Kind::Person if verdict == Verdict::Challenge => {
                self.figures.challenges_to_people += 1;
                self.figures.challenges_to_people_quiet += u64::from(self.is_quiet(now));
            }
            Kind::Person | Kind::App | Kind::CallBack | Kind::Crawler => {}
        }
    }

    /// Whether so few challenges were looked into lately that this one should be.
    const fn wants_work(&self, kind: Kind) -> bool {
        !matches!(kind, Kind::Flood) || self.figures.flood_requests.is_multiple_of(64)
    }

    /// A request has reached the origin.
    pub fn at_origin(&mut self, kind: Kind, well: bool, now: Duration) {
        let is_flood = kind == Kind::Flood;
        self.figures.flood_at_origin += u64::from(is_flood);
        self.figures.origin_failed += u64::from(!is_flood && !well);
        self.course.at_origin(is_flood, well, now);
    }

    /// A scenario's flood is still under way, if need be later than planned.
    pub fn attacks_still(&mut self, flood: usize, now: Duration) {
        if let Some((_, until)) = self.attacks.get_mut(flood) {
            *until = (*until).max(now);
        }
    }

    /// How long the attacks took: floods at the same time are one attack.
    #[must_use]
    pub fn attack_times(&self) -> Vec<Duration> {
        let mut floods = self.attacks.clone();
        floods.sort_unstable();
        let mut attacks: Vec<(Duration, Duration)> = Vec::new();
        for (from, until) in floods {
            match attacks.last_mut() {
                Some((_, last)) if from <= *last => *last = (*last).max(until),
                _ => attacks.push((from, until)),
            }
        }
        attacks
            .into_iter()
            .map(|(from, until)| until.saturating_sub(from))
            .collect()
    }

    /// So many clearances were worked for by attacks.
    pub const fn clearances(&mut self, clearances: u64) {
        self.figures.flood_clearances += clearances;
    }

    /// Requests so far.
    #[must_use]
    pub const fn requests(&self) -> u64 {
        self.figures.requests
    }

    fn is_quiet(&self, now: Duration) -> bool {
        !self
            .attacks
            .iter()
            .any(|(from, until)| (*from..*until + SETTLING).contains(&now))
    }

    /// Adds what another has counted.
    pub fn add(&mut self, other: Self) {
        let (all, more) = (&mut self.figures, other.figures);
        all.requests += more.requests;
        all.patients += more.patients;
        all.patients_served += more.patients_served;
        all.payments += more.payments;
        all.payments_served += more.payments_served;
        all.app_errands += more.app_errands;
        all.app_errands_served += more.app_errands_served;
        all.crawler_requests += more.crawler_requests;
        all.crawler_requests_served += more.crawler_requests_served;
        all.flood_requests += more.flood_requests;
        all.flood_at_origin += more.flood_at_origin;
        all.flood_clearances += more.flood_clearances;
        all.challenges_to_people += more.challenges_to_people;
        all.challenges_to_people_quiet += more.challenges_to_people_quiet;
        all.origin_failed += more.origin_failed;
        for (verdict, count) in more.flood_by_verdict {
            *all.flood_by_verdict.entry(verdict).or_default() += count;
        }
        self.course.add(other.course);
        self.people.add(other.people);
    }

    /// All of it, with what only the whole can tell. Nodes of the filter keep room of the origin `leased` for so long.
    #[must_use]
    pub fn run(self, leased: Duration) -> Run {
        let mut figures = self.figures;
        figures.people_challenged = self.people.challenged();
        figures.people_in_line = self.people.in_line();
        figures.longest_wait_seconds = self.people.longest_wait();
        let order = self.people.order(leased);
        figures.people_passed_over = order.passed_over;
        figures.longest_overtaking_seconds = order.longest_overtaking.as_secs_f64();
        figures.delay_seconds = self.people.delay();
        figures.work_seconds = self.people.work();
        figures.origin_peak_per_second = self.course.origin_peak();
        Run {
            figures,
            series: self.course.series(),
        }
    }
}
