//! The typeface of exported pictures: how wide a text is, and which pixels its letters cover. The library's own text
//! leaves out the space before each letter and rounds every step, which shows.

use std::sync::LazyLock;

use ab_glyph::{Font as _, FontRef, ScaleFont as _, point};

use crate::Error;

/// The family as an SVG names it.
pub(crate) const FAMILY: &str = "Inter, sans-serif";
/// Height of a capital letter per size (OS/2 table of Inter 4: 1490 of 2048).
pub(crate) const CAPITAL: f64 = 0.7275;
/// Half the height of a small letter per size, by which an SVG moves a text that is centred (1118 of 2048).
pub(crate) const HALF_SMALL: f64 = 0.273;

struct Faces {
    regular: FontRef<'static>,
    semi_bold: FontRef<'static>,
}

static FACES: LazyLock<Option<Faces>> = LazyLock::new(|| {
    Some(Faces {
        regular: FontRef::try_from_slice(include_bytes!("../assets/Inter_400Regular.ttf")).ok()?,
        semi_bold: FontRef::try_from_slice(include_bytes!("../assets/Inter_600SemiBold.ttf")).ok()?,
    })
});

fn face(bold: bool) -> Result<&'static FontRef<'static>, Error> {
    match FACES.as_ref() {
        Some(faces) => Ok(if bold { &faces.semi_bold } else { &faces.regular }),
        None => Err(Error::Draw("the typeface cannot be read".to_owned())),
    }
}

/// Calls `each` with every letter and the place where it begins, and returns where the text ends.
fn walk(text: &str, size: f64, bold: bool, mut each: impl FnMut(ab_glyph::GlyphId, f32)) -> Result<f32, Error> {
    let font = face(bold)?;
    // The library scales by the height of a line.
    let scale = font.pt_to_px_scale(size as f32 * 0.75).unwrap_or_else(|| (size as f32).into());
    let scaled = font.as_scaled(scale);
    let mut at = 0.0;
    let mut before = None;
    for letter in text.chars() {
        let glyph = scaled.glyph_id(letter);
        at += before.map_or(0.0, |before| scaled.kern(before, glyph));
        each(glyph, at);
        at += scaled.h_advance(glyph);
        before = Some(glyph);
    }
    Ok(at)
}

/// Width of a text of `size` (the height of the letter box, as in CSS).
pub(crate) fn width(text: &str, size: f64, bold: bool) -> Result<f64, Error> {
    Ok(f64::from(walk(text, size, bold, |_, _| {})?))
}

/// Calls `each` with every pixel that the text covers (relative to the beginning of its base line) and how much of it.
pub(crate) fn pixels(
    text: &str,
    size: f64,
    bold: bool,
    mut each: impl FnMut((i32, i32), f64) -> Result<(), Error>,
) -> Result<(), Error> {
    let font = face(bold)?;
    let scale = font.pt_to_px_scale(size as f32 * 0.75).unwrap_or_else(|| (size as f32).into());
    let mut outcome = Ok(());
    walk(text, size, bold, |glyph, at| {
        if let Some(outline) = font.outline_glyph(glyph.with_scale_and_position(scale, point(at, 0.0))) {
            let corner = outline.px_bounds().min;
            outline.draw(|x, y, covered| {
                if outcome.is_ok() && covered > 0.0 {
                    let place = (corner.x as i32 + x as i32, corner.y as i32 + y as i32);
                    outcome = each(place, f64::from(covered.min(1.0)));
                }
            });
        }
    })?;
    outcome
}
