//! Properties of runs and paragraphs, as far as they say what is text.

use crate::documents::Failure;
use crate::documents::look::Rgb;
use crate::documents::xml::{Element, Node, Nodes};

/// From this transparency on, in thousandths of a percent, text is not seen.
const TRANSPARENT: u32 = 95_000;

/// The colour of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ink {
    /// The program chooses one that is seen.
    Automatic,
    Colour(Rgb),
}

/// What is behind text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ground {
    Colour(Rgb),
    Unknown,
}

/// The properties of a run. What is not stated comes from its styles.
#[derive(Debug, Clone, Default)]
pub(super) struct RunProperties {
    pub(super) style: Option<String>,
    pub(super) is_vanished: Option<bool>,
    pub(super) ink: Option<Ink>,
    pub(super) shading: Option<Ground>,
    pub(super) highlight: Option<Ground>,
    pub(super) points: Option<f32>,
    pub(super) is_transparent: Option<bool>,
    /// Of the end of a paragraph: it is deleted, or not shown, so that the next paragraph goes on.
    pub(super) is_joined: bool,
    pub(super) is_tracked: bool,
}

impl RunProperties {
    /// Takes from `other` what is not stated.
    pub(super) fn or(self, other: &Self) -> Self {
        Self {
            style: self.style,
            is_vanished: self.is_vanished.or(other.is_vanished),
            ink: self.ink.or(other.ink),
            shading: self.shading.or(other.shading),
            highlight: self.highlight.or(other.highlight),
            points: self.points.or(other.points),
            is_transparent: self.is_transparent.or(other.is_transparent),
            ..self
        }
    }
}

/// The properties of a paragraph.
#[derive(Debug, Clone, Default)]
pub(super) struct ParagraphProperties {
    pub(super) style: Option<String>,
    pub(super) is_item: Option<bool>,
    pub(super) is_heading: Option<bool>,
    pub(super) shading: Option<Ground>,
    pub(super) begins_page: Option<bool>,
    pub(super) mark: RunProperties,
    /// Whether a section ends with it.
    pub(super) ends_section: bool,
}

impl ParagraphProperties {
    /// Takes from `other` what is not stated.
    pub(super) fn or(self, other: &Self) -> Self {
        Self {
            is_item: self.is_item.or(other.is_item),
            is_heading: self.is_heading.or(other.is_heading),
            shading: self.shading.or(other.shading),
            begins_page: self.begins_page.or(other.begins_page),
            ..self
        }
    }
}

/// Reads the properties of a run, to the end of the element that was opened last.
pub(super) fn of_run(nodes: &mut Nodes<'_>) -> Result<RunProperties, Failure> {
    let outside = nodes.depth().saturating_sub(1);
    let mut run = RunProperties::default();
    let mut has_outline = false;
    while nodes.depth() > outside {
        let Some(node) = nodes.next()? else { break };
        let Node::Open(element) = node else { continue };
        match element.name() {
            "rStyle" => run.style = value(&element),
            "vanish" => run.is_vanished = Some(is_on(&element)),
            "specVanish" => run.is_joined |= is_on(&element),
            "color" => run.ink = ink(&element),
            "shd" => run.shading = shading(&element),
            "highlight" => run.highlight = highlight(&element),
            "sz" => {
                run.points = value(&element).and_then(|v| v.trim().parse().ok()).map(|half: f32| half / 2.0)
            }
            "del" | "moveFrom" => (run.is_joined, run.is_tracked) = (true, true),
            "ins" | "moveTo" => run.is_tracked = true,
            "textFill" => {
                let fill = fill(nodes)?;
                run.is_transparent = Some(fill == Fill::None);
                if let Fill::Colour(colour) = fill {
                    run.ink = Some(Ink::Colour(colour));
                }
            }
            "textOutline" => has_outline = fill(nodes)? != Fill::None,
            // What was before a tracked change.
            "rPrChange" => {
                run.is_tracked = true;
                nodes.skip()?;
            }
            _ => {}
        }
    }
    if has_outline {
        run.is_transparent = None;
    }
    Ok(run)
}

/// Reads the properties of a paragraph, to the end of the element that was opened last.
pub(super) fn of_paragraph(nodes: &mut Nodes<'_>) -> Result<ParagraphProperties, Failure> {
    let outside = nodes.depth().saturating_sub(1);
    let mut paragraph = ParagraphProperties::default();
    while nodes.depth() > outside {
        let Some(node) = nodes.next()? else { break };
        let Node::Open(element) = node else { continue };
        match element.name() {
            "pStyle" => paragraph.style = value(&element),
            "numId" => paragraph.is_item = Some(value(&element).is_none_or(|id| id != "0")),
            "outlineLvl" => paragraph.is_heading = Some(value(&element).is_some_and(|level| level != "9")),
            "shd" => paragraph.shading = shading(&element),
            "pageBreakBefore" => paragraph.begins_page = Some(is_on(&element)),
            "rPr" => paragraph.mark = of_run(nodes)?,
            "sectPr" => {
                paragraph.ends_section = true;
                nodes.skip()?;
            }
            "pPrChange" => nodes.skip()?,
            _ => {}
        }
    }
    Ok(paragraph)
}

/// How a shape or letters are filled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fill {
    None,
    Colour(Rgb),
    /// Filled by something else.
    Other,
    /// Nothing is said about it.
    Unsaid,
}

/// Reads a fill of `DrawingML`, to the end of the element that was opened last. Lines and effects inside are passed over.
pub(super) fn fill(nodes: &mut Nodes<'_>) -> Result<Fill, Failure> {
    let outside = nodes.depth().saturating_sub(1);
    let mut fill = Fill::Unsaid;
    while nodes.depth() > outside {
        let Some(node) = nodes.next()? else { break };
        let Node::Open(element) = node else { continue };
        match element.name() {
            "ln" | "effectLst" | "extLst" | "xfrm" => nodes.skip()?,
            "noFill" => fill = Fill::None,
            "srgbClr" => {
                fill = value(&element).and_then(|v| Rgb::from_hex(&v)).map_or(Fill::Other, Fill::Colour)
            }
            "schemeClr" => {
                fill = value(&element).and_then(|v| of_theme(&v)).map_or(Fill::Other, Fill::Colour)
            }
            "lumMod" | "lumOff" | "shade" | "tint" => fill = Fill::Other,
            "alpha" => {
                let share = value(&element).and_then(|v| v.parse().ok()).unwrap_or(0);
                if share >= TRANSPARENT {
                    fill = Fill::None;
                }
            }
            "solidFill" | "gradFill" | "blipFill" | "pattFill" if fill == Fill::Unsaid => fill = Fill::Other,
            _ => {}
        }
    }
    Ok(fill)
}

/// The attribute `val`.
pub(super) fn value(element: &Element<'_>) -> Option<String> {
    element.attribute("val").map(std::borrow::Cow::into_owned)
}

/// Whether a property that is on or off is on.
pub(super) fn is_on(element: &Element<'_>) -> bool {
    !element.is("val", &["0", "false", "off", "none"])
}

/// The background of a cell, a paragraph or a run. `None` if it has none.
pub(super) fn shading(element: &Element<'_>) -> Option<Ground> {
    let pattern = value(element).unwrap_or_default();
    let (colour, theme) = match pattern.as_str() {
        "solid" => ("color", "themeColor"),
        "nil" | "clear" | "" => ("fill", "themeFill"),
        _ => return Some(Ground::Unknown),
    };
    let by_theme =
        element.attribute(theme).and_then(|name| shifted(&name, element, "themeFillShade", "themeFillTint"));
    let by_value = element.attribute(colour).and_then(|value| Rgb::from_hex(&value));
    match by_theme.or(by_value) {
        Some(colour) => Some(Ground::Colour(colour)),
        None if element.attribute(theme).is_some() => Some(Ground::Unknown),
        None => None,
    }
}

fn ink(element: &Element<'_>) -> Option<Ink> {
    let by_theme =
        element.attribute("themeColor").and_then(|name| shifted(&name, element, "themeShade", "themeTint"));
    let by_value = value(element).and_then(|value| Rgb::from_hex(&value));
    Some(by_theme.or(by_value).map_or(Ink::Automatic, Ink::Colour))
}

/// A colour of the theme, darkened or lightened.
fn shifted(name: &str, element: &Element<'_>, shade: &str, tint: &str) -> Option<Rgb> {
    let part_of = |name: &str| element.attribute(name).and_then(|value| u8::from_str_radix(&value, 16).ok());
    let colour = of_theme(name)?;
    let grey = |part: u8| Rgb::new(part, part, part);
    match (part_of(shade), part_of(tint)) {
        (Some(shade), _) if colour == Rgb::WHITE => Some(grey(shade)),
        (_, Some(tint)) if colour == Rgb::BLACK => Some(grey(255 - tint)),
        _ => Some(colour),
    }
}

/// The colours of a theme that are the same in nearly all of them.
fn of_theme(name: &str) -> Option<Rgb> {
    match name {
        "background1" | "light1" | "bg1" | "lt1" => Some(Rgb::WHITE),
        "text1" | "dark1" | "tx1" | "dk1" => Some(Rgb::BLACK),
        _ => None,
    }
}

fn highlight(element: &Element<'_>) -> Option<Ground> {
    let known = match value(element)?.as_str() {
        "none" => return None,
        "white" => Rgb::WHITE,
        "black" => Rgb::BLACK,
        "yellow" => Rgb::new(255, 255, 0),
        "green" => Rgb::new(0, 255, 0),
        "cyan" => Rgb::new(0, 255, 255),
        "magenta" => Rgb::new(255, 0, 255),
        "blue" => Rgb::new(0, 0, 255),
        "red" => Rgb::new(255, 0, 0),
        "darkBlue" => Rgb::new(0, 0, 128),
        "darkCyan" => Rgb::new(0, 128, 128),
        "darkGreen" => Rgb::new(0, 128, 0),
        "darkMagenta" => Rgb::new(128, 0, 128),
        "darkRed" => Rgb::new(128, 0, 0),
        "darkYellow" => Rgb::new(128, 128, 0),
        "darkGray" => Rgb::new(128, 128, 128),
        "lightGray" => Rgb::new(192, 192, 192),
        _ => return Some(Ground::Unknown),
    };
    Some(Ground::Colour(known))
}
