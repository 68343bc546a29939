//! Keeps three metrics of different kinds: how many requests there were, how many are under way, and how large bodies of
//! requests are.
//!
//! Configuration: none. The counter `guest.requests`, the gauge `guest.requests_in_flight` and the histogram
//! `guest.request_bytes`.
#![expect(missing_docs, reason = "the SDK's macro exports an undocumented function")]

use proxy_wasm::{
    hostcalls,
    traits::{Context, HttpContext, RootContext},
    types::{Action, ContextType, LogLevel, MetricType, Status},
};

proxy_wasm::main! {{
    proxy_wasm::set_log_level(LogLevel::Info);
    proxy_wasm::set_root_context(|_| Box::new(Root { ids: None }));
}}

/// What the host calls the metrics. Each definition makes new ids, so they are kept.
#[derive(Clone, Copy)]
struct Ids {
    requests: u32,
    in_flight: u32,
    bytes: u32,
}

impl Ids {
    fn define() -> Result<Self, Status> {
        Ok(Self {
            requests: hostcalls::define_metric(MetricType::Counter, "guest.requests")?,
            in_flight: hostcalls::define_metric(MetricType::Gauge, "guest.requests_in_flight")?,
            bytes: hostcalls::define_metric(MetricType::Histogram, "guest.request_bytes")?,
        })
    }
}

struct Root {
    ids: Option<Ids>,
}

impl Context for Root {}

impl RootContext for Root {
    fn on_vm_start(&mut self, _: usize) -> bool {
        self.ids = Ids::define().ok();
        self.ids.is_some()
    }

    fn create_http_context(&self, _: u32) -> Option<Box<dyn HttpContext>> {
        Some(Box::new(Metrics {
            ids: self.ids?,
            is_counted: false,
            bytes: 0,
        }))
    }

    fn get_type(&self) -> Option<ContextType> {
        Some(ContextType::HttpContext)
    }
}

struct Metrics {
    ids: Ids,
    is_counted: bool,
    bytes: usize,
}

impl Context for Metrics {}

impl HttpContext for Metrics {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        self.is_counted = true;
        let _ = hostcalls::increment_metric(self.ids.requests, 1);
        let _ = hostcalls::increment_metric(self.ids.in_flight, 1);
        Action::Continue
    }

    fn on_http_request_body(&mut self, size: usize, _: bool) -> Action {
        self.bytes += size;
        Action::Continue
    }

    fn on_log(&mut self) {
        // Requests that were malformed come here without their headers.
        if self.is_counted {
            let _ = hostcalls::record_metric(self.ids.bytes, self.bytes as u64);
            let _ = hostcalls::increment_metric(self.ids.in_flight, -1);
        }
    }
}
