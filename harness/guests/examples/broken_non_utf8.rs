//! Tells the origin from what kind of device a request comes. It has a mistake that a fuzzer is to find.
//!
//! Configuration: none. Adds `x-device: mobile` or `x-device: desktop` to requests.
//!
//! The mistake: the SDK's getter that returns a `String` panics on a value that is not UTF-8, and any client can send one.
#![expect(missing_docs, reason = "the SDK's macro exports an undocumented function")]

use proxy_wasm::{
    traits::{Context, HttpContext},
    types::{Action, LogLevel},
};

const MOBILE: [&str; 3] = ["Android", "iPhone", "Mobile"];

proxy_wasm::main! {{
    proxy_wasm::set_log_level(LogLevel::Info);
    proxy_wasm::set_http_context(|_, _| Box::new(Device));
}}

struct Device;

impl Context for Device {}

impl HttpContext for Device {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        let agent = self.get_http_request_header("user-agent").unwrap_or_default();
        let is_mobile = MOBILE.iter().any(|word| agent.contains(word));
        let device = if is_mobile { "mobile" } else { "desktop" };
        self.set_http_request_header("x-device", Some(device));
        Action::Continue
    }
}
