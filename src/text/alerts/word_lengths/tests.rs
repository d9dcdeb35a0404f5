//! Joined and split words in many languages, and texts with long or short words that are neither.

use proptest::prelude::*;

use super::*;
use crate::text::alerts::AlertKind::{self, JoinedWords, SplitWords};
use crate::text::peek;

/// Texts of one language each. What is done to the second paragraph must be found.
const TEXTS: &[&str] = &[
    // English.
    "The council of the valley met every autumn to speak about the bridges, and every spring it had to speak about them again. Nobody kept a list of what the floods had taken. Each bridge was built of wood, since wood was at hand, and each was carried off by the water within three or four years. The older people said that this was the way of the valley.\n\nThen a young engineer came from the city and asked why the bridges were not built of stone. The council laughed and told him that stone had to be brought over the hills, and that it was dearer than wood. He answered that they had paid for the same bridge nine times since the war. They looked at each other, and for a while nobody in the room had anything to say. In the end they asked him to draw a plan and to find out what the stone would cost.\n\nHe went home and wrote to the owner of the quarry beyond the hills. The answer came in the spring, with the price of the stone and of the carts. It was less than the council had feared, and the new bridge was opened in the next year.",
    // German.
    "Der Rat des Tales kam jeden Herbst zusammen, um über die Brücken zu sprechen, und jedes Frühjahr musste er wieder über sie sprechen. Niemand führte eine Liste dessen, was die Fluten mitgenommen hatten. Jede Brücke wurde aus Holz gebaut, weil Holz zur Hand war, und jede wurde nach drei oder vier Jahren vom Wasser fortgetragen. Die Alten sagten, so sei es in diesem Tal eben immer gewesen.\n\nDann kam ein junger Ingenieur aus der Stadt und fragte, warum die Brücken nicht aus Stein gebaut wurden. Der Rat lachte und sagte ihm, dass der Stein über die Berge gebracht werden müsse und dass er teurer sei als das Holz. Er antwortete, dass sie dieselbe Brücke seit dem Krieg neunmal bezahlt hätten. Sie sahen einander an, und eine Weile hatte niemand im Raum etwas zu sagen. Am Ende baten sie ihn, einen Plan zu zeichnen und herauszufinden, was der Stein kosten würde.\n\nEr ging nach Hause und schrieb an den Besitzer des Steinbruchs hinter den Bergen. Die Antwort kam im Frühjahr, mit dem Preis für den Stein und für die Wagen. Es war weniger, als der Rat befürchtet hatte, und die neue Brücke wurde im nächsten Jahr eröffnet.",
    // Spanish.
    "El consejo del valle se reunía cada otoño para hablar de los puentes, y cada primavera tenía que hablar de ellos otra vez. Nadie llevaba la cuenta de lo que se habían llevado las crecidas. Cada puente se hacía de madera, porque la madera estaba a mano, y el agua se llevaba cada uno en tres o cuatro años. Los viejos decían que así era la vida en el valle.\n\nEntonces vino de la ciudad una joven ingeniera y preguntó por qué los puentes no se hacían de piedra. El consejo se rio y le dijo que la piedra había que traerla por los montes, y que era más cara que la madera. Ella respondió que habían pagado el mismo puente nueve veces desde la guerra. Se miraron unos a otros, y durante un rato nadie en la sala tuvo nada que decir. Al final le pidieron que dibujara un plano y que averiguara lo que costaría la piedra.\n\nElla se fue a casa y escribió al dueño de la cantera que está detrás de los montes. La respuesta llegó en la primavera, con el precio de la piedra y de los carros. Era menos de lo que el consejo temía, y el puente nuevo se abrió al año siguiente.",
    // Russian.
    "Совет долины собирался каждую осень, чтобы говорить о мостах, и каждую весну ему приходилось говорить о них снова. Никто не вёл списка того, что унесла вода. Каждый мост строили из дерева, потому что дерево было под рукой, и каждый через три или четыре года уносила вода. Старики говорили, что так в этой долине было всегда.\n\nПотом из города приехал молодой инженер и спросил, почему мосты не строят из камня. Совет посмеялся и сказал ему, что камень надо везти через горы и что он дороже, чем дерево. Он ответил, что после войны они заплатили за один и тот же мост девять раз. Они посмотрели друг на друга, и некоторое время никто в комнате не знал, что сказать. В конце концов они попросили его сделать чертёж и узнать, сколько будет стоить камень.\n\nОн поехал домой и написал хозяину каменоломни, что лежит за горами. Ответ пришёл весной, и в нём была цена камня и телег. Это было меньше, чем боялся совет, и новый мост открыли в следующем году.",
    // Greek.
    "Το συμβούλιο της κοιλάδας μαζευόταν κάθε φθινόπωρο για να μιλήσει για τα γεφύρια, και κάθε άνοιξη έπρεπε να μιλήσει πάλι για αυτά. Κανείς δεν κρατούσε λογαριασμό για όσα είχε πάρει το νερό. Κάθε γεφύρι το έκαναν από ξύλο, γιατί το ξύλο ήταν κοντά, και το κάθε ένα το έπαιρνε το νερό σε τρία ή τέσσερα χρόνια. Οι γέροι έλεγαν πως έτσι ήταν πάντα στην κοιλάδα.\n\nΤότε ήρθε από την πόλη ένας νέος μηχανικός και ρώτησε γιατί τα γεφύρια δεν τα έκαναν από πέτρα. Το συμβούλιο γέλασε και του είπε πως την πέτρα έπρεπε να την φέρουν από τα βουνά και πως ήταν πιο ακριβή από το ξύλο. Αυτός είπε πως από τον πόλεμο και μετά είχαν πληρώσει το ίδιο γεφύρι εννιά φορές. Κοίταξαν ο ένας τον άλλον, και για λίγο κανείς στο δωμάτιο δεν είχε τίποτα να πει. Στο τέλος του ζήτησαν να κάνει ένα σχέδιο και να μάθει πόσο θα κόστιζε η πέτρα.\n\nΑυτός πήγε στο σπίτι και έγραψε στον άνθρωπο που είχε την πέτρα πίσω από τα βουνά. Η απάντηση ήρθε την άνοιξη, με την τιμή για την πέτρα και για τα κάρα. Ήταν λιγότερο από όσο φοβόταν το συμβούλιο, και το νέο γεφύρι άνοιξε τον άλλο χρόνο.",
    // Arabic.
    "كان مجلس الوادي يجتمع في كل خريف ليتكلم عن الجسور، وكان عليه في كل ربيع أن يتكلم عنها من جديد. ولم يكتب أحد ما أخذه الماء من القرية في تلك السنوات. وكان كل جسر يبنى من الخشب لأن الخشب كان قريبا، وكان الماء يأخذ كل جسر بعد ثلاث سنوات أو أربع. وكان الشيوخ يقولون إن هذا هو حال الوادي منذ القديم.\n\nثم جاء من المدينة مهندس شاب وسأل لماذا لا تبنى الجسور من الحجر. فضحك المجلس وقال له إن الحجر يجب أن يحمل من وراء الجبال وإنه أغلى من الخشب. فقال لهم إنهم دفعوا ثمن هذا الجسر تسع مرات منذ الحرب. فنظر كل منهم إلى الآخر، ولم يكن عند أحد في الغرفة ما يقوله. وفي آخر الأمر طلبوا منه أن يرسم لهم خطة وأن يعرف كم يكون ثمن الحجر من وراء الجبال.\n\nفذهب إلى البيت وكتب إلى صاحب الحجر الذي من وراء الجبال. وجاء الجواب في الربيع، وفيه ثمن الحجر وثمن العربات. وكان أقل مما خافه المجلس من قبل، وفتح الجسر الجديد في العام الذي بعده.",
];

/// `text` with its second paragraph changed.
fn with_second(text: &str, change: impl Fn(&str) -> String) -> String {
    let mut paragraphs: Vec<String> = text.split("\n\n").map(str::to_owned).collect();
    paragraphs[1] = change(&paragraphs[1]);
    paragraphs.join("\n\n")
}

/// `text` with every `n`-th space and no other.
fn every_nth_space(text: &str, n: usize, filler: &str) -> String {
    let words: Vec<_> = text.split(' ').collect();
    words.chunks(n).map(|words| words.join(filler)).collect::<Vec<_>>().join(" ")
}

/// `text` with a space after every two or three letters of longer words.
fn split_words(text: &str) -> String {
    let split = |word: &str| {
        let chars: Vec<char> = word.chars().collect();
        let size = if chars.len().is_multiple_of(2) { 2 } else { 3 };
        chars.chunks(size).map(|piece| piece.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
    };
    text.split(' ').map(split).collect::<Vec<_>>().join(" ")
}

fn kinds(text: &str) -> Vec<AlertKind> {
    let mut kinds: Vec<_> = findings(text).iter().map(|finding| finding.kind).collect();
    kinds.dedup();
    kinds
}

/// Checks that all findings are of one kind and lie in the second paragraph.
fn check_second(text: &str, kind: AlertKind) {
    let first = text.find("\n\n").unwrap();
    let last = text.rfind("\n\n").unwrap();
    let found = findings(text);
    assert!(!found.is_empty(), "nothing in {text}");
    for finding in found {
        assert_eq!(finding.kind, kind, "{}", peek::slice(text, finding.start, finding.end));
        // A window may begin before the paragraph or end after it.
        assert!(
            finding.start + 220 > first && finding.end < last + 220,
            "{}",
            peek::slice(text, finding.start, finding.end)
        );
    }
}

#[test]
fn joined_words_are_seen() {
    for text in TEXTS {
        for filler in ["", "l", "x", "0", "о"] {
            check_second(&with_second(text, |passage| passage.replace(' ', filler)), JoinedWords);
        }
        check_second(&with_second(text, |passage| every_nth_space(passage, 2, "")), JoinedWords);
        check_second(&with_second(text, |passage| every_nth_space(passage, 3, "")), JoinedWords);
        check_second(&with_second(text, |passage| every_nth_space(passage, 2, "l")), JoinedWords);
        let all = text.replace([' ', '\n'], "");
        assert_eq!(kinds(&all), [JoinedWords], "{all}");
    }
}

#[test]
fn split_words_are_seen() {
    for text in TEXTS {
        check_second(&with_second(text, split_words), SplitWords);
    }
}

#[test]
fn joined_words_of_other_scripts_are_seen() {
    for text in [
        "그의회는해마다가을이면다리에대하여이야기하려고모였고봄이면다시이야기해야했다고한다",
        "המועצהשלהעמקנפגשהבכלסתיוכדילדברעלהגשריםובכלאביבהיאנאלצהלדברעליהםשוב",
        "ხეობისსაბჭოყოველშემოდგომაზეიკრიბებოდახიდებზესალაპარაკოდდაყოველგაზაფხულზეისევ",
        "Հովտիխորհուրդնամենաշունհավաքվումէրկամուրջներիմասինխոսելուհամարևամենգարունկրկին",
        "vadininmeclisiherguztoplanırveköprülerhakkındakonuşurdusonraherbaharyenidenkonuşurdu",
        "laaksonneuvostokokoontuijokasyksypuhumaansilloistajajokakevätsenpitipuhuaniistäuudelleen",
    ] {
        assert_eq!(kinds(&format!("A word. {text}. A word.")), [JoinedWords], "{text}");
    }
}

#[test]
fn ordinary_texts_raise_no_alert() {
    for text in TEXTS {
        assert_eq!(kinds(text), [], "{text}");
        assert_eq!(kinds(&text.to_uppercase()), [], "{text}");
        for other in TEXTS {
            let both = format!("{other}\n\n{text}");
            assert_eq!(kinds(&both), [], "{both}");
        }
    }
}

#[test]
fn long_words_that_are_at_home_raise_no_alert() {
    let english = TEXTS[0];
    for text in [
        // Compounds.
        "Das Rechtsschutzversicherungsgesellschaftsgesetz und die Donaudampfschifffahrtsgesellschaft sind lange Wörter.",
        "Die Kraftfahrzeughaftpflichtversicherung zahlt, wenn das Bundesverfassungsgericht es will, und die Grundstücksverkehrsgenehmigungszuständigkeitsübertragungsverordnung gilt nicht mehr.",
        "Lentokonesuihkuturbiinimoottoriapumekaanikko ja kolmivaihekilowattituntimittari ovat pitkiä sanoja.",
        "Çekoslovakyalılaştıramadıklarımızdanmısınız diye sordu, ama kimse cevap vermedi.",
        "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch is a village in Wales.",
        "Legfelsőbb megszentségteleníthetetlenségeskedéseitekért, mondta.",
        // Data.
        "ACGTTGCATGTCGCATGATGCATGAGAGCTACGTTGCATGTCGCATGATGCATGAGAGCTACGTTGCATGTCGCATGATGCATGAGAGCT",
        "The hash is 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08e3b0c44298fc1c149afbf4c8996fb924.",
        "dGhpcyBpcyBhIGxvbmdlciB0ZXh0IHdoaWNoIGlzIGVuY29kZWQgaW4gYmFzZSBzaXh0eSBmb3VyIHNvIHRoYXQgbm9ib2R5IGNhbiByZWFkIGl0",
        "nbswy3dpeb3w64tmmqqho2djomqho2lonzwxgzltebrgk4tfnfxgkzdsmfxgozltebrgk4tfnfxgkzdsmfxgozlt",
        "MKTAYIAKQRQISFVKSHFSRQLEERLGLIEVQAPILSRVGDGTQDNLSGAEKAVQVKVKALPDAQFEVVHSLAKWKRQTLGQHDFSAGEGLYTHMKAL",
        "https://www.example.org/thecouncilofthevalleymeteveryautumntospeakaboutthebridgesandeveryspring/again?andnobody=keptalist",
        "call theCouncilOfTheValleyMetEveryAutumnToSpeakAboutTheBridgesAndEverySpringItHadToSpeakAboutThem now",
        "the_council_of_the_valley_met_every_autumn_to_speak_about_the_bridges_and_every_spring_again",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    ] {
        assert_eq!(kinds(text), [], "{text}");
        let inside = with_second(english, |passage| format!("{passage}\n\n{text}"));
        assert_eq!(kinds(&inside), [], "{inside}");
    }
}

#[test]
fn lists_tables_and_foreign_passages_raise_no_alert() {
    let english = TEXTS[0];
    let code = "if (x == y) { a[i] = b[i] + c * d; } else { f(x, y, z); g(i); }\n".repeat(6);
    let table = "autumn 12.5 1850\nspring 14.2 1851\nsummer 9.0 1852\nwinter 3.1 1853\n".repeat(5);
    let names = "Anna Marlow, Kofi Osei, Theo Finch, Lucia Ferrante, Budi Hartono, Nguyen Van An, ".repeat(4);
    let finnish = "Laakson neuvosto kokoontui jokaisena syksynä keskustelemaan silloista, ja jokaisena keväänä sen täytyi keskustella niistä uudelleen. Kukaan ei pitänyt luetteloa siitä, mitä tulvat olivat vieneet mukanaan. Jokainen silta rakennettiin puusta, koska puuta oli saatavilla, ja jokainen huuhtoutui veden mukana kolmessa tai neljässä vuodessa.";
    let vietnamese = "Hội đồng của thung lũng họp vào mỗi mùa thu để nói về những cây cầu, và mỗi mùa xuân lại phải nói về chúng một lần nữa. Không ai ghi lại những gì mà lũ đã cuốn đi. Mỗi cây cầu đều được làm bằng gỗ, vì gỗ có sẵn ở đó, và cây nào cũng bị nước cuốn đi sau ba hay bốn năm.";
    for passage in [&code, &table, &names, finnish, vietnamese] {
        let text = with_second(english, |second| format!("{second}\n\n{passage}"));
        assert_eq!(kinds(&text), [], "{text}");
    }
    assert_eq!(kinds(vietnamese), []);
    assert_eq!(kinds(finnish), []);
}

/// The fewest seconds that a quadratic pass would need for these texts are minutes.
#[test]
fn adversarial_texts_take_linear_time() {
    const SIZE_BYTES: usize = 400_000;
    for unit in [
        "a",
        "a ",
        "ab ",
        "abc'",
        "theharbourwasdredgedagain",
        "theharbourwasdredgedagain ",
        "the of ab cd ",
        "é ",
        "한",
        "한글 ",
        "a1",
        "a1 ",
        "пре при ",
        "thebridge ofstone andwood ",
    ] {
        let text = unit.repeat(SIZE_BYTES / unit.len());
        let start = std::time::Instant::now();
        let found = findings(&text);
        assert!(start.elapsed() < std::time::Duration::from_secs(10), "{unit:?} took {:?}", start.elapsed());
        assert!(found.iter().all(|finding| finding.start < finding.end && finding.end <= text.len()));
    }
}

proptest! {
    #[test]
    fn findings_lie_on_character_boundaries(text in "(?s)([a-zé한عπ0' ]{0,40}|.{0,20}){0,12}") {
        for finding in findings(&text) {
            prop_assert!(!peek::slice(&text, finding.start, finding.end).is_empty());
        }
    }
}
