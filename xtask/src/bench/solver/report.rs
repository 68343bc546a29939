//! What came of it: every variant's rate beside the others', the spread of the times to solve, and the goals.

use anyhow::Context as _;
use levee_benches::{
    goal::Goal,
    statistics::{median, median_ratio, p99_over_median, percentile},
};
use serde::Serialize;

use super::{
    goal,
    session::{Measured, Plan, Solve},
    variant::{Hash, Peer, Variant},
};

/// The result. Its JSON form is read by machines: fields may be added, not renamed.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Report {
    /// Everything that was measured.
    pub(super) variants: Vec<Rate>,
    /// The peer with the highest rate, of those that solve with SHA-256.
    pub(super) fastest_sha256_peer: Option<String>,
    /// The rate of the solver's fastest kind over that peer's.
    pub(super) over_fastest_sha256_peer: Option<f64>,
    /// The same over the WebCrypto loop's.
    pub(super) over_webcrypto: Option<f64>,
    /// The 99th percentile of the times to solve a challenge over their median; of a challenge, its fastest time counts.
    pub(super) p99_over_median: Option<f64>,
    /// The challenges.
    pub(super) solves: Solves,
    pub(super) goals: [Goal; 3],
    pub(super) rounds: u32,
    /// Length of a turn.
    pub(super) turn_milliseconds: u32,
    /// Peers that were not to be measured.
    pub(super) left_out: Vec<&'static str>,
    pub(super) machine: Machine,
}

/// How fast a variant is.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Rate {
    pub(super) name: String,
    pub(super) version: Option<&'static str>,
    /// Whether it is this repository's.
    pub(super) ours: bool,
    pub(super) hash: Hash,
    /// Millions of hashes a second, the median of the rounds.
    pub(super) mhs: f64,
    /// The same, round by round.
    pub(super) mhs_by_round: Vec<f64>,
    /// The median of the ratios within a round.
    pub(super) over_fastest_sha256_peer: Option<f64>,
    /// The median of the ratios within a round.
    pub(super) over_webcrypto: Option<f64>,
}

/// The times to solve a challenge with one worker.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Solves {
    /// The kind of the solver that solved them.
    pub(super) solver: String,
    pub(super) challenges: usize,
    /// Hashes of a challenge, on average.
    pub(super) work: u64,
    pub(super) sub_puzzles: u16,
    pub(super) median_ms: Option<f64>,
    pub(super) p99_ms: Option<f64>,
    /// The 99th percentile over the median where of each challenge its first time counts, with whatever the machine did then.
    pub(super) p99_over_median_of_first_times: Option<f64>,
    /// The 99th percentile of the hashes that were made over their median: what the spread is without the machine's noise.
    pub(super) p99_over_median_of_hashes: Option<f64>,
}

/// Where it was measured.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Machine {
    pub(super) browser: String,
    pub(super) processor: String,
    pub(super) cores: u32,
    /// How many programs wanted a core before the bench began, on average over a minute.
    pub(super) load: f64,
}

impl Report {
    pub(super) fn new(
        variants: &[Variant],
        plan: &Plan,
        without: &[Peer],
        measured: &Measured,
    ) -> anyhow::Result<Self> {
        let mut rates = variants
            .iter()
            .map(|variant| Rate::new(*variant, measured))
            .collect::<anyhow::Result<Vec<_>>>()?;
        let webcrypto = Variant::Peer(Peer::Webcrypto).name();
        let webcrypto = rates.iter().find(|rate| rate.name == webcrypto).cloned();
        let peer = fastest(&rates, |rate| !rate.ours && rate.hash == Hash::Sha256).cloned();
        for rate in &mut rates {
            rate.over_fastest_sha256_peer = rate.over(peer.as_ref());
            rate.over_webcrypto = rate.over(webcrypto.as_ref());
        }
        let best = fastest(&rates, |rate| rate.ours).context("the solver was not measured")?;
        let (over_fastest_sha256_peer, over_webcrypto) = (best.over_fastest_sha256_peer, best.over_webcrypto);
        let fastest_sha256_peer = peer.map(|peer| peer.name);
        let times: Vec<_> = measured.solves.iter().filter_map(Solve::fastest).collect();
        let p99_over_median = p99_over_median(&times);
        Ok(Self {
            variants: rates,
            over_fastest_sha256_peer,
            over_webcrypto,
            p99_over_median,
            solves: Solves::new(plan, measured, &times),
            goals: [
                goal::over_fastest_peer(over_fastest_sha256_peer, fastest_sha256_peer.as_deref()),
                goal::over_webcrypto(over_webcrypto),
                goal::spread(p99_over_median),
            ],
            fastest_sha256_peer,
            rounds: plan.rounds,
            turn_milliseconds: plan.milliseconds,
            left_out: without.iter().map(|peer| peer.id()).collect(),
            machine: Machine {
                browser: format!("Chromium {}", measured.browser),
                processor: measured.processor.clone(),
                cores: measured.cores,
                load: measured.load,
            },
        })
    }
}

impl Rate {
    fn new(variant: Variant, measured: &Measured) -> anyhow::Result<Self> {
        let mhs_by_round = measured.rates(variant.id())?;
        Ok(Self {
            name: variant.name(),
            version: variant.version(),
            ours: variant.is_ours(),
            hash: variant.hash(),
            mhs: median(&mhs_by_round).context("no round was measured")?,
            mhs_by_round,
            over_fastest_sha256_peer: None,
            over_webcrypto: None,
        })
    }

    fn over(&self, other: Option<&Self>) -> Option<f64> {
        median_ratio(&self.mhs_by_round, &other?.mhs_by_round)
    }
}

impl Solves {
    fn new(plan: &Plan, measured: &Measured, times: &[f64]) -> Self {
        let solves = &measured.solves;
        let hashes: Vec<_> = solves.iter().map(|solve| solve.hashes as f64).collect();
        let first_times = solves.iter().filter_map(|solve| solve.milliseconds.first());
        Self {
            solver: measured.solver.clone(),
            challenges: times.len(),
            work: plan.work,
            sub_puzzles: plan.sub_puzzles,
            median_ms: median(times),
            p99_ms: percentile(times, 99),
            p99_over_median_of_first_times: p99_over_median(&first_times.copied().collect::<Vec<_>>()),
            p99_over_median_of_hashes: p99_over_median(&hashes),
        }
    }
}

fn fastest(rates: &[Rate], which: impl Fn(&Rate) -> bool) -> Option<&Rate> {
    rates
        .iter()
        .filter(|rate| which(rate))
        .max_by(|one, other| one.mhs.total_cmp(&other.mhs))
}

#[cfg(test)]
pub(super) mod tests {
    use std::{collections::BTreeMap, path::PathBuf};

    use super::*;
    use crate::bench::solver::session::Sample;

    /// Three rounds, of which the second is twice as slow for all, and four challenges.
    pub(in crate::bench::solver) fn report(rates: &[(Variant, u64)]) -> Report {
        let variants: Vec<_> = rates.iter().map(|(variant, _)| *variant).collect();
        let plan = Plan {
            playwright: PathBuf::new(),
            chromium: PathBuf::new(),
            solver: "",
            packages: PathBuf::new(),
            variants: variants.iter().map(|variant| variant.id()).collect(),
            rounds: 3,
            milliseconds: 700,
            warm_up_milliseconds: 300,
            challenges: 4,
            work: 1 << 19,
            sub_puzzles: 32,
        };
        let round = |milliseconds| -> BTreeMap<_, _> {
            let turn = |(variant, kilohashes): &(Variant, u64)| {
                let hashes = kilohashes * 1000;
                (variant.id().to_owned(), Sample { hashes, milliseconds })
            };
            rates.iter().map(turn).collect()
        };
        let solve = |milliseconds| Solve {
            hashes: 1000,
            milliseconds: vec![2.0 * milliseconds, milliseconds],
        };
        let measured = Measured {
            browser: "156.0".to_owned(),
            processor: "A processor".to_owned(),
            cores: 2,
            load: 0.5,
            rounds: vec![round(1000.0), round(2000.0), round(1000.0)],
            solver: "simd".to_owned(),
            solves: [50.0, 40.0, 60.0, 50.0].map(solve).to_vec(),
        };
        Report::new(&variants, &plan, &[Peer::Altcha], &measured).unwrap()
    }

    pub(in crate::bench::solver) const SOME: [(Variant, u64); 5] = {
        use super::super::variant::Kind;
        [
            (Variant::Ours(Kind::Simd), 9_000),
            (Variant::Ours(Kind::Js), 1_000),
            (Variant::Peer(Peer::Cap), 2_500),
            (Variant::Peer(Peer::Friendly), 4_000),
            (Variant::Peer(Peer::Webcrypto), 125),
        ]
    };

    #[test]
    fn the_fastest_kind_is_held_against_the_fastest_peer_with_its_hash() {
        let report = report(&SOME);
        assert_eq!(report.fastest_sha256_peer.as_deref(), Some("@cap.js/wasm"));
        assert_eq!(report.over_fastest_sha256_peer, Some(3.6));
        assert_eq!(report.over_webcrypto, Some(72.0));
        let js = report
            .variants
            .iter()
            .find(|rate| rate.name == "levee js")
            .unwrap();
        assert_eq!((js.mhs, js.over_webcrypto), (1.0, Some(8.0)));
    }

    #[test]
    fn the_spread_is_told_of_times_and_of_hashes() {
        let report = report(&SOME);
        assert_eq!(report.p99_over_median, Some(1.2));
        assert_eq!(report.solves.p99_over_median_of_hashes, Some(1.0));
        assert_eq!(report.solves.p99_over_median_of_first_times, Some(1.2));
        assert_eq!(
            (report.solves.median_ms, report.solves.p99_ms),
            (Some(50.0), Some(60.0))
        );
    }

    #[test]
    fn without_peers_there_are_no_ratios_but_there_is_a_report() {
        let report = report(&SOME[..2]);
        assert_eq!(report.fastest_sha256_peer, None);
        assert_eq!(
            (report.over_fastest_sha256_peer, report.over_webcrypto),
            (None, None)
        );
    }

    #[test]
    fn the_json_has_the_fields_that_others_read() {
        let json = serde_json::to_value(report(&SOME)).unwrap();
        for field in [
            "p99_over_median",
            "over_fastest_sha256_peer",
            "over_webcrypto",
            "rounds",
        ] {
            assert!(json[field].is_number(), "{field}");
        }
        let friendly = &json["variants"][3];
        assert_eq!(friendly["name"], "friendly-pow");
        assert_eq!(
            (&friendly["ours"], &friendly["hash"]),
            (&false.into(), &"BLAKE2b".into())
        );
        assert_eq!(friendly["mhs"], 4.0);
        assert_eq!(json["machine"]["browser"], "Chromium 156.0");
        assert_eq!(json["left_out"], serde_json::json!(["altcha"]));
        assert_eq!(json["goals"][0]["met"], true);
    }
}
