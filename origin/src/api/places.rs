//! How many places are left.

use std::collections::HashMap;

use axum::{
    Json,
    extract::{Query, State, rejection::QueryRejection},
};
use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;

use super::{parameters::PlacesQuery, problems::problems};
use crate::{
    SharedOrigin,
    booking::{Field, parse_day},
    department::Department,
    offer::Offer,
    problem::Problem,
    queue::{Queue, Standing},
    session::Session,
};

/// The places of the queues that can be booked.
#[derive(Serialize, ToSchema)]
#[schema(as = Places)]
pub(super) struct PlacesBody {
    /// By day, session and department.
    places: Vec<QueueBody>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = PlacesOfQueue)]
struct QueueBody {
    /// The department.
    department: Department,
    /// The day.
    #[schema(example = "2026-03-03")]
    day: Date,
    /// The session.
    session: Session,
    /// How many patients the department sees in it.
    #[schema(minimum = 1, example = 60)]
    capacity: u32,
    /// How many more can be booked, at this moment.
    #[schema(minimum = 0, example = 17)]
    left: u32,
}

problems!(PlacesProblems: Malformed(String::new()), InvalidQuestion(vec![Field::Department]));

/// How many places are left
///
/// For each session that can be booked. It says how things stand now; only a booking takes a place.
#[utoipa::path(
    get,
    path = "/api/places",
    operation_id = "listPlaces",
    tag = "booking",
    params(PlacesQuery),
    responses((status = 200, description = "The places that are left", body = PlacesBody), PlacesProblems)
)]
pub(super) async fn list(
    State(origin): State<SharedOrigin>,
    query: Result<Query<PlacesQuery>, QueryRejection>,
) -> Result<Json<PlacesBody>, Problem> {
    let Query(query) = query?;
    let department = read(query.department.as_deref(), Department::from_slug).ok_or(Field::Department);
    let day = read(query.day.as_deref(), parse_day).ok_or(Field::Day);
    let (department, day) = match (department, day) {
        (Ok(department), Ok(day)) => (department, day),
        (department, day) => {
            let wrong = [department.err(), day.err()];
            return Err(Problem::InvalidQuestion(wrong.into_iter().flatten().collect()));
        }
    };
    let offer = Offer::at(&origin.clock);
    let (Some(first), Some(last)) = (offer.days().first(), offer.days().last()) else {
        return Ok(Json(PlacesBody { places: Vec::new() }));
    };
    let standings = origin.store.standings(first.day, last.day).await?;
    let standings: HashMap<Queue, Standing> = standings
        .into_iter()
        .map(|standing| (standing.queue, standing))
        .collect();
    let capacity = origin.terms.capacity;
    let places = queues(&offer)
        .filter(|queue| department.is_none_or(|department| queue.department == department))
        .filter(|queue| day.is_none_or(|day| queue.day == day))
        .map(|queue| QueueBody {
            department: queue.department,
            day: queue.day,
            session: queue.session,
            capacity,
            left: standings
                .get(&queue)
                .map_or(capacity, |standing| standing.places_left(capacity)),
        })
        .collect();
    Ok(Json(PlacesBody { places }))
}

/// Every queue that can be booked.
fn queues(offer: &Offer) -> impl Iterator<Item = Queue> {
    offer.days().iter().flat_map(|offered| {
        offered.sessions.iter().flat_map(|session| {
            Department::ALL.into_iter().map(|department| Queue {
                day: offered.day,
                session: *session,
                department,
            })
        })
    })
}

/// `Some(None)` for what was left out, `None` for what cannot be read.
fn read<T>(text: Option<&str>, parse: impl FnOnce(&str) -> Option<T>) -> Option<Option<T>> {
    text.map_or(Some(None), |text| parse(text).map(Some))
}
