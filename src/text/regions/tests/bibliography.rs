//! Bibliographies, and lists that are none.

use super::*;

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
