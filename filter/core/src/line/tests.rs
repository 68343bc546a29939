use super::*;
use crate::quota::{Outcome, Quota, at_least_one};

const PER_SECOND: u32 = 20;

/// A client in the simulation of a morning.
#[derive(Clone, Debug)]
struct Patient {
    number: u64,
    asks_at: u64,
    let_in_at: Option<u64>,
    /// Requests that the visit still has to send.
    to_send: u32,
    gives_up: bool,
}

/// A line in front of an origin, with everybody asking again when they are told to.
struct Morning {
    line: Line,
    budget: Option<Timestamp>,
    quota: Quota,
    /// The room as it was seen a while ago, and when.
    seen: (u64, u32),
    patients: Vec<Patient>,
    /// Requests at the origin, in each second.
    at_origin: Vec<u32>,
}

fn at(millis: u64) -> Timestamp {
    Timestamp::from_seconds(1_000).saturating_add(millis * 1_000_000)
}

impl Morning {
    fn new(patients: usize, requests: u32, burst: u32, gives_up: impl Fn(usize) -> bool) -> Self {
        let mut line = Line::default();
        let patients = (0..patients)
            .map(|nth| {
                let asked_at = nth as u64 * 10;
                Patient {
                    number: line.draw(at(asked_at)),
                    asks_at: asked_at + 1_000,
                    let_in_at: None,
                    to_send: requests,
                    gives_up: gives_up(nth),
                }
            })
            .collect();
        Self {
            line,
            budget: None,
            quota: Quota::new(at_least_one(PER_SECOND), at_least_one(1), at_least_one(burst)),
            seen: (0, burst),
            patients,
            at_origin: vec![0; 1_000],
        }
    }

    fn take(&mut self, is_visiting: bool, millis: u64) -> bool {
        let quota = self
            .quota
            .leaving(if is_visiting { self.quota.burst() / 4 } else { 0 });
        match quota.take(self.budget, 1, at(millis)) {
            Outcome::Granted { arrival, .. } => {
                self.budget = Some(arrival);
                self.at_origin[usize::try_from(millis / 1_000).unwrap()] += 1;
                true
            }
            Outcome::Denied { .. } => false,
        }
    }

    /// Plays until everybody who stays is done; returns the seconds that took.
    fn play(&mut self) -> u64 {
        for millis in (0..1_000_000).step_by(10) {
            for nth in 0..self.patients.len() {
                let patient = self.patients[nth].clone();
                if patient.gives_up || patient.to_send == 0 || patient.asks_at > millis {
                    continue;
                }
                let next = self.ask(&patient, millis);
                self.patients[nth] = next;
            }
            if self
                .patients
                .iter()
                .all(|patient| patient.gives_up || patient.to_send == 0)
            {
                return millis / 1_000;
            }
        }
        panic!("not everybody is served: {:?}", self.line);
    }

    fn ask(&mut self, patient: &Patient, millis: u64) -> Patient {
        let mut next = patient.clone();
        if patient.let_in_at.is_none() {
            if millis >= self.seen.0 + 250 {
                self.seen = (millis, self.quota.available(self.budget, at(millis)));
            }
            let fill = u64::from(self.seen.1) * 1_000 / u64::from(self.quota.burst());
            self.line.call(PER_SECOND.into(), fill, at(millis));
            let place = self.line.place(patient.number, PER_SECOND.into());
            if place.ahead > 0 {
                next.asks_at = millis + place.retry_seconds * 1_000;
                return next;
            }
        }
        let is_visiting = next.let_in_at.is_some();
        if self.take(is_visiting, millis) {
            if next.let_in_at.is_none() {
                next.let_in_at = Some(millis);
                self.line.let_in();
            }
            next.to_send -= 1;
            next.asks_at = millis + 300;
        } else {
            if !is_visiting {
                self.line.turn_away(at(millis));
            }
            next.asks_at = millis + 1_000;
        }
        next
    }

    /// The most milliseconds by which somebody was let in before somebody with a lower number.
    fn worst_overtaking(&self) -> u64 {
        let mut worst = 0;
        let mut latest = 0;
        for patient in self.patients.iter().filter(|patient| !patient.gives_up) {
            let let_in_at = patient.let_in_at.unwrap();
            worst = worst.max(latest - let_in_at.min(latest));
            latest = latest.max(let_in_at);
        }
        worst
    }
}

#[test]
fn everybody_is_served_in_order_and_the_origin_is_kept_busy_and_never_overrun() {
    for (requests, burst) in [(1, 20), (1, 40), (3, 20), (3, 40), (4, 100), (10, 20)] {
        let mut morning = Morning::new(300, requests, burst, |_| false);
        let (took, seconds) = (morning.play(), u64::from(requests * 300 / PER_SECOND));
        let (overtaking, at_origin) = (morning.worst_overtaking(), &morning.at_origin);
        println!(
            "{requests} requests a visit, burst {burst}: {took} s, {overtaking} ms, at the origin {at_origin:?}"
        );
        assert!(took <= seconds * 5 / 4 + 5, "{took} s for {seconds} s of work");
        for pair in at_origin.windows(2) {
            assert!(pair[0] + pair[1] <= burst + 2 * PER_SECOND, "{at_origin:?}");
        }
        // Whoever finds no room asks again after a second; two askings at most.
        assert!(overtaking <= 2_000, "overtaken by {overtaking} ms");
    }
}

#[test]
fn those_who_give_up_free_their_place() {
    let mut patient = Morning::new(600, 1, 40, |_| false);
    let all = patient.play();
    for (kept, out_of) in [(1, 2), (1, 4)] {
        let mut morning = Morning::new(600, 1, 40, |nth| nth % out_of >= kept);
        let took = morning.play();
        println!("{kept} of {out_of} stay: {took} s, all: {all} s");
        assert!(
            took <= all * 3 / 4,
            "{took} s with {kept} of {out_of}, {all} s with all"
        );
    }
}

#[test]
fn a_line_that_everybody_has_left_is_gone_for_who_comes_next() {
    let mut line = Line::default();
    for _ in 0..100 {
        line.draw(at(0));
    }
    line.call(PER_SECOND.into(), 1_000, at(60_000));
    assert_eq!(line.length(), 0);
    assert_eq!(line.draw(at(120_000)), 101);
    assert_eq!(line.place(101, 20).ahead, 1);
}

#[test]
fn those_who_did_not_come_to_one_line_do_not_hurry_the_next() {
    let mut line = Line::default();
    // A botnet draws numbers and never comes, until the line calls several for one.
    let mut millis = 0;
    for _ in 0..30 {
        for _ in 0..200 {
            line.draw(at(millis));
        }
        millis += 1_000;
        line.call(PER_SECOND.into(), 500, at(millis));
    }
    while line.length() > 0 {
        millis += 1_000;
        line.call(PER_SECOND.into(), 500, at(millis));
    }
    let (drawn, later) = (line.last_drawn(), millis + 20_000);
    assert!(drawn / (millis / 1_000) > u64::from(PER_SECOND), "it hurried");
    for _ in 0..100 {
        line.draw(at(later));
    }
    line.call(PER_SECOND.into(), 500, at(later + 1_000));
    assert_eq!(line.last_drawn(), drawn + 100);
    assert_eq!(
        line.length(),
        80,
        "called at the rate at which the origin has room"
    );
}

#[test]
fn nobody_is_called_while_the_origin_has_no_room() {
    let mut line = Line::default();
    for _ in 0..100 {
        line.draw(at(0));
    }
    line.call(PER_SECOND.into(), 0, at(5_000));
    assert_eq!(line.length(), 100);
}

#[test]
fn a_ticket_of_before_a_restart_comes_before_everybody_who_drew_after_it() {
    let ticket = Ticket {
        number: 5_000,
        issued_at: 900,
        clearance: [1; 16],
    };
    let mut line = Line::default();
    assert!(line.has_called(&ticket), "nobody has drawn since");
    for _ in 0..6_000 {
        line.draw(at(0));
    }
    assert!(line.has_called(&ticket));
    assert!(!line.has_called(&Ticket {
        issued_at: 1_000,
        ..ticket
    }));
}

#[test]
fn no_words_whatever_and_no_clock_make_a_line_that_fails() {
    for word in [0, 1, u64::from(u32::MAX), u64::MAX / 2, u64::MAX] {
        let mut line = Line::from([word; 10]);
        for now in [0, 1_000, u64::MAX] {
            let now = Timestamp::from_nanos(now);
            line.draw(now);
            line.call(u64::from(u32::MAX), 1_000, now);
            line.let_in();
            let place = line.place(word, word);
            assert!((1..=10).contains(&place.retry_seconds));
        }
        line.turn_away(Timestamp::from_nanos(word));
        assert_eq!(Line::from(Words::from(line)), line);
    }
}
