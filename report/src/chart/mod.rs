//! Charts: lines over time, as SVG without a font or a script.

mod draw;
mod ink;
mod points;
mod scale;
mod window;

pub(crate) use draw::{Size, draw};
pub(crate) use ink::Ink;
pub(crate) use points::{Column, Points};
pub(crate) use scale::{Scale, ScaleKind};
pub(crate) use window::{MAX_ATTACKS, Window, windows};

/// One line.
pub(crate) struct Line {
    pub(crate) ink: Ink,
    pub(crate) points: Points,
}

/// Lines over a stretch of time.
pub(crate) struct Plot<'a> {
    pub(crate) window: &'a Window,
    pub(crate) lines: &'a [Line],
    pub(crate) scale: &'a Scale,
    /// Times that are shaded: from, until.
    pub(crate) shades: &'a [(f64, f64)],
    /// A height that is to be compared with.
    pub(crate) limit: Option<f64>,
}
