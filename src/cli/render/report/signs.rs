//! The alerts of a report, for people.

use std::cmp::Reverse;
use std::io::{self, Write};

use super::lines::Lines;
use crate::cli::render::{Look, STRONG, number, page_at};
use crate::proto;
use crate::proto::AlertSeverity;
use crate::render::alert_findings;

/// Number of alerts that are shown without `--full`.
const SHOWN_ALERTS: usize = 10;

/// Writes the alerts of a report, the most severe first; nothing if there are none.
pub(super) fn signs(
    out: &mut dyn Write,
    report: &proto::Report,
    lines: &Lines,
    look: Look,
) -> io::Result<()> {
    let alerts = &report.alerts;
    if alerts.is_empty() {
        return Ok(());
    }
    let mut sorted: Vec<&proto::Alert> = alerts.iter().collect();
    // Alerts of one severity stay in the order of the text, since the sort is stable.
    sorted.sort_by_key(|alert| Reverse(alert.severity()));
    writeln!(out, "Signs of hiding (they change no percentage):")?;
    let shown = if look.full { sorted.len() } else { SHOWN_ALERTS };
    for alert in sorted.iter().take(shown) {
        let found = alert_findings(alert.kind(), alert.count.into());
        let span = alert.span.unwrap_or_default();
        let page = report.document.as_ref().and_then(|document| page_at(document, span.start));
        let page = page.map_or_else(String::new, |page| format!("{page}, "));
        let place = lines.of_span(&span);
        writeln!(out, "  {}: {found}, {page}{place}", severity(alert.severity(), look))?;
    }
    if let more @ 1.. = sorted.len().saturating_sub(shown) {
        writeln!(out, "  and {} more (--full shows them)", number(more as u64))?;
    }
    Ok(())
}

fn severity(severity: AlertSeverity, look: Look) -> String {
    match severity {
        AlertSeverity::High => look.paint(STRONG, "high"),
        AlertSeverity::Medium => "medium".to_owned(),
        AlertSeverity::Low | AlertSeverity::Unspecified => "low".to_owned(),
    }
}
