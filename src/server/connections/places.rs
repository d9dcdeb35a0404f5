//! How many may be connected, in all and from one address.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use parking_lot::Mutex;

/// The places that connections take.
#[derive(Debug)]
pub(crate) struct Places {
    max: usize,
    max_per_address: usize,
    taken: Mutex<Taken>,
    /// How many are taken, for whoever watches.
    open: Arc<AtomicUsize>,
}

#[derive(Debug, Default)]
struct Taken {
    all: usize,
    by_address: HashMap<IpAddr, usize>,
}

/// Why there was no place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Full {
    #[error("max_connections is reached")]
    All,
    #[error("max_connections_per_address is reached")]
    Address,
}

/// A connection's place, which is free again when this is dropped.
#[derive(Debug)]
pub(super) struct Place {
    places: Arc<Places>,
    address: IpAddr,
}

impl Places {
    /// So many places, of which so many for each address; `open` tells how many are taken.
    pub(crate) fn new(max: usize, max_per_address: usize, open: Arc<AtomicUsize>) -> Arc<Self> {
        Arc::new(Self { max, max_per_address, taken: Mutex::default(), open })
    }

    /// Connections that are open.
    pub(crate) fn open(&self) -> usize {
        self.open.load(Ordering::Relaxed)
    }

    /// A place for a connection from `address`.
    pub(super) fn take(self: &Arc<Self>, address: IpAddr) -> Result<Place, Full> {
        let address = holder(address);
        let mut taken = self.taken.lock();
        if taken.all >= self.max {
            return Err(Full::All);
        }
        let from_there = taken.by_address.entry(address).or_default();
        if *from_there >= self.max_per_address {
            return Err(Full::Address);
        }
        *from_there += 1;
        taken.all += 1;
        self.open.store(taken.all, Ordering::Relaxed);
        Ok(Place { places: Arc::clone(self), address })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.taken.lock();
        taken.all -= 1;
        self.places.open.store(taken.all, Ordering::Relaxed);
        if let Some(from_there) = taken.by_address.get_mut(&self.address) {
            *from_there -= 1;
            if *from_there == 0 {
                taken.by_address.remove(&self.address);
            }
        }
    }
}

/// The address that stands for whoever has this one: of IPv6 its network of 64 bits, which is what one host gets.
fn holder(address: IpAddr) -> IpAddr {
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
    fn places_are_limited_and_come_back() {
        let places = Places::new(3, 2, Arc::default());
        let one = places.take(address("10.0.0.1")).unwrap();
        let two = places.take(address("::ffff:10.0.0.1")).unwrap();
        assert_eq!(places.take(address("10.0.0.1")).unwrap_err(), Full::Address);
        let three = places.take(address("10.0.0.2")).unwrap();
        assert_eq!(places.take(address("10.0.0.3")).unwrap_err(), Full::All);
        drop(two);
        assert_eq!(places.open(), 2);
        let again = places.take(address("10.0.0.1")).unwrap();
        drop((one, three, again));
        assert_eq!(places.open(), 0);
        assert!(places.taken.lock().by_address.is_empty());
    }

    #[test]
    fn one_host_has_one_network_of_ipv6() {
        let places = Places::new(9, 1, Arc::default());
        let _one = places.take(address("2001:db8:1:2::1")).unwrap();
        assert_eq!(places.take(address("2001:db8:1:2:ffff::9")).unwrap_err(), Full::Address);
        assert!(places.take(address("2001:db8:1:3::1")).is_ok());
    }
}
