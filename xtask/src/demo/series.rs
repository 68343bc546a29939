//! What happened in each second.

use std::sync::{Mutex, MutexGuard, OnceLock};
use tokio::time::Instant;

/// Something for each second since a beginning, kept by many at once.
#[derive(Debug, Default)]
pub(crate) struct BySecond<T> {
    began: OnceLock<Instant>,
    seconds: Mutex<Vec<T>>,
}

impl<T: Default> BySecond<T> {
    /// Begins the first second now, unless it has begun. What comes earlier is counted to the first second.
    pub(crate) fn begin(&self) {
        self.began.get_or_init(Instant::now);
    }

    /// Changes what is kept for the present second.
    pub(crate) fn update(&self, change: impl FnOnce(&mut T)) {
        let nth = self.began.get().map_or(0, |began| began.elapsed().as_secs());
        // More seconds than fit in memory do not pass.
        let nth = usize::try_from(nth).unwrap_or(usize::MAX - 1);
        let mut seconds = self.lock();
        if seconds.len() <= nth {
            seconds.resize_with(nth + 1, T::default);
        }
        if let Some(second) = seconds.get_mut(nth) {
            change(second);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<T>> {
        // A change that panicked half-way spoils a figure of the display, nothing else.
        self.seconds
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl BySecond<u64> {
    /// The counts of the first `seconds` seconds; those in which nothing was counted are zero. What was counted
    /// later is added to the last.
    pub(crate) fn counts(&self, seconds: usize) -> Vec<u64> {
        fold_tail(self.lock().clone(), seconds)
    }
}

/// The work that challenges asked for.
pub(crate) type WorkAsked = BySecond<Vec<u64>>;

impl WorkAsked {
    /// Counts a challenge of this work, in expected hashes.
    pub(crate) fn count(&self, work: u64) {
        self.update(|works| works.push(work));
    }

    /// How many challenges were counted.
    #[cfg(test)]
    pub(crate) fn counted(&self) -> u64 {
        self.lock().iter().map(|works| works.len() as u64).sum()
    }

    /// The median work of the challenges of each of the first `seconds` seconds. A second without any has the value
    /// of the one before it, and the first has `before`.
    pub(crate) fn medians(&self, seconds: usize, before: u64) -> Vec<u64> {
        let works = self.lock();
        let mut last = before;
        (0..seconds)
            .map(|nth| {
                last = works
                    .get(nth)
                    .and_then(|works| median(works.clone()))
                    .unwrap_or(last);
                last
            })
            .collect()
    }
}

/// How many seconds a series needs that is to hold everything until this time has passed.
pub(crate) fn seconds_in(time: std::time::Duration) -> usize {
    let whole = usize::try_from(time.as_secs()).unwrap_or(usize::MAX - 1);
    (whole + usize::from(time.subsec_nanos() > 0)).max(1)
}

fn fold_tail(mut counts: Vec<u64>, seconds: usize) -> Vec<u64> {
    let tail: u64 = counts.iter().skip(seconds).sum();
    counts.resize(seconds, 0);
    if let Some(last) = counts.last_mut() {
        *last += tail;
    }
    counts
}

/// The value in the middle; of an even number of values the lower one.
fn median(mut values: Vec<u64>) -> Option<u64> {
    let middle = values.len().checked_sub(1)? / 2;
    Some(*values.select_nth_unstable(middle).1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[tokio::test(start_paused = true)]
    async fn counts_fall_into_the_second_in_which_they_came() {
        let series = BySecond::<u64>::default();
        series.begin();
        for (pause_ms, times) in [(0, 2), (999, 1), (1, 4), (2_500, 1)] {
            tokio::time::advance(Duration::from_millis(pause_ms)).await;
            for _ in 0..times {
                series.update(|count| *count += 1);
            }
        }
        assert_eq!(series.counts(5), [3, 4, 0, 1, 0]);
        assert_eq!(series.counts(2), [3, 5], "nothing is lost");
    }

    #[tokio::test(start_paused = true)]
    async fn beginning_again_changes_nothing() {
        let series = BySecond::<u64>::default();
        series.begin();
        tokio::time::advance(Duration::from_secs(1)).await;
        series.begin();
        series.update(|count| *count += 1);
        assert_eq!(series.counts(2), [0, 1]);
    }

    #[tokio::test(start_paused = true)]
    async fn the_work_of_a_second_is_its_median_and_carries_over() {
        let series = WorkAsked::default();
        series.begin();
        tokio::time::advance(Duration::from_secs(1)).await;
        for work in [900, 100, 300] {
            series.count(work);
        }
        tokio::time::advance(Duration::from_secs(2)).await;
        series.count(200);
        series.count(400);
        assert_eq!(series.medians(5, 50), [50, 300, 300, 200, 200]);
    }

    #[test]
    fn a_begun_second_counts_as_one() {
        for (ms, seconds) in [(0, 1), (1, 1), (1_000, 1), (1_001, 2), (12_000, 12)] {
            assert_eq!(seconds_in(Duration::from_millis(ms)), seconds);
        }
    }
}
