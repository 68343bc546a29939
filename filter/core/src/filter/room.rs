//! Whether the origin has room for a client with a clearance, and the line for those whom it has none for.
//!
//! Whoever is let in has a visit: its further requests do not stand in line again. The last quarter of the origin's burst is
//! kept for those whose turn it has come to be, so that neither visits nor newcomers take what they have waited for.

use super::{Exchange, Outcome, charges::Charge, cookies};
use crate::{
    capacity::{Capacity, Health},
    clearance::Clearance,
    ledger::{Change, Register, Space},
    line::{self, Line, Ticket},
    quota::Quota,
    response::Waiting,
    token,
    verdict::Reason,
};

/// After so many seconds those ask again whose turn it is and for whom there is no room at this moment.
const BUSY_RETRY_SECONDS: u64 = 1;

impl<'f> Exchange<'f, '_, '_> {
    /// What the origin carries at present, if that is bounded.
    fn capacity(&mut self) -> Option<(&'f Capacity, Quota)> {
        let capacity = self.filter.policy.capacity.as_ref()?;
        let health = Health(self.ports.ledger.read(Register::Health, self.ports.now));
        Some((capacity, capacity.at(health)))
    }

    /// Changes the line for all nodes; `None` when it could not be done.
    fn change_line(&mut self, change: &Change) -> Option<Line> {
        let words = self.ports.ledger.change(change, self.ports.now)?;
        Some(words.into())
    }

    /// Whether there is a line, behind which everybody else has to stand.
    pub(super) fn is_anybody_waiting(&mut self) -> bool {
        let Some((capacity, quota)) = self.capacity() else {
            return false;
        };
        let now = self.ports.now;
        let line: Line = self.ports.ledger.read(Register::Line, now).into();
        if line.length() == 0 || !line.is_forsaken(now) {
            return line.length() > 0;
        }
        // Those who have left it all call nobody any more, and must not keep others out for ever.
        let fill = self.fill(capacity, &quota);
        let per_second = quota.per_second();
        self.change_line(&Change::Call { per_second, fill })
            .is_none_or(|line| line.length() > 0)
    }

    /// How full the origin's budget is, in thousandths.
    fn fill(&mut self, capacity: &Capacity, quota: &Quota) -> u64 {
        let key = self.filter.budget_key(&capacity.meter);
        let arrival = self.ports.ledger.recent_arrival(key, self.ports.now);
        quota.fill_permille(arrival, self.ports.now)
    }

    /// What the origin's room costs somebody who has not waited for it.
    pub(super) fn newcomer_charge(&mut self) -> Option<Charge<'f>> {
        let (capacity, quota) = self.capacity()?;
        Some(Charge {
            meter: &capacity.meter,
            key: self.filter.budget_key(&capacity.meter),
            quota: unreserved(&quota),
            denied: Reason::LaneClosed,
            is_own: false,
        })
    }

    /// Takes what a client with this clearance needs of the origin's room. `None` when there is room; else how it waits.
    pub(super) fn wait_for_capacity(&mut self, clearance: &Clearance) -> Option<Outcome<'f>> {
        let (capacity, quota) = self.capacity()?;
        let visit = self.key(Space::Clearance, &capacity.visit, &clearance.id);
        let now = self.ports.now;
        let is_visiting = self
            .ports
            .ledger
            .check(visit, &capacity.visit.quota, now)
            .is_some();
        if is_visiting {
            let is_in =
                !self.asks_too_soon(capacity, clearance) && self.take_room(capacity, &unreserved(&quota));
            return if is_in {
                None
            } else {
                Some(self.busy(capacity, clearance, String::new()))
            };
        }
        let ticket = self.presented_ticket(clearance);
        if ticket.is_none() && !self.is_anybody_waiting() && self.take_room(capacity, &unreserved(&quota)) {
            self.ports.ledger.take(visit, 1, &capacity.visit.quota, now);
            return None;
        }
        if self.rule.is_observed {
            let line: Line = self.ports.ledger.read(Register::Line, now).into();
            let place = line.place(line.last_drawn().saturating_add(1), quota.per_second());
            return Some(in_line(String::new(), &place));
        }
        self.stand_in_line(capacity, &quota, clearance, ticket)
    }

    /// With the ticket, or with one that is drawn now.
    fn stand_in_line(
        &mut self,
        capacity: &'f Capacity,
        quota: &Quota,
        clearance: &Clearance,
        ticket: Option<Presented>,
    ) -> Option<Outcome<'f>> {
        let now = self.ports.now;
        let fill = self.fill(capacity, quota);
        // Who throws tickets away does not lengthen the line with each: after a few it gets the number of the last in line.
        let may_draw = ticket.is_none() && {
            let tickets = self.key(Space::Clearance, &capacity.tickets, &clearance.id);
            let quota = &capacity.tickets.quota;
            self.ports.ledger.take(tickets, 1, quota, now).is_granted()
        };
        let per_second = quota.per_second();
        let change = if may_draw {
            Change::Draw { per_second, fill }
        } else {
            Change::Call { per_second, fill }
        };
        let Some(line) = self.change_line(&change) else {
            // No number has been drawn, and none is given out.
            return Some(self.busy(capacity, clearance, String::new()));
        };
        let is_new = ticket.is_none();
        let Presented { ticket, text } = ticket.unwrap_or(Presented {
            ticket: Ticket {
                number: line.last_drawn(),
                issued_at: now.as_seconds(),
                clearance: clearance.id,
            },
            text: None,
        });
        let signing = self.filter.policy.keys.signing();
        let text = text.unwrap_or_else(|| token::encode(&ticket.seal(signing)));
        if is_new || !line.has_called(&ticket) {
            return Some(in_line(text, &line.place(ticket.number, per_second)));
        }
        if self.asks_too_soon(capacity, clearance) {
            return Some(self.busy(capacity, clearance, text));
        }
        if self.go_in(capacity, quota, &ticket) {
            return None;
        }
        self.change_line(&Change::TurnAway);
        Some(self.busy(capacity, clearance, text))
    }

    /// Whether a client that found no room has come back before it was told to.
    fn asks_too_soon(&mut self, capacity: &Capacity, clearance: &Clearance) -> bool {
        let key = self.key(Space::Clearance, &capacity.asking, &clearance.id);
        let quota = &capacity.asking.quota;
        self.ports.ledger.check(key, quota, self.ports.now).is_some()
    }

    /// It is the client's turn, and there is no room at this moment.
    fn busy(&mut self, capacity: &Capacity, clearance: &Clearance, ticket: String) -> Outcome<'f> {
        let key = self.key(Space::Clearance, &capacity.asking, &clearance.id);
        let quota = &capacity.asking.quota;
        // Denied where it has come back too soon: it is not put off for longer by that.
        self.ports.ledger.take(key, 1, quota, self.ports.now);
        Outcome::Wait {
            reason: Reason::CapacitySpent,
            waiting: Waiting {
                ticket,
                place: 0,
                expected_seconds: BUSY_RETRY_SECONDS,
                retry_seconds: BUSY_RETRY_SECONDS,
            },
        }
    }

    /// Lets in the holder of a ticket that has been called, if there is room.
    fn go_in(&mut self, capacity: &'f Capacity, quota: &Quota, ticket: &Ticket) -> bool {
        if !self.take_room(capacity, quota) {
            return false;
        }
        let now = self.ports.now;
        for (meter, identity) in [
            (&capacity.visit, &ticket.clearance[..]),
            (&capacity.turn, &ticket.identity()[..]),
        ] {
            let key = self.key(Space::Clearance, meter, identity);
            self.ports.ledger.take(key, 1, &meter.quota, now);
        }
        self.change_line(&Change::LetIn);
        true
    }

    fn take_room(&mut self, capacity: &Capacity, quota: &Quota) -> bool {
        let key = self.filter.budget_key(&capacity.meter);
        self.ports.ledger.take(key, 1, quota, self.ports.now).is_granted()
    }

    /// The ticket that came with the request, if it belongs to this clearance and was not used before: the header of apps
    /// before the cookies of browsers.
    fn presented_ticket(&mut self, clearance: &Clearance) -> Option<Presented> {
        let (filter, now) = (self.filter, self.ports.now);
        let keys = &filter.policy.keys;
        let presented = self
            .presented(self.request.ticket, cookies::LINE)
            .filter_map(|text| {
                let token = token::decode(text, line::TICKET_LENGTH).ok()?;
                let ticket = Ticket::open(&token, keys, now.as_seconds()).ok()?;
                let is_current = token::key_id(&token) == Some(keys.signing().id());
                let text = core::str::from_utf8(text).ok().filter(|_| is_current);
                Some(Presented {
                    ticket,
                    text: text.map(str::to_owned),
                })
            })
            .find(|presented| presented.ticket.clearance == clearance.id)?;
        let turn = &filter.policy.capacity.as_ref()?.turn;
        let key = self.key(Space::Clearance, turn, &presented.ticket.identity());
        let is_used = self.ports.ledger.check(key, &turn.quota, now).is_some();
        (!is_used).then_some(presented)
    }

    /// The cookie that keeps the place, as long as a clearance can last.
    pub(super) fn ticket_cookie(&self, waiting: &Waiting) -> Option<String> {
        if waiting.ticket.is_empty() {
            return None;
        }
        let lifetime = self.filter.policy.clearance_lifetime;
        Some(self.set_cookie(cookies::LINE, &waiting.ticket, lifetime))
    }
}

/// A ticket that came with a request.
struct Presented {
    ticket: Ticket,
    /// Its text, where it is what would be made of it now: signing it once more would change nothing.
    text: Option<String>,
}

/// The room for those who have not been called.
fn unreserved(quota: &Quota) -> Quota {
    quota.leaving(quota.burst() / 4)
}

fn in_line<'f>(ticket: String, place: &line::Place) -> Outcome<'f> {
    Outcome::Wait {
        reason: Reason::InLine,
        waiting: Waiting {
            ticket,
            place: place.ahead.max(1),
            expected_seconds: place.expected_seconds,
            retry_seconds: place.retry_seconds,
        },
    }
}
