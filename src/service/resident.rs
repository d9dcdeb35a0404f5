//! What memory the process takes.

/// Bytes of memory that the process has in use, as the system counts them; `None` where it doesn't say (it does
/// on Linux).
#[must_use]
pub fn resident_memory_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(target_os = "linux")]
    fn a_process_takes_some() {
        assert!(resident_memory_bytes().unwrap() > 1 << 20);
    }
}
