//! Tests of regions: examples of each kind, and properties of all.

mod bibliography;
mod citations;
mod indented;
mod lists;
mod notes;
mod paragraphs;
mod quotations;

use std::fmt::Write as _;

use proptest::prelude::*;

use super::*;
use RegionKind::{Bibliography, Citation, Quotation};

fn found(text: &str, kind: RegionKind) -> Vec<&str> {
    regions(text).iter().filter(|region| region.kind == kind).map(|region| region.span.of(text)).collect()
}

fn check(kind: RegionKind, cases: &[(&str, &[&str])]) {
    for (text, expected) in cases {
        assert_eq!(found(text, kind), *expected, "{kind:?} in {text:?}");
    }
}

#[test]
fn the_essay_comes_out_as_its_comments_say() {
    let text = "\
        A working alliance joins two people around a task that both of them chose.\n\
        Most authors tell two kinds of it apart (Marlow and Finch, 2009; Osei, 2011, p. 4).\n\
        As one of them puts it, \"a client stays where a client is heard\" (2009).\n\
        References: Marlow, A. and Finch, T. (2009). Alliances at Work. (5th ed). Leeds. Harbour\n\
        Press, Inc. Osei, K. (2011). Hearing and Being Heard. Harbour Quarterly, 20:2, 94-103.";
    let expected = [
        (Citation, "(Marlow and Finch, 2009; Osei, 2011, p. 4)"),
        (Quotation, "\"a client stays where a client is heard\""),
        (Citation, "(2009)"),
        (Bibliography, text.split_at(text.find("References").unwrap_or(0)).1),
    ];
    for text in
        [text.to_owned(), text.replace('\n', "\n    "), text.replace('\n', "\r\n"), text.replace('\n', " ")]
    {
        let found = regions(&text);
        let expected: Vec<_> = expected
            .iter()
            .map(|(kind, part)| (*kind, part.split_whitespace().collect::<Vec<_>>().join(" ")))
            .collect();
        let found: Vec<_> = found
            .iter()
            .map(|region| {
                (region.kind, region.span.of(&text).split_whitespace().collect::<Vec<_>>().join(" "))
            })
            .collect();
        assert_eq!(found, expected);
    }
}

#[test]
fn claims_are_disjoint_and_add_up() {
    let text = "He says \"so it is (Osei, 2011) here\" (2009).";
    let all = claims(&regions(text), |_| true);
    let kinds: Vec<_> = all.iter().map(|region| (region.kind, region.span.of(text))).collect();
    assert_eq!(kinds, [(Quotation, "\"so it is (Osei, 2011) here\""), (Citation, "(2009)")]);
    let citations = claims(&regions(text), |kind| kind == Citation);
    assert_eq!(citations.len(), 2);
}

/// Texts on which naive scanners take quadratic time. At this length that is minutes; a linear pass takes some
/// milliseconds, or a second in an unoptimised build on a busy machine.
#[test]
fn adversarial_texts_take_linear_time() {
    const SIZE_BYTES: usize = 500_000;
    const LIMIT: std::time::Duration = std::time::Duration::from_secs(10);
    let units = [
        "\"",
        "“",
        "”",
        "'",
        "‘",
        "„",
        "«",
        "»",
        "」",
        "「",
        "(",
        "[",
        "（",
        "(2009",
        "[1,",
        ">",
        ">\n",
        "> a\n",
        "\n",
        " \n",
        ":",
        "References\n",
        "References:",
        "References: A, B. (2009). ",
        "Sources\n\n",
        "A, B.\n",
        "A. B, C (2009). p. 1\n",
        "'a ",
        " 'a",
        "n' 'b ",
        "s' ",
        "``",
        "''",
        "：",
        "[1] ",
        "2009 ",
        "https://a.b ",
        "a",
        "\u{300}",
        "(ibid. ",
        "(a;",
        "(A, A, A, 2009;",
    ];
    for unit in units {
        let text = unit.repeat(SIZE_BYTES / unit.len());
        let start = std::time::Instant::now();
        let found = regions(&text);
        let took = start.elapsed();
        assert!(sound(&text, &found));
        assert!(took < LIMIT, "{unit:?} took {took:?}");
    }
}

fn sound(text: &str, found: &[Region]) -> bool {
    let of = |kind| found.iter().filter(move |region| region.kind == kind).map(|region| region.span);
    let each = [Quotation, Bibliography, Citation].into_iter().all(|kind| peek::sound(text, of(kind)));
    let claimed = claims(found, |_| true);
    each && found.is_sorted_by_key(|region| region.span.start)
        && peek::sound(text, claimed.iter().map(|region| region.span))
}

fn pieces() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("\"".to_owned()),
        Just("“".to_owned()),
        Just("”".to_owned()),
        Just("'".to_owned()),
        Just("’".to_owned()),
        Just("„".to_owned()),
        Just("«".to_owned()),
        Just("»".to_owned()),
        Just("「".to_owned()),
        Just("」".to_owned()),
        Just("``".to_owned()),
        Just("''".to_owned()),
        Just("(".to_owned()),
        Just(")".to_owned()),
        Just("[".to_owned()),
        Just("]".to_owned()),
        Just("（".to_owned()),
        Just("）".to_owned()),
        Just("\n".to_owned()),
        Just("\n\n".to_owned()),
        Just("> ".to_owned()),
        Just("References".to_owned()),
        Just("参考文献：".to_owned()),
        Just(": ".to_owned()),
        Just("Osei, K. (2011). Hearing. Harbour Press, 20:2, 94-103.\n".to_owned()),
        Just("(Osei, 2011)".to_owned()),
        Just("2009".to_owned()),
        Just(" ".to_owned()),
        Just("Appendix\n".to_owned()),
        Just("1. ".to_owned()),
        "\\PC{0,6}",
        "[a-zé王 ]{1,12}",
    ];
    proptest::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn regions_lie_soundly_in_any_text(text in "(?s).{0,200}") {
        prop_assert!(sound(&text, &regions(&text)));
    }

    #[test]
    fn regions_lie_soundly_in_texts_of_marks(text in pieces()) {
        prop_assert!(sound(&text, &regions(&text)));
    }
}

#[test]
fn many_regions_are_all_found() {
    let mut text = String::new();
    for number in 0..1_000 {
        let _ = writeln!(text, "Claim {number} is “so {number}” (Osei, 2011, p. {number}).\n");
    }
    assert_eq!(found(&text, Quotation).len(), 1_000);
    assert_eq!(found(&text, Citation).len(), 1_000);
}
