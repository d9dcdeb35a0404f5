//! Parts that several pages share.

use maud::{Markup, html};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::proto;

/// Characters of a path's segment that need no escape.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The path of a collection, or of a page below it.
pub(in crate::web) fn collection_path(name: &str, below: &str) -> String {
    format!("/collections/{}{below}", utf8_percent_encode(name, SEGMENT))
}

/// A path with one parameter.
pub(in crate::web) fn with_parameter(path: &str, name: &str, value: &str) -> String {
    let query = form_urlencoded::Serializer::new(String::new()).append_pair(name, value).finish();
    format!("{path}?{query}")
}

/// The value of a parameter of a query; empty if there is none.
pub(in crate::web) fn parameter(query: Option<&str>, name: &str) -> String {
    let mut pairs = form_urlencoded::parse(query.unwrap_or_default().as_bytes());
    pairs.find(|(own, _)| own == name).map(|(_, value)| value.into_owned()).unwrap_or_default()
}

/// A number with its thousands separated by thin spaces, which do not break.
pub(in crate::web) fn count(number: u64) -> String {
    let digits = number.to_string();
    let lead = digits.len() % 3;
    let (first, rest) = digits.split_at_checked(lead).unwrap_or((&digits, ""));
    let groups = rest.as_bytes().chunks(3).map(|group| String::from_utf8_lossy(group).into_owned());
    let first = (!first.is_empty()).then(|| first.to_owned());
    first.into_iter().chain(groups).collect::<Vec<_>>().join("\u{202F}")
}

/// A number of bytes, in the largest unit that it fills.
fn size(bytes: u64) -> String {
    let (unit, name) = match bytes {
        0..1000 => return format!("{bytes} bytes"),
        1000..1_000_000 => (1000, "kB"),
        _ => (1_000_000, "MB"),
    };
    let tenths = bytes * 10 / unit;
    match (tenths / 10, tenths % 10) {
        (whole, 0) => format!("{} {name}", count(whole)),
        (whole, tenth) => format!("{}.{tenth} {name}", count(whole)),
    }
}

/// Extensions and media types of the files that browsers offer.
const ACCEPTED: &str = ".txt,.text,.md,.markdown,.docx,.docm,.odt,.epub,.html,.htm,.xhtml,.rtf,.pdf,text/plain,text/markdown,\
    text/html,application/pdf,application/rtf,application/epub+zip,application/vnd.oasis.opendocument.text,\
    application/vnd.openxmlformats-officedocument.wordprocessingml.document";

/// A zone for files, with a field of this name.
pub(in crate::web) fn file_zone(name: &str, label: &str, takes_several: bool, max_bytes: usize) -> Markup {
    let (field, hint) = (format!("field-{name}"), format!("hint-{name}"));
    html! {
        div.drop data-drop=(max_bytes) {
            label.label for=(field) { (label) }
            input type="file" id=(field) name=(name) multiple[takes_several] aria-describedby=(hint)
                accept=(ACCEPTED);
            p.hint id=(hint) {
                "Text, Word, OpenDocument, EPUB, HTML, RTF or PDF, up to " (size(max_bytes as u64))
                @if takes_several { " each" } "."
            }
            p.hint data-chosen="" aria-live="polite" {}
        }
    }
}

/// Boxes for what does not count, checked as the service's defaults are.
pub(in crate::web) fn exclusion_fields(max_bytes: usize) -> Markup {
    html! {
        fieldset {
            legend { "What does not count" }
            input type="hidden" name="exclusions" value="shown";
            ul.choices {
                @for (name, label) in EXCLUSIONS {
                    li { label { input type="checkbox" name=(name) value="yes" checked; " " (label) } }
                }
            }
            div.field {
                (file_zone("boilerplate", "Assignment sheets or templates", true, max_bytes))
                p.hint { "Runs in common with these files do not count." }
            }
        }
    }
}

/// The names and labels of the exclusions.
const EXCLUSIONS: [(&str, &str); 3] =
    [("quotations", "Quotations"), ("bibliography", "Bibliography"), ("citations", "Citations in the text")];

/// The field for the minimum length of a passage, and the choice of the mode.
pub(in crate::web) fn detection_fields() -> Markup {
    html! {
        div.field {
            label for="min_words" { "Shortest passage, in words" }
            input type="number" id="min_words" name="min_words" min="1" max="10000" step="1" inputmode="numeric"
                aria-describedby="min_words_hint";
            p.hint id="min_words_hint" { "Shorter passages do not count. Empty for the default." }
        }
        div.field {
            label for="mode" { "What to look for" }
            select id="mode" name="mode" {
                option value="altered" selected { "Verbatim and altered" }
                option value="verbatim" { "Verbatim only" }
            }
        }
    }
}

/// The line of counts of a collection.
pub(in crate::web) fn collection_counts(stats: &proto::CollectionStats) -> Markup {
    let sources = if stats.sources == 1 { "source" } else { "sources" };
    html! { (count(stats.sources)) " " (sources) ", " (count(stats.words)) " words" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_paths_are_written_for_people_and_browsers() {
        let shown = [0, 12, 999, 1000, 1_234_567].map(|number| count(number).replace('\u{202F}', "'"));
        let sizes = [999, 2000, 8_388_608, 1 << 30].map(|bytes| size(bytes).replace('\u{202F}', "'"));
        assert_eq!(sizes, ["999 bytes", "2 kB", "8.3 MB", "1'073.7 MB"]);
        assert_eq!(shown, ["0", "12", "999", "1'000", "1'234'567"]);
        assert_eq!(collection_path("a/b?", "/add"), "/collections/a%2Fb%3F/add");
        let path = with_parameter("/x", "id", "a&b=ä");
        assert_eq!(path, "/x?id=a%26b%3D%C3%A4");
        assert_eq!(parameter(path.split('?').nth(1), "id"), "a&b=ä");
    }
}
