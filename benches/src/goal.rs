//! What a figure is meant to be.

use std::fmt;

use serde::Serialize;

/// A figure and what it is meant to be.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Goal {
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
pub enum Bound {
    /// Not less.
    AtLeast(f64),
    /// Not more.
    AtMost(f64),
}

impl Goal {
    /// A figure, where there is one, and what it must keep to; `aim` is better still.
    #[must_use]
    pub fn new(what: String, figure: Option<f64>, bound: Bound, aim: Option<f64>) -> Self {
        let met = figure.map(|figure| bound.holds(figure));
        Self {
            what,
            figure,
            bound,
            aim,
            met,
        }
    }

    /// Whether the bound is kept; `None` without a figure.
    #[must_use]
    pub const fn is_met(&self) -> Option<bool> {
        self.met
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

    fn goal(figure: Option<f64>, bound: Bound) -> Goal {
        Goal::new("times as fast".to_owned(), figure, bound, Some(4.0))
    }

    #[test]
    fn a_goal_is_met_at_its_bound_and_says_its_figure_either_way() {
        let met = goal(Some(3.0), Bound::AtLeast(3.0));
        assert_eq!(
            met.to_string(),
            "met: 3.00 times as fast (goal: at least 3, aim: 4)"
        );
        let missed = goal(Some(3.01), Bound::AtMost(3.0));
        assert_eq!(
            missed.to_string(),
            "MISSED: 3.01 times as fast (goal: at most 3, aim: 4)"
        );
        assert_eq!((met.is_met(), missed.is_met()), (Some(true), Some(false)));
    }

    #[test]
    fn what_was_not_measured_is_neither_met_nor_missed() {
        let goal = goal(None, Bound::AtLeast(3.0));
        assert_eq!(goal.is_met(), None);
        assert!(goal.to_string().starts_with("not measured:"), "{goal}");
    }
}
