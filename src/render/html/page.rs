//! The frame of a page: its head, its policy, its style and script.

use std::sync::LazyLock;

use data_encoding::BASE64;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use ring::digest::{SHA256, digest};

use super::glyphs::{Visible, plain};
use super::options::RenderOptions;

const STYLE: &str = include_str!("page.css");

/// The script of a page, as the file has it.
#[derive(Debug, Clone, Copy)]
pub(super) enum Script {
    /// That of the report of one submission.
    Check,
    /// That of a class report.
    Class,
}

impl Script {
    fn text(self) -> &'static str {
        match self {
            Self::Check => include_str!("check.js"),
            Self::Class => include_str!("class/class.js"),
        }
    }
}

/// The source expression of a style or script in a policy.
fn hash(text: &str) -> String {
    format!("'sha256-{}'", BASE64.encode(digest(&SHA256, text.as_bytes()).as_ref()))
}

/// The content security policy of all rendered pages, for a server that sends it as a header. Nothing is loaded, and
/// nothing runs but the script of this version; no form is sent, and no page may frame the report.
#[must_use]
pub fn content_security_policy() -> &'static str {
    static POLICY: LazyLock<String> = LazyLock::new(|| {
        let scripts = [Script::Check, Script::Class].map(|script| hash(script.text())).join(" ");
        format!("{}; frame-ancestors 'none'", policy(&scripts))
    });
    &POLICY
}

fn policy(scripts: &str) -> String {
    let style = hash(STYLE);
    format!(
        "default-src 'none'; style-src {style}; script-src {scripts}; base-uri 'none'; form-action 'none'"
    )
}

/// The start of a page, up to its main part. `subject` is what the report is about, as its heading calls it.
pub(super) fn begin(kind: &str, subject: &Markup, script: Script, options: &RenderOptions) -> String {
    let name = plain(options.shown_name());
    let title = if name.is_empty() { kind.to_owned() } else { format!("{name} - {kind}") };
    let head = html! {
        (DOCTYPE)
        (PreEscaped("<html lang=\"en\">"))
        head {
            meta charset="utf-8";
            meta http-equiv="Content-Security-Policy" content=(policy(&hash(script.text())));
            meta name="viewport" content="width=device-width, initial-scale=1";
            meta name="color-scheme" content="light dark";
            meta name="referrer" content="no-referrer";
            meta name="generator" content={ "palimpsest " (env!("CARGO_PKG_VERSION")) };
            title data-kind=(kind) { (title) }
            style { (PreEscaped(STYLE)) }
        }
        (PreEscaped("<body>"))
        a class="skip" href="#main" { "Skip to the report" }
        header {
            @if !options.links.is_empty() {
                nav class="links" aria-label="Site" { @for link in &options.links { a href=(link.href) { (link.text) } " " } }
            }
            p class="kind" { (kind) }
            h1 { (subject) }
        }
        (PreEscaped("<main id=\"main\">"))
    };
    head.into_string()
}

/// The end of a page. The script comes last, and the block of its state before it.
pub(super) fn end(script: Script) -> String {
    let end = html! {
        (PreEscaped("</main>"))
        footer { p { "Made by palimpsest " (env!("CARGO_PKG_VERSION")) ". This file needs no network." } }
        script type="application/json" id="state" { "{}" }
        script { (PreEscaped(script.text())) }
        (PreEscaped("</body></html>\n"))
    };
    end.into_string()
}

/// The heading for a submission of this name.
pub(super) fn heading(options: &RenderOptions, unnamed: &str) -> Markup {
    let name = options.shown_name();
    html! {
        @if name.is_empty() { (unnamed) } @else { span class="name" { bdi { (Visible::all(name)) } } span class="alias" { (unnamed) } }
    }
}
