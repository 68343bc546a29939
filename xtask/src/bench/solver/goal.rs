//! What the solver is meant to reach.

use std::fmt;

use serde::Serialize;

/// A figure and what it is meant to be.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Goal {
    /// What the figure is.
    what: String,
    figure: Option<f64>,
    bound: Bound,
    /// Better still.
    aim: Option<f64>,
    /// Whether the bound is kept; `None` without a figure.
    met: Option<bool>,
}

/// What a figure must keep to.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Bound {
    AtLeast(f64),
    AtMost(f64),
}

impl Goal {
    /// Three times as fast as the fastest peer with the same hash.
    pub(super) fn over_fastest_peer(figure: Option<f64>, peer: Option<&str>) -> Self {
        let peer = peer.unwrap_or("none was measured");
        let what = format!("times as fast as the fastest SHA-256 peer, {peer}");
        Self::new(what, figure, Bound::AtLeast(3.0), Some(4.0))
    }

    /// Fifty times as fast as what pages can do without a solver of their own.
    pub(super) fn over_webcrypto(figure: Option<f64>) -> Self {
        let what = "times as fast as a loop around WebCrypto's digest".to_owned();
        Self::new(what, figure, Bound::AtLeast(50.0), Some(70.0))
    }

    /// Nobody waits much longer than most do.
    pub(super) fn spread(figure: Option<f64>) -> Self {
        let what = "p99 of the times to solve a challenge, over their median".to_owned();
        Self::new(what, figure, Bound::AtMost(1.5), None)
    }

    fn new(what: String, figure: Option<f64>, bound: Bound, aim: Option<f64>) -> Self {
        let met = figure.map(|figure| bound.holds(figure));
        Self {
            what,
            figure,
            bound,
            aim,
            met,
        }
    }
}

impl Bound {
    fn holds(self, figure: f64) -> bool {
        match self {
            Self::AtLeast(least) => figure >= least,
            Self::AtMost(most) => figure <= most,
        }
    }
}

impl fmt::Display for Goal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.met, self.figure) {
            (Some(true), Some(figure)) => write!(f, "met: {figure:.2}")?,
            (Some(false), Some(figure)) => write!(f, "MISSED: {figure:.2}")?,
            _ => f.write_str("not measured:")?,
        }
        write!(f, " {} (goal: {}", self.what, self.bound)?;
        if let Some(aim) = self.aim {
            write!(f, ", aim: {aim}")?;
        }
        f.write_str(")")
    }
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AtLeast(least) => write!(f, "at least {least}"),
            Self::AtMost(most) => write!(f, "at most {most}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_goal_is_met_at_its_bound_and_says_its_figure_either_way() {
        assert_eq!(
            Goal::over_fastest_peer(Some(3.0), Some("a")).to_string(),
            "met: 3.00 times as fast as the fastest SHA-256 peer, a (goal: at least 3, aim: 4)"
        );
        assert_eq!(
            Goal::over_webcrypto(Some(49.0)).to_string(),
            "MISSED: 49.00 times as fast as a loop around WebCrypto's digest (goal: at least 50, aim: 70)"
        );
        assert_eq!(Goal::spread(Some(1.5)).met, Some(true));
        assert_eq!(Goal::spread(Some(1.51)).met, Some(false));
    }

    #[test]
    fn what_was_not_measured_is_neither_met_nor_missed() {
        let goal = Goal::over_webcrypto(None);
        assert_eq!(goal.met, None);
        assert!(goal.to_string().starts_with("not measured:"), "{goal}");
    }
}
