//! Counts the requests of each client and tells it in `x-visits`. It has a mistake that a fuzzer is to find.
//!
//! Configuration: none. A client is who the header `x-client` says, or without it, everybody who asks for the same path.
//!
//! The mistake: every client has its key in the shared data, and a key can never be removed. Clients choose what they are
//! called, so they choose how much memory the host needs.
#![expect(missing_docs, reason = "the SDK's macro exports an undocumented function")]

use proxy_wasm::{
    hostcalls,
    traits::{Context, HttpContext},
    types::{Action, LogLevel, Status},
};

const ATTEMPTS: usize = 100;

proxy_wasm::main! {{
    proxy_wasm::set_log_level(LogLevel::Info);
    proxy_wasm::set_http_context(|_, _| Box::new(Visits { count: None }));
}}

struct Visits {
    count: Option<u64>,
}

impl Context for Visits {}

impl HttpContext for Visits {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        let client = self
            .get_http_request_header_bytes("x-client")
            .or_else(|| self.get_http_request_header_bytes(":path"))
            .unwrap_or_default();
        self.count = count(&format!("visits.{}", client.escape_ascii()));
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        if let Some(count) = self.count {
            self.set_http_response_header("x-visits", Some(&count.to_string()));
        }
        Action::Continue
    }
}

fn count(key: &str) -> Option<u64> {
    for _ in 0..ATTEMPTS {
        let (value, version) = hostcalls::get_shared_data(key).ok()?;
        let before: u64 = value
            .and_then(|value| str::from_utf8(&value).ok()?.parse().ok())
            .unwrap_or_default();
        let count = before + 1;
        match hostcalls::set_shared_data(key, Some(count.to_string().as_bytes()), version) {
            Ok(()) => return Some(count),
            Err(Status::CasMismatch) => {}
            Err(_) => return None,
        }
    }
    None
}
