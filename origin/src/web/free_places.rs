//! Which sessions of a department have places.

use jiff::civil::Date;

use crate::{
    Origin, department::Department, offer::Offer, problem::Problem, queue::Queue, queue::Standing,
    session::Session,
};

/// How many other sessions are offered to somebody whose session is full.
const ALTERNATIVES: usize = 4;

/// The places of a department on the days that can be booked.
pub(super) struct FreePlaces {
    pub(super) department: Department,
    pub(super) days: Vec<DayPlaces>,
}

/// The places of one day.
pub(super) struct DayPlaces {
    pub(super) day: Date,
    /// How many are left in each of [`Session::ALL`]; `None` for a session that is over.
    pub(super) left: [Option<u32>; Session::ALL.len()],
}

/// A session with free places.
#[derive(Clone, Copy)]
pub(super) struct FreeSession {
    pub(super) day: Date,
    pub(super) session: Session,
    pub(super) left: u32,
}

impl FreePlaces {
    /// Asks the database.
    pub(super) async fn of(origin: &Origin, department: Department) -> Result<Self, Problem> {
        let offer = Offer::at(&origin.clock);
        let (Some(first), Some(last)) = (offer.days().first(), offer.days().last()) else {
            return Ok(Self {
                department,
                days: Vec::new(),
            });
        };
        let standings = origin.store.standings(first.day, last.day).await?;
        let left = |queue: Queue| {
            standings
                .iter()
                .find(|standing| standing.queue == queue)
                .copied()
                .unwrap_or_else(|| Standing::empty(queue))
                .places_left(origin.terms.capacity)
        };
        let days = offer.days().iter().map(|offered| DayPlaces {
            day: offered.day,
            left: Session::ALL.map(|session| {
                offered.sessions.contains(&session).then(|| {
                    left(Queue {
                        day: offered.day,
                        session,
                        department,
                    })
                })
            }),
        });
        Ok(Self {
            department,
            days: days.collect(),
        })
    }

    /// Whether a day has no place in any session.
    pub(super) fn is_full(&self, day: Date) -> bool {
        self.days
            .iter()
            .any(|places| places.day == day && places.left.iter().all(|left| left.unwrap_or_default() == 0))
    }

    /// The sessions with places that are nearest to a day, in the order of time.
    pub(super) fn nearest(&self, wanted: Date) -> Vec<FreeSession> {
        let mut free: Vec<_> = self.free().collect();
        free.sort_by_key(|free| wanted.duration_until(free.day).abs());
        free.truncate(ALTERNATIVES);
        free.sort_by_key(|free| (free.day, free.session));
        free
    }

    fn free(&self) -> impl Iterator<Item = FreeSession> {
        self.days.iter().flat_map(|places| {
            let day = places.day;
            Session::ALL
                .into_iter()
                .zip(places.left)
                .filter_map(move |(session, left)| {
                    let left = left.filter(|left| *left > 0)?;
                    Some(FreeSession { day, session, left })
                })
        })
    }
}
