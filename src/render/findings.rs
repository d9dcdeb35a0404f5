//! The findings of alerts, in words for people.

use super::counted;
use crate::proto::AlertKind;

/// The findings of an alert with their kind: `3 soft hyphens`.
#[must_use]
pub fn alert_findings(kind: AlertKind, count: u64) -> String {
    let (one, many) = match kind {
        AlertKind::ZeroWidth => ("character without width", "characters without width"),
        AlertKind::BidiControl => ("control of writing direction", "controls of writing direction"),
        AlertKind::SoftHyphen => ("soft hyphen", "soft hyphens"),
        AlertKind::LookAlike => ("word with look-alike letters", "words with look-alike letters"),
        AlertKind::Invisible => ("invisible character", "invisible characters"),
        AlertKind::PrivateUse => ("private-use character", "private-use characters"),
        AlertKind::SpacedLetters => ("word with its letters set apart", "words with their letters set apart"),
        AlertKind::StackedMarks => ("stacked combining mark", "stacked combining marks"),
        AlertKind::Excluded => (
            "excluded word: much of the text or of what was copied",
            "excluded words: much of the text or of what was copied",
        ),
        AlertKind::JoinedWords => ("word joined with others", "words joined with others"),
        AlertKind::SplitWords => ("piece of a split word", "pieces of split words"),
        AlertKind::HiddenText => ("word that readers do not see", "words that readers do not see"),
        AlertKind::Unspecified => ("finding of another kind", "findings of another kind"),
    };
    counted(count, one, many)
}
