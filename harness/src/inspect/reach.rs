//! Whether a function may call the host.

use std::ops::Range;

use serde::Serialize;
use wasmparser::{BinaryReader, FunctionBody, Operator};

use super::InspectError;

/// Whether a function, or one that it calls, calls an import.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CallsHost {
    /// None does.
    No,
    /// One calls through a table or a reference, which may lead anywhere.
    Unclear,
    /// One has such a call, be it on a path that is not taken.
    Can,
}

/// The bodies of a module's own functions, in their order.
pub(super) struct Bodies<'a> {
    pub(super) module: &'a [u8],
    pub(super) imported: u32,
    pub(super) ranges: Vec<Range<usize>>,
}

impl Bodies<'_> {
    /// Follows every direct call, each function once.
    pub(super) fn calls_host(&self, function: u32) -> Result<CallsHost, InspectError> {
        let mut seen = vec![false; self.ranges.len()];
        let mut next = vec![function];
        let mut found = CallsHost::No;
        while let Some(function) = next.pop() {
            let Some(own) = function.checked_sub(self.imported) else {
                return Ok(CallsHost::Can);
            };
            let own = own as usize;
            let (Some(seen), Some(range)) = (seen.get_mut(own), self.ranges.get(own)) else {
                continue;
            };
            if std::mem::replace(seen, true) {
                continue;
            }
            let bytes = self.module.get(range.clone()).unwrap_or_default();
            let mut operators =
                FunctionBody::new(BinaryReader::new(bytes, range.start)).get_operators_reader()?;
            while !operators.eof() {
                match operators.read()? {
                    Operator::Call { function_index } | Operator::ReturnCall { function_index } => {
                        next.push(function_index);
                    }
                    Operator::CallIndirect { .. }
                    | Operator::ReturnCallIndirect { .. }
                    | Operator::CallRef { .. }
                    | Operator::ReturnCallRef { .. } => found = CallsHost::Unclear,
                    _ => {}
                }
            }
        }
        Ok(found)
    }
}
