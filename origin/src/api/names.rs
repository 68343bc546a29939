//! Names that people read, and moments on the hospital's clock.

use jiff::civil::Time;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{department::Department, language::Language, session::Session};

/// A name in every language.
#[derive(Serialize, ToSchema)]
pub(super) struct Name {
    /// In Vietnamese.
    #[schema(example = "Tim mạch")]
    vi: &'static str,
    /// In English.
    #[schema(example = "Cardiology")]
    en: &'static str,
}

impl From<Department> for Name {
    fn from(department: Department) -> Self {
        Self {
            vi: department.name(Language::Vietnamese),
            en: department.name(Language::English),
        }
    }
}

impl From<Session> for Name {
    fn from(session: Session) -> Self {
        Self {
            vi: session.name(Language::Vietnamese),
            en: session.name(Language::English),
        }
    }
}

/// Hours and minutes, as a clock at the hospital shows them.
pub(super) fn hours(time: Time) -> String {
    time.strftime("%H:%M").to_string()
}
