//! Two short texts in each of several languages, made up for these tests.

/// A language with two texts that have nothing in common.
pub(super) struct Language {
    pub(super) name: &'static str,
    /// The text that is copied from.
    pub(super) source: &'static str,
    /// The text around the copy.
    pub(super) other: &'static str,
    /// The tokens of eight words.
    pub(super) eight_words: usize,
}

const fn spaced(name: &'static str, source: &'static str, other: &'static str) -> Language {
    Language { name, source, other, eight_words: 8 }
}

pub(super) const LANGUAGES: &[Language] = &[
    spaced(
        "English",
        "The harbour master kept a ledger of every boat that came in after dark, with a note of its lamps and a guess at its \
         cargo, and in the winter of 1932 a stranger paid good coin for one torn page of it",
        "Nobody plants walnuts for himself. My neighbour, who is eighty, set three of them along the ditch last autumn and \
         asked the children to remember which was whose when the time should come",
    ),
    spaced(
        "German",
        "Die Straße zum Bahnhof wurde im Frühjahr 1987 zum dritten Mal aufgerissen, weil niemand wusste, wo die größeren Rohre \
         lagen, und die Bäckerin verkaufte ihre süßen Brötchen über ein schmales Brett hinweg",
        "Mein Onkel sammelte Schlüssel, zu denen es keine Türen mehr gab. Jeder hatte einen Zettel mit einem Namen, einer \
         Gasse und dem Tag, an dem das Haus verschwand",
    ),
    spaced(
        "French",
        "L’été de 1964, le fermier céda son pré à la commune pour qu’on y élève une école, à condition que les élèves \
         puissent garder l’âne, dont le caractère difficile était déjà célèbre jusqu’à la préfecture",
        "On m’avait promis une chambre sur la cour. La fenêtre donnait pourtant sur les rails, et chaque nuit, vers trois \
         heures, un long convoi faisait trembler le verre posé près du lit",
    ),
    spaced(
        "Spanish",
        "Según la señora Núñez, el último tranvía salía a las once y llevaba más músicos que viajeros; ningún año después de \
         1951 volvió a oírse el acordeón en aquella parada junto al almacén de café",
        "El río baja cargado de ramas cuando llueve en la sierra. Los chicos esperan en el puente con ganchos y sacan leña \
         para todo el invierno sin gastar una sola moneda",
    ),
    spaced(
        "Polish",
        "Święty spokój skończył się, gdy w 1978 roku za płotem zaczęto budować młyn; mąż młynarki źle spał, gęsi wciąż uciekały \
         na łąkę, a żółty kurz osiadał na każdej książce w bibliotece szkoły",
        "Babcia liczyła schody na głos, żebyśmy nauczyli się cyfr. Do dziś, gdy wchodzę na trzecie piętro, słyszę jej głos i \
         mylę się zawsze w tym samym miejscu",
    ),
    spaced(
        "Turkish",
        "Ilık bir akşamdı; İstanbul'un ışıkları denize düşüyor, kayıkçı ıslık çalarak küreğini siliyor, iskelede bekleyen kız \
         1974 yılından kalma sararmış bir bileti ikide bir açıp okuyordu",
        "Bizim sokakta herkes birbirinin ekmeğini bilir. Fırıncı sabah dokuzda kapıyı kapatır, çünkü oğlu o saatte uyanır ve \
         evi un çuvalı sanıp içinde saklanır",
    ),
    spaced(
        "Vietnamese",
        "Bà ngoại tôi giữ chiếc đồng hồ cũ trong ngăn kéo, mỗi tối lên dây một lần dù kim đã gãy từ năm 1969, vì bà tin rằng \
         tiếng tích tắc giữ cho ngôi nhà khỏi quên những người đã đi xa",
        "Chợ họp trước khi mặt trời mọc. Người bán cá ngồi sát bờ sông, còn những gánh hoa đứng dọc theo bức tường trắng của \
         trường học cho đến khi trống vào lớp",
    ),
    spaced(
        "Russian",
        "Ещё до войны мой дед выменял на ярмарке 1913 года чёрного козла, который ел всё подряд, кроме травы, и однажды сжевал \
         купчую на дом, отчего семья двадцать лет жила там без всяких бумаг",
        "Почтальон у нас новый. Он ставит велосипед под берёзой, садится на ступеньки и читает открытки вслух, потому что наши \
         старики давно потеряли очки и ничуть об этом не жалеют",
    ),
    spaced(
        "Ukrainian",
        "Їжак, якого ми знайшли під ґанком у 1991 році, щовечора приходив по молоко, їв не поспішаючи, а потім зникав у \
         бузині, і мій молодший брат був переконаний, що то зачарований сільський вчитель",
        "Коли замерзає ставок, хлопці виносять на лід старі двері. На них можна їхати втрьох, якщо тримати вітер ковдрою і не \
         думати про тонкі місця біля очерету",
    ),
    spaced(
        "Greek",
        "Το καΐκι του παππού έμεινε δεμένο στο λιμάνι από το 1958, μα κάθε άνοιξη το έβαφε πάλι γαλάζιο, γιατί έλεγε πως ένα \
         σκαρί που μένει άβαφο ξεχνά πρώτα τη θάλασσα και ύστερα τον άνθρωπο",
        "Στο χωριό μας οι καμπάνες χτυπούν λάθος ώρα. Κανείς δεν διαμαρτύρεται, αφού έτσι προλαβαίνουμε όλοι το λεωφορείο και \
         ο δάσκαλος κοιμάται λίγο παραπάνω",
    ),
    spaced(
        "Arabic",
        "كان أبي يكتب أسماء الزبائن على جدار الدكان منذ سنة 1955 ثم يمحوها حين يدفعون ديونهم إلا اسما واحدا بقي مكتوبا بخط \
         أحمر كبير لأن صاحبه رحل إلى المدينة ولم يرجع مرة أخرى",
        "في قريتنا بئر لا يشرب منها أحد. يقول الشيوخ إن ماءها حلو لكن الطريق إليها طويل وقد نسي الناس مكان الحبل وصار \
         الأطفال يرمون فيها الحجارة",
    ),
    spaced(
        "Persian",
        "پیرمرد کفاش هر روز صبح کلید مغازه را به دیوار می‌زد تا بختش بیدار شود و از سال 1343 هیچ کفشی را بی‌آنکه نام صاحبش \
         را زیر پاشنه بنویسد به مشتری پس نمی‌داد",
        "باران که می‌آید بچه‌ها قایق کاغذی می‌سازند. جوی کوچه تنگ است و قایق‌ها کنار نانوایی گیر می‌کنند و نانوا آنها را روی \
         تنور خشک می‌کند",
    ),
    spaced(
        "Hebrew",
        "סבתא שלי שמרה בארון קופסה של כפתורים מכל מעיל שנזרק מאז שנת 1948 וידעה לספר על כל אחד מהם מי לבש אותו לאן נסע ולמה \
         לא חזר בזמן לארוחת הערב",
        "ליד התחנה הישנה גדל עץ תות ענק. הנהגים עוצרים מתחתיו גם כשאין נוסעים וצובעים לעצמם את הידיים בסגול עד סוף הקיץ",
    ),
    spaced(
        "Hindi",
        "हमारे गाँव का डाकिया साइकिल पर घंटी की जगह एक पुराना बर्तन बाँधता था और 1962 की सर्दी में जब नदी जम गई तो उसने सारी \
         चिट्ठियाँ ज़ोर से पढ़कर उस पार के लोगों को सुनाई",
        "मेरी बहन हर शाम छत पर तारे गिनती है। उसका हिसाब कभी पूरा नहीं होता क्योंकि पड़ोस का कुत्ता ठीक उसी समय भौंकता है और \
         वह फिर से शुरू करती है",
    ),
    Language {
        name: "Chinese",
        source: "守门人每天傍晚都要点一遍仓库里的木箱，把数目写在1979年留下的旧账本上，虽然箱子早就空了，他仍旧相信总有一天主人会回来问他少了几只",
        other: "山路转弯的地方有一家茶馆，老板娘从不记账。谁喝了几碗，她只看鞋底的泥，走得远的人付一半的钱，近处的邻居反而要多给",
        eight_words: 14,
    },
    Language {
        name: "Japanese",
        source: "時計屋の主人は毎晩、止まった柱時計の前に椅子を置いて、1968年の夏に聞いた音をもう一度だけ思い出そうとしていたが、孫が笑うたびに忘れてしまった",
        other: "川沿いの道では犬が先に歩く。飼い主は傘を杖のかわりにして、橋の下で眠る猫たちに小さく挨拶をしながら帰っていく",
        eight_words: 20,
    },
    spaced(
        "Korean",
        "우리 할머니는 장독대 옆에 작은 의자를 놓고 1966년 가을부터 하루도 빠짐없이 구름의 모양을 공책에 적어 두셨는데 그 \
         글씨가 너무 작아서 아무도 끝까지 읽지 못했다",
        "골목 끝 이발소에는 손님보다 화분이 많다. 주인은 머리를 자르기 전에 먼저 꽃에 물을 주고 라디오 소리를 조금 낮춘다",
    ),
    Language {
        name: "Thai",
        source: "ลุงคนเฝ้าประภาคารจดชื่อเรือทุกลำที่แล่นผ่านลงในสมุดเล่มเก่าตั้งแต่ปี 1957 แม้ตะเกียงจะดับไปนานแล้ว แกก็ยังขึ้นบันไดไปเช็ดกระจกทุกเช้าเหมือนเดิม",
        other: "ตลาดริมคลองเปิดก่อนฟ้าสาง แม่ค้าขนมพายเรือมาช้า ๆ เด็กวัดรอซื้อข้าวเหนียวแล้วรีบวิ่งกลับไปก่อนระฆังดัง",
        eight_words: 28,
    },
];
