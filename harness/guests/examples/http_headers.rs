//! Logs all headers of requests and responses, adds one to each and takes one away, and answers `/hello` itself.
//!
//! Configuration: none.
#![expect(missing_docs, reason = "the SDK's macro exports an undocumented function")]

use proxy_wasm::{
    traits::{Context, HttpContext},
    types::{Action, Bytes, LogLevel},
};

proxy_wasm::main! {{
    proxy_wasm::set_log_level(LogLevel::Info);
    proxy_wasm::set_http_context(|_, _| Box::new(HttpHeaders::default()));
}}

#[derive(Default)]
struct HttpHeaders {
    /// The response is this filter's own; it comes by like one of the origin.
    is_answered: bool,
}

impl Context for HttpHeaders {}

impl HttpContext for HttpHeaders {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        log("request", &self.get_http_request_headers_bytes());
        if self.get_http_request_header_bytes(":path").as_deref() == Some(b"/hello") {
            self.is_answered = true;
            self.send_http_response(
                200,
                vec![("x-powered-by", "proxy-wasm")],
                Some(b"Hello, world!\n"),
            );
            return Action::Pause;
        }
        self.set_http_request_header("x-hello", Some("origin"));
        self.remove_http_request_header("x-secret");
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        log("response", &self.get_http_response_headers_bytes());
        if !self.is_answered {
            self.set_http_response_header("x-hello", Some("client"));
            self.remove_http_response_header("server");
        }
        Action::Continue
    }

    fn on_log(&mut self) {
        log::info!("completed");
    }
}

/// Values may be any bytes.
fn log(whose: &str, headers: &[(String, Bytes)]) {
    for (name, value) in headers {
        log::info!("{whose} {name}: {}", value.escape_ascii());
    }
}
