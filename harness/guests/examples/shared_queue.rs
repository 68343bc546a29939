//! Tells one worker about the requests of all: each puts the path into a queue when a request is over, and the worker that has
//! registered the queue last is notified and logs it.
//!
//! Configuration: none.
#![expect(missing_docs, reason = "the SDK's macro exports an undocumented function")]

use proxy_wasm::{
    hostcalls,
    traits::{Context, HttpContext, RootContext},
    types::{ContextType, LogLevel, MapType},
};

const QUEUE: &str = "paths";

proxy_wasm::main! {{
    proxy_wasm::set_log_level(LogLevel::Info);
    proxy_wasm::set_root_context(|_| Box::new(Root { queue: None }));
}}

struct Root {
    queue: Option<u32>,
}

impl Context for Root {}

impl RootContext for Root {
    fn on_configure(&mut self, _: usize) -> bool {
        self.queue = hostcalls::register_shared_queue(QUEUE).ok();
        self.queue.is_some()
    }

    fn on_queue_ready(&mut self, queue: u32) {
        // One notification may stand for several entries, and an entry may have been taken already.
        while let Ok(Some(path)) = self.dequeue_shared_queue(queue) {
            log::info!("seen: {}", path.escape_ascii());
        }
    }

    fn create_http_context(&self, _: u32) -> Option<Box<dyn HttpContext>> {
        Some(Box::new(SharedQueue { queue: self.queue }))
    }

    fn get_type(&self) -> Option<ContextType> {
        Some(ContextType::HttpContext)
    }
}

struct SharedQueue {
    queue: Option<u32>,
}

impl Context for SharedQueue {}

impl HttpContext for SharedQueue {
    fn on_log(&mut self) {
        let path = hostcalls::get_map_value_bytes(MapType::HttpRequestHeaders, ":path");
        // A request that was malformed has none.
        if let (Some(queue), Ok(Some(path))) = (self.queue, path)
            && self.enqueue_shared_queue(queue, Some(&path)).is_err()
        {
            log::warn!("the queue is gone");
        }
    }
}
