//! QR codes as they are drawn, read again by another program's reader.

use levee_origin::qr;
use proptest::prelude::*;

/// What a reader of QR codes sees in a picture whose pixels are `is_dark`.
fn read(side: usize, is_dark: impl Fn(usize, usize) -> bool) -> Option<String> {
    let mut picture =
        rqrr::PreparedImage::prepare_from_greyscale(side, side, |x, y| if is_dark(x, y) { 0 } else { 255 });
    let grids = picture.detect_grids();
    let [grid] = grids.as_slice() else { return None };
    grid.decode().ok().map(|(_, text)| text)
}

fn read_png(file: &[u8]) -> Option<String> {
    let mut reader = png::Decoder::new(std::io::Cursor::new(file)).read_info().ok()?;
    let mut pixels = vec![0; reader.output_buffer_size()?];
    let frame = reader.next_frame(&mut pixels).ok()?;
    assert_eq!(
        (frame.color_type, frame.bit_depth),
        (png::ColorType::Grayscale, png::BitDepth::One)
    );
    assert_eq!(frame.width, frame.height);
    let side = usize::try_from(frame.width).ok()?;
    read(side, |x, y| {
        pixels[y * frame.line_size + x / 8] & (0x80 >> (x % 8)) == 0
    })
}

/// Draws the dark path of the SVG, each module eight pixels wide, and reads that.
fn read_svg(svg: &str) -> Option<String> {
    const SCALE: usize = 8;
    let side: usize = svg
        .split_once("viewBox=\"0 -.5 ")?
        .1
        .split_once(' ')?
        .0
        .parse()
        .ok()?;
    let path = svg.split_once("<path stroke=\"#000\" d=\"")?.1.split_once('"')?.0;
    let mut modules = vec![false; side * side];
    for row in path.split('M').skip(1) {
        let mut strokes = row.split('m');
        let (place, length) = strokes.next()?.split_once('h')?;
        let (x, y) = place.split_once(' ')?;
        let (mut x, y): (usize, usize) = (x.parse().ok()?, y.parse().ok()?);
        let mut draw = |x: usize, length: &str| {
            let length: usize = length.parse().ok()?;
            modules[y * side + x..][..length].fill(true);
            Some(x + length)
        };
        x = draw(x, length)?;
        for stroke in strokes {
            let (gap, length) = stroke.split_once(" 0h")?;
            x = draw(x + gap.parse::<usize>().ok()?, length)?;
        }
    }
    read(side * SCALE, |x, y| modules[y / SCALE * side + x / SCALE])
}

const PAYLOAD: &str = "00020101021238570010A00000072701270006970415011300110019324180208QRIBFTTA530370454061200005802VN62170813ung ho lu lut6304C15C";

#[test]
fn a_payment_is_read_from_both_pictures() {
    assert_eq!(read_png(&qr::png(PAYLOAD).unwrap()).as_deref(), Some(PAYLOAD));
    assert_eq!(
        read_svg(&qr::svg(PAYLOAD, "label").unwrap()).as_deref(),
        Some(PAYLOAD)
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn whatever_is_drawn_is_read(text in "[ -~]{1,300}") {
        prop_assert_eq!(read_png(&qr::png(&text).unwrap()), Some(text.clone()));
        prop_assert_eq!(read_svg(&qr::svg(&text, "").unwrap()), Some(text));
    }
}

#[test]
fn the_quiet_zone_is_white_and_the_modules_are_large_enough_for_a_telephone() {
    let file = qr::png("7K2M-4QXD-9HTB-W3RA").unwrap();
    let mut reader = png::Decoder::new(std::io::Cursor::new(&file))
        .read_info()
        .unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let frame = reader.next_frame(&mut pixels).unwrap();
    let side = usize::try_from(frame.width).unwrap();
    let is_dark = |x: usize, y: usize| pixels[y * frame.line_size + x / 8] & (0x80 >> (x % 8)) == 0;
    let first = (0..side).find(|place| is_dark(*place, *place)).unwrap();
    // The finder pattern in the corner begins with seven dark modules.
    let module = (first..side).take_while(|x| is_dark(*x, first)).count() / 7;
    assert!(module >= 8, "{module} pixels a module");
    assert_eq!(first, 4 * module);
    for place in 0..side {
        for edge in [0, 4 * module - 1, side - 4 * module, side - 1] {
            assert!(!is_dark(place, edge) && !is_dark(edge, place), "{place} {edge}");
        }
    }
}

#[test]
fn who_cannot_see_the_code_hears_what_it_is() {
    let svg = qr::svg("x", r#"A "B" & <script>"#).unwrap();
    assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>"), "{svg}");
    assert!(
        svg.contains(r#"role="img" aria-label="A &quot;B&quot; &amp; &lt;script>""#),
        "{svg}"
    );
    assert!(svg.contains(r#"shape-rendering="crispEdges""#), "{svg}");
}

#[test]
fn a_text_that_no_code_holds_is_refused() {
    let longest = "x".repeat(2331);
    assert!(qr::png(&longest).is_ok());
    let error = qr::svg(&"x".repeat(2332), "").unwrap_err().to_string();
    assert!(
        error.contains("2332 bytes") && error.contains("2331 at most"),
        "{error}"
    );
}
