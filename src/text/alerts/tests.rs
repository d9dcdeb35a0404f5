//! Alerts on texts with and without disguises.

use proptest::prelude::*;

use super::*;
use AlertKind::{
    BidiControl, Invisible, LookAlike, PrivateUse, SoftHyphen, SpacedLetters, StackedMarks, ZeroWidth,
};
use Severity::{High, Low, Medium};

fn found(text: &str) -> Vec<(AlertKind, Severity, &str, u32)> {
    alerts(text).iter().map(|alert| (alert.kind, alert.severity, alert.span.of(text), alert.count)).collect()
}

#[test]
fn hidden_characters_are_seen() {
    let cases: &[(&str, AlertKind, Severity, u32)] = &[
        ("Nobody has copi\u{200B}ed this.", ZeroWidth, Medium, 1),
        ("No\u{200B}bo\u{200C}dy ha\u{200D}s copied.", ZeroWidth, High, 3),
        ("Word \u{2060}joiner beside a space", ZeroWidth, Low, 1),
        ("про\u{200B}верка", ZeroWidth, Medium, 1),
        ("mid\u{FEFF}word", ZeroWidth, Medium, 1),
        ("so \u{202E}desrever si siht\u{202C} here", BidiControl, High, 2),
        ("pla\u{200E}giarism", BidiControl, Medium, 1),
        ("a \u{2068}name\u{2069} set apart", BidiControl, Low, 2),
        ("hid\u{AD}\u{AD}den", SoftHyphen, Medium, 2),
        ("p\u{AD}l\u{AD}a\u{AD}giarism", SoftHyphen, Medium, 3),
        ("tagged\u{E0068}\u{E0069} text", Invisible, High, 2),
        ("a\u{FE01}\u{FE02}\u{FE03} smuggled", Invisible, High, 3),
        ("pla\u{1}giarism", Invisible, Medium, 1),
        ("a\u{3164}b filler", Invisible, Medium, 1),
        ("text \u{E001}\u{E002}\u{E003}\u{E004} in a font of its own", PrivateUse, Medium, 4),
        ("e\u{300}\u{301}\u{302}\u{303} heap", StackedMarks, Low, 4),
        ("Z\u{300}\u{301}\u{302}\u{303}\u{304}\u{305}\u{306}\u{307} heap", StackedMarks, Medium, 8),
        ("s\u{336}t\u{336}r\u{336}u\u{336}c\u{336}k", StackedMarks, Low, 5),
    ];
    for (text, kind, severity, count) in cases {
        let found: Vec<_> =
            alerts(text).iter().map(|alert| (alert.kind, alert.severity, alert.count)).collect();
        assert_eq!(found, [(*kind, *severity, *count)], "{text:?}");
    }
    let hyphenated = "Donau\u{AD}dampf\u{AD}schiff ".repeat(30);
    assert_eq!(alerts(&hyphenated).first().map(|alert| (alert.severity, alert.count)), Some((Medium, 60)));
    let some =
        "Donau\u{AD}dampf\u{AD}schiff und was es sonst noch so an Schiffen auf der Donau gibt ".repeat(4);
    assert_eq!(alerts(&some).first().map(|alert| (alert.severity, alert.count)), Some((Low, 8)));
}

#[test]
fn look_alikes_inside_words_are_seen() {
    for (text, word, severity) in [
        ("This is plаgiarism.", "plаgiarism", Medium),
        ("This is ΡLAGIARISM.", "ΡLAGIARISM", Medium),
        ("the wοrd here", "wοrd", Medium),
        ("часть слoва тут", "слoва", Medium),
        ("ένας λόγoς εδώ", "λόγoς", Medium),
        ("the wօrd here", "wօrd", Medium),
        ("the ᎪBLE one", "ᎪBLE", Medium),
        ("some ｗords", "ｗords", Medium),
        ("some pl𝐚giarism", "pl𝐚giarism", Medium),
        ("some 𝐰𝐨𝐫𝐝𝐬 here", "𝐰𝐨𝐫𝐝𝐬", Low),
        ("a single а alone", "а", Low),
        ("for а client", "а", Low),
        ("оf two letters", "оf", Medium),
        ("a рарег here", "рарег", Low),
        ("thɡ plain wɑrd", "thɡ plain wɑrd", Medium),
        ("one twо threе fоur", "twо threе fоur", High),
    ] {
        let seen = alerts(text);
        let spans: Vec<_> =
            seen.iter().map(|alert| (alert.kind, alert.span.of(text), alert.severity)).collect();
        assert_eq!(spans, [(LookAlike, word, severity)], "{text:?}");
    }
}

#[test]
fn spaced_letters_are_seen_and_joined() {
    let cases: &[(&str, &[&str], Severity)] = &[
        ("it is p l a g i a r i s m here", &["p l a g i a r i s m"], Medium),
        ("it is p.l.a.g.i.a.r.i.s.m here", &["p.l.a.g.i.a.r.i.s.m"], Medium),
        ("c o p i e d   w o r d s", &["c o p i e d", "w o r d s"], Medium),
        (
            "t h i s   t e x t   w a s   c o p i e d   b y   m e",
            &["t h i s", "t e x t", "w a s", "c o p i e d", "b y", "m e"],
            High,
        ),
        ("это п л а г и а т тут", &["п л а г и а т"], Low),
        ("w  i  d  e  l  y set", &["w  i  d  e  l  y"], Low),
        ("C H A P T E R  O N E\n\nIt began.", &["C H A P T E R", "O N E"], Low),
        ("she spelt b-e-a-u-t-i-f-u-l for him", &["b-e-a-u-t-i-f-u-l"], Low),
        ("c o p i e", &["c o p i e"], Low),
    ];
    for (text, words, severity) in cases {
        let joined: Vec<_> = spaced_words(text).iter().map(|span| span.of(text)).collect();
        assert_eq!(joined, *words, "{text:?}");
        let seen: Vec<_> = alerts(text).iter().map(|alert| (alert.kind, alert.severity)).collect();
        assert_eq!(seen, [(SpacedLetters, *severity)], "{text:?}");
    }
}

#[test]
fn what_is_at_home_raises_no_alert() {
    for text in [
        "\u{FEFF}A mark of byte order at the start.",
        "می\u{200C}خواهم بروم",
        "क्\u{200D}ष और न\u{200C}हीं",
        "family 👨\u{200D}👩\u{200D}👧 and 🏳\u{FE0F}\u{200D}🌈 and ❤\u{FE0F}",
        "the flag 🏴\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F} of England",
        "שלום\u{200F} (2009)\u{200E} עולם",
        "العربية \u{2067}نص\u{2069} هنا",
        "ภาษา\u{200B}ไทย",
        "日本\u{200B}語",
        "Auf\u{200C}lage",
        "Donau\u{AD}dampf\u{AD}schiff",
        "where α is the angle and Δx = x₁ − x₀, 5 µm, 3 kΩ, 7 μm",
        "TNFα, IFNγ, NFκB, TGFβ, PPARγ, IL1β, Fcγ, Aβ",
        "новый iPhone и Windows от Microsoft",
        "наша SMSка и VIPы, PDF-файл",
        "Српски језик: Google и ћирилица",
        "an icon \u{F8FF} by itself, and \u{E001}\u{E002} two",
        "ＮＨＫは放送局",
        "𝑥 + 𝑦 = 𝑧",
        "the word /ɡɑt/ is spoken",
        "A B C D E F",
        "J. R. R. Tolkien, E. T. A. Hoffmann, and U. S. A.",
        "S.H.I.E.L.D. and U.N.C.L.E.",
        "options a b c d e, points A C G T T A C A, x x x x x x",
        "- - - - - - - - - -",
        ". . . . . . . . .",
        "| - | - | - |",
        "variables x y z w v",
        "i.e. e.g. a.m. p.m.",
        "1 2 3 4 5 6 7 8",
        "Việt Nam, Tiê\u{301}ng Viê\u{323}t, ἀρχῇ, a\u{304}\u{301}",
        "Ψυχή and Ελλάδα in Greek, слово in Russian",
        "naïve café Łódź Ångström",
        "the word слово stands here",
        "keycap 1\u{FE0F}\u{20E3}",
        "葛\u{E0100}城",
        "form\u{C}feed and tab\tand line\r\nend\u{85}",
        "f\u{2061}(x)",
        "a line\u{AD}\nend, and nothing but those\u{AD}\nin it\u{AD}\n, and\u{AD}\n so\u{AD}\n on\u{AD}\n",
        "don\u{19}t, \u{93}so\u{94} they say\u{85}",
        "matrix X n B s X k",
        "Հայերեն լեզու",
        "ᏣᎳᎩ ᎦᏬᏂᎯᏍᏗ",
    ] {
        assert_eq!(found(text), [], "{text:?}");
    }
}

#[test]
fn neighbours_become_one_alert() {
    let text = "а copied wоrd ".repeat(100);
    let seen = alerts(&text);
    assert_eq!(seen.len(), 1);
    assert_eq!(seen.first().map(|alert| (alert.severity, alert.count)), Some((High, 200)));
    let apart = format!("copi\u{200B}ed {} hid\u{200B}den", "plain ".repeat(200));
    assert_eq!(alerts(&apart).len(), 2);
}

#[test]
fn look_alikes_fold_both_ways() {
    for (c, latin) in [
        ('а', 'a'),
        ('Ρ', 'P'),
        ('ο', 'o'),
        ('օ', 'o'),
        ('Ꭺ', 'A'),
        ('ｚ', 'z'),
        ('𝐚', 'a'),
        ('𝙯', 'z'),
        ('ⓟ', 'p'),
        ('ɡ', 'g'),
    ] {
        assert_eq!(look_alike(c), Some(latin), "{c}");
        assert_eq!(look_alike_in(c, Alphabet::Latin), Some(latin), "{c}");
    }
    for c in ['a', 'é', 'я', 'λ', '王', '1', 'ı'] {
        assert_eq!(look_alike(c), None, "{c}");
    }
    assert_eq!(look_alike_in('o', Alphabet::Cyrillic), Some('о'));
    assert_eq!(look_alike_in('ο', Alphabet::Cyrillic), Some('о'));
    assert_eq!(look_alike_in('о', Alphabet::Cyrillic), None);
    assert_eq!(look_alike_in('o', Alphabet::Greek), Some('ο'));
    assert_eq!(look_alike_in('f', Alphabet::Cyrillic), None);
    assert_eq!(disguised_alphabet("plаgiarism"), Some(Alphabet::Latin));
    assert_eq!(disguised_alphabet("слoвo"), Some(Alphabet::Cyrillic));
    assert_eq!(disguised_alphabet("λόγoς"), Some(Alphabet::Greek));
    assert_eq!(disguised_alphabet("word"), None);
    assert_eq!(disguised_alphabet("TNFα"), None);
}

#[test]
fn every_styled_letter_has_a_plain_one() {
    for c in (0x80..0x2_0000).filter_map(char::from_u32).filter(|c| look_alikes::is_styled(*c)) {
        assert!(look_alike(c).is_some_and(|plain| plain.is_ascii_alphabetic()), "{c} {:x}", u32::from(c));
    }
}

/// Texts on which naive scanners take quadratic time. At this length that is minutes; a linear pass takes some
/// milliseconds, or a second in an unoptimised build on a busy machine.
#[test]
fn adversarial_texts_take_linear_time() {
    const SIZE_BYTES: usize = 500_000;
    const LIMIT: std::time::Duration = std::time::Duration::from_secs(10);
    for unit in [
        "a ",
        "a b c d e ",
        "p l a g i",
        "- ",
        "a",
        "а",
        "aа",
        "а ",
        "a а ",
        "\u{200B}",
        "a\u{200B}",
        "\u{202E}",
        "\u{202E}\n",
        "\u{300}",
        "a\u{336}",
        "\u{AD}",
        "a\u{AD}",
        "\u{E000}",
        "a\u{E000}",
        "\u{E0041}",
        "\u{FE01}",
        "🏴\u{E0041}",
        "\0",
        "α",
        "οa ",
        "𝐚",
        "ａ",
        " . .",
        "é b ",
        "  a",
        "а б ",
    ] {
        let text = unit.repeat(SIZE_BYTES / unit.len());
        let start = std::time::Instant::now();
        let seen = alerts(&text);
        let took = start.elapsed();
        assert!(sound(&text, &seen), "{unit:?}");
        assert!(took < LIMIT, "{unit:?} took {took:?}");
    }
}

fn sound(text: &str, seen: &[Alert]) -> bool {
    const KINDS: [AlertKind; 8] =
        [ZeroWidth, BidiControl, SoftHyphen, LookAlike, Invisible, PrivateUse, SpacedLetters, StackedMarks];
    let of = |kind| seen.iter().filter(move |alert| alert.kind == kind).map(|alert| alert.span);
    KINDS.into_iter().all(|kind| peek::sound(text, of(kind)))
        && seen.is_sorted_by_key(|alert| alert.span.start)
        && seen.iter().all(|alert| alert.count > 0)
        && peek::sound(text, spaced_words(text).into_iter())
}

fn tricky() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        prop::sample::select(vec![
            "\u{200B}",
            "\u{200D}",
            "\u{AD}",
            "\u{202E}",
            "\u{E000}",
            "\u{E0041}",
            "\u{FE0F}",
            "\u{300}",
            "\u{336}",
            "а",
            "ο",
            "𝐚",
            "ａ",
            "a ",
            "b ",
            "p.l.a.g",
            " ",
            "\n",
            "word",
            "слово",
            "א",
            "🏴",
            "क",
            "👨",
            "\0",
        ])
        .prop_map(str::to_owned),
        "\\PC{0,4}",
    ];
    proptest::collection::vec(piece, 0..80).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn alerts_lie_soundly_in_any_text(text in "(?s).{0,200}") {
        prop_assert!(sound(&text, &alerts(&text)));
    }

    #[test]
    fn alerts_lie_soundly_in_tricky_texts(text in tricky()) {
        prop_assert!(sound(&text, &alerts(&text)));
    }

    #[test]
    fn plain_prose_raises_no_alert(text in "([A-Za-z]{2,9}[ ,.;\n]{1,2}){0,60}") {
        prop_assert_eq!(found(&text), []);
    }
}
