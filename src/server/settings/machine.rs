//! The memory of the machine.

use std::fs;

/// Bytes of memory of the machine, or the limit of this process's control group if that is lower; `None` if neither is known.
pub(super) fn memory_bytes() -> Option<u64> {
    let machine = fs::read_to_string("/proc/meminfo").ok().as_deref().and_then(total_of);
    // The files of cgroups version 2 and 1; a value that is not a number ("max") is no limit.
    let groups = ["/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"];
    let groups = groups.iter().filter_map(|path| fs::read_to_string(path).ok()?.trim().parse().ok());
    groups.chain(machine).min()
}

/// `MemTotal` of `/proc/meminfo`, in bytes.
fn total_of(meminfo: &str) -> Option<u64> {
    let total = meminfo.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    let kib: u64 = total.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kib.checked_mul(1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_total_of_meminfo() {
        assert_eq!(total_of("MemTotal:       24689064 kB\nMemFree: 5 kB\n"), Some(24_689_064 << 10));
        assert_eq!(total_of("MemTotal: many\n"), None);
        assert_eq!(total_of(""), None);
    }
}
