//! A store as Envoy's shared data is, in this process's memory.

use std::collections::HashMap;

use levee_core::ledger::{SlotName, Store, StoreError, Version};

/// Values under their names.
#[derive(Debug, Default)]
pub(crate) struct InMemory(HashMap<SlotName, (Vec<u8>, Version)>);

impl Store for InMemory {
    fn get(&mut self, slot: &SlotName) -> Result<Option<(Vec<u8>, Version)>, StoreError> {
        Ok(self.0.get(slot).cloned())
    }

    fn replace(&mut self, slot: &SlotName, value: &[u8], version: Version) -> Result<(), StoreError> {
        match self.0.get_mut(slot) {
            Some((its_value, its_version)) if *its_version == version => {
                value.clone_into(its_value);
                *its_version = its_version.checked_add(1).unwrap_or(Version::MIN);
                Ok(())
            }
            _ => Err(StoreError::Conflict),
        }
    }

    fn insert(&mut self, slot: &SlotName, value: &[u8]) -> Result<(), StoreError> {
        if self.0.contains_key(slot) {
            return Err(StoreError::Conflict);
        }
        self.0.insert(*slot, (value.to_vec(), Version::MIN));
        Ok(())
    }
}
