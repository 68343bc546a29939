//! What those who come do, whatever a site answers: driven in virtual time, against sites that are told in a few lines.

mod floods;
mod visitors;

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use levee_harness::{Request, Response};

/// A challenge of this much work, in its text form. Nobody checks its MAC.
fn challenge_token(work: u64) -> String {
    let mut token = vec![0; 66];
    token[..4].copy_from_slice(&[1, 1, 1, 1]);
    token[12..20].copy_from_slice(&work.to_be_bytes());
    token[20..22].copy_from_slice(&4_u16.to_be_bytes());
    BASE64_URL_SAFE_NO_PAD.encode(token)
}

fn is_redemption(request: &Request) -> bool {
    request.headers.get("levee-solution").is_some()
}

/// What grants a clearance, with this cookie.
fn granted(cookie: &str) -> Response {
    Response::new(200)
        .header("content-type", "application/json")
        .header("set-cookie", format!("{cookie}; Path=/; HttpOnly"))
        .body(r#"{"clearance":"AQEB"}"#)
}
