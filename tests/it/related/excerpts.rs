//! Excerpts of related sources: whole sentences, in five languages and three units.

use palimpsest::proto::{self, ListRelatedRequest};
use palimpsest::text::{CorpusSeed, Tokenizer};

use super::{ids, list, of_text};
use crate::harness::{TestServer, fill};

/// A language: a sentence about bread, one about a lighthouse, and a text about lighthouses.
struct Language {
    code: &'static str,
    bread: &'static str,
    lamp: &'static str,
    asked: &'static str,
}

const LANGUAGES: [Language; 5] = [
    Language {
        code: "en",
        bread: "Bakers of the old town sold rye bread with caraway and salt. ",
        lamp: "The keeper of the lighthouse trimmed his lamp until the fog lifted. ",
        asked: "Fog hid the ships, and a lighthouse lamp was all that the pilots saw of its keeper.",
    },
    Language {
        code: "de",
        bread: "Die Bäcker der Altstadt verkauften jeden Morgen Roggenbrot mit Kümmel und Salz. ",
        lamp: "Der Wärter des Leuchtturms putzte seine Lampe, bis der Nebel sich hob. ",
        asked: "Im Nebel sahen die Lotsen kein Schiff, nur die Lampe des Leuchtturms und seinen Wärter.",
    },
    Language {
        code: "fr",
        bread: "Les boulangers du vieux quartier vendaient chaque matin du pain de seigle au cumin. ",
        lamp: "Le gardien du phare nettoyait sa lampe jusqu’à la fin du brouillard. ",
        asked: "Le brouillard cachait les navires ; on ne voyait que la lampe du phare et son gardien.",
    },
    Language {
        code: "ru",
        bread: "Пекари старого города каждое утро продавали ржаной хлеб с тмином и солью. ",
        lamp: "Смотритель маяка чистил свою лампу, пока не рассеялся туман. ",
        asked: "Туман скрывал корабли, и лоцманы видели только лампу маяка и его смотрителя.",
    },
    Language {
        code: "ja",
        bread: "旧市街のパン屋は毎朝キャラウェイと塩の入ったライ麦パンを売っていた。",
        lamp: "灯台守は霧が晴れるまで灯台のランプを磨いていた。",
        asked: "霧は船を隠し、水先案内人には灯台のランプと灯台守しか見えなかった。",
    },
];

/// A text about bread, with a sentence about a lighthouse in its middle.
fn lighthouse(Language { bread, lamp, .. }: &Language) -> String {
    format!("{}{lamp}{}", bread.repeat(9), bread.repeat(9))
}

fn words(text: &str) -> u32 {
    Tokenizer::new(CorpusSeed::new(0)).tokenize(text).lengths().total()
}

#[tokio::test]
async fn the_excerpt_is_where_the_subject_is_in_every_language() {
    let server = TestServer::start().await;
    let mut corpus = server.corpus().await;
    for language in &LANGUAGES {
        let (fog, bread) = (lighthouse(language), language.bread.repeat(12));
        let ids = ["fog", "bread"].map(|subject| format!("{subject}-{}", language.code));
        fill(&mut corpus, &[(&ids[0], &fog), (&ids[1], &bread)]).await;
    }
    for language in &LANGUAGES {
        let found = list(&server, of_text(language.asked)).await.unwrap();
        assert_eq!(ids(&found)[0], format!("fog-{}", language.code));
        let first = &found.sources[0];
        assert!(
            found.sources.get(1).is_none_or(|next| next.similarity < first.similarity / 2.0),
            "{found:?}"
        );
        let terms = &first.terms;
        assert!((3..=10).contains(&terms.len()), "{terms:?}");
        assert!(terms.iter().all(|term| language.asked.contains(&term.term)), "{terms:?}");
        let (text, excerpt) = (lighthouse(language), first.excerpt.as_ref().unwrap());
        let span = excerpt.span.unwrap();
        let (before, rest) = text.split_at(span.start as usize);
        let (shown, after) = rest.split_at(span.end as usize - before.len());
        assert_eq!(excerpt.text, format!("{shown}…"));
        assert!(shown.contains(language.lamp.trim_end().trim_end_matches(['.', '。'])), "{shown}");
        assert!((40..=60).contains(&words(shown)), "{} {shown}", words(shown));
        // Whole sentences.
        assert!(before.is_empty() || before.trim_end().ends_with(['.', '。']), "{before}");
        assert!(after.starts_with(['.', '。']), "{after}");
    }
}

#[tokio::test]
async fn spans_are_in_the_unit_of_the_request() {
    let server = TestServer::start().await;
    let text = format!("\u{1F35E} {}", lighthouse(&LANGUAGES[3]));
    fill(&mut server.corpus().await, &[("fog", &text)]).await;
    let mut shown = Vec::new();
    for unit in
        [proto::OffsetUnit::Utf8Bytes, proto::OffsetUnit::Utf16CodeUnits, proto::OffsetUnit::CodePoints]
    {
        let request = ListRelatedRequest { offset_unit: unit.into(), ..of_text(LANGUAGES[3].asked) };
        let found = list(&server, request).await.unwrap();
        let excerpt = found.sources[0].excerpt.clone().unwrap();
        let (start, end) = (excerpt.span.unwrap().start as usize, excerpt.span.unwrap().end as usize);
        let part = match unit {
            proto::OffsetUnit::Utf16CodeUnits => {
                let units: Vec<u16> = text.encode_utf16().collect();
                String::from_utf16(&units[start..end]).unwrap()
            }
            proto::OffsetUnit::CodePoints => text.chars().skip(start).take(end - start).collect(),
            _ => text[start..end].to_owned(),
        };
        assert_eq!(format!("{part}…"), excerpt.text);
        shown.push(excerpt.text);
    }
    shown.dedup();
    assert_eq!(shown.len(), 1);
}

#[tokio::test]
async fn excerpts_keep_out_of_bibliographies_and_are_cut_at_words() {
    let server = TestServer::start().await;
    let bread = LANGUAGES[0].bread;
    let works: String = (0..9)
        .map(|n| format!("Keeper, L. (199{n}). Lighthouse lamps in the fog: a keeper’s tale. Fog Press, Harbour Town.\n"))
        .collect();
    let listed = format!("{}\n\nReferences\n\n{works}", bread.repeat(9));
    let endless = "the keeper and his lamp and the lighthouse and the fog ".repeat(40);
    let short = LANGUAGES[0].lamp.trim_end();
    fill(&mut server.corpus().await, &[("listed", &listed), ("endless", &endless), ("short", short)]).await;
    let found = list(&server, of_text(LANGUAGES[0].asked)).await.unwrap();
    assert_eq!(found.sources.len(), 3);
    for source in &found.sources {
        let excerpt = source.excerpt.as_ref().unwrap();
        match source.id.as_str() {
            "listed" => assert!(
                excerpt.text.starts_with("Bakers")
                    && excerpt.text.ends_with('…')
                    && !excerpt.text.contains("amp"),
                "{excerpt:?}"
            ),
            "endless" => {
                assert_eq!(words(&excerpt.text), 60);
                let last = excerpt.text.trim_end_matches('…').split(' ').next_back().unwrap();
                assert!(endless.split(' ').any(|word| word == last), "{last:?}");
            }
            _ => assert_eq!(excerpt.text, short),
        }
    }
}
