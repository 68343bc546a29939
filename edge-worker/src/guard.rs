//! What is answered when nothing was decided: a request is refused rather than let through unseen.

use std::{
    future::poll_fn,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::pin,
    task::Poll,
};
use wasm_bindgen::{JsCast as _, JsValue};
use worker::{
    console_error,
    js_sys::Error,
    web_sys::{Headers, Response, ResponseInit},
};

/// The answer, or a defined one when it cannot be had. Where panics unwind, one costs no more than the request that caused
/// it. Where they abort, and in whatever else ends the instance, `js/entry.js` gives the same answer.
///
/// # Errors
/// When the runtime does not let an answer be made.
pub(crate) async fn guarded(
    answer: impl Future<Output = Result<Response, JsValue>>,
) -> Result<Response, JsValue> {
    let mut answer = pin!(answer);
    let caught = poll_fn(
        |context| match catch_unwind(AssertUnwindSafe(|| answer.as_mut().poll(context))) {
            Ok(poll) => poll.map(Some),
            Err(_) => Poll::Ready(None),
        },
    );
    match caught.await {
        Some(Ok(response)) => Ok(response),
        Some(Err(error)) => {
            if !is_of_client(&error) {
                console_error!("the request is refused: {error:?}");
            }
            unavailable()
        }
        // The crate `worker` has written what the panic said, and where.
        None => unavailable(),
    }
}

/// Whether there is no answer because nobody waits for one any more. Whoever leaves could fill the log otherwise.
fn is_of_client(error: &JsValue) -> bool {
    error
        .dyn_ref::<Error>()
        .is_some_and(|error| error.name() == "AbortError")
}

/// What is answered when nothing can be decided.
///
/// # Errors
/// When the runtime does not let an answer be made.
pub(crate) fn unavailable() -> Result<Response, JsValue> {
    let headers = Headers::new()?;
    headers.set("retry-after", "1")?;
    headers.set("cache-control", "no-store")?;
    let init = ResponseInit::new();
    init.set_status(503);
    init.set_headers(&headers);
    Response::new_with_opt_str_and_init(None, &init)
}
