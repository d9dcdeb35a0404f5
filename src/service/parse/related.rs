//! Requests of `RelatedService`.

use super::Fields;
use super::detection::Submission;
use super::places::Places;
use crate::engine::{RelatedOptions, Scope};
use crate::proto;
use crate::service::convert::enums;
use crate::service::problem::Problem;
use crate::text::OffsetUnit;

/// Sources to list if the request states no number, and at most.
const SOURCES: u32 = 10;
const MAX_SOURCES: u32 = 100;

/// Related sources to list.
pub(in crate::service) struct Listing {
    pub(in crate::service) subject: Submission,
    pub(in crate::service) scope: Scope,
    pub(in crate::service) options: RelatedOptions,
    pub(in crate::service) unit: OffsetUnit,
    /// The places of the scope's entries.
    pub(in crate::service) places: Places,
}

pub(in crate::service) fn list(request: proto::ListRelatedRequest) -> Result<Listing, Problem> {
    let proto::ListRelatedRequest {
        text,
        scope,
        source,
        document,
        max_sources,
        exclude_near_copies,
        exclude_own_group,
        offset_unit,
    } = request;
    let mut fields = Fields::default();
    if exclude_own_group && source.is_none() {
        fields.invalid(
            "exclude_own_group",
            "is set, but source is not; name a stored source, which has a group",
        );
    }
    let subject = fields.one_submission(text, source, document);
    let stated = scope.unwrap_or_default();
    let scope = fields.scope(&stated);
    let unit = fields.get("offset_unit", enums::offset_unit(offset_unit));
    let max_sources = if max_sources == 0 { SOURCES } else { max_sources.min(MAX_SOURCES) } as usize;
    let options = RelatedOptions { max_sources, exclude_near_copies, exclude_own_group };
    let places = Places::of_check(stated, proto::DetectionOptions::default());
    fields.done(Listing { subject, scope, options, unit, places })
}
