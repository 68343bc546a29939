//! The filter's VM on one thread, generation after generation.

use std::cell::RefCell;
use std::ops::Deref;
use std::rc::{Rc, Weak};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::task::AbortHandle;

use super::callouts::Caller;
use super::stats::{Counters, increment};
use crate::vm::Vm;

/// A VM in service on the thread that runs it. It is never borrowed across an await.
pub(super) type SharedVm = Rc<Served>;

/// A VM that is attended to until the last who holds it lets go; then it is shut down.
pub(super) struct Served {
    vm: RefCell<Vm>,
    attending: AbortHandle,
    counters: Arc<Counters>,
}

impl Served {
    /// Takes a VM into service, from inside a `LocalSet`.
    pub(super) fn new(vm: Vm, counters: Arc<Counters>, caller: Caller) -> SharedVm {
        increment(&counters.vms);
        Rc::new_cyclic(|served: &Weak<Self>| Self {
            vm: RefCell::new(vm),
            attending: tokio::task::spawn_local(attend(served.clone(), caller)).abort_handle(),
            counters,
        })
    }
}

impl Deref for Served {
    type Target = RefCell<Vm>;

    fn deref(&self) -> &RefCell<Vm> {
        &self.vm
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.attending.abort();
        self.vm.get_mut().shut_down();
        self.counters.vms.fetch_sub(1, Ordering::Relaxed);
    }
}

/// The VM that takes what begins now.
pub(super) struct Current(RefCell<SharedVm>);

impl Current {
    pub(super) const fn new(vm: SharedVm) -> Self {
        Self(RefCell::new(vm))
    }

    pub(super) fn vm(&self) -> SharedVm {
        self.0.borrow().clone()
    }

    /// From now on another VM takes what begins. Whatever is under way ends where it began.
    pub(super) fn replace(&self, next: SharedVm) {
        drop(self.0.replace(next));
    }
}

/// Calls the guest when a tick is due or a queue has something for it, and carries out its calls.
async fn attend(served: Weak<Served>, caller: Caller) {
    loop {
        let Some(vm) = served.upgrade() else { return };
        for callout in vm.borrow_mut().take_callouts() {
            caller.carry_out(callout, &served);
        }
        let until_tick = vm.borrow().until_tick();
        drop(vm);
        let tick_due = async {
            match until_tick {
                Some(delay) => tokio::time::sleep(delay.max(Duration::from_millis(1))).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = tick_due => {
                if let Some(vm) = served.upgrade() {
                    vm.borrow_mut().tick();
                }
            }
            () = std::future::poll_fn(|cx| match served.upgrade() {
                Some(vm) => vm.borrow_mut().poll_attention(cx),
                None => std::task::Poll::Ready(()),
            }) => {}
        }
        // Whatever the guest does here, its connections get their turn.
        tokio::task::yield_now().await;
    }
}
