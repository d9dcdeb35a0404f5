//! The page of a source, as a library shows it.

use super::browser::{Site, field};

const TIDES: [&str; 3] = [
    "The tide keeps no diary, and yet the harbour master reads it like one. Every lighthouse along this coast was built by people \
     who had watched the water rise against the breakwater. A harbour without its tide would be a pond. The pilots wait for high \
     water, and the ferries wait for the pilots. On the quay the fishermen mend their nets until the tide turns.",
    "Harbour pilots learn the tides by heart before they learn the charts. The breakwater of our harbour was raised twice, since \
     the lighthouse keeper reported waves above the old wall. When the tide turns, the ferries leave the quay one after another. \
     The fishermen come back with the last of the high water, and their nets hang along the harbour wall.",
    "A bakery begins its day at two in the morning. The dough has rested, the oven is hot, and the baker shapes four hundred \
     loaves before the first customer comes. Flour, salt, yeast and time are all that good bread needs. The apprentice carries \
     the baskets, sweeps the floor and learns to listen to the crust, which sings when the loaves cool.",
];

#[tokio::test]
async fn a_source_has_a_page_with_everything_that_can_be_asked_about_it() {
    let site = Site::start(&[]).await;
    let mut browser = site.browser();
    let add = "/collections/default/add";
    for (number, text) in TIDES.iter().enumerate() {
        let id = format!("essay {number}");
        let parts = [field("text", text), field("id", &id), field("group", "Ines")];
        browser.send(add, add, &parts).shows(200, &["1 text is in"]);
    }
    let page = "/collections/default/source?id=essay+0";
    browser.open("/collections/default").shows(200, &[page]);
    let shown = browser.open(page);
    shown.shows(200, &["essay 0", "Ines", "words", "about 1 page", "The tide keeps no diary", "…"]);
    shown.shows(200, &["Plagiarism", "Grammar", "Writing Score", "helpful", "essay 1", "alike", "harbour"]);
    browser.open("/collections/default/source/check?id=essay+0").shows(200, &["essay 0", "How to read"]);
    let said = if cfg!(feature = "grammar") { "findings in" } else { "This text was not checked" };
    browser
        .open("/collections/default/source/grammar?id=essay+0")
        .shows(200, &["Grammar: <bdi>essay 0", said]);
    let writing = browser.open("/collections/default/source/writing?id=essay+0");
    writing.shows(200, &["Writing: <bdi>essay 0", "This collection has no scale", "Flesch", "sentences"]);
    for missing in ["", "/check", "/grammar", "/writing"] {
        let path = format!("/collections/default/source{missing}?id=none");
        assert_eq!(browser.open(&path).status, 404, "{path}");
    }
}
