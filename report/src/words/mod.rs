//! What a report says, in its languages. Every language has every word: a missing one does not compile.

mod en;
mod vi;

use crate::{Bound, Language, Method, Verdict};

/// The words of one language. A `{name}` in a text stands for what is put there.
pub(crate) struct Words {
    pub(crate) language_name: &'static str,
    pub(crate) headline: Headline,
    pub(crate) cards: Cards,
    pub(crate) charts: Charts,
    pub(crate) comparison: Comparison,
    pub(crate) promises: Promises,
    pub(crate) manner: Manner,
    pub(crate) verdict: fn(Verdict) -> &'static str,
    pub(crate) bound: fn(Bound) -> &'static str,
    /// The name of a baseline, and what it is in one sentence; `None` for one that is not known here.
    pub(crate) baseline: fn(&str) -> Option<(&'static str, &'static str)>,
    pub(crate) method: fn(Method) -> &'static str,
}

/// The sentence that says it all.
pub(crate) struct Headline {
    pub(crate) held: &'static str,
    pub(crate) not_held: &'static str,
    /// Where nothing was promised.
    pub(crate) unjudged: &'static str,
    pub(crate) all_patients: &'static str,
    pub(crate) some_patients: &'static str,
    pub(crate) no_patients: &'static str,
    pub(crate) payments: &'static str,
    pub(crate) flood: &'static str,
    /// As `flood`, where more reached the origin than may.
    pub(crate) excess: &'static str,
    pub(crate) no_flood: &'static str,
    pub(crate) missed: &'static str,
}

/// The four figures.
pub(crate) struct Cards {
    pub(crate) patients: &'static str,
    pub(crate) payments: &'static str,
    pub(crate) flood: &'static str,
    pub(crate) quiet: &'static str,
    pub(crate) of: &'static str,
    pub(crate) of_allowed: &'static str,
    pub(crate) attacked: &'static str,
    pub(crate) nobody: &'static str,
    pub(crate) delay: &'static str,
}

/// The charts.
pub(crate) struct Charts {
    pub(crate) heading: &'static str,
    pub(crate) requests: Chart,
    pub(crate) origin: Chart,
    pub(crate) patients: Chart,
    pub(crate) work: Chart,
    pub(crate) log_scale: &'static str,
    pub(crate) all: &'static str,
    pub(crate) of_attacks: &'static str,
    pub(crate) failed: &'static str,
    pub(crate) capacity: &'static str,
    pub(crate) arrived: &'static str,
    pub(crate) served: &'static str,
    pub(crate) waiting: &'static str,
    pub(crate) lost: &'static str,
    pub(crate) median: &'static str,
    pub(crate) attack: &'static str,
    pub(crate) whole: &'static str,
    pub(crate) attack_facts: &'static str,
    /// As `attack_facts`, of a single address.
    pub(crate) attack_facts_one: &'static str,
    pub(crate) point: &'static str,
    pub(crate) largest_only: &'static str,
    pub(crate) nothing: &'static str,
    /// One line of a chart, told to those who do not see it.
    pub(crate) most: &'static str,
    pub(crate) never: &'static str,
}

/// What one chart shows.
pub(crate) struct Chart {
    pub(crate) title: &'static str,
    pub(crate) note: &'static str,
}

/// Levee beside the baselines.
pub(crate) struct Comparison {
    pub(crate) heading: &'static str,
    pub(crate) caption: &'static str,
    pub(crate) figure: &'static str,
    pub(crate) patients: &'static str,
    pub(crate) payments: &'static str,
    pub(crate) app_errands: &'static str,
    pub(crate) flood_at_origin: &'static str,
    pub(crate) challenges: &'static str,
    pub(crate) challenges_quiet: &'static str,
    pub(crate) delay_p50: &'static str,
    pub(crate) delay_p95: &'static str,
    pub(crate) origin_peak: &'static str,
    pub(crate) of: &'static str,
    pub(crate) levee: &'static str,
}

/// What was promised, and what came of it.
pub(crate) struct Promises {
    pub(crate) heading: &'static str,
    pub(crate) caption: &'static str,
    pub(crate) promise: &'static str,
    pub(crate) limit: &'static str,
    pub(crate) seen: &'static str,
    pub(crate) outcome: &'static str,
    pub(crate) kept: &'static str,
    pub(crate) missed: &'static str,
    pub(crate) advice: &'static str,
    pub(crate) at_least: &'static str,
    pub(crate) at_most: &'static str,
    pub(crate) none: &'static str,
    pub(crate) see: &'static str,
}

/// How it was played.
pub(crate) struct Manner {
    pub(crate) heading: &'static str,
    pub(crate) method: &'static str,
    pub(crate) scenario: &'static str,
    pub(crate) target: &'static str,
    pub(crate) begins: &'static str,
    pub(crate) lasts: &'static str,
    pub(crate) attacks: &'static str,
    pub(crate) attack: &'static str,
    pub(crate) requests: &'static str,
    pub(crate) seed: &'static str,
    pub(crate) workers: &'static str,
    pub(crate) work: &'static str,
    pub(crate) work_whole: &'static str,
    pub(crate) work_scaled: &'static str,
    pub(crate) wall: &'static str,
    pub(crate) memory: &'static str,
    pub(crate) unknown: &'static str,
    pub(crate) configuration: &'static str,
    pub(crate) scenario_text: &'static str,
    pub(crate) none: &'static str,
}

impl Words {
    pub(crate) const fn of(language: Language) -> &'static Self {
        match language {
            Language::Vi => &vi::WORDS,
            Language::En => &en::WORDS,
        }
    }
}

/// Puts values in the places of a text.
pub(crate) fn fill(text: &str, values: &[(&str, &str)]) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    // In one pass: what is put in may itself look like a place.
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let found = after
            .split_once('}')
            .and_then(|(name, rest)| Some((values.iter().find(|(key, _)| *key == name)?.1, rest)));
        if let Some((value, after)) = found {
            filled.push_str(value);
            rest = after;
        } else {
            filled.push('{');
            rest = after;
        }
    }
    filled.push_str(rest);
    filled
}
