//! What a patient asks for, and what it takes to be a booking.

use jiff::civil::Date;

use crate::{clock::Clock, department::Department, idempotency::IdempotencyKey};

/// The first year of birth that is believed.
const EARLIEST_BIRTH_YEAR: i16 = 1900;

/// A request as it came in, nothing of it checked.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    /// Slug of a department.
    pub department: String,
    /// Day of the examination, `YYYY-MM-DD`.
    pub day: String,
    /// Telephone number, empty for none.
    pub phone: String,
    /// Year of birth, empty for none.
    pub birth_year: String,
}

/// A request for a number in which everything is known to be right.
#[derive(Clone, PartialEq, Eq)]
pub struct Booking {
    /// Whose queue.
    pub department: Department,
    /// Which day's queue.
    pub day: Date,
    /// Where the hospital can call the patient.
    pub phone: Option<Phone>,
    /// The patient's year of birth, for departments that see the very young or very old first.
    pub birth_year: Option<i16>,
    /// Names this booking, so that sending it twice books once.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// A part of a booking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// The department.
    Department,
    /// The day.
    Day,
    /// The telephone number.
    Phone,
    /// The year of birth.
    BirthYear,
}

impl Field {
    /// The field's name in forms and in the API.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Department => "department",
            Self::Day => "day",
            Self::Phone => "phone",
            Self::BirthYear => "birth_year",
        }
    }
}

/// The draft cannot be booked; these fields have to be put right, in the order of the form.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{} field(s) of the booking have to be put right", .0.len())]
pub struct InvalidDraft(pub Vec<Field>);

impl Draft {
    /// Checks every field against what can be booked now.
    ///
    /// # Errors
    /// All fields that are wrong, not only the first.
    pub fn check(&self, clock: &Clock) -> Result<Booking, InvalidDraft> {
        let department = Department::from_slug(&self.department).ok_or(Field::Department);
        let day = clock
            .days_offered()
            .into_iter()
            .find(|day| day.to_string() == self.day)
            .ok_or(Field::Day);
        let phone = optional(&self.phone, Phone::parse).ok_or(Field::Phone);
        let birth_year =
            optional(&self.birth_year, |text| parse_birth_year(text, clock.today())).ok_or(Field::BirthYear);
        match (department, day, phone, birth_year) {
            (Ok(department), Ok(day), Ok(phone), Ok(birth_year)) => Ok(Booking {
                department,
                day,
                phone,
                birth_year,
                idempotency_key: None,
            }),
            (department, day, phone, birth_year) => Err(InvalidDraft(
                [department.err(), day.err(), phone.err(), birth_year.err()]
                    .into_iter()
                    .flatten()
                    .collect(),
            )),
        }
    }
}

/// A telephone number: 9 to 15 digits, with a `+` before an international one.
#[derive(Clone, PartialEq, Eq)]
pub struct Phone(String);

impl Phone {
    /// The digits that every number in use has, in Vietnam and by E.164.
    const DIGITS: std::ops::RangeInclusive<usize> = 9..=15;

    /// Reads a number as people write it, with spaces, dots, hyphens or brackets. `None` when it is not one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (plus, rest) = text.strip_prefix('+').map_or(("", text), |rest| ("+", rest));
        let mut digits = String::new();
        for symbol in rest.chars() {
            match symbol {
                '0'..='9' => digits.push(symbol),
                ' ' | '.' | '-' | '(' | ')' => {}
                _ => return None,
            }
        }
        Self::DIGITS
            .contains(&digits.len())
            .then(|| Self(format!("{plus}{digits}")))
    }

    /// The digits, after a `+` for an international number.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// `Some(None)` for a field left empty, `None` for one that cannot be read.
fn optional<T>(text: &str, parse: impl FnOnce(&str) -> Option<T>) -> Option<Option<T>> {
    match text.trim() {
        "" => Some(None),
        text => parse(text).map(Some),
    }
}

fn parse_birth_year(text: &str, today: Date) -> Option<i16> {
    text.parse()
        .ok()
        .filter(|year| (EARLIEST_BIRTH_YEAR..=today.year()).contains(year))
}
