//! Tests of the compared form.

use proptest::prelude::*;

use super::*;

fn compared(word: &str) -> String {
    let mut out = String::new();
    compared_form(word, &mut out);
    out
}

/// The form of a word by the table alone.
fn by_table(word: &str) -> String {
    let (table, mut form) = (FoldTable::get(), Form::default());
    form.clear();
    for c in word.chars().filter(|c| !Class::of(*c).is_dropped()) {
        form.push(table, c, table.folded(c));
    }
    form.finish(word, usize::MAX).unwrap().to_owned()
}

#[test]
fn unifies_what_a_copier_may_change() {
    let same: &[(&str, &str)] = &[
        ("Word", "word"),
        ("don't", "dont"),
        ("don’t", "DONT"),
        ("STRASSE", "straße"),
        ("café", "CAFE\u{301}"),
        ("ﬁne", "fine"),
        ("Ｗｉｄｅ", "wide"),
        ("𝐛𝐨𝐥𝐝", "bold"),
        ("ΣΊΣΥΦΟΣ", "σίσυφος"),
        ("pla\u{200b}gia\u{ad}rism", "plagiarism"),
        ("pаper", "paper"),
        ("ΡLAGIARISM", "plagiarism"),
        ("мoлoкo", "молоко"),
        ("ｶﾞ", "ガ"),
    ];
    for (a, b) in same {
        assert_eq!(compared(a), compared(b), "{a:?} and {b:?}");
    }
}

#[test]
fn unifies_letters_and_marks_by_the_habits_of_each_script() {
    let same: &[&[&str]] = &[
        // Case: Turkish and Azeri, Greek, German, Lithuanian, titlecase digraphs.
        &["ILIK", "ılık", "ilik", "İLİK", "Ilık"],
        &["ΆΝΘΡΩΠΟΣ", "ΑΝΘΡΩΠΟΣ", "άνθρωπος", "άνθρωποσ", "ἄνθρωπος"],
        &["προϊόν", "ΠΡΟΪΟΝ", "ΠΡΟΙΟΝ"],
        &["ᾳ", "α"],
        &["GROẞ", "groß", "GROSS"],
        &["I\u{307}\u{300}", "ì", "i"],
        &["ǅep", "Džep", "DŽEP", "džep", "dzep"],
        // Accents: Latin, Vietnamese, Cyrillic.
        &["résumé", "resume", "RÉSUMÉ"],
        &["Đường", "duong", "ĐƯỜNG", "đương"],
        &["żółw", "ZOLW"],
        &["smörgås", "smorgas"],
        &["œuvre", "oeuvre", "ŒUVRE"],
        &["ещё", "еще", "ЕЩЁ", "еще\u{301}"],
        &["їжак", "іжак"],
        &["йод", "иод"],
        // Arabic, Persian, Urdu.
        &["مُحَمَّدٌ", "محمد", "محـــمد"],
        &["أحمد", "احمد", "ٱحمد"],
        &["مدرسة", "مدرسه"],
        &["على", "علي", "علی"],
        &["کتاب", "كتاب", "ﻛﺘﺎﺏ"],
        &["ہے", "هے"],
        // Hebrew and Syriac.
        &["שָׁלוֹם", "שלום"],
        &["ܫܠܳܡܳܐ", "ܫܠܡܐ"],
        // India: nukta, candrabindu.
        &["ज़मीन", "जमीन", "ज\u{93C}मीन"],
        &["हाँ", "हां"],
        // East Asia.
        &["學習", "学习"],
        &["広", "廣", "广"],
        &["カタカナ", "かたかな", "ｶﾀｶﾅ"],
        &["ガ", "が", "か\u{3099}"],
        &["한글", "\u{1112}\u{1161}\u{11AB}\u{1100}\u{1173}\u{11AF}"],
        // Digits.
        &["2026", "٢٠٢٦", "۲۰۲۶", "२०२६", "２０２６", "๒๐๒๖"],
        // Look-alikes, in a part of a word and in all of it.
        &["cop", "сор", "cоp", "COP", "СОР"],
        &["THE", "ТНЕ", "tнe"],
        &["πολυ", "πoλυ"],
        &["και", "kαι"],
        &["ᴛʜɪɴ", "thin"],
    ];
    for group in same {
        for word in *group {
            assert_eq!(compared(word), compared(group[0]), "{word:?} and {:?}", group[0]);
        }
    }
}

#[test]
fn keeps_different_words_apart() {
    let different = [
        ("数", "據"),
        ("कल", "काल"),
        ("किताब", "कताब"),
        ("ที่", "ที"),
        ("ขาว", "ข่าว"),
        ("か", "が"),
        ("は", "ぱ"),
        ("ກາ", "ກ່າ"),
        ("မာ", "မာ့"),
        ("кот", "код"),
        ("нет", "мет"),
        ("بھی", "بی"),
        ("দিন", "দীন"),
        ("கல்", "கால்"),
    ];
    for (a, b) in different {
        assert_ne!(compared(a), compared(b), "{a:?} and {b:?}");
    }
}

#[test]
fn stops_where_a_form_grows_too_long() {
    let mut out = String::new();
    let grown = "\u{FDFA}".repeat(100);
    assert!(compared_form_within(&grown, 3000, &mut out));
    assert_eq!(out.len(), 3000);
    assert!(!compared_form_within(&grown, 2999, &mut out));
    assert!(!compared_form_within(&grown, 7, &mut out) && out.len() < 16);
    assert!(compared_form_within("Word", 4, &mut out) && !compared_form_within("Word", 3, &mut out));
}

#[test]
fn the_table_agrees_on_every_character() {
    for c in (0..=u32::from(char::MAX)).filter_map(char::from_u32).filter(|c| !c.is_ascii()) {
        let word = c.to_string();
        assert_eq!(by_table(&word), compared(&word), "U+{:04X}", u32::from(c));
    }
}

/// Which alphabets meet in a word decides what its letters become.
#[test]
fn the_table_agrees_on_every_letter_beside_those_of_other_alphabets() {
    let is_alphabetic = |c: &char| Class::of(*c) == Class::Letter && !('\u{AC00}'..='\u{D7A3}').contains(c);
    for c in (0x80..=u32::from(char::MAX)).filter_map(char::from_u32).filter(is_alphabetic) {
        for other in ["a", "é", "а", "ж", "α", "0", "𝔻", "🅐", "Ꭺ"] {
            for word in [format!("{c}{other}"), format!("{other}0{c}")] {
                assert_eq!(by_table(&word), compared(&word), "U+{:04X} beside {other}", u32::from(c));
            }
        }
    }
}

/// Characters of many scripts, with those that compose, are removed or depend on their neighbours.
fn character() -> impl Strategy<Value = char> {
    prop_oneof![
        4 => proptest::char::ranges(vec!['a'..='z', 'A'..='Z', 'à'..='ſ', 'а'..='я', 'Α'..='ω', 'ا'..='ي'].into()),
        2 => proptest::char::ranges(vec!['\u{300}'..='\u{345}', '\u{64B}'..='\u{655}', '\u{900}'..='\u{97F}', '\u{980}'..='\u{9FF}', '\u{B80}'..='\u{BFF}'].into()),
        2 => proptest::char::ranges(vec!['\u{E00}'..='\u{E5B}', '\u{1000}'..='\u{109F}', '\u{1100}'..='\u{11FF}', '\u{AC00}'..='\u{AC40}', 'ぁ'..='ヿ', '\u{FF61}'..='\u{FF9F}', '一'..='丿'].into()),
        1 => proptest::char::any(),
    ]
}

proptest! {
    #[test]
    fn the_table_agrees_with_the_definition(word in proptest::collection::vec(character(), 1..8)) {
        let word: String = word.into_iter().collect();
        prop_assert_eq!(by_table(&word), compared(&word));
    }

    #[test]
    fn is_its_own_compared_form(word in proptest::collection::vec(character(), 1..8)) {
        let once = compared(&word.into_iter().collect::<String>());
        prop_assert_eq!(compared(&once), once);
    }
}
