//! Memory that the process uses.

use std::sync::OnceLock;

/// Returns the bytes that the program's allocator counts, once [`count_memory_with`] has set it.
static USED_BYTES: OnceLock<fn() -> u64> = OnceLock::new();

/// Makes [`used_memory_bytes`] return what `used_bytes` returns: for a program whose allocator counts. Later calls have no
/// effect.
pub fn count_memory_with(used_bytes: fn() -> u64) {
    // A process has one allocator, so a later call would set the same.
    let _ = USED_BYTES.set(used_bytes);
}

/// Bytes that are allocated and not freed; `None` if the allocator does not count them. Excludes what the allocator caches,
/// and the program's own code and data.
#[must_use]
pub fn used_memory_bytes() -> Option<u64> {
    USED_BYTES.get().map(|used_bytes| used_bytes())
}

/// Resident memory of the process in bytes; `None` on systems other than Linux.
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
