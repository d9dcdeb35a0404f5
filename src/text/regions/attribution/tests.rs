//! Tests of attribution, in many languages and styles. `‹` and `›` enclose the passage.

use proptest::prelude::*;

use super::*;
use crate::text::regions::regions;

/// Whether the marked passage is cited, and whether it is a quotation as a whole.
fn cited(marked: &str) -> bool {
    let start = marked.find('⟦').unwrap();
    let end = marked.find('⟧').unwrap() - '⟦'.len_utf8();
    let text = marked.replace(['⟦', '⟧'], "");
    let found = regions(&text);
    let span = peek::span(start, end);
    let is_quoted = found.iter().any(|region| {
        region.kind == RegionKind::Quotation && region.span.start <= span.start && span.end <= region.span.end
    });
    Citations::new(&text, &found).cite(span, is_quoted)
}

fn check(expected: bool, cases: &[&str]) {
    for case in cases {
        assert_eq!(cited(case), expected, "{case}");
    }
}

#[test]
fn citations_in_brackets_around_the_passage() {
    check(
        true,
        &[
            "It is known that ⟦the harbour froze twice that winter⟧ (Osei, 2011, p. 4).",
            "⟦The harbour froze twice that winter, and the pilots walked home⟧ (Marlow & Finch, 2009; Osei, 2011).",
            "According to Osei (2011), ⟦the harbour froze twice that winter⟧. Nobody wrote it down.",
            "⟦The harbour froze twice (Osei, 2011) that winter⟧, and then it thawed.",
            "As Osei et al. (2011) argue, ⟦the harbour froze twice that winter⟧.",
            "⟦The harbour froze twice that winter⟧ [12].",
            "⟦The harbour froze twice that winter⟧.[3, 5-7] Nobody wrote it down.",
            "⟦Der Hafen fror in jenem Winter zweimal zu⟧ (vgl. Osei 2011, S. 44).",
            "⟦Le port a gelé deux fois cet hiver⟧ (Osei, 2011, p. 44).",
            "⟦Гавань замёрзла дважды в ту зиму⟧ [12, с. 45].",
            "⟦那年冬天港口结了两次冰⟧（王小明，2010）。",
            "佐藤（2010）によれば、⟦その冬、港は二度凍った⟧。",
            "⟦그해 겨울 항구는 두 번 얼었다⟧(김철수, 2010).",
            "⟦تجمد الميناء مرتين في ذلك الشتاء⟧ (محمد، 2010).",
        ],
    );
}

#[test]
fn a_citation_of_another_sentence_says_nothing() {
    check(
        false,
        &[
            "⟦The harbour froze twice that winter⟧. Nobody wrote it down (Osei, 2011).",
            "Nobody wrote it down (Osei, 2011). ⟦The harbour froze twice that winter⟧.",
            "Nobody wrote it down. (Osei, 2011) ⟦The harbour froze twice that winter⟧.",
            "Nobody wrote it down.¹² ⟦The harbour froze twice that winter⟧.",
            "⟦The harbour froze twice that winter⟧.\n\nOsei (2011) is another matter.",
            "那年冬天很冷（王小明，2010）。⟦那年冬天港口结了两次冰⟧。",
            "⟦The harbour froze twice that winter⟧, over 12 m² of it, and in 1998 BBC 1 came.",
            "⟦The harbour froze twice that winter⟧ (see Table 2).",
            "⟦The harbour froze twice that winter⟧ (Group 2).",
            "⟦The harbour froze twice that winter⟧ (in spite of the salt).",
        ],
    );
}

#[test]
fn quotations_and_what_stands_around_them() {
    check(
        true,
        &[
            "Osei writes: “The clerk knew. ⟦The harbour froze twice that winter⟧. It thawed.” (2011, p. 4)",
            "Osei (2011) writes: “The clerk knew. ⟦The harbour froze twice that winter⟧. It thawed.”",
            "Osei (2011) puts it well. “⟦The harbour froze twice that winter⟧.”",
            "As it is said, “⟦the harbour froze twice that winter⟧” (Osei 44).",
            "Osei writes that “⟦the harbour froze twice that winter⟧” (44).",
            "“⟦The harbour froze twice that winter⟧” (Reuters).",
            "“⟦The harbour froze twice that winter⟧.”3 Nobody wrote it down.",
            "»⟦Der Hafen fror in jenem Winter zweimal zu⟧«¹",
            "« ⟦Le port a gelé deux fois cet hiver⟧ »2.",
            "Osei (2011) describes that winter in detail:\n\n    ⟦The harbour froze twice that winter, and both times the pilots walked\n    home across the ice⟧. Nobody wrote it down.\n\nSo it was.",
            "Osei describes that winter in detail:\n\n> ⟦The harbour froze twice that winter, and both times\n> the pilots walked home across the ice⟧.\n\n(Osei, 2011, p. 4)\n\nSo it was.",
            "So he says in his book:\n\n> ⟦The harbour froze twice that winter, and both times\n> the pilots walked home across the ice⟧.\n> — Kofi Osei, Salt and Stone\n\nSo it was.",
        ],
    );
    check(
        false,
        &[
            "Osei writes: “⟦The harbour froze twice that winter⟧.”",
            "It was so before (Osei, 2011). “⟦The harbour froze twice that winter⟧.”",
            "Nobody knew:\n\n> ⟦The harbour froze twice that winter, and both times\n> the pilots walked home across the ice⟧.\n\nSo it was.",
        ],
    );
}

#[test]
fn numbers_of_notes() {
    check(
        true,
        &[
            "⟦The harbour froze twice that winter⟧.¹² Nobody wrote it down.",
            "⟦The harbour froze twice that winter⟧³, and nobody wrote it down.",
            "⟦The harbour froze twice that winter⟧.12 Nobody wrote it down.",
            "⟦The harbour froze twice that winter⟧,7 and nobody wrote it down.",
            "⟦The harbour froze twice that winter⟧.[^4] Nobody wrote it down.",
            "⟦그해 겨울 항구는 두 번 얼었다⟧.1) 아무도 쓰지 않았다.",
            "⟦その冬、港は二度凍った⟧¹。",
        ],
    );
    check(
        false,
        &[
            "⟦The harbour froze over 40 km² that winter⟧. Nobody wrote it down.",
            "⟦The harbour froze to 2.12 metres⟧, as Fig.3 shows.",
            "⟦The harbour froze twice that winter⟧, 12 of them said.",
            "⟦The ice was 5'3 thick that winter⟧.",
            "[^4]: ⟦The harbour froze twice that winter⟧.",
        ],
    );
}

#[test]
fn brackets_by_their_place_labels_and_addresses() {
    check(
        true,
        &[
            "⟦The harbour froze twice that winter⟧ (Osei 44).",
            "⟦The harbour froze twice that winter⟧ (3).",
            "⟦The harbour froze twice that winter⟧ (3, 5-7).",
            "⟦The harbour froze twice that winter⟧ (as Osei, 2011, found in the north).",
            "⟦Der Hafen fror in jenem Winter zweimal zu⟧ (Osei 2011, zit. nach Marlow 2015).",
            "⟦The harbour froze twice that winter⟧ (Source: Osei).",
            "⟦Der Hafen fror in jenem Winter zweimal zu⟧ (Quelle: Osei).",
            "⟦那年冬天港口结了两次冰⟧（来源：王小明）。",
            "⟦The harbour froze twice that winter⟧ (https://example.org/harbour).",
        ],
    );
    check(
        false,
        &[
            "⟦The harbour froze twice that winter⟧, by equation (1).",
            "⟦The harbour froze twice that winter⟧ (that is, in the year 1998).",
            "⟦The harbour froze twice that winter⟧ (in May 1998).",
            "⟦The harbour froze twice that winter⟧; it has another source: a spring.",
        ],
    );
}

#[test]
fn legal_references() {
    check(
        true,
        &[
            "⟦The quay belongs to whoever built it⟧: Marlow v Osei [1998] UKHL 12.",
            "In Marlow v. Osei, 347 U.S. 483, ⟦the quay belonged to whoever had built it⟧.",
            "⟦Der Kai gehört dem, der ihn gebaut hat⟧ (BGH NJW 2009, 1234).",
            "Nach § 823 Abs. 1 BGB gilt, dass ⟦der Kai dem gehört, der ihn gebaut hat⟧.",
            "⟦The quay belongs to whoever built it⟧, as Case C-12/08 decided.",
            "Selon l’art. 1240 du Code civil, ⟦le quai appartient à celui qui l’a construit⟧.",
            "根据《民法典》第1165条，⟦码头属于建造它的人⟧。",
        ],
    );
    check(
        false,
        &[
            "⟦The quay belongs to whoever built it⟧, and 12/08 was a Friday.",
            "England v France was on, and ⟦the quay belonged to whoever had built it⟧.",
            "In section 3. NATO said that ⟦the quay belonged to whoever had built it⟧.",
        ],
    );
}

/// Signs in a row: a look at one place must not read the whole text.
#[test]
fn hostile_texts_take_linear_time() {
    const SIZE_BYTES: usize = 100_000;
    const LIMIT: std::time::Duration = std::time::Duration::from_secs(10);
    for unit in [
        "(2011)",
        "(2011) ",
        ". ",
        "a.1 ",
        "”1",
        "¹",
        "[^a]",
        "[^",
        "§ 1 ",
        "1/22 ",
        " v. A 1 U.S. ",
        "BGH ",
        "条",
        "第1条",
        "\n\n",
        " ",
        "\u{3000}",
        "“a” (1). ",
        "\n> a\n",
        "Art. 1 ",
        "...",
        "?!",
        "»",
        "(A 1)",
        "①",
        "Source: A",
        "(A (",
        "http://",
        "(1). ",
    ] {
        let text = unit.repeat(SIZE_BYTES / unit.len());
        let found = regions(&text);
        let began = std::time::Instant::now();
        let citations = Citations::new(&text, &found);
        for place in 0..2_000 {
            let start = text.floor_char_boundary(place * (text.len() / 2_000));
            let _ = citations.cite(peek::span(start, text.floor_char_boundary(start + 40)), true);
        }
        assert!(began.elapsed() < LIMIT, "{unit:?}: {:?}", began.elapsed());
    }
}

proptest! {
    /// Any text and any span of it: nothing panics, and the spans of citations are sound.
    #[test]
    fn any_text_is_read(
        text in "([ -~]|[“”¹²§条「」（）。①а-я가-힣]|v\\. |BGH 2|\\(2011\\)|\n\n){0,80}",
        start in 0_usize..200,
        length in 0_usize..80,
    ) {
        let citations = Citations::new(&text, &regions(&text));
        let start = text.floor_char_boundary(start.min(text.len()));
        let end = text.floor_char_boundary((start + length).min(text.len()));
        let _ = citations.cite(peek::span(start, end), true);
        let _ = citations.cite(peek::span(start, end), false);
    }
}
