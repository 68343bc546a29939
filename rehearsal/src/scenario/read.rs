//! Reading a scenario.

use super::{Scenario, check};
use std::path::Path;

/// Most bytes of a scenario.
const MAX_BYTES: usize = 1 << 20;

/// A scenario that cannot be played, with everything that is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{name}: {}", problems.join("\n  "))]
pub struct Unreadable {
    /// The file, or the name of the scenario.
    pub name: String,
    /// What is wrong, where, and what would be right.
    pub problems: Vec<String>,
}

impl Scenario {
    /// Reads and checks a file.
    ///
    /// # Errors
    /// [`Unreadable`].
    pub fn read(path: &Path) -> Result<(Self, String), Unreadable> {
        let name = path.display().to_string();
        let text = std::fs::read_to_string(path).map_err(|error| Unreadable {
            name: name.clone(),
            problems: vec![format!("cannot read it: {error}")],
        })?;
        Ok((Self::parse(&name, &text)?, text))
    }

    /// Checks a text. `name` is what it is called in errors.
    ///
    /// # Errors
    /// [`Unreadable`].
    pub fn parse(name: &str, text: &str) -> Result<Self, Unreadable> {
        let failed = |problems| Unreadable {
            name: name.to_owned(),
            problems,
        };
        if text.len() > MAX_BYTES {
            return Err(failed(vec![format!(
                "it is too large: {} bytes, at most {MAX_BYTES}",
                text.len()
            )]));
        }
        let scenario: Self = serde_saphyr::from_str(text).map_err(|error| failed(vec![error.to_string()]))?;
        let problems = check::problems(&scenario);
        if problems.is_empty() {
            Ok(scenario)
        } else {
            Err(failed(problems))
        }
    }
}
