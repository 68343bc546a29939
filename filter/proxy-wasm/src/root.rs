//! One per plugin configuration: takes the configuration, and makes a context for each request.

use crate::exchange::HttpExchange;
use levee_core::{Assets, Filter, Policy, ledger::MemoryLedger, log::Sampler};
use proxy_wasm::{
    hostcalls,
    traits::{Context, HttpContext, RootContext},
    types::{BufferType, ContextType},
};
use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

const ASSETS: Assets = Assets {
    solver: include_bytes!(concat!(env!("OUT_DIR"), "/solver.js")),
};

thread_local! {
    /// Of the VM rather than of a configuration: quota state outlives a change of configuration.
    static LEDGER: RefCell<Option<SharedLedger>> = const { RefCell::new(None) };
}

type SharedLedger = Rc<RefCell<MemoryLedger>>;

/// What all requests under one configuration share.
pub(crate) struct Plugin {
    pub(crate) filter: Filter,
    pub(crate) ledger: SharedLedger,
    pub(crate) sampler: Cell<Sampler>,
}

/// The root context.
#[derive(Default)]
pub(crate) struct Root {
    plugin: Option<Rc<Plugin>>,
}

impl Context for Root {}

impl RootContext for Root {
    fn on_configure(&mut self, size: usize) -> bool {
        let text = match hostcalls::get_buffer(BufferType::PluginConfiguration, 0, size) {
            Ok(text) => text.unwrap_or_default(),
            Err(status) => {
                log::error!("the configuration cannot be read: the host answers {status:?}");
                return false;
            }
        };
        match Policy::from_json(&text) {
            Ok(policy) => {
                let ledger = ledger(&policy);
                let filter = Filter::new(policy, ASSETS);
                self.plugin = Some(Rc::new(Plugin {
                    filter,
                    ledger,
                    sampler: Cell::default(),
                }));
                log::info!("Levee {} is configured", env!("CARGO_PKG_VERSION"));
                true
            }
            Err(problems) => {
                for problem in &problems {
                    log::error!("configuration: {problem}");
                }
                log::error!("the configuration is refused: problems found: {}", problems.len());
                false
            }
        }
    }

    fn create_http_context(&self, _: u32) -> Option<Box<dyn HttpContext>> {
        Some(Box::new(HttpExchange::new(self.plugin.clone())))
    }

    fn get_type(&self) -> Option<ContextType> {
        Some(ContextType::HttpContext)
    }
}

/// The VM's ledger, with as much room as `policy` gives it.
fn ledger(policy: &Policy) -> SharedLedger {
    LEDGER.with(|cell| {
        let Ok(mut slot) = cell.try_borrow_mut() else {
            return Rc::new(RefCell::new(MemoryLedger::new(policy.ledger)));
        };
        let ledger = slot.get_or_insert_with(|| Rc::new(RefCell::new(MemoryLedger::new(policy.ledger))));
        if let Ok(mut ledger) = ledger.try_borrow_mut() {
            ledger.resize(policy.ledger);
        }
        Rc::clone(ledger)
    })
}
