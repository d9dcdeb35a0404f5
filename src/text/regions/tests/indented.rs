//! Block quotes by indentation, and indented text that is none.

use super::*;

/// A block quote with its introduction and closing, in one language.
struct Block {
    before: &'static str,
    lines: &'static [&'static str],
    after: &'static str,
}

const BLOCKS: &[Block] = &[
    Block {
        before: "I asked nine people about the tram line. Marlow puts it this way:",
        lines: &[
            "The council bought timber every autumn, and every spring",
            "it argued about stone. Nobody kept a list of what the",
            "floods had taken, so each bridge was the first one.",
        ],
        after: "That is all of it, and I agree with her.",
    },
    Block {
        before: "Ich habe neun Leute gefragt. Marlow schreibt dazu Folgendes:",
        lines: &[
            "Der Rat kaufte jeden Herbst Holz, und jedes Frühjahr",
            "stritt er über Stein. Niemand führte eine Liste dessen,",
            "was die Fluten mitgenommen hatten.",
        ],
        after: "Mehr will ich nicht zitieren.",
    },
    Block {
        before: "J’ai interrogé neuf personnes. Marlow écrit à ce sujet :",
        lines: &[
            "Le conseil achetait du bois chaque automne, et chaque",
            "printemps il discutait de la pierre. Personne ne tenait",
            "la liste de ce que les crues avaient emporté.",
        ],
        after: "Je n’en citerai pas davantage.",
    },
    Block {
        before: "Pregunté a nueve personas, y Marlow lo explica de este modo:",
        lines: &[
            "El consejo compraba madera cada otoño, y cada primavera",
            "discutía sobre la piedra. Nadie llevaba la cuenta de lo",
            "que se habían llevado las crecidas.",
        ],
        after: "Eso es todo lo que cito.",
    },
    Block {
        before: "Я спросил девять человек. Марлоу пишет об этом так:",
        lines: &[
            "Каждую осень совет покупал лес, а каждую весну спорил",
            "о камне. Никто не вёл списка того, что унесла вода, и",
            "потому каждый мост был первым.",
        ],
        after: "Больше я ничего не цитирую.",
    },
    Block {
        before: "Zapytałem dziewięć osób, a Marlow pisze o tym tak:",
        lines: &[
            "Rada kupowała drewno każdej jesieni, a każdej wiosny",
            "spierała się o kamień. Nikt nie prowadził spisu tego,",
            "co zabrała woda.",
        ],
        after: "Tyle chcę przytoczyć.",
    },
    Block {
        before: "我问了九个人。马洛是这样写的：",
        lines: &[
            "议会每年秋天购买木材，每年春天争论石料",
            "的问题。没有人记录洪水带走了什么，所以",
            "每座桥都是第一座桥。",
        ],
        after: "我只引用这些。",
    },
    Block {
        before: "سألت تسعة أشخاص عن الترام، وكتبت مارلو ما يلي:",
        lines: &[
            "كان المجلس يشتري الخشب كل خريف، وكان يتجادل حول",
            "الحجر كل ربيع. ولم يسجل أحد ما أخذته الفيضانات من",
            "القرية في تلك السنوات.",
        ],
        after: "هذا كل ما أقتبسه.",
    },
];

/// `lines` under an indentation.
fn indented(lines: &[&str], indent: &str) -> String {
    lines.iter().map(|line| format!("{indent}{line}")).collect::<Vec<_>>().join("\n")
}

#[test]
fn blocks_of_many_languages_and_layouts() {
    for Block { before, lines, after } in BLOCKS {
        let one_line = lines.join(" ");
        for indent in ["    ", "        ", "\t", "\u{3000}\u{3000}", "\u{A0}\u{A0}\u{A0}\u{A0}"] {
            for block in [indented(lines, indent), format!("{indent}{one_line}")] {
                for gap in ["\n\n", "\n"] {
                    let text = format!("{after} {after}\n\n{before}{gap}{block}{gap}{after}\n");
                    assert_eq!(found(&text, Quotation), [block.trim()], "{text:?}");
                }
            }
        }
    }
}

#[test]
fn a_citation_closes_a_block_that_no_colon_opens() {
    let Block { lines, after, .. } = BLOCKS[0];
    let before = "My own street has changed as well, but nobody has written about it so far.";
    for source in [
        " (Marlow, 2009, p. 4)",
        " [12]",
        " [12, p. 4]",
        " (Marlow 4)",
        " (4–5)",
        "¹²",
        "12",
        "\n    (Marlow, 2009, p. 4)",
        "\n\n    (Marlow, 2009, p. 4)",
        "\n        — Ann Marlow, Stone and Timber, p. 4",
        "\n\n                        – Ann Marlow",
    ] {
        let block = format!("{}{source}", indented(lines, "    "));
        let text = format!("{before}\n\n{block}\n\n{after}");
        assert_eq!(found(&text, Quotation), [block.trim()], "{text:?}");
    }
    let citing = "My street has changed as well. Marlow (2009) describes in detail how the council worked.";
    let block = indented(lines, "    ");
    assert_eq!(found(&format!("{citing}\n\n{block}\n\n{after}"), Quotation), [block.trim()]);
    let none = format!("{before}\n\n{}\n\n{after}", indented(lines, "    "));
    assert_eq!(found(&none, Quotation), Vec::<&str>::new());
}

#[test]
fn blocks_of_several_paragraphs() {
    let Block { before, lines, after } = BLOCKS[0];
    for (indent, first) in [("    ", ""), ("    ", "    "), ("\t", "")] {
        let block = indented(lines, indent);
        let block = format!("{block}\n\n{first}{block}\n\n{first}{block}");
        let text = format!("{before}\n\n{block}\n\n{after}\n\n{after}");
        assert_eq!(found(&text, Quotation), [block.trim()], "{text:?}");
    }
}

#[test]
fn a_block_in_an_indented_text() {
    let Block { before, lines, after } = BLOCKS[0];
    let block = indented(lines, "            ");
    let text = format!("    {after}\n    {before}\n\n{block}\n\n    {after} {after}");
    assert_eq!(found(&text, Quotation), [block.trim()]);
}

#[test]
fn short_introductions() {
    let Block { lines, after, .. } = BLOCKS[0];
    let block = indented(lines, "    ");
    for before in [
        "Osei writes:",
        "As Osei says,",
        "Osei argues that",
        "Osei schreibt:",
        "Осей пишет:",
        "Osei escribe:",
        "Osei écrit :",
    ] {
        let text = format!("{after} {after}\n\n{before}\n\n{block}\n\n{after}");
        assert_eq!(found(&text, Quotation), [block.trim()], "{before:?}");
    }
    for before in ["Abstract:", "My summary:", "2. Methods", "Dear Sir,", "Zusammenfassung:", "The marsh"] {
        let text = format!("{after} {after}\n\n{before}\n\n{block}\n\n{after}");
        assert_eq!(found(&text, Quotation), Vec::<&str>::new(), "{before:?}");
    }
}

#[test]
fn indented_text_that_is_no_quotation() {
    let prose =
        "The council bought timber every autumn, and every spring it argued about the stone that nobody had.";
    let before = "I asked nine people, and this is what they had to say about it:";
    let in_block = [
        // Code.
        "fn main() {\n    let x = first(argument, of, many);\n    print(x);\n}",
        "SELECT name, street FROM bridges WHERE year = 1850;\nSELECT name FROM floods ORDER BY year;",
        // Lists.
        "- We bought timber in the autumn of that year.\n- We argued about stone for the whole spring.",
        "1. We bought timber in the autumn of that year.\n2. We argued about stone for the whole spring.",
        "a) We bought timber in the autumn of that year.\nb) We argued about stone for the whole spring.",
        "• Wir kauften Holz.\n• Wir stritten über Stein, und das jedes Frühjahr.",
        "Ann Marlow, who sells bread in the first street.\nKofi Osei, who mends the boats of others.\nTheo Finch, a baker.",
        // Verse.
        "The marsh is drained, the dyke is high,\nThe water waits and so do I,\nThe council buys its wood again,\nAnd nobody has counted when.",
        "the marsh is drained, the dyke is high,\nthe water waits and so do I,\nthe council buys its wood again,\nand nobody has counted when.",
        "Болото сухо, берег крут,\nСоветы дерево берут,\nИ каждый год приходит вновь\nВода, и с нею к ней любовь.",
        // An address, a heading, a table.
        "Ann Marlow\nHarbour Quarterly\n12 Marsh Lane\nLeeds. England",
        "Timber and Stone",
        "autumn    timber    12.50    1850\nspring    stone     14.25    1851\nsummer    nothing   0.00     1852",
        // A dialogue.
        "— Yes, she said, I saw the marsh in the winter of that year.\n— When did it happen, and who was there to see it with you?",
    ];
    for block in in_block {
        let block = indented(&block.split('\n').collect::<Vec<_>>(), "    ");
        let text = format!("{prose}\n\n{before}\n\n{block}\n\n{prose}\n\n{prose}");
        assert_eq!(found(&text, Quotation), Vec::<&str>::new(), "{text:?}");
    }
    let centred = format!(
        "{prose}\n\n{before}\n\n          The Council and its Timber in the Year\n      of the Great Flood that took the Bridges Away\n                 by Ann Marlow, Leeds.\n\n{prose}"
    );
    assert_eq!(found(&centred, Quotation), Vec::<&str>::new());
}

#[test]
fn indented_paragraphs_are_no_quotations() {
    let prose = "The council bought timber every autumn, and every spring it argued about the stone that nobody had. It went on like this for years, they said";
    let first_lines = "The marsh was drained before my time, and I never saw it.\n".to_owned()
        + &format!("    {prose}, and more:\n    {prose}:\n").repeat(4);
    let wrapped = "The council bought timber every autumn, and every spring\n";
    let wrapped = format!("    {wrapped}it argued about stone, and they told us this:\n").repeat(8);
    let all = format!(
        "My essay on the bridges of the valley, in which I say:\n{}",
        format!("    {prose}.\n").repeat(9)
    );
    let spoken = format!(
        "{wrapped}    “Yes,” he said, and went on.\n    “No,” she said, and he stayed there all the same, as\nhe always did.\n"
    );
    for text in [first_lines, wrapped, all] {
        assert_eq!(found(&text, Quotation), Vec::<&str>::new(), "{text:?}");
    }
    assert_eq!(found(&spoken, Quotation), ["“Yes,”", "“No,”"]);
}
