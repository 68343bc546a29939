//! Shared queues: named, first in first out, with one VM told of new entries.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};
use std::task::Waker;

use super::Full;
use crate::log::VmRole;

/// Most queues.
const MAX_QUEUES: usize = 1024;
/// Most bytes waiting in all queues together. Envoy has no bound.
const MAX_BYTES: usize = 64 << 20;
/// What an entry costs besides its bytes, so that empty entries are bounded too.
const ENTRY_OVERHEAD: usize = 32;

/// `proxy_on_queue_ready` to be called on the VM that registered the queue last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct QueueNotice {
    pub(crate) context: u32,
    pub(crate) queue: u32,
}

#[derive(Debug)]
struct Queue {
    owner: (VmRole, u32),
    entries: VecDeque<Vec<u8>>,
}

#[derive(Debug, Default)]
struct Queues {
    names: HashMap<Vec<u8>, u32>,
    queues: HashMap<u32, Queue>,
    notices: HashMap<VmRole, VecDeque<QueueNotice>>,
    wakers: HashMap<VmRole, Waker>,
    bytes: usize,
}

/// All queues of a host.
#[derive(Debug, Default)]
pub(crate) struct SharedQueues(Mutex<Queues>);

impl SharedQueues {
    /// Creates the queue, or takes over the notifications of an existing one; its entries stay.
    pub(crate) fn register(&self, name: &[u8], vm: VmRole, context: u32) -> Result<u32, Full> {
        let mut all = self.lock();
        if let Some(&token) = all.names.get(name) {
            if let Some(queue) = all.queues.get_mut(&token) {
                queue.owner = (vm, context);
            }
            return Ok(token);
        }
        if all.names.len() >= MAX_QUEUES {
            return Err(Full {
                what: "the table of shared queues",
                bound: MAX_QUEUES,
                unit: "queues",
            });
        }
        let token = u32::try_from(all.names.len() + 1).unwrap_or(u32::MAX);
        all.names.insert(name.to_vec(), token);
        all.queues.insert(
            token,
            Queue {
                owner: (vm, context),
                entries: VecDeque::new(),
            },
        );
        Ok(token)
    }

    /// The id of a queue by name.
    pub(crate) fn resolve(&self, name: &[u8]) -> Option<u32> {
        self.lock().names.get(name).copied()
    }

    /// Adds an entry; `false` when there is no such queue.
    pub(crate) fn enqueue(&self, token: u32, entry: Vec<u8>) -> Result<bool, Full> {
        let mut all = self.lock();
        let bytes = all.bytes + entry.len() + ENTRY_OVERHEAD;
        let Some(queue) = all.queues.get_mut(&token) else {
            return Ok(false);
        };
        if bytes > MAX_BYTES {
            return Err(Full {
                what: "the memory for shared queues",
                bound: MAX_BYTES,
                unit: "bytes",
            });
        }
        queue.entries.push_back(entry);
        let (vm, context) = queue.owner;
        all.bytes = bytes;
        all.notices.entry(vm).or_default().push_back(QueueNotice {
            context,
            queue: token,
        });
        if let Some(waker) = all.wakers.remove(&vm) {
            waker.wake();
        }
        Ok(true)
    }

    /// Takes the oldest entry: `None` when there is no such queue, `Some(None)` when it is empty.
    pub(crate) fn dequeue(&self, token: u32) -> Option<Option<Vec<u8>>> {
        let mut all = self.lock();
        let entry = all.queues.get_mut(&token)?.entries.pop_front();
        all.bytes -= entry.as_ref().map_or(0, |entry| entry.len() + ENTRY_OVERHEAD);
        Some(entry)
    }

    /// The next notification for a VM.
    pub(crate) fn take_notice(&self, vm: VmRole) -> Option<QueueNotice> {
        self.lock().notices.get_mut(&vm)?.pop_front()
    }

    /// Whether there is a notification for a VM.
    pub(crate) fn has_notice(&self, vm: VmRole) -> bool {
        let all = self.lock();
        all.notices.get(&vm).is_some_and(|notices| !notices.is_empty())
    }

    /// Has `waker` woken once when there is a notification for a VM; `true` when there is one already.
    pub(crate) fn watch(&self, vm: VmRole, waker: &Waker) -> bool {
        let mut all = self.lock();
        if all.notices.get(&vm).is_some_and(|notices| !notices.is_empty()) {
            return true;
        }
        all.wakers.insert(vm, waker.clone());
        false
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Queues> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
