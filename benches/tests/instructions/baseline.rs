//! The committed figures, and how measured ones differ from them.
//!
//! Crossings are the same whoever compiles, and must be exactly as committed. Instructions are of a compiler: its own must be
//! within [`TOLERANCE`]. A compiler that nothing is committed of may take more than the others, up to [`FOREIGN`], so that
//! whoever has another one can still run the tests, and a gross regression shows all the same.

use std::{collections::BTreeMap, fs, path::Path};

use serde::{Deserialize, Serialize};

/// How far instructions may be from the committed ones, as a part of these: more is a regression, and less is to be committed,
/// or a later regression would hide in the difference.
const TOLERANCE: f64 = 0.03;

/// How many more instructions another compiler may take, likewise.
const FOREIGN: f64 = 0.25;

/// What crosses between host and module in one exchange, on average.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Crossings {
    /// Callbacks of the module.
    pub(crate) callbacks: f64,
    /// Calls of each host function.
    pub(crate) host_calls: BTreeMap<String, f64>,
}

/// Instructions of one exchange in each situation, on average.
type Instructions = BTreeMap<String, u64>;

/// What is committed.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Baseline {
    /// Of each situation.
    crossings: BTreeMap<String, Crossings>,
    /// Of each compiler.
    instructions: BTreeMap<String, Instructions>,
}

/// What was measured.
#[derive(Clone, Debug, Default)]
pub(crate) struct Measured {
    /// The compiler of the module.
    pub(crate) compiler: String,
    /// Of each situation.
    pub(crate) crossings: BTreeMap<String, Crossings>,
    /// Of each situation.
    pub(crate) instructions: Instructions,
}

impl Baseline {
    /// The figures in a file.
    pub(crate) fn read(path: &Path) -> Result<Self, String> {
        let text = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
        serde_json::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))
    }

    /// As it is committed.
    pub(crate) fn to_text(&self) -> String {
        let text = serde_json::to_string_pretty(self).unwrap_or_else(|error| panic!("{error}"));
        text + "\n"
    }

    /// A line for each figure that is not as committed, by situation.
    pub(crate) fn differences(&self, measured: &Measured) -> Vec<String> {
        let mut lines = self.crossings_that_differ(measured);
        lines.extend(match self.instructions.get(&measured.compiler) {
            Some(own) => instructions_that_differ(own, measured),
            None => self.instructions_of_another_compiler(measured),
        });
        lines.sort_unstable();
        lines
    }

    /// Takes over what was measured. What another compiler makes of the module is not known any more when this one makes
    /// something else of it than before.
    pub(crate) fn record(&mut self, measured: &Measured) {
        let is_new = !self.instructions.contains_key(&measured.compiler);
        if !self.crossings_that_differ(measured).is_empty()
            || !is_new && !self.differences(measured).is_empty()
        {
            self.instructions.clear();
        }
        self.crossings.clone_from(&measured.crossings);
        self.instructions
            .insert(measured.compiler.clone(), measured.instructions.clone());
    }

    fn crossings_that_differ(&self, measured: &Measured) -> Vec<String> {
        let mut lines = Vec::new();
        for name in either(&self.crossings, &measured.crossings) {
            let [before, after] = [&self.crossings, &measured.crossings].map(|all| {
                let crossings = all.get(name).cloned().unwrap_or_default();
                let mut counts = crossings.host_calls;
                counts.insert("callbacks".to_owned(), crossings.callbacks);
                counts
            });
            for what in either(&before, &after) {
                let [before, after] =
                    [&before, &after].map(|counts| counts.get(what).copied().unwrap_or_default());
                if before != after {
                    lines.push(format!("{name}: {what}: {before} -> {after}"));
                }
            }
        }
        lines
    }

    /// Where it takes more than any compiler that something is committed of, by more than compilers differ.
    fn instructions_of_another_compiler(&self, measured: &Measured) -> Vec<String> {
        let mut lines = Vec::new();
        for (name, after) in &measured.instructions {
            let known = self.instructions.values().filter_map(|of_one| of_one.get(name));
            match known.max() {
                Some(before) if change(*before, *after) <= FOREIGN => {}
                Some(before) => lines.push(format!(
                    "{}, which nothing is committed of",
                    line(name, *before, *after, &measured.compiler)
                )),
                None => lines.push(format!("{name}: instructions: not committed -> {after}")),
            }
        }
        lines
    }
}

fn instructions_that_differ(committed: &Instructions, measured: &Measured) -> Vec<String> {
    let mut lines = Vec::new();
    for name in either(committed, &measured.instructions) {
        match (committed.get(name), measured.instructions.get(name)) {
            (Some(before), Some(after)) if change(*before, *after).abs() <= TOLERANCE => {}
            (Some(before), Some(after)) => lines.push(line(name, *before, *after, &measured.compiler)),
            (Some(before), None) => lines.push(format!("{name}: instructions: {before} -> not measured")),
            (None, after) => {
                let after = after.copied().unwrap_or_default();
                lines.push(format!("{name}: instructions: not committed -> {after}"));
            }
        }
    }
    lines
}

fn line(name: &str, before: u64, after: u64, compiler: &str) -> String {
    let percent = 100.0 * change(before, after);
    format!("{name}: instructions: {before} -> {after} ({percent:+.1} %) by {compiler}")
}

/// As a part of what was before.
fn change(before: u64, after: u64) -> f64 {
    (after as f64 - before as f64) / before.max(1) as f64
}

/// The keys of both.
fn either<'m, V>(one: &'m BTreeMap<String, V>, other: &'m BTreeMap<String, V>) -> Vec<&'m String> {
    let mut keys: Vec<_> = one.keys().chain(other.keys()).collect();
    keys.sort_unstable();
    keys.dedup();
    keys
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measured(compiler: &str, instructions: u64, host_calls: f64) -> Measured {
        Measured {
            compiler: compiler.to_owned(),
            crossings: [(
                "admit".to_owned(),
                Crossings {
                    callbacks: 2.0,
                    host_calls: [("random_get".to_owned(), host_calls)].into(),
                },
            )]
            .into(),
            instructions: [("admit".to_owned(), instructions)].into(),
        }
    }

    fn committed() -> Baseline {
        let mut baseline = Baseline::default();
        baseline.record(&measured("rustc 1", 10_000, 1.5));
        baseline
    }

    #[test]
    fn more_instructions_and_fewer_are_told_beyond_the_tolerance() {
        for (instructions, line) in [
            (
                9_699,
                Some("admit: instructions: 10000 -> 9699 (-3.0 %) by rustc 1"),
            ),
            (9_700, None),
            (10_300, None),
            (
                10_400,
                Some("admit: instructions: 10000 -> 10400 (+4.0 %) by rustc 1"),
            ),
        ] {
            let differences = committed().differences(&measured("rustc 1", instructions, 1.5));
            assert_eq!(differences, Vec::from_iter(line));
        }
    }

    #[test]
    fn every_crossing_counts_whatever_the_compiler() {
        for compiler in ["rustc 1", "rustc 2"] {
            let differences = committed().differences(&measured(compiler, 10_000, 1.75));
            assert_eq!(differences, ["admit: random_get: 1.5 -> 1.75"]);
        }
    }

    #[test]
    fn another_compiler_is_only_held_to_what_is_grossly_more() {
        for (instructions, lines) in [(5_000, 0), (12_500, 0), (12_600, 1)] {
            let differences = committed().differences(&measured("rustc 2", instructions, 1.5));
            assert_eq!(differences.len(), lines, "{differences:?}");
        }
    }

    #[test]
    fn what_is_recorded_is_what_is_committed_then() {
        let mut baseline = committed();
        let faster = measured("rustc 1", 7_000, 1.0);
        baseline.record(&faster);
        assert_eq!(baseline.differences(&faster), Vec::<String>::new());
        let read: Baseline = serde_json::from_str(&baseline.to_text()).unwrap();
        assert_eq!(read.differences(&faster), Vec::<String>::new());
    }

    #[test]
    fn figures_of_another_compiler_are_kept_until_the_module_changes() {
        let mut baseline = committed();
        baseline.record(&measured("rustc 2", 11_000, 1.5));
        baseline.record(&measured("rustc 1", 10_001, 1.5));
        assert_eq!(baseline.instructions.len(), 2);
        baseline.record(&measured("rustc 1", 8_000, 1.5));
        assert_eq!(Vec::from_iter(baseline.instructions.keys()), ["rustc 1"]);
    }
}
