//! One request, from the first try to an answer of the site.

use crate::{
    Challenge, Clearance, GiveUp, Limits, Session,
    refusal::{Refusal, Remedy},
};
use core::time::Duration;
use http::{Response, StatusCode};

/// The least range of what is added to a wait at random.
const LEAST_JITTER: Duration = Duration::from_millis(250);

/// The most that is added to a wait at random.
const MOST_JITTER: Duration = Duration::from_secs(30);

/// What to do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// The answer is the site's own, or a refusal that nothing can be done about: the app's to read.
    Done,
    /// Solve this, send the solution, and tell [`Attempt::redeemed`] the answer.
    Solve(Challenge),
    /// Wait, then send the same again: the request or the solution, whichever was refused.
    Wait(Pause),
    /// Send the request again at once, with the headers that [`Session::headers`] now gives.
    Repeat,
}

/// A wait before the same is sent again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pause {
    /// How long: what the site says and a little at random, so that clients that were refused together do not
    /// come back together.
    pub time: Duration,
    /// Where the client stands, if it stands in line.
    pub place: Option<Place>,
    /// Why, in the site's own word, such as `in_line`.
    pub reason: String,
}

/// Where a client stands in line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The place, from 1; 0 when it is the client's turn.
    pub place: u64,
    /// How long it will take, as the site expects.
    pub expected: Duration,
}

/// One request on its way to an answer. It counts what [`Limits`] bound.
#[derive(Clone, Debug)]
pub struct Attempt {
    limits: Limits,
    rounds: u32,
    waited: Duration,
}

impl Attempt {
    /// A request that has not been sent yet.
    #[must_use]
    pub const fn new(limits: Limits) -> Self {
        Self {
            limits,
            rounds: 0,
            waited: Duration::ZERO,
        }
    }

    /// What follows from the answer to the request. Of a body longer than
    /// [`MAX_REFUSAL_BYTES`](crate::MAX_REFUSAL_BYTES) the beginning will do: no refusal is as long.
    ///
    /// # Errors
    ///
    /// [`GiveUp`]: the refusal leads nowhere, or past the limits.
    pub fn answered<B: AsRef<[u8]>>(
        &mut self,
        session: &mut Session,
        answer: &Response<B>,
    ) -> Result<Step, GiveUp> {
        let Some(Refusal { reason, remedy }) = Refusal::of(answer) else {
            return Ok(Step::Done);
        };
        Ok(self.follow(session, reason, remedy)?.unwrap_or(Step::Done))
    }

    /// What follows from the answer to a solution.
    ///
    /// # Errors
    ///
    /// [`GiveUp`]: it is no clearance, and leads nowhere or past the limits.
    pub fn redeemed<B: AsRef<[u8]>>(
        &mut self,
        session: &mut Session,
        answer: &Response<B>,
    ) -> Result<Step, GiveUp> {
        let no_clearance = |reason: String| GiveUp::NoClearance {
            status: answer.status().as_u16(),
            reason,
        };
        if answer.status() == StatusCode::OK {
            let clearance =
                Clearance::granted(answer.body().as_ref()).ok_or_else(|| no_clearance(String::new()))?;
            session.clear(clearance);
            return Ok(Step::Repeat);
        }
        let Some(Refusal { reason, remedy }) = Refusal::of(answer) else {
            return Err(no_clearance(String::new()));
        };
        self.follow(session, reason.clone(), remedy)?
            .ok_or_else(|| no_clearance(reason))
    }

    /// What to do about a refusal; `None` when nothing can be done.
    fn follow(
        &mut self,
        session: &mut Session,
        reason: String,
        remedy: Remedy,
    ) -> Result<Option<Step>, GiveUp> {
        match remedy {
            Remedy::None => Ok(None),
            Remedy::Solve(question) => {
                if self.rounds >= self.limits.rounds {
                    let rounds = self.rounds;
                    return Err(GiveUp::TooManyRounds { rounds, reason });
                }
                let challenge = Challenge::of(question, reason, self.limits.work)?;
                self.rounds = self.rounds.saturating_add(1);
                Ok(Some(Step::Solve(challenge)))
            }
            Remedy::Wait { retry, line } => {
                let place = line.map(|line| {
                    session.stand_in_line(line.ticket);
                    Place {
                        place: line.place,
                        expected: Duration::from_secs(line.expected_seconds),
                    }
                });
                let time = retry.saturating_add(jitter(retry));
                let waited = self.waited.saturating_add(time);
                if waited > self.limits.wait {
                    return Err(GiveUp::TooLongAWait {
                        next: time,
                        most: self.limits.wait,
                        reason,
                    });
                }
                self.waited = waited;
                Ok(Some(Step::Wait(Pause { time, place, reason })))
            }
        }
    }
}

/// A random time of up to a tenth of `wait`.
fn jitter(wait: Duration) -> Duration {
    let range = wait
        .checked_div(10)
        .unwrap_or_default()
        .clamp(LEAST_JITTER, MOST_JITTER);
    range.mul_f64(fastrand::f64())
}
