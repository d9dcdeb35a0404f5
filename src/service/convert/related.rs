//! Related sources, and parts of texts, to messages.

use super::corpus::source;
use super::warnings::ListedWarnings;
use crate::engine::{Related, RelatedSource, RelatedTerm};
use crate::proto;
use crate::service::parse::places::Places;
use crate::service::revisions::RevisionMask;
use crate::text::{Excerpt, OffsetUnit, convert_spans};

/// What a caller is shown of related sources.
#[derive(Debug, Clone, Copy)]
pub(in crate::service) struct Shown {
    /// Parts of the sources' texts.
    pub(in crate::service) excerpts: bool,
    /// Words of the text whose subject is looked for.
    pub(in crate::service) terms: bool,
    /// The unit of spans.
    pub(in crate::service) unit: OffsetUnit,
}

pub(in crate::service) fn related(
    related: Related,
    shown: Shown,
    places: &Places,
    revisions: &RevisionMask,
) -> proto::ListRelatedResponse {
    let Related { sources, sources_in_scope, warnings, corpus_revision, scope_revision } = related;
    let ListedWarnings { listed, cut } = super::warnings::warnings(warnings, places);
    let corpus_revision = revisions.mask_scoped(corpus_revision, scope_revision);
    let sources = sources.into_iter().map(|source| related_source(source, shown, revisions)).collect();
    proto::ListRelatedResponse {
        sources,
        sources_in_scope,
        corpus_revision,
        warnings: listed,
        warnings_cut: cut,
    }
}

fn related_source(related: RelatedSource, shown: Shown, revisions: &RevisionMask) -> proto::RelatedSource {
    let RelatedSource { collection, entry, text, excerpt: part, similarity, terms } = related;
    let proto::Source { id, title, group, length, .. } = source(&entry, revisions);
    let terms = if shown.terms { terms } else { Vec::new() };
    proto::RelatedSource {
        collection: collection.as_str().to_owned(),
        id,
        title,
        group,
        excerpt: shown.excerpts.then(|| excerpt(&text, part, shown.unit)),
        length,
        similarity,
        terms: terms
            .into_iter()
            .map(|RelatedTerm { term, contribution }| proto::RelatedTerm { term, contribution })
            .collect(),
    }
}

/// A part of a text, with its span in `unit`. Linear in the text before the end of the part.
pub(in crate::service) fn excerpt(text: &str, excerpt: Excerpt, unit: OffsetUnit) -> proto::Excerpt {
    let mut spans = [excerpt.span];
    convert_spans(text, unit, &mut spans);
    let [span] = spans.map(|span| proto::Span { start: span.start.into(), end: span.end.into() });
    proto::Excerpt { text: excerpt.shown(text), span: Some(span) }
}
