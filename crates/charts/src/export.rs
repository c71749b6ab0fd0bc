//! A chart as a file's content: SVG text, or a PNG with twice the pixels of its size.

use plotters::backend::{BitMapBackend, SVGBackend};

use crate::canvas::{Canvas, Kind};
use crate::draw::draw;
use crate::palette::Palette;
use crate::{Chart, Error, Theme};

/// Width and height of a picture, in points, that fits a page and a message alike.
pub const DEFAULT_SIZE: (u32, u32) = (1200, 630);
/// Pixels of a PNG per point of its size, in both directions.
pub const PNG_SCALE: u32 = 2;

/// Bounds of width and height in points.
const SIZES: (u32, u32) = (120, 4_000);
/// Grid of the SVG per point: its library has whole coordinates.
const SVG_GRID: u32 = 20;
/// Samples per pixel of a PNG in both directions; their mean makes edges smooth.
const SAMPLES: u32 = 2;

/// The chart as SVG, `size` points wide and high. Its text is text, in Inter where the reader has it.
pub fn svg(chart: &Chart, theme: Theme, size: (u32, u32)) -> Result<String, Error> {
    let (width, height) = checked(size)?;
    let palette = Palette::of(theme)?;
    let mut text = String::new();
    {
        let mut backend = SVGBackend::with_string(&mut text, (width * SVG_GRID, height * SVG_GRID));
        draw(chart, &palette, &mut Canvas::new(&mut backend, SVG_GRID, Kind::Vector))?;
    }
    // The grid stays the view box; the picture itself has the size that was asked for.
    let (grid_width, grid_height) = (width * SVG_GRID, height * SVG_GRID);
    Ok(text.replacen(
        &format!("width=\"{grid_width}\" height=\"{grid_height}\""),
        &format!("width=\"{width}\" height=\"{height}\" stroke-linejoin=\"round\" stroke-linecap=\"round\""),
        1,
    ))
}

/// The chart as PNG, `size` points wide and high, with [`PNG_SCALE`] pixels a point.
pub fn png(chart: &Chart, theme: Theme, size: (u32, u32)) -> Result<Vec<u8>, Error> {
    let (width, height) = checked(size)?;
    let palette = Palette::of(theme)?;
    let (width, height) = (width * PNG_SCALE, height * PNG_SCALE);
    let fine = (width * SAMPLES, height * SAMPLES);
    let mut samples = vec![0; fine.0 as usize * fine.1 as usize * 3];
    {
        let mut backend: BitMapBackend<'_> =
            BitMapBackend::with_buffer_and_format(&mut samples, fine).map_err(|e| Error::Draw(e.to_string()))?;
        draw(chart, &palette, &mut Canvas::new(&mut backend, PNG_SCALE * SAMPLES, Kind::Pixels))?;
    }
    let pixels = averaged(&samples, width as usize, height as usize);
    encoded(&pixels, width, height).map_err(|e| Error::Draw(e.to_string()))
}

fn checked((width, height): (u32, u32)) -> Result<(u32, u32), Error> {
    let (least, most) = SIZES;
    let fits = |side| (least..=most).contains(&side);
    if fits(width) && fits(height) { Ok((width, height)) } else { Err(Error::Size { least, most, width, height }) }
}

/// The mean of each square of samples.
fn averaged(samples: &[u8], width: usize, height: usize) -> Vec<u8> {
    let side = SAMPLES as usize;
    let row = width * side * 3;
    let mut pixels = Vec::with_capacity(width * height * 3);
    for y in 0..height {
        for x in 0..width {
            for channel in 0..3 {
                let mut sum = 0_u32;
                for dy in 0..side {
                    let start = (y * side + dy) * row + x * side * 3 + channel;
                    for dx in 0..side {
                        sum += u32::from(samples[start + dx * 3]);
                    }
                }
                pixels.push(((sum + SAMPLES * SAMPLES / 2) / (SAMPLES * SAMPLES)) as u8);
            }
        }
    }
    pixels
}

fn encoded(pixels: &[u8], width: u32, height: u32) -> Result<Vec<u8>, png::EncodingError> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, width, height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    // Twice the pixels are meant for the same length: 192 to the inch, in metres.
    let per_metre = 7_559;
    encoder.set_pixel_dims(Some(png::PixelDimensions { xppu: per_metre, yppu: per_metre, unit: png::Unit::Meter }));
    let mut writer = encoder.write_header()?;
    writer.write_image_data(pixels)?;
    writer.finish()?;
    Ok(file)
}
