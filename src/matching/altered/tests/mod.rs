//! Tests of the whole detection.
mod languages;

use std::hash::RandomState;

use super::stems::Stems;
use super::{Language, Passage, PassageKind, Run, StemProfile, Stopped, Tuning, detect};
use crate::matching::{PreparedSubmission, Stop};
use crate::text::{Boundary, CorpusSeed, Tokenizer};

/// Arbitrary words, `w0 w1 ...`, in sentences of twelve.
fn prose(numbers: impl Iterator<Item = u32>) -> Vec<(String, Boundary)> {
    let boundary = |n: usize| if n.is_multiple_of(12) { Boundary::Sentence } else { Boundary::None };
    numbers.enumerate().map(|(n, word)| (format!("w{word}"), boundary(n))).collect()
}

fn compare(submission: &[(String, Boundary)], source: &[(String, Boundary)]) -> Vec<Passage> {
    let stems = Stems::new(Language::NONE, RandomState::new());
    let profile = |text: &[(String, Boundary)]| {
        let words = text.iter().map(|(word, before)| (stems.stem(word), *before));
        StemProfile::new(words, length_words(text), stems.background())
    };
    let (a, b) = (profile(submission), profile(source));
    detect(&a, &b, &exact_runs(submission, source), &Tuning::default(), &|| false).unwrap_or_default()
}

/// The length of a text in words.
fn length_words(text: &[(String, Boundary)]) -> u32 {
    let words: Vec<&str> = text.iter().map(|(word, _)| word.as_str()).collect();
    Tokenizer::new(CorpusSeed::new(1)).tokenize(&words.join(" ")).lengths().total()
}

/// The runs of eight words or more.
fn exact_runs(submission: &[(String, Boundary)], source: &[(String, Boundary)]) -> Vec<Run> {
    let tokenizer = Tokenizer::new(CorpusSeed::new(1));
    let tokens = |text: &[(String, Boundary)]| {
        let words: Vec<&str> = text.iter().map(|(word, _)| word.as_str()).collect();
        tokenizer.tokenize(&words.join(", ")).tokens().to_vec()
    };
    let (submission, source) = (tokens(submission), tokens(source));
    PreparedSubmission::new(&submission, 8).covering_runs(&source, 8, &Stop::never()).unwrap_or_default()
}

#[test]
fn unrelated_texts_have_no_passage() {
    assert_eq!(compare(&prose(0..400), &prose(1000..1400)), []);
    assert_eq!(compare(&[], &prose(0..40)), []);
}

#[test]
fn a_run_of_eight_words_is_a_passage() {
    let submission = prose((0..200).chain(5000..5008).chain(200..400));
    let found = compare(&submission, &prose((1000..1300).chain(5000..5008).chain(1300..1500)));
    assert_eq!(found.len(), 1);
    assert_eq!(found.first().map(|p| (p.submission.clone(), p.source.clone())), Some((200..208, 300..308)));
}

#[test]
fn words_replaced_and_moved_are_one_passage() {
    let altered = (0..120).map(|n: u32| if n.is_multiple_of(4) { 9000 + n } else { 5000 + (n ^ 3) });
    let submission = prose((0..240).chain(altered).chain(240..480));
    let found = compare(&submission, &prose((1000..1300).chain(5000..5120).chain(1300..1500)));
    assert_eq!(found.len(), 1);
    let Some(passage) = found.first() else { return };
    assert_eq!(passage.kind, PassageKind::Altered);
    assert!((80..=96).contains(&passage.matched_tokens), "{passage:?}");
    assert!(
        passage.submission.start.abs_diff(240) <= 1 && passage.submission.end.abs_diff(360) <= 1,
        "{passage:?}"
    );
    assert!(
        passage.source.start.abs_diff(300) <= 12 && passage.source.end.abs_diff(420) <= 12,
        "{passage:?}"
    );
}

#[test]
fn a_tenth_of_a_long_source_drawn_from_all_of_it_is_a_summary() {
    let summary = (0..60).map(|n| 5000 + n * 10);
    let found = compare(&prose((0..240).chain(summary).chain(240..480)), &prose(5000..5600));
    assert_eq!(found.len(), 1);
    assert_eq!(found.first().map(|p| (p.kind, p.source.clone())), Some((PassageKind::Summary, 0..600)));
}

#[test]
fn equal_texts_are_one_verbatim_passage() {
    let text = prose(0..3000);
    let found = compare(&text, &text);
    assert_eq!(found.len(), 1);
    assert_eq!(
        found.first().map(|p| (p.kind, p.submission.clone(), p.source.clone())),
        Some((PassageKind::Verbatim, 0..3000, 0..3000))
    );
}

#[test]
fn stops_when_asked() {
    let stems = Stems::new(Language::NONE, RandomState::new());
    let text = prose(0..300);
    let words = text.iter().map(|(word, before)| (stems.stem(word), *before));
    let profile = StemProfile::new(words, length_words(&text), stems.background());
    assert_eq!(detect(&profile, &profile, &[], &Tuning::default(), &|| true), Err(Stopped));
}

/// Each character a token, as in scripts without spaces; a sentence begins after a full stop.
fn characters(text: &str) -> Vec<(String, Boundary)> {
    let mut before = Boundary::None;
    let mut words = Vec::new();
    for c in text.chars() {
        match c {
            '。' => before = Boundary::Sentence,
            c if c.is_alphanumeric() => words.push((c.to_string(), std::mem::take(&mut before))),
            _ => {}
        }
    }
    words
}

const RIVER: &str = "河流从城市中间穿过，两岸种满了柳树。每年夏天，水位上涨，低处的街道常常被淹没。市政府花了十年时间修建堤坝，    并在上游建造了一座水库。如今洪水已经很少发生，河边的步道成了居民散步的地方。清晨有人钓鱼，傍晚有人跑步，节日里还有划船比赛。";
const CARPENTER: &str = "春天来到山谷的时候，老木匠总是把工具搬到院子里晒太阳。他说木头和人一样，需要慢慢醒来，不能催促。    邻居的孩子们常常围在他身边，看他怎样把一块粗糙的木板变成光滑的桌面。他从不着急，一边工作一边讲年轻时走过的地方，    北方的雪原、南方的茶山，还有海边那座只有三户人家的小岛。";
const CARPENTER_ALTERED: &str = "春天到了山谷的时候，年老的木匠常把工具拿到院子里晒太阳。他认为木头跟人一样，要慢慢醒来，不可催促。    邻家的孩子们时常围在他旁边，看他如何把粗糙的木板做成光滑的桌面。他从来不急，一边干活一边讲年轻时到过的地方，    南方的茶园、北方的雪原，还有海边那座只住着三户人家的小岛。";
const LIBRARY: &str = "图书馆的新楼下个月开放，藏书超过一百万册。读者可以用手机预约座位，也可以在网上续借。一楼设有儿童阅览区，    二楼是报纸和期刊，三楼保存地方文献。馆长表示，他们希望这里不仅是借书的场所，更是市民交流思想的空间。开放时间从早上八点到晚上十点。";
const KITCHEN: &str = "做这道菜需要新鲜的鱼、生姜和少量白酒。先把鱼洗干净，用盐腌一刻钟，然后放进锅里蒸。火不要太大，否则肉会变老。    蒸好以后撒上葱花，再浇一勺热油，香味立刻散开。配上米饭和一碗清汤，就是一顿简单的午餐。";

#[test]
fn chinese_with_words_replaced_and_moved_is_one_passage() {
    let submission = characters(&[LIBRARY, CARPENTER_ALTERED, KITCHEN].concat());
    let source = characters(&[RIVER, CARPENTER].concat());
    let found = compare(&submission, &source);
    assert_eq!(found.len(), 1, "{found:?}");
    let Some(passage) = found.first() else { return };
    assert_eq!(passage.kind, PassageKind::Altered);
    let (from, words) = (characters(LIBRARY).len(), characters(CARPENTER_ALTERED).len());
    assert!(passage.submission.len().abs_diff(words) <= 6, "{passage:?} {from} {words}");
    assert!(usize::try_from(passage.submission.start).unwrap_or_default().abs_diff(from) <= 6, "{passage:?}");
    assert!(passage.source.len().abs_diff(characters(CARPENTER).len()) <= 6, "{passage:?}");
}

#[test]
fn unrelated_chinese_texts_have_no_passage() {
    let texts = [RIVER, CARPENTER, LIBRARY, KITCHEN].map(characters);
    for (n, one) in texts.iter().enumerate() {
        for other in texts.iter().skip(n + 1) {
            assert_eq!(compare(one, other), []);
        }
    }
    assert_eq!(
        compare(&characters(&[RIVER, KITCHEN].concat()), &characters(&[CARPENTER, LIBRARY].concat())),
        []
    );
}

#[test]
fn half_the_words_of_a_book_changed_is_one_passage() {
    let vocabulary = |n: u32| n.wrapping_mul(2_654_435_761) >> 12;
    let source = prose((0..60_000).map(|n| vocabulary(n) % 20_000));
    let submission = prose(
        (0..60_000).map(|n: u32| if n.is_multiple_of(2) { 500_000 + n } else { vocabulary(n) % 20_000 }),
    );
    let found = compare(&submission, &source);
    assert_eq!(found.len(), 1);
    assert!(found.iter().all(|p| p.submission.len() > 59_000 && p.kind == PassageKind::Altered));
}

#[test]
fn words_put_between_two_copied_parts_are_in_no_passage() {
    for inserted in [12, 20, 30, 45] {
        let own = 9000..9000 + inserted;
        let submission = prose((5000..5040).chain(own).chain(5040..5080));
        let found = compare(&submission, &prose((1000..1300).chain(5000..5080).chain(1300..1500)));
        let spans: Vec<_> = found.iter().map(|passage| passage.submission.clone()).collect();
        assert_eq!(spans, [0..40, 40 + inserted..80 + inserted], "{inserted} words between");
    }
}
