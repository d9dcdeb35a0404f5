//! Quotations, and marks that make none.

use super::*;

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
            ("\"I thought - \"\n\n\"So you did.\"", &["\"I thought - \"", "\"So you did.\""]),
            ("הוא קרא לזה ”אש איטית“ והלך.", &["”אש איטית“"]),
            ("הוא קרא לזה „אש איטית” והלך.", &["„אש איטית”"]),
            ("قال: «نار بطيئة» ثم ذهب.", &["«نار بطيئة»"]),
            ("그는 “느린 불”이라고 했다.", &["“느린 불”"]),
            ("Ona powiedziała: „on rzekł «stój» i poszedł”.", &["„on rzekł «stój» i poszedł”"]),
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
