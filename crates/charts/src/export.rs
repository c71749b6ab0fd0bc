//! A chart as a file's content: SVG text, or a PNG with twice the pixels of its size.

use plotters::backend::{BitMapBackend, DrawingBackend, SVGBackend};

use crate::canvas::{Canvas, Kind};
use crate::heat_map::{self, HeatMap};
use crate::palette::Palette;
use crate::{Chart, Error, Theme, draw};

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

/// What can be drawn.
#[derive(Clone, Copy, Debug)]
pub enum Picture<'a> {
    /// Series over an axis.
    Chart(&'a Chart),
    /// A colour for each pair of names.
    HeatMap(&'a HeatMap),
}

impl<'a> From<&'a Chart> for Picture<'a> {
    fn from(chart: &'a Chart) -> Self {
        Picture::Chart(chart)
    }
}

impl<'a> From<&'a HeatMap> for Picture<'a> {
    fn from(map: &'a HeatMap) -> Self {
        Picture::HeatMap(map)
    }
}

impl Picture<'_> {
    fn check(self) -> Result<(), Error> {
        if let Picture::HeatMap(map) = self { map.check() } else { Ok(()) }
    }

    fn draw<B: DrawingBackend>(self, palette: &Palette, canvas: &mut Canvas<'_, B>) -> Result<(), Error> {
        match self {
            Picture::Chart(chart) => draw::draw(chart, palette, canvas),
            Picture::HeatMap(map) => heat_map::draw(map, palette, canvas),
        }
    }
}

/// A chart or a heat map as SVG, `size` points wide and high. Its text is text, in Inter where the reader has it.
pub fn svg<'a>(picture: impl Into<Picture<'a>>, theme: Theme, size: (u32, u32)) -> Result<String, Error> {
    let picture = picture.into();
    picture.check()?;
    let (width, height) = checked(size)?;
    let palette = Palette::of(theme)?;
    let mut text = String::new();
    {
        let mut backend = SVGBackend::with_string(&mut text, (width * SVG_GRID, height * SVG_GRID));
        picture.draw(&palette, &mut Canvas::new(&mut backend, SVG_GRID, Kind::Vector))?;
    }
    // The grid stays the view box; the picture itself has the size that was asked for.
    let (grid_width, grid_height) = (width * SVG_GRID, height * SVG_GRID);
    Ok(text.replacen(
        &format!("width=\"{grid_width}\" height=\"{grid_height}\""),
        &format!("width=\"{width}\" height=\"{height}\" stroke-linejoin=\"round\" stroke-linecap=\"round\""),
        1,
    ))
}

/// A chart or a heat map as PNG, `size` points wide and high, with [`PNG_SCALE`] pixels a point.
pub fn png<'a>(picture: impl Into<Picture<'a>>, theme: Theme, size: (u32, u32)) -> Result<Vec<u8>, Error> {
    let picture = picture.into();
    picture.check()?;
    let (width, height) = checked(size)?;
    let palette = Palette::of(theme)?;
    let (width, height) = (width * PNG_SCALE, height * PNG_SCALE);
    let fine = (width * SAMPLES, height * SAMPLES);
    let mut samples = vec![0; fine.0 as usize * fine.1 as usize * 3];
    {
        let mut backend: BitMapBackend<'_> =
            BitMapBackend::with_buffer_and_format(&mut samples, fine).map_err(|e| Error::Draw(e.to_string()))?;
        picture.draw(&palette, &mut Canvas::new(&mut backend, PNG_SCALE * SAMPLES, Kind::Pixels))?;
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
