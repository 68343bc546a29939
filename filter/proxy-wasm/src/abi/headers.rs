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
        let (lengths, bytes) = rest.split_at_checked(number(*count)?.checked_mul(8)?)?;
        let (lengths, _) = lengths.as_chunks::<4>();
        let (lengths, _) = lengths.as_chunks::<2>();
        let mut fields = Vec::with_capacity(lengths.len());
        let mut at = 0_usize;
        for [name, value] in lengths {
            let name_end = at.checked_add(number(*name)?)?;
            // Behind the zero byte.
            let value_at = name_end.checked_add(1)?;
            let value_end = value_at.checked_add(number(*value)?)?;
            fields.push((bytes.get(at..name_end)?, bytes.get(value_at..value_end)?));
            at = value_end.checked_add(1)?;
        }
        Some(fields)
    }
}

fn number(bytes: [u8; 4]) -> Option<usize> {
    usize::try_from(u32::from_le_bytes(bytes)).ok()
}

/// Header fields as the host reads them, laid out as in [`HeaderBlock`].
pub(super) fn serialised<'h>(fields: impl ExactSizeIterator<Item = (&'h str, &'h str)> + Clone) -> Vec<u8> {
    /// More than most answers take.
    const SIZE: usize = 1_024;
    let number = |number: usize| u32::try_from(number).unwrap_or(u32::MAX).to_le_bytes();
    let mut block = Vec::with_capacity(SIZE);
    block.extend_from_slice(&number(fields.len()));
    for (name, value) in fields.clone() {
        block.extend_from_slice([number(name.len()), number(value.len())].as_flattened());
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
