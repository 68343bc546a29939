use super::*;
use crate::{
    quota::{Outcome, at_least_one},
    time::NANOS_PER_SECOND,
};
use std::collections::VecDeque;

const FLOOR: u64 = 100_000;
const TARGET: u32 = 10;
const DOUBLING_SECONDS: u64 = 30;

fn price() -> Price {
    let target = |limit, window| Quota::new(at_least_one(limit), at_least_one(window), at_least_one(1));
    Price {
        floor: FLOOR,
        ceiling: FLOOR * 64,
        overall: Slope::new(
            "minting",
            1,
            &target(TARGET, 1),
            DOUBLING_SECONDS * NANOS_PER_SECOND,
            6,
        ),
        prefix: Slope::new("prefix_minting", 2, &target(120, 60), 60 * NANOS_PER_SECOND, 6),
    }
}

fn at(millis: u64) -> Timestamp {
    Timestamp::from_seconds(1_000).saturating_add(millis * 1_000_000)
}

/// Devices that do nothing but solve, and what happens to the price meanwhile.
struct Botnet {
    price: Price,
    minted: Option<Timestamp>,
    /// Work that was done and is not enough for a solution yet.
    done: f64,
    /// Challenges in the order in which they were asked for.
    asked: VecDeque<u64>,
    redeemed: u64,
    in_vain: u64,
}

impl Botnet {
    fn new() -> Self {
        Self {
            price: price(),
            minted: None,
            done: 0.0,
            asked: VecDeque::new(),
            redeemed: 0,
            in_vain: 0,
        }
    }

    fn work(&self, millis: u64) -> u64 {
        self.price.work(0, self.minted, None, at(millis))
    }

    /// Lets `devices` solve with `hashes` a second together until `to`; each has one challenge at a time.
    fn solve(&mut self, devices: usize, hashes: f64, from: u64, to: u64) -> Vec<u64> {
        let mut series = Vec::new();
        for millis in (from..to).step_by(10) {
            while self.asked.len() < devices {
                self.asked.push_back(self.work(millis));
            }
            self.done += hashes / 100.0;
            while let Some(work) = self
                .asked
                .front()
                .copied()
                .filter(|work| self.done >= *work as f64)
            {
                self.done -= work as f64;
                self.asked.pop_front();
                if Price::accepts(work, self.work(millis)) {
                    self.redeemed += 1;
                    let taken = self.price.overall.meter.quota.take(self.minted, 1, at(millis));
                    if let Outcome::Granted { arrival, .. } = taken {
                        self.minted = Some(arrival);
                    }
                } else {
                    self.in_vain += 1;
                }
                self.asked.push_back(self.work(millis));
            }
            if millis % 1_000 == 0 {
                series.push(self.work(millis));
            }
        }
        series
    }
}

#[test]
fn a_quiet_day_costs_the_floor_and_a_rule_may_ask_for_more() {
    let price = price();
    assert_eq!(price.work(0, None, None, at(0)), FLOOR);
    assert_eq!(price.work(FLOOR * 3, None, None, at(0)), FLOOR * 3);
    assert_eq!(price.work(FLOOR * 1_000, None, None, at(0)), FLOOR * 1_000);
}

#[test]
fn minting_beyond_the_target_raises_the_price_by_its_doublings_up_to_the_ceiling() {
    let price = price();
    for (seconds_ahead, factor) in [(0, 2), (15, 3), (30, 4), (60, 8), (600, 128)] {
        let ahead = at(0).saturating_add(seconds_ahead * NANOS_PER_SECOND);
        assert_eq!(price.work(0, Some(ahead), None, at(0)), FLOOR * factor / 2);
    }
}

#[test]
fn a_prefix_that_mints_much_pays_much_more_than_its_neighbours() {
    let price = price();
    let quota = price.prefix.meter.quota;
    let mut state = None;
    for _ in 0..480 {
        if let Outcome::Granted { arrival, .. } = quota.take(state, 1, at(0)) {
            state = Some(arrival);
        }
    }
    assert_eq!(price.work(0, None, state, at(0)), FLOOR * 16);
    assert_eq!(price.work(0, None, None, at(0)), FLOOR);
    assert_eq!(
        price.work(0, None, state, at(300_000)),
        FLOOR,
        "it falls back by itself"
    );
}

#[test]
fn a_botnet_that_solves_is_held_at_the_target_without_oscillation() {
    // 64 devices that could mint 320 a second at the floor, 32 times the target: five doublings.
    let mut botnet = Botnet::new();
    let series = botnet.solve(64, FLOOR as f64 * 320.0, 0, 600_000);
    println!(
        "work asked, every 10 s: {:?}",
        series.iter().step_by(10).collect::<Vec<_>>()
    );
    let rest = FLOOR * 32;
    let settled = &series[300..];
    for work in settled {
        assert!(
            (rest * 95 / 100..=rest * 105 / 100).contains(work),
            "{work} of {rest}"
        );
    }
    assert!(
        series.iter().all(|work| *work <= rest * 110 / 100),
        "it overshoots"
    );
    let before = botnet.redeemed;
    botnet.solve(64, FLOOR as f64 * 320.0, 600_000, 700_000);
    let minted = botnet.redeemed - before;
    assert!(
        (950..=1_050).contains(&minted),
        "{minted} in 100 s at a target of {TARGET} a second"
    );
}

#[test]
fn the_price_falls_back_to_the_floor_when_the_botnet_goes() {
    let mut botnet = Botnet::new();
    botnet.solve(64, FLOOR as f64 * 320.0, 0, 300_000);
    let series: Vec<u64> = (0..=200)
        .map(|second| botnet.work(300_000 + second * 1_000))
        .collect();
    assert!(series.is_sorted_by(|earlier, later| earlier >= later));
    assert_eq!(series[200], FLOOR);
}

#[test]
fn cheap_challenges_laid_in_beforehand_buy_little_when_the_price_has_risen() {
    let mut hoarder = Botnet::new();
    hoarder.asked = std::iter::repeat_n(FLOOR, 100_000).collect();
    hoarder.solve(100_000, FLOOR as f64 * 1_000.0, 0, 100_000);
    // Two doublings above the floor nothing cheap is accepted any more: 2 x 30 s x 10, and what the target allows meanwhile.
    assert!(hoarder.redeemed <= 600 + 1_000 + 10, "{}", hoarder.redeemed);
    assert!(hoarder.in_vain > 50_000);
}

#[test]
fn no_state_whatever_leads_to_a_price_outside_of_its_bounds() {
    let price = price();
    for overall in [None, Some(at(0)), Some(Timestamp::from_nanos(u64::MAX))] {
        for prefix in [None, Some(at(0)), Some(Timestamp::from_nanos(u64::MAX))] {
            for now in [at(0), Timestamp::from_nanos(0), Timestamp::from_nanos(u64::MAX)] {
                let work = price.work(0, overall, prefix, now);
                assert!((FLOOR..=FLOOR * 64).contains(&work), "{work}");
            }
        }
    }
}
