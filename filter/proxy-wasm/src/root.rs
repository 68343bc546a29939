//! One per plugin configuration: takes the configuration, makes a context for each request, and tells the host at
//! intervals what has been counted.

use crate::{clock, exchange::HttpExchange, host::SharedData, plugin::Plugin};
use levee_core::{Policy, ledger::SharedLedger};
use proxy_wasm::{
    hostcalls,
    traits::{Context, HttpContext, RootContext},
    types::{BufferType, ContextType},
};
use std::{cell::RefCell, rc::Rc, time::Duration};

/// How often counts are handed over and other nodes are told how the origin answers.
const TICK: Duration = Duration::from_millis(500);

thread_local! {
    /// Of the VM rather than of a configuration: what it knows outlives a change of configuration, like the state itself.
    static LEDGER: RefCell<Option<Ledger>> = const { RefCell::new(None) };
}

/// The ledger of all VMs with this `vm_id`, as this one sees it.
pub(crate) type Ledger = Rc<RefCell<SharedLedger<SharedData>>>;

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
                self.plugin = Some(Rc::new(Plugin::new(policy, ledger)));
                if let Err(status) = hostcalls::set_tick_period(TICK) {
                    log::error!("there will be no metrics: the host answers {status:?} to a wish for ticks");
                }
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

    fn on_tick(&mut self) {
        if let (Some(plugin), Ok(now)) = (&self.plugin, clock::now()) {
            plugin.hand_over(now);
        }
    }

    fn create_http_context(&self, _: u32) -> Option<Box<dyn HttpContext>> {
        Some(Box::new(HttpExchange::new(self.plugin.clone())))
    }

    fn get_type(&self) -> Option<ContextType> {
        Some(ContextType::HttpContext)
    }
}

/// The ledger, with the room that `policy` gives it, all slots there. The first VM to be configured is the one that the host
/// tries a configuration with, before any that serves.
fn ledger(policy: &Policy) -> Ledger {
    let make = || Rc::new(RefCell::new(SharedLedger::new(SharedData, policy.ledger)));
    let ledger = LEDGER.with(|cell| match cell.try_borrow_mut() {
        Ok(mut slot) => Rc::clone(slot.get_or_insert_with(make)),
        Err(_) => make(),
    });
    if let Ok(mut ledger) = ledger.try_borrow_mut() {
        ledger.configure(policy.ledger);
        if ledger.seed().is_err() {
            log::error!(
                "the host does not share data between its workers: each worker counts for itself, so quotas admit up to \
                 as many times as much as there are workers"
            );
        }
    }
    ledger
}
