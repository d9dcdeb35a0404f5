//! How a run looks: what it says itself, then its styles, then the defaults.

use super::properties::{Ground, Ink, ParagraphProperties, RunProperties};
use super::styles::Styles;
use crate::documents::look::Look;

/// How a run looks in a paragraph on a ground.
pub(super) fn look(
    run: &RunProperties,
    paragraph: &ParagraphProperties,
    styles: &Styles,
    ground: Ground,
) -> Look {
    let of_paragraph = styles.of_paragraph(paragraph.style.as_deref());
    let of_run = run.style.as_deref().and_then(|id| styles.get(id));
    let none = RunProperties::default();
    let (character, block) =
        (of_run.map_or(&none, |style| &style.run), of_paragraph.map_or(&none, |style| &style.run));
    // Two styles that both hide text show it (ISO/IEC 29500-1, 17.7.3).
    let by_style = character.is_vanished.unwrap_or(false) != block.is_vanished.unwrap_or(false);
    let by_default = styles.defaults.is_vanished.unwrap_or(false);
    let is_marked_hidden = run.is_vanished.unwrap_or(by_style || by_default);

    let all = run.clone().or(character).or(block).or(&styles.defaults);
    let of_block = paragraph.shading.or(of_paragraph.and_then(|style| style.paragraph.shading));
    let behind = all.highlight.or(all.shading).or(of_block).unwrap_or(ground);
    Look {
        is_marked_hidden,
        is_transparent: all.is_transparent.unwrap_or(false),
        colour: match all.ink {
            Some(Ink::Colour(colour)) => Some(colour),
            Some(Ink::Automatic) | None => None,
        },
        behind: match behind {
            Ground::Colour(colour) => Some(colour),
            Ground::Unknown => None,
        },
        points: all.points,
    }
}
