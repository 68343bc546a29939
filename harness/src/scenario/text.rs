//! Texts with what earlier steps have saved: `session=${session}`.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::str::FromStr;

use super::written::spelled_type;

/// What steps have saved so far, by name.
pub(crate) type Saved = BTreeMap<String, String>;

/// A text in which `${name}` stands for what a step has saved, and `$${` for `${`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Text {
    parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Plain(String),
    Saved(String),
}

impl Text {
    /// A text in which nothing was saved.
    pub(crate) fn plain(text: &str) -> Self {
        Self {
            parts: vec![Part::Plain(text.to_owned())],
        }
    }

    /// The text, with what was saved put in. A name that nothing was saved under stays as it is written.
    pub(crate) fn fill(&self, saved: &Saved) -> Cow<'_, str> {
        match self.parts.as_slice() {
            [] => Cow::Borrowed(""),
            [Part::Plain(text)] => Cow::Borrowed(text),
            parts => parts
                .iter()
                .map(|part| match part {
                    Part::Plain(text) => Cow::Borrowed(text.as_str()),
                    Part::Saved(name) => saved.get(name).map_or_else(
                        || Cow::Owned(format!("${{{name}}}")),
                        |value| Cow::Borrowed(value.as_str()),
                    ),
                })
                .collect::<String>()
                .into(),
        }
    }

    /// The names that it wants to be saved.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter_map(|part| match part {
            Part::Saved(name) => Some(name.as_str()),
            Part::Plain(_) => None,
        })
    }
}

impl FromStr for Text {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut parts = Vec::new();
        let mut plain = String::new();
        let mut rest = text;
        while let Some(at) = rest.find("${") {
            let (before, from) = rest.split_at(at);
            if let Some(before) = before.strip_suffix('$') {
                plain.push_str(before);
                plain.push_str("${");
                rest = &from[2..];
                continue;
            }
            plain.push_str(before);
            let name = from[2..].split_once('}').map(|(name, _)| name);
            let Some(name) = name.filter(|name| is_name(name)) else {
                return Err(format!(
                    "\"{text}\" has ${{ without a name and }}: write ${{name}} for what a step has saved, or $${{ for the \
                     two characters"
                ));
            };
            if !plain.is_empty() {
                parts.push(Part::Plain(std::mem::take(&mut plain)));
            }
            parts.push(Part::Saved(name.to_owned()));
            rest = &from[name.len() + 3..];
        }
        plain.push_str(rest);
        if !plain.is_empty() {
            parts.push(Part::Plain(plain));
        }
        Ok(Self { parts })
    }
}

spelled_type!(Text, "session=${session}");

/// Whether something can be saved under this name.
pub(crate) fn is_name(name: &str) -> bool {
    !name.is_empty()
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(text: &str) -> String {
        let saved = Saved::from([("a".to_owned(), "1".to_owned())]);
        text.parse::<Text>().expect("a text").fill(&saved).into_owned()
    }

    #[test]
    fn what_was_saved_is_put_in() {
        assert_eq!(filled("x=${a}; y=${a}${a}"), "x=1; y=11");
        assert_eq!(filled("$5, $${a} and $$"), "$5, ${a} and $$");
        assert_eq!(filled(""), "");
    }

    #[test]
    fn a_brace_that_is_not_closed_is_refused() {
        for text in ["${a", "${}", "${a b}"] {
            assert!(text.parse::<Text>().is_err(), "{text}");
        }
    }
}
