//! The scenarios that come with Levee. Most floods are played with a part of their requests, at the same times: how much of one
//! gets through is bounded by time and not by its size, so this part says as much as the whole.

use crate::{play, replay};
use levee_rehearsal::scenario::{Scenario, Shipped};
use levee_report::{Bound, Findings};

fn holds(name: &str, floods: f64) -> Findings {
    let findings = play(&replay(name, floods));
    let missed: Vec<_> = findings.bounds.iter().filter(|bound| !bound.held).collect();
    assert!(findings.bounds.len() >= 4, "{name} promises too little");
    assert!(missed.is_empty(), "{name}: {missed:#?}");
    findings
}

#[test]
fn the_incident_and_the_morning_after_are_held() {
    let findings = holds("incident", 0.02);
    let figures = &findings.run.figures;
    assert_eq!((figures.patients, figures.patients_served), (580, 580));
    assert_eq!((figures.payments, figures.payments_served), (140, 140));
    assert_eq!(figures.challenges_to_people_quiet, 0);
    assert!(figures.flood_at_origin <= figures.free_lane_allowance);
    assert!(figures.flood_requests >= 100_000);
}

#[test]
fn a_hundred_thousand_addresses_are_held() {
    let findings = holds("many-addresses", 0.03);
    // More than the free lane lets through, or it would not have been needed.
    assert!(findings.run.figures.flood_requests > 2 * findings.run.figures.free_lane_allowance);
}

#[test]
fn addresses_that_change_within_their_64_are_held() {
    let findings = holds("rotating-ipv6", 0.1);
    assert!(findings.run.figures.flood_requests > 2 * findings.run.figures.free_lane_allowance);
}

#[test]
fn a_botnet_that_pays_any_price_is_held_by_quotas_and_by_the_line() {
    let findings = holds("gpu-botnet", 1.0);
    let figures = &findings.run.figures;
    assert!(figures.flood_clearances > 1_000);
    assert!(figures.people_in_line > 0, "the line was not needed");
}

#[test]
fn a_shared_clearance_is_one_quota() {
    let findings = holds("shared-clearances", 0.2);
    assert!(findings.run.figures.flood_clearances <= 20);
}

#[test]
fn five_thousand_patients_at_once_are_all_served() {
    let findings = holds("opening-surge", 1.0);
    assert!(findings.run.figures.people_challenged > 0);
}

#[test]
fn nobody_notices_anything_on_a_quiet_day() {
    holds("quiet-day", 1.0);
}

#[test]
fn patients_are_served_even_when_everybody_has_one_address() {
    holds("one-address-for-all", 0.02);
}

#[test]
fn every_scenario_that_ships_can_be_read_and_promises_that_people_are_served() {
    for shipped in Shipped::ALL {
        let scenario = Scenario::parse(shipped.name, shipped.text).unwrap();
        assert!(
            scenario.bounds.contains_key(&Bound::PatientsServed),
            "{}",
            shipped.name
        );
        assert!(!scenario.title.vi.is_empty() && !scenario.about.vi.is_empty());
    }
}

#[test]
fn the_same_seed_gives_the_same_findings_and_another_seed_others() {
    let run = |seed: Option<u64>| {
        let mut replay = replay("shared-clearances", 0.01);
        replay.scenario.workers = 3;
        replay.scenario.seed = seed.unwrap_or(replay.scenario.seed);
        let mut run = play(&replay).run;
        run.figures.wall_seconds = 0.0;
        run.figures.peak_memory_bytes = 0;
        run
    };
    let first = run(None);
    assert_eq!(first, run(None));
    assert_ne!(first, run(Some(99)));
}

#[test]
fn the_filters_memory_does_not_grow_with_the_flood() {
    /// What caches of bounded size may still take when more addresses come: a few pages for each VM.
    const SLACK: u64 = 1 << 20;
    let memory = |floods| {
        play(&replay("many-addresses", floods))
            .run
            .figures
            .filter_memory_bytes
    };
    let (small, large) = (memory(0.002), memory(0.04));
    assert!(small > 0);
    assert!(
        large <= small + SLACK,
        "{small} bytes with a small flood, {large} with one of twenty times as many requests"
    );
}
