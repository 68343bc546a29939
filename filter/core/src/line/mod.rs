//! The waiting line, first come, first served, without a list of who stands in it.
//!
//! Whoever must wait draws a number, which a signed [`Ticket`] carries. The line itself is two counts that all nodes
//! share: numbers drawn, and numbers called. Numbers are called at the rate at which the origin has room, measured by how
//! full its budget is: when it is half full, at the configured rate; the fuller, the faster; when it is empty, not at all.
//! So those who have given up free their place by themselves (nobody comes for their number, the budget fills, and the
//! next are called sooner), and those who have been let in go before those who have not.
//!
//! A number that has been called stays called: whoever was asleep when it was, is let in on waking.

mod ticket;

pub use ticket::{LENGTH as TICKET_LENGTH, Ticket};

use crate::{
    ledger::Words,
    time::{NANOS_PER_SECOND, Timestamp},
};

/// Bits behind the point in the count of numbers called.
const FRACTION_BITS: u32 = 16;

/// The longest time that numbers are called for at once: when nobody has asked for longer, nobody was there to come.
const LONGEST_STEP: u64 = LONGEST_RETRY_SECONDS.saturating_mul(NANOS_PER_SECOND);

/// Over this time the pace is averaged that waiting times are told by.
const PACE_NANOS: u64 = 5 * NANOS_PER_SECOND;

/// Over this time is counted how many of those who were called came.
const EPOCH_NANOS: u64 = 10 * NANOS_PER_SECOND;

/// How long nobody is called after somebody was turned away: a little more than it takes them to ask again.
const HOLD_NANOS: u64 = 1_200_000_000;

/// At most so many numbers are called for each one that comes.
const MOST_CALLED_FOR_ONE: u64 = 8;

/// The longest that a client is told to wait before it asks again, in seconds.
const LONGEST_RETRY_SECONDS: u64 = 10;

/// The line, in the words that all nodes share.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Line {
    /// Numbers drawn since the line began.
    drawn: u64,
    /// Numbers called, in fixed point.
    called: u64,
    /// When numbers were last called, in nanoseconds since the Unix epoch.
    at: u64,
    /// When the line began, in seconds since the Unix epoch.
    began_at: u64,
    /// Numbers called in a second, in fixed point, on average of late.
    pace: u64,
    /// When the epoch began, in nanoseconds since the Unix epoch.
    epoch_at: u64,
    /// Numbers called in the epoch, in fixed point.
    epoch_called: u64,
    /// Clients let in by their number in the epoch.
    epoch_came: u64,
    /// How many numbers are called for each one that comes, less one, in fixed point: zero in a line that has just begun.
    spare: u64,
    /// When somebody whose turn it was found no room, in nanoseconds since the Unix epoch.
    turned_away_at: u64,
}

/// Where a client stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// How many numbers are called before this one is, itself included; 0 when it has been.
    pub ahead: u64,
    /// Seconds until it is called, at the present pace; at least 1.
    pub expected_seconds: u64,
    /// Seconds after which to ask again; at least 1.
    pub retry_seconds: u64,
}

impl From<Words> for Line {
    fn from(words: Words) -> Self {
        let [
            drawn,
            called,
            at,
            began_at,
            pace,
            epoch_at,
            epoch_called,
            epoch_came,
            spare,
            turned_away_at,
        ] = words;
        Self {
            drawn,
            called,
            at,
            began_at,
            pace,
            epoch_at,
            epoch_called,
            epoch_came,
            spare,
            turned_away_at,
        }
    }
}

impl From<Line> for Words {
    fn from(line: Line) -> Self {
        [
            line.drawn,
            line.called,
            line.at,
            line.began_at,
            line.pace,
            line.epoch_at,
            line.epoch_called,
            line.epoch_came,
            line.spare,
            line.turned_away_at,
        ]
    }
}

impl Line {
    /// Whether nobody has asked about their place for longer than anybody is told to wait.
    #[must_use]
    pub const fn is_forsaken(&self, now: Timestamp) -> bool {
        now.as_nanos().wrapping_sub(self.at) > LONGEST_STEP
    }

    /// How many numbers have been drawn and not been called.
    #[must_use]
    pub const fn length(&self) -> u64 {
        self.drawn.saturating_sub(self.called_whole())
    }

    /// The number drawn last.
    #[must_use]
    pub const fn last_drawn(&self) -> u64 {
        self.drawn
    }

    /// Draws the next number.
    pub fn draw(&mut self, now: Timestamp) -> u64 {
        if self.length() == 0 {
            if now.as_nanos().saturating_sub(self.at) >= EPOCH_NANOS {
                // Another line: who did not come when the last one called says nothing of those who stand here.
                self.spare = 0;
                self.epoch_called = 0;
                self.epoch_came = 0;
                self.epoch_at = now.as_nanos();
            }
            // Nobody is waiting: time that has passed until now calls nobody.
            self.at = now.as_nanos();
            self.called = self.drawn << FRACTION_BITS;
        }
        if self.began_at == 0 {
            self.began_at = now.as_seconds();
        }
        self.drawn = self.drawn.saturating_add(1);
        self.drawn
    }

    /// Calls numbers for the time since this was last done, when the origin carries `per_second` and its budget is full to
    /// `fill` thousandths.
    pub fn call(&mut self, per_second: u64, fill: u64, now: Timestamp) {
        let elapsed = now.as_nanos().saturating_sub(self.at).min(LONGEST_STEP);
        self.at = now.as_nanos();
        self.turn_epoch(now);
        let fill = if self.is_holding(now) { 0 } else { fill };
        let waiting = (self.drawn << FRACTION_BITS).saturating_sub(self.called);
        // Half full is the rest position: the rate itself.
        let rate = (u128::from(per_second) << FRACTION_BITS)
            .saturating_mul(fill.into())
            .saturating_mul(self.called_for_one().into())
            / 500
            / (1 << FRACTION_BITS);
        let step = rate
            .saturating_mul(elapsed.into())
            .div_euclid(NANOS_PER_SECOND.into());
        let step = u64::try_from(step).unwrap_or(u64::MAX).min(waiting);
        self.called = self.called.saturating_add(step);
        self.epoch_called = self.epoch_called.saturating_add(step);
        let rate = u64::try_from(rate).unwrap_or(u64::MAX);
        self.pace = averaged(self.pace, rate, elapsed);
    }

    /// Whether the holder of `ticket` may go in.
    #[must_use]
    pub const fn has_called(&self, ticket: &Ticket) -> bool {
        // A ticket of a line that is gone, with the memory of the host that kept it: its holder came before everybody here.
        let is_of_before = ticket.number > self.drawn || ticket.issued_at < self.began_at;
        ticket.number <= self.called_whole() || is_of_before
    }

    /// Notes that somebody whose turn it is found no room: nobody else is called until they have had the time to ask again.
    pub const fn turn_away(&mut self, now: Timestamp) {
        self.turned_away_at = now.as_nanos();
    }

    const fn is_holding(&self, now: Timestamp) -> bool {
        now.as_nanos().wrapping_sub(self.turned_away_at) < HOLD_NANOS
    }

    /// Counts somebody who was let in by their number.
    pub const fn let_in(&mut self) {
        self.epoch_came = self.epoch_came.saturating_add(1);
    }

    /// Where `number` stands, when the origin carries `per_second`.
    #[must_use]
    pub fn place(&self, number: u64, per_second: u64) -> Place {
        let ahead = number.saturating_sub(self.called_whole());
        let seconds = |pace: u64| {
            (u128::from(ahead) << FRACTION_BITS)
                .checked_div(pace.max(1).into())
                .map_or(u64::MAX, |n| u64::try_from(n).unwrap_or(u64::MAX))
        };
        // The pace dwindles while the origin has no room at all, which does not last.
        let pace = self.pace.max(per_second.saturating_mul(1 << FRACTION_BITS) / 8);
        let fastest = per_second.saturating_mul(self.called_for_one()).saturating_mul(2);
        Place {
            ahead,
            // Longer than a day is not worth telling apart.
            expected_seconds: seconds(pace).clamp(1, 86_400),
            // Not later than the number could be called, or somebody behind would be let in before.
            retry_seconds: seconds(fastest).clamp(1, LONGEST_RETRY_SECONDS),
        }
    }

    const fn called_whole(&self) -> u64 {
        self.called >> FRACTION_BITS
    }

    /// How many numbers are called for each one that comes, in fixed point: 1 to [`MOST_CALLED_FOR_ONE`].
    const fn called_for_one(&self) -> u64 {
        self.spare.saturating_add(1 << FRACTION_BITS)
    }

    /// Once in an epoch, sees how many of those who were called have come.
    fn turn_epoch(&mut self, now: Timestamp) {
        let elapsed = now.as_nanos().saturating_sub(self.epoch_at);
        if elapsed < EPOCH_NANOS && self.epoch_at <= now.as_nanos() {
            return;
        }
        let one = 1_u64 << FRACTION_BITS;
        let ratio = if elapsed < EPOCH_NANOS.saturating_mul(3) && self.epoch_called > one.saturating_mul(8) {
            self.epoch_called
                .checked_div(self.epoch_came)
                .unwrap_or(u64::MAX)
                .clamp(one, one.saturating_mul(MOST_CALLED_FOR_ONE))
        } else {
            one
        };
        // Half of what was known before: one bad epoch is no habit.
        let ratio = ratio.midpoint(self.called_for_one());
        self.spare = ratio.saturating_sub(one);
        self.epoch_came = 0;
        self.epoch_called = 0;
        self.epoch_at = now.as_nanos();
    }
}

/// `average` after `value` has held for `elapsed` nanoseconds.
fn averaged(average: u64, value: u64, elapsed: u64) -> u64 {
    if average == 0 {
        return value;
    }
    let weight = u128::from(elapsed.min(PACE_NANOS));
    let rest = u128::from(PACE_NANOS).saturating_sub(weight);
    let sum = u128::from(average)
        .saturating_mul(rest)
        .saturating_add(u128::from(value).saturating_mul(weight));
    u64::try_from(sum.div_euclid(PACE_NANOS.into())).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
