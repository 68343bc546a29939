//! Function types, as they are compared and as people read them.

use std::borrow::Cow;
use std::fmt::{self, Write as _};

use serde::{Serialize, Serializer};
use wasmparser::{FuncType, ValType};

/// The type of a function: what it takes and what it returns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    /// One letter for each value: `i` and `I` for i32 and i64, `f` and `F` for f32 and f64, `v` for v128, `r` for
    /// references; parameters, `>`, results.
    letters: Cow<'static, str>,
}

impl Signature {
    /// A type that the ABI names, in the letters above: `"iI>i"` takes an i32 and an i64, and returns an i32.
    pub(super) const fn of(letters: &'static str) -> Self {
        Self {
            letters: Cow::Borrowed(letters),
        }
    }

    /// The type of a function of a module.
    pub(super) fn read(ty: &FuncType) -> Self {
        let letter = |ty: &ValType| match ty {
            ValType::I32 => 'i',
            ValType::I64 => 'I',
            ValType::F32 => 'f',
            ValType::F64 => 'F',
            ValType::V128 => 'v',
            ValType::Ref(_) => 'r',
        };
        let letters = ty.params().iter().map(letter).chain(['>']);
        Self {
            letters: letters.chain(ty.results().iter().map(letter)).collect(),
        }
    }
}

/// As `(i32, i64) -> i32`; more than three equal values in a row as `i32 x8`.
impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (params, results) = self.letters.split_once('>').unwrap_or_default();
        write!(f, "({})", values(params))?;
        match results.len() {
            0 => Ok(()),
            1 => write!(f, " -> {}", values(results)),
            _ => write!(f, " -> ({})", values(results)),
        }
    }
}

fn values(letters: &str) -> String {
    let mut text = String::new();
    for run in letters.as_bytes().chunk_by(|a, b| a == b) {
        let name = match run.first() {
            Some(b'i') => "i32",
            Some(b'I') => "i64",
            Some(b'f') => "f32",
            Some(b'F') => "f64",
            Some(b'v') => "v128",
            _ => "ref",
        };
        if !text.is_empty() {
            text.push_str(", ");
        }
        if run.len() > 3 {
            // Writing to a string cannot fail.
            let _ = write!(text, "{name} x{}", run.len());
        } else {
            text.push_str(&vec![name; run.len()].join(", "));
        }
    }
    text
}

impl Serialize for Signature {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::Signature;

    #[test]
    fn types_are_written_as_people_write_them() {
        let text = |letters| Signature::of(letters).to_string();
        assert_eq!(text(">"), "()");
        assert_eq!(text("i>"), "(i32)");
        assert_eq!(text("iI>i"), "(i32, i64) -> i32");
        assert_eq!(text("iiiiiiii>i"), "(i32 x8) -> i32");
        assert_eq!(text("iiiiII>iv"), "(i32 x4, i64, i64) -> (i32, v128)");
    }
}
