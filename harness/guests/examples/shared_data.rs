//! Counts requests over all workers, and tells each response its number in `x-count`.
//!
//! Configuration: none.
#![expect(missing_docs, reason = "the SDK's macro exports an undocumented function")]

use proxy_wasm::{
    hostcalls,
    traits::{Context, HttpContext, RootContext},
    types::{Action, ContextType, LogLevel, Status},
};

const KEY: &str = "requests";
/// A version that no value has but once in four thousand million changes: with it, only a missing key is written.
const NO_VERSION: u32 = u32::MAX;
/// Each failure means that another worker has succeeded.
const ATTEMPTS: usize = 100;

proxy_wasm::main! {{
    proxy_wasm::set_log_level(LogLevel::Info);
    proxy_wasm::set_root_context(|_| Box::new(Root));
}}

struct Root;

impl Context for Root {}

impl RootContext for Root {
    /// Two workers that both find nothing could both write 1: so the key is there before any request.
    fn on_configure(&mut self, _: usize) -> bool {
        match hostcalls::set_shared_data(KEY, Some(b"0"), Some(NO_VERSION)) {
            Ok(()) | Err(Status::CasMismatch) => true,
            Err(status) => {
                log::error!("the host does not share data: {status:?}");
                false
            }
        }
    }

    fn create_http_context(&self, _: u32) -> Option<Box<dyn HttpContext>> {
        Some(Box::new(SharedData { count: None }))
    }

    fn get_type(&self) -> Option<ContextType> {
        Some(ContextType::HttpContext)
    }
}

struct SharedData {
    count: Option<u64>,
}

impl Context for SharedData {}

impl HttpContext for SharedData {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        self.count = count();
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        if let Some(count) = self.count {
            self.set_http_response_header("x-count", Some(&count.to_string()));
        }
        Action::Continue
    }
}

fn count() -> Option<u64> {
    for _ in 0..ATTEMPTS {
        let (value, version) = hostcalls::get_shared_data(KEY).ok()?;
        let before: u64 = str::from_utf8(&value?).ok()?.parse().ok()?;
        let count = before + 1;
        // Without a version, another worker's count would be overwritten.
        match hostcalls::set_shared_data(KEY, Some(count.to_string().as_bytes()), Some(version?)) {
            Ok(()) => return Some(count),
            Err(Status::CasMismatch) => {}
            Err(_) => return None,
        }
    }
    log::warn!("a request is not counted: other workers were faster {ATTEMPTS} times");
    None
}
