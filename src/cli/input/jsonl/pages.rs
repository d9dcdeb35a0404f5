//! The pages of a source in a line of JSON: `{"kind": "chapter", "count": 9, "starts": [{"number": 1, "start": 0, "label": ""}]}`.

use serde::{Deserialize, Serialize};

use crate::proto;

/// Pages, with offsets in UTF-8 bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::cli) struct Pages {
    #[serde(default)]
    kind: Kind,
    #[serde(default)]
    count: u32,
    #[serde(default)]
    starts: Vec<Begin>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    #[default]
    Page,
    Slide,
    Chapter,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Begin {
    number: u32,
    start: u64,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    label: String,
}

impl From<proto::DocumentPages> for Pages {
    fn from(pages: proto::DocumentPages) -> Self {
        let kind = match pages.kind() {
            proto::PageKind::Unspecified | proto::PageKind::Page => Kind::Page,
            proto::PageKind::Slide => Kind::Slide,
            proto::PageKind::Chapter => Kind::Chapter,
        };
        let start = |page: proto::DocumentPage| {
            let proto::DocumentPage { number, label, span } = page;
            Begin { number, start: span.unwrap_or_default().start, label }
        };
        Self { kind, count: pages.count, starts: pages.pages.into_iter().map(start).collect() }
    }
}

impl From<Pages> for proto::DocumentPages {
    fn from(Pages { kind, count, starts }: Pages) -> Self {
        let kind = match kind {
            Kind::Page => proto::PageKind::Page,
            Kind::Slide => proto::PageKind::Slide,
            Kind::Chapter => proto::PageKind::Chapter,
        };
        // The server takes the starts alone.
        let page = |Begin { number, start, label }: Begin| proto::DocumentPage {
            number,
            label,
            span: Some(proto::Span { start, end: start }),
        };
        Self { kind: kind.into(), count, pages: starts.into_iter().map(page).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_come_back_as_they_were() {
        let line = r#"{"kind":"chapter","count":9,"starts":[{"number":1,"start":0,"label":"É"},{"number":4,"start":30}]}"#;
        let pages: Pages = serde_json::from_str(line).unwrap();
        let message: proto::DocumentPages = pages.clone().into();
        assert_eq!((message.kind(), message.pages.len()), (proto::PageKind::Chapter, 2));
        assert_eq!(Pages::from(message), pages);
        assert_eq!(serde_json::to_string(&pages).unwrap(), line);
    }
}
