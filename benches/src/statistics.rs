//! What is told of many measurements.

/// The value in the middle, or between the two in the middle; `None` of nothing.
#[must_use]
pub fn median(values: &[f64]) -> Option<f64> {
    let sorted = sorted(values);
    let upper = *sorted.get(sorted.len() / 2)?;
    if sorted.len() % 2 == 1 {
        return Some(upper);
    }
    let lower = *sorted.get(sorted.len() / 2 - 1)?;
    Some(lower.midpoint(upper))
}

/// The smallest value that at least so many in a hundred do not exceed (nearest rank); `None` of nothing.
#[must_use]
pub fn percentile(values: &[f64], percent: usize) -> Option<f64> {
    let rank = (values.len() * percent).div_ceil(100);
    sorted(values).get(rank.saturating_sub(1)).copied()
}

/// The median of the ratios of what was measured side by side: noise that both have met leaves it alone.
#[must_use]
pub fn median_ratio(values: &[f64], beside: &[f64]) -> Option<f64> {
    let ratios: Vec<_> = values
        .iter()
        .zip(beside)
        .map(|(value, other)| value / other)
        .collect();
    median(&ratios)
}

/// The 99th percentile over the median.
#[must_use]
pub fn p99_over_median(values: &[f64]) -> Option<f64> {
    Some(percentile(values, 99)? / median(values)?)
}

fn sorted(values: &[f64]) -> Vec<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    sorted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_middle_or_between_the_middles() {
        assert_eq!(median(&[]), None);
        assert_eq!(median(&[7.0]), Some(7.0));
        assert_eq!(median(&[9.0, 1.0, 5.0]), Some(5.0));
        assert_eq!(median(&[9.0, 1.0, 5.0, 2.0]), Some(3.5));
    }

    #[test]
    fn percentiles_are_nearest_ranks() {
        let values: Vec<_> = (1..=200).rev().map(f64::from).collect();
        assert_eq!(percentile(&values, 99), Some(198.0));
        assert_eq!(percentile(&[4.0], 99), Some(4.0));
        assert_eq!(percentile(&[], 99), None);
        assert_eq!(p99_over_median(&values), Some(198.0 / 100.5));
    }

    #[test]
    fn a_slow_round_leaves_the_ratio_alone() {
        assert_eq!(median_ratio(&[8.0, 2.0, 8.0], &[2.0, 0.5, 2.0]), Some(4.0));
        assert_eq!(median_ratio(&[], &[]), None);
    }
}
