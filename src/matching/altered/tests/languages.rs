//! Altered text in several languages and scripts, and texts on one subject that have nothing else in common.
use std::hash::RandomState;
use std::sync::Arc;

use crate::matching::altered::{Guess, Passage, PassageKind, StemCache, StemProfiler, Tuning, detect};
use crate::text::{CorpusSeed, Tokenizer};

/// Texts on one subject in one language.
struct Texts {
    language: &'static str,
    source: &'static str,
    /// The source in other words, with words inflected and moved.
    altered: &'static str,
    /// A text of another author on the same subject.
    other: &'static str,
}

const TEXTS: &[Texts] = &[
    Texts {
        language: "Spanish",
        source: "El molino viejo está a la orilla del río, cerca del puente de piedra. Durante dos siglos molió el trigo de \
            los campesinos del valle, y sus ruedas solo se detenían cuando el invierno congelaba el agua. Hoy la \
            familia del último molinero conserva las herramientas en un pequeño museo, donde los niños de la \
            escuela aprenden cómo se hacía la harina y por qué el pan sabía distinto.",
        altered: "Junto al puente de piedra, a orillas del río, se encuentra el viejo molino. Molía durante dos siglos \
            el trigo de campesinos de todo el valle, y sus ruedas únicamente paraban si el invierno helaba las \
            aguas. La familia del último molinero guarda ahora sus herramientas en un museo pequeño, y allí los \
            niños de las escuelas descubren cómo se hacía harina y por qué sabía distinto aquel pan.",
        other: "Los molinos de viento cambiaron el paisaje de la llanura en pocos años. Cada empresa levantó torres \
            de acero que producen electricidad para miles de casas, y los pueblos cobran una renta por el terreno. \
            Algunos vecinos protestan por el ruido de las aspas y por las aves que mueren, pero otros recuerdan que \
            antes no había trabajo y que muchos jóvenes tuvieron que marcharse a la ciudad.",
    },
    Texts {
        language: "German",
        source: "Die alte Mühle steht am Ufer des Flusses, nicht weit von der steinernen Brücke. Zwei Jahrhunderte lang \
            mahlte sie das Getreide der Bauern aus dem Tal, und ihre Räder standen nur still, wenn der Winter das \
            Wasser gefrieren ließ. Heute bewahrt die Familie des letzten Müllers die Werkzeuge in einem kleinen \
            Museum auf, in dem Schulkinder lernen, wie man früher Mehl herstellte.",
        altered: "Unweit der steinernen Brücke steht am Flussufer eine alte Mühle. Das Getreide der Bauern des Tales \
            mahlte sie zwei Jahrhunderte lang, und nur wenn im Winter das Wasser gefror, standen ihre Räder \
            still. Die Werkzeuge werden heute von der Familie des letzten Müllers in einem kleinen Museum \
            bewahrt, wo die Kinder der Schule lernen, wie früher Mehl hergestellt wurde.",
        other: "Windmühlen haben die Landschaft an der Küste in wenigen Jahren verändert. Große Unternehmen errichteten \
            Türme aus Stahl, die Strom für tausende Haushalte liefern, und die Gemeinden erhalten dafür Pacht. \
            Manche Nachbarn klagen über den Lärm der Flügel und über tote Vögel, andere erinnern daran, dass es \
            vorher kaum Arbeit gab und die jungen Leute in die Stadt ziehen mussten.",
    },
    Texts {
        language: "Russian",
        source: "Старая мельница стоит на берегу реки, недалеко от каменного моста. Двести лет она молола зерно \
            крестьян из долины, и её колёса останавливались только тогда, когда зимой замерзала вода. Сегодня \
            семья последнего мельника хранит инструменты в маленьком музее, где школьники узнают, как раньше \
            делали муку и почему хлеб имел другой вкус.",
        altered: "Недалеко от моста из камня, на речном берегу, находится старая мельница. Зерно крестьянам долины она \
            молола двести лет, а колёса её останавливали лишь зимой, когда вода замерзала. Сейчас в маленьком \
            музее семья последнего мельника сохраняет его инструменты, и школьникам рассказывают, как делалась \
            раньше мука и почему вкус хлеба был другим.",
        other: "Ветряные электростанции за несколько лет изменили побережье. Компании поставили стальные башни, которые \
            дают ток тысячам домов, а посёлки получают плату за землю. Одни жители жалуются на шум лопастей и на \
            гибель птиц, другие вспоминают, что прежде работы почти не было и молодые люди уезжали в город.",
    },
    Texts {
        language: "Polish",
        source: "Stary młyn stoi nad brzegiem rzeki, niedaleko kamiennego mostu. Przez dwa stulecia mełł zboże chłopów \
            z doliny, a jego koła zatrzymywały się tylko wtedy, gdy zimą zamarzała woda. Dzisiaj rodzina \
            ostatniego młynarza przechowuje narzędzia w małym muzeum, gdzie dzieci ze szkoły poznają, jak dawniej \
            wyrabiano mąkę i dlaczego chleb smakował inaczej.",
        altered: "Niedaleko mostu z kamienia, na brzegu rzeki, znajduje się stary młyn. Zboże chłopom z całej doliny mełł \
            przez dwa stulecia, a koła zatrzymywano jedynie zimą, kiedy woda zamarzała. W małym muzeum \
            rodzina ostatniego młynarza dziś przechowuje jego narzędzia, a szkolne dzieci poznają tam, jak \
            mąkę wyrabiano dawniej i czemu inaczej smakował chleb.",
        other: "Elektrownie wiatrowe w kilka lat zmieniły krajobraz wybrzeża. Firmy postawiły stalowe wieże, które dają \
            prąd tysiącom domów, a gminy dostają czynsz za grunt. Jedni mieszkańcy skarżą się na hałas skrzydeł i \
            na ginące ptaki, inni przypominają, że wcześniej brakowało pracy i młodzi wyjeżdżali do miasta.",
    },
    Texts {
        language: "Turkish",
        source: "Eski değirmen nehrin kıyısında, taş köprünün yakınında durur. İki yüzyıl boyunca vadideki köylülerin \
            buğdayını öğüttü ve çarkları ancak kışın su donduğunda dururdu. Bugün son değirmencinin ailesi aletleri \
            küçük bir müzede saklıyor; okul çocukları orada eskiden unun nasıl yapıldığını ve ekmeğin neden \
            başka bir tadı olduğunu öğreniyor.",
        altered: "Taş köprünün yakınında, nehir kıyısında eski bir değirmen bulunur. Vadinin köylülerine iki yüzyıl \
            boyunca buğday öğüttü, çarkları da yalnızca kışın, sular donunca dururdu. Son değirmencinin ailesi \
            aletlerini bugün küçük müzede saklamaktadır ve okulun çocukları burada unun eskiden nasıl \
            yapıldığını, ekmeğin tadının neden başka olduğunu öğrenir.",
        other: "Rüzgâr santralleri birkaç yılda sahilin görünümünü değiştirdi. Şirketler binlerce eve elektrik veren çelik \
            kuleler dikti, belediyeler de arazi için kira alıyor. Bazı komşular kanatların gürültüsünden ve ölen \
            kuşlardan yakınıyor, bazıları ise önceden iş bulunmadığını ve gençlerin kente göç ettiğini hatırlatıyor.",
    },
    Texts {
        language: "Arabic",
        source: "تقع الطاحونة القديمة على ضفة النهر، قريبا من الجسر الحجري. طحنت قمح الفلاحين في الوادي مئتي سنة، ولم \
            تتوقف عجلاتها إلا عندما يتجمد الماء في الشتاء. واليوم تحفظ عائلة الطحان الأخير الأدوات في متحف صغير، يتعلم فيه \
            تلاميذ المدرسة كيف كان الدقيق يصنع قديما ولماذا كان طعم الخبز مختلفا.",
        altered: "قرب الجسر الحجري وعلى ضفة النهر توجد طاحونة قديمة. كانت تطحن القمح لفلاحي الوادي طوال مئتي سنة، وعجلاتها \
            لا تتوقف إلا في الشتاء حين يتجمد الماء. وتحفظ اليوم عائلة آخر طحان أدواته في المتحف الصغير، حيث يتعلم التلاميذ \
            في المدارس كيف كان يصنع الدقيق ولماذا اختلف طعم الخبز.",
        other: "غيرت مراوح الرياح شكل الساحل خلال أعوام قليلة. أقامت الشركات أبراجا من الفولاذ تزود آلاف البيوت \
            بالكهرباء، وتتقاضى البلديات أجرة عن الأرض. يشكو بعض الجيران من الضجيج ومن موت الطيور، ويذكر آخرون أن فرص \
            العمل كانت نادرة وأن الشباب كانوا يهاجرون إلى المدينة.",
    },
    Texts {
        language: "Korean",
        source: "오래된 물레방앗간은 강가의 돌다리 근처에 서 있다. 이백 년 동안 골짜기 농부들의 밀을 빻았고, 바퀴는 겨울에 물이 얼 때만 \
            멈추었다. 오늘날 마지막 방앗간 주인의 가족은 작은 박물관에 연장을 보관하고 있으며, 학교 아이들은 그곳에서 옛날에 밀가루를 어떻게 \
            만들었는지, 빵의 맛이 왜 달랐는지 배운다.",
        altered: "강가에는 돌다리에서 가까운 곳에 오래된 물레방앗간이 있다. 골짜기의 농부들에게 이백 년간 밀을 빻아 주었으며 겨울이 되어 물이 \
            얼어야 바퀴가 멈추곤 했다. 마지막 주인의 가족이 지금은 연장들을 작은 박물관에서 보관하고, 학교의 아이들이 옛날 밀가루는 어떻게 \
            만들었고 빵은 왜 맛이 달랐는지를 배우고 있다.",
        other: "풍력 발전기는 몇 해 만에 해안의 풍경을 바꾸어 놓았다. 기업들은 수천 가구에 전기를 보내는 강철 탑을 세웠고 마을은 땅값으로 \
            임대료를 받는다. 어떤 이웃은 날개 소리와 죽은 새를 걱정하지만, 다른 사람들은 예전에 일자리가 없어 젊은이들이 도시로 떠났다고 말한다.",
    },
    Texts {
        language: "Japanese",
        source: "古い水車小屋は川のほとり、石橋の近くに建っている。二百年のあいだ谷の農民の小麦をひき、冬に水が凍るときだけ車輪が止まった。\
            今では最後の粉屋の家族が小さな博物館に道具を保存しており、学校の子どもたちは昔どのように小麦粉を作ったのか、なぜパンの味が\
            違っていたのかを学ぶことができる。",
        altered: "石橋の近く、川のほとりには古い水車小屋がある。谷の農民のために二百年にわたって小麦をひいてきたが、車輪が止まるのは冬に水が\
            凍るときだけだった。最後の粉屋の家族は現在、道具を小さな博物館で保存していて、子どもたちが学校から来て、小麦粉を昔どう\
            作ったのか、パンの味がなぜ違ったのかを学んでいる。",
        other: "風力発電は数年で海岸の景色を変えてしまった。企業は何千もの家庭に電気を送る鋼鉄の塔を建てなければならないと考え、町は土地の\
            賃料を受け取ることができる。羽根の騒音や鳥の死を心配する住民もいるが、以前は仕事がなく若者が都会へ出ていったことを忘れて\
            はならないと言う人もいる。",
    },
    Texts {
        language: "Thai",
        source: "โรงสีเก่าตั้งอยู่ริมแม่น้ำใกล้สะพานหิน ตลอดสองร้อยปีโรงสีแห่งนี้บดข้าวสาลีให้ชาวนาในหุบเขา \
            และกังหันจะหยุดหมุนเฉพาะเมื่อน้ำแข็งตัวในฤดูหนาว ปัจจุบันครอบครัวของเจ้าของโรงสีคนสุดท้ายเก็บรักษาเครื่องมือไว้ในพิพิธภัณฑ์เล็ก ๆ \
            ซึ่งเด็กนักเรียนได้เรียนรู้ว่าสมัยก่อนทำแป้งอย่างไรและเหตุใดขนมปังจึงมีรสชาติต่างออกไป",
        altered: "ใกล้สะพานหินริมแม่น้ำมีโรงสีเก่าตั้งอยู่ โรงสีบดข้าวสาลีของชาวนาทั้งหุบเขามาตลอดสองร้อยปี \
            กังหันหยุดหมุนก็เฉพาะในฤดูหนาวเมื่อน้ำแข็งตัว ครอบครัวของเจ้าของคนสุดท้ายยังเก็บเครื่องมือโรงสีไว้ในพิพิธภัณฑ์เล็ก ๆ จนถึงปัจจุบัน \
            และเด็กนักเรียนจะเรียนรู้ที่นั่นว่าสมัยก่อนเขาทำแป้งกันอย่างไร เหตุใดรสชาติขนมปังจึงต่างออกไป",
        other: "กังหันลมเปลี่ยนภาพชายฝั่งทะเลภายในเวลาไม่กี่ปี บริษัทสร้างหอคอยเหล็กที่ส่งไฟฟ้าให้บ้านหลายพันหลัง \
            ส่วนเทศบาลได้ค่าเช่าที่ดิน โดยเฉพาะอย่างยิ่งเพื่อนบ้านบางคนบ่นเรื่องเสียงดังและนกที่ตาย \
            แต่คนอื่นเตือนว่าเมื่อก่อนไม่มีงานทำและคนหนุ่มสาวต้องย้ายเข้าเมือง",
    },
];

/// The passages of `submission` from `source`, without exact runs.
fn passages(submission: &str, source: &str) -> Vec<Passage> {
    let tokenizer = Tokenizer::new(CorpusSeed::new(1));
    let mut profiler = StemProfiler::new(RandomState::new(), Arc::new(StemCache::default()));
    let language = Guess::of(submission).or_surer(Guess::of(source)).language;
    let mut profile = |text| profiler.profile(language, text, &tokenizer.tokenize(text));
    let (submission, source) = (profile(submission), profile(source));
    detect(&submission, &source, &[], &Tuning::default(), &|| false).unwrap_or_default()
}

#[test]
fn text_in_other_words_is_found_in_every_language() {
    for texts in TEXTS {
        let submission = [texts.other, texts.altered].join("\n\n");
        let found = passages(&submission, texts.source);
        let [passage] = found.as_slice() else { panic!("{}: {found:?}", texts.language) };
        assert_eq!(passage.kind, PassageKind::Altered, "{}", texts.language);
        let tokens = |text| Tokenizer::new(CorpusSeed::new(1)).tokenize(text).tokens().len();
        let (before, words) = (tokens(texts.other), tokens(texts.altered));
        assert!(passage.submission.start as usize + words / 10 >= before, "{}: {passage:?}", texts.language);
        assert!(passage.submission.len() * 3 >= words * 2, "{}: {passage:?} of {words}", texts.language);
    }
}

#[test]
fn texts_on_one_subject_have_no_passage_in_any_language() {
    for texts in TEXTS {
        assert_eq!(passages(texts.other, texts.source), [], "{}", texts.language);
        assert_eq!(passages(texts.other, texts.altered), [], "{}", texts.language);
    }
}
