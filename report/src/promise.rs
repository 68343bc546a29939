//! How a promise is written: its limit, and what was seen.

use crate::words::{Words, fill};
use crate::{Bound, Judged, Language};

/// A promise in the words of a language.
pub(crate) struct Promise<'a> {
    pub(crate) name: &'static str,
    pub(crate) limit: String,
    pub(crate) seen: String,
    pub(crate) held: bool,
    pub(crate) advice: Option<&'a str>,
}

impl<'a> Promise<'a> {
    pub(crate) fn new(judged: &'a Judged, language: Language) -> Self {
        let words = Words::of(language);
        let unit = Unit::of(judged.bound);
        let at_least = judged.bound.is_least();
        let limit = if at_least {
            words.promises.at_least
        } else {
            words.promises.at_most
        };
        Self {
            name: (words.bound)(judged.bound),
            limit: fill(limit, &[("limit", &unit.write(judged.limit, language))]),
            seen: unit.write(against(judged.seen, at_least), language),
            held: judged.held,
            // What is kept needs no change, whatever was written beside it.
            advice: judged
                .advice
                .as_ref()
                .filter(|_| !judged.held)
                .map(|advice| advice.of(language))
                .filter(|advice| !advice.is_empty()),
        }
    }
}

/// Rounds to what is written, never in favour of the promise: 98.996 is not 99.
fn against(seen: f64, at_least: bool) -> f64 {
    // What is off by a binary fraction only is not a decimal more.
    let hundredths = (seen * 1e8).round() / 1e6;
    (if at_least {
        hundredths.floor()
    } else {
        hundredths.ceil()
    }) / 100.0
}

enum Unit {
    PerCent,
    Seconds,
    Count,
}

impl Unit {
    const fn of(bound: Bound) -> Self {
        match bound {
            Bound::PatientsServed
            | Bound::PaymentsServed
            | Bound::AppErrandsServed
            | Bound::FloodAtOrigin
            | Bound::PatientsUnchallenged => Self::PerCent,
            Bound::DelayP95 => Self::Seconds,
            Bound::ChallengesToPeopleQuiet | Bound::OriginPeak | Bound::PeoplePassedOver => Self::Count,
        }
    }

    fn write(&self, number: f64, language: Language) -> String {
        let written = language.decimal(number, 2);
        match self {
            Self::PerCent => format!("{written}%"),
            Self::Seconds => format!("{written}\u{a0}{}", language.second()),
            Self::Count => written,
        }
    }
}
