//! Connection slots: the limits on open connections, in total and per address.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use parking_lot::Mutex;

/// The slots for open connections.
#[derive(Debug)]
pub(crate) struct ConnectionSlots {
    max: usize,
    max_per_address: usize,
    taken: Mutex<Taken>,
    /// Number of slots taken, for metrics.
    open: Arc<AtomicUsize>,
}

#[derive(Debug, Default)]
struct Taken {
    all: usize,
    by_address: HashMap<IpAddr, usize>,
}

/// The limit that was reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum SlotsExhausted {
    #[error("max_connections is reached")]
    All,
    #[error("max_connections_per_address is reached")]
    Address,
}

/// The slot of one connection; free again when this is dropped.
#[derive(Debug)]
pub(super) struct ConnectionSlot {
    slots: Arc<ConnectionSlots>,
    address: IpAddr,
}

impl ConnectionSlots {
    /// `max` slots, at most `max_per_address` of them for one address. `open` holds the number taken.
    pub(crate) fn new(max: usize, max_per_address: usize, open: Arc<AtomicUsize>) -> Arc<Self> {
        Arc::new(Self { max, max_per_address, taken: Mutex::default(), open })
    }

    /// Number of open connections.
    pub(crate) fn open(&self) -> usize {
        self.open.load(Ordering::Relaxed)
    }

    /// Takes a slot for a connection from `address`.
    pub(super) fn take(self: &Arc<Self>, address: IpAddr) -> Result<ConnectionSlot, SlotsExhausted> {
        let address = counted_address(address);
        let mut taken = self.taken.lock();
        if taken.all >= self.max {
            return Err(SlotsExhausted::All);
        }
        let from_there = taken.by_address.entry(address).or_default();
        if *from_there >= self.max_per_address {
            return Err(SlotsExhausted::Address);
        }
        *from_there += 1;
        taken.all += 1;
        self.open.store(taken.all, Ordering::Relaxed);
        Ok(ConnectionSlot { slots: Arc::clone(self), address })
    }
}

impl Drop for ConnectionSlot {
    fn drop(&mut self) {
        let mut taken = self.slots.taken.lock();
        taken.all -= 1;
        self.slots.open.store(taken.all, Ordering::Relaxed);
        if let Some(from_there) = taken.by_address.get_mut(&self.address) {
            *from_there -= 1;
            if *from_there == 0 {
                taken.by_address.remove(&self.address);
            }
        }
    }
}

/// The address under which connections are counted. For IPv6 it is the network of 64 bits, which one host gets.
fn counted_address(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn slots_are_limited_and_come_back() {
        let slots = ConnectionSlots::new(3, 2, Arc::default());
        let one = slots.take(address("10.0.0.1")).unwrap();
        let two = slots.take(address("::ffff:10.0.0.1")).unwrap();
        assert_eq!(slots.take(address("10.0.0.1")).unwrap_err(), SlotsExhausted::Address);
        let three = slots.take(address("10.0.0.2")).unwrap();
        assert_eq!(slots.take(address("10.0.0.3")).unwrap_err(), SlotsExhausted::All);
        drop(two);
        assert_eq!(slots.open(), 2);
        let again = slots.take(address("10.0.0.1")).unwrap();
        drop((one, three, again));
        assert_eq!(slots.open(), 0);
        assert!(slots.taken.lock().by_address.is_empty());
    }

    #[test]
    fn one_host_has_one_network_of_ipv6() {
        let slots = ConnectionSlots::new(9, 1, Arc::default());
        let _one = slots.take(address("2001:db8:1:2::1")).unwrap();
        assert_eq!(slots.take(address("2001:db8:1:2:ffff::9")).unwrap_err(), SlotsExhausted::Address);
        assert!(slots.take(address("2001:db8:1:3::1")).is_ok());
    }
}
