//! Notes that cite, tables of cases, and numbered lines that are neither.

use super::*;

const BEFORE: &str =
    "My own street changed after the tram line opened, and nine shopkeepers told me how it went.";

#[test]
fn notes_of_many_languages() {
    for notes in [
        // OSCOLA, Chicago.
        "1 Kofi Osei, The Price of a Quay (Harbour Press 2011) 44.\n2 ibid 45.\n3 Osei (n 1) 47.",
        "1. Kofi Osei, The Price of a Quay (Leeds: Harbour Press, 2011), 44–45.\n2. Ibid., 46.\n3. Marlow, “Tides and Tariffs,” 12.\n4. See Ann Marlow, “Tides and Tariffs,” Harbour Quarterly 12, no. 3 (2009): 45–67.",
        "¹ See Osei, K. (2011). The price of a quay. Harbour Press, p. 44.\n² Cf. Marlow, A. (2009), p. 12.",
        "[^1]: Osei, K. (2011). The price of a quay. Harbour Press.\n[^2]: Marlow, A. (2009). Tides. Harbour Press, 12.",
        "1 Marlow v Osei [1998] UKHL 12.\n2 Finch v Board of Quays [2008] EWCA Civ 214, [12].",
        // German, French, Spanish, Portuguese, Italian, Polish.
        "1 Vgl. Osei, Kofi: Der Preis des Kais. Hamburg: Hafen-Verlag, 2011, S. 44.\n2 Ebd., S. 45.\n3 Siehe Marlow (2009), S. 12 f.",
        "1. Kofi Osei, Le prix du quai, Paris, Éditions du Port, 2011, p. 44.\n2. Ibid., p. 45.\n3. Voir Marlow, Marées, 2009, p. 12.",
        "1. Véase Osei, K., El precio del muelle, Madrid, Editorial Puerto, 2011, p. 44.\n2. Ibídem, p. 45.",
        "1 OSEI, Kofi. O preço do cais. São Paulo: Editora Porto, 2011, p. 44.\n2 Idem, p. 45.",
        "1 Cfr. K. Osei, Il prezzo del molo, Edizioni del Porto, Genova 2011, p. 44.\n2 Ivi, p. 45.",
        "1 Zob. K. Osei, Cena nabrzeża, Wydawnictwo Portowe, Gdańsk 2011, s. 44.\n2 Tamże, s. 45.",
        // Russian, Ukrainian, Turkish, Indonesian, Vietnamese.
        "1. См.: Осин К. К. Цена причала. М.: Гавань, 2011. С. 44.\n2. Там же. С. 45.",
        "1. Див.: Осадчий К. К. Ціна причалу. Київ: Гавань, 2011. С. 44.\n2. Там само. С. 45.",
        "1 Bkz. Kemal Oset, Rıhtımın Bedeli, Liman Yayınları, İstanbul 2011, s. 44.\n2 A.g.e., s. 45.",
        "1 Lihat Budi Hartono, Harga Dermaga (Jakarta: Penerbit Pelabuhan, 2011), hlm. 44.\n2 Ibid., hlm. 45.",
        "1 Xem Trần Bình, Giá của bến tàu, NXB Cảng, Hà Nội, 2011, tr. 44.\n2 Sđd, tr. 45.",
        // Chinese, Japanese, Korean, Arabic.
        "[1] 参见张伟：《码头的代价》，海港出版社2011年版，第44页。\n[2] 同上，第45页。",
        "1 鈴木花子『岸壁の値段』（港書店、2011年）44頁。\n2 同書、45頁。",
        "1) 김철수, 『부두의 값』, 항구출판사, 2011, 44쪽.\n2) 위의 책, 45쪽.",
        "1. انظر: أحمد محمد، ثمن الرصيف، دار الميناء، القاهرة، 2011، ص 44.\n2. المرجع نفسه، ص 45.",
    ] {
        for gap in ["\n", "\n\n"] {
            let notes = notes.replace('\n', gap);
            for text in [format!("{BEFORE}\n\n{notes}"), format!("{BEFORE}\n\n{notes}\n\n{BEFORE}")] {
                assert_eq!(found(&text, Bibliography), [notes.as_str()], "{text}");
            }
        }
    }
}

#[test]
fn one_note_needs_a_heading() {
    let note = "1. Kofi Osei, The Price of a Quay (Leeds: Harbour Press, 2011), 44–45.";
    for heading in [
        "Notes",
        "Footnotes",
        "Endnotes",
        "Anmerkungen",
        "Notes de bas de page",
        "Notas",
        "Note",
        "Przypisy",
        "Примечания",
        "Примітки",
        "注释",
        "脚注",
        "각주",
        "الهوامش",
        "Dipnotlar",
        "Catatan kaki",
        "Chú thích",
    ] {
        let text = format!("{BEFORE}\n\n{heading}\n\n{note}\n\n{BEFORE}");
        assert_eq!(found(&text, Bibliography), [format!("{heading}\n\n{note}")], "{text}");
    }
    assert_eq!(found(&format!("{BEFORE}\n\n{note}\n\n{BEFORE}"), Bibliography), Vec::<&str>::new());
}

#[test]
fn numbered_lines_that_are_no_notes() {
    for lines in [
        "1. The word is used here in the wider sense that Osei gave to it in 2011.\n2. This was said to us by the shopkeepers, and nobody else was there to hear it.",
        "1 In 2009 the harbour was sold, see p. 44.\n2 In 2011 it was bought again.",
        "1. See the map on p. 44.\n2. See the table on p. 45.",
        "1. Osei, Marlow and Finch met in 2009.\n2. Osei, Marlow and Finch parted in 2011.",
        "1. Timber, 44.\n2. Stone, 45.\n3. Bread, 12.",
        "1. Leeds, England, 1850\n2. Accra, Ghana, 1851\n3. Hull, England, 1852",
        "1. Was Marlow (2009) right? Say why.\n2. Was Osei (2011, p. 44) right? Say why not, in your own words.",
        "1. Marlow, Ann: 44 points\n2. Osei, Kofi: 41 points\n3. Finch, Theo: 39 points",
        "1. Nehmen Sie das Buch, Seite 44.\n2. Lesen Sie es bis S. 45, und zwar laut.",
        "1. Возьмите книгу, с. 44.\n2. Прочтите её до с. 45.",
        "1. 请看第44页的地图，2009年绘制。\n2. 请看第45页的表格。",
        "Notes\n\n1. Bring the map, and two pencils.\n2. The tram leaves at 9.45, from the quay.",
        "Notas\n\n1. El tranvía sale a las 9.45 del muelle, como en 2009.",
    ] {
        let text = format!("{BEFORE}\n\n{lines}\n\n{BEFORE}");
        assert_eq!(found(&text, Bibliography), Vec::<&str>::new(), "{text}");
    }
}

#[test]
fn tables_of_cases() {
    for table in [
        "Table of Cases\nMarlow v Osei [1998] UKHL 12, [1999] 2 AC 45\nR (on the application of Finch) v Secretary of State for the Harbours [2008] EWCA Civ 214\nRe Osei’s Trust [1902] 1 Ch 12\nHarbour Protection Act 1949, s 12(3)",
        "Cases\n\nMarlow v. Osei, 410 U.S. 113 (1973)\n\nFinch v. Board of Quays, 12 F.3d 45 (9th Cir. 1998)",
        "Table of Legislation\nHarbours Act 1949\nQuays (Tolls) Order 1950, SI 1950/12\nCouncil Directive 92/12/EEC of 25 February 1992",
        "Rechtsprechungsverzeichnis\nBGH, Urteil vom 12.3.2009 – II ZR 12/08, NJW 2009, 1234\nBVerfGE 12, 45 (1961)\nOLG Hamburg, Beschl. v. 4.5.2011 – 6 U 12/10",
        "Table de jurisprudence\nCass. civ. 1re, 12 mars 2009, n° 08-12.345, Bull. civ. I, n° 12\nCE, 4 mai 2011, Marlow c. Osei, n° 123456",
        "Jurisprudencia\nSTC 12/2009, de 12 de marzo\nSTS 45/2011, de 4 de mayo, RJ 2011, 1234",
        "Giurisprudenza\nCass. civ., sez. I, 12 marzo 2009, n. 1234/2009, sentenza Marlow\nCorte cost., sentenza 4 maggio 2011, n. 45",
        "Jurisprudência\nSTF, RE 123456, acórdão de 12 de março de 2009\nMarlow v. Osei, acórdão 45/2011",
        "Wykaz orzecznictwa\nWyrok SN z 12 marca 2009 r., II CSK 12/08\nUchwała SN z 4 maja 2011 r., III CZP 45/10",
        "Судебная практика\nПостановление Пленума ВС РФ от 12.03.2009 № 12\nДело «Марлоу против Осея», жалоба № 123/08, решение от 4 мая 2011 г.",
        "Судова практика\nПостанова Верховного Суду від 12.03.2009 у справі № 12/345/08\nРішення у справі «Марлоу проти Осея» від 4 травня 2011",
        "案例表\n马洛诉奥塞案，（2009）民终12号判决\n芬奇诉港务局案，（2011）最高法院45号判决",
        "判例一覧\n最高裁平成21年3月12日判決（2009年）民集63巻3号45頁\n東京高裁2011年5月4日判決",
        "판례\n대법원 2009. 3. 12. 선고 2008다12345 판결\n서울고등법원 2011. 5. 4. 선고 2010나45 판결",
        "Yargı Kararları\nYargıtay 1. HD, E. 2008/12, K. 2009/45, karar tarihi 12.3.2009\nAYM kararı, E. 2010/12, K. 2011/45",
        "Daftar Putusan\nPutusan Mahkamah Agung No. 12 K/Pdt/2009\nPutusan MK No. 45/PUU-IX/2011",
    ] {
        let text = format!("{BEFORE}\n\n{table}\n\nAppendix\n\n{BEFORE}");
        assert_eq!(found(&text, Bibliography), [table], "{text}");
    }
}

#[test]
fn headings_of_cases_over_other_text() {
    for text in [
        "Cases\n\nNine cases were admitted in 2009, and all of them had been seen by Marlow, who kept the list of the harbour hospital until 2011.",
        "Table of Cases\n\nCase 1, woman, 44, was admitted on a Monday.\nCase 2, man, 45, left again.",
        "Legislation\n\nThe Harbours Act was passed in 1949, after two years of argument, and changed nothing in the street.",
        "Rechtsprechung\n\nDie Gerichte haben seit 1949 stets so geurteilt, und das Gesetz gab ihnen recht, wie man damals meinte.",
        "Jurisprudencia\n\nLa ley de 1949 fue muy discutida, y los tribunales la aplicaron poco hasta que se cambió.",
        "Судебная практика\n\nВ 1949 году закон был принят, и суды применяли его редко, пока его не изменили совсем.",
        "判例\n\n1949年以来，法院一直这样判决，这条法律没有改变什么，人们也不再谈论它，直到港口关闭的那一天为止。",
    ] {
        assert_eq!(found(text, Bibliography), Vec::<&str>::new(), "{text}");
    }
}
