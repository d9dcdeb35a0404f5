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
fn quotations_in_many_conventions() {
    check(
        Quotation,
        &[
            ("She said \"stay where you are\" twice.", &["\"stay where you are\""]),
            ("He calls it “a slow fire” and leaves.", &["“a slow fire”"]),
            ("Er nannte es „ein langsames Feuer“ und ging.", &["„ein langsames Feuer“"]),
            ("Nazwał to „powolnym ogniem” i wyszedł.", &["„powolnym ogniem”"]),
            ("Il parle d’« un feu lent » et s’en va.", &["« un feu lent »"]),
            ("Han kaldte det »en langsom ild« og gik.", &["»en langsom ild«"]),
            ("Hän sanoi: »hidas tuli». Sitten hän lähti.", &["»hidas tuli»"]),
            ("Hon sade: ”en långsam eld”. Sedan gick hon.", &["”en långsam eld”"]),
            ("Она сказала: «медленный огонь» — и ушла.", &["«медленный огонь»"]),
            ("彼は「ゆっくりした火」と言った。", &["「ゆっくりした火」"]),
            ("他说“慢火”就走了。", &["“慢火”"]),
            ("Sie sagte ›langsam‹ und ging.", &["›langsam‹"]),
            ("It is ‘a slow fire’, he wrote.", &["‘a slow fire’"]),
            ("It is 'a slow fire' to some.", &["'a slow fire'"]),
            ("It is ``a slow fire'' in TeX.", &["``a slow fire''"]),
            ("A “quote with ‘another’ inside” here.", &["“quote with ‘another’ inside”"]),
            ("„Er rief »halt« und lief“, stand dort.", &["„Er rief »halt« und lief“"]),
            ("\"One,\" she said, \"two.\"", &["\"One,\"", "\"two.\""]),
            ("said:\"no space before\" it", &["\"no space before\""]),
            ("Line one \"goes on\nto line two\" here.", &["\"goes on\nto line two\""]),
        ],
    );
}

#[test]
fn what_is_no_quotation() {
    let none: &[&str] = &[
        "Don't say it's the dogs' dinner, 'tis not.",
        "Rock 'n' roll of the '90s wasn't bad.",
        "The ’90s weren’t the students’ best years.",
        "L'homme n'a qu'à l'attendre aujourd'hui.",
        "'s Morgens is 't koud in 's-Gravenhage.",
        "A 5\" pipe and a 7\" pipe, 6'2\" tall.",
        "An unbalanced \"mark swallows nothing.\n\nNot even after a paragraph, it's so.",
        "An unbalanced “mark swallows nothing.\n\nNot even here” it ends.",
        "He read 《红楼梦》 twice.",
        "a < b and c > d << e >> f",
        ">>> print(1)",
        "> > > home news today",
        "x\n> 5 mg per day",
        "The boys' coats and the girls' hats.",
        "\"\" and '' and “” are empty.",
    ];
    for text in none {
        assert_eq!(found(text, Quotation), Vec::<&str>::new(), "{text:?}");
    }
    let long = format!("“{}”", "word ".repeat(400));
    assert_eq!(found(&long, Quotation), Vec::<&str>::new());
    let restart = "He said \"stay and never closed it. She said \"go\" then.";
    assert_eq!(found(restart, Quotation), ["\"go\""]);
}

#[test]
fn block_quotes_by_sign() {
    check(
        Quotation,
        &[
            ("Text.\n\n> A client stays\n> where heard.\n\nMore.", &["> A client stays\n> where heard."]),
            (">> nested\n> and outer\nMine.", &[">> nested\n> and outer"]),
            ("> \"Marked\" twice.\n\nMine.", &["> \"Marked\" twice."]),
            ("> one\n\n> two", &["> one", "> two"]),
            ("   > indented by three\n    > by four", &["> indented by three"]),
        ],
    );
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table of cases")]
fn citations_in_many_styles() {
    for citation in [
        "(Marlow and Finch, 2009; Osei, 2011, p. 4)",
        "(2009)",
        "(2009a, p. 12)",
        "(see Osei 2011; Marlow 2009a)",
        "[12]",
        "[3, 5-7]",
        "[3, 5–7, 11]",
        "(ibid., p. 3)",
        "(Ibid.)",
        "(Osei et al., 2011)",
        "(Marlow & Finch, 2009)",
        "(Marlow, Finch, & Osei, 2009)",
        "(Marlow, A. & Finch, T., 2009)",
        "(Marlow und Finch 2009, S. 12)",
        "(vgl. Osei 2011: 45 ff.)",
        "(Marlow et Finch, 2009)",
        "(Marlow y Finch, 2009, p. 3)",
        "(Marlow e Finch, 2009)",
        "(Иванов и Петров, 2009, с. 12)",
        "(см. Иванов 2009)",
        "(там же, с. 5)",
        "（王, 2010）",
        "（王小明等，2010）",
        "(김철수, 2010)",
        "（田中・鈴木, 2010）",
        "(أحمد، 2010)",
        "(van der Berg, 2010)",
        "(World Health Organization, 2009)",
        "(Osei, n.d.)",
        "(Osei, in press)",
        "(Osei 1999, 2001)",
        "(cited in Osei, 2011)",
        "[Knu84]",
        "[12, p. 4]",
        "[12, с. 45]",
        "(p. 4)",
        "(pp. 94–103)",
        "(op. cit., p. 5)",
        "(Osei, op. cit., p. 5)",
        "(e.g., Osei, 2011)",
        "(Osei, p. 45)",
        "(O’Neill, 2004)",
        "(Ó Sé, 2004)",
        "(Åberg och Öst, 2004)",
        "(May, 1969)",
        "[Osei, 2011]",
        "(Osei, 2011, ch. 3, pp. 4-5)",
        "(d’Alembert, 1751)",
    ] {
        let text = format!("So it is {citation}, they say.");
        assert_eq!(found(&text, Citation), [citation], "{text:?}");
    }
    check(
        Citation,
        &[
            ("Osei (2011) argues otherwise.", &["(2011)"]),
            ("Proved twice.[1][2] And thrice [3].", &["[1]", "[2]", "[3]"]),
            ("(see Marlow (2009) for more)", &["(2009)"]),
        ],
    );
}

#[test]
fn what_is_no_citation() {
    for text in [
        "(2500)",
        "(1066)",
        "(12)",
        "(1)",
        "(a)",
        "(1914–1918)",
        "(1,500)",
        "(in 2009)",
        "(May 2009)",
        "(July, 1973)",
        "(Oct., 2001)",
        "(the Accord, 1893)",
        "(Alpheus, September 2007)",
        "(12 May 2009)",
        "(March 2009)",
        "(born in 1950)",
        "(2009 was a good year)",
        "(it began in 2009)",
        "(Figure 3)",
        "(Table 2)",
        "(Apollo 11)",
        "(see below)",
        "(the year 2009)",
        "f(2009)",
        "x[3]",
        "[0]",
        "[1000]",
        "[a, b]",
        "[sic]",
        "(id)",
        "(ID)",
        "[0, 1]",
        "(成立于2010年)",
        "(عام 2010)",
        "(2010年)",
        "(50% in 2009)",
        "($2000)",
        "(1990s)",
        "(5th ed, 2009 printing)",
        "(555-1234)",
        "(10:30)",
        "(since 2009)",
        "(Summer 2009)",
        "(",
        ")",
        "([",
        "(2009",
        "2009)",
        "(2009]",
        "(2009, 45)",
    ] {
        assert_eq!(found(&format!("Text {text} text"), Citation), Vec::<&str>::new(), "{text:?}");
        assert_eq!(found(text, Citation), Vec::<&str>::new(), "{text:?}");
    }
}

const ENTRIES: &str = "\
    Marlow, A. and Finch, T. (2009). Alliances at Work. Leeds: Harbour Press.\n\
    Osei, K. (2011). Hearing and Being Heard. Harbour Quarterly, 20:2, 94-103.";

#[test]
fn headings_in_many_languages() {
    for heading in [
        "References",
        "REFERENCES",
        "## References",
        "**Works Cited**",
        "7. Bibliography",
        "VII. References:",
        "Literature",
        "Sources",
        "Literaturverzeichnis",
        "Quellen",
        "Références bibliographiques",
        "Bibliografía",
        "Riferimenti bibliografici",
        "Referências",
        "Literatuurlijst",
        "Литература",
        "Список литературы",
        "Список використаних джерел",
        "参考文献",
        "參考文獻",
        "참고문헌",
        "Kaynakça",
        "المراجع",
        "Källförteckning",
        "Lähteet",
        "Kildeliste",
        "Irodalomjegyzék",
        "\\section*{References}",
        "5.2 References",
        "[References]",
    ] {
        for blank in ["\n", "\n\n"] {
            let text = format!(
                "It ends here.\n\n{heading}{blank}{ENTRIES}\n\nAppendix\n\nThe questions were these."
            );
            let expected = format!("{heading}{blank}{ENTRIES}");
            assert_eq!(
                found(&text, Bibliography),
                [expected.trim_start_matches(['\\'])].map(|_| expected.as_str())
            );
        }
    }
}

#[test]
fn entries_in_many_styles() {
    for entries in [
        "[1] A. Marlow, T. Finch, Alliances at work, Harbour J. 20 (2009) 94-103.\n[2] K. Osei, Hearing, Harbour Press, 2011.",
        "1. Osei K, Marlow A. Hearing in groups. Harb Med J. 2011;20(2):94-103.\n2. Finch T. Work. Harb J. 2009;3:1-9.",
        "Иванов И. И. Рабочий союз. — М.: Гавань, 2009. — 215 с.\nПетров П. П. Слушать // Вестник. 2011. № 2. С. 94–103.",
        "[1] 王小明. 工作联盟[J]. 港口学报, 2009, 20(2): 94-103.\n[2] 李华. 倾听[M]. 北京: 港口出版社, 2011.",
        "Marlow, Ann, and Theo Finch. Alliances at Work. Harbour Press, 2009.\nOsei, Kofi. “Hearing.” Harbour Quarterly, vol. 20, 2011.",
        "• https://example.org/hearing\n• https://example.org/work",
        "World Health Organization. (2009). Hearing. Geneva: Author.\n———. (2011). Being heard. Geneva: Author.",
    ] {
        let text = format!(
            "The end.\n\nReferences\n\n{entries}\n\nThanks go to everyone who sat down with us and talked about it all evening, without any hurry, until the lamps went out and the coffee was cold."
        );
        assert_eq!(found(&text, Bibliography), [format!("References\n\n{entries}")]);
    }
}

#[test]
fn lists_without_a_heading() {
    let text = format!("It ends here.\n\n{ENTRIES}\n\nAnd goes on.");
    assert_eq!(found(&text, Bibliography), [ENTRIES]);
    let wrapped = "Marlow, A. and Finch, T. (2009). Alliances at Work, and how they are kept\n  for a long time. Leeds: Harbour Press.\nOsei, K. (2011). Hearing and Being Heard. Harbour Quarterly,\n  20:2, 94-103.";
    assert_eq!(found(&format!("It ends.\n\n{wrapped}\n\nNot I."), Bibliography), [wrapped]);
}

#[test]
fn what_is_no_bibliography() {
    for text in [
        "Sources\n\nThe river has three sources, and each of them was known to the people who lived there in 1850 and before.",
        "References: we asked for three of them, and none came before May.",
        "Literature\n\nMarlow and Finch (2009) argue that hearing comes first, while others, such as Osei (2011), begin with work.",
        "Osei (2011) argues that hearing comes first.\nMarlow (2009) begins with work, as do most authors of the time.",
        "A. B. and C. D. met in 1900.\nE. F. was born in 1901 and lived in Leeds.",
        "Marlow, A. (2009). Alliances at Work. Leeds: Harbour Press. One entry is a footnote.",
        "1. In 2009, the press was sold.\n2. In 2011, it was bought again.",
        "Further reading: see the library.",
        "References\n\nReferences\n\nReferences",
        "Boston, Mass. in 1851, and again in\nNew York, N. Y. in 1853, they met.",
    ] {
        assert_eq!(found(text, Bibliography), Vec::<&str>::new(), "{text:?}");
    }
}

#[test]
fn prose_after_a_bibliography_is_ordinary_text() {
    let prose = "Then we went on to ask what hearing is, and nobody could tell us, though many had tried before and have gone on trying ever since, in the long evenings by the harbour, where the boats lie.";
    for between in ["\n", "\n\n", "\n\nNotes on method\n\n", "\n\n## What next\n\n"] {
        let text = format!("References\n{ENTRIES}{between}{prose}\n{prose}");
        assert_eq!(found(&text, Bibliography), [format!("References\n{ENTRIES}")], "{between:?}");
    }
    let flat = format!("It ends. References: {} {}", ENTRIES.replace('\n', " ").repeat(8), prose.repeat(8));
    let listed = found(&flat, Bibliography).concat();
    assert!(listed.starts_with("References:") && listed.len() > 1_000 && listed.len() < 1_600, "{listed}");
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

/// Texts that make naive scanners quadratic. A quadratic pass over so many bytes takes minutes; a linear
/// one some milliseconds, or a second where nothing is optimised and others share the machine.
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
