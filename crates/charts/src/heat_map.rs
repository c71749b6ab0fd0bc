//! A heat map of correlations: every name against every name, from -1 to 1.

use plotters::backend::DrawingBackend;
use plotters::style::text_anchor::HPos;
use serde::{Deserialize, Serialize};

use crate::Error;
use crate::canvas::{Canvas, Type};
use crate::draw::{SMALL, note, sheet, title};
use crate::palette::{Colour, Palette};
use crate::ticks;

/// The most names: rows of that many are as high as a line of text in the highest picture there may be.
pub const HEAT_MAP_NAMES: usize = 150;
/// Height of a row at which its name can be read.
const ROW: u32 = 21;
/// Height of all but the rows.
const AROUND: u32 = 190;
/// The widest column of names.
const NAMES: f64 = 220.0;
/// A cell so wide has its number.
const NUMBERED: f64 = 38.0;
/// The widest cell.
const WIDEST: f64 = 110.0;
/// Steps of the scale of colours, and how wide each is.
const STEPS: (u32, f64) = (40, 3.0);

/// How each of several columns goes with each other.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq, specta::Type)]
pub struct HeatMap {
    /// The title.
    pub title: String,
    /// The columns, in the order in which they stand.
    pub names: Vec<String>,
    /// A row for each name with a value for each, from -1 to 1; none where it is undefined.
    pub values: Vec<Vec<Option<f64>>>,
    /// What the reader should know beside the picture, as sentences.
    pub note: String,
}

impl HeatMap {
    /// Width and height of a picture, in points, in which each name can be read.
    pub fn size(&self) -> (u32, u32) {
        let rows = u32::try_from(self.names.len().min(HEAT_MAP_NAMES)).unwrap_or(0);
        (1200, (rows * ROW + AROUND).max(630))
    }

    /// Whether it can be drawn: a square of values with a name for each row.
    pub(crate) fn check(&self) -> Result<(), Error> {
        let names = self.names.len();
        let square = self.values.len() == names && self.values.iter().all(|row| row.len() == names);
        if square && names <= HEAT_MAP_NAMES { Ok(()) } else { Err(Error::HeatMap { names, most: HEAT_MAP_NAMES }) }
    }
}

pub(crate) fn draw<B: DrawingBackend>(
    map: &HeatMap,
    palette: &Palette,
    canvas: &mut Canvas<'_, B>,
) -> Result<(), Error> {
    let mut frame = sheet(palette, canvas)?;
    title(&map.title, palette, canvas, &mut frame)?;
    note(&map.note, palette, canvas, &mut frame)?;
    let small = Type { size: SMALL, bold: false, colour: palette.muted.opaque() };
    if map.names.is_empty() {
        let middle = ((frame.left + frame.right) / 2.0, (frame.top + frame.bottom) / 2.0);
        canvas.text("No rows", middle, small, HPos::Center)?;
        return canvas.finish();
    }
    let count = map.names.len() as f64;
    let labels: Vec<String> = map.names.iter().enumerate().map(|(i, name)| format!("{}  {name}", i + 1)).collect();
    let mut names: f64 = 0.0;
    for label in &labels {
        names = names.max(canvas.width(label, small)?.min(NAMES));
    }
    names = names.min(0.5 * (frame.right - frame.left));
    let (left, top) = (frame.left + names + 12.0, frame.top + SMALL + 8.0);
    let width = ((frame.right - left) / count).clamp(0.0, WIDEST);
    let height = ((frame.bottom - SMALL - 22.0 - top) / count).max(0.0);
    // Columns are headed by their names where those fit, else by the number of the row.
    let mut are_named = true;
    for name in &map.names {
        are_named &= canvas.width(name, small)? <= width - 6.0;
    }
    for (i, (label, row)) in labels.iter().zip(&map.values).enumerate() {
        let from = top + i as f64 * height;
        if height >= SMALL {
            let text = canvas.fitted(label, small, names)?;
            canvas.text(&text, (left - 12.0, from + 0.5 * height), small, HPos::Right)?;
        }
        let head = if are_named { map.names[i].clone() } else { (i + 1).to_string() };
        if canvas.width(&head, small)? <= width {
            let middle = left + (i as f64 + 0.5) * width;
            canvas.text(&head, (middle, top - 4.0 - 0.5 * SMALL), small, HPos::Center)?;
        }
        for (j, value) in row.iter().enumerate() {
            let value = value.filter(|value| value.is_finite());
            let at = left + j as f64 * width;
            // A hair apart, so that equal neighbours stay two.
            let (gap_x, gap_y) = (0.5_f64.min(0.1 * width), 0.5_f64.min(0.1 * height));
            let (first, last) = ((at + gap_x, from + gap_y), (at + width - gap_x, from + height - gap_y));
            canvas.rectangle(first, last, colour(palette, value).opaque())?;
            if width >= NUMBERED && height >= SMALL {
                let ink = if value.is_some_and(|value| value.abs() > 0.55) { palette.surface } else { palette.text };
                let text = value.map_or_else(|| "–".to_owned(), |value| ticks::number(value, 0.01));
                let kind = Type { colour: ink.opaque(), ..small };
                canvas.text(&text, (at + 0.5 * width, from + 0.5 * height), kind, HPos::Center)?;
            }
        }
    }
    scale(palette, canvas, (left, frame.bottom - 0.5 * SMALL), small)?;
    canvas.finish()
}

/// What the colours mean.
fn scale<B: DrawingBackend>(
    palette: &Palette,
    canvas: &mut Canvas<'_, B>,
    (left, middle): (f64, f64),
    small: Type,
) -> Result<(), Error> {
    let (steps, wide) = STEPS;
    let against = "−1 against";
    canvas.text(against, (left, middle), small, HPos::Left)?;
    let from = left + canvas.width(against, small)? + 8.0;
    for step in 0..steps {
        let value = f64::from(2 * step + 1) / f64::from(steps) - 1.0;
        let at = from + wide * f64::from(step);
        canvas.rectangle((at, middle - 4.0), (at + wide, middle + 4.0), colour(palette, Some(value)).opaque())?;
    }
    canvas.text("+1 together", (from + wide * f64::from(steps) + 8.0, middle), small, HPos::Left)
}

/// Amber against, blue together: everyone tells them apart. The fainter, the nearer to none.
fn colour(palette: &Palette, value: Option<f64>) -> Colour {
    match value.map(|value| value.clamp(-1.0, 1.0)) {
        None => palette.line,
        Some(value) if value < 0.0 => palette.surface.towards(palette.warning, -value),
        Some(value) => palette.surface.towards(palette.accent, value),
    }
}
