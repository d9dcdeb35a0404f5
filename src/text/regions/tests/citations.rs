//! Citations, and brackets that make none.

use super::*;

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
