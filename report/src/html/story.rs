//! All that the page says in one language.

use super::cards::{Card, cards};
use super::charts::sections;
use super::panel::Section;
use crate::chart::MAX_ATTACKS;
use crate::clock::Clock;
use crate::comparison::{self, Column, Row};
use crate::headline::{account, missed, outcome};
use crate::promise::Promise;
use crate::words::{Words, fill};
use crate::{Attack, Findings, Language};

/// All that the page says in one language.
pub(super) struct Story<'a> {
    pub(super) language: Language,
    pub(super) words: &'static Words,
    pub(super) outcome: &'static str,
    pub(super) account: String,
    /// Which promises were missed.
    pub(super) missed: Option<String>,
    pub(super) title: &'a str,
    pub(super) about: &'a str,
    pub(super) when: Option<String>,
    pub(super) cards: Vec<Card>,
    pub(super) sections: Vec<Section>,
    /// Said where not all attacks are shown larger.
    pub(super) larger: Option<String>,
    /// Levee beside the baselines; no columns where there are none.
    pub(super) columns: Vec<Column<'a>>,
    pub(super) rows: Vec<Row>,
    pub(super) promises: Vec<Promise<'a>>,
    /// How it was played: what, and the lines about it.
    pub(super) manner: Vec<(&'static str, Vec<String>)>,
    pub(super) configuration: &'a str,
    pub(super) scenario_text: &'a str,
}

impl<'a> Story<'a> {
    pub(super) fn new(findings: &'a Findings, language: Language) -> Self {
        let words = Words::of(language);
        let columns = if findings.baselines.is_empty() {
            Vec::new()
        } else {
            comparison::columns(findings, language)
        };
        let larger = (findings.attacks.len() > MAX_ATTACKS).then(|| {
            fill(
                words.charts.largest_only,
                &[("count", &language.number(MAX_ATTACKS as u64))],
            )
        });
        Self {
            language,
            words,
            outcome: outcome(findings, language),
            account: account(findings, language),
            missed: missed(findings, language),
            title: findings.title.of(language),
            about: findings.about.of(language),
            when: Clock::new(&findings.begins).beginning(language),
            cards: cards(findings, language),
            sections: sections(findings, language),
            larger,
            rows: comparison::rows(&columns, language),
            columns,
            promises: findings
                .bounds
                .iter()
                .map(|judged| Promise::new(judged, language))
                .collect(),
            manner: manner(findings, language),
            configuration: &findings.configuration,
            scenario_text: &findings.scenario_text,
        }
    }
}

fn manner(findings: &Findings, language: Language) -> Vec<(&'static str, Vec<String>)> {
    let words = Words::of(language);
    let said = &words.manner;
    let figures = &findings.run.figures;
    let begins = Clock::new(&findings.begins).beginning(language);
    let memory = match figures.peak_memory_bytes {
        0 => said.unknown.to_owned(),
        bytes => language.bytes(bytes),
    };
    let mut manner = vec![
        (said.method, vec![(words.method)(findings.method).to_owned()]),
        (said.scenario, vec![findings.scenario.clone()]),
    ];
    manner.extend(findings.target.clone().map(|target| (said.target, vec![target])));
    manner.extend([
        (
            said.begins,
            vec![begins.unwrap_or_else(|| findings.begins.clone())],
        ),
        (said.lasts, vec![language.duration(findings.seconds)]),
        (said.attacks, attacks(findings, language)),
        (said.requests, vec![language.number(figures.requests)]),
        // A seed is a name, not a quantity: it is written as it is typed.
        (said.seed, vec![findings.seed.to_string()]),
        (said.workers, vec![language.number(findings.workers as u64)]),
        (said.work, vec![work(findings, language)]),
        (said.wall, vec![language.duration(figures.wall_seconds)]),
        (said.memory, vec![memory]),
    ]);
    manner
}

fn work(findings: &Findings, language: Language) -> String {
    let words = &Words::of(language).manner;
    if findings.work_scale > 1 {
        fill(
            words.work_scaled,
            &[("scale", &language.number(findings.work_scale))],
        )
    } else {
        words.work_whole.to_owned()
    }
}

fn attacks(findings: &Findings, language: Language) -> Vec<String> {
    let words = Words::of(language);
    if findings.attacks.is_empty() {
        return vec![words.manner.none.to_owned()];
    }
    let clock = Clock::new(&findings.begins);
    let whole = findings.seconds;
    let attack = |attack: &Attack| {
        fill(
            words.manner.attack,
            &[
                ("name", attack.title.of(language)),
                ("span", &clock.span(attack.from, attack.until, whole, language)),
                ("facts", &attack_facts(attack, language)),
            ],
        )
    };
    findings.attacks.iter().map(attack).collect()
}

/// How large an attack is.
pub(super) fn attack_facts(attack: &Attack, language: Language) -> String {
    let words = &Words::of(language).charts;
    let text = if attack.addresses == 1 {
        words.attack_facts_one
    } else {
        words.attack_facts
    };
    fill(
        text,
        &[
            ("requests", &language.number(attack.requests)),
            ("addresses", &language.number(attack.addresses)),
        ],
    )
}
