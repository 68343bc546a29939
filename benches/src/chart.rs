//! Figures as a chart: what each subject adds, as bars, in SVG.

use anyhow::anyhow;
use plotters::{
    prelude::{EmptyElement, IntoDrawingArea as _, Rectangle, SVGBackend, Text},
    style::{
        Color as _, FontTransform, IntoFont as _, RGBColor, TextStyle, WHITE,
        text_anchor::{HPos, Pos, VPos},
    },
};

use crate::figures::Figures;

/// In pixels.
const WIDTH: u32 = 880;
const ROW: i32 = 26;
const TITLES: i32 = 400;
const RIGHT: i32 = 70;
const TOP: i32 = 44;

const OURS: RGBColor = RGBColor(0x0b, 0x6e, 0x8f);
const OTHERS: RGBColor = RGBColor(0xa8, 0xb3, 0xba);
const INK: RGBColor = RGBColor(0x20, 0x2a, 0x30);

/// A bar of the chart.
#[derive(Clone, Copy, Debug)]
pub struct Bar<'a> {
    /// What is drawn.
    pub figures: &'a Figures,
    /// Whether it is of Levee, and drawn in its colour.
    pub is_ours: bool,
}

/// A chart of what each adds to a request, in microseconds, headed by `title`.
///
/// # Errors
/// When it cannot be drawn.
pub fn added_cost(title: &str, bars: &[Bar<'_>]) -> anyhow::Result<String> {
    let mut svg = String::new();
    let rows = i32::try_from(bars.len())?;
    let height = u32::try_from(TOP + rows * ROW + 16)?;
    let longest = bars.iter().map(|bar| bar.figures.added_us).fold(1.0, f64::max);
    let space = f64::from(i32::try_from(WIDTH)? - TITLES - RIGHT);
    let failed = |error: plotters::drawing::DrawingAreaErrorKind<std::io::Error>| {
        anyhow!("the chart cannot be drawn: {error}")
    };
    {
        let area = SVGBackend::with_string(&mut svg, (WIDTH, height)).into_drawing_area();
        area.fill(&WHITE).map_err(failed)?;
        area.draw(&Text::new(title.to_owned(), (16, 14), letters(16, HPos::Left)))
            .map_err(failed)?;
        for (index, bar) in bars.iter().enumerate() {
            let top = TOP + ROW * i32::try_from(index)?;
            let middle = top + ROW / 2;
            // Nothing is drawn to the left of the reference: what costs less than it has a bar of no length.
            let length = (bar.figures.added_us.max(0.0) / longest * space) as i32;
            let colour = if bar.is_ours { OURS } else { OTHERS };
            let bar_from = EmptyElement::at((TITLES, top))
                + Rectangle::new([(0, 4), (length.max(1), ROW - 4)], colour.filled());
            area.draw(&bar_from).map_err(failed)?;
            let title = Text::new(
                bar.figures.title.clone(),
                (TITLES - 10, middle),
                letters(13, HPos::Right),
            );
            area.draw(&title).map_err(failed)?;
            let figure = Text::new(
                format!("{:+.1}", bar.figures.added_us),
                (TITLES + length + 8, middle),
                letters(13, HPos::Left),
            );
            area.draw(&figure).map_err(failed)?;
        }
        area.present().map_err(failed)?;
    }
    Ok(svg)
}

fn letters(height: i32, side: HPos) -> TextStyle<'static> {
    TextStyle::from(("sans-serif", height).into_font().transform(FontTransform::None))
        .color(&INK)
        .pos(Pos::new(side, VPos::Center))
}
