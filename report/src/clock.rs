//! The scenario's own clock: what stands beside the axes of time.

use crate::Language;
use jiff::SignedDuration;
use jiff::civil::DateTime;

const MINUTE: f64 = 60.0;
const HOUR: f64 = 3600.0;
const DAY: f64 = 86_400.0;

/// Distances between two ticks that a reader of clocks expects.
const DISTANCES: [f64; 18] = [
    1.0,
    2.0,
    5.0,
    10.0,
    15.0,
    30.0,
    MINUTE,
    2.0 * MINUTE,
    5.0 * MINUTE,
    10.0 * MINUTE,
    15.0 * MINUTE,
    30.0 * MINUTE,
    HOUR,
    2.0 * HOUR,
    3.0 * HOUR,
    6.0 * HOUR,
    12.0 * HOUR,
    DAY,
];

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// Tells the time at so many seconds from the beginning of a scenario. Where it is not known when that is, the time is counted
/// from midnight.
#[derive(Clone, Copy)]
pub(crate) struct Clock {
    begins: DateTime,
    is_dated: bool,
}

impl Clock {
    pub(crate) fn new(begins: &str) -> Self {
        let parsed = begins.parse::<DateTime>().ok();
        Self {
            begins: parsed.unwrap_or_default(),
            is_dated: parsed.is_some(),
        }
    }

    /// The beginning with its date, for reading.
    pub(crate) fn beginning(self, language: Language) -> Option<String> {
        let date = self.begins;
        let time = date.strftime("%H:%M");
        self.is_dated.then(|| match language {
            Language::Vi => format!("{time} ngày {}/{}/{}", date.day(), date.month(), date.year()),
            Language::En => format!("{} {} {}, {time}", date.day(), month(date), date.year()),
        })
    }

    /// The time of day; with seconds where there are some.
    pub(crate) fn time(self, seconds: f64) -> String {
        let at = self.at(seconds);
        let format = if at.second() == 0 { "%H:%M" } else { "%H:%M:%S" };
        at.strftime(format).to_string()
    }

    /// The time of day, with the date where the scenario lasts for more than one.
    pub(crate) fn moment(self, seconds: f64, whole: f64, language: Language) -> String {
        if self.lasts_for_days(whole) {
            dated(&self.time(seconds), self.at(seconds), language)
        } else {
            self.time(seconds)
        }
    }

    /// A stretch of time, with its date where the scenario lasts for more than one.
    pub(crate) fn span(self, from: f64, until: f64, whole: f64, language: Language) -> String {
        if self.at(from).date() != self.at(until).date() {
            let (from, until) = (
                self.moment(from, whole, language),
                self.moment(until, whole, language),
            );
            return format!("{from} – {until}");
        }
        let times = format!("{}–{}", self.time(from), self.time(until));
        if self.lasts_for_days(whole) {
            dated(&times, self.at(from), language)
        } else {
            times
        }
    }

    fn lasts_for_days(self, whole: f64) -> bool {
        self.is_dated && self.at(whole).date() != self.begins.date()
    }

    /// Round times between two moments, no more than so many of them. Midnight is written as the date.
    pub(crate) fn ticks(self, from: f64, until: f64, most: usize, language: Language) -> Vec<(f64, String)> {
        let distance = DISTANCES
            .into_iter()
            .find(|distance| (until - from) / distance <= most as f64)
            .unwrap_or(DAY * ((until - from) / DAY / most.max(1) as f64).ceil());
        if !distance.is_finite() {
            return Vec::new();
        }
        let midnight = self
            .begins
            .duration_since(self.begins.date().into())
            .as_secs_f64();
        let first = ((midnight + from) / distance).ceil() as i64;
        let last = ((midnight + until) / distance).floor() as i64;
        (first..=last)
            .map(|index| index as f64 * distance - midnight)
            .map(|seconds| (seconds, self.tick(seconds, language)))
            .collect()
    }

    fn tick(self, seconds: f64, language: Language) -> String {
        let at = self.at(seconds);
        if self.is_dated && seconds > 0.0 && at.time() == jiff::civil::Time::midnight() {
            short_date(at, language)
        } else {
            self.time(seconds)
        }
    }

    fn at(self, seconds: f64) -> DateTime {
        // Half a second more, so that 29.999… is 30.
        let passed = SignedDuration::try_from_secs_f64((seconds + 0.5).floor()).unwrap_or_default();
        self.begins.saturating_add(passed)
    }
}

fn dated(time: &str, at: DateTime, language: Language) -> String {
    let date = short_date(at, language);
    match language {
        Language::Vi => format!("{time} ngày {date}"),
        Language::En => format!("{date}, {time}"),
    }
}

fn short_date(date: DateTime, language: Language) -> String {
    match language {
        Language::Vi => format!("{}/{}", date.day(), date.month()),
        Language::En => {
            let month = month(date);
            format!("{} {}", date.day(), month.get(..3).unwrap_or(month))
        }
    }
}

fn month(date: DateTime) -> &'static str {
    usize::try_from(date.month() - 1)
        .ok()
        .and_then(|index| MONTHS.get(index).copied())
        .unwrap_or_default()
}
