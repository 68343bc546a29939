//! A page printed in advance: what is the same for every visitor, with gaps for what is not.
//!
//! Under a flood most of what the filter computes would be the same page again. So a template is rendered once for each
//! language, and a visitor's copy is put together from its pieces.

use crate::scan;
use askama::{
    Template,
    filters::{Escaper as _, Html},
};
use core::fmt;

/// What is different for each visitor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Gap {
    /// The content of the element that loads the page again.
    Refresh,
    /// The challenge token.
    Token,
    /// A time to wait, in words.
    Wait,
    /// A time to wait, in seconds.
    Seconds,
    /// The place in line.
    Place,
    /// The support id.
    SupportId,
}

/// In a template's values a gap is one character of Unicode's private use area, which no text of ours has.
const FIRST_MARK: u32 = 0xE000;

impl Gap {
    const ALL: [Self; 6] = [
        Self::Refresh,
        Self::Token,
        Self::Wait,
        Self::Seconds,
        Self::Place,
        Self::SupportId,
    ];

    fn mark(self) -> char {
        char::from_u32(FIRST_MARK.saturating_add(self as u32)).unwrap_or(char::REPLACEMENT_CHARACTER)
    }

    fn marked_by(c: char) -> Option<Self> {
        Self::ALL.into_iter().find(|gap| gap.mark() == c)
    }
}

impl fmt::Display for Gap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Write::write_char(f, self.mark())
    }
}

/// A text from a configuration, without what would be taken for a gap.
pub(super) fn without_marks(text: &str) -> String {
    text.chars().filter(|c| Gap::marked_by(*c).is_none()).collect()
}

/// A page with gaps.
#[derive(Clone, Debug)]
pub(super) struct Form {
    /// Each with the gap behind it.
    pieces: Vec<(String, Gap)>,
    last: String,
    length: usize,
}

impl Form {
    /// Renders `template`, in whose values gaps are written as they display.
    pub(super) fn print(title: &str, template: &impl Template) -> Self {
        // Writing into a string does not fail, and there is nobody to tell if it did: a page without adornment is the
        // most that can be done.
        let html = template
            .render()
            .unwrap_or_else(|_| format!("<!doctype html><title>{title}</title><h1>{title}</h1>"));
        let (mut pieces, mut last) = (Vec::new(), String::new());
        for c in html.chars() {
            match Gap::marked_by(c) {
                Some(gap) => pieces.push((core::mem::take(&mut last), gap)),
                None => last.push(c),
            }
        }
        Self {
            pieces,
            last,
            length: html.len(),
        }
    }

    /// A copy. `fill` appends what stands in each gap.
    pub(super) fn fill(&self, fill: impl Fn(Gap, &mut String)) -> String {
        /// What the values of one page are together, usually.
        const OF_VALUES: usize = 512;
        let mut html = String::with_capacity(self.length.saturating_add(OF_VALUES));
        for (piece, gap) in &self.pieces {
            html.push_str(piece);
            fill(*gap, &mut html);
        }
        html.push_str(&self.last);
        html
    }
}

/// Appends `text` so that it is no markup.
pub(super) fn push_escaped(html: &mut String, text: &str) {
    // There is nothing to escape in nearly all texts.
    if scan::may_be_markup(text.as_bytes()) {
        // Writing into a string does not fail.
        let _ = Html.write_escaped_str(html, text);
    } else {
        html.push_str(text);
    }
}
