//! The two halves of an examination day.

use jiff::civil::Time;
use serde::{Serialize, Serializer};
use utoipa::ToSchema;

use crate::language::Language;

/// A half of the day with queues of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, ToSchema)]
#[schema(rename_all = "kebab-case")]
pub enum Session {
    /// Before noon.
    Morning,
    /// After noon.
    Afternoon,
}

impl Session {
    /// Both, the earlier first.
    pub const ALL: [Self; 2] = [Self::Morning, Self::Afternoon];

    /// The stable name in forms, in the API and in the database.
    #[must_use]
    pub fn slug(self) -> &'static str {
        match self {
            Self::Morning => "morning",
            Self::Afternoon => "afternoon",
        }
    }

    /// The session with this slug, if there is one. Slugs are compared exactly.
    #[must_use]
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|session| session.slug() == slug)
    }

    /// The name that a patient reads.
    #[must_use]
    pub fn name(self, language: Language) -> &'static str {
        match (self, language) {
            (Self::Morning, Language::Vietnamese) => "Buổi sáng",
            (Self::Morning, Language::English) => "Morning",
            (Self::Afternoon, Language::Vietnamese) => "Buổi chiều",
            (Self::Afternoon, Language::English) => "Afternoon",
        }
    }

    /// When the first patient is called, at the hospital.
    #[must_use]
    pub fn opens(self) -> Time {
        match self {
            Self::Morning => Time::constant(7, 0, 0, 0),
            Self::Afternoon => Time::constant(13, 0, 0, 0),
        }
    }

    /// When the session ends, and until when it can be booked.
    #[must_use]
    pub fn closes(self) -> Time {
        match self {
            Self::Morning => Time::constant(11, 30, 0, 0),
            Self::Afternoon => Time::constant(16, 30, 0, 0),
        }
    }
}

/// Written as its slug.
impl Serialize for Session {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.slug())
    }
}
