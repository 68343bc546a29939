//! The numbers being served.

use axum::{Json, extract::State};
use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;

use super::{names::Name, problems::EveryOperation};
use crate::{SharedOrigin, department::Department, problem::Problem, queue::Standing, session::Session};

/// How the queues of today stand.
#[derive(Serialize, ToSchema)]
#[schema(as = Board)]
pub(super) struct BoardBody {
    /// Today at the hospital.
    #[schema(example = "2026-03-03")]
    day: Date,
    /// The queues in which a number has been given out, by session and department.
    queues: Vec<StandingBody>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = QueueStanding)]
struct StandingBody {
    /// The department.
    department: Department,
    /// What people call it.
    department_name: Name,
    /// The session.
    session: Session,
    /// The number that was called last; `null` while none was.
    #[schema(required = true, minimum = 1, example = 12)]
    now_serving: Option<u32>,
    /// How many wait to be called.
    #[schema(minimum = 0, example = 5)]
    waiting: u32,
    /// The highest number that has been given out.
    #[schema(minimum = 1, example = 18)]
    issued: u32,
}

impl From<Standing> for StandingBody {
    fn from(standing: Standing) -> Self {
        Self {
            department: standing.queue.department,
            department_name: standing.queue.department.into(),
            session: standing.queue.session,
            now_serving: standing.now_serving,
            waiting: standing.waiting,
            issued: standing.issued,
        }
    }
}

/// The numbers being served
///
/// Today's queues in which a number has been given out.
#[utoipa::path(
    get,
    path = "/api/board",
    operation_id = "getBoard",
    tag = "board",
    responses((status = 200, description = "How the queues stand", body = BoardBody), EveryOperation)
)]
pub(super) async fn show(State(origin): State<SharedOrigin>) -> Result<Json<BoardBody>, Problem> {
    let day = origin.clock.today();
    let standings = origin.store.standings(day, day).await?;
    Ok(Json(BoardBody {
        day,
        queues: standings.into_iter().map(StandingBody::from).collect(),
    }))
}
