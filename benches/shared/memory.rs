//! Memory of the process.

/// Resident memory of the process; `None` on systems without `/proc`.
pub(crate) fn resident_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib * 1024)
}

/// Growth of the resident memory since `before`, for each byte of text.
pub(crate) fn grown_per_byte(before: Option<u64>, text_bytes: u64) -> Option<f64> {
    let grown = resident_bytes()?.saturating_sub(before?);
    Some(ratio(grown, text_bytes))
}

/// A ratio to print.
#[expect(clippy::cast_precision_loss, reason = "a ratio to print")]
pub(crate) fn ratio(a: u64, b: u64) -> f64 {
    a as f64 / b.max(1) as f64
}
