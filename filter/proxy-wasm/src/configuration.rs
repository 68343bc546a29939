//! Takes a configuration, and makes the ledger that it decides by.

use crate::{
    abi::{configuration, log, shared_data::SharedData, time},
    plugin::{Plugin, TICK},
};
use levee_core::{Policy, ledger::SharedLedger};
use std::{cell::RefCell, rc::Rc};

thread_local! {
    /// Of the VM rather than of a configuration: what it knows outlives a change of configuration, like the state itself.
    static LEDGER: RefCell<Option<Ledger>> = const { RefCell::new(None) };
}

/// The ledger of all VMs with this `vm_id`, as this one sees it.
pub(crate) type Ledger = Rc<RefCell<SharedLedger<SharedData>>>;

/// The plugin of the current configuration, of `size` bytes; `None`, and in the log why, where it is refused.
pub(crate) fn load(size: usize) -> Option<Rc<Plugin>> {
    let text = match configuration::text(size) {
        Ok(text) => text,
        Err(status) => {
            log::error(&format!(
                "the configuration cannot be read: the host answers {status:?}"
            ));
            return None;
        }
    };
    match Policy::from_json(&text) {
        Ok(policy) => {
            let ledger = ledger(&policy);
            if let Err(status) = time::tick_every(TICK) {
                log::error(&format!(
                    "there will be no metrics: the host answers {status:?} to a wish for ticks"
                ));
            }
            log::info(concat!("Levee ", env!("CARGO_PKG_VERSION"), " is configured"));
            Some(Rc::new(Plugin::new(policy, ledger)))
        }
        Err(problems) => {
            for problem in &problems {
                log::error(&format!("configuration: {problem}"));
            }
            log::error(&format!(
                "the configuration is refused: problems found: {}",
                problems.len()
            ));
            None
        }
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
            log::error(
                "the host does not share data between its workers: each worker counts for itself, so quotas admit up to \
                 as many times as much as there are workers",
            );
        }
    }
    ledger
}
