//! The words of headings under which works are listed, and of headings after such a list.

/// Headings of a list of works, in lower case, by language. Words with other uses (sources, literature) are among them:
/// a heading counts only if entries follow.
#[rustfmt::skip]
pub(super) const WORKS: &[&[&str]] = &[
    // English.
    &[
        "references", "reference", "reference list", "list of references", "references cited",
        "cited references", "works cited", "work cited", "list of works cited", "works cited list",
        "works consulted", "bibliography", "selected bibliography", "select bibliography",
        "annotated bibliography", "literature", "literature cited", "cited literature", "sources",
        "sources cited", "sources consulted", "list of sources", "citations", "references and notes",
        "notes and references", "references and further reading", "further reading", "primary sources",
        "secondary sources", "bibliographic references", "bibliographical references",
    ],
    // German.
    &[
        "literatur", "literaturverzeichnis", "literaturangaben", "literaturliste", "literaturnachweis",
        "literaturnachweise", "quellen", "quellenverzeichnis", "quellenangaben",
        "quellen- und literaturverzeichnis", "literatur- und quellenverzeichnis", "literatur und quellen",
        "quellen und literatur", "bibliographie", "bibliografie", "referenzen", "weiterführende literatur",
        "verwendete literatur", "schrifttum", "nachweise",
    ],
    // French.
    &[
        "références", "références bibliographiques", "bibliographie sélective", "liste des références",
        "ouvrages cités", "œuvres citées", "oeuvres citées", "références citées", "sources et bibliographie",
        "bibliographie et sources", "médiagraphie", "webographie", "sitographie",
    ],
    // Spanish.
    &[
        "referencias", "referencias bibliográficas", "bibliografía", "obras citadas", "fuentes",
        "fuentes bibliográficas", "lista de referencias", "bibliografía citada", "literatura citada",
        "fuentes citadas", "fuentes consultadas", "bibliografía consultada",
    ],
    // Italian.
    &[
        "riferimenti", "riferimenti bibliografici", "bibliografia", "opere citate", "fonti",
        "bibliografia essenziale", "bibliografia e sitografia", "sitografia", "testi citati",
    ],
    // Portuguese.
    &[
        "referências", "referências bibliográficas", "obras citadas", "fontes", "lista de referências",
        "bibliografia consultada", "referencias bibliograficas", "literatura citada",
    ],
    // Dutch.
    &[
        "literatuur", "literatuurlijst", "referenties", "bronnen", "bronnenlijst", "bronvermelding",
        "geraadpleegde bronnen", "geraadpleegde literatuur", "lijst van referenties", "referentielijst",
    ],
    // Scandinavian languages, Finnish and Icelandic.
    &[
        "referencer", "referanser", "referenser", "referenslista", "referanseliste", "referenceliste",
        "källor", "källförteckning", "litteratur", "litteraturlista", "litteraturliste",
        "litteraturförteckning", "käll- och litteraturförteckning", "kilder", "kildeliste",
        "kildehenvisninger", "kirjallisuus", "kirjallisuusluettelo", "lähteet", "lähdeluettelo", "viitteet",
        "heimildir", "heimildaskrá",
    ],
    // Polish, Czech, Slovak, South Slavic in Latin script, Hungarian, Romanian, Baltic.
    &[
        "literatura", "literatura cytowana", "piśmiennictwo", "źródła", "wykaz literatury",
        "przypisy bibliograficzne", "spis literatury", "použitá literatura", "seznam literatury", "zdroje",
        "prameny", "seznam použité literatury", "použité zdroje", "zoznam použitej literatúry", "viri",
        "viri in literatura", "popis literature", "izvori", "irodalomjegyzék", "felhasznált irodalom",
        "hivatkozások", "források", "bibliografie selectivă", "referințe", "surse", "literatūra", "kirjandus",
        "kasutatud kirjandus",
    ],
    // Russian, Ukrainian, Bulgarian and others in Cyrillic script.
    &[
        "литература", "список литературы", "список использованной литературы",
        "список использованных источников", "библиография", "библиографический список", "источники",
        "список источников", "использованная литература", "источники и литература", "ссылки", "література",
        "список літератури", "список використаних джерел", "список використаної літератури",
        "використані джерела", "джерела", "бібліографія", "посилання", "литаратура", "литературни източници",
        "използвана литература", "извори", "литература и източници",
    ],
    // Chinese, Japanese, Korean.
    &[
        "参考文献", "參考文獻", "引用文献", "引用文獻", "参考书目", "參考書目", "参考资料", "參考資料", "文献", "文献一覧", "主要参考文献", "引用・参考文献",
        "参考図書", "出典", "참고문헌", "참고 문헌", "인용문헌", "참고자료", "문헌",
    ],
    // Turkish, Indonesian, Vietnamese.
    &[
        "kaynakça", "kaynaklar", "kaynak", "referanslar", "bibliyografya", "yararlanılan kaynaklar",
        "daftar pustaka", "tài liệu tham khảo", "referensi", "rujukan",
    ],
    // Arabic, Persian, Hebrew, Hindi, Greek, Thai, Bengali.
    &[
        "المراجع", "المصادر", "المصادر والمراجع", "قائمة المراجع", "مراجع", "مصادر", "منابع", "فهرست منابع",
        "منابع و مآخذ", "ביבליוגרפיה", "מקורות", "רשימת מקורות", "संदर्भ", "संदर्भ ग्रंथ सूची",
        "βιβλιογραφία", "αναφορές", "πηγές", "บรรณานุกรม", "เอกสารอ้างอิง", "তথ্যসূত্র",
    ],
];

/// First words of headings that end a list of works, in lower case.
#[rustfmt::skip]
pub(super) const AFTERWARDS: &[&str] = &[
    "appendix", "appendices", "annex", "annexes", "index", "glossary", "acknowledgements", "acknowledgments",
    "acknowledgement", "supplement", "supplementary", "introduction", "abstract", "conclusion", "conclusions",
    "chapter", "summary", "discussion", "about", "biography", "author", "footnotes", "endnotes", "figures",
    "tables", "anhang", "anlage", "anlagen", "danksagung", "zusammenfassung", "einleitung", "fazit",
    "kapitel", "register", "glossar", "eidesstattliche", "annexe", "remerciements", "résumé", "chapitre",
    "apéndice", "apéndices", "anexo", "anexos", "agradecimientos", "resumen", "capítulo", "appendice",
    "allegato", "allegati", "ringraziamenti", "apêndice", "agradecimentos", "bijlage", "bijlagen",
    "dankwoord", "bilaga", "bilagor", "bilag", "vedlegg", "liite", "liitteet", "załącznik", "załączniki",
    "aneks", "příloha", "přílohy", "приложение", "приложения", "додаток", "додатки", "заключение", "висновки",
    "введение", "вступ", "附录", "附錄", "付録", "谢辞", "致谢", "致謝", "謝辞", "부록", "ek", "ekler", "teşekkür", "الملاحق",
    "ملحق",
];
