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
        "sources and further reading", "works referenced", "references used",
    ],
    // German.
    &[
        "literatur", "literaturverzeichnis", "literaturangaben", "literaturliste", "literaturnachweis",
        "literaturnachweise", "quellen", "quellenverzeichnis", "quellenangaben",
        "quellen- und literaturverzeichnis", "literatur- und quellenverzeichnis", "literatur und quellen",
        "quellen und literatur", "bibliographie", "bibliografie", "referenzen", "weiterführende literatur",
        "verwendete literatur", "schrifttum", "nachweise",
        "zitierte literatur", "zitierte werke", "literaturhinweise", "quellenangabe", "verwendete quellen", "benutzte literatur", "literaturquellen",
    ],
    // French.
    &[
        "références", "références bibliographiques", "bibliographie sélective", "liste des références",
        "ouvrages cités", "œuvres citées", "oeuvres citées", "références citées", "sources et bibliographie",
        "bibliographie et sources", "médiagraphie", "webographie", "sitographie",
        "travaux cités", "liste des ouvrages cités", "ouvrages consultés", "bibliographie générale", "sources citées", "références et notes",
    ],
    // Spanish.
    &[
        "referencias", "referencias bibliográficas", "bibliografía", "obras citadas", "fuentes",
        "fuentes bibliográficas", "lista de referencias", "bibliografía citada", "literatura citada",
        "fuentes citadas", "fuentes consultadas", "bibliografía consultada",
        "trabajos citados", "fuentes y bibliografía", "obras consultadas", "lista de obras citadas",
    ],
    // Italian.
    &[
        "riferimenti", "riferimenti bibliografici", "bibliografia", "opere citate", "fonti",
        "bibliografia essenziale", "bibliografia e sitografia", "sitografia", "testi citati",
        "lavori citati", "bibliografia citata", "opere consultate", "bibliografia generale",
    ],
    // Portuguese.
    &[
        "referências", "referências bibliográficas", "obras citadas", "fontes", "lista de referências",
        "bibliografia consultada", "referencias bibliograficas", "literatura citada",
        "trabalhos citados", "obras consultadas", "fontes consultadas", "bibliografia citada",
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
        "źródła i literatura", "netografia", "prace cytowane", "cytowane prace", "wykaz źródeł", "bibliografia i źródła",
    ],
    // Russian, Ukrainian, Bulgarian and others in Cyrillic script.
    &[
        "литература", "список литературы", "список использованной литературы",
        "список использованных источников", "библиография", "библиографический список", "источники",
        "список источников", "использованная литература", "источники и литература", "ссылки", "література",
        "список літератури", "список використаних джерел", "список використаної літератури",
        "використані джерела", "джерела", "бібліографія", "посилання", "литаратура", "литературни източници",
        "използвана литература", "извори", "литература и източници",
        "цитируемая литература", "цитированная литература", "список цитируемой литературы", "библиография и источники", "список источников и литературы", "список использованных источников и литературы", "перечень источников", "цитована література", "список посилань", "використана література", "література та джерела", "джерела та література", "перелік джерел", "перелік посилань",
    ],
    // Chinese, Japanese, Korean.
    &[
        "参考文献", "參考文獻", "引用文献", "引用文獻", "参考书目", "參考書目", "参考资料", "參考資料", "文献", "文献一覧", "主要参考文献", "引用・参考文献",
        "参考図書", "出典", "참고문헌", "참고 문헌", "인용문헌", "참고자료", "문헌",
        "参考文献列表", "徵引文獻", "引用书目", "引用書目", "引文", "参考文献一覧", "文献リスト", "引用・参照文献", "参照文献", "인용 문헌", "참고 자료", "참고문헌 목록", "출처",
    ],
    // Turkish, Indonesian, Vietnamese.
    &[
        "kaynakça", "kaynaklar", "kaynak", "referanslar", "bibliyografya", "yararlanılan kaynaklar",
        "daftar pustaka", "tài liệu tham khảo", "referensi", "rujukan",
        "kaynak listesi", "atıf yapılan eserler", "yararlanılan eserler", "bibliyografi", "daftar rujukan", "daftar referensi", "bibliografi", "sumber", "danh mục tài liệu tham khảo", "tài liệu trích dẫn", "thư mục tham khảo", "thư mục",
    ],
    // Arabic, Persian, Hebrew, Hindi, Greek, Thai, Bengali.
    &[
        "المراجع", "المصادر", "المصادر والمراجع", "قائمة المراجع", "مراجع", "مصادر", "منابع", "فهرست منابع",
        "منابع و مآخذ", "ביבליוגרפיה", "מקורות", "רשימת מקורות", "संदर्भ", "संदर्भ ग्रंथ सूची",
        "βιβλιογραφία", "αναφορές", "πηγές", "บรรณานุกรม", "เอกสารอ้างอิง", "তথ্যসূত্র",
        "قائمة المصادر والمراجع", "قائمة المصادر", "ثبت المراجع", "ثبت المصادر والمراجع", "المصادر و المراجع", "الأعمال المستشهد بها", "المراجع والمصادر",
    ],
];

/// Headings of tables of cases, statutes and other legal sources, in lower case.
#[rustfmt::skip]
pub(super) const LEGAL: &[&[&str]] = &[
    // English.
    &[
        "table of cases", "tables of cases", "list of cases", "cases", "cases cited", "case law", "index of cases", "table of authorities",
        "authorities", "table of statutes", "table of legislation", "list of legislation", "legislation", "statutes",
        "table of treaties", "table of statutes and cases", "table of cases and statutes", "cases and legislation", "legal sources",
    ],
    // German and Dutch.
    &[
        "rechtsprechungsverzeichnis", "rechtsprechung", "entscheidungsverzeichnis", "entscheidungen",
        "verzeichnis der entscheidungen", "verzeichnis der rechtsprechung", "urteilsverzeichnis", "judikaturverzeichnis", "judikatur",
        "gesetzesverzeichnis", "rechtsquellenverzeichnis", "rechtsquellen", "jurisprudentie",
        "jurisprudentieregister", "jurisprudentielijst",
    ],
    // French, Italian, Spanish, Portuguese.
    &[
        "jurisprudence", "table de jurisprudence", "table de la jurisprudence", "table des arrêts", "liste des arrêts",
        "table des décisions", "index de jurisprudence", "index des arrêts", "table de la législation", "législation", "giurisprudenza",
        "indice della giurisprudenza", "indice delle sentenze", "tavola delle sentenze", "elenco delle sentenze", "legislazione",
        "jurisprudencia", "tabla de casos", "tabla de jurisprudencia", "índice de jurisprudencia",
        "índice de sentencias", "sentencias", "lista de casos", "legislación", "jurisprudência", "tabela de casos", "lista de casos citados",
        "índice de jurisprudência", "tabela de jurisprudência", "legislação",
    ],
    // Polish, Russian, Ukrainian, Swedish.
    &[
        "orzecznictwo", "wykaz orzecznictwa", "wykaz orzeczeń", "spis orzecznictwa", "akty prawne", "wykaz aktów prawnych",
        "судебная практика", "список судебных решений", "перечень судебных решений", "материалы судебной практики",
        "таблица дел", "список дел", "нормативные правовые акты", "нормативно-правовые акты", "нормативные акты", "судова практика", "перелік судових рішень",
        "список судових рішень", "нормативно-правові акти", "rättsfallsförteckning", "rättsfall", "rättspraxis", "domsregister",
    ],
    // Chinese, Japanese, Korean.
    &[
        "案例表", "案例列表", "案例索引", "判例", "判例表", "引用判例", "判例目录", "判例一覧", "判例索引", "判例集", "裁判例",
        "판례", "판례 목록", "판례목록", "참고판례", "판례 색인",
    ],
    // Turkish, Indonesian, Vietnamese, Arabic.
    &[
        "yargı kararları", "kararlar", "kararlar listesi", "karar dizini", "mahkeme kararları", "daftar putusan", "putusan", "daftar kasus",
        "putusan pengadilan", "danh mục bản án", "danh mục án lệ", "án lệ", "bản án", "قائمة القضايا", "القضايا", "جدول القضايا", "الأحكام القضائية", "قائمة الأحكام", "أحكام المحاكم",
    ],
];

/// Headings of notes at the end of a text, in lower case.
#[rustfmt::skip]
pub(super) const NOTES: &[&str] = &[
    "notes", "note", "footnotes", "endnotes", "anmerkungen", "fußnoten", "fussnoten", "endnoten", "notes de bas de page",
    "notes de fin", "notas", "notas al pie", "notas finales", "notas de rodapé", "note a piè di pagina", "note di chiusura", "przypisy",
    "przypisy końcowe", "примечания", "сноски", "примітки", "виноски", "注释", "注釋", "脚注", "腳註", "尾注", "注", "註", "각주", "미주", "주석",
    "الهوامش", "الحواشي", "هوامش", "notlar", "dipnotlar", "sonnotlar", "catatan kaki", "catatan akhir", "catatan", "chú thích", "ghi chú",
    "noten", "voetnoten", "eindnoten", "noter", "fotnoter", "slutnoter", "viitteet",
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
    "ملحق", "ملاحق", "phụ", "lampiran", "補遺", "補論", "資料", "questionnaire", "fragebogen", "lebenslauf", "curriculum", "cuestionario",
    "questionário", "questionario", "kwestionariusz", "анкета", "послесловие", "післямова", "kesimpulan",
    "sonuç", "kết", "结论", "結論", "结语", "おわりに", "결론", "감사의", "الخاتمة", "afterword", "postscript", "epilogue",
];
