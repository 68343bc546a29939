//! Tells the origin the language that a visitor has chosen, from a cookie. It has a mistake that a fuzzer is to find.
//!
//! Configuration: none. The cookie `language` becomes the request's header `x-language`.
//!
//! The mistake: a pair without a name is passed over before the step over the semicolon behind it, so on a list such as
//! `a=1;;b=2` the parser stands still for ever.
#![expect(missing_docs, reason = "the SDK's macro exports an undocumented function")]

use proxy_wasm::{
    traits::{Context, HttpContext},
    types::{Action, LogLevel},
};

proxy_wasm::main! {{
    proxy_wasm::set_log_level(LogLevel::Info);
    proxy_wasm::set_http_context(|_, _| Box::new(Language));
}}

struct Language;

impl Context for Language {}

impl HttpContext for Language {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        let cookies = self.get_http_request_header_bytes("cookie").unwrap_or_default();
        if let Some(language) = cookie(&cookies, b"language") {
            self.set_http_request_header_bytes("x-language", Some(language));
        }
        Action::Continue
    }
}

/// The value of a cookie in a list such as `a=1; b=2`.
fn cookie<'a>(list: &'a [u8], wanted: &[u8]) -> Option<&'a [u8]> {
    let mut at = 0;
    while at < list.len() {
        let end = until(list, at, b";");
        let middle = until(list, at, b"=;");
        let name = list[at..middle].trim_ascii();
        let value = list.get(middle + 1..end).unwrap_or_default();
        at = end;
        if name.is_empty() {
            continue;
        }
        if name == wanted {
            return Some(value.trim_ascii());
        }
        at += 1;
    }
    None
}

/// Where one of some bytes stands next, or the list ends.
fn until(list: &[u8], from: usize, bytes: &[u8]) -> usize {
    let found = list[from..].iter().position(|byte| bytes.contains(byte));
    found.map_or(list.len(), |found| from + found)
}
