//! Giving out a number for what a patient asks for.

use crate::{
    Origin,
    booking::{Booking, Draft},
    idempotency::IdempotencyKey,
    problem::Problem,
    store::StoreError,
    ticket::Ticket,
};

impl Origin {
    /// Gives out the next number for the draft. A draft repeated under its key gets the ticket that it already has, also
    /// when what it asks for is full or can no longer be booked.
    pub(crate) async fn book(&self, draft: &Draft, key: Option<IdempotencyKey>) -> Result<Ticket, Problem> {
        let (booking, invalid) = match draft.check(&self.clock, self.terms.fee) {
            Ok(booking) => (booking, None),
            // It may have been booked in time: the store knows by its key.
            Err(invalid) if key.is_some() => match draft.read(&self.clock, self.terms.fee) {
                Ok(booking) => (booking, Some(invalid)),
                Err(_) => return Err(Problem::InvalidBooking(invalid)),
            },
            Err(invalid) => return Err(Problem::InvalidBooking(invalid)),
        };
        let booking = Booking {
            idempotency_key: key,
            ..booking
        };
        let booked = self
            .store
            .book(booking, self.terms.capacity, self.clock.now())
            .await;
        match (booked, invalid) {
            (Err(StoreError::Full), Some(invalid)) => Err(Problem::InvalidBooking(invalid)),
            (booked, _) => {
                let ticket = booked?;
                self.live.changed();
                Ok(ticket)
            }
        }
    }
}
