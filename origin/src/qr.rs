//! QR codes (ISO/IEC 18004) as pictures for a page and for a phone's photos.

use std::fmt::Write;

use qrcode::{Color, EcLevel, QrCode};

/// White modules around the code, without which readers do not find it (ISO/IEC 18004, 6.3.8).
const QUIET_ZONE: usize = 4;

/// Pixels a module in a PNG: a code of a payment becomes some 500 pixels wide, which survives what messengers do to
/// pictures.
const PIXELS_PER_MODULE: usize = 10;

/// The picture cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum QrError {
    /// The text has more bytes than a code of the largest size holds.
    #[error("a text of {0} bytes does not fit into a QR code, which holds 2331 at most")]
    TooLong(usize),
    /// The picture could not be written.
    #[error("a QR code could not be written as PNG: {0}")]
    Png(#[from] png::EncodingError),
}

/// The code of `text` as an SVG element to be put into a page: black on white in any colour scheme, as large as its
/// surroundings let it be. Who cannot see it hears `label`.
///
/// # Errors
/// When the text is too long.
pub fn svg(text: &str, label: &str) -> Result<String, QrError> {
    let modules = Modules::of(text)?;
    let mut path = String::new();
    for (row, cells) in modules.rows() {
        let mut column = QUIET_ZONE;
        // Where the pen is in this row.
        let mut pen = None;
        // A run of dark modules is one stroke: apart, some renderers leave hairlines between them.
        for run in cells.chunk_by(|left, right| left == right) {
            let length = run.len();
            if run.first() == Some(&Color::Dark) {
                // A page has two codes and little room: a move within the row is shorter than one to a place.
                let _ = match pen {
                    None => write!(path, "M{column} {row}h{length}"),
                    Some(pen) => write!(path, "m{} 0h{length}", column - pen),
                };
                pen = Some(column + length);
            }
            column += length;
        }
    }
    let side = modules.side();
    let label = escape(label);
    Ok(format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{label}" viewBox="0 -.5 {side} {side}" shape-rendering="crispEdges"><path fill="#fff" d="M0-.5h{side}v{side}H0z"/><path stroke="#000" d="{path}"/></svg>"##
    ))
}

/// The code of `text` as a PNG of one bit a pixel, to be saved to a phone's photos.
///
/// # Errors
/// When the text is too long.
pub fn png(text: &str) -> Result<Vec<u8>, QrError> {
    let modules = Modules::of(text)?;
    let side = modules.side() * PIXELS_PER_MODULE;
    let row_length = side.div_ceil(8);
    let mut image = vec![0xff_u8; row_length * side];
    for (row, cells) in modules.rows() {
        let mut line = vec![0xff_u8; row_length];
        let dark = (QUIET_ZONE..)
            .zip(cells)
            .filter(|(_, cell)| **cell == Color::Dark)
            .flat_map(|(column, _)| column * PIXELS_PER_MODULE..(column + 1) * PIXELS_PER_MODULE);
        for x in dark {
            if let Some(byte) = line.get_mut(x / 8) {
                *byte &= !(0x80 >> (x % 8));
            }
        }
        let lines = image
            .chunks_exact_mut(row_length)
            .skip(row * PIXELS_PER_MODULE)
            .take(PIXELS_PER_MODULE);
        for target in lines {
            target.copy_from_slice(&line);
        }
    }
    write_png(
        &image,
        u32::try_from(side).map_err(|_| QrError::TooLong(text.len()))?,
    )
}

fn write_png(image: &[u8], side: u32) -> Result<Vec<u8>, QrError> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, side, side);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::One);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(image)?;
    writer.finish()?;
    Ok(file)
}

/// The modules of a code, without its quiet zone.
struct Modules {
    colors: Vec<Color>,
    width: usize,
}

impl Modules {
    /// Corrects up to 15 % of errors: enough for a scratched screen, and still coarse enough for an old camera.
    fn of(text: &str) -> Result<Self, QrError> {
        let code = QrCode::with_error_correction_level(text, EcLevel::M)
            .map_err(|_| QrError::TooLong(text.len()))?;
        Ok(Self {
            width: code.width(),
            colors: code.into_colors(),
        })
    }

    /// Modules along a side, the quiet zone included.
    fn side(&self) -> usize {
        self.width + 2 * QUIET_ZONE
    }

    /// Each row with its place from the top, the quiet zone included.
    fn rows(&self) -> impl Iterator<Item = (usize, &[Color])> {
        (QUIET_ZONE..).zip(self.colors.chunks_exact(self.width))
    }
}

fn escape(text: &str) -> String {
    text.chars().fold(String::new(), |mut escaped, symbol| {
        match symbol {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '"' => escaped.push_str("&quot;"),
            other => escaped.push(other),
        }
        escaped
    })
}
