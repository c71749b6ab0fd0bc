//! A sheet to draw on in points of the picture, whatever the backend's grid: the backend draws on a finer one, so that
//! lines end where they should. It knows colours and sizes, and nothing of charts.

use plotters::backend::DrawingBackend;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, FontDesc, FontFamily, FontStyle, RGBAColor, ShapeStyle, TextStyle};

use crate::Error;
use crate::typeface::{self, CAPITAL, FAMILY, HALF_SMALL};

/// The library takes the height of a line for the size of a font.
const LINE_HEIGHT: f64 = 1.24;

/// How a text looks.
#[derive(Clone, Copy)]
pub(crate) struct Type {
    /// Points.
    pub(crate) size: f64,
    pub(crate) bold: bool,
    pub(crate) colour: RGBAColor,
}

/// A backend with a grid `fineness` times finer than the picture's points.
pub(crate) struct Canvas<'a, B: DrawingBackend> {
    backend: &'a mut B,
    fineness: f64,
    kind: Kind,
}

/// What a backend makes of lines and text.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// It keeps them as they are: a reader draws them.
    Vector,
    /// It draws pixels: lines are joined and letters placed here, where it would do so coarsely.
    Pixels,
}

impl<'a, B: DrawingBackend> Canvas<'a, B> {
    pub(crate) fn new(backend: &'a mut B, fineness: u32, kind: Kind) -> Self {
        Canvas { backend, fineness: f64::from(fineness), kind }
    }

    /// Width and height in points.
    pub(crate) fn size(&self) -> (f64, f64) {
        let (width, height) = self.backend.get_size();
        (f64::from(width) / self.fineness, f64::from(height) / self.fineness)
    }

    pub(crate) fn finish(&mut self) -> Result<(), Error> {
        self.backend.present().map_err(refused)
    }

    fn grid(&self, (x, y): (f64, f64)) -> (i32, i32) {
        // The cast saturates, and the picture's size is bounded.
        ((x * self.fineness).round() as i32, (y * self.fineness).round() as i32)
    }

    fn thickness(&self, points: f64) -> u32 {
        (points * self.fineness).round().max(1.0) as u32
    }

    pub(crate) fn rectangle(&mut self, from: (f64, f64), to: (f64, f64), colour: RGBAColor) -> Result<(), Error> {
        let (from, to) = (self.grid(from), self.grid(to));
        self.backend.draw_rect(from, to, &colour.filled(), true).map_err(refused)
    }

    pub(crate) fn line(&mut self, points: &[(f64, f64)], thickness: f64, colour: RGBAColor) -> Result<(), Error> {
        let mut path: Vec<(i32, i32)> = points.iter().map(|point| self.grid(*point)).collect();
        path.dedup();
        let width = self.thickness(thickness);
        if path.len() < 2 {
            return match points.first() {
                Some(point) => self.dot(*point, thickness / 2.0, colour),
                None => Ok(()),
            };
        }
        let style = ShapeStyle { color: colour, filled: true, stroke_width: width };
        if self.kind == Kind::Vector {
            return self.backend.draw_path(path, &style).map_err(refused);
        }
        for pair in path.windows(2) {
            self.backend.draw_path(pair.iter().copied(), &style).map_err(refused)?;
        }
        if width > 2 {
            for joint in &path[1..path.len() - 1] {
                self.backend.draw_circle(*joint, width / 2, &colour.filled(), true).map_err(refused)?;
            }
        }
        Ok(())
    }

    pub(crate) fn polygon(&mut self, points: &[(f64, f64)], colour: RGBAColor) -> Result<(), Error> {
        let path: Vec<(i32, i32)> = points.iter().map(|point| self.grid(*point)).collect();
        self.backend.fill_polygon(path, &colour.filled()).map_err(refused)
    }

    pub(crate) fn dot(&mut self, centre: (f64, f64), radius: f64, colour: RGBAColor) -> Result<(), Error> {
        let radius = self.thickness(radius);
        self.backend.draw_circle(self.grid(centre), radius, &colour.filled(), true).map_err(refused)
    }

    /// Text whose capitals have their middle at the height of `at`.
    pub(crate) fn text(&mut self, text: &str, (x, y): (f64, f64), kind: Type, align: HPos) -> Result<(), Error> {
        let text = printable(text);
        let base = y + 0.5 * CAPITAL * kind.size;
        if self.kind == Kind::Vector {
            let style = if kind.bold { FontStyle::Bold } else { FontStyle::Normal };
            let font = FontDesc::new(FontFamily::Name(FAMILY), kind.size * LINE_HEIGHT * self.fineness, style);
            let style = TextStyle { font, color: kind.colour.to_backend_color(), pos: Pos::new(align, VPos::Center) };
            let at = self.grid((x, base - HALF_SMALL * kind.size));
            return self.backend.draw_text(&text, &style, at).map_err(refused);
        }
        let before = match align {
            HPos::Left => 0.0,
            HPos::Center => self.width(&text, kind)? / 2.0,
            HPos::Right => self.width(&text, kind)?,
        };
        let (left, base) = self.grid((x - before, base));
        let (width, height) = self.backend.get_size();
        typeface::pixels(&text, kind.size * self.fineness, kind.bold, |(dx, dy), covered| {
            let at = (left + dx, base + dy);
            let inside = (0..width as i32).contains(&at.0) && (0..height as i32).contains(&at.1);
            let colour = kind.colour.mix(covered).to_backend_color();
            if inside { self.backend.draw_pixel(at, colour).map_err(refused) } else { Ok(()) }
        })
    }

    /// Width of a text in points.
    pub(crate) fn width(&self, text: &str, kind: Type) -> Result<f64, Error> {
        typeface::width(&printable(text), kind.size, kind.bold)
    }

    /// The text, or as much of its beginning as `room` has place for, with an ellipsis.
    pub(crate) fn fitted(&self, text: &str, kind: Type, room: f64) -> Result<String, Error> {
        if self.width(text, kind)? <= room {
            return Ok(text.to_owned());
        }
        let mut kept: Vec<char> = text.chars().take(400).collect();
        while !kept.is_empty() {
            kept.pop();
            let shortened = format!("{}…", kept.iter().collect::<String>().trim_end());
            if self.width(&shortened, kind)? <= room {
                return Ok(shortened);
            }
        }
        Ok(String::new())
    }
}

/// Control characters are no text, and XML forbids them.
fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() || matches!(c, '\u{FFFE}' | '\u{FFFF}') { ' ' } else { c }).collect()
}

fn refused(error: impl std::fmt::Display) -> Error {
    Error::Draw(error.to_string())
}
