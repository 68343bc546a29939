//! What a patient asks for, and what it takes to be a booking.

use jiff::civil::Date;

use crate::{
    clock::Clock, department::Department, idempotency::IdempotencyKey, money::Dong, offer::Offer,
    queue::Queue, session::Session,
};

/// The first year of birth that is believed.
const EARLIEST_BIRTH_YEAR: i16 = 1900;

/// The country's code (ITU-T E.164).
const VIETNAM: &str = "84";

/// A request as it came in, nothing of it checked.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    /// Slug of a department.
    pub department: String,
    /// Day of the examination, `YYYY-MM-DD`.
    pub day: String,
    /// Slug of a session, empty for the earliest of the day that has a place.
    pub session: String,
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
    /// The session that was asked for, if it mattered.
    pub wish: Option<Session>,
    /// Which sessions would do, the preferred first; none when it cannot be booked any more.
    pub sessions: Vec<Session>,
    /// What the examination costs.
    pub fee: Dong,
    /// Where the hospital can call the patient.
    pub phone: Option<Phone>,
    /// The patient's year of birth, for departments that see the very young or very old first.
    pub birth_year: Option<i16>,
    /// Names this booking, so that sending it twice books once.
    pub idempotency_key: Option<IdempotencyKey>,
}

impl Booking {
    /// The queues in which it can have a number, the preferred first.
    pub fn queues(&self) -> impl Iterator<Item = Queue> {
        self.sessions.iter().map(|session| Queue {
            day: self.day,
            session: *session,
            department: self.department,
        })
    }
}

/// A part of a booking or of a search for one, in the order of the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Field {
    /// The department.
    Department,
    /// The day.
    Day,
    /// The session of the day.
    Session,
    /// The telephone number.
    Phone,
    /// The year of birth.
    BirthYear,
    /// The first half of a ticket's code.
    ShortCode,
}

impl Field {
    /// The field's name in forms and in the API.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Department => "department",
            Self::Day => "day",
            Self::Session => "session",
            Self::Phone => "phone",
            Self::BirthYear => "birth_year",
            Self::ShortCode => "short_code",
        }
    }
}

/// The draft cannot be booked; these fields have to be put right, in the order of the form.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{} field(s) of the booking have to be put right", .0.len())]
pub struct InvalidDraft(pub Vec<Field>);

impl Draft {
    /// Checks every field against what can be booked now, for an examination that costs `fee`.
    ///
    /// # Errors
    /// All fields that are wrong, not only the first.
    pub fn check(&self, clock: &Clock, fee: Dong) -> Result<Booking, InvalidDraft> {
        let mut wrong = match self.read(clock, fee) {
            Ok(booking) if !booking.sessions.is_empty() => return Ok(booking),
            Ok(_) => Vec::new(),
            Err(InvalidDraft(wrong)) => wrong,
        };
        wrong.extend(self.not_offered(&Offer::at(clock)));
        wrong.sort_unstable();
        Err(InvalidDraft(wrong))
    }

    /// Reads every field, for an examination that costs `fee`. When neither the day nor its session can be booked any
    /// more, the booking has no sessions: it is of use to recognise one that was made in time.
    ///
    /// # Errors
    /// All fields that cannot be read, not only the first.
    pub fn read(&self, clock: &Clock, fee: Dong) -> Result<Booking, InvalidDraft> {
        let department = Department::from_slug(&self.department).ok_or(Field::Department);
        let day = parse_day(&self.day).ok_or(Field::Day);
        let wish = match self.session.as_str() {
            "" => Ok(None),
            slug => Session::from_slug(slug).map(Some).ok_or(Field::Session),
        };
        let phone = optional(&self.phone, Phone::parse).ok_or(Field::Phone);
        let birth_year =
            optional(&self.birth_year, |text| parse_birth_year(text, clock.today())).ok_or(Field::BirthYear);
        match (department, day, wish, phone, birth_year) {
            (Ok(department), Ok(day), Ok(wish), Ok(phone), Ok(birth_year)) => Ok(Booking {
                department,
                day,
                wish,
                sessions: Offer::at(clock)
                    .sessions_of(day)
                    .iter()
                    .copied()
                    .filter(|session| wish.is_none_or(|wish| wish == *session))
                    .collect(),
                fee,
                phone,
                birth_year,
                idempotency_key: None,
            }),
            (department, day, wish, phone, birth_year) => Err(InvalidDraft(
                [
                    department.err(),
                    day.err(),
                    wish.err(),
                    phone.err(),
                    birth_year.err(),
                ]
                .into_iter()
                .flatten()
                .collect(),
            )),
        }
    }

    /// The day or the session, where it can be read but is not among what is offered.
    fn not_offered(&self, offer: &Offer) -> Option<Field> {
        let sessions = offer.sessions_of(parse_day(&self.day)?);
        if sessions.is_empty() {
            return Some(Field::Day);
        }
        let session = Session::from_slug(&self.session)?;
        (!sessions.contains(&session)).then_some(Field::Session)
    }
}

/// Reads a day as `YYYY-MM-DD`, and in no other of the forms of ISO 8601.
pub(crate) fn parse_day(text: &str) -> Option<Date> {
    text.parse().ok().filter(|day: &Date| day.to_string() == text)
}

/// A telephone number: 9 to 15 digits, with a `+` before an international one. Vietnamese numbers are kept as they are
/// dialled in the country: `+84 912 345 678` is `0912345678`.
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
        if !Self::DIGITS.contains(&digits.len()) {
            return None;
        }
        let national = digits.strip_prefix(VIETNAM).filter(|_| plus == "+");
        Some(Self(national.map_or_else(
            || format!("{plus}{digits}"),
            |national| format!("0{national}"),
        )))
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
