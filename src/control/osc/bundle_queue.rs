//! Bundles with a future time tag: senders that keep a beat send early, so that network jitter is not heard (Dannenberg
//! 2004). They are queued here, in order, until their time.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::net::IpAddr;

/// Greatest lead of a time tag, s; a greater one means clock skew.
pub const AHEAD: f64 = 2.0;
/// Most bundles in the queue.
const MOST: usize = 1024;
/// Most bytes in the queue.
const BYTES: usize = 1 << 20;
/// Seconds from 1900, the epoch of NTP, to 1970.
const SINCE_1900: u64 = 2_208_988_800;

/// When a bundle takes effect.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum BundleTime {
    /// Now: it is tagged so, or its time has passed.
    Now,
    /// In this many seconds, at most [`AHEAD`].
    In(f64),
    /// Now, since its lead, s, is more than [`AHEAD`].
    OutOfRange(f64),
}

/// When a time tag is due, by a clock at `unix`, seconds since 1970.
pub fn when(tag: u64, unix: f64) -> BundleTime {
    if tag <= super::packet::NOW {
        return BundleTime::Now;
    }
    let whole = unix.max(0.0).floor();
    let fraction = ((unix.max(0.0) - whole) * 4_294_967_296.0) as u64;
    let now = (whole as u64).wrapping_add(SINCE_1900) << 32 | fraction;
    // NTP seconds wrap in 2036: a difference of less than half the range is in the future.
    let ahead = tag.wrapping_sub(now) as i64 as f64 / 4_294_967_296.0;
    match ahead {
        a if a <= 0.0 => BundleTime::Now,
        a if a <= AHEAD => BundleTime::In(a),
        a => BundleTime::OutOfRange(a),
    }
}

/// A queued bundle.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct QueuedBundle {
    /// Due time, ns of the listener's clock.
    due: u64,
    number: u64,
    /// Who sent it.
    pub from: IpAddr,
    /// The whole bundle.
    pub bytes: Box<[u8]>,
}

/// Bundles by time tag, then by order of arrival.
#[derive(Default)]
pub struct BundleQueue {
    heap: BinaryHeap<Reverse<QueuedBundle>>,
    bytes: usize,
    number: u64,
}

impl BundleQueue {
    /// Queues a bundle until `due`, s; false if the queue is full.
    pub fn push(&mut self, bundle: &[u8], from: IpAddr, due: f64) -> bool {
        if self.heap.len() >= MOST || self.bytes + bundle.len() > BYTES {
            return false;
        }
        self.bytes += bundle.len();
        self.number += 1;
        let due = (due.max(0.0) * 1e9) as u64;
        self.heap.push(Reverse(QueuedBundle { due, number: self.number, from, bytes: bundle.into() }));
        true
    }

    /// The next bundle that is due: the earliest time tag first, and the first to arrive of the same one.
    pub fn due(&mut self, now: f64) -> Option<QueuedBundle> {
        let next = self.heap.peek().is_some_and(|h| h.0.due as f64 <= now * 1e9);
        let queued = next.then(|| self.heap.pop())??.0;
        self.bytes -= queued.bytes.len();
        Some(queued)
    }

    /// Seconds until the next one is due; `None` if the queue is empty.
    pub fn next(&self, now: f64) -> Option<f64> {
        self.heap.peek().map(|h| (h.0.due as f64 / 1e9 - now).max(0.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;

    const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

    fn tag(unix: f64) -> u64 {
        ((unix.floor() as u64 + SINCE_1900) << 32) | ((unix.fract() * 4_294_967_296.0) as u64)
    }

    #[test]
    fn time_tags_are_compared_with_the_clock() {
        let now = 1_700_000_000.25;
        assert_eq!([0, 1, tag(now - 5.0), tag(now)].map(|s| when(s, now)), [BundleTime::Now; 4]);
        assert!(matches!(when(tag(now + 0.3), now), BundleTime::In(a) if (a - 0.3).abs() < 1e-6));
        assert!(matches!(when(tag(now + 37.0), now), BundleTime::OutOfRange(a) if (a - 37.0).abs() < 1e-6));
        assert_eq!(when(0x83aa_7e80_0000_0000, now), BundleTime::Now, "1970");
        // 2036-02-07 06:28:16 UTC: NTP seconds wrap.
        let turn = (1u64 << 32) as f64 - SINCE_1900 as f64;
        let wrapped = 1u64 << 31; // Half a second after the wrap.
        assert!(matches!(when(wrapped, turn - 0.25), BundleTime::In(a) if (a - 0.75).abs() < 1e-6));
        assert_eq!(when(u64::MAX, turn + 0.5), BundleTime::Now);
        assert!(matches!(
            when(u64::MAX, f64::NAN),
            BundleTime::Now | BundleTime::In(_) | BundleTime::OutOfRange(_)
        ));
    }

    #[test]
    fn bundles_are_queued_in_the_order_of_their_time_tags_and_bounded() {
        let mut queue = BundleQueue::default();
        for (bytes, due) in [(b"late", 0.5), (b"soon", 0.25), (b"same", 0.25)] {
            assert!(queue.push(bytes, HERE, due));
        }
        assert_eq!(queue.next(0.125), Some(0.125));
        assert!(queue.due(0.2).is_none());
        let out: Vec<_> = std::iter::from_fn(|| queue.due(1.0)).map(|h| h.bytes.to_vec()).collect();
        assert_eq!(out, [b"soon", b"same", b"late"]);
        assert_eq!((queue.next(1.0), queue.bytes), (None, 0));
        assert_eq!((0..5000).filter(|_| queue.push(b"x", HERE, 1.0)).count(), MOST);
        let mut large = BundleQueue::default();
        assert_eq!((0..100).filter(|_| large.push(&[0; 60_000], HERE, 1.0)).count(), BYTES / 60_000);
    }
}
