//! Lets every second request through, by chance: asks another service for a random byte and goes on if it is even.
//!
//! Configuration: none. The service is the cluster `httpbin`; it is asked for `GET /bytes/1`. An odd byte is answered with
//! 403, no byte with 503, both with a header `powered-by`.
#![expect(missing_docs, reason = "the SDK's macro exports an undocumented function")]

use proxy_wasm::{
    traits::{Context, HttpContext},
    types::{Action, LogLevel},
};
use std::time::Duration;

const CLUSTER: &str = "httpbin";
const TIMEOUT: Duration = Duration::from_secs(1);

proxy_wasm::main! {{
    proxy_wasm::set_log_level(LogLevel::Info);
    proxy_wasm::set_http_context(|_, _| Box::new(HttpAuthRandom));
}}

struct HttpAuthRandom;

impl HttpAuthRandom {
    fn refuse(&self, status: u32, why: &str) {
        log::info!("refused with {status}: {why}");
        self.send_http_response(
            status,
            vec![("powered-by", "proxy-wasm")],
            Some(format!("{why}\n").as_bytes()),
        );
    }
}

impl HttpContext for HttpAuthRandom {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        let headers = vec![
            (":method", "GET"),
            (":path", "/bytes/1"),
            (":authority", "httpbin.org"),
        ];
        if let Err(status) = self.dispatch_http_call(CLUSTER, headers, None, vec![], TIMEOUT) {
            log::error!("{CLUSTER} cannot be called: {status:?}");
            self.refuse(503, "Nobody can be asked.");
        }
        Action::Pause
    }
}

impl Context for HttpAuthRandom {
    fn on_http_call_response(&mut self, _: u32, headers: usize, size: usize, _: usize) {
        // A call that has failed comes back without any header.
        let body = if headers == 0 || size == 0 {
            None
        } else {
            self.get_http_call_response_body(0, 1)
        };
        match body.as_deref() {
            Some([byte, ..]) if byte.is_multiple_of(2) => {
                log::info!("let through");
                self.resume_http_request();
            }
            Some([_, ..]) => self.refuse(403, "The byte was odd."),
            _ => self.refuse(503, "No answer."),
        }
    }
}
