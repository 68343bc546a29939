//! The numbers that were really given out: what the origin's database says, against what the patients hold.

use super::visit::Booking;
use anyhow::Context as _;
use rusqlite::{Connection, OpenFlags};
use std::{
    collections::{BTreeMap, HashSet},
    path::Path,
};

/// All numbers in the database.
#[derive(Debug, Default)]
pub(crate) struct Census {
    queues: BTreeMap<Queue, Vec<u32>>,
    payments: u64,
}

/// A queue's department, day and session.
type Queue = (String, String, String);

/// What is wrong with the numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Faults {
    /// Numbers that ought to be in the database: gaps in a queue, and tickets that patients hold.
    pub(crate) missing: u64,
    /// Numbers that were given out more often than once.
    pub(crate) double: u64,
}

impl Census {
    /// Reads all numbers from the origin's database.
    ///
    /// # Errors
    ///
    /// When the database cannot be read.
    pub(crate) fn read(database: &Path) -> anyhow::Result<Self> {
        let reading = || format!("reading the numbers from {}", database.display());
        // Not read-only: a database in WAL mode whose last writer was killed is recovered on opening.
        let connection =
            Connection::open_with_flags(database, OpenFlags::SQLITE_OPEN_READ_WRITE).with_context(reading)?;
        let mut statement = connection
            .prepare("SELECT department, day, session, number FROM ticket")
            .with_context(reading)?;
        let rows = statement
            .query_map([], |row| {
                Ok(Booking {
                    department: row.get(0)?,
                    day: row.get(1)?,
                    session: row.get(2)?,
                    number: row.get(3)?,
                })
            })
            .with_context(reading)?;
        let bookings: Vec<_> = rows.collect::<Result<_, _>>().with_context(reading)?;
        let payments: i64 = connection
            .query_row(
                "SELECT count(*) FROM payment WHERE ticket_code IS NOT NULL",
                [],
                |row| row.get(0),
            )
            .with_context(reading)?;
        Ok(Self {
            payments: payments.unsigned_abs(),
            ..bookings.into_iter().collect()
        })
    }

    /// How many numbers were given out.
    pub(crate) fn issued(&self) -> u64 {
        self.queues.values().map(|numbers| numbers.len() as u64).sum()
    }

    /// How many payments were counted for a ticket.
    pub(crate) fn payments(&self) -> u64 {
        self.payments
    }

    /// Compares the queues with 1, 2, 3 and so on, and with what the patients hold.
    pub(crate) fn faults<'b>(&self, held: impl Iterator<Item = &'b Booking>) -> Faults {
        let mut faults = self.faults_of_held(held, &mut HashSet::new());
        for numbers in self.queues.values() {
            let distinct: HashSet<_> = numbers.iter().copied().collect();
            let highest = distinct.iter().copied().max().unwrap_or_default();
            let in_range = distinct.iter().filter(|number| **number > 0).count() as u64;
            faults.missing += u64::from(highest) - in_range;
            faults.double += (numbers.len() - distinct.len()) as u64;
        }
        faults
    }

    /// Compares only what some patients hold: with the queues, and with what is in `seen`, where it is put, too. So the
    /// faults of one phase after the other can be told, each counted to those who came later.
    pub(crate) fn faults_of_held<'b>(
        &self,
        held: impl Iterator<Item = &'b Booking>,
        seen: &mut HashSet<&'b Booking>,
    ) -> Faults {
        let mut faults = Faults::default();
        for booking in held {
            if !seen.insert(booking) {
                faults.double += 1;
            } else if !self.has_given_out(booking) {
                faults.missing += 1;
            }
        }
        faults
    }

    fn has_given_out(&self, booking: &Booking) -> bool {
        // The keys are pairs of owned texts; there are a few dozen queues.
        self.queues
            .iter()
            .filter(|((department, day, session), _)| {
                *department == booking.department && *day == booking.day && *session == booking.session
            })
            .any(|(_, numbers)| numbers.contains(&booking.number))
    }
}

impl FromIterator<Booking> for Census {
    fn from_iter<I: IntoIterator<Item = Booking>>(bookings: I) -> Self {
        let mut census = Self::default();
        for Booking {
            department,
            day,
            session,
            number,
        } in bookings
        {
            let queue = (department, day, session);
            census.queues.entry(queue).or_default().push(number);
        }
        census
    }
}

#[cfg(test)]
impl Census {
    /// The same with so many payments.
    pub(crate) fn with_payments(self, payments: u64) -> Self {
        Self { payments, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn booking(department: &str, number: u32) -> Booking {
        Booking {
            department: department.into(),
            day: "2026-11-22".into(),
            session: "morning".into(),
            number,
        }
    }

    fn census(numbers: &[(&str, u32)]) -> Census {
        numbers
            .iter()
            .map(|(department, number)| booking(department, *number))
            .collect()
    }

    #[test]
    fn consecutive_numbers_have_no_faults() {
        let census = census(&[("a", 2), ("a", 1), ("b", 1), ("a", 3)]);
        let held = [booking("a", 3), booking("b", 1)];
        assert_eq!(census.faults(held.iter()), Faults::default());
        assert_eq!(census.issued(), 4);
    }

    #[test]
    fn gaps_and_repetitions_are_counted_in_each_queue() {
        let census = census(&[("a", 1), ("a", 4), ("b", 1), ("b", 1), ("b", 2)]);
        assert_eq!(
            census.faults([].iter()),
            Faults {
                missing: 2,
                double: 1
            }
        );
    }

    #[test]
    fn a_ticket_that_the_database_does_not_know_is_missing_and_one_held_twice_is_double() {
        let census = census(&[("a", 1)]);
        let held = [booking("a", 1), booking("a", 1), booking("a", 2), booking("c", 1)];
        assert_eq!(
            census.faults(held.iter()),
            Faults {
                missing: 2,
                double: 1
            }
        );
    }

    #[test]
    fn a_number_that_is_held_in_two_phases_is_a_fault_of_the_later() {
        let census = census(&[("a", 1), ("a", 2)]);
        let (earlier, later) = ([booking("a", 1)], [booking("a", 1), booking("a", 3)]);
        let mut seen = HashSet::new();
        assert_eq!(
            census.faults_of_held(earlier.iter(), &mut seen),
            Faults::default()
        );
        assert_eq!(
            census.faults_of_held(later.iter(), &mut seen),
            Faults {
                missing: 1,
                double: 1
            }
        );
    }

    #[test]
    fn numbers_are_read_from_the_database() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("origin.db");
        let database = Connection::open(&path).unwrap();
        database
            .execute_batch(
                "CREATE TABLE ticket (department TEXT, day TEXT, session TEXT, number INTEGER);
                 INSERT INTO ticket VALUES ('a', '2026-11-22', 'morning', 1), ('a', '2026-11-22', 'morning', 3);
                 CREATE TABLE payment (ticket_code TEXT);
                 INSERT INTO payment VALUES ('7K2M'), (NULL);",
            )
            .unwrap();
        let census = Census::read(&path).unwrap();
        assert_eq!((census.issued(), census.payments()), (2, 1));
        assert_eq!(
            census.faults([].iter()),
            Faults {
                missing: 1,
                double: 0
            }
        );
    }

    #[test]
    fn a_database_that_is_not_there_is_named() {
        let error = Census::read(Path::new("/nowhere/origin.db")).unwrap_err();
        assert!(error.to_string().contains("/nowhere/origin.db"), "{error}");
    }
}
