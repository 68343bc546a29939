//! Header fields of a request and of its answer.

use super::{Status, check, imports, memory::Handed};
use levee_core::Header;

/// `proxy_map_type_t`.
#[derive(Clone, Copy)]
pub(crate) enum Map {
    Request = 0,
    Response = 2,
}

/// The header fields of a request as the host serialises them: a count, then the lengths of each name and value, then names
/// and values themselves, each with a zero byte behind it; numbers are 32-bit and little-endian.
pub(crate) struct HeaderBlock(Vec<u8>);

impl HeaderBlock {
    /// Fetches the fields of the current request, all in one call.
    pub(crate) fn of_request() -> Result<Self, Status> {
        let mut handed = Handed::nothing();
        // SAFETY: both pointers are to live locals that the host writes once.
        check(unsafe {
            imports::proxy_get_header_map_pairs(
                Map::Request as u32,
                &raw mut handed.data,
                &raw mut handed.size,
            )
        })?;
        // SAFETY: this is what the host has just allocated and filled.
        Ok(Self(unsafe { handed.into_bytes() }))
    }

    /// Names and values. Where the block contradicts itself, it ends.
    pub(crate) fn fields(&self) -> Vec<Header<'_>> {
        self.parse().unwrap_or_default()
    }

    fn parse(&self) -> Option<Vec<Header<'_>>> {
        let (count, rest) = self.0.split_first_chunk::<4>()?;
        let (lengths, mut bytes) = rest.split_at_checked(number(*count)?.checked_mul(8)?)?;
        let (lengths, _) = lengths.as_chunks::<4>();
        let (lengths, _) = lengths.as_chunks::<2>();
        let mut fields = Vec::with_capacity(lengths.len());
        for [name, value] in lengths {
            let (name, rest) = terminated(bytes, number(*name)?)?;
            let (value, rest) = terminated(rest, number(*value)?)?;
            bytes = rest;
            fields.push((name, value));
        }
        Some(fields)
    }
}

fn number(bytes: [u8; 4]) -> Option<usize> {
    usize::try_from(u32::from_le_bytes(bytes)).ok()
}

/// `length` bytes, and what stands behind them and the zero byte.
fn terminated(bytes: &[u8], length: usize) -> Option<(&[u8], &[u8])> {
    let (text, rest) = bytes.split_at_checked(length)?;
    Some((text, rest.split_first()?.1))
}

/// Header fields as the host reads them, laid out as in [`HeaderBlock`].
pub(super) fn serialised<'h>(fields: impl ExactSizeIterator<Item = (&'h str, &'h str)> + Clone) -> Vec<u8> {
    let number = |number: usize| u32::try_from(number).unwrap_or(u32::MAX).to_le_bytes();
    let mut size = size_of::<u32>();
    for (name, value) in fields.clone() {
        // Two lengths, and two zero bytes.
        for part in [name.len(), value.len(), 10] {
            size = size.saturating_add(part);
        }
    }
    let mut block = Vec::with_capacity(size);
    block.extend_from_slice(&number(fields.len()));
    for (name, value) in fields.clone() {
        block.extend_from_slice(&number(name.len()));
        block.extend_from_slice(&number(value.len()));
    }
    for (name, value) in fields {
        for text in [name, value] {
            block.extend_from_slice(text.as_bytes());
            block.push(0);
        }
    }
    block
}

/// The value of a field; the first, where there are several. `None` where there is none.
pub(crate) fn get(map: Map, name: &str) -> Option<Vec<u8>> {
    let mut handed = Handed::nothing();
    // SAFETY: the host reads the name from a live slice, and writes each of the two locals once.
    let status = unsafe {
        imports::proxy_get_header_map_value(
            map as u32,
            name.as_ptr(),
            name.len(),
            &raw mut handed.data,
            &raw mut handed.size,
        )
    };
    check(status).ok()?;
    // SAFETY: this is what the host has just allocated and filled.
    Some(unsafe { handed.into_bytes() })
}

/// Adds a field, beside others of that name.
pub(crate) fn add(map: Map, name: &str, value: &str) -> Result<(), Status> {
    // SAFETY: the host reads both from live slices of these lengths.
    check(unsafe {
        imports::proxy_add_header_map_value(
            map as u32,
            name.as_ptr(),
            name.len(),
            value.as_ptr(),
            value.len(),
        )
    })
}

/// Removes all fields of that name.
pub(crate) fn remove(map: Map, name: &[u8]) -> Result<(), Status> {
    // SAFETY: the host reads `name.len()` bytes from a live slice.
    check(unsafe { imports::proxy_remove_header_map_value(map as u32, name.as_ptr(), name.len()) })
}
