//! The report for people: a table, the spread, and a line for each goal.

use std::fmt;

use comfy_table::{CellAlignment, Table, presets::UTF8_FULL_CONDENSED};
use indicatif::HumanCount;

use super::report::{Rate, Report, Solves};

/// What stands where there is nothing to tell.
const NOTHING: &str = "-";

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "One worker in {} on {} ({} cores, load {:.1} before), medians of {} rounds of {} ms",
            self.machine.browser,
            self.machine.processor,
            self.machine.cores,
            self.machine.load,
            self.rounds,
            self.turn_milliseconds
        )?;
        writeln!(f, "{}", table(self))?;
        writeln!(f, "{}", self.solves)?;
        if !self.left_out.is_empty() {
            writeln!(f, "Left out: {}", self.left_out.join(", "))?;
        }
        for goal in &self.goals {
            write!(f, "\n{goal}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Solves {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} challenges of {} hashes in {} sub-puzzles, one worker ({}): median {} ms, p99 {} ms; \
             p99/median of the hashes alone {}, of times on their own {}",
            HumanCount(self.challenges as u64),
            HumanCount(self.work),
            self.sub_puzzles,
            self.solver,
            figure(self.median_ms, 1),
            figure(self.p99_ms, 1),
            figure(self.p99_over_median_of_hashes, 2),
            figure(self.p99_over_median_of_first_times, 2),
        )
    }
}

/// All variants, the fastest first.
fn table(report: &Report) -> Table {
    let peer = report.fastest_sha256_peer.as_deref().unwrap_or("SHA-256 peer");
    let mut rates: Vec<_> = report.variants.iter().collect();
    rates.sort_by(|one, other| other.mhs.total_cmp(&one.mhs));
    let mut table = Table::new();
    table
        .load_style(UTF8_FULL_CONDENSED)
        .set_header([
            "variant".to_owned(),
            "ours".to_owned(),
            "hash".to_owned(),
            "MH/s".to_owned(),
            format!("x {peer}"),
            "x WebCrypto".to_owned(),
        ])
        .add_rows(rates.into_iter().map(row));
    for column in table.column_iter_mut().skip(3) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

fn row(rate: &Rate) -> [String; 6] {
    [
        [Some(rate.name.as_str()), rate.version]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(" "),
        if rate.ours { "yes" } else { "" }.to_owned(),
        rate.hash.to_string(),
        format!("{:.3}", rate.mhs),
        figure(rate.over_fastest_sha256_peer, 2),
        figure(rate.over_webcrypto, 1),
    ]
}

fn figure(value: Option<f64>, digits: usize) -> String {
    value.map_or_else(|| NOTHING.to_owned(), |value| format!("{value:.digits$}"))
}

#[cfg(test)]
mod tests {
    use super::super::report::tests::{SOME, report};

    #[test]
    fn the_table_has_the_fastest_first_and_every_goal_has_a_line() {
        let text = report(&SOME).to_string();
        let at = |what: &str| text.find(what).unwrap_or_else(|| panic!("{what} in\n{text}"));
        assert!(at("levee simd") < at("friendly-pow 0.2.2") && at("friendly-pow") < at("@cap.js/wasm 0.0.6"));
        assert!(at("levee js") < at("WebCrypto  "));
        for line in [
            "met: 3.60 times",
            "met: 72.00 times",
            "met: 1.20 p99",
            "Left out: altcha",
        ] {
            at(line);
        }
        assert!(text.contains("median 50.0 ms, p99 60.0 ms"), "{text}");
    }

    #[test]
    fn what_was_not_measured_leaves_a_dash() {
        let text = report(&SOME[..1]).to_string();
        assert!(text.contains("not measured: times as fast"), "{text}");
        assert!(text.contains(" - "), "{text}");
    }
}
