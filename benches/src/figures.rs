//! What one subject costs.

use serde::Serialize;

use crate::{
    statistics::{median, percentile},
    subject::Subject,
};

/// One burst beside its neighbours: microseconds of processor time for each request.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Burst {
    /// Of the subject.
    pub micros: f64,
    /// Of the reference just before and just after, on average.
    pub reference: f64,
}

/// What one subject costs. The JSON form is read by machines: fields may be added, not renamed.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Figures {
    /// The subject.
    pub name: String,
    /// What it is, for people.
    pub title: String,
    /// The name of the subject that it is told against; `None` for one that is told against nothing.
    pub reference: Option<String>,
    /// Microseconds of processor time for each request, the median of the bursts.
    pub us: f64,
    /// The same above the reference, the median of the differences between neighbours.
    pub added_us: f64,
    /// A quarter of the differences are smaller.
    pub added_us_low: f64,
    /// A quarter of the differences are larger.
    pub added_us_high: f64,
    /// The reference's time over the subject's, the median of the quotients of neighbours: what part of the reference's rate a
    /// saturated worker reaches.
    pub ratio: f64,
    /// Bursts that the medians are of.
    pub bursts: usize,
}

impl Figures {
    /// Of a subject with so many `costs` (microseconds), of which some were compared with the reference.
    #[must_use]
    pub fn of(subject: &Subject, costs: &[f64], compared: &[Burst]) -> Self {
        let differences: Vec<f64> = compared
            .iter()
            .map(|burst| burst.micros - burst.reference)
            .collect();
        let quotients: Vec<f64> = compared
            .iter()
            .map(|burst| burst.reference / burst.micros)
            .collect();
        Self {
            name: subject.name.to_owned(),
            title: subject.title.clone(),
            reference: subject.reference.map(str::to_owned),
            us: median(costs).unwrap_or_default(),
            added_us: median(&differences).unwrap_or_default(),
            added_us_low: percentile(&differences, 25).unwrap_or_default(),
            added_us_high: percentile(&differences, 75).unwrap_or_default(),
            ratio: median(&quotients).unwrap_or(1.0),
            bursts: costs.len(),
        }
    }
}
