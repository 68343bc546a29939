//! From values to heights, and the round values that are written beside them.

use crate::Language;

/// How heights grow with values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ScaleKind {
    /// Twice the value is twice the height.
    Linear,
    /// As linear, of what has no halves.
    Count,
    /// Ten times the value is one line more. Zero stands below the lowest line.
    Logarithmic,
}

/// A scale that fits what is drawn.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Scale {
    kind: ScaleKind,
    /// The lowest height: of zero, or of the lowest power of ten.
    bottom: f64,
    /// The highest height.
    top: f64,
    /// The lowest power of ten. Of a linear scale, nothing.
    floor: f64,
    ticks: Vec<f64>,
}

/// What is no more than this is nothing, on a linear scale.
const LEAST_TOP: f64 = 1e-9;

/// How many powers of ten below one request a second are shown: of less, nobody wants to know how much less.
const LOWEST_DECADE: f64 = -2.0;

/// How far zero stands below the lowest power of ten, in powers of ten.
const ZERO_BELOW: f64 = 0.6;

/// Most values beside an axis.
const MAX_TICKS: usize = 6;

impl Scale {
    /// The scale on which all values have a place.
    pub(crate) fn fitting(kind: ScaleKind, values: impl Iterator<Item = f64>) -> Self {
        let values: Vec<f64> = values
            .filter(|value| value.is_finite() && *value >= 0.0)
            .collect();
        match kind {
            ScaleKind::Linear | ScaleKind::Count => Self::linear(kind, &values),
            ScaleKind::Logarithmic => Self::logarithmic(&values),
        }
    }

    fn linear(kind: ScaleKind, values: &[f64]) -> Self {
        let most = values.iter().copied().fold(0.0, f64::max);
        let most = if most > LEAST_TOP { most } else { 1.0 };
        let least = if kind == ScaleKind::Count { 1.0 } else { 0.0 };
        let distance = round_distance(most / 4.0).max(least);
        let count = (most / distance).ceil() as u32;
        Self {
            kind,
            bottom: 0.0,
            top: f64::from(count) * distance,
            floor: 0.0,
            ticks: (0..=count).map(|index| f64::from(index) * distance).collect(),
        }
    }

    fn logarithmic(values: &[f64]) -> Self {
        let least = values
            .iter()
            .copied()
            .filter(|value| *value > 0.0)
            .fold(f64::INFINITY, f64::min);
        let most = values.iter().copied().fold(0.0, f64::max);
        let has_zero = values.contains(&0.0) || most <= 0.0;
        let floor = if least.is_finite() {
            least.log10().floor().max(LOWEST_DECADE)
        } else {
            0.0
        };
        let top = if most > 0.0 { most.log10().ceil() } else { 1.0 }.max(floor + 1.0);
        let decades = (top - floor) as usize;
        let every = decades.div_ceil(MAX_TICKS).max(1);
        let powers = (0..=decades)
            .step_by(every)
            .map(|decade| 10_f64.powf(floor + decade as f64));
        Self {
            kind: ScaleKind::Logarithmic,
            bottom: if has_zero { floor - ZERO_BELOW } else { floor },
            top,
            floor,
            ticks: has_zero.then_some(0.0).into_iter().chain(powers).collect(),
        }
    }

    /// Where a value stands.
    pub(crate) fn height(&self, value: f64) -> f64 {
        let height = match self.kind {
            ScaleKind::Linear | ScaleKind::Count => value,
            ScaleKind::Logarithmic if value > 0.0 => value.log10().max(self.floor),
            ScaleKind::Logarithmic => self.bottom,
        };
        height.clamp(self.bottom, self.top)
    }

    /// The lowest and the highest height.
    pub(crate) const fn range(&self) -> (f64, f64) {
        (self.bottom, self.top)
    }

    /// The values that are written beside the axis, and how.
    pub(crate) fn ticks(&self, language: Language) -> Vec<(f64, String)> {
        self.ticks
            .iter()
            .map(|value| (*value, language.tick(*value)))
            .collect()
    }
}

/// 1, 2, 2.5 or 5 times a power of ten, no less than this.
fn round_distance(least: f64) -> f64 {
    let power = 10_f64.powf(least.log10().floor());
    [1.0, 2.0, 2.5, 5.0, 10.0]
        .into_iter()
        // A tick at a half says little.
        .filter(|times| power >= 10.0 || *times != 2.5)
        .map(|times| times * power)
        .find(|distance| *distance >= least * 0.999_999)
        .unwrap_or(10.0 * power)
}
