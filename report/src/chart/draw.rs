//! Draws a plot as SVG.

use super::{Ink, Line, Plot};
use crate::Language;
use crate::clock::Clock;
use plotters::chart::{ChartBuilder, ChartContext};
use plotters::coord::Shift;
use plotters::coord::cartesian::Cartesian2d;
use plotters::coord::types::RangedCoordf64;
use plotters::drawing::{DrawingArea, DrawingAreaErrorKind, IntoDrawingArea as _};
use plotters::element::{Circle, PathElement, Rectangle, Text};
use plotters::prelude::SVGBackend;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color as _, IntoFont as _, ShapeStyle, TextStyle};

/// Units in a pixel. The library draws at whole units, which would be seen on a screen with fine pixels.
const PIXEL: i32 = 10;

/// How large a chart is drawn. It is the style sheet that shows the one that fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Size {
    /// For phones, and for two beside each other.
    Narrow,
    /// For the width of the page.
    Wide,
}

impl Size {
    /// Width and height, in pixels.
    const fn pixels(self) -> (u32, u32) {
        match self {
            Self::Narrow => (380, 220),
            Self::Wide => (880, 256),
        }
    }

    const fn ticks(self) -> usize {
        match self {
            Self::Narrow => 4,
            Self::Wide => 9,
        }
    }

    /// The height of letters. A wide chart is made smaller on paper and on tablets, a narrow one larger beside another.
    const fn letters(self) -> i32 {
        match self {
            Self::Narrow => 12 * PIXEL,
            Self::Wide => 13 * PIXEL,
        }
    }

    /// The value of `viewBox`.
    pub(crate) fn view_box(self) -> String {
        let (width, height) = self.pixels();
        format!(
            "0 0 {} {}",
            width * PIXEL.unsigned_abs(),
            height * PIXEL.unsigned_abs()
        )
    }
}

type Backend<'a> = SVGBackend<'a>;
type Context<'a, 'b> = ChartContext<'a, Backend<'b>, Cartesian2d<RangedCoordf64, RangedCoordf64>>;
type Drawn = Result<(), DrawingAreaErrorKind<std::io::Error>>;

/// What stands inside of the SVG element, whose [size](Size::view_box) and description are for the page to say.
pub(crate) fn draw(plot: &Plot<'_>, size: Size, clock: Clock, language: Language) -> String {
    let (width, height) = size.pixels();
    let mut svg = String::new();
    let units = |pixels: u32| pixels * PIXEL.unsigned_abs();
    let root = SVGBackend::with_string(&mut svg, (units(width), units(height))).into_drawing_area();
    let drawn = draw_on(&root, plot, size, clock, language).and_then(|()| root.present());
    drop(root);
    // Drawing into a string does not fail, and a report without a chart is better than none.
    if drawn.is_err() {
        return String::new();
    }
    inside(&svg).to_owned()
}

/// What stands between the tags of the outermost element, which would have a fixed size.
fn inside(svg: &str) -> &str {
    let from = svg.find('>').map_or(0, |end| end + 1);
    let until = svg.rfind("</svg>").unwrap_or(svg.len());
    svg.get(from..until).unwrap_or_default().trim()
}

fn draw_on(
    root: &DrawingArea<Backend<'_>, Shift>,
    plot: &Plot<'_>,
    size: Size,
    clock: Clock,
    language: Language,
) -> Drawn {
    let (bottom, top) = plot.scale.range();
    let (from, until) = (plot.window.from, plot.window.until);
    let ticks = plot.scale.ticks(language);
    let mut builder = ChartBuilder::on(root);
    builder
        .margin_top(8 * PIXEL)
        .margin_right(14 * PIXEL)
        .margin_left(label_width(&ticks, size))
        .margin_bottom(24 * PIXEL);
    let chart = builder.build_cartesian_2d(from..until, bottom..top)?;
    shade(&chart, plot)?;
    rows(root, &chart, plot, &ticks, size)?;
    times(
        root,
        &chart,
        plot,
        &clock.ticks(from, until, size.ticks(), language),
        size,
    )?;
    if let Some(limit) = plot.limit {
        let height = plot.scale.height(limit);
        chart
            .plotting_area()
            .draw(&path(vec![(from, height), (until, height)], Ink::Limit, 15))?;
    }
    plot.lines
        .iter()
        .try_for_each(|line| draw_line(&chart, plot, line))
}

fn shade(chart: &Context<'_, '_>, plot: &Plot<'_>) -> Drawn {
    let (bottom, top) = plot.scale.range();
    let (from, until) = (plot.window.from, plot.window.until);
    for shade in plot.shades {
        let (left, right) = (shade.0.clamp(from, until), shade.1.clamp(from, until));
        if left < right {
            let rectangle = Rectangle::new([(left, bottom), (right, top)], Ink::Shade.color().filled());
            chart.plotting_area().draw(&rectangle)?;
        }
    }
    Ok(())
}

/// The lines across, with their values on the left.
fn rows(
    root: &DrawingArea<Backend<'_>, Shift>,
    chart: &Context<'_, '_>,
    plot: &Plot<'_>,
    ticks: &[(f64, String)],
    size: Size,
) -> Drawn {
    let (from, until) = (plot.window.from, plot.window.until);
    for (value, label) in ticks {
        let height = plot.scale.height(*value);
        chart
            .plotting_area()
            .draw(&path(vec![(from, height), (until, height)], Ink::Grid, 10))?;
        let (x, y) = chart.backend_coord(&(from, height));
        let style = text_style(size, HPos::Right, VPos::Center);
        root.draw(&Text::new(label.as_str(), (x - 6 * PIXEL, y), style))?;
    }
    Ok(())
}

/// The times below.
fn times(
    root: &DrawingArea<Backend<'_>, Shift>,
    chart: &Context<'_, '_>,
    plot: &Plot<'_>,
    ticks: &[(f64, String)],
    size: Size,
) -> Drawn {
    let (bottom, _) = plot.scale.range();
    for (seconds, label) in ticks {
        let (x, y) = chart.backend_coord(&(*seconds, bottom));
        let mark = vec![(x, y), (x, y + 4 * PIXEL)];
        root.draw(&PathElement::new(mark, stroke(Ink::Label, 10)))?;
        let style = text_style(size, HPos::Center, VPos::Top);
        root.draw(&Text::new(label.as_str(), (x, y + 7 * PIXEL), style))?;
    }
    Ok(())
}

fn draw_line(chart: &Context<'_, '_>, plot: &Plot<'_>, line: &Line) -> Drawn {
    for piece in &line.points.without_level_middles().0 {
        let points: Vec<(f64, f64)> = piece
            .iter()
            .map(|(seconds, value)| {
                // The middle of a step that has begun before the window stands at its edge.
                let seconds = seconds.clamp(plot.window.from, plot.window.until);
                (seconds, plot.scale.height(*value))
            })
            .collect();
        if let [alone] = points.as_slice() {
            let dot = Circle::new(*alone, 15, line.ink.color().filled());
            chart.plotting_area().draw(&dot)?;
        } else {
            chart.plotting_area().draw(&path(points, line.ink, 18))?;
        }
    }
    Ok(())
}

fn path(points: Vec<(f64, f64)>, ink: Ink, width: u32) -> PathElement<(f64, f64)> {
    PathElement::new(points, stroke(ink, width))
}

fn stroke(ink: Ink, width: u32) -> ShapeStyle {
    ink.color().stroke_width(width)
}

fn text_style<'a>(size: Size, horizontal: HPos, vertical: VPos) -> TextStyle<'a> {
    let mut style =
        TextStyle::from(("sans-serif", size.letters()).into_font()).pos(Pos::new(horizontal, vertical));
    style.color = Ink::Label.color().to_backend_color();
    style
}

/// What the longest label takes. The fonts of the reader are not known: digits are about as wide as this in all of them.
fn label_width(ticks: &[(f64, String)], size: Size) -> i32 {
    let longest = ticks
        .iter()
        .map(|(_, label)| label.chars().count())
        .max()
        .unwrap_or_default();
    12 * PIXEL + size.letters() * 6 / 10 * i32::try_from(longest).unwrap_or(12)
}
