//! Quotations over several paragraphs.

use super::*;

const FIRST: &str = "The marsh was drained for pasture, and the dyke was mended every winter.";
const SECOND: &str = "Nobody counted what that cost, though the bills lay in a drawer.";

#[test]
fn each_paragraph_opens_and_the_last_closes() {
    for (open, again, close) in [
        ("“", "“", "”"),
        ("\"", "\"", "\""),
        ("„", "„", "“"),
        ("„", "„", "”"),
        ("«", "«", "»"),
        ("« ", "« ", " »"),
        ("«", "»", "»"),
        ("»", "»", "«"),
        ("”", "”", "”"),
        ("‘", "‘", "’"),
        ("「", "「", "」"),
        ("『", "『", "』"),
    ] {
        for gap in ["\n\n", "\n \n", "\r\n\r\n", "\n\n  "] {
            let quotation = format!("{open}{FIRST}{gap}{again}{SECOND}{gap}{again}{FIRST}{close}");
            let text = format!("Osei wrote: {quotation} So he did.\n\nAnd I agree with “him” here.");
            assert_eq!(found(&text, Quotation), [quotation.as_str(), "“him”"], "{text:?}");
            let own_line = format!("Osei wrote:{gap}{quotation}\n\nSo he did.");
            assert_eq!(found(&own_line, Quotation), [quotation.as_str()], "{own_line:?}");
        }
    }
}

#[test]
fn paragraphs_of_many_languages() {
    for quotation in [
        "„Die Marsch wurde trockengelegt.\n\n„Niemand zählte, was das ‚wirklich‘ kostete.“",
        "« Le marais fut asséché.\n\n« Personne ne compta ce que “cela” coûtait. »",
        "«La marisma fue desecada.\n\n»Nadie contó lo que costaba.»",
        "«Болото осушили.\n\n«Никто не считал, во что это „обошлось“.»",
        "„Bagno osuszono.\n\n„Nikt nie liczył kosztów.”",
        "「沼地は干拓された。\n\n「費用は『誰も』数えなかった。」",
        "“沼泽被排干了。\n\n“没有人计算过‘费用’。”",
        "«جُفِّف المستنقع.\n\n«ولم يحسب أحد الكلفة.»",
    ] {
        let text = format!("1\n\n{quotation}\n\n2");
        assert_eq!(found(&text, Quotation), [quotation], "{text:?}");
    }
}

#[test]
fn one_pair_of_marks_around_whole_paragraphs() {
    for (open, close) in [("“", "”"), ("„", "“"), ("«", "»"), ("「", "」")] {
        let quotation = format!("{open}{FIRST}\n\n{SECOND}{close}");
        for tail in ["", " (Osei, 2011)", ".", " [3]"] {
            let text = format!("He wrote:\n\n{quotation}{tail}\n\nSo he did.");
            assert_eq!(found(&text, Quotation), [quotation.as_str()], "{text:?}");
        }
        let inside = format!("He wrote {quotation}\n\nSo he did.");
        assert_eq!(found(&inside, Quotation), Vec::<&str>::new(), "{inside:?}");
        let goes_on = format!("{quotation} and went on to say more of it");
        assert_eq!(found(&goes_on, Quotation), Vec::<&str>::new(), "{goes_on:?}");
    }
}

#[test]
fn a_missing_mark_hides_no_page() {
    for text in [
        // No paragraph closes.
        format!("“{FIRST}\n\n“{SECOND}\n\n{FIRST}\n\n{SECOND}"),
        // The closing mark comes after a paragraph without one.
        format!("“{FIRST}\n\n“{SECOND}\n\n{FIRST}\n\n{FIRST} ends” here"),
        format!("He said “{FIRST}\n\n{SECOND}\n\n{FIRST}”"),
        // Too long for a quotation.
        format!("“{}\n\n“{SECOND}”", FIRST.repeat(100)),
        format!("{}“{SECOND}”", format!("“{FIRST}\n\n").repeat(60)),
    ] {
        let hidden: usize = found(&text, Quotation).iter().map(|found| found.len()).sum();
        assert!(hidden <= SECOND.len() + 6, "{hidden} bytes of {text:?}");
    }
    // The missing mark ends with the next quotation of its paragraph.
    let text = format!("He said “{FIRST} And “so” she.\n\n“{SECOND}”");
    assert_eq!(found(&text, Quotation), ["“so”", &format!("“{SECOND}”")]);
}

#[test]
fn dialogue_with_dashes_is_no_quotation() {
    for text in [
        "— Yes, she said, I saw the marsh.\n— When?\n— In the winter, when the dyke broke.",
        "– Ja, sagte sie, ich sah die Marsch.\n– Wann?\n– Im Winter.",
        "— Oui, dit-elle, je l’ai vu.\n\n— Quand ?\n\n— En hiver.",
        "—Sí —dijo ella—, lo vi.\n—¿Cuándo?\n—En invierno.",
        "— Да, — сказала она, — я видела.\n— Когда?\n— Зимой.",
        "– Tak – powiedziała – widziałam.\n– Kiedy?\n– Zimą.",
    ] {
        assert_eq!(found(text, Quotation), Vec::<&str>::new(), "{text:?}");
    }
}
