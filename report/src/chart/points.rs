//! From steps to the points of a line.

use super::Window;

/// A column of a series, and what is shown of several steps that share a point.
#[derive(Clone, Copy)]
pub(crate) enum Column<'a> {
    /// Requests in each step, as requests a second. Of several, the most: no peak is hidden.
    Rate(&'a [u64]),
    /// How many there are at the end of each step. Of several, the last.
    Level(&'a [u64]),
    /// A figure that some steps do not have. Of several, the highest.
    Sparse(&'a [Option<u64>]),
}

/// A line: pieces of points, seconds and value each. It is interrupted where there is nothing.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Points(pub(crate) Vec<Vec<(f64, f64)>>);

impl Points {
    /// The points of a column within a window.
    pub(crate) fn of(column: Column<'_>, step_seconds: f64, window: &Window) -> Self {
        let mut pieces = vec![Vec::new()];
        for (index, value) in values(column, step_seconds, window) {
            let Some(value) = value else {
                pieces.push(Vec::new());
                continue;
            };
            let first = window.steps.start + index * window.steps_per_point;
            let last = (first + window.steps_per_point).min(window.steps.end);
            let middle = (first + last) as f64 / 2.0 * step_seconds;
            if let Some(piece) = pieces.last_mut() {
                piece.push((middle, value));
            }
        }
        pieces.retain(|piece| !piece.is_empty());
        Self(pieces)
    }

    /// The same without points in the middle of a level stretch, which nobody would see.
    pub(crate) fn without_level_middles(&self) -> Self {
        let keeps = |piece: &[(f64, f64)], index: usize| {
            let neighbour = |at: Option<usize>| at.and_then(|at| piece.get(at)).map(|point| point.1);
            let here = piece.get(index).map(|point| point.1);
            neighbour(index.checked_sub(1)) != here || neighbour(Some(index + 1)) != here
        };
        let pieces = self.0.iter().map(|piece| {
            piece
                .iter()
                .enumerate()
                .filter(|(index, _)| keeps(piece, *index))
                .map(|(_, point)| *point)
                .collect()
        });
        Self(pieces.collect())
    }

    /// The same without stretches of zero, but for where a line rises from there and falls back: many lines at zero are one
    /// that says nothing.
    pub(crate) fn without_idle(&self) -> Self {
        let mut pieces = Vec::new();
        for piece in &self.0 {
            let is_busy =
                |at: Option<usize>| at.and_then(|at| piece.get(at)).is_some_and(|point| point.1 > 0.0);
            let mut kept = Vec::new();
            for (index, point) in piece.iter().enumerate() {
                let beside = is_busy(index.checked_sub(1)) || is_busy(Some(index + 1));
                if point.1 > 0.0 || beside {
                    kept.push(*point);
                } else {
                    pieces.push(std::mem::take(&mut kept));
                }
            }
            pieces.push(kept);
        }
        pieces.retain(|piece| !piece.is_empty());
        Self(pieces)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (f64, f64)> + '_ {
        self.0.iter().flatten().copied()
    }

    /// The first of the highest points.
    pub(crate) fn highest(&self) -> Option<(f64, f64)> {
        self.iter()
            .reduce(|highest, point| if point.1 > highest.1 { point } else { highest })
    }
}

fn values(column: Column<'_>, step_seconds: f64, window: &Window) -> Vec<(usize, Option<f64>)> {
    let per_point = window.steps_per_point;
    let values: Vec<Option<f64>> = match column {
        Column::Rate(steps) => within(steps, window)
            .chunks(per_point)
            .map(|steps| steps.iter().max().map(|most| *most as f64 / step_seconds))
            .collect(),
        Column::Level(steps) => within(steps, window)
            .chunks(per_point)
            .map(|steps| steps.last().map(|last| *last as f64))
            .collect(),
        Column::Sparse(steps) => within(steps, window)
            .chunks(per_point)
            .map(|steps| steps.iter().flatten().max().map(|most| *most as f64))
            .collect(),
    };
    values.into_iter().enumerate().collect()
}

fn within<'a, T>(steps: &'a [T], window: &Window) -> &'a [T] {
    let end = window.steps.end.min(steps.len());
    steps.get(window.steps.start..end).unwrap_or_default()
}
