//! Reports on texts that were not checked.

use super::counted;
use crate::proto;
use crate::proto::NotCheckedReason;

/// The reason why a report states no coverage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::cli) enum NotChecked {
    /// No source is in scope.
    NoSources,
    /// The text is too short for a single k-gram.
    TooShort {
        /// Its words.
        words: u64,
    },
    /// All words are excluded.
    AllExcluded {
        /// Its words.
        words: u64,
    },
}

impl NotChecked {
    /// The reason why the text of `report` was not checked; `None` if it was.
    pub(in crate::cli) fn of(report: &proto::Report) -> Option<Self> {
        let words = report.words;
        match report.not_checked() {
            NotCheckedReason::NoSources => return Some(Self::NoSources),
            NotCheckedReason::TooShort => return Some(Self::TooShort { words }),
            NotCheckedReason::AllExcluded => return Some(Self::AllExcluded { words }),
            // Older servers do not state it.
            NotCheckedReason::Unspecified => {}
        }
        if report.sources_in_scope == 0 {
            Some(Self::NoSources)
        } else if report.too_few_words >= words {
            Some(Self::TooShort { words })
        } else if report.coverage.is_none_or(|coverage| coverage.of_words == 0) {
            Some(Self::AllExcluded { words })
        } else {
            None
        }
    }
}

impl std::fmt::Display for NotChecked {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match *self {
            Self::NoSources => f.write_str("no source is in scope; add sources, or exclude fewer"),
            Self::TooShort { words: 0 } => f.write_str("it has no words"),
            Self::TooShort { words } => {
                let words = counted(words, "word is", "words are");
                write!(f, "its {words} too few for a single k-gram of the collections in scope")
            }
            Self::AllExcluded { words } => {
                write!(f, "all of its {} are excluded", counted(words, "word", "words"))
            }
        }
    }
}
