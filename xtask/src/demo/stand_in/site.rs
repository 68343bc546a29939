//! The stand-in's part of an origin: a booking page without any of the booking app's care.

use crate::demo::patient::Booking;
use axum::{
    Form,
    extract::{Path, State},
    response::{Html, Redirect},
};
use std::{collections::HashMap, sync::Arc};

pub(super) async fn start_page() -> Html<&'static str> {
    Html(
        r#"<form method="post" action="/book"><select name="department"><option value="cardiology">Tim mạch</option>
        <option value="paediatrics">Nhi</option></select><input type="radio" name="day" value="2026-11-22"></form>"#,
    )
}

pub(super) async fn book(
    State(state): State<Arc<super::State>>,
    Form(fields): Form<HashMap<String, String>>,
) -> Redirect {
    let mut seen = state.seen();
    let (department, day) = (fields["department"].clone(), fields["day"].clone());
    let queue = seen
        .bookings
        .iter()
        .filter(|booking| booking.department == department && booking.day == day);
    let number = u32::try_from(queue.count() + 1).unwrap();
    seen.bookings.push(Booking {
        department,
        day,
        number,
    });
    Redirect::to(&format!("/ticket/{number}"))
}

pub(super) async fn ticket(Path(number): Path<u32>) -> Html<String> {
    Html(format!(
        r#"<article class="card ticket"><p class="number">{number}</p></article>"#
    ))
}
