//! The data that all VMs of a `vm_id` share. In Envoy a key is never removed, and memory for it never returned.

use super::{Status, check, imports, memory::Handed};
use levee_core::ledger::{SlotName, Store, StoreError, Version};

/// The shared data.
#[derive(Debug)]
pub(crate) struct SharedData;

/// A version that no value has but once in four thousand million changes. The host stores under a missing key whatever the
/// version says, and refuses a wrong one under a key that exists: so this stores only where there is nothing.
const NO_VERSION: u32 = u32::MAX;
/// Stores whatever there is; on hosts of nginx only where there is nothing.
const ANY_VERSION: u32 = 0;

impl Store for SharedData {
    fn get(&mut self, slot: &SlotName) -> Result<Option<(Vec<u8>, Version)>, StoreError> {
        let mut handed = Handed::nothing();
        let mut version = 0;
        // SAFETY: the name is a live array of that length, and the host writes each of the three locals once.
        let status = unsafe {
            imports::proxy_get_shared_data(
                slot.as_ptr(),
                slot.len(),
                &raw mut handed.data,
                &raw mut handed.size,
                &raw mut version,
            )
        };
        match check(status) {
            Ok(()) => {}
            Err(Status::NOT_FOUND) => return Ok(None),
            Err(_) => return Err(StoreError::Unavailable),
        }
        // SAFETY: this is what the host has just allocated and filled.
        let value = unsafe { handed.into_bytes() };
        // Without a version, nothing could be stored but blindly.
        let version = Version::new(version).ok_or(StoreError::Unavailable)?;
        Ok(Some((value, version)))
    }

    fn replace(&mut self, slot: &SlotName, value: &[u8], version: Version) -> Result<(), StoreError> {
        store(slot, value, version.get())
    }

    fn insert(&mut self, slot: &SlotName, value: &[u8]) -> Result<(), StoreError> {
        match store(slot, value, NO_VERSION) {
            // A host may hold, as the specification does, that where there is nothing no version matches. What another VM
            // stores between these two calls is then lost; slots are inserted empty, before any request.
            Err(StoreError::Conflict) if self.get(slot)?.is_none() => store(slot, value, ANY_VERSION),
            outcome => outcome,
        }
    }
}

fn store(slot: &SlotName, value: &[u8], version: u32) -> Result<(), StoreError> {
    // SAFETY: the host reads both from live slices of these lengths.
    let status = unsafe {
        imports::proxy_set_shared_data(slot.as_ptr(), slot.len(), value.as_ptr(), value.len(), version)
    };
    match check(status) {
        Ok(()) => Ok(()),
        Err(Status::CAS_MISMATCH) => Err(StoreError::Conflict),
        Err(_) => Err(StoreError::Unavailable),
    }
}
