//! Whether virtual time says what happens on real sockets.

use crate::{play, replay};
use levee_loopback::Target;
use levee_rehearsal::{
    live::{Rehearsal, Watch},
    scenario::Shipped,
};
use levee_report::{Findings, Verdict};
use levee_testing::{Envoy, EnvoyConfig, EnvoyOptions, Origin, OriginOptions, tools};
use tokio_util::sync::CancellationToken;

/// How far apart the shares of a flood's verdicts may be: two of a hundred requests. A connection that Envoy gives to another
/// worker, and a request that is a little late, move some from one verdict to the next.
const SHARE: f64 = 0.02;

/// How far apart the requests at the origin may be, as a part of what may reach it.
const AT_ORIGIN: f64 = 0.2;

#[test]
fn a_replay_says_what_a_rehearsal_against_envoy_finds() {
    let replayed = play(&replay("rehearsal", 1.0));
    let rehearsed = rehearse();
    for findings in [&replayed, &rehearsed] {
        let missed: Vec<_> = findings.bounds.iter().filter(|bound| !bound.held).collect();
        assert!(missed.is_empty(), "{:?}: {missed:#?}", findings.method);
    }
    let (virtually, really) = (&replayed.run.figures, &rehearsed.run.figures);
    assert_eq!(virtually.patients_served, really.patients_served);
    assert_eq!(virtually.app_errands_served, really.app_errands_served);
    for verdict in Verdict::ALL {
        let (left, right) = (share(&replayed, verdict), share(&rehearsed, verdict));
        assert!(
            (left - right).abs() <= SHARE,
            "{}: {left:.3} of the flood's requests in virtual time, {right:.3} against Envoy",
            verdict.name()
        );
    }
    let apart = virtually.flood_at_origin.abs_diff(really.flood_at_origin);
    assert!(
        apart as f64 <= AT_ORIGIN * virtually.free_lane_allowance as f64,
        "{} at the origin in virtual time, {} against Envoy, {} may",
        virtually.flood_at_origin,
        really.flood_at_origin,
        virtually.free_lane_allowance
    );
}

fn share(findings: &Findings, verdict: Verdict) -> f64 {
    let figures = &findings.run.figures;
    let met = figures
        .flood_by_verdict
        .get(&verdict)
        .copied()
        .unwrap_or_default();
    met as f64 / figures.flood_requests.max(1) as f64
}

/// The same scenario against Envoy as it is shipped, in front of the booking app.
fn rehearse() -> Findings {
    let directory = tempfile::tempdir().expect("there is room for a folder");
    let origin = Origin::start(OriginOptions {
        binary: &tools::path(tools::ORIGIN),
        directory: directory.path(),
        payments: None,
        desk_token_file: None,
    })
    .expect("the origin starts");
    let config = EnvoyConfig::shipped(&tools::root())
        .and_then(EnvoyConfig::with_free_ports)
        .and_then(|config| config.with_origin(origin.address()))
        .and_then(|config| config.with_module(&tools::path(tools::WASM)))
        .and_then(|config| config.with_plugin_configuration(Shipped::CONFIGURATION))
        .expect("the configuration of Envoy can be changed");
    let envoy = Envoy::start(EnvoyOptions {
        binary: &tools::path(tools::ENVOY),
        config: &config,
        working_dir: &tools::root(),
        workers: 2,
    })
    .expect("Envoy starts");
    let replay = replay("rehearsal", 1.0);
    let rehearsal = Rehearsal {
        name: replay.name,
        scenario: replay.scenario,
        text: replay.text,
        target: Target::try_from(envoy.address()).expect("Envoy listens on loopback"),
        payment_key: None,
        settings: Some(replay.settings),
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .expect("a runtime can be had");
    runtime
        .block_on(rehearsal.play(Watch::default(), CancellationToken::new()))
        .expect("the scenario is bounded")
}
