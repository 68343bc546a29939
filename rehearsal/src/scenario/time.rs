//! Times and lengths of time as a scenario writes them.

use jiff::{SignedDuration, civil};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, de::Error as _};
use std::{borrow::Cow, time::Duration};

/// A length of time, as in `40 ms`, `5 s` or `1 h 30 min`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span(pub Duration);

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        parse_span(&text).map(Self).ok_or_else(|| {
            D::Error::custom(format!(
                "`{text}` is no length of time; write it as in `40 ms`, `5 s` or `1 h 30 min`"
            ))
        })
    }
}

impl JsonSchema for Span {
    fn schema_name() -> Cow<'static, str> {
        "Span".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "description": "A length of time, as in `40 ms`, `5 s` or `1 h 30 min`."
        })
    }
}

fn parse_span(text: &str) -> Option<Duration> {
    text.parse::<SignedDuration>().ok()?.try_into().ok()
}

/// A time of the scenario: `10:20` is the first such time from the beginning on, `2024-03-12T07:35` is that very time, and
/// `90 s` is so long after the beginning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// A time of day.
    Clock(civil::Time),
    /// A time of a certain day.
    Date(civil::DateTime),
    /// So long after the beginning.
    After(Duration),
}

impl Moment {
    /// So long after the beginning, for a scenario that begins then. What lies before it is the beginning.
    #[must_use]
    pub fn since(self, begins: civil::DateTime) -> Duration {
        let until =
            |time: civil::DateTime| Duration::try_from(time.duration_since(begins)).unwrap_or_default();
        match self {
            Self::After(time) => time,
            Self::Date(time) => until(time),
            Self::Clock(time) => {
                let same_day = begins.date().to_datetime(time);
                if same_day >= begins {
                    return until(same_day);
                }
                begins
                    .date()
                    .tomorrow()
                    .map_or(Duration::ZERO, |day| until(day.to_datetime(time)))
            }
        }
    }
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let clock = || text.parse().ok().filter(|_| !text.contains('-')).map(Self::Clock);
        let date = || text.parse().ok().map(Self::Date);
        let after = || parse_span(&text).map(Self::After);
        clock().or_else(date).or_else(after).ok_or_else(|| {
            D::Error::custom(format!(
                "`{text}` is no time; write it as in `10:20`, `2024-03-12T07:35`, or `90 s` after the beginning"
            ))
        })
    }
}

impl JsonSchema for Moment {
    fn schema_name() -> Cow<'static, str> {
        "Moment".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "description": "A time: `10:20` is the first such time from the beginning on, `2024-03-12T07:35` is that very time, \
                            `90 s` is so long after the beginning."
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn since(moment: &str) -> Duration {
        let moment: Moment = serde_json::from_value(moment.into()).unwrap();
        moment.since(civil::date(2024, 3, 11).at(6, 0, 0, 0))
    }

    #[test]
    fn a_time_of_day_is_the_first_from_the_beginning_on() {
        assert_eq!(since("10:20"), Duration::from_secs(4 * 3_600 + 20 * 60));
        assert_eq!(since("06:00"), Duration::ZERO);
        assert_eq!(since("05:59:30"), Duration::from_secs(24 * 3_600 - 30));
    }

    #[test]
    fn a_date_and_a_length_are_what_they_say() {
        assert_eq!(
            since("2024-03-12T07:35"),
            Duration::from_secs(25 * 3_600 + 35 * 60)
        );
        assert_eq!(since("90 s"), Duration::from_secs(90));
        assert_eq!(since("1 h 30 min"), Duration::from_secs(5_400));
        assert_eq!(since("2024-03-10T00:00"), Duration::ZERO);
    }

    #[test]
    fn what_is_no_time_is_told_how_to_write_one() {
        for wrong in ["soon", "25:00", "-3 s", "2024-13-01T00:00"] {
            let error = serde_json::from_value::<Moment>(wrong.into())
                .unwrap_err()
                .to_string();
            assert!(error.contains(wrong) && error.contains("10:20"), "{error}");
        }
    }
}
