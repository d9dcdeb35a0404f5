//! What memory the process takes.

use std::sync::OnceLock;

/// What the program's allocator counts, if it does.
static USED_BYTES: OnceLock<fn() -> u64> = OnceLock::new();

/// From now on [`used_memory_bytes`] gives what `used_bytes` does: for a program whose allocator counts. The first call
/// decides.
pub fn count_memory_with(used_bytes: fn() -> u64) {
    // There is one allocator in a process: whoever comes later says the same.
    let _ = USED_BYTES.set(used_bytes);
}

/// Bytes that were allocated and not freed; `None` where nobody counts them. What the allocator keeps for later, and what the
/// system holds the program itself in, is not among them.
#[must_use]
pub fn used_memory_bytes() -> Option<u64> {
    USED_BYTES.get().map(|used_bytes| used_bytes())
}

/// Bytes of memory that the process has, as the system counts them; `None` where it doesn't say (it does
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
