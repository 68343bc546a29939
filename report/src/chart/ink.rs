//! What things are drawn with.

use crate::Verdict;
use plotters::style::RGBColor;

/// What a line is drawn with. The style sheet knows each by its colour here, gives it another in the dark and on paper, and a
/// pattern of dashes, so that lines can be told apart without colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ink {
    Site,
    Challenge,
    OverQuota,
    InLine,
    Served,
    Refused,
    Failed,
    Limit,
    Grid,
    Label,
    Shade,
}

impl Ink {
    pub(crate) const fn of(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Forwarded => Self::Site,
            Verdict::Challenge => Self::Challenge,
            Verdict::OverQuota => Self::OverQuota,
            Verdict::InLine => Self::InLine,
            Verdict::Served => Self::Served,
            Verdict::Refused => Self::Refused,
            Verdict::Failed => Self::Failed,
        }
    }

    pub(crate) const fn color(self) -> RGBColor {
        match self {
            Self::Site => RGBColor(0x0b, 0x64, 0x86),
            Self::Challenge => RGBColor(0xb4, 0x53, 0x09),
            Self::OverQuota => RGBColor(0x7c, 0x3a, 0xa3),
            Self::InLine => RGBColor(0x2b, 0x7a, 0x4b),
            Self::Served => RGBColor(0x5d, 0x6d, 0x78),
            Self::Refused => RGBColor(0xb0, 0x1e, 0x4a),
            Self::Failed => RGBColor(0x17, 0x24, 0x2d),
            Self::Limit => RGBColor(0x18, 0x25, 0x2e),
            Self::Grid => RGBColor(0xd5, 0xde, 0xe4),
            Self::Label => RGBColor(0x4d, 0x5f, 0x6b),
            Self::Shade => RGBColor(0xe4, 0xec, 0xf0),
        }
    }

    /// The colour as it stands in SVG, for the key beside the chart.
    pub(crate) fn hex(self) -> String {
        let RGBColor(red, green, blue) = self.color();
        format!("#{red:02X}{green:02X}{blue:02X}")
    }
}
