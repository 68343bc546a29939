//! Reading a file of scenarios, and what is wrong with it.

use std::fmt;
use std::path::{Path, PathBuf};

use serde_path_to_error::Segment;
use serde_saphyr::{DefaultMessageFormatter, Error, MessageFormatter as _};

use super::at::Place;
use super::check::check;
use super::setting::Root;

/// A file of scenarios that makes sense.
#[derive(Debug)]
pub struct File {
    pub(super) path: PathBuf,
    /// What names in the file are relative to.
    pub(super) folder: PathBuf,
    pub(super) root: Root,
}

/// Most bytes of a file.
const MAX_BYTES: u64 = 16 << 20;

impl File {
    /// Reads and checks a file.
    ///
    /// # Errors
    /// [`Unreadable`], with all problems that were found and their places.
    pub fn read(path: impl Into<PathBuf>) -> Result<Self, Unreadable> {
        let path = path.into();
        let failed = |message: String| Unreadable {
            path: path.clone(),
            problems: vec![Problem {
                place: Place::default(),
                field: String::new(),
                message,
            }],
        };
        let size = std::fs::metadata(&path)
            .map_err(|error| failed(format!("cannot read it: {error}")))?
            .len();
        if size > MAX_BYTES {
            return Err(failed(format!(
                "it is too large: {size} bytes, at most {MAX_BYTES}"
            )));
        }
        let text =
            std::fs::read_to_string(&path).map_err(|error| failed(format!("cannot read it: {error}")))?;
        Self::parse(path, &text)
    }

    /// Checks the text of a file. Names in it are relative to the folder of `path`.
    ///
    /// # Errors
    /// [`Unreadable`], with all problems that were found and their places.
    pub fn parse(path: impl Into<PathBuf>, text: &str) -> Result<Self, Unreadable> {
        let path = path.into();
        let folder = path.parent().unwrap_or(Path::new("")).to_owned();
        let problems = match parse(text) {
            Ok(root) => {
                let problems = check(&root);
                if problems.is_empty() {
                    return Ok(Self { path, folder, root });
                }
                problems
            }
            Err(problem) => vec![problem],
        };
        Err(Unreadable { path, problems })
    }

    /// Where it was read from.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The names of its scenarios, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.root.scenarios.iter().map(|scenario| scenario.name.as_str())
    }
}

fn parse(text: &str) -> Result<Root, Problem> {
    let options = serde_saphyr::options! {
        strict_booleans: true,
        leading_zero_numbers_as_strings: true,
        with_snippet: false,
    };
    let mut field = String::new();
    serde_saphyr::with_deserializer_from_str_with_options(text, options, |deserializer| {
        serde_path_to_error::deserialize(deserializer).map_err(|error| {
            field = named(error.path());
            error.into_inner()
        })
    })
    .map_err(|error| {
        let place = error.location().map_or_else(Place::default, |location| Place {
            line: location.line(),
            column: location.column(),
        });
        Problem {
            place,
            field,
            message: message(error.without_snippet()),
        }
    })
}

/// A path as people write it.
fn named(path: &serde_path_to_error::Path) -> String {
    let mut named = String::new();
    for segment in path {
        match segment {
            Segment::Seq { index } => named.push_str(&format!("[{index}]")),
            // What [`At`](super::at::At) has around what is written.
            Segment::Map { key } if key == "value" => {}
            Segment::Map { key } | Segment::Enum { variant: key } if named.is_empty() => named.push_str(key),
            Segment::Map { key } | Segment::Enum { variant: key } => named.push_str(&format!(".{key}")),
            Segment::Unknown => {}
        }
    }
    named
}

/// What is wrong, without the place.
fn message(error: &Error) -> String {
    match error {
        Error::SerdeUnknownField { field, expected, .. } => {
            format!(
                "there is no key \"{field}\" here{}: the keys are {}",
                meant(field, expected),
                listed(expected, "and")
            )
        }
        Error::SerdeUnknownVariant {
            variant, expected, ..
        } => {
            format!(
                "there is no \"{variant}\" here{}: it must be {}",
                meant(variant, expected),
                listed(expected, "or")
            )
        }
        Error::InvalidBooleanStrict { .. } => "this is neither true nor false".to_owned(),
        Error::SerdeMissingField { field, .. } => format!("the key \"{field}\" is missing"),
        Error::SerdeInvalidType {
            unexpected, expected, ..
        } => format!("this is {unexpected}: expected {expected}"),
        Error::DuplicateMappingKey { key: Some(key), .. } => format!("the key \"{key}\" is there twice"),
        Error::AliasError { error, .. } => message(error),
        error => DefaultMessageFormatter.format_message(error).into_owned(),
    }
}

/// `a, b and c`.
fn listed(names: &[&str], word: &str) -> String {
    match names {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [all @ .., last] => format!("{} {word} {last}", all.join(", ")),
    }
}

/// The key that was probably meant.
fn meant(written: &str, known: &[&str]) -> String {
    known
        .iter()
        .map(|name| (strsim::jaro_winkler(written, name), name))
        .filter(|(likeness, _)| *likeness > 0.8)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, name)| format!(" (did you mean \"{name}\"?)"))
        .unwrap_or_default()
}

/// Something that is wrong with a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where; line 0 if it concerns the file as a whole.
    pub place: Place,
    /// The field, such as `scenarios[0].steps[1].expect`; may be empty.
    pub field: String,
    /// What is wrong, and what would be right.
    pub message: String,
}

/// A file cannot be read, or makes no sense.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// The file.
    pub path: PathBuf,
    /// What is wrong with it; at least one problem.
    pub problems: Vec<Problem>,
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (
            nth,
            Problem {
                place,
                field,
                message,
            },
        ) in self.problems.iter().enumerate()
        {
            if nth > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{}", self.path.display())?;
            if place.line > 0 {
                write!(f, ":{place}")?;
            }
            write!(f, ": ")?;
            if !field.is_empty() {
                write!(f, "{field}: ")?;
            }
            write!(f, "{message}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Unreadable {}
