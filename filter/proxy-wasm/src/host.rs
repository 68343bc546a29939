//! The few host calls for which the SDK is not used: it would panic on header names that are not UTF-8, and it has no
//! random bytes. Everything `unsafe` of this crate is here.
//!
//! Layouts and semantics: Proxy-Wasm ABI 0.2.1, and WASI preview 1 for `random_get`.
#![expect(unsafe_code, reason = "calls to the host pass raw pointers")]

use levee_core::{
    Entropy, Header,
    ledger::{SlotName, Store, StoreError, Version},
};
use proxy_wasm::types::{MapType, Status};

#[cfg_attr(target_arch = "wasm32", link(wasm_import_module = "env"))]
unsafe extern "C" {
    /// Allocates the serialised map in this module's memory and stores where it is.
    fn proxy_get_header_map_pairs(map_type: u32, data: *mut *mut u8, size: *mut usize) -> u32;
    fn proxy_remove_header_map_value(map_type: u32, key: *const u8, key_size: usize) -> u32;
    /// Allocates the value in this module's memory and stores where it is, and its version.
    fn proxy_get_shared_data(
        key: *const u8,
        key_size: usize,
        data: *mut *mut u8,
        size: *mut usize,
        version: *mut u32,
    ) -> u32;
    fn proxy_set_shared_data(
        key: *const u8,
        key_size: usize,
        value: *const u8,
        value_size: usize,
        version: u32,
    ) -> u32;
}

/// The headers of a request as the host serialises them: a count, then the lengths of each name and value, then names and
/// values themselves, each with a zero byte behind it; numbers are 32-bit and little-endian.
pub(crate) struct HeaderBlock(Vec<u8>);

impl HeaderBlock {
    /// Fetches the headers of the current request, all in one call.
    pub(crate) fn of_request() -> Result<Self, Status> {
        let mut data = core::ptr::null_mut();
        let mut size = 0;
        // SAFETY: both pointers are to live locals that the host writes once.
        check(unsafe {
            proxy_get_header_map_pairs(MapType::HttpRequestHeaders as u32, &raw mut data, &raw mut size)
        })?;
        // SAFETY: this is what the host has just allocated and filled.
        Ok(Self(unsafe { allocated(data, size) }))
    }

    /// Names and values. Where the block contradicts itself, it ends.
    pub(crate) fn headers(&self) -> Vec<Header<'_>> {
        self.parse().unwrap_or_default()
    }

    fn parse(&self) -> Option<Vec<Header<'_>>> {
        let (count, rest) = number(&self.0)?;
        let (mut lengths, mut bytes) = rest.split_at_checked(count.checked_mul(8)?)?;
        let mut headers = Vec::with_capacity(count);
        while !lengths.is_empty() {
            let (name_length, rest) = number(lengths)?;
            let (value_length, rest) = number(rest)?;
            lengths = rest;
            let (name, rest) = terminated(bytes, name_length)?;
            let (value, rest) = terminated(rest, value_length)?;
            bytes = rest;
            headers.push((name, value));
        }
        Some(headers)
    }
}

/// The bytes that the host has allocated at `data`; none when it gives no address.
///
/// # Safety
///
/// The host must have had these `size` bytes allocated by this module's exported `malloc`, which hands out the memory of a
/// `Vec<u8>` of that capacity, must have filled them, and must not use them any more.
unsafe fn allocated(data: *mut u8, size: usize) -> Vec<u8> {
    if data.is_null() || size == 0 {
        return Vec::new();
    }
    // SAFETY: as the caller says.
    unsafe { Vec::from_raw_parts(data, size, size) }
}

/// A number, and what stands behind it.
fn number(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let (number, rest) = bytes.split_first_chunk::<4>()?;
    Some((usize::try_from(u32::from_le_bytes(*number)).ok()?, rest))
}

/// `length` bytes, and what stands behind them and the zero byte.
fn terminated(bytes: &[u8], length: usize) -> Option<(&[u8], &[u8])> {
    let (text, rest) = bytes.split_at_checked(length)?;
    Some((text, rest.split_first()?.1))
}

/// Removes all headers called `name` from the current request.
pub(crate) fn remove_request_header(name: &[u8]) -> Result<(), Status> {
    // SAFETY: the host reads `name.len()` bytes from a live slice.
    check(unsafe {
        proxy_remove_header_map_value(MapType::HttpRequestHeaders as u32, name.as_ptr(), name.len())
    })
}

/// The data that all VMs of a `vm_id` share (ABI 0.2.1, "Shared Key-Value Store"). In Envoy a key is never removed, and
/// memory for it never returned.
#[derive(Debug)]
pub(crate) struct SharedData;

/// A version that no value has but once in four thousand million changes. The host stores under a missing key whatever the
/// version says, and refuses a wrong one under a key that exists: so this stores only where there is nothing.
const NO_VERSION: u32 = u32::MAX;
/// Stores whatever there is; on hosts of nginx only where there is nothing.
const ANY_VERSION: u32 = 0;

const NOT_FOUND: u32 = 1;
const CAS_MISMATCH: u32 = 8;

impl Store for SharedData {
    fn get(&mut self, slot: &SlotName) -> Result<Option<(Vec<u8>, Version)>, StoreError> {
        let mut data = core::ptr::null_mut();
        let (mut size, mut version) = (0, 0);
        // SAFETY: the name is a live array of that length, and the host writes each of the three locals once.
        let status = unsafe {
            proxy_get_shared_data(
                slot.as_ptr(),
                slot.len(),
                &raw mut data,
                &raw mut size,
                &raw mut version,
            )
        };
        match status {
            0 => {}
            NOT_FOUND => return Ok(None),
            _ => return Err(StoreError::Unavailable),
        }
        // SAFETY: this is what the host has just allocated and filled.
        let value = unsafe { allocated(data, size) };
        // Without a version, nothing could be stored but blindly.
        let version = Version::new(version).ok_or(StoreError::Unavailable)?;
        Ok(Some((value, version)))
    }

    fn replace(&mut self, slot: &SlotName, value: &[u8], version: Version) -> Result<(), StoreError> {
        set_shared_data(slot, value, version.get())
    }

    fn insert(&mut self, slot: &SlotName, value: &[u8]) -> Result<(), StoreError> {
        match set_shared_data(slot, value, NO_VERSION) {
            // A host may hold, as the specification does, that where there is nothing no version matches. What another VM
            // stores between these two calls is then lost; slots are inserted empty, before any request.
            Err(StoreError::Conflict) if self.get(slot)?.is_none() => {
                set_shared_data(slot, value, ANY_VERSION)
            }
            outcome => outcome,
        }
    }
}

fn set_shared_data(slot: &SlotName, value: &[u8], version: u32) -> Result<(), StoreError> {
    // SAFETY: the host reads both from live slices of these lengths.
    let status =
        unsafe { proxy_set_shared_data(slot.as_ptr(), slot.len(), value.as_ptr(), value.len(), version) };
    match status {
        0 => Ok(()),
        CAS_MISMATCH => Err(StoreError::Conflict),
        _ => Err(StoreError::Unavailable),
    }
}

/// The SDK's status type lacks some of the statuses that hosts return; those are internal failures too.
fn check(status: u32) -> Result<(), Status> {
    match status {
        0 => Ok(()),
        1 => Err(Status::NotFound),
        2 => Err(Status::BadArgument),
        _ => Err(Status::InternalFailure),
    }
}

/// Random bytes from the host.
pub(crate) struct HostEntropy;

impl Entropy for HostEntropy {
    fn draw(&mut self) -> Option<[u8; 16]> {
        let mut bytes = [0; 16];
        random(&mut bytes).then_some(bytes)
    }
}

#[cfg(target_arch = "wasm32")]
fn random(bytes: &mut [u8; 16]) -> bool {
    #[link(wasm_import_module = "wasi_snapshot_preview1")]
    unsafe extern "C" {
        fn random_get(buffer: *mut u8, length: usize) -> u32;
    }
    // SAFETY: the host writes `length` bytes into a live array of that length.
    unsafe { random_get(bytes.as_mut_ptr(), bytes.len()) == 0 }
}

/// Outside of a host there are none, and no challenge is made.
#[cfg(not(target_arch = "wasm32"))]
fn random(_: &mut [u8; 16]) -> bool {
    false
}
