//! Holds the body of a response until all of it is there, and replaces a word in it.
//!
//! Configuration: none. Every `secret` becomes `[removed]`.
#![expect(missing_docs, reason = "the SDK's macro exports an undocumented function")]

use proxy_wasm::{
    hostcalls,
    traits::{Context, HttpContext},
    types::{Action, BufferType, LogLevel},
};

const WORD: &[u8] = b"secret";
const REPLACEMENT: &[u8] = b"[removed]";

proxy_wasm::main! {{
    proxy_wasm::set_log_level(LogLevel::Info);
    proxy_wasm::set_http_context(|_, _| Box::new(HttpBody));
}}

struct HttpBody;

impl Context for HttpBody {}

impl HttpContext for HttpBody {
    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        // The body gets another length, and the headers go before it is known.
        self.remove_http_response_header("content-length");
        Action::Continue
    }

    fn on_http_response_body(&mut self, size: usize, end_of_stream: bool) -> Action {
        if !end_of_stream {
            return Action::Pause;
        }
        replace_in_body(size);
        Action::Continue
    }

    fn on_http_response_trailers(&mut self, _: usize) -> Action {
        // No piece of a body was the last one if trailers follow.
        replace_in_body(usize::MAX);
        Action::Continue
    }
}

/// Replaces in what is there of the body, at most so many bytes.
fn replace_in_body(size: usize) {
    let Ok(Some(body)) = hostcalls::get_buffer(BufferType::HttpResponseBody, 0, size) else {
        return;
    };
    let replaced = replace(&body);
    if replaced != body {
        let _ = hostcalls::set_buffer(BufferType::HttpResponseBody, 0, body.len(), &replaced);
    }
}

fn replace(text: &[u8]) -> Vec<u8> {
    let mut replaced = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((first, others)) = rest.split_first() {
        if let Some(behind) = rest.strip_prefix(WORD) {
            replaced.extend(REPLACEMENT);
            rest = behind;
        } else {
            replaced.push(*first);
            rest = others;
        }
    }
    replaced
}
