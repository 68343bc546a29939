//! A report for people.

use std::fmt::{self, Write as _};
use std::path::Path;
use std::time::Duration;

use similar::{ChangeTag, TextDiff};

use super::report::{Failure, FileReport, Mismatch, Played, Report};

/// Shows a report: a line for each scenario, then in full what failed, then a summary.
#[derive(Debug)]
pub struct Told<'a> {
    report: &'a Report,
    colours: bool,
    took: Option<Duration>,
}

impl<'a> Told<'a> {
    /// Without colours.
    #[must_use]
    pub const fn new(report: &'a Report) -> Self {
        Self {
            report,
            colours: false,
            took: None,
        }
    }

    /// With colours, for terminals.
    #[must_use]
    pub const fn colours(mut self, colours: bool) -> Self {
        self.colours = colours;
        self
    }

    /// With the time that all took together.
    #[must_use]
    pub const fn took(mut self, took: Duration) -> Self {
        self.took = Some(took);
        self
    }

    fn paint<'t>(&self, style: Style, text: &'t str) -> Painted<'t> {
        Painted {
            style: self.colours.then_some(style),
            text,
        }
    }
}

#[derive(Clone, Copy, Debug)]
enum Style {
    Bold,
    Dim,
    Good,
    Bad,
}

struct Painted<'a> {
    style: Option<Style>,
    text: &'a str,
}

impl fmt::Display for Painted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let code = match self.style {
            None => return f.write_str(self.text),
            Some(Style::Bold) => "1",
            Some(Style::Dim) => "2",
            Some(Style::Good) => "32",
            Some(Style::Bad) => "31",
        };
        write!(f, "\x1b[{code}m{}\x1b[0m", self.text)
    }
}

impl fmt::Display for Told<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for file in &self.report.files {
            if file.scenarios.is_empty() {
                continue;
            }
            writeln!(f, "{}", self.paint(Style::Bold, &file.path.display().to_string()))?;
            for played in &file.scenarios {
                self.line(f, file, played)?;
            }
        }
        for (file, played) in self.report.scenarios().filter(|(_, played)| !played.passed()) {
            f.write_char('\n')?;
            self.failed(f, file, played)?;
        }
        f.write_char('\n')?;
        self.summary(f)
    }
}

impl Told<'_> {
    fn line(&self, f: &mut fmt::Formatter<'_>, file: &FileReport, played: &Played) -> fmt::Result {
        let mark = match (&played.skipped, played.passed()) {
            (Some(_), _) => self.paint(Style::Dim, "-"),
            (None, true) => self.paint(Style::Good, "✓"),
            (None, false) => self.paint(Style::Bad, "✗"),
        };
        write!(f, "  {mark} {}", played.name)?;
        let mut notes = Vec::new();
        if file.on_several_profiles(played) {
            notes.push(played.profile.clone());
        }
        if played.seeds.len() > 1 {
            notes.push(match played.failed_seeds.len() {
                0 => format!("{} seeds", played.seeds.len()),
                failed => format!("fails with {failed} of {} seeds", played.seeds.len()),
            });
        }
        notes.extend(played.skipped.as_ref().map(|reason| format!("skipped: {reason}")));
        if !notes.is_empty() {
            write!(
                f,
                "  {}",
                self.paint(Style::Dim, &format!("({})", notes.join(", ")))
            )?;
        }
        f.write_char('\n')
    }

    fn failed(&self, f: &mut fmt::Formatter<'_>, file: &FileReport, played: &Played) -> fmt::Result {
        let title = format!("✗ {}", played.name);
        writeln!(f, "{}", self.paint(Style::Bad, &title))?;
        if let [_, _, ..] = played.seeds.as_slice() {
            let seeds: Vec<String> = played.failed_seeds.iter().take(20).map(u64::to_string).collect();
            let more = played.failed_seeds.len() - seeds.len();
            let more = if more > 0 {
                format!(" and {more} more")
            } else {
                String::new()
            };
            writeln!(
                f,
                "  fails with {} of {} seeds: {}{more}; this is the first",
                played.failed_seeds.len(),
                played.seeds.len(),
                seeds.join(", ")
            )?;
        }
        for failure in &played.failures {
            f.write_char('\n')?;
            self.failure(f, &file.path, failure)?;
        }
        let seed = played.failed_seeds.first().copied().unwrap_or_default();
        // A profile with other switches has no name on the command line.
        let profile = if played.profile.contains(' ') {
            String::new()
        } else {
            format!(" --profile {}", played.profile)
        };
        writeln!(
            f,
            "\n  {} levee test {} --filter {}{profile} --seed {seed}",
            self.paint(Style::Dim, "again:"),
            quoted(&file.path.display().to_string()),
            quoted(&played.name),
        )
    }

    fn failure(&self, f: &mut fmt::Formatter<'_>, path: &Path, failure: &Failure) -> fmt::Result {
        let Failure {
            place,
            step,
            name,
            happened,
            failed_exchanges,
            exchanges,
            mismatches,
            log,
        } = failure;
        let number = if *step == 0 {
            "the beginning".to_owned()
        } else {
            format!("step {step}")
        };
        let name = name.as_ref().map(|name| format!(", {name}")).unwrap_or_default();
        let at = format!("{}:{place}", path.display());
        writeln!(f, "  {}  {number}{name}", self.paint(Style::Bold, &at))?;
        if !happened.is_empty() {
            for line in happened.lines() {
                writeln!(f, "    {line}")?;
            }
        }
        if *failed_exchanges > 1 {
            let line =
                format!("{failed_exchanges} of {exchanges} exchanges are not as expected; this is the first");
            writeln!(f, "    {}", self.paint(Style::Dim, &line))?;
        }
        for mismatch in mismatches {
            self.mismatch(f, mismatch)?;
        }
        if !log.is_empty() {
            writeln!(f, "    {}", self.paint(Style::Dim, "the filter's log meanwhile"))?;
            for line in log {
                writeln!(f, "      {line}")?;
            }
        }
        Ok(())
    }

    fn mismatch(&self, f: &mut fmt::Formatter<'_>, mismatch: &Mismatch) -> fmt::Result {
        let Mismatch {
            place,
            what,
            expected,
            actual,
        } = mismatch;
        let line = format!("(line {})", place.line);
        writeln!(
            f,
            "    {} {}",
            self.paint(Style::Bold, what),
            self.paint(Style::Dim, &line)
        )?;
        if expected.contains('\n') && actual.contains('\n') {
            return self.difference(f, expected, actual);
        }
        for (label, text, style) in [
            ("expected", expected, Style::Good),
            ("actual  ", actual, Style::Bad),
        ] {
            for (nth, line) in text.lines().enumerate() {
                let label = if nth == 0 { label } else { "        " };
                writeln!(f, "      {label}  {}", self.paint(style, line))?;
            }
        }
        Ok(())
    }

    /// Lines that are only expected, and lines that are only there.
    fn difference(&self, f: &mut fmt::Formatter<'_>, expected: &str, actual: &str) -> fmt::Result {
        writeln!(f, "      - expected, + actual")?;
        for change in TextDiff::from_lines(expected, actual).iter_all_changes() {
            let line = change.value().trim_end_matches('\n');
            match change.tag() {
                ChangeTag::Equal => writeln!(f, "        {line}")?,
                ChangeTag::Delete => writeln!(f, "      {}", self.paint(Style::Good, &format!("- {line}")))?,
                ChangeTag::Insert => writeln!(f, "      {}", self.paint(Style::Bad, &format!("+ {line}")))?,
            }
        }
        Ok(())
    }

    fn summary(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = |these: &dyn Fn(&Played) -> bool| {
            self.report
                .scenarios()
                .filter(|(_, played)| these(played))
                .count()
        };
        let passed = count(&|played| played.passed() && played.skipped.is_none());
        let failed = count(&|played| !played.passed());
        let skipped = count(&|played| played.skipped.is_some());
        let exchanges: u64 = self.report.scenarios().map(|(_, played)| played.exchanges).sum();
        let mut parts = Vec::new();
        if failed > 0 {
            parts.push(self.paint(Style::Bad, &format!("{failed} failed")).to_string());
        }
        parts.push(self.paint(Style::Good, &format!("{passed} passed")).to_string());
        if skipped > 0 {
            parts.push(format!("{skipped} skipped"));
        }
        write!(f, "{}; {exchanges} exchanges", parts.join(", "))?;
        if let Some(took) = self.took {
            write!(f, " in {:.1} s", took.as_secs_f64())?;
        }
        f.write_char('\n')
    }
}

impl FileReport {
    /// Whether the same scenario was played on other profiles too, or on another one than Envoy's.
    fn on_several_profiles(&self, played: &Played) -> bool {
        played.profile != "envoy"
            || self
                .scenarios
                .iter()
                .any(|other| other.name == played.name && other.profile != played.profile)
    }
}

/// As a shell takes it for one argument.
fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '.' | '_' | '-' | ':' | ',');
    if !text.is_empty() && text.chars().all(plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}
