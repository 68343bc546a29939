//! A person with a browser and an errand.

use super::{
    Account, Client, Happened, Step,
    address::own_address,
    browser::{Browser, Progress},
    gave_up::GaveUp,
    page::{Filled, filled_form},
};
use crate::scenario::{Errand, People};
use levee_harness::Response;
use rand::{Rng, rngs::StdRng};
use std::{sync::Arc, time::Duration};

/// The longest way of redirects that is followed.
const REDIRECTS: u32 = 5;

/// How often somebody begins anew who has lost the way.
const NEW_BEGINNINGS: u32 = 3;

/// A prime number, so that another choice differs in every field.
const ELSEWHERE: u64 = 7_919;

/// Somebody whose patience ends has gone a moment later.
const A_MOMENT: Duration = Duration::from_millis(1);

/// Somebody who wants something of the site.
#[derive(Debug)]
pub(super) struct Person {
    people: Arc<People>,
    nth: u64,
    browser: Browser,
    came: Duration,
    /// Time spent thinking.
    thought: Duration,
    /// The step of the errand that is under way.
    step: usize,
    redirects: u32,
    beginnings: u32,
    thinks: bool,
    /// When the device began to work.
    works_since: Option<Duration>,
    page: Vec<u8>,
}

impl Person {
    /// The `nth` person of all, who comes at this time.
    pub(super) fn new(people: &Arc<People>, nth: u64, came: Duration, draw: &mut StdRng) -> Self {
        let source = match &people.behind_nat {
            Some(nat) if draw.random_bool(nat.share.clamp(0.0, 1.0)) => {
                let index = draw.random_range(0..nat.addresses.len().max(1));
                nat.addresses
                    .get(index)
                    .copied()
                    .unwrap_or_else(|| own_address(nth))
            }
            _ => own_address(nth),
        };
        let scripts = !draw.random_bool(people.no_javascript.clamp(0.0, 1.0));
        let language = if nth.is_multiple_of(4) {
            "en-GB,en;q=0.9"
        } else {
            "vi-VN,vi;q=0.9,en;q=0.5"
        };
        let speed = device(people, draw);
        Self {
            people: Arc::clone(people),
            nth,
            browser: Browser::new(source, scripts, speed, language),
            came,
            thought: Duration::ZERO,
            step: 0,
            redirects: 0,
            beginnings: 0,
            thinks: false,
            works_since: None,
            page: Vec::new(),
        }
    }

    /// Begins the step of the errand whose turn it is, or leaves when all is done.
    fn begin_step(&mut self, now: Duration, draw: &mut StdRng) -> Step {
        let Some(errand) = self.people.errand.get(self.step).cloned() else {
            return self.leave(Ok(()), now);
        };
        if draw.random_bool(self.people.roaming.clamp(0.0, 1.0)) {
            // A number that nobody else has: there are less people than this.
            let elsewhere = self.nth + (1 << 21) + draw.random_range(0..1_u64 << 20);
            self.browser.source = own_address(elsewhere);
        }
        self.redirects = 0;
        match &errand {
            Errand { post: Some(path), .. } => {
                let form = filled_form(&self.page, path, self.choice()).unwrap_or_else(|| Filled {
                    action: path.clone(),
                    body: written(&errand),
                });
                self.browser.account.last_form.clone_from(&form.body);
                self.browser.ask(&form.action, Some(form.body), now, draw)
            }
            Errand { get, .. } => self.browser.ask(get.as_deref().unwrap_or("/"), None, now, draw),
        }
    }

    /// What they choose of what a form offers: something else each time, since what they chose may not be had.
    const fn choice(&self) -> u64 {
        self.nth + self.beginnings as u64 * ELSEWHERE
    }

    fn got(&mut self, answer: &Response, now: Duration, draw: &mut StdRng) -> Step {
        if (300..400).contains(&answer.status) && self.redirects < REDIRECTS {
            let location = answer
                .headers
                .get("location")
                .and_then(|value| std::str::from_utf8(value).ok());
            if let Some(location) = location.filter(|path| path.starts_with('/') && !path.starts_with("//")) {
                self.redirects += 1;
                return self.browser.ask(location, None, now, draw);
            }
        }
        if !(200..300).contains(&answer.status) {
            let path = self.browser.path();
            let status = answer.status;
            return self.lost(GaveUp::Answered { path, status }, now, draw);
        }
        self.page = answer.body.concat();
        self.step += 1;
        if self.step >= self.people.errand.len() {
            return self.leave(Ok(()), now);
        }
        let (least, most) = (self.people.think.0.0, self.people.think.1.0);
        let thinks = least + most.saturating_sub(least).mul_f64(draw.random());
        self.thinks = true;
        self.thought += thinks;
        Step::Wait(thinks)
    }

    /// Begins anew, as somebody does who wants a number all the same.
    fn lost(&mut self, why: GaveUp, now: Duration, draw: &mut StdRng) -> Step {
        self.beginnings += 1;
        if self.beginnings > NEW_BEGINNINGS {
            return self.leave(Err(why), now);
        }
        self.step = 0;
        self.thinks = true;
        Step::Wait(Duration::from_secs(draw.random_range(2..6)))
    }

    fn leave(&mut self, outcome: Result<(), GaveUp>, now: Duration) -> Step {
        Step::Leave(Account {
            served: outcome.is_ok(),
            gave_up: outcome.err(),
            delay: self.delay(now),
            last_page: std::mem::take(&mut self.page),
            ..std::mem::take(&mut self.browser.account)
        })
    }

    fn delay(&self, now: Duration) -> Duration {
        now.saturating_sub(self.came).saturating_sub(self.thought)
    }
}

impl Client for Person {
    fn next(&mut self, happened: Happened<'_>, now: Duration, draw: &mut StdRng) -> Step {
        if let Some(since) = self.works_since.take() {
            self.browser.account.work += now.saturating_sub(since);
        }
        if self.delay(now) > self.people.give_up_after.0 {
            return self.leave(Err(GaveUp::OutOfPatience(self.people.give_up_after.0)), now);
        }
        if matches!(happened, Happened::Came) || std::mem::take(&mut self.thinks) {
            return self.begin_step(now, draw);
        }
        let step = match self.browser.go_on(happened, now, draw) {
            Progress::Step(step) => step,
            Progress::Got(answer) => self.got(answer, now, draw),
            Progress::Lost(why) => self.lost(why, now, draw),
        };
        match step {
            // Whoever is told to come back after all patience is gone has gone by then.
            Step::Wait(time) if !self.thinks => {
                let patience = self.people.give_up_after.0.saturating_sub(self.delay(now));
                Step::Wait(time.min(patience + A_MOMENT))
            }
            Step::Solve { .. } => {
                self.works_since = Some(now);
                step
            }
            Step::Wait(_) | Step::Send(_) | Step::Leave(_) => step,
        }
    }
}

/// The speed of a device that is drawn.
fn device(people: &People, draw: &mut StdRng) -> f64 {
    let all: f64 = people.devices.iter().map(|device| device.share.max(0.0)).sum();
    let mut left = draw.random::<f64>() * all;
    for device in &people.devices {
        left -= device.share.max(0.0);
        if left <= 0.0 {
            return device.hashes_per_second;
        }
    }
    people
        .devices
        .last()
        .map_or(1.0e6, |device| device.hashes_per_second)
}

/// The fields that the scenario gives.
fn written(errand: &Errand) -> String {
    form_urlencoded::Serializer::new(String::new())
        .extend_pairs(&errand.form)
        .finish()
}
