//! Takes the glyphs of a page as they are drawn.

use hayro_interpret::font::{Glyph as DrawnGlyph, GlyphRun};
use hayro_interpret::hayro_cmap::{BfString, WritingMode};
use hayro_interpret::hayro_syntax::object::{Dict, String as PdfString};
use hayro_interpret::kurbo::{Affine, BezPath, Point, Rect, Shape};
use hayro_interpret::{
    BlendMode, ClipPath, Device, DrawMode, DrawProps, Image, ImageDrawProps, Paint, SoftMask,
};

use super::super::HiddenReason;
use super::backdrop::Backdrop;
use super::metadata;

/// Text below this size, in points, can't be read.
const MIN_SIZE: f64 = 2.0;
/// Colours that differ by no more than this in red, green and blue look the same.
const MAX_COLOUR_DIFFERENCE: u8 = 12;
/// A picture this large, as a share of the page, makes the page a picture.
const LARGE_IMAGE: f64 = 0.4;
/// Longest replacement of glyphs by `ActualText` that is taken: longer ones are whole paragraphs, whose words have no places.
const MAX_ACTUAL_TEXT: usize = 32;

/// A glyph on the page: x goes right, y goes down, in points.
#[derive(Debug)]
pub(super) struct Glyph {
    /// Its characters; empty if the glyph before stands for it too.
    pub(super) text: String,
    /// Where it begins, on its baseline.
    pub(super) origin: Point,
    /// Where it ends, on its baseline.
    pub(super) end: Point,
    /// The size of its font, in points on the page.
    pub(super) size: f64,
    /// Whether its font does not say which character it is.
    pub(super) is_unknown: bool,
    /// Why a reader does not see it.
    pub(super) hidden: Option<HiddenReason>,
}

/// What was drawn on a page.
#[derive(Debug)]
pub(super) struct ReadPage {
    pub(super) width: f64,
    pub(super) height: f64,
    pub(super) glyphs: Vec<Glyph>,
    pub(super) has_large_image: bool,
    /// Whether there is text behind a large picture, or invisible text on it.
    pub(super) has_text_layer: bool,
}

/// Reads a page as it is drawn.
#[derive(Debug)]
pub(super) struct PageReader {
    area: Rect,
    max_bytes: usize,
    bytes: usize,
    glyphs: Vec<Glyph>,
    /// For each glyph, whether its text is drawn as invisible.
    invisible: Vec<bool>,
    backdrop: Backdrop,
    image_area: f64,
    clips: Vec<Rect>,
    opacities: Vec<f32>,
    marked: Vec<Option<String>>,
}

impl PageReader {
    pub(super) fn new(width: f64, height: f64, max_bytes: usize) -> Self {
        Self {
            area: Rect::new(0.0, 0.0, width, height),
            max_bytes,
            bytes: 0,
            glyphs: Vec::new(),
            invisible: Vec::new(),
            backdrop: Backdrop::new(width, height),
            image_area: 0.0,
            clips: Vec::new(),
            opacities: Vec::new(),
            marked: Vec::new(),
        }
    }

    /// What was drawn. Decides what is hidden by what came later.
    pub(super) fn finish(mut self) -> ReadPage {
        let has_large_image = self.image_area >= LARGE_IMAGE * self.area.area().max(1.0);
        let mut has_text_layer = false;
        for (number, (glyph, is_invisible)) in self.glyphs.iter_mut().zip(&self.invisible).enumerate() {
            let is_outside = glyph.hidden == Some(HiddenReason::Covered);
            if has_large_image && *is_invisible && !is_outside {
                glyph.hidden = None;
                has_text_layer = true;
            } else if glyph.hidden.is_none() && self.backdrop.covers(middle(glyph), number) {
                glyph.hidden = Some(HiddenReason::Covered);
            }
        }
        ReadPage {
            width: self.area.width(),
            height: self.area.height(),
            glyphs: self.glyphs,
            has_large_image,
            has_text_layer,
        }
    }

    fn clip(&self) -> Rect {
        self.clips.last().copied().unwrap_or(self.area)
    }

    fn is_transparent(&self) -> bool {
        self.opacities.last().is_some_and(|opacity| *opacity < 0.01)
    }

    /// Why a glyph that is drawn now is not seen.
    fn hidden(&self, glyph: &Glyph, colour: Option<[u8; 4]>, is_invisible: bool) -> Option<HiddenReason> {
        let place = middle(glyph);
        let clip = self.clip().intersect(self.area).inset(1.0);
        if !clip.contains(place) {
            return Some(HiddenReason::Covered);
        }
        let is_clear = colour.is_some_and(|[.., alpha]| alpha < 3) || self.is_transparent();
        if is_invisible || is_clear {
            return Some(HiddenReason::Colour);
        }
        if glyph.size < MIN_SIZE {
            return Some(HiddenReason::Tiny);
        }
        let [red, green, blue, _] = colour?;
        let behind = self.backdrop.colour(place)?;
        let is_alike =
            behind.iter().zip([red, green, blue]).all(|(a, b)| a.abs_diff(b) <= MAX_COLOUR_DIFFERENCE);
        is_alike.then_some(HiddenReason::Colour)
    }

    fn add(&mut self, mut glyph: Glyph, colour: Option<[u8; 4]>, is_invisible: bool) {
        if self.bytes > self.max_bytes {
            return;
        }
        if let Some(replacement) = self.marked.iter_mut().rev().find_map(Option::as_mut) {
            // The first glyph takes the whole text; the others take none of it.
            glyph.text = std::mem::take(replacement);
            glyph.is_unknown = false;
        }
        if !glyph.origin.is_finite() || !glyph.end.is_finite() || !glyph.size.is_finite() {
            return;
        }
        glyph.hidden = self.hidden(&glyph, colour, is_invisible);
        self.bytes += glyph.text.len().max(1);
        self.glyphs.push(glyph);
        self.invisible.push(is_invisible);
    }

    fn paint(&mut self, rect: Rect, paint: &Paint<'_>, mask: Option<&SoftMask<'_>>, blend: BlendMode) {
        let colour = colour_of(paint);
        let is_plain =
            mask.is_none() && blend == BlendMode::Normal && self.opacities.iter().all(|o| *o > 0.99);
        let is_opaque = is_plain && colour.is_some_and(|[.., alpha]| alpha > 250);
        let seen = rect.intersect(self.clip());
        if seen.area() > 0.0 && colour.is_none_or(|[.., alpha]| alpha >= 3) {
            let colour = colour.filter(|_| is_opaque).map(|[red, green, blue, _]| [red, green, blue]);
            self.backdrop.paint(seen, colour, is_opaque, self.glyphs.len());
        }
    }
}

/// The middle of a glyph: halfway along its baseline, a third of its size above it.
fn middle(glyph: &Glyph) -> Point {
    let along = glyph.end - glyph.origin;
    let length = along.hypot().max(1e-6);
    let up = hayro_interpret::kurbo::Vec2::new(along.y, -along.x) / length * (glyph.size * 0.3);
    glyph.origin.midpoint(glyph.end) + up
}

fn colour_of(paint: &Paint<'_>) -> Option<[u8; 4]> {
    match paint {
        Paint::Color(colour) => Some(colour.to_rgba().to_rgba8()),
        Paint::Pattern(_) => None,
    }
}

/// The bounds of a transformed rectangle, and whether it still is one.
fn placed(rect: Rect, transform: Affine) -> (Rect, bool) {
    let [a, b, c, d, ..] = transform.as_coeffs();
    let is_upright = (b.abs() < 1e-6 && c.abs() < 1e-6) || (a.abs() < 1e-6 && d.abs() < 1e-6);
    (transform.transform_rect_bbox(rect), is_upright)
}

impl<'a> Device<'a> for PageReader {
    fn draw_path(&mut self, path: &BezPath, props: DrawProps<'a>, draw_mode: &DrawMode) {
        if matches!(draw_mode, DrawMode::Fill(_) | DrawMode::FillAndStroke(..)) {
            let bounds = props.transform.transform_rect_bbox(path.control_box()).intersect(self.clip());
            if bounds.area() > 0.0 {
                self.backdrop.paint(bounds, None, false, self.glyphs.len());
            }
        }
    }

    fn draw_rect(&mut self, rect: &Rect, props: DrawProps<'a>, draw_mode: &DrawMode) {
        if matches!(draw_mode, DrawMode::Fill(_) | DrawMode::FillAndStroke(..)) {
            let (bounds, is_upright) = placed(*rect, props.transform);
            if is_upright {
                self.paint(bounds, &props.paint, props.soft_mask.as_ref(), props.blend_mode);
            } else {
                self.backdrop.paint(bounds.intersect(self.clip()), None, false, self.glyphs.len());
            }
        }
    }

    fn push_clip_path(&mut self, clip_path: &ClipPath) {
        let clip = self.clip().intersect(clip_path.path.bounding_box());
        self.clips.push(clip);
    }

    fn push_clip_rect(&mut self, rect: &Rect) {
        let clip = self.clip().intersect(*rect);
        self.clips.push(clip);
    }

    fn push_transparency_group(&mut self, opacity: f32, _: Option<SoftMask<'a>>, _: BlendMode) {
        let outer = self.opacities.last().copied().unwrap_or(1.0);
        self.opacities.push(outer * opacity);
    }

    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, 'a>, props: DrawProps<'a>, draw_mode: &DrawMode) {
        let is_invisible = matches!(draw_mode, DrawMode::Invisible);
        let colour = colour_of(&props.paint);
        let is_vertical = run.writing_mode() == WritingMode::Vertical;
        let mut glyphs = run.glyphs().iter().peekable();
        while let Some(glyph) = glyphs.next() {
            let transform = props.transform * glyph.transform();
            let next = glyphs.peek().map(|next| props.transform * next.transform() * Point::ZERO);
            let placed = place(glyph, transform, next, is_vertical);
            self.add(placed, colour, is_invisible);
        }
    }

    fn draw_image(&mut self, image: Image<'a, '_>, props: ImageDrawProps<'a>) {
        let size = Rect::new(0.0, 0.0, f64::from(image.width()), f64::from(image.height()));
        let seen = props.transform.transform_rect_bbox(size).intersect(self.clip());
        if seen.area() > 0.0 {
            self.image_area = self.image_area.max(seen.area());
            self.backdrop.paint(seen, None, false, self.glyphs.len());
        }
    }

    fn pop_clip(&mut self) {
        self.clips.pop();
    }

    fn pop_transparency_group(&mut self) {
        self.opacities.pop();
    }

    fn begin_marked_content(&mut self, _: &[u8], properties: Option<&Dict<'_>>) {
        let actual = properties
            .and_then(|properties| properties.get::<PdfString<'_>>(b"ActualText"))
            .map(|text| metadata::text(text.as_bytes()))
            .filter(|text| text.len() <= MAX_ACTUAL_TEXT);
        self.marked.push(actual);
    }

    fn end_marked_content(&mut self) {
        self.marked.pop();
    }
}

/// A glyph with its place on the page. `next` is where the next glyph of the run begins.
fn place(glyph: &DrawnGlyph<'_>, transform: Affine, next: Option<Point>, is_vertical: bool) -> Glyph {
    let origin = transform * Point::ZERO;
    let right = transform * Point::new(1000.0, 0.0) - origin;
    let size = (transform * Point::new(0.0, 1000.0) - origin).hypot();
    let width = match glyph {
        DrawnGlyph::Outline(outline) => outline.advance_width(),
        DrawnGlyph::Type3(type3) => type3.advance_width(),
    };
    let em = f64::from(width.unwrap_or(500.0)) / 1000.0;
    let (text, is_unknown) = characters(glyph);
    let is_type3 = matches!(glyph, DrawnGlyph::Type3(_));
    if is_vertical {
        // The origin is at the top, in the middle of the column; the baseline of a line on its side runs there.
        let top = transform * Point::new(500.0, 880.0);
        let bottom = transform * Point::new(500.0, -120.0);
        return Glyph { text, origin: top, end: bottom, size, is_unknown, hidden: None };
    }
    // A font that is not embedded is stretched to the widths that the document states, which the transform contains.
    let as_stretched = right * em;
    let as_stated = if right.hypot() > 0.0 { right * (em * size / right.hypot()) } else { right };
    let along = match next.map(|next| (next - origin).hypot()) {
        Some(step) if (as_stated.hypot() - step).abs() < (as_stretched.hypot() - step).abs() => as_stated,
        _ => as_stretched,
    };
    // The size of a Type 3 font may be anything; its widths tell what a reader sees.
    let size = if is_type3 && size < MIN_SIZE { 2.0 * along.hypot() } else { size };
    Glyph { text, origin, end: origin + along, size, is_unknown, hidden: None }
}

/// The characters of a glyph, and whether they are unknown.
fn characters(glyph: &DrawnGlyph<'_>) -> (String, bool) {
    let text = match glyph.as_unicode() {
        Some(BfString::Char(c)) => c.to_string(),
        Some(BfString::String(text)) => text,
        None => match glyph {
            DrawnGlyph::Type3(type3) => {
                tex_character(type3.char_code()).map(String::from).unwrap_or_default()
            }
            DrawnGlyph::Outline(_) => String::new(),
        },
    };
    let text: String =
        text.chars().filter(|c| !matches!(c, '\0'..='\u{8}' | '\u{E}'..='\u{1F}' | '\u{7F}')).collect();
    if text.is_empty() { (char::REPLACEMENT_CHARACTER.to_string(), true) } else { (text, false) }
}

/// The character of a code in the bitmap fonts of TeX, which name no characters: ASCII, with ligatures and signs between
/// its control characters, and Latin-1 from 0xC0 on.
fn tex_character(code: u32) -> Option<char> {
    Some(match code {
        0x0B | 0x1B => 'ﬀ',
        0x0C | 0x1C => 'ﬁ',
        0x0D | 0x1D => 'ﬂ',
        0x0E | 0x1E => 'ﬃ',
        0x0F | 0x1F => 'ﬄ',
        0x10 | 0x5C => '“',
        0x11 => '”',
        0x15 | 0x7B => '–',
        0x16 | 0x7C => '—',
        0x27 => '’',
        0x60 => '‘',
        0x20..=0x7E | 0xC0..=0xFE => char::from_u32(code)?,
        _ => return None,
    })
}
