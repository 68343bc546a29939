//! The botnet's calculating: one thread, at a bounded pace.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use levee_solver::{Puzzle, Search};
use std::time::{Duration, Instant};
use tokio::sync::{mpsc, oneshot};

/// Attempts between two looks at the pace and at whether anybody still waits for the solution.
const CHUNK: u32 = 1 << 14;

/// How far the miner may catch up after the machine gave the thread no time.
const CATCH_UP: Duration = Duration::from_millis(50);

/// A thread that solves one challenge after the other. It ends when this is dropped.
pub(super) struct Miner(mpsc::Sender<Job>);

struct Job {
    token: Vec<u8>,
    solution: oneshot::Sender<Vec<u8>>,
}

impl Miner {
    /// Starts the thread, which computes so many hashes a second at most.
    pub(super) fn start(hashes_per_second: u64) -> Self {
        let (jobs, mut queue) = mpsc::channel::<Job>(1);
        tokio::task::spawn_blocking(move || {
            let mut pace = Pace::of(hashes_per_second, Instant::now());
            while let Some(job) = queue.blocking_recv() {
                if let Some(solution) = solve(&job, &mut pace) {
                    // Whoever asked may have gone; the next job is what counts.
                    let _gone = job.solution.send(solution);
                }
            }
        });
        Self(jobs)
    }

    /// The solution of a challenge, as the redeem endpoint takes it; `None` when the token is no challenge. Dropping the
    /// future ends the work on it.
    pub(super) async fn solve(&self, token: &str) -> Option<String> {
        let token = BASE64_URL_SAFE_NO_PAD.decode(token).ok()?;
        let (solution, solved) = oneshot::channel();
        self.0.send(Job { token, solution }).await.ok()?;
        Some(BASE64_URL_SAFE_NO_PAD.encode(solved.await.ok()?))
    }
}

fn solve(job: &Job, pace: &mut Pace) -> Option<Vec<u8>> {
    let puzzle = Puzzle::parse(&job.token).ok()?;
    let mut solution = job.token.clone();
    for index in 0..puzzle.count() {
        let mut search = Search::new(&puzzle, index);
        let mut tried: u64 = 0;
        let number = loop {
            if job.solution.is_closed() {
                return None;
            }
            let began = Instant::now();
            let found = search.run(CHUNK);
            // A search begins at zero, so the number that it finds says how many it tried.
            let tried_now = found.map_or(u64::from(CHUNK), |number| number.saturating_sub(tried) + 1);
            tried += tried_now;
            let pause = pace.pause_after(tried_now, began);
            std::thread::sleep(pause.saturating_sub(began.elapsed()));
            if let Some(number) = found {
                break number;
            }
        };
        solution.extend(number.to_be_bytes());
    }
    Some(solution)
}

/// A pace in hashes a second.
#[derive(Debug)]
struct Pace {
    per_second: u64,
    paid_until: Instant,
}

impl Pace {
    /// A pace that begins at `now`. Zero counts as one a second.
    fn of(per_second: u64, now: Instant) -> Self {
        Self {
            per_second: per_second.max(1),
            paid_until: now,
        }
    }

    /// How long after `began` the next hashes are due, when so many were begun then.
    fn pause_after(&mut self, hashes: u64, began: Instant) -> Duration {
        let earliest = began.checked_sub(CATCH_UP).unwrap_or(began);
        let takes = Duration::from_secs_f64(hashes as f64 / self.per_second as f64);
        self.paid_until = self.paid_until.max(earliest) + takes;
        self.paid_until.saturating_duration_since(began)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pace_is_held_over_many_small_pieces() {
        let mut now = Instant::now();
        let began = now;
        let mut pace = Pace::of(3_000_000, began);
        for hashes in [1, 16_384, 4_096].into_iter().cycle().take(3_000) {
            now += pace.pause_after(hashes, now);
        }
        let seconds = (now - began).as_secs_f64();
        assert!(
            (6.82..6.84).contains(&seconds),
            "{seconds} s for 20,481,000 hashes"
        );
    }

    #[test]
    fn an_idle_time_is_not_made_up_for() {
        let began = Instant::now();
        let mut pace = Pace::of(1_000, began);
        let later = began + Duration::from_secs(60);
        let pause = pace.pause_after(1_000, later);
        assert!((Duration::from_millis(949)..=Duration::from_millis(951)).contains(&pause));
    }

    #[tokio::test]
    async fn what_is_no_challenge_is_not_solved_and_the_next_one_is() {
        let miner = Miner::start(10_000_000);
        assert_eq!(miner.solve("AQEB").await, None);
        assert_eq!(miner.solve("not base64!").await, None);
        let token = crate::demo::stand_in::fresh_token();
        let solution = miner.solve(&token).await.unwrap();
        let solution = BASE64_URL_SAFE_NO_PAD.decode(solution).unwrap();
        let (token, numbers) = solution.split_at(levee_core::challenge::LENGTH);
        assert_eq!(
            levee_core::challenge::Challenge::puzzle_for_client(token)
                .unwrap()
                .verify(numbers),
            Ok(())
        );
    }
}
