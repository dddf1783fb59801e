//! Bundles that are stamped ahead: senders that keep a beat send early, so that the network's jitter is not heard
//! (Dannenberg 2004), and mean the stamp. They wait here, in order, until it is their time.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::net::IpAddr;

/// Seconds that a bundle may be ahead. What is further ahead comes from a clock that goes wrong.
pub const AHEAD: f64 = 2.0;
/// Bundles that may wait.
const MOST: usize = 1024;
/// Bytes that may wait.
const BYTES: usize = 1 << 20;
/// Seconds from 1900, when NTP began, to 1970.
const SINCE_1900: u64 = 2_208_988_800;

/// When a bundle is to act.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum BundleTime {
    /// Now: it says so, or its time has passed.
    Now,
    /// In so many seconds, at most [`AHEAD`].
    In(f64),
    /// Now, since so many seconds ahead cannot be meant.
    OutOfRange(f64),
}

/// When a stamp is, for a clock that shows `unix`, seconds since 1970.
pub fn when(stamp: u64, unix: f64) -> BundleTime {
    if stamp <= super::packet::NOW {
        return BundleTime::Now;
    }
    let whole = unix.max(0.0).floor();
    let fraction = ((unix.max(0.0) - whole) * 4_294_967_296.0) as u64;
    let now = (whole as u64).wrapping_add(SINCE_1900) << 32 | fraction;
    // The count of seconds begins anew in 2036: what is nearer than half a round lies ahead.
    let ahead = stamp.wrapping_sub(now) as i64 as f64 / 4_294_967_296.0;
    match ahead {
        a if a <= 0.0 => BundleTime::Now,
        a if a <= AHEAD => BundleTime::In(a),
        a => BundleTime::OutOfRange(a),
    }
}

/// A bundle that waits.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct QueuedBundle {
    /// Nanoseconds of the listener's clock.
    due: u64,
    number: u64,
    /// Who sent it.
    pub from: IpAddr,
    /// The whole bundle.
    pub bytes: Box<[u8]>,
}

/// All that wait.
#[derive(Default)]
pub struct BundleQueue {
    heap: BinaryHeap<Reverse<QueuedBundle>>,
    bytes: usize,
    number: u64,
}

impl BundleQueue {
    /// A bundle waits until `due`, seconds; false if there is no room for it.
    pub fn hold(&mut self, bundle: &[u8], from: IpAddr, due: f64) -> bool {
        if self.heap.len() >= MOST || self.bytes + bundle.len() > BYTES {
            return false;
        }
        self.bytes += bundle.len();
        self.number += 1;
        let due = (due.max(0.0) * 1e9) as u64;
        self.heap.push(Reverse(QueuedBundle { due, number: self.number, from, bytes: bundle.into() }));
        true
    }

    /// The next bundle whose time has come: the earliest stamp first, and of the same stamp what came first.
    pub fn due(&mut self, now: f64) -> Option<QueuedBundle> {
        let next = self.heap.peek().is_some_and(|h| h.0.due as f64 <= now * 1e9);
        let held = next.then(|| self.heap.pop())??.0;
        self.bytes -= held.bytes.len();
        Some(held)
    }

    /// Seconds until the next one is due; nothing where none waits.
    pub fn next(&self, now: f64) -> Option<f64> {
        self.heap.peek().map(|h| (h.0.due as f64 / 1e9 - now).max(0.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;

    const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

    fn stamp(unix: f64) -> u64 {
        ((unix.floor() as u64 + SINCE_1900) << 32) | ((unix.fract() * 4_294_967_296.0) as u64)
    }

    #[test]
    fn stamps_are_measured_against_the_clock() {
        let now = 1_700_000_000.25;
        assert_eq!([0, 1, stamp(now - 5.0), stamp(now)].map(|s| when(s, now)), [BundleTime::Now; 4]);
        assert!(matches!(when(stamp(now + 0.3), now), BundleTime::In(a) if (a - 0.3).abs() < 1e-6));
        assert!(matches!(when(stamp(now + 37.0), now), BundleTime::OutOfRange(a) if (a - 37.0).abs() < 1e-6));
        assert_eq!(when(0x83aa_7e80_0000_0000, now), BundleTime::Now, "1970");
        // 2036-02-07 06:28:16 UTC: the seconds of NTP begin anew.
        let turn = (1u64 << 32) as f64 - SINCE_1900 as f64;
        let wrapped = 1u64 << 31; // Half a second into the new round.
        assert!(matches!(when(wrapped, turn - 0.25), BundleTime::In(a) if (a - 0.75).abs() < 1e-6));
        assert_eq!(when(u64::MAX, turn + 0.5), BundleTime::Now);
        assert!(matches!(
            when(u64::MAX, f64::NAN),
            BundleTime::Now | BundleTime::In(_) | BundleTime::OutOfRange(_)
        ));
    }

    #[test]
    fn what_waits_comes_in_the_order_of_its_stamps_and_is_bounded() {
        let mut waiting = BundleQueue::default();
        for (bytes, due) in [(b"late", 0.5), (b"soon", 0.25), (b"same", 0.25)] {
            assert!(waiting.hold(bytes, HERE, due));
        }
        assert_eq!(waiting.next(0.125), Some(0.125));
        assert!(waiting.due(0.2).is_none());
        let out: Vec<_> = std::iter::from_fn(|| waiting.due(1.0)).map(|h| h.bytes.to_vec()).collect();
        assert_eq!(out, [b"soon", b"same", b"late"]);
        assert_eq!((waiting.next(1.0), waiting.bytes), (None, 0));
        assert_eq!((0..5000).filter(|_| waiting.hold(b"x", HERE, 1.0)).count(), MOST);
        let mut large = BundleQueue::default();
        assert_eq!((0..100).filter(|_| large.hold(&[0; 60_000], HERE, 1.0)).count(), BYTES / 60_000);
    }
}
