//! How something is spread over time.

use super::Moment;
use jiff::civil;
use schemars::JsonSchema;
use serde::Deserialize;
use std::time::Duration;

/// Points of a line: at this time, so much. Between two points it is straight; before the first and behind the last, nothing.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Points(pub Vec<(Moment, f64)>);

/// How much of something has come until when, as a share of the whole.
#[derive(Clone, Debug)]
pub struct Curve {
    /// Time, rate at that time, and share until then. Times rise.
    knots: Vec<Knot>,
}

#[derive(Clone, Copy, Debug)]
struct Knot {
    at: f64,
    rate: f64,
    share: f64,
}

impl Curve {
    /// Evenly between two times.
    #[must_use]
    pub fn even(from: Duration, until: Duration) -> Self {
        Self::through([(from, 1.0), (until, 1.0)])
    }

    /// Along points of a scenario that begins then.
    #[must_use]
    pub fn of(points: &Points, begins: civil::DateTime) -> Self {
        Self::through(points.0.iter().map(|(at, rate)| (at.since(begins), *rate)))
    }

    fn through(points: impl IntoIterator<Item = (Duration, f64)>) -> Self {
        let mut knots: Vec<Knot> = Vec::new();
        for (at, rate) in points {
            let (at, rate) = (at.as_secs_f64(), rate.max(0.0));
            let share = knots.last().map_or(0.0, |last| {
                last.share + (at - last.at).max(0.0) * f64::midpoint(last.rate, rate)
            });
            knots.push(Knot { at, rate, share });
        }
        let all = knots.last().map_or(0.0, |last| last.share);
        if all > 0.0 {
            for knot in &mut knots {
                knot.rate /= all;
                knot.share /= all;
            }
        }
        Self { knots }
    }

    /// Whether there is nothing under it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.knots.last().is_none_or(|last| last.share <= 0.0)
    }

    /// When this share of the whole has come; the end for a share of 1 and more.
    #[must_use]
    pub fn time_of(&self, share: f64) -> Duration {
        let index = self.knots.partition_point(|knot| knot.share <= share);
        let (Some(before), Some(after)) = (
            index.checked_sub(1).and_then(|index| self.knots.get(index)),
            self.knots.get(index),
        ) else {
            return self.end();
        };
        // The share grows by rate t + slope t^2 / 2 behind the knot; this form of the solution bears a slope of zero.
        let (length, wanted) = (after.at - before.at, share - before.share);
        let slope = (after.rate - before.rate) / length.max(f64::EPSILON);
        let root = (before.rate * before.rate + 2.0 * slope * wanted).max(0.0).sqrt();
        let sum = before.rate + root;
        let within = if sum > 0.0 { 2.0 * wanted / sum } else { 0.0 };
        Duration::from_secs_f64(before.at + within.clamp(0.0, length))
    }

    /// When it begins.
    #[must_use]
    pub fn begin(&self) -> Duration {
        self.knots
            .first()
            .map_or(Duration::ZERO, |knot| Duration::from_secs_f64(knot.at))
    }

    /// When it ends.
    #[must_use]
    pub fn end(&self) -> Duration {
        self.knots
            .last()
            .map_or(Duration::ZERO, |knot| Duration::from_secs_f64(knot.at))
    }

    /// The share of the whole that comes in a second at the busiest time.
    #[must_use]
    pub fn peak(&self) -> f64 {
        self.knots.iter().map(|knot| knot.rate).fold(0.0, f64::max)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(curve: &Curve, share: f64) -> f64 {
        curve.time_of(share).as_secs_f64()
    }

    #[test]
    fn an_even_curve_is_a_straight_line() {
        let curve = Curve::even(Duration::from_secs(100), Duration::from_secs(200));
        for (share, at) in [(0.0, 100.0), (0.25, 125.0), (1.0, 200.0), (2.0, 200.0)] {
            assert!((seconds(&curve, share) - at).abs() < 1e-6, "{share}");
        }
    }

    #[test]
    fn more_come_where_the_curve_is_higher() {
        // A triangle: half of the whole comes in the middle half and a little more.
        let curve = Curve::through(
            [(0, 0.0), (50, 1.0), (100, 0.0)].map(|(at, rate)| (Duration::from_secs(at), rate)),
        );
        assert!((seconds(&curve, 0.5) - 50.0).abs() < 1e-6);
        assert!((seconds(&curve, 0.125) - 25.0).abs() < 1e-6);
        assert!((seconds(&curve, 0.875) - 75.0).abs() < 1e-6);
    }

    #[test]
    fn times_never_go_backwards() {
        let points = [(0, 0.0), (10, 0.0), (20, 5.0), (30, 0.0), (40, 0.0), (50, 1.0)];
        let curve = Curve::through(points.map(|(at, rate)| (Duration::from_secs(at), rate)));
        let times: Vec<_> = (0..=1_000)
            .map(|n| curve.time_of(f64::from(n) / 1_000.0))
            .collect();
        assert!(times.is_sorted());
        assert!(times[1] >= Duration::from_secs(10) && times[999] <= Duration::from_secs(50));
    }

    #[test]
    fn nothing_under_a_curve_is_told() {
        assert!(Curve::through([]).is_empty());
        assert!(Curve::through([(Duration::ZERO, 0.0), (Duration::from_secs(9), 0.0)]).is_empty());
        assert!(!Curve::even(Duration::ZERO, Duration::from_secs(1)).is_empty());
    }
}
