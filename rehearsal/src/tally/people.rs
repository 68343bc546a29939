//! What people went through.

use crate::client::{Account, Order, Wait};
use levee_report::Spread;
use std::time::Duration;

/// What people went through who have gone.
#[derive(Clone, Debug, Default)]
pub(super) struct People {
    challenged: u64,
    in_line: u64,
    /// Seconds, of those who were served.
    delays: Vec<f64>,
    /// Seconds, of those who were challenged.
    works: Vec<f64>,
    waits: Vec<Wait>,
}

impl People {
    pub(super) fn left(&mut self, account: &Account) {
        self.in_line += u64::from(account.stood_in_line);
        self.waits.extend(account.waits.iter().cloned());
        if account.served {
            self.delays.push(account.delay.as_secs_f64());
        }
        if account.challenges > 0 {
            self.challenged += 1;
            self.works.push(account.work.as_secs_f64());
        }
    }

    pub(super) fn add(&mut self, other: Self) {
        self.challenged += other.challenged;
        self.in_line += other.in_line;
        self.delays.extend(other.delays);
        self.works.extend(other.works);
        self.waits.extend(other.waits);
    }

    pub(super) const fn challenged(&self) -> u64 {
        self.challenged
    }

    pub(super) const fn in_line(&self) -> u64 {
        self.in_line
    }

    /// Seconds of the longest wait that had an end.
    pub(super) fn longest_wait(&self) -> f64 {
        let longest = self.waits.iter().filter_map(Wait::length).max();
        longest.unwrap_or_default().as_secs_f64()
    }

    /// How the line was kept where nodes lease room for so long.
    pub(super) fn order(&self, leased: Duration) -> Order {
        Order::of(self.waits.iter(), leased)
    }

    pub(super) fn delay(&self) -> Spread {
        spread(self.delays.clone())
    }

    pub(super) fn work(&self) -> Spread {
        spread(self.works.clone())
    }
}

fn spread(mut seconds: Vec<f64>) -> Spread {
    seconds.sort_by(f64::total_cmp);
    Spread {
        p50: percentile(&seconds, 50),
        p95: percentile(&seconds, 95),
        most: seconds.last().copied().unwrap_or_default(),
    }
}

/// By nearest rank; 0 of nothing.
fn percentile(sorted: &[f64], percent: usize) -> f64 {
    let rank = (sorted.len() * percent).div_ceil(100);
    let index = rank.saturating_sub(1);
    sorted.get(index).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_nearest_ranks() {
        let seconds: Vec<f64> = (1..=200).map(f64::from).collect();
        assert_eq!(
            (percentile(&seconds, 50), percentile(&seconds, 95)),
            (100.0, 190.0)
        );
        assert_eq!(
            spread(vec![3.0]),
            Spread {
                p50: 3.0,
                p95: 3.0,
                most: 3.0
            }
        );
        assert_eq!(spread(Vec::new()), Spread::default());
    }
}
