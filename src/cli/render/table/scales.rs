//! The table of scales.

use super::layout::Heading::{Number, Text};
use super::layout::Table;
use crate::cli::render::{Look, number, printable};
use crate::proto;

/// The table of scales.
pub(in crate::cli) fn scales(scales: &[proto::Scale], look: Look) -> String {
    if scales.is_empty() {
        return "The collection has no scales.".to_owned();
    }
    let mut table = Table::new(vec![
        Text("scale"),
        Text("language"),
        Number("texts"),
        Text("grades"),
        Number("kappa"),
        Number("length alone"),
        Number("error"),
    ]);
    for scale in scales {
        let kappa =
            |agreement: &Option<proto::Agreement>| format!("{:.3}", agreement.unwrap_or_default().kappa);
        table.add(vec![
            printable(&scale.name),
            printable(&scale.language),
            number(scale.texts),
            format!("{} to {}", scale.min_grade, scale.max_grade),
            kappa(&scale.agreement),
            kappa(&scale.length_agreement),
            format!("{:.2}", scale.error),
        ]);
    }
    table.lines(look)
}
