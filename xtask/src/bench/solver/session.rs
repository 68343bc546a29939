//! The bench in the browser: what it is told to do, and what it tells.

use std::{
    collections::BTreeMap,
    io::{BufRead as _, BufReader, Write as _},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context as _, anyhow, bail, ensure};
use serde::{Deserialize, Serialize};

use super::variant::Peer;

/// What to measure, and with what.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Plan {
    /// The folder that holds playwright-core.
    pub(super) playwright: PathBuf,
    pub(super) chromium: PathBuf,
    /// The solver's script itself.
    pub(super) solver: &'static str,
    /// The folder that holds the peers' packages.
    pub(super) packages: PathBuf,
    /// What to measure.
    pub(super) variants: Vec<&'static str>,
    pub(super) rounds: u32,
    /// Length of a turn.
    pub(super) milliseconds: u32,
    /// Length of what comes before it.
    pub(super) warm_up_milliseconds: u32,
    pub(super) challenges: u32,
    /// Hashes of a challenge, on average.
    pub(super) work: u64,
    pub(super) sub_puzzles: u16,
}

/// How far it is.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(super) struct Step {
    pub(super) done: u64,
    pub(super) total: u64,
    /// What comes now.
    pub(super) what: String,
}

/// What was measured.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(super) struct Measured {
    /// The browser's version.
    pub(super) browser: String,
    pub(super) processor: String,
    pub(super) cores: u32,
    /// How many programs wanted a core before the bench began, on average over a minute.
    pub(super) load: f64,
    /// The turn of each variant in each round.
    pub(super) rounds: Vec<BTreeMap<String, Sample>>,
    /// What the solver that solved the challenges says that it is.
    pub(super) solver: String,
    /// The challenges.
    pub(super) solves: Vec<Solve>,
}

/// Hashes, and how long they took.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
pub(super) struct Sample {
    pub(super) hashes: u64,
    pub(super) milliseconds: f64,
}

/// A challenge that was solved several times over.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(super) struct Solve {
    /// The same each time.
    pub(super) hashes: u64,
    /// How long it took, time by time.
    pub(super) milliseconds: Vec<f64>,
}

impl Solve {
    /// What it took when the machine disturbed it least.
    pub(super) fn fastest(&self) -> Option<f64> {
        self.milliseconds.iter().copied().min_by(f64::total_cmp)
    }
}

/// A line that the script writes.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Line {
    Progress(Step),
    Failed { variant: Option<String>, why: String },
    Measured(Measured),
}

impl Sample {
    /// Millions of hashes a second.
    pub(super) fn mhs(self) -> f64 {
        self.hashes as f64 / self.milliseconds / 1e3
    }
}

impl Measured {
    /// The rates of a variant, a round each.
    pub(super) fn rates(&self, variant: &str) -> anyhow::Result<Vec<f64>> {
        self.rounds
            .iter()
            .map(|round| {
                let turn = round
                    .get(variant)
                    .with_context(|| format!("the browser has left out {variant}"))?;
                ensure!(
                    turn.hashes > 0 && turn.milliseconds > 0.0,
                    "the browser says that {variant} made {} hashes in {} ms",
                    turn.hashes,
                    turn.milliseconds
                );
                Ok(turn.mhs())
            })
            .collect()
    }
}

/// Runs the script in the folder `scripts`. `progress` is told of each step.
pub(super) fn run(plan: &Plan, scripts: &Path, mut progress: impl FnMut(Step)) -> anyhow::Result<Measured> {
    let script = scripts.join("bench.mjs");
    let mut node = Command::new("node")
        .arg(&script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot run node {}", script.display()))?;
    if let Some(mut stdin) = node.stdin.take() {
        stdin
            .write_all(&serde_json::to_vec(plan)?)
            .context("node does not listen")?;
    }
    let mut outcome = None;
    // To the end even after a failure: the script has a browser to close.
    for line in node
        .stdout
        .take()
        .into_iter()
        .flat_map(|out| BufReader::new(out).lines())
    {
        match understand(&line?) {
            Ok(Line::Progress(step)) => progress(step),
            Ok(Line::Measured(measured)) => outcome = outcome.or(Some(Ok(measured))),
            Ok(Line::Failed { variant, why }) => outcome = Some(Err(failure(variant.as_deref(), &why))),
            Err(error) => outcome = outcome.or(Some(Err(error))),
        }
    }
    let status = node.wait()?;
    outcome.unwrap_or_else(|| bail!("the bench ended without a result ({status}); what it said is above"))
}

fn understand(line: &str) -> anyhow::Result<Line> {
    serde_json::from_str(line).with_context(|| format!("the bench wrote what is no report: {line}"))
}

fn failure(variant: Option<&str>, why: &str) -> anyhow::Error {
    let Some(variant) = variant else {
        return anyhow!("the bench failed: {why}");
    };
    let error = anyhow!("{variant} failed: {why}");
    if Peer::ALL.iter().any(|peer| peer.id() == variant) {
        error.context(format!(
            "a peer cannot be measured; --without {variant} leaves it out"
        ))
    } else {
        error
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measured(text: &str) -> Measured {
        match understand(text).unwrap() {
            Line::Measured(measured) => measured,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_report_is_understood() {
        let measured = measured(
            r#"{"measured": {"browser": "156.0", "processor": "A", "cores": 2, "load": 0.5, "solver": "simd",
                "rounds": [{"simd": {"hashes": 9000000, "milliseconds": 1000.0}},
                           {"simd": {"hashes": 1000000, "milliseconds": 500.0}}],
                "solves": [{"hashes": 500000, "milliseconds": [70.0, 50.5, 60.0]}]}}"#,
        );
        assert_eq!(measured.rates("simd").unwrap(), [9.0, 2.0]);
        assert_eq!((measured.cores, measured.solver.as_str()), (2, "simd"));
        let [solve] = &measured.solves[..] else {
            panic!("{measured:?}")
        };
        assert_eq!(solve.fastest(), Some(50.5));
    }

    #[test]
    fn a_turn_that_is_missing_or_empty_is_refused() {
        for round in [
            "{}",
            r#"{"cap": {"hashes": 0, "milliseconds": 1.0}}"#,
            r#"{"cap": {"hashes": 1, "milliseconds": 0.0}}"#,
        ] {
            let text = format!(
                r#"{{"measured": {{"browser": "", "processor": "", "cores": 1, "load": 0, "solver": "js", "rounds": [{round}], "solves": []}}}}"#
            );
            let error = measured(&text).rates("cap").unwrap_err().to_string();
            assert!(error.contains("cap"), "{error}");
        }
    }

    #[test]
    fn progress_is_understood_and_anything_else_is_shown() {
        let line = understand(r#"{"progress": {"done": 1, "total": 9, "what": "round 1: cap"}}"#);
        assert!(matches!(line.unwrap(), Line::Progress(step) if (step.done, step.total) == (1, 9)));
        let error = understand("Segmentation fault").unwrap_err().to_string();
        assert!(error.contains("Segmentation fault"), "{error}");
    }

    #[test]
    fn a_failure_names_the_variant_and_what_to_do() {
        let peer = format!("{:#}", failure(Some("cap"), "no answer"));
        assert!(
            peer.contains("--without cap") && peer.contains("no answer"),
            "{peer}"
        );
        let ours = format!("{:#}", failure(Some("simd"), "no answer"));
        assert!(ours.contains("simd") && !ours.contains("--without"), "{ours}");
    }

    /// Node.js comes with what drives the browser.
    mod needs_chromium {
        use levee_testing::tools;

        use super::*;

        fn plan(variants: Vec<&'static str>) -> Plan {
            Plan {
                playwright: PathBuf::new(),
                chromium: PathBuf::new(),
                solver: levee_solver::SCRIPT,
                packages: PathBuf::new(),
                variants,
                rounds: 1,
                milliseconds: 1,
                warm_up_milliseconds: 1,
                challenges: 1,
                work: 1 << 12,
                sub_puzzles: 32,
            }
        }

        /// A session with something that stands in for the script of the bench.
        fn session(script: &str) -> (anyhow::Result<Measured>, Vec<Step>) {
            let scripts = tempfile::tempdir().unwrap();
            std::fs::write(scripts.path().join("bench.mjs"), script).unwrap();
            let mut steps = Vec::new();
            let measured = run(&plan(vec!["simd"]), scripts.path(), |step| steps.push(step));
            (measured, steps)
        }

        #[test]
        fn the_script_reads_the_plan_and_its_steps_are_told() {
            let (measured, steps) = session(
                r#"import { readFileSync } from "node:fs";
                const { variants } = JSON.parse(readFileSync(0, "utf8"));
                console.log(JSON.stringify({ progress: { done: 0, total: 1, what: variants[0] } }));
                const rounds = [{ simd: { hashes: 2000, milliseconds: 1 } }];
                const facts = { browser: "1", processor: "A", cores: 2, load: 0, solver: "simd", solves: [] };
                console.log(JSON.stringify({ measured: { ...facts, rounds } }));"#,
            );
            assert_eq!(measured.unwrap().rates("simd").unwrap(), [2.0]);
            assert_eq!(steps.len(), 1);
            assert_eq!(steps[0].what, "simd");
        }

        #[test]
        fn a_script_that_ends_early_is_no_result() {
            let (measured, _) = session("process.exit(3);");
            let error = measured.unwrap_err().to_string();
            assert!(error.contains('3'), "{error}");
        }

        fn in_chromium(variants: Vec<&'static str>) -> anyhow::Result<Measured> {
            let plan = Plan {
                playwright: tools::path(tools::NODE_MODULES),
                chromium: tools::path(tools::CHROMIUM),
                ..plan(variants)
            };
            let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/bench/solver/browser");
            run(&plan, &scripts, |_| {})
        }

        #[test]
        fn every_kind_of_the_solver_and_the_browsers_own_digest_is_measured() {
            let measured = in_chromium(vec!["simd", "wasm", "js", "webcrypto"]).unwrap();
            for variant in ["simd", "wasm", "js", "webcrypto"] {
                assert_eq!(measured.rates(variant).unwrap().len(), 1, "{variant}");
            }
            assert_eq!(measured.solver, "simd");
            assert_eq!(measured.solves.len(), 1);
            assert!(measured.solves[0].hashes >= 32);
        }

        #[test]
        fn a_peer_that_is_not_there_is_an_error_that_names_it() {
            let error = format!("{:#}", in_chromium(vec!["cap"]).unwrap_err());
            assert!(error.contains("--without cap"), "{error}");
        }
    }
}
