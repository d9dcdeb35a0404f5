//! Alerts, with the hidden characters visible.

use std::cmp::Reverse;

use maud::{Markup, html};

use crate::proto::{Alert, AlertKind, AlertSeverity};
use crate::render::html::glyphs::Visible;
use crate::render::html::offsets::Offsets;
use crate::render::{alert_findings, counted};

/// Alerts that are shown one by one.
const SHOWN: usize = 200;

/// Characters of the sample of an alert.
const SAMPLE_CHARS: usize = 60;

/// Letters of a sample that are named.
const NAMED_LETTERS: usize = 8;

/// The section of alerts; nothing if there are none.
pub(in crate::render::html) fn section(alerts: &[Alert], offsets: &Offsets<'_>) -> Markup {
    let mut sorted: Vec<(usize, &Alert)> = (1..).zip(alerts).collect();
    // Alerts of one severity stay in the order of the text, since the sort is stable.
    sorted.sort_by_key(|(_, alert)| Reverse(alert.severity()));
    let more = sorted.len().saturating_sub(SHOWN);
    html! {
        @if !alerts.is_empty() {
            section id="alerts" aria-labelledby="alerts-h" {
                h2 id="alerts-h" { "Signs of hiding" }
                p { "The text looks different to a machine than to a reader, or exclusions hide much of it. These signs change no percentage." }
                ul class="alerts" {
                    @for (number, alert) in sorted.iter().take(SHOWN) { (item(*number, alert, offsets)) }
                }
                @if more > 0 { p { "And " (counted(more as u64, "more sign", "more signs")) " of the same kinds." } }
            }
        }
    }
}

fn item(number: usize, alert: &Alert, offsets: &Offsets<'_>) -> Markup {
    let range = offsets.range(alert.span.as_ref());
    let text = offsets.text().get(range.start..).unwrap_or_default();
    let end = text.char_indices().nth(SAMPLE_CHARS).map_or(text.len(), |(byte, _)| byte);
    let sample =
        text.get(..end.min(range.len().max(24))).unwrap_or_else(|| text.get(..end).unwrap_or_default());
    let (class, severity) = severity(alert.severity());
    html! {
        li class=(class) {
            strong { (severity) } ": " (alert_findings(alert.kind(), alert.count.into())) ". "
            @if alert.kind() != AlertKind::Excluded && !sample.is_empty() {
                q class="t" dir="auto" { (Visible::all(sample)) } " "
                @if alert.kind() == AlertKind::LookAlike { (letters(sample)) }
            }
            @if !offsets.text().is_empty() { a href={ "#a" (number) } { "In the text" span class="sr" { ": sign " (number) } } }
        }
    }
}

/// The letters of a sample that are not ASCII, with their code points.
fn letters(sample: &str) -> Markup {
    let mut letters: Vec<char> = sample.chars().filter(|c| !c.is_ascii() && c.is_alphanumeric()).collect();
    letters.sort_unstable();
    letters.dedup();
    html! {
        @if !letters.is_empty() {
            "("
            @for (place, letter) in letters.iter().take(NAMED_LETTERS).enumerate() {
                @if place > 0 { ", " }
                bdi { (letter) } " is U+" (format!("{:04X}", u32::from(*letter)))
            }
            ") "
        }
    }
}

fn severity(severity: AlertSeverity) -> (&'static str, &'static str) {
    match severity {
        AlertSeverity::High => ("high", "High"),
        AlertSeverity::Medium => ("medium", "Medium"),
        AlertSeverity::Low | AlertSeverity::Unspecified => ("low", "Low"),
    }
}
