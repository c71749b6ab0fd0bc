//! Draws a chart on a canvas: title and legend, axes, the data, the note. The same for every backend.

use plotters::backend::DrawingBackend;
use plotters::style::text_anchor::HPos;

use crate::Error;
use crate::canvas::{Canvas, Type};
use crate::chart::{AxisKind, Chart, Role, Series, Shape};
use crate::palette::Palette;
use crate::scale::{Scale, x_range, y_range};
use crate::ticks::{self, Tick};

/// Sizes in points of the picture.
const MARGIN: f64 = 32.0;
const TITLE: f64 = 20.0;
const LABEL: f64 = 13.0;
pub(crate) const SMALL: f64 = 12.0;
const LINE_GAP: f64 = 18.0;
const SWATCH: f64 = 11.0;
/// Room that a tick's label needs along its axis.
const TICK_ROOM: (f64, f64) = (120.0, 72.0);

/// A line of so few points that is no line to compare with has a dot at each.
const DOTTED: usize = 12;

/// A rectangle of the picture.
#[derive(Clone, Copy)]
pub(crate) struct Frame {
    pub(crate) left: f64,
    pub(crate) top: f64,
    pub(crate) right: f64,
    pub(crate) bottom: f64,
}

pub(crate) fn draw<B: DrawingBackend>(
    chart: &Chart,
    palette: &Palette,
    canvas: &mut Canvas<'_, B>,
) -> Result<(), Error> {
    let mut frame = sheet(palette, canvas)?;
    heading(chart, palette, canvas, &mut frame)?;
    note(&chart.note, palette, canvas, &mut frame)?;
    if chart.is_empty() {
        let kind = Type { size: LABEL + 2.0, bold: false, colour: palette.muted.opaque() };
        let middle = ((frame.left + frame.right) / 2.0, (frame.top + frame.bottom) / 2.0);
        canvas.text("No rows", middle, kind, HPos::Center)?;
        return canvas.finish();
    }
    let (x, y) = axes(chart, palette, canvas, frame)?;
    let zero = y.at(0.0);
    for series in &chart.series {
        draw_series(series, palette, canvas, x, y)?;
    }
    if chart.series.iter().any(|s| matches!(s.shape, Shape::Bars | Shape::Area | Shape::Step)) {
        canvas.line(&[(x.at(x.low), zero), (x.at(x.high), zero)], 1.0, palette.control.opaque())?;
    }
    // What marks a place on the zero line lies over it.
    for series in chart.series.iter().filter(|s| s.shape == Shape::Points && s.x.len() == 1) {
        draw_series(series, palette, canvas, x, y)?;
    }
    canvas.finish()
}

/// The ground of a picture, and what its margin leaves.
pub(crate) fn sheet<B: DrawingBackend>(palette: &Palette, canvas: &mut Canvas<'_, B>) -> Result<Frame, Error> {
    let (width, height) = canvas.size();
    canvas.rectangle((0.0, 0.0), (width, height), palette.surface.opaque())?;
    let margin = MARGIN.min(0.06 * width.min(height) + 4.0);
    Ok(Frame { left: margin, top: margin, right: width - margin, bottom: height - margin })
}

/// The title along the top; how wide it is, and the middle of its line.
pub(crate) fn title<B: DrawingBackend>(
    title: &str,
    palette: &Palette,
    canvas: &mut Canvas<'_, B>,
    frame: &mut Frame,
) -> Result<(f64, f64), Error> {
    let kind = Type { size: TITLE, bold: true, colour: palette.text.opaque() };
    let text = canvas.fitted(title, kind, frame.right - frame.left)?;
    let line = frame.top + TITLE / 2.0;
    canvas.text(&text, (frame.left, line), kind, HPos::Left)?;
    frame.top += TITLE + LINE_GAP;
    Ok((canvas.width(&text, kind)?, line))
}

/// Title at the left; legend at the right of the same line, or below where it has no place.
fn heading<B: DrawingBackend>(
    chart: &Chart,
    palette: &Palette,
    canvas: &mut Canvas<'_, B>,
    frame: &mut Frame,
) -> Result<(), Error> {
    let label = Type { size: LABEL, bold: false, colour: palette.muted.opaque() };
    let room = frame.right - frame.left;
    let (taken, line) = title(&chart.title, palette, canvas, frame)?;

    let named: Vec<&Series> = chart.series.iter().filter(|s| !s.name.is_empty() && !s.x.is_empty()).collect();
    if named.len() < 2 {
        return Ok(());
    }
    // The foremost first.
    let mut entries = Vec::new();
    let mut legend = 0.0;
    for series in named.into_iter().rev() {
        let width = SWATCH + 7.0 + canvas.width(&series.name, label)? + 20.0;
        legend += width;
        entries.push((series, width));
    }
    legend -= 20.0;
    let beside = taken + 32.0 + legend <= room;
    let (mut at, line) =
        if beside { (frame.right - legend, line) } else { (frame.left, frame.top + LABEL / 2.0 - 6.0) };
    if !beside {
        frame.top += LABEL + 8.0;
    }
    for (series, width) in entries {
        if at + width - 20.0 > frame.right + 0.5 {
            break;
        }
        swatch(series, palette, canvas, (at, line))?;
        canvas.text(&series.name, (at + SWATCH + 7.0, line), label, HPos::Left)?;
        at += width;
    }
    Ok(())
}

/// A small picture of the shape in its colour.
fn swatch<B: DrawingBackend>(
    series: &Series,
    palette: &Palette,
    canvas: &mut Canvas<'_, B>,
    (left, middle): (f64, f64),
) -> Result<(), Error> {
    let ink = palette.ink(series.role).opaque();
    match series.shape {
        Shape::Line | Shape::Step => canvas.line(&[(left, middle), (left + SWATCH, middle)], 2.4, ink),
        Shape::Points => canvas.dot((left + SWATCH / 2.0, middle), 4.0, ink),
        Shape::Bars | Shape::Area => {
            let colour = palette.fill(series.role).opaque();
            let half = SWATCH / 2.0;
            canvas.rectangle((left, middle - half), (left + SWATCH, middle + half), colour)
        }
    }
}

/// The note along the bottom, on two lines at most.
pub(crate) fn note<B: DrawingBackend>(
    note: &str,
    palette: &Palette,
    canvas: &mut Canvas<'_, B>,
    frame: &mut Frame,
) -> Result<(), Error> {
    if note.is_empty() {
        return Ok(());
    }
    let small = Type { size: SMALL, bold: false, colour: palette.muted.opaque() };
    let room = frame.right - frame.left;
    let mut first = String::new();
    let mut rest = note.trim();
    while let Some(word) = rest.split_whitespace().next() {
        let longer = if first.is_empty() { word.to_owned() } else { format!("{first} {word}") };
        if canvas.width(&longer, small)? > room {
            break;
        }
        first = longer;
        rest = rest[word.len()..].trim_start();
    }
    let lines = [first, canvas.fitted(rest, small, room)?];
    let mut line = frame.bottom - SMALL / 2.0;
    for text in lines.iter().rev().filter(|text| !text.is_empty()) {
        canvas.text(text, (frame.left, line), small, HPos::Left)?;
        line -= SMALL + 5.0;
        frame.bottom -= SMALL + 5.0;
    }
    frame.bottom -= 9.0;
    Ok(())
}

/// Grid, ticks and titles of both axes; the scales of what is left.
fn axes<B: DrawingBackend>(
    chart: &Chart,
    palette: &Palette,
    canvas: &mut Canvas<'_, B>,
    mut frame: Frame,
) -> Result<(Scale, Scale), Error> {
    let small = Type { size: SMALL, bold: false, colour: palette.muted.opaque() };
    if !chart.y.title.is_empty() {
        let text = canvas.fitted(&chart.y.title, small, frame.right - frame.left)?;
        canvas.text(&text, (frame.left, frame.top), small, HPos::Left)?;
        frame.top += SMALL + 8.0;
    }
    if !chart.x.title.is_empty() {
        let text = canvas.fitted(&chart.x.title, small, frame.right - frame.left)?;
        canvas.text(&text, (frame.right, frame.bottom - SMALL / 2.0), small, HPos::Right)?;
        frame.bottom -= SMALL + 8.0;
    }
    frame.bottom -= LABEL + 9.0;
    frame.bottom = frame.bottom.max(frame.top + 1.0);

    let y_ends = y_range(chart);
    let wanted = fitting(frame.bottom - frame.top, TICK_ROOM.1, 20.0, 10);
    let y_ticks = ticks_of(chart.y.kind, y_ends, wanted);
    let mut widest: f64 = 0.0;
    for tick in &y_ticks {
        widest = widest.max(canvas.width(&tick.label, small)?);
    }
    let gap = if y_ticks.is_empty() { 0.0 } else { 12.0 };
    let left = (frame.left + widest + gap).min(frame.right - 1.0);
    let y = Scale::new(y_ends, frame.bottom, frame.top);
    let x_ends = x_range(chart);
    let x = Scale::new(x_ends, left, frame.right);

    for tick in &y_ticks {
        let at = y.at(tick.at);
        canvas.line(&[(left, at), (frame.right, at)], 1.0, palette.line.opaque())?;
        canvas.text(&tick.label, (left - gap, at), small, HPos::Right)?;
    }
    let wanted = fitting(frame.right - left, TICK_ROOM.0, 60.0, 12);
    let mut free_from = f64::NEG_INFINITY;
    for tick in ticks_of(chart.x.kind, x_ends, wanted) {
        let half = canvas.width(&tick.label, small)? / 2.0;
        let at = x.at(tick.at);
        canvas.line(&[(at, frame.bottom), (at, frame.bottom + 5.0)], 1.0, palette.line.opaque())?;
        // A label at the end of the axis moves in rather than out of the picture.
        let middle = at.min(frame.right + 0.5 * MARGIN - half).max(frame.left + half);
        if middle - half >= free_from {
            canvas.text(&tick.label, (middle, frame.bottom + 9.0 + SMALL / 2.0), small, HPos::Center)?;
            free_from = middle + half + 10.0;
        }
    }
    if y_ticks.iter().all(|tick| frame.bottom - y.at(tick.at) > 2.0) {
        canvas.line(&[(left, frame.bottom), (frame.right, frame.bottom)], 1.0, palette.line.opaque())?;
    }
    Ok((x, y))
}

/// How many ticks suit a length: one a `room`, but three where they fit at all, each `least` from the next.
fn fitting(length: f64, room: f64, least: f64, most: usize) -> usize {
    let fit = (length / room).max((length / least).min(3.0)).max(1.0);
    (fit as usize).min(most)
}

fn ticks_of(kind: AxisKind, (low, high): (f64, f64), wanted: usize) -> Vec<Tick> {
    match kind {
        AxisKind::Time => ticks::times(low, high, wanted),
        AxisKind::Number => ticks::numbers(low, high, wanted),
        AxisKind::Whole => ticks::wholes(low, high, wanted),
        AxisKind::Hidden => Vec::new(),
    }
}

fn draw_series<B: DrawingBackend>(
    series: &Series,
    palette: &Palette,
    canvas: &mut Canvas<'_, B>,
    x: Scale,
    y: Scale,
) -> Result<(), Error> {
    let ink = palette.ink(series.role);
    let zero = y.at(0.0);
    let half = series.width.unwrap_or(0.0) / 2.0;
    match series.shape {
        Shape::Line => {
            // A guide without a name is an axis: it stays behind.
            let (thickness, ink) = match series.role {
                Role::Model | Role::Strategy => (1.8, ink),
                Role::Guide if series.name.is_empty() => (1.3, palette.control_soft),
                Role::Guide => (1.5, ink),
                _ => (1.3, ink),
            };
            for piece in pieces(series) {
                let mut path: Vec<_> = piece.iter().map(|(px, py)| (x.at(*px), y.at(*py))).collect();
                if let (Role::Guide, true, [from, to]) = (series.role, series.name.is_empty(), path.as_mut_slice()) {
                    // An axis crosses the whole plot.
                    if from.0 == to.0 {
                        (from.1, to.1) = (y.at(y.low), y.at(y.high));
                    } else if from.1 == to.1 {
                        (from.0, to.0) = (x.at(x.low), x.at(x.high));
                    }
                }
                canvas.line(&path, thickness, ink.opaque())?;
                if !matches!(series.role, Role::Guide | Role::Control | Role::Outcome) && series.x.len() <= DOTTED {
                    for point in &path {
                        canvas.dot(*point, 3.2, ink.opaque())?;
                    }
                }
            }
        }
        Shape::Area => {
            let soft = matches!(series.role, Role::Control | Role::Market | Role::Outcome);
            let fill = if soft { palette.fill(series.role).opaque() } else { ink.with_alpha(0.22) };
            for piece in pieces(series) {
                let path: Vec<_> = piece.iter().map(|(px, py)| (x.at(*px), y.at(*py))).collect();
                if let ([first, ..], [.., last]) = (path.as_slice(), path.as_slice())
                    && path.len() > 1
                {
                    // Each side of zero by itself, so that the outline never crosses itself.
                    for side in [f64::min as fn(f64, f64) -> f64, f64::max] {
                        let mut outline: Vec<_> =
                            crossings(&path, zero).iter().map(|p| (p.0, side(p.1, zero))).collect();
                        outline.extend([(last.0, zero), (first.0, zero)]);
                        if outline.iter().any(|p| p.1 != zero) {
                            canvas.polygon(&outline, fill)?;
                        }
                    }
                }
                canvas.line(&path, if soft { 1.3 } else { 1.2 }, ink.opaque())?;
            }
        }
        Shape::Bars => {
            for (px, py) in series.points().filter(|(_, py)| *py != 0.0) {
                let (left, right) = (x.at(px - half), x.at(px + half));
                let gap = if right - left > 4.0 { 0.75 } else { 0.0 };
                let (left, right) = (left + gap, (right - gap).max(left + gap + 0.5));
                let level = y.at(py);
                let fill = palette.fill(series.role).with_alpha(if series.role == Role::Outcome { 1.0 } else { 0.85 });
                canvas.rectangle((left, level.min(zero)), (right, level.max(zero)), fill)?;
            }
        }
        Shape::Step => {
            // From the first bar that has a height to the last.
            let points: Vec<_> = series.points().collect();
            let tall = |point: &(f64, f64)| point.1 != 0.0;
            let first = points.iter().position(tall).unwrap_or(points.len());
            let end = points.iter().rposition(tall).map_or(first, |last| last + 1);
            let mut path = Vec::with_capacity(2 * points.len() + 2);
            for &(px, py) in &points[first..end] {
                path.extend([(x.at(px - half), y.at(py)), (x.at(px + half), y.at(py))]);
            }
            if let ([first, ..], [.., last]) = (path.as_slice(), path.as_slice()) {
                let (first, last) = (*first, *last);
                path.insert(0, (first.0, zero));
                path.push((last.0, zero));
                canvas.line(&path, 2.0, ink.opaque())?;
            }
        }
        Shape::Points => {
            let count = series.x.len();
            let (radius, alpha) = match count {
                0..=1 => (5.5, 1.0),
                2..=200 => (3.2, 0.8),
                _ => (2.4, 0.4),
            };
            let alpha = if series.role == Role::Control { 1.0 } else { alpha };
            for (px, py) in series.points() {
                canvas.dot((x.at(px), y.at(py)), radius, ink.with_alpha(alpha))?;
            }
        }
    }
    Ok(())
}

/// The runs of defined points.
fn pieces(series: &Series) -> Vec<Vec<(f64, f64)>> {
    let mut pieces: Vec<Vec<(f64, f64)>> = vec![Vec::new()];
    for (x, y) in series.x.iter().zip(&series.y) {
        match (y, pieces.last_mut()) {
            (Some(y), Some(piece)) if crate::chart::drawable(*x) && crate::chart::drawable(*y) => piece.push((*x, *y)),
            _ => pieces.push(Vec::new()),
        }
    }
    pieces.retain(|piece| !piece.is_empty());
    pieces
}

/// The path with a point wherever it crosses the height `zero`.
fn crossings(path: &[(f64, f64)], zero: f64) -> Vec<(f64, f64)> {
    let mut out = Vec::with_capacity(path.len() + 8);
    for pair in path.windows(2) {
        let (a, b) = (pair[0], pair[1]);
        out.push(a);
        if (a.1 - zero) * (b.1 - zero) < 0.0 {
            out.push((a.0 + (b.0 - a.0) * (zero - a.1) / (b.1 - a.1), zero));
        }
    }
    out.extend(path.last());
    out
}
