//! What `levee rehearse` finds of a phase, as far as the report is made of it.

use super::verdict::ByVerdict;
use serde::Deserialize;

/// The findings of a rehearsal. What each figure means stands in `levee-report`.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Findings {
    pub(crate) wall_seconds: f64,
    pub(crate) patients: u64,
    pub(crate) payments: u64,
    pub(crate) payments_served: u64,
    pub(crate) origin_failed: u64,
    pub(crate) flood_requests: u64,
    pub(crate) flood_by_verdict: ByVerdict,
    pub(crate) free_lane_allowance: u64,
    pub(crate) flood_allowance: u64,
    pub(crate) flood_clearances: u64,
    pub(crate) challenges_to_people: u64,
    pub(crate) people_in_line: u64,
    pub(crate) longest_wait_seconds: f64,
    pub(crate) people_passed_over: u64,
    pub(crate) longest_overtaking_seconds: f64,
    pub(crate) attacks: Vec<Attack>,
    pub(crate) series: Series,
}

/// One of the floods.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Attack {
    pub(crate) addresses: u64,
}

/// What happened in each second.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Series {
    pub(crate) flood: Vec<u64>,
    pub(crate) work_asked: Vec<Option<u64>>,
}

impl Findings {
    /// How many seconds the phase has, the last of which may not be a whole one.
    pub(crate) fn seconds(&self) -> usize {
        // A float is cast to the nearest number that there is.
        (self.wall_seconds.ceil() as usize).max(1)
    }

    /// Requests of the attack in each second.
    pub(crate) fn flood_by_second(&self) -> Vec<u64> {
        let mut flood = self.series.flood.clone();
        flood.resize(self.seconds(), 0);
        flood
    }

    /// The median work of the challenges of each second. A second without any has the value of the one before it, and the
    /// first has `before`.
    pub(crate) fn work_by_second(&self, before: u64) -> Vec<u64> {
        let known = self.series.work_asked.iter().copied();
        known
            .chain(std::iter::repeat(None))
            .take(self.seconds())
            .scan(before, |last, work| {
                *last = work.unwrap_or(*last);
                Some(*last)
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn series_have_a_value_for_each_second() {
        let findings = Findings {
            wall_seconds: 3.2,
            series: Series {
                flood: vec![5, 6],
                work_asked: vec![None, Some(9), None, Some(7), Some(8)],
            },
            ..Findings::default()
        };
        assert_eq!(findings.flood_by_second(), [5, 6, 0, 0]);
        assert_eq!(findings.work_by_second(4), [4, 9, 9, 7]);
    }
}
