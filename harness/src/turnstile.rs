//! Threads that take turns, in an order drawn from a seed.
//!
//! Workers of a proxy run at the same time, and what their filters do to shared data may fall together in any order. Here
//! just one of them runs at a time, and whenever one is about to touch what they share, who goes on is drawn anew: so every
//! interleaving that matters can come up, and the same seed brings up the same one again.

use std::collections::BTreeSet;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

use crate::log::VmRole;
use crate::turns::Turns;

#[derive(Debug)]
struct Order {
    /// Whoever has not left yet.
    present: BTreeSet<VmRole>,
    turn: Option<VmRole>,
    draw: StdRng,
}

impl Order {
    fn draw(&mut self) {
        let nth = if self.present.is_empty() {
            0
        } else {
            self.draw.random_range(0..self.present.len())
        };
        self.turn = self.present.iter().nth(nth).copied();
    }
}

/// Lets one of several VMs through at a time.
#[derive(Debug)]
pub(crate) struct Turnstile {
    order: Mutex<Order>,
    changed: Condvar,
}

impl Turnstile {
    /// For these VMs, each in a thread of its own. Every one has to [`enter`](Self::enter), and to [`leave`](Self::leave).
    pub(crate) fn new(vms: impl IntoIterator<Item = VmRole>, seed: u64) -> Self {
        let mut order = Order {
            present: vms.into_iter().collect(),
            turn: None,
            draw: StdRng::seed_from_u64(seed),
        };
        order.draw();
        Self {
            order: Mutex::new(order),
            changed: Condvar::new(),
        }
    }

    /// Waits for the first turn.
    pub(crate) fn enter(&self, vm: VmRole) {
        self.wait(self.order.lock().unwrap_or_else(PoisonError::into_inner), vm);
    }

    /// Takes no more turns.
    pub(crate) fn leave(&self, vm: VmRole) {
        let mut order = self.order.lock().unwrap_or_else(PoisonError::into_inner);
        order.present.remove(&vm);
        order.draw();
        drop(order);
        self.changed.notify_all();
    }

    fn wait(&self, mut order: MutexGuard<'_, Order>, vm: VmRole) {
        while order.turn != Some(vm) {
            order = self.changed.wait(order).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

impl Turns for Turnstile {
    /// Gives the turn away, and waits until it comes back.
    fn pass(&self, vm: VmRole) {
        let mut order = self.order.lock().unwrap_or_else(PoisonError::into_inner);
        order.draw();
        if order.turn != Some(vm) {
            self.changed.notify_all();
            self.wait(order, vm);
        }
    }
}
