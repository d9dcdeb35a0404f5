//! Lists of works without a heading, in the styles and languages of theses, and lists that are none.

use super::*;

const BEFORE: &str =
    "My own street changed after the tram line opened, and nine shopkeepers told me how it went.";

/// Lists of works, each of one style and language.
const LISTS: &[&str] = &[
    // APA, English, Turkish, Indonesian, Vietnamese, Korean, Arabic.
    "Marlow, A. B., & Osei, K. (2011). Tides and tariffs. Harbour Quarterly, 12(3), 45–67.\nFinch, T. (2008). The cost of a quay (2nd ed.). Harbour Press.\nWorld Quay Council. (2015). Yearly survey of quays. https://example.org/quays",
    "Yılmaz, A. (2009). Gelgit ve gümrük. İstanbul: Liman Yayınları.\nDemir, B. ve Kaya, C. (2011). Rıhtımın bedeli. Liman Dergisi, 12(3), 45-67.",
    "Suryadi, A. (2009). Pasang dan tarif. Jakarta: Penerbit Pelabuhan.\nHartono, B., & Wijaya, C. (2011). Harga dermaga. Jurnal Pelabuhan, 12(3), 45-67.",
    "Nguyễn Văn An (2009), Thủy triều và thuế quan, NXB Cảng, Hà Nội.\nTrần Thị Bình (2011), Giá của bến tàu, Tạp chí Cảng, số 12, tr. 45-67.",
    "김철수. (2009). 밀물과 관세. 서울: 항구출판사.\n이영희, 박민수. (2011). 부두의 값. 항구학회지, 12(3), 45-67.",
    "أحمد، محمد. (2009). المد والجزر والتعريفة. القاهرة: دار الميناء.\nخليل، سمير. (2011). ثمن الرصيف. مجلة الموانئ، 12(3)، ص 45-67.",
    // MLA.
    "Marlow, Ann, and Kofi Osei. \"Tides and Tariffs.\" Harbour Quarterly, vol. 12, no. 3, 2011, pp. 45-67.\nFinch, Theo. The Cost of a Quay. Harbour Press, 2008.\n\"Yearly Survey of Quays.\" World Quay Council, 4 May 2015, www.example.org/quays. Accessed 7 June 2016.",
    // Chicago.
    "Marlow, Ann, and Kofi Osei. 2011. “Tides and Tariffs.” Harbour Quarterly 12 (3): 45–67.\nFinch, Theo. 2008. The Cost of a Quay. 2nd ed. Leeds: Harbour Press.",
    "Finch, Theo. The Cost of a Quay. Leeds: Harbour Press, 2008.\nMarlow, Ann B. “Tides and Tariffs.” Harbour Quarterly 12, no. 3 (2011): 45–67.",
    // Harvard, bullets.
    "Marlow, A 2008, Tides and Tariffs, Harbour Press, Leeds.\nOsei, K 2011, 'The price of a quay', Harbour Quarterly, vol. 12, no. 3, pp. 45-67.",
    "- Marlow, A. (2008). Tides and Tariffs. Harbour Press.\n- Osei, K. (2011). The price of a quay. Harbour Quarterly, 12(3), 45-67.",
    "• Marlow, Ann. Tides and Tariffs. Leeds: Harbour Press, 2008.\n• Osei, Kofi. The Price of a Quay. Leeds: Harbour Press, 2011.",
    // Vancouver, IEEE.
    "1. Marlow AB, Osei K. Tides and tariffs. Harb Q. 2011;12(3):45-67.\n2. Finch T. The cost of a quay. 2nd ed. Leeds: Harbour Press; 2008.\n3. World Quay Council. Yearly survey of quays [Internet]. 2015 [cited 2016 Jun 7]. Available from: https://example.org/quays",
    "1. Marlow AB, Osei K. Tides and tariffs. Harb Q. 2011;12(3):45-67.\n2. Finch L. The cost of a quay. 2nd ed. Leeds: Harbour Press; 2008.\n3. World Quay Council. Yearly survey of quays. Leeds: Harbour Press; 2015.\n4. Council of Ports. Tolls. Hull: Harbour Press; 2016.",
    "[1] A. B. Marlow and K. Osei, \"Tides and tariffs,\" Harbour Q., vol. 12, no. 3, pp. 45–67, 2011.\n[2] T. Finch, The Cost of a Quay, 2nd ed. Leeds, U.K.: Harbour Press, 2008.\n[3] World Quay Council, \"Yearly survey of quays,\" 2015. [Online]. Available: https://example.org/quays",
    // GOST and DSTU.
    "1. Марлова А. Б., Осин К. К. Приливы и тарифы // Вестник гаваней. — 2011. — Т. 12, № 3. — С. 45–67.\n2. Финчев Т. Цена причала. — 2-е изд. — М.: Гавань, 2008. — 214 с.\n3. Ежегодный обзор причалов [Электронный ресурс]. — URL: https://example.org/quays (дата обращения: 07.06.2016).",
    "Марлова А. Б. Приливы и тарифы. М.: Гавань, 2008. 214 с.\nОсин К. К. Цена причала // Вестник гаваней. 2011. № 3. С. 45–67.",
    "1. Марченко А. Б. Припливи і тарифи // Вісник гаваней. – 2011. – Т. 12, № 3. – С. 45–67.\n2. Осадчий К. К. Ціна причалу. – Київ : Гавань, 2008. – 214 с.",
    // GB/T 7714, Japanese.
    "[1] 王小明, 李华. 潮汐与关税[J]. 港口学报, 2011, 12(3): 45-67.\n[2] 张伟. 码头的代价[M]. 北京: 海港出版社, 2008: 33-35.",
    "王小明, 李华. 潮汐与关税[J]. 港口学报, 2011, 12(3): 45-67.\n张伟. 码头的代价[M]. 北京: 海港出版社, 2008: 33-35.",
    "山田太郎（2009）『潮と関税』港書店。\n鈴木花子（2011）「岸壁の値段」『港湾研究』第12巻第3号、45-67頁。",
    // German, French, Spanish, Portuguese, Italian, Polish.
    "Marlow, Anna: Gezeiten und Zölle. Hamburg: Hafen-Verlag, 2008.\nOsei, Kofi/Finch, Theo: Der Preis des Kais. In: Hafenblätter 12 (2011), H. 3, S. 45–67.",
    "MARLOW Anne, Marées et tarifs, Paris, Éditions du Port, 2008, 214 p.\nOSEI Kofi, « Le prix du quai », Revue des ports, vol. 12, n° 3, 2011, p. 45-67.",
    "MARLOW, Ana. Mareas y aranceles. 2.ª ed. Madrid: Editorial Puerto, 2008. 214 p.\nOSEI, Kofi. El precio del muelle. Revista de Puertos, 2011, vol. 12, núm. 3, pp. 45-67.",
    "MARLOW, Ana. Marés e tarifas. 2. ed. São Paulo: Editora Porto, 2008.\nOSEI, Kofi. O preço do cais. Revista dos Portos, Santos, v. 12, n. 3, p. 45-67, 2011.",
    "Marlow A., Maree e tariffe, Edizioni del Porto, Genova 2008.\nOsei K., Il prezzo del molo, in «Rivista dei porti», 12, 2011, pp. 45-67.",
    "Marlow A., Pływy i taryfy, Wydawnictwo Portowe, Gdańsk 2008.\nOsei K., Cena nabrzeża, „Kwartalnik Portowy” 2011, nr 3, s. 45–67.",
];

#[test]
fn lists_of_many_styles_and_languages() {
    for list in LISTS {
        for gap in ["\n", "\n\n"] {
            let list = list.replace('\n', gap);
            for text in
                [format!("{BEFORE}\n\n{list}"), format!("{BEFORE}\n\n\n{list}\n\n{BEFORE}"), list.clone()]
            {
                assert_eq!(found(&text, Bibliography), [list.as_str()], "{text}");
                assert_eq!(found(&text, Quotation), Vec::<&str>::new(), "{text}");
            }
        }
    }
}

#[test]
fn wrapped_entries() {
    let list = "Marlow, Ann, and Kofi Osei. \"Tides and Tariffs in the Harbours of the\n    North.\" Harbour Quarterly, vol. 12, no. 3, 2011, pp. 45-67.\nFinch, Theo. The Cost of a Quay. Harbour Press, 2008.\nMarlow, Ann. A Short History of Timber, Stone and the Council that Bought\n    Them. Harbour Press, 2009.";
    assert_eq!(found(&format!("{BEFORE}\n\n{list}\n\n{BEFORE}"), Bibliography), [list]);
}

#[test]
fn a_section_after_a_list_counts() {
    for heading in [
        "Appendix A",
        "Anhang",
        "Annexe 1",
        "Anexo",
        "Allegato",
        "Załącznik 1",
        "Приложение 1",
        "Додаток А",
        "附录A 问卷",
        "付録",
        "부록 1",
        "ملحق",
        "Ek 1",
        "Lampiran 1",
        "Phụ lục 1",
        "My own survey",
    ] {
        for list in LISTS {
            let after = "1. How long have you lived in the street?\n2. What did the tram line change for you, and when was that?";
            let text = format!("{BEFORE}\n\nReferences\n\n{list}\n\n{heading}\n\n{after}\n\n{BEFORE}");
            assert_eq!(found(&text, Bibliography), [format!("References\n\n{list}")], "{text}");
            let bare = format!("{BEFORE}\n\n{list}\n\n{heading}\n\n{after}\n\n{BEFORE}");
            assert_eq!(found(&bare, Bibliography), [*list], "{bare}");
        }
    }
}

#[test]
fn lists_of_other_things() {
    for list in [
        // Sentences.
        "1. In 2009, the Harbour Press was sold to its printers, who kept the name.\n2. In 2011, it was bought again, for more than it was worth, by the council.\n3. In 2012, it moved to Leeds.",
        "1. Die Hafenpresse wurde 2009 verkauft, an ihre Drucker.\n2. Sie wurde 2011 zurückgekauft, von der Stadt.\n3. Sie zog 2012 um.",
        "1. В 2009 году издательство было продано, и имя осталось.\n2. В 2011 году его выкупили, с. 5.\n3. В 2012 году оно переехало.",
        "1. 2009年，出版社被卖掉了。\n2. 2011年，市政府又把它买了回来。",
        "[1] In 2009 we asked nine people about the tram, and all of them answered us.\n[2] In 2011 we asked them again, and only four were left to answer.",
        // Chronologies.
        "1914. War began.\n1918. War ended.\n1921. The harbour was dredged.\n1923. The press was founded.",
        "1914: War began.\n1918: War ended, on p. 5.\n1921: The harbour was dredged.",
        "1914 – Kriegsbeginn.\n1918 – Kriegsende.\n1921 – Der Hafen wurde ausgebaggert, s. S. 5.",
        "12 March 1914. War began.\n11 November 1918. War ended.",
        // Careers.
        "2009–2012 Lecturer, University of Leeds\n2012–2015 Reader, University of Hull\n2015– Professor, Harbour University",
        "1. Lecturer, University of Leeds, 2009-2012.\n2. Reader, University of Hull, 2012-2015.",
        "Lecturer, University of Leeds, 2009–2012.\nReader, University of Hull, 2012–2015.\nEditor, Harbour Press, 2015–2018.",
        "• Dozentin, Universität Leeds, 2009–2012\n• Lektorin, Hafen-Verlag, 2012–2015",
        // Contents.
        "1. Introduction ........ 5\n2. The Harbour in 1850 ........ 12\n3. The Press, 1851-1900 ........ 45",
        "1 Einleitung 5\n2 Der Hafen 1850 12\n3 Die Presse 45",
        // Dialogue and verse.
        "— Marlow, where were you in 1850?\n— In Leeds, p. 4 of the diary.\n— Ah.",
        "ANN: Where were you, Kofi, in 1850?\nKOFI: In Leeds, at the press.\nANN: Ah.",
        "\"Where were you in 1850?\" she said, and closed the press.\n\"In Leeds,\" he said, \"in vol. 3, p. 4.\"",
        // Lists of people, places and prices.
        "Marlow, Ann, born in 1850 in Leeds, studied at the University of Hull, and died in 1900.\nOsei, Kofi, born in 1851 in Accra, studied at the University of Leeds, and died in 1910.",
        "Leeds, England, 1850\nAccra, Ghana, 1851\nHull, England, 1852",
        "Timber, oak, 1850: 12.50\nStone, grey, 1851: 14.25",
        // Prose with references.
        "Marlow (2009, pp. 45-67) argues that harbours are built by those who need them least.\nOsei (2011, p. 4), who knew her, says that this is true of bridges too.",
        "Marlow, A. and Osei, K. began the press in 1850 with a printer from the university.\nFinch, T. joined them in 1851 and wrote the first journal of the harbour with them.",
    ] {
        for gap in ["\n", "\n\n"] {
            let text = format!("{BEFORE}\n\n{}\n\n{BEFORE}", list.replace('\n', gap));
            assert_eq!(found(&text, Bibliography), Vec::<&str>::new(), "{text}");
        }
    }
}

#[test]
fn the_word_references_in_running_text() {
    for text in [
        "References to Marlow (2009) are frequent, and so are those to Osei (2011, pp. 4-5), who wrote in Leeds: Harbour Press, 2009.",
        "References: we asked for three of them. Marlow gave one in 2009, and Osei, K., another in 2011.",
        "The students gave us their\nreferences, and Marlow (2009) read them.\nOsei (2011) read them too, and said nothing.",
        "Sources: the river has three. Bibliography is the study of books, and Literature is what is in them.",
        "Literatur ist, was man liest, und Quellen hat der Fluss drei, seit 1850.",
        "Литература — это то, что читают с 1850 года, а источники — это реки.",
        "参考文献是论文的一部分，2009年以来一直如此。",
        "La bibliografía de Marlow (2009) es larga, y las referencias a Osei (2011) también.",
        "References\n\nThe word above is a heading, and this paragraph, written in 2009, is about the harbour and what was said of it by those who knew it, long after the press had gone.",
    ] {
        assert_eq!(found(text, Bibliography), Vec::<&str>::new(), "{text}");
    }
}
