//! A request on its way to the origin, and the origin's answer on its way back.

use wasm_bindgen::{JsCast as _, JsValue};
use worker::{
    js_sys,
    wasm_bindgen_futures::JsFuture,
    web_sys::{Headers, Request, RequestInit, RequestRedirect, Response, ResponseInit, WorkerGlobalScope},
};

/// The statuses that a response can be made with; the origin's own response may have any.
const CONSTRUCTIBLE: std::ops::RangeInclusive<u16> = 200..=599;

/// Sends the request to the origin, without the headers named in `remove` and with those in `set`, and returns the origin's
/// answer with the headers in `answer` added. Both bodies are streamed, compressed ones as they are. An answer that no
/// header is added to is returned untouched, and so is one with a status that cannot be given to a response: 101, with its
/// WebSocket, and what HTTP does not define.
///
/// # Errors
/// What `fetch` throws when there is no answer, and what the runtime throws for a header that it refuses.
pub(crate) async fn forward(
    request: &Request,
    remove: &[Vec<u8>],
    set: &[(&str, &str)],
    answer: &[(&'static str, String)],
) -> Result<Response, JsValue> {
    let response = fetch(&to_origin(request, remove, set)?).await?;
    if answer.is_empty() || !CONSTRUCTIBLE.contains(&response.status()) {
        return Ok(response);
    }
    with_headers(&response, answer)
}

/// The same request, which is no longer the client's own: its headers can be changed.
fn to_origin(request: &Request, remove: &[Vec<u8>], set: &[(&str, &str)]) -> Result<Request, JsValue> {
    let init = RequestInit::new();
    // A redirect is the client's to follow.
    init.set_redirect(RequestRedirect::Manual);
    let request = Request::new_with_request_and_init(request, &init)?;
    let headers = request.headers();
    for name in remove {
        remove_header(&headers, name);
    }
    for (name, value) in set {
        headers.set(name, value)?;
    }
    Ok(request)
}

/// A name that the runtime refuses is none that a header could have.
fn remove_header(headers: &Headers, name: &[u8]) {
    if let Ok(name) = str::from_utf8(name) {
        let _ = headers.delete(name);
    }
}

async fn fetch(request: &Request) -> Result<Response, JsValue> {
    let global: WorkerGlobalScope = js_sys::global().unchecked_into();
    JsFuture::from(global.fetch_with_request(request))
        .await?
        .dyn_into()
}

/// The same response, whose headers can be changed. The runtime takes the status, the headers and how the body is encoded
/// from the old one, and passes a body on that nobody has read as it came.
fn with_headers(response: &Response, added: &[(&'static str, String)]) -> Result<Response, JsValue> {
    let like_it: &ResponseInit = response.unchecked_ref();
    let response = Response::new_with_opt_readable_stream_and_init(response.body().as_ref(), like_it)?;
    let headers = response.headers();
    for (name, value) in added {
        // A list may have members of the origin's own; ours come after them.
        headers.append(name, value)?;
    }
    Ok(response)
}
