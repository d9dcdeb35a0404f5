//! Worksheets in several languages: questions that all have, answers that differ or do not.

/// A worksheet, with the answers of two students.
pub struct Worksheet {
    pub language: &'static str,
    pub questions: [&'static str; 4],
    /// The questions as another teacher edited them.
    pub edited: [&'static str; 4],
    pub one: [&'static str; 4],
    pub other: [&'static str; 4],
}

pub const WORKSHEETS: [Worksheet; 6] = [
    Worksheet {
        language: "English",
        questions: [
            "Describe in two or three sentences what the lighthouse keeper found on the morning after the storm.",
            "Explain why the islanders refused to sell their wool to the merchant from the mainland.",
            "Compare the two letters of the doctor and say which of them you believe, with your reasons.",
            "Suggest how the ferry company could have prevented the accident in the narrow channel.",
        ],
        edited: [
            "Describe in one or two sentences what the lighthouse keeper saw on the morning before the storm.",
            "Tell why the islanders refused to sell any wool to a merchant from the mainland.",
            "Read the two letters of the doctor and say which of them you trust, with a reason.",
            "Suggest how the ferry company might have prevented the collision in the narrow channel.",
        ],
        one: [
            "Broken glass lay everywhere and a frightened gull sat inside the lamp room beside his logbook.",
            "Prices had fallen three years running so they waited for better offers coming from Norway.",
            "Her second version mentions witnesses by name which makes it much easier to verify afterwards.",
            "Radar training every winter plus lower speeds at dusk would probably have been enough here.",
        ],
        other: [
            "A small boat without oars drifted below, carrying nothing except wet blankets and some bread.",
            "Old debts between families mattered more to everyone than whatever money somebody put down.",
            "I trust neither because both were written months later when people already expected trouble.",
            "They should hire local pilots again, since charts of that passage are hopelessly out of date.",
        ],
    },
    Worksheet {
        language: "German",
        questions: [
            "Beschreibe in wenigen Sätzen, was der Leuchtturmwärter am Morgen nach dem großen Sturm vorfand.",
            "Erkläre, warum die Bewohner der Insel ihre Wolle nicht an den Händler vom Festland verkaufen wollten.",
            "Vergleiche die beiden Briefe der Ärztin und sage mit Gründen, welchem von ihnen du glaubst.",
            "Schlage vor, wie die Reederei das Unglück in der engen Fahrrinne hätte verhindern können.",
        ],
        edited: [
            "Beschreibe in drei Sätzen, was der Leuchtturmwärter am Abend nach dem schweren Sturm vorfand.",
            "Erläutere, warum die Bewohner der Insel keine Wolle an den Händler vom Festland liefern wollten.",
            "Vergleiche die zwei Briefe der Ärztin und sage mit Belegen, welchem von ihnen du folgst.",
            "Überlege, wie die Reederei das Unglück in der schmalen Fahrrinne hätte vermeiden können.",
        ],
        one: [
            "Überall lagen Scherben herum und neben seinem Logbuch saß eine verängstigte Möwe im Lampenraum.",
            "Drei Jahre lang waren Preise gefallen, also wartete man lieber auf bessere Angebote aus Norwegen.",
            "Im zweiten Schreiben werden Zeugen namentlich genannt, was eine spätere Überprüfung deutlich erleichtert.",
            "Jährliche Schulungen am Radar sowie langsamere Fahrt bei Dämmerung hätten vermutlich schon ausgereicht.",
        ],
        other: [
            "Unten trieb ein kleines Boot ohne Ruder, darin nichts außer nassen Decken und etwas Brot.",
            "Alte Schulden zwischen einzelnen Familien wogen schwerer als jedes Geld, das irgendwer hinlegte.",
            "Ich traue keinem, denn beide entstanden Monate später, als alle längst mit Ärger rechneten.",
            "Man sollte wieder einheimische Lotsen einstellen, weil Karten dieser Passage hoffnungslos veraltet sind.",
        ],
    },
    Worksheet {
        language: "Spanish",
        questions: [
            "Describe en dos o tres frases lo que encontró el farero en la mañana después de la tormenta.",
            "Explica por qué los isleños no quisieron vender su lana al comerciante que llegó del continente.",
            "Compara las dos cartas de la doctora y di con razones en cuál de ellas confías más.",
            "Propón cómo la compañía del transbordador pudo haber evitado el accidente en el canal estrecho.",
        ],
        edited: [
            "Describe en una o dos frases lo que vio el farero en la mañana antes de la tormenta.",
            "Cuenta por qué los isleños no pudieron vender su lana al comerciante que vino del continente.",
            "Lee las dos cartas de la doctora y di con ejemplos en cuál de ellas crees más.",
            "Imagina cómo la compañía del transbordador pudo haber impedido el accidente en el canal angosto.",
        ],
        one: [
            "Había cristales rotos por todas partes y una gaviota asustada junto a su cuaderno de bitácora.",
            "Llevaban tres años bajando los precios, así que esperaban mejores ofertas llegadas desde Noruega.",
            "Su segunda versión menciona testigos con nombre propio, algo mucho más fácil de comprobar luego.",
            "Bastaban seguramente cursos anuales de radar junto con menor velocidad cuando cae la noche.",
        ],
        other: [
            "Abajo flotaba una barca pequeña sin remos, con mantas mojadas y un poco de pan duro.",
            "Viejas deudas entre familias pesaban mucho más que cualquier dinero puesto encima de esa mesa.",
            "Ninguna me convence, pues ambas fueron escritas meses más tarde cuando todos esperaban problemas.",
            "Deberían contratar otra vez pilotos locales, ya que sus mapas están completamente anticuados hoy.",
        ],
    },
    Worksheet {
        language: "Russian",
        questions: [
            "Опишите в двух или трёх предложениях, что смотритель маяка нашёл утром после сильной бури.",
            "Объясните, почему жители острова отказались продавать свою шерсть торговцу с большой земли.",
            "Сравните два письма доктора и скажите, которому из них вы верите и по какой причине.",
            "Предложите, как владельцы парома могли предотвратить несчастный случай в узком проливе.",
        ],
        edited: [
            "Опишите в одном или двух предложениях, что смотритель маяка увидел утром перед сильной бурей.",
            "Расскажите, почему жители острова отказались отдавать свою шерсть купцу с большой земли.",
            "Прочтите два письма доктора и скажите, которому из них вы доверяете и по какой причине.",
            "Подумайте, как владельцы парома могли избежать несчастного случая в узком проливе.",
        ],
        one: [
            "Повсюду лежали осколки стекла, а возле вахтенного журнала сидела напуганная чайка.",
            "Три года подряд цены падали, поэтому люди ждали более выгодных предложений из Норвегии.",
            "Во второй версии свидетели названы поимённо, так что проверить её потом намного легче.",
            "Хватило бы ежегодных занятий по радару и меньшей скорости хода в сумерках зимой.",
        ],
        other: [
            "Внизу качалась маленькая лодка без вёсел, полная мокрых одеял и чёрствого хлеба.",
            "Старые долги между семьями значили гораздо больше любых денег, выложенных на стол.",
            "Ни одно меня не убеждает: оба написаны месяцами позже, когда все ожидали неприятностей.",
            "Нужно снова нанять местных лоцманов, ведь карты этих вод безнадёжно устарели давно.",
        ],
    },
    Worksheet {
        language: "Polish",
        questions: [
            "Opisz w dwóch lub trzech zdaniach, co latarnik znalazł rankiem następnego dnia po burzy.",
            "Wyjaśnij, dlaczego mieszkańcy wyspy nie chcieli sprzedać swojej wełny kupcowi ze stałego lądu.",
            "Porównaj oba listy lekarki i powiedz, któremu z nich wierzysz oraz jakie masz powody.",
            "Zaproponuj, jak właściciele promu mogli zapobiec wypadkowi w wąskim kanale przy porcie.",
        ],
        edited: [
            "Opisz w jednym lub dwóch zdaniach, co latarnik zobaczył rankiem następnego dnia po sztormie.",
            "Napisz, dlaczego mieszkańcy wyspy nie chcieli oddać swojej wełny kupcowi ze stałego lądu.",
            "Przeczytaj oba listy lekarki i powiedz, któremu z nich ufasz oraz jakie masz dowody.",
            "Zastanów się, jak właściciele promu mogli uniknąć wypadku w wąskim kanale przy porcie.",
        ],
        one: [
            "Wszędzie leżało potłuczone szkło, a obok dziennika siedziała przestraszona mewa z ranną łapą.",
            "Ceny spadały trzeci rok, więc wszyscy czekali na lepsze oferty nadchodzące z Norwegii.",
            "Druga wersja wymienia świadków po nazwisku, dzięki czemu później łatwiej ją sprawdzić.",
            "Wystarczyłyby coroczne szkolenia z obsługi radaru razem z wolniejszą jazdą o zmierzchu.",
        ],
        other: [
            "Poniżej dryfowała mała łódka bez wioseł, pełna mokrych koców i kilku kromek chleba.",
            "Dawne długi między rodzinami znaczyły więcej niż jakiekolwiek pieniądze położone na stole.",
            "Żaden mnie nie przekonuje, bo powstały wiele miesięcy później, gdy wszyscy spodziewali się kłopotów.",
            "Należy znowu zatrudnić miejscowych pilotów, ponieważ mapy tego przejścia są beznadziejnie przestarzałe.",
        ],
    },
    Worksheet {
        language: "Japanese",
        questions: [
            "嵐の翌朝に灯台守が何を見つけたのかを二つか三つの文で説明しなさい。",
            "島の人々が本土から来た商人に羊毛を売ることを断った理由を述べなさい。",
            "医師が書いた二通の手紙を比べて、どちらを信じるかを理由とともに答えなさい。",
            "狭い海峡で起きた事故を船会社がどうすれば防げたかを提案しなさい。",
        ],
        edited: [
            "嵐の前夜に灯台守が何を見かけたのかを一つか二つの文で説明しなさい。",
            "島の人々が本土に住む商人に羊毛を渡すことを断った理由を書きなさい。",
            "医師が残した二通の手紙を読んで、どちらを選ぶかを理由とともに答えなさい。",
            "狭い水路で起きた事故を船会社がどうすれば避けられたかを提案しなさい。",
        ],
        one: [
            "割れたガラスが床一面に散らばり、航海日誌の横で怯えたカモメがじっとしていた。",
            "三年続けて値段が下がっていたので、もっと良いノルウェーの買い手を待っていたから。",
            "後のほうは証人の名前まで挙げてあり、あとから確かめやすいので信用できる。",
            "毎冬レーダーの訓練を行い、夕暮れには速度を落とすだけで十分だったはずだ。",
        ],
        other: [
            "櫂のない小舟が岩場に流れ着き、濡れた毛布と固くなったパンだけが残されていた。",
            "家どうしの古い借りのほうが、机に積まれたどんな金よりも重かったのである。",
            "どちらも数か月たってから書かれ、皆がもめごとを予想していたため疑わしい。",
            "海図が古すぎるのだから、地元の水先案内人をもう一度雇い入れるべきだと思う。",
        ],
    },
];
