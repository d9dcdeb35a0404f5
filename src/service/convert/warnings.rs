//! Warnings to messages.

use crate::engine::{Warning, WarningKind, Warnings};
use crate::proto;
use crate::service::parse::places::{Place, Places};

/// Warnings of a response, in the order of the request, and the number of others.
#[derive(Debug, Default)]
pub(in crate::service) struct ListedWarnings {
    pub(in crate::service) listed: Vec<proto::Warning>,
    pub(in crate::service) cut: u64,
}

pub(in crate::service) fn warnings(Warnings { listed, cut }: Warnings, places: &Places) -> ListedWarnings {
    if listed.is_empty() {
        return ListedWarnings::default();
    }
    let index = places.index();
    let mut in_order: Vec<(Place, Warning)> =
        listed.into_iter().map(|warning| (index.place(warning.field, &warning.value), warning)).collect();
    in_order.sort_unstable();
    ListedWarnings {
        listed: in_order.into_iter().map(|(place, warning)| message(place, warning)).collect(),
        cut,
    }
}

fn message(place: Place, warning: Warning) -> proto::Warning {
    let kind = match warning.kind() {
        WarningKind::UnknownSource => proto::WarningKind::UnknownSource,
        WarningKind::UnknownGroup => proto::WarningKind::UnknownGroup,
        WarningKind::UnknownLabel => proto::WarningKind::UnknownLabel,
        WarningKind::NoCollection => proto::WarningKind::NoCollection,
        WarningKind::NoSources => proto::WarningKind::NoSources,
    };
    let message = warning.to_string();
    proto::Warning { kind: kind.into(), field: place.path, value: warning.value, message }
}
