//! What the Durable Object does.

use worker::{Request, Response, SqlStorageValue, State};

/// Keeps a row for each request, and answers with the length of its body and the number of rows.
pub(crate) async fn answer(mut request: Request, state: &State) -> worker::Result<Response> {
    let length = request.text().await?.len();
    let sql = state.storage().sql();
    sql.exec(
        "CREATE TABLE IF NOT EXISTS requests (length INTEGER NOT NULL)",
        None,
    )?;
    let length_stored = SqlStorageValue::try_from_i64(i64::try_from(length).unwrap_or(i64::MAX))?;
    sql.exec("INSERT INTO requests VALUES (?)", vec![length_stored])?;
    let mut rows = sql.exec("SELECT count(*) FROM requests", None)?.raw();
    let rows = match rows.next().transpose()?.as_deref() {
        Some([SqlStorageValue::Integer(rows)]) => *rows,
        _ => 0,
    };
    Response::ok(format!("{length} {rows}"))
}

/// Does nothing yet.
pub(crate) async fn alarm(_state: &State) -> worker::Result<Response> {
    Response::empty()
}
