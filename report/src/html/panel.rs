//! A chart of the page: its panels, the key to its lines, and what it says to those who do not see it.

use super::story::attack_facts;
use crate::chart::{Column, Ink, Line, Plot, Points, Scale, ScaleKind, Size, Window, draw, windows};
use crate::clock::Clock;
use crate::words::{Chart, Words, fill};
use crate::{Findings, Language};

/// What a chart is about.
pub(super) struct Topic<'a> {
    pub(super) id: &'static str,
    pub(super) words: &'static Chart,
    pub(super) scale: ScaleKind,
    pub(super) curves: Vec<Curve<'a>>,
    /// A height that is to be compared with.
    pub(super) limit: Option<f64>,
    /// Whether its panels say how large the attacks are. One chart of the page does.
    pub(super) tells_attacks: bool,
}

/// A line of a chart.
pub(super) struct Curve<'a> {
    pub(super) ink: Ink,
    pub(super) label: &'static str,
    /// What is written beside its label.
    pub(super) value: Option<String>,
    pub(super) column: Column<'a>,
}

/// A chart as the page has it.
pub(super) struct Section {
    pub(super) title: &'static str,
    pub(super) notes: Vec<&'static str>,
    pub(super) key: Vec<KeyEntry>,
    /// The colour and the label of shaded times.
    pub(super) shade: Option<(String, &'static str)>,
    pub(super) panels: Vec<Panel>,
}

/// What a line means.
pub(super) struct KeyEntry {
    pub(super) color: String,
    pub(super) label: &'static str,
    pub(super) value: Option<String>,
}

/// One drawing: all of the time, or an attack.
pub(super) struct Panel {
    pub(super) id: String,
    pub(super) caption: String,
    pub(super) detail: String,
    pub(super) description: String,
    pub(super) drawings: Vec<Drawing>,
    /// Whether it takes the width of the page where there is room for two.
    pub(super) is_wide: bool,
}

/// SVG for one size.
pub(super) struct Drawing {
    pub(super) class: &'static str,
    pub(super) view_box: String,
    pub(super) svg: String,
}

/// Draws a topic: all of the time, and each attack.
pub(super) fn section(findings: &Findings, topic: &Topic<'_>, language: Language) -> Section {
    let words = &Words::of(language).charts;
    let windows = windows(findings);
    let is_logarithmic = topic.scale == ScaleKind::Logarithmic;
    Section {
        title: topic.words.title,
        notes: std::iter::once(topic.words.note)
            .chain(is_logarithmic.then_some(words.log_scale))
            .collect(),
        key: key(topic, language),
        shade: (!findings.attacks.is_empty()).then(|| (Ink::Shade.hex(), words.attack)),
        panels: windows
            .iter()
            .enumerate()
            // Two stand beside each other; of an odd number, the first takes the room of two.
            .map(|(index, window)| Panel {
                id: format!("{}-{}-{index}", topic.id, language.code()),
                ..panel(
                    findings,
                    topic,
                    window,
                    index == 0 && windows.len() % 2 == 1,
                    language,
                )
            })
            .collect(),
    }
}

fn key(topic: &Topic<'_>, language: Language) -> Vec<KeyEntry> {
    let words = &Words::of(language).charts;
    let limit = topic.limit.map(|limit| KeyEntry {
        color: Ink::Limit.hex(),
        label: words.capacity,
        value: Some(format!("{}/{}", language.decimal(limit, 1), language.second())),
    });
    topic
        .curves
        .iter()
        .map(|curve| KeyEntry {
            color: curve.ink.hex(),
            label: curve.label,
            value: curve.value.clone(),
        })
        .chain(limit)
        .collect()
}

fn panel(
    findings: &Findings,
    topic: &Topic<'_>,
    window: &Window,
    is_wide: bool,
    language: Language,
) -> Panel {
    let step_seconds = findings.run.series.step_seconds;
    let lines: Vec<Line> = topic
        .curves
        .iter()
        .map(|curve| Line {
            ink: curve.ink,
            points: Points::of(curve.column, step_seconds, window).without_idle(),
        })
        .collect();
    let clock = Clock::new(&findings.begins);
    let sizes: &[Size] = if is_wide {
        &[Size::Wide, Size::Narrow]
    } else {
        &[Size::Narrow]
    };
    let (caption, facts) = title(findings, window, language);
    Panel {
        id: String::new(),
        caption,
        detail: [
            facts.filter(|_| topic.tells_attacks),
            resolution(window, step_seconds, language),
        ]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join("; "),
        description: description(findings, topic, &lines, language),
        drawings: drawings(findings, topic, window, &lines, sizes, clock, language),
        is_wide,
    }
}

fn drawings(
    findings: &Findings,
    topic: &Topic<'_>,
    window: &Window,
    lines: &[Line],
    sizes: &[Size],
    clock: Clock,
    language: Language,
) -> Vec<Drawing> {
    let values = lines
        .iter()
        .flat_map(|line| line.points.iter())
        .map(|point| point.1);
    let scale = Scale::fitting(topic.scale, values.chain(topic.limit));
    let shades: Vec<(f64, f64)> = findings
        .attacks
        .iter()
        .map(|attack| (attack.from, attack.until))
        .collect();
    let plot = Plot {
        window,
        lines,
        scale: &scale,
        shades: &shades,
        limit: topic.limit,
    };
    sizes
        .iter()
        .map(|size| Drawing {
            class: match size {
                Size::Narrow => "narrow",
                Size::Wide => "wide",
            },
            view_box: size.view_box(),
            svg: draw(&plot, *size, clock, language),
        })
        .collect()
}

/// What a panel shows: which time, and of an attack how large it is.
fn title(findings: &Findings, window: &Window, language: Language) -> (String, Option<String>) {
    let clock = Clock::new(&findings.begins);
    let attacks: Vec<_> = window
        .attacks
        .iter()
        .filter_map(|index| findings.attacks.get(*index))
        .collect();
    if attacks.is_empty() {
        let duration = language.duration(window.until - window.from);
        let whole = fill(Words::of(language).charts.whole, &[("duration", &duration)]);
        return (whole, None);
    }
    let caption = attacks.iter().map(|attack| {
        let span = clock.span(attack.from, attack.until, findings.seconds, language);
        format!("{}: {span}", attack.title.of(language))
    });
    let facts = attacks.iter().map(|attack| attack_facts(attack, language));
    (
        caption.collect::<Vec<_>>().join(" · "),
        Some(facts.collect::<Vec<_>>().join(" · ")),
    )
}

/// How much time a point stands for.
fn resolution(window: &Window, step_seconds: f64, language: Language) -> Option<String> {
    let seconds = step_seconds * window.steps_per_point as f64;
    (!window.steps.is_empty()).then(|| {
        fill(
            Words::of(language).charts.point,
            &[("duration", &language.duration(seconds))],
        )
    })
}

/// The highest point of every line.
fn description(findings: &Findings, topic: &Topic<'_>, lines: &[Line], language: Language) -> String {
    let words = &Words::of(language).charts;
    let clock = Clock::new(&findings.begins);
    let tell = |(curve, line): (&Curve<'_>, &Line)| match line.points.highest() {
        Some((seconds, value)) if value > 0.0 => fill(
            words.most,
            &[
                ("line", curve.label),
                ("value", &language.decimal(value, 1)),
                ("time", &clock.moment(seconds, findings.seconds, language)),
            ],
        ),
        _ => fill(words.never, &[("line", curve.label)]),
    };
    topic
        .curves
        .iter()
        .zip(lines)
        .map(tell)
        .collect::<Vec<_>>()
        .join(" ")
}
