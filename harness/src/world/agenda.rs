//! What is to happen, in the order of time.

use std::collections::BTreeMap;
use std::time::Duration;

use super::lane::Task;
use crate::log::VmRole;

/// Tasks of VMs by when they are due, and among those of one moment in the order in which they were entered.
#[derive(Debug, Default)]
pub(super) struct Agenda {
    due: BTreeMap<(Duration, u64), (VmRole, Task)>,
    entered: u64,
}

impl Agenda {
    pub(super) fn enter(&mut self, at: Duration, vm: VmRole, task: Task) {
        self.entered += 1;
        self.due.insert((at, self.entered), (vm, task));
    }

    /// When the next task is due.
    pub(super) fn next(&self) -> Option<Duration> {
        self.due.first_key_value().map(|((at, _), _)| *at)
    }

    /// Takes what is due at `now` or before, for each VM in order.
    pub(super) fn take_due(&mut self, now: Duration) -> BTreeMap<VmRole, Vec<Task>> {
        let mut due: BTreeMap<VmRole, Vec<Task>> = BTreeMap::new();
        while let Some(entry) = self.due.first_entry() {
            if entry.key().0 > now {
                break;
            }
            let (vm, task) = entry.remove();
            due.entry(vm).or_default().push(task);
        }
        due
    }
}
