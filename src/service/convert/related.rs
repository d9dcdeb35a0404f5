//! Parts of texts to messages.

use crate::proto;
use crate::text::{Excerpt, OffsetUnit, convert_spans};

/// A part of a text, with its span in `unit`. Linear in the text before the end of the part.
pub(in crate::service) fn excerpt(text: &str, excerpt: Excerpt, unit: OffsetUnit) -> proto::Excerpt {
    let mut spans = [excerpt.span];
    convert_spans(text, unit, &mut spans);
    let [span] = spans.map(|span| proto::Span { start: span.start.into(), end: span.end.into() });
    proto::Excerpt { text: excerpt.shown(text), span: Some(span) }
}
