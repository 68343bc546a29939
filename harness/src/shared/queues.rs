//! Shared queues: named, first in first out, with one VM told of new entries.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
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

/// One VM among those of all hosts that share the queues.
type Member = (u64, VmRole);

#[derive(Debug, Default)]
struct Queue {
    /// Who has registered it, and with which context; the last of them is told of new entries.
    owners: Vec<(Member, u32)>,
    entries: VecDeque<Vec<u8>>,
}

#[derive(Debug, Default)]
struct Queues {
    names: HashMap<Vec<u8>, u32>,
    queues: HashMap<u32, Queue>,
    notices: HashMap<Member, VecDeque<QueueNotice>>,
    wakers: HashMap<Member, Waker>,
    bytes: usize,
    last_host: u64,
}

impl Queues {
    fn has_notice(&self, member: Member) -> bool {
        let notices = self.notices.get(&member);
        notices.is_some_and(|notices| !notices.is_empty())
    }

    fn notify_owner(&mut self, token: u32) {
        let owner = self.queues.get(&token).and_then(|queue| queue.owners.last());
        let Some(&(member, context)) = owner else { return };
        let queue = token;
        self.notices
            .entry(member)
            .or_default()
            .push_back(QueueNotice { context, queue });
        if let Some(waker) = self.wakers.remove(&member) {
            waker.wake();
        }
    }

    /// The VMs of a host are gone: who had registered before them is told again of what comes, and of what they have missed.
    fn forget(&mut self, host: u64) {
        for queue in self.queues.values_mut() {
            queue.owners.retain(|((other, _), _)| *other != host);
        }
        self.wakers.retain(|(other, _), _| *other != host);
        let gone = self.notices.extract_if(|(other, _), _| *other == host);
        let missed: Vec<u32> = gone
            .flat_map(|(_, notices)| notices)
            .map(|notice| notice.queue)
            .collect();
        missed.into_iter().for_each(|queue| self.notify_owner(queue));
    }
}

/// All queues, as the VMs of one host use them.
#[derive(Debug, Default)]
pub(crate) struct SharedQueues {
    all: Arc<Mutex<Queues>>,
    host: u64,
}

impl SharedQueues {
    /// The same queues for the VMs of another host.
    pub(crate) fn for_another_host(&self) -> Self {
        let mut all = self.lock();
        all.last_host += 1;
        Self {
            all: self.all.clone(),
            host: all.last_host,
        }
    }

    /// Creates the queue, or takes over the notifications of an existing one; its entries stay.
    pub(crate) fn register(&self, name: &[u8], vm: VmRole, context: u32) -> Result<u32, Full> {
        let mut all = self.lock();
        let token = match all.names.get(name) {
            Some(&token) => token,
            None if all.names.len() >= MAX_QUEUES => {
                return Err(Full {
                    what: "the table of shared queues",
                    bound: MAX_QUEUES,
                    unit: "queues",
                });
            }
            None => {
                let token = u32::try_from(all.names.len() + 1).unwrap_or(u32::MAX);
                all.names.insert(name.to_vec(), token);
                token
            }
        };
        let queue = all.queues.entry(token).or_default();
        // A canary is gone before it could be told of anything: what is announced to it, nobody would hear of.
        if vm != VmRole::Canary {
            let member = (self.host, vm);
            queue.owners.retain(|(other, _)| *other != member);
            queue.owners.push((member, context));
        }
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
        all.bytes = bytes;
        all.notify_owner(token);
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
        self.lock().notices.get_mut(&(self.host, vm))?.pop_front()
    }

    /// Whether there is a notification for a VM.
    pub(crate) fn has_notice(&self, vm: VmRole) -> bool {
        self.lock().has_notice((self.host, vm))
    }

    /// Has `waker` woken once when there is a notification for a VM; `true` when there is one already.
    pub(crate) fn watch(&self, vm: VmRole, waker: &Waker) -> bool {
        let mut all = self.lock();
        let member = (self.host, vm);
        if all.has_notice(member) {
            return true;
        }
        all.wakers.insert(member, waker.clone());
        false
    }

    fn lock(&self) -> MutexGuard<'_, Queues> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for SharedQueues {
    fn drop(&mut self) {
        self.lock().forget(self.host);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAME: &[u8] = b"orders";
    const WORKER: VmRole = VmRole::Worker(0);

    fn told(queues: &SharedQueues, vm: VmRole) -> usize {
        std::iter::from_fn(|| queues.take_notice(vm)).count()
    }

    #[test]
    fn the_vm_that_registered_last_is_told_of_new_entries() {
        let queues = SharedQueues::default();
        for vm in [VmRole::Main, WORKER] {
            queues.register(NAME, vm, 1).expect("room");
        }
        let token = queues.resolve(NAME).expect("registered");
        assert!(queues.enqueue(token, b"entry".to_vec()).expect("room"));
        assert_eq!(told(&queues, VmRole::Main), 0);
        assert_eq!(told(&queues, WORKER), 1);
        assert_eq!(queues.dequeue(token), Some(Some(b"entry".to_vec())));
        assert_eq!(queues.dequeue(token), Some(None));
    }

    #[test]
    fn a_canary_does_not_take_notifications_over() {
        let queues = SharedQueues::default();
        let token = queues.register(NAME, VmRole::Canary, 1).expect("room");
        assert!(queues.enqueue(token, Vec::new()).expect("room"), "it exists");
        queues.register(NAME, WORKER, 1).expect("room");
        queues
            .for_another_host()
            .register(NAME, VmRole::Canary, 1)
            .expect("room");
        queues.enqueue(token, Vec::new()).expect("room");
        assert_eq!(told(&queues, WORKER), 1);
    }

    #[test]
    fn vms_of_two_hosts_are_told_of_their_own_although_they_are_called_the_same() {
        let old = SharedQueues::default();
        let token = old.register(NAME, WORKER, 1).expect("room");
        old.enqueue(token, Vec::new()).expect("room");
        let new = old.for_another_host();
        assert_eq!(new.register(NAME, WORKER, 1).expect("room"), token);
        old.enqueue(token, Vec::new()).expect("room");
        assert_eq!((told(&old, WORKER), told(&new, WORKER)), (1, 1));
    }

    #[test]
    fn notifications_go_back_to_the_earlier_host_when_the_later_one_is_gone() {
        let old = SharedQueues::default();
        let token = old.register(NAME, WORKER, 1).expect("room");
        let failed = old.for_another_host();
        failed.register(NAME, WORKER, 1).expect("room");
        old.enqueue(token, Vec::new()).expect("room");
        assert_eq!(told(&old, WORKER), 0);
        drop(failed);
        assert_eq!(told(&old, WORKER), 1, "what the other has missed");
        old.enqueue(token, Vec::new()).expect("room");
        assert_eq!(told(&old, WORKER), 1);
    }
}
