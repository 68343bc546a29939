//! The names of functions, which only somebody who reads a module needs: hosts would load them for nothing.

use anyhow::Context as _;
use wasmparser::{Parser, Payload};

/// What stands in front of the sections: the mark and the version.
const HEADER: usize = 8;

/// The module without its names. All other sections are as they were, those that tell its tools and features included.
pub(super) fn without_names(module: &[u8]) -> anyhow::Result<Vec<u8>> {
    let mut kept = module.get(..HEADER).context("it is too short")?.to_vec();
    let mut end = HEADER;
    for payload in Parser::new(0).parse_all(module) {
        let payload = payload.context("it is no module")?;
        let Some((_, contents)) = payload.as_section() else {
            continue;
        };
        // From where the section before ended: what is between is this one's head.
        let section = module.get(end..contents.end).context("a section is cut off")?;
        end = contents.end;
        if !matches!(&payload, Payload::CustomSection(custom) if custom.name() == "name") {
            kept.extend_from_slice(section);
        }
    }
    Ok(kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A section of fewer than 128 bytes.
    fn section(id: u8, contents: &[u8]) -> Vec<u8> {
        let length = u8::try_from(contents.len()).unwrap();
        [&[id, length], contents].concat()
    }

    #[test]
    fn names_are_left_out_and_nothing_else_is() {
        let header = b"\0asm\x01\0\0\0".to_vec();
        let types = section(1, &[1, 0x60, 0, 0]);
        let functions = section(3, &[1, 0]);
        let code = section(10, &[1, 2, 0, 0x0b]);
        let producers = section(0, b"\x09producers\0");
        let names = section(0, b"\x04name\x01\x04\x01\0\x01f");
        let module = [&header, &types, &functions, &code, &names, &producers]
            .map(Vec::as_slice)
            .concat();
        let kept = [&header, &types, &functions, &code, &producers]
            .map(Vec::as_slice)
            .concat();
        assert_eq!(without_names(&module).unwrap(), kept);
        assert_eq!(without_names(&kept).unwrap(), kept);
    }

    #[test]
    fn what_is_no_module_is_refused() {
        for module in [&b""[..], b"\0asm\x01\0\0\0\x01\x7f", b"<!doctype html>"] {
            assert!(without_names(module).is_err(), "{module:?}");
        }
    }
}
