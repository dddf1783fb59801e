//! Feedback sent to controllers, so that its echo is recognised and not taken for a move.
//!
//! Many controllers return what they receive: some at once, some after their motors have moved, and then the returned
//! value may be an old one, long after a newer one was sent. So each address remembers the values sent within
//! [`WINDOW`], and each sender how far it has returned them. A value that was sent and not yet returned is an echo; so
//! is one that repeats the current value. A value that the same sender has set itself is ambiguous, since a user may go
//! back to where a fader was: it counts as an echo only if that sender is known to echo.

use std::collections::{BTreeMap, VecDeque};
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard};
use std::time::Instant;

/// Time within which an echo is expected, s.
const WINDOW: f64 = 2.0;
/// Values remembered for an address: thirty a second, and some more.
const VALUES: usize = 96;
/// Senders remembered; the one silent longest is dropped.
const SENDERS: usize = 32;
/// Addresses remembered for a sender.
const PLACES: usize = 4096;
/// A sender's own moves remembered for an address.
const OWN: usize = 16;
/// Controllers on one machine whose echoes are distinguished.
const STREAMS: usize = 8;

/// A value as it is sent: the bits of an `f32`.
type ValueBits = u32;

/// Shared by the sender of feedback and the receiver of input.
pub struct FeedbackState {
    begun: Instant,
    inner: Mutex<Inner>,
    #[cfg(test)]
    later: std::sync::atomic::AtomicU64,
}

impl Default for FeedbackState {
    fn default() -> Self {
        Self {
            begun: Instant::now(),
            inner: Mutex::default(),
            #[cfg(test)]
            later: Default::default(),
        }
    }
}

#[derive(Default)]
struct Inner {
    places: BTreeMap<String, SentValues>,
    senders: BTreeMap<IpAddr, Sender>,
    /// Number of controllers that receive feedback, by machine.
    targets: BTreeMap<IpAddr, usize>,
    number: u64,
}

/// One address.
#[derive(Default)]
struct SentValues {
    /// (number, time, value), the oldest first; the last one is kept however old it is.
    values: VecDeque<(u64, f64, ValueBits)>,
    /// Number of the value sent last before the last move.
    moved: u64,
}

/// One machine that sends.
#[derive(Default)]
struct Sender {
    heard: f64,
    /// The newest messages, a bit each: whether it was the echo of a value that the sender had not set itself.
    echoes: u16,
    messages: u32,
    places: BTreeMap<String, EchoHistory>,
}

/// One sender at one address.
#[derive(Default)]
struct EchoHistory {
    /// Number of the newest value that each of its controllers has returned.
    returned: Vec<u64>,
    own: VecDeque<(f64, ValueBits)>,
}

impl Sender {
    fn note(&mut self, echo: bool) {
        self.echoes = self.echoes << 1 | echo as u16;
        self.messages = (self.messages + 1).min(u16::BITS);
    }
    /// A good part of its recent messages are echoes; moves come faster than feedback, so a quarter is enough.
    fn is_echoing(&self) -> bool {
        let echoes = self.echoes.count_ones();
        echoes >= 2 && 4 * echoes >= self.messages
    }
    /// It has sent many messages, and no echo among them.
    fn is_plain(&self) -> bool {
        self.messages >= 8 && self.echoes == 0
    }
}

impl FeedbackState {
    /// Adds controllers that receive feedback, by the machine that they are on.
    pub fn set_targets(&self, machines: impl IntoIterator<Item = IpAddr>) {
        let mut inner = self.lock();
        machines.into_iter().for_each(|m| *inner.targets.entry(m).or_default() += 1);
    }

    /// Records a value sent to an address.
    pub fn record(&self, address: &str, value: f32) {
        let now = self.now();
        let mut inner = self.lock();
        inner.number += 1;
        let number = inner.number;
        if !inner.places.contains_key(address) {
            inner.places.insert(address.into(), SentValues::default());
        }
        let Some(place) = inner.places.get_mut(address) else { return };
        place.values.retain(|v| now - v.1 <= WINDOW);
        if place.values.len() >= VALUES {
            place.values.pop_front();
        }
        place.values.push_back((number, now, value.to_bits()));
    }

    /// Everything will be resent: drops the values that can no longer be echoed.
    pub fn forget(&self) {
        let now = self.now();
        self.lock().places.retain(|_, p| p.values.back().is_some_and(|v| now - v.1 <= WINDOW));
    }

    /// Whether a value was ever sent to an address.
    pub fn contains(&self, address: &str) -> bool {
        self.lock().places.contains_key(address)
    }

    /// Whether a value from `from` is an echo of what was sent to that address; otherwise it is recorded as a move.
    pub fn is_echo(&self, from: IpAddr, address: &str, value: f32) -> bool {
        let (now, bits) = (self.now(), value.to_bits());
        let mut inner = self.lock();
        let Inner { places, senders, targets, number } = &mut *inner;
        if !places.contains_key(address) {
            places.insert(address.into(), SentValues::default());
        }
        let Some(place) = places.get_mut(address) else { return false };
        let sender = lookup(senders, from, now);
        if sender.places.len() >= PLACES && !sender.places.contains_key(address) {
            sender.places.clear();
        }
        let history = sender.places.entry(address.into()).or_default();
        history.own.retain(|o| now - o.0 <= WINDOW);
        let streams = targets.get(&from).copied().unwrap_or(1).clamp(1, STREAMS);
        history.returned.resize(streams, 0);
        let last = place.values.back().map_or(0, |v| v.0);
        // Not moved since it was sent, so it is the current value.
        let current = last > place.moved && place.values.back().is_some_and(|v| v.2 == bits);
        let own = history.own.iter().any(|o| o.1 == bits);
        let fresh = |v: &&(u64, f64, ValueBits)| v.2 == bits && (now - v.1 <= WINDOW || v.0 == last);
        let open = place.values.iter().filter(fresh).find_map(|v| {
            // Of several controllers, the one whose echoes have come closest to this value.
            let free = (0..streams).filter(|&s| history.returned[s] < v.0);
            free.max_by_key(|&s| history.returned[s]).map(|s| (s, v.0, now - v.1 <= WINDOW))
        });
        let echo = match open {
            Some(_) if current => true,
            Some(_) if own => sender.is_echoing(),
            Some(_) => !sender.is_plain(),
            None => current,
        };
        if let Some((stream, number, _)) = open.filter(|_| echo)
            && let Some(history) = sender.places.get_mut(address)
        {
            history.returned[stream] = number;
        }
        if !echo {
            sender.note(false);
            place.moved = *number;
            if let Some(history) = sender.places.get_mut(address) {
                history.own.push_back((now, bits));
                history.own.drain(..history.own.len().saturating_sub(OWN));
            }
        } else if open.is_some_and(|o| o.2) && (!own || sender.is_echoing()) {
            // A value sent long ago may match the controller's position by chance.
            sender.note(true);
        }
        echo
    }

    /// Whether the value sent last satisfies `alike` and is current: not moved since.
    pub fn is_current(&self, address: &str, alike: impl Fn(f32) -> bool) -> bool {
        let inner = self.lock();
        let place = inner.places.get(address);
        place.is_some_and(|p| p.values.back().is_some_and(|v| v.0 > p.moved && alike(f32::from_bits(v.2))))
    }

    /// Records a move of an address other than by a plain value.
    pub fn moved(&self, address: &str) {
        let mut inner = self.lock();
        let number = inner.number;
        inner.places.get_mut(address).into_iter().for_each(|p| p.moved = number);
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(|e| e.into_inner())
    }

    #[cfg(not(test))]
    fn now(&self) -> f64 {
        self.begun.elapsed().as_secs_f64()
    }

    #[cfg(test)]
    fn now(&self) -> f64 {
        let later = self.later.load(std::sync::atomic::Ordering::Relaxed);
        self.begun.elapsed().as_secs_f64() + later as f64 / 1e3
    }

    /// Advances the clock by milliseconds.
    #[cfg(test)]
    pub fn advance(&self, milliseconds: u64) {
        self.later.fetch_add(milliseconds, std::sync::atomic::Ordering::Relaxed);
    }
}

fn lookup(senders: &mut BTreeMap<IpAddr, Sender>, from: IpAddr, now: f64) -> &mut Sender {
    if senders.len() >= SENDERS && !senders.contains_key(&from) {
        let oldest = senders.iter().min_by(|a, b| a.1.heard.total_cmp(&b.1.heard)).map(|s| *s.0);
        oldest.into_iter().for_each(|o| drop(senders.remove(&o)));
    }
    let sender = senders.entry(from).or_default();
    sender.heard = now;
    sender
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(10, 0, 0, 1));
    const B: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(10, 0, 0, 2));

    #[test]
    fn old_values_count_as_echoes_within_their_window() {
        let state = FeedbackState::default();
        for n in 0..30 {
            state.record("/k", n as f32);
            state.advance(33);
        }
        // Each is echoed a second later, while others are sent.
        for n in 0..30 {
            state.record("/k", 100.0 + n as f32);
            assert!(state.is_echo(A, "/k", n as f32), "{n}");
            state.advance(33);
        }
        assert!(!state.is_echo(A, "/k", 3.0), "it was returned before");
        state.record("/k", 7.0);
        state.record("/k", 8.0);
        state.advance(5000);
        assert!(!state.is_echo(B, "/k", 7.0), "after so long it is a move");
        state.record("/k", 7.0);
        state.advance(100_000);
        assert!(state.is_echo(B, "/k", 7.0), "but it is the current value");
        assert!(!state.is_echo(A, "/other", 7.0), "it was never sent");
    }

    /// A controller that does not echo: every move arrives, also back and forth over the same values.
    #[test]
    fn moves_back_and_forth_are_not_lost() {
        let state = FeedbackState::default();
        state.record("/light", 0.0);
        state.advance(10_000);
        for n in 0..40 {
            let v = (n % 2 == 0) as u8 as f32;
            assert!(!state.is_echo(A, "/light", v), "press {n}");
            // Half of them are released before feedback could be sent.
            if n % 4 < 2 {
                state.record("/light", v);
            }
            state.advance(5);
        }
        let state = FeedbackState::default();
        for n in [3, 4, 5, 6, 5, 4, 3, 4, 3] {
            assert!(!state.is_echo(A, "/fader", n as f32), "{n}");
            state.record("/fader", n as f32);
            state.advance(50);
        }
    }

    #[test]
    fn a_move_is_echoed_by_the_other_controller_and_by_its_own() {
        let state = FeedbackState::default();
        for n in 0..20 {
            state.record(&format!("/{n}"), 0.5);
            assert!(state.is_echo(A, &format!("/{n}"), 0.5) && state.is_echo(B, &format!("/{n}"), 0.5));
        }
        for n in 1..40 {
            assert!(!state.is_echo(B, "/3", n as f32), "the move on B, {n}");
            state.record("/3", n as f32);
            state.advance(33);
            if n > 2 {
                assert!(state.is_echo(A, "/3", n as f32 - 2.0), "A lags behind, {n}");
                assert!(state.is_echo(B, "/3", n as f32 - 2.0), "B echoes its own move, {n}");
            }
        }
    }

    #[test]
    fn two_controllers_on_one_machine_echo_once_each() {
        let state = FeedbackState::default();
        state.set_targets([A, A]);
        state.record("/k", 1.0);
        state.record("/k", 2.0);
        state.record("/k", 3.0);
        let back = [1.0, 1.0, 2.0, 3.0, 2.0, 3.0];
        assert!(back.iter().all(|v| state.is_echo(A, "/k", *v)));
        assert!(!state.is_echo(A, "/k", 1.0));
    }

    #[test]
    fn memory_is_bounded() {
        let state = FeedbackState::default();
        (0..10_000).for_each(|n| state.record("/k", n as f32));
        for n in 0..1000u32 {
            let from = IpAddr::V4(std::net::Ipv4Addr::from_bits(n));
            state.is_echo(from, "/k", n as f32);
        }
        let inner = state.lock();
        assert_eq!((inner.places["/k"].values.len(), inner.senders.len()), (VALUES, SENDERS));
    }
}
