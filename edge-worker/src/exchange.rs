//! One per request: asks the core and carries out what it decides.

use crate::{forward::forward, guard, head::Head, isolate::Isolate, journey, sources, upkeep};
use levee_core::{Action, Forward, response::Response, time::Timestamp};
use wasm_bindgen::JsValue;
use worker::{
    Context, Env,
    js_sys::{JsString, Uint8Array},
    web_sys::{self, Headers, ResponseInit},
};

/// The answer to a request: the origin's or the filter's.
///
/// # Errors
///
/// When nothing could be decided or carried out. The request is refused then, never let through.
pub(crate) async fn answer(
    request: web_sys::Request,
    env: Env,
    context: Context,
) -> Result<web_sys::Response, JsValue> {
    // Why has been told once; a flood is not answered with a flood of lines.
    let Some(isolate) = Isolate::of(&env) else {
        return guard::unavailable();
    };
    let head = Head::of(&request)?;
    let headers = head.headers();
    let now = sources::now();
    let decision = journey::decide(&isolate, &env, &head.request(&headers), now)
        .await
        .ok_or_else(|| JsString::from("the isolate's memory is in use"))?;
    isolate.note(&decision, now);
    let field = decision.field();
    let response = match &decision.action {
        Action::Forward(changes) => to_origin(&isolate, &request, changes, &field).await?,
        Action::Respond(response) => respond(response)?,
    };
    upkeep::schedule(&isolate, &env, &context);
    Ok(response)
}

async fn to_origin(
    isolate: &Isolate,
    request: &web_sys::Request,
    changes: &Forward,
    field: &str,
) -> Result<web_sys::Response, JsValue> {
    let set = [
        ("levee-client", changes.client.as_str()),
        ("levee-verdict", field),
    ];
    // With a body, the time to the answer would be the client's as well.
    let is_timed = request.body().is_none();
    let began = sources::now();
    let response = forward(request, &changes.remove, &set, &changes.answer).await?;
    isolate.note_answer(response.status(), is_timed.then(|| since(began)));
    Ok(response)
}

fn since(began: Timestamp) -> u64 {
    sources::now().saturating_since(began)
}

fn respond(response: &Response) -> Result<web_sys::Response, JsValue> {
    let headers = Headers::new()?;
    for (name, value) in &response.headers {
        headers.append(name, value)?;
    }
    let init = ResponseInit::new();
    init.set_status(response.status);
    init.set_headers(&headers);
    let body = (!response.body.is_empty()).then(|| Uint8Array::from(&*response.body));
    web_sys::Response::new_with_opt_js_u8_array_and_init(body.as_ref(), &init)
}
