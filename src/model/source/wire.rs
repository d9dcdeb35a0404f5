//! The wire forms of parts of a record that have no obvious one.

use super::{InvalidPages, PageKind, PageStart, Pages, Timestamp};

/// The parts of [`Pages`], which are checked again when they are received.
#[derive(serde::Serialize, serde::Deserialize)]
pub(super) struct PagesParts {
    kind: PageKind,
    count: u32,
    starts: Vec<PageStart>,
}

impl From<Pages> for PagesParts {
    fn from(pages: Pages) -> Self {
        Self { kind: pages.kind(), count: pages.count(), starts: pages.starts().collect() }
    }
}

impl TryFrom<PagesParts> for Pages {
    type Error = InvalidPages;

    /// Checks all rules but those that need the text, which is elsewhere.
    fn try_from(PagesParts { kind, count, starts }: PagesParts) -> Result<Self, InvalidPages> {
        Self::checked(kind, count, starts, u64::MAX)
    }
}

/// A new time that may be none, as a list of one: formats have a single null, which stands for no new time.
pub(super) mod new_time {
    use serde::{Deserialize as _, Deserializer, Serialize as _, Serializer};

    use super::Timestamp;

    #[expect(
        clippy::option_option,
        clippy::ref_option,
        reason = "serde hands in a reference to the field; the outer one: whether there is a new time"
    )]
    pub(in crate::model::source) fn serialize<S: Serializer>(
        time: &Option<Option<Timestamp>>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        time.map(|time| [time]).serialize(serializer)
    }

    #[expect(clippy::option_option, reason = "the outer one: whether there is a new time")]
    pub(in crate::model::source) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Option<Timestamp>>, D::Error> {
        Ok(Option::<[Option<Timestamp>; 1]>::deserialize(deserializer)?.map(|[time]| time))
    }
}
