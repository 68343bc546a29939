//! What can be booked now.

use axum::{Json, extract::State};
use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    names::{Name, hours},
    problems::EveryOperation,
};
use crate::{
    SharedOrigin,
    department::Department,
    offer::{DAYS_OFFERED, Offer, OfferedDay},
    session::Session,
};

/// What can be booked now.
#[derive(Serialize, ToSchema)]
#[schema(as = Offer)]
pub(super) struct OfferBody {
    /// The departments, in the order in which they are shown.
    departments: Vec<DepartmentBody>,
    /// The days that can be booked, the soonest first.
    #[schema(max_items = 7, example = json!(["2026-03-03", "2026-03-04"]))]
    days: Vec<Date>,
    /// The same days with the sessions of each that can be booked.
    #[schema(max_items = 7)]
    sessions_by_day: Vec<DayBody>,
    /// The sessions of a day, the earlier first.
    sessions: Vec<SessionBody>,
    /// What an examination costs, in dong; 0 when there is nothing to pay.
    #[schema(minimum = 0, maximum = 9_999_999_999_999_u64, example = 50_000)]
    fee: u64,
}

// The lengths above are written as numbers.
const _: () = assert!(DAYS_OFFERED == 7);

#[derive(Serialize, ToSchema)]
#[schema(as = DepartmentOffer)]
struct DepartmentBody {
    /// What a booking names it by.
    slug: Department,
    /// What people call it.
    name: Name,
}

#[derive(Serialize, ToSchema)]
#[schema(as = DayOffer)]
struct DayBody {
    /// The day at the hospital.
    #[schema(example = "2026-03-03")]
    day: Date,
    /// Its sessions that can be booked, the earlier first.
    #[schema(min_items = 1, max_items = 2)]
    sessions: Vec<Session>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = SessionHours)]
struct SessionBody {
    /// What a booking names it by.
    slug: Session,
    /// What people call it.
    name: Name,
    /// When its first patient is called, at the hospital.
    #[schema(pattern = "^[0-2][0-9]:[0-5][0-9]$", example = "07:00")]
    opens: String,
    /// When it ends, and until when it can be booked.
    #[schema(pattern = "^[0-2][0-9]:[0-5][0-9]$", example = "11:30")]
    closes: String,
}

impl From<&OfferedDay> for DayBody {
    fn from(offered: &OfferedDay) -> Self {
        Self {
            day: offered.day,
            sessions: offered.sessions.clone(),
        }
    }
}

impl From<Session> for SessionBody {
    fn from(session: Session) -> Self {
        Self {
            slug: session,
            name: session.into(),
            opens: hours(session.opens()),
            closes: hours(session.closes()),
        }
    }
}

/// What can be booked
///
/// Departments, days and sessions. A session can be booked until it closes.
#[utoipa::path(
    get,
    path = "/api/departments",
    operation_id = "listDepartments",
    tag = "booking",
    responses((status = 200, description = "What can be booked now", body = OfferBody), EveryOperation)
)]
pub(super) async fn list(State(origin): State<SharedOrigin>) -> Json<OfferBody> {
    let offer = Offer::at(&origin.clock);
    Json(OfferBody {
        departments: Department::ALL
            .map(|department| DepartmentBody {
                slug: department,
                name: department.into(),
            })
            .into(),
        days: offer.days().iter().map(|offered| offered.day).collect(),
        sessions_by_day: offer.days().iter().map(DayBody::from).collect(),
        sessions: Session::ALL.map(SessionBody::from).into(),
        fee: origin.terms.fee.get(),
    })
}
