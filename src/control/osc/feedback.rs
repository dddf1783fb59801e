//! What surfaces were told lately, so that what they send back is known for an echo and not taken for a hand.
//!
//! Many surfaces return what they hear: some at once, some after their motors have moved, and then the value that comes
//! back may be an old one, long after a newer one was told. So each address remembers what it was told within
//! [`WINDOW`], and each sender how far it has sent that back. A value that was told and not yet returned is an echo; so is
//! one that says again how things stand. A value that the same sender has moved to itself is ambiguous, for a hand may go
//! back to where it was: it counts as an echo only where that sender is known to echo.

use std::collections::{BTreeMap, VecDeque};
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard};
use std::time::Instant;

/// Seconds for which an echo is awaited.
const WINDOW: f64 = 2.0;
/// Values of one address that are remembered: thirty a second, and some more.
const VALUES: usize = 96;
/// Senders that are known; whoever was silent longest is forgotten.
const SENDERS: usize = 32;
/// Addresses at which a sender's own moves are remembered.
const PLACES: usize = 4096;
/// Own moves that are remembered at an address.
const OWN: usize = 16;
/// Surfaces on one machine whose echoes are told apart.
const STREAMS: usize = 8;

/// The value of an address as surfaces are told it: the bits of an `f32`.
type ValueBits = u32;

/// Shared by who tells and who hears.
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
    /// Surfaces that are told, by their machine.
    targets: BTreeMap<IpAddr, usize>,
    number: u64,
}

/// One address.
#[derive(Default)]
struct SentValues {
    /// (number, when, value), the oldest first; the last one stays however old it is.
    values: VecDeque<(u64, f64, ValueBits)>,
    /// Number of what was told last when a hand moved it last.
    moved: u64,
}

/// One machine that sends.
#[derive(Default)]
struct Sender {
    heard: f64,
    /// The newest messages, a bit each: whether they sent back what was told and the sender had not moved itself.
    echoes: u16,
    messages: u32,
    places: BTreeMap<String, EchoHistory>,
}

/// One sender at one address.
#[derive(Default)]
struct EchoHistory {
    /// Up to which number each of its surfaces has sent back what it was told.
    returned: Vec<u64>,
    own: VecDeque<(f64, ValueBits)>,
}

impl Sender {
    fn note(&mut self, echo: bool) {
        self.echoes = self.echoes << 1 | echo as u16;
        self.messages = (self.messages + 1).min(u16::BITS);
    }
    /// A good part of what it sent lately were echoes: a hand on it moves faster than surfaces are told.
    fn is_echoing(&self) -> bool {
        let echoes = self.echoes.count_ones();
        echoes >= 2 && 4 * echoes >= self.messages
    }
    /// It has spoken often, and never was an echo among it.
    fn is_plain(&self) -> bool {
        self.messages >= 8 && self.echoes == 0
    }
}

impl FeedbackState {
    /// Surfaces that are told, by the machine that they are on.
    pub fn set_targets(&self, machines: impl IntoIterator<Item = IpAddr>) {
        let mut inner = self.lock();
        machines.into_iter().for_each(|m| *inner.targets.entry(m).or_default() += 1);
    }

    /// An address is told a value.
    pub fn tell(&self, address: &str, value: f32) {
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

    /// Everything will be told anew: what nobody can send back any more is forgotten.
    pub fn forget(&self) {
        let now = self.now();
        self.lock().places.retain(|_, p| p.values.back().is_some_and(|v| now - v.1 <= WINDOW));
    }

    /// Whether an address was ever told.
    pub fn knows(&self, address: &str) -> bool {
        self.lock().places.contains_key(address)
    }

    /// Whether `from` sends back at an address what was told there; else it is a move, and remembered as one.
    pub fn is_echo(&self, from: IpAddr, address: &str, value: f32) -> bool {
        let (now, bits) = (self.now(), value.to_bits());
        let mut inner = self.lock();
        let Inner { places, senders, targets, number } = &mut *inner;
        if !places.contains_key(address) {
            places.insert(address.into(), SentValues::default());
        }
        let Some(place) = places.get_mut(address) else { return false };
        let sender = known(senders, from, now);
        if sender.places.len() >= PLACES && !sender.places.contains_key(address) {
            sender.places.clear();
        }
        let habit = sender.places.entry(address.into()).or_default();
        habit.own.retain(|o| now - o.0 <= WINDOW);
        let streams = targets.get(&from).copied().unwrap_or(1).clamp(1, STREAMS);
        habit.returned.resize(streams, 0);
        let last = place.values.back().map_or(0, |v| v.0);
        // Nothing was moved since it was told: so it stands.
        let stands = last > place.moved && place.values.back().is_some_and(|v| v.2 == bits);
        let own = habit.own.iter().any(|o| o.1 == bits);
        let fresh = |v: &&(u64, f64, ValueBits)| v.2 == bits && (now - v.1 <= WINDOW || v.0 == last);
        let open = place.values.iter().filter(fresh).find_map(|v| {
            // Of several surfaces it is the one that has come nearest to this value.
            let free = (0..streams).filter(|&s| habit.returned[s] < v.0);
            free.max_by_key(|&s| habit.returned[s]).map(|s| (s, v.0, now - v.1 <= WINDOW))
        });
        let echo = match open {
            Some(_) if stands => true,
            Some(_) if own => sender.is_echoing(),
            Some(_) => !sender.is_plain(),
            None => stands,
        };
        if let Some((stream, told, _)) = open.filter(|_| echo)
            && let Some(habit) = sender.places.get_mut(address)
        {
            habit.returned[stream] = told;
        }
        if !echo {
            sender.note(false);
            place.moved = *number;
            if let Some(habit) = sender.places.get_mut(address) {
                habit.own.push_back((now, bits));
                habit.own.drain(..habit.own.len().saturating_sub(OWN));
            }
        } else if open.is_some_and(|o| o.2) && (!own || sender.is_echoing()) {
            // What was told long ago may be how the surface happens to stand.
            sender.note(true);
        }
        echo
    }

    /// Whether so it stands: what was told last is `alike`, and no hand has moved it since.
    pub fn stands(&self, address: &str, alike: impl Fn(f32) -> bool) -> bool {
        let inner = self.lock();
        let place = inner.places.get(address);
        place.is_some_and(|p| p.values.back().is_some_and(|v| v.0 > p.moved && alike(f32::from_bits(v.2))))
    }

    /// A hand has moved an address otherwise than by its plain value.
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

    /// Time passes, milliseconds.
    #[cfg(test)]
    pub fn pass(&self, milliseconds: u64) {
        self.later.fetch_add(milliseconds, std::sync::atomic::Ordering::Relaxed);
    }
}

fn known(senders: &mut BTreeMap<IpAddr, Sender>, from: IpAddr, now: f64) -> &mut Sender {
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
    fn echoes_of_old_values_are_echoes_until_their_window_is_over() {
        let told = FeedbackState::default();
        for n in 0..30 {
            told.tell("/k", n as f32);
            told.pass(33);
        }
        // Each comes back a second later, while others are told.
        for n in 0..30 {
            told.tell("/k", 100.0 + n as f32);
            assert!(told.is_echo(A, "/k", n as f32), "{n}");
            told.pass(33);
        }
        assert!(!told.is_echo(A, "/k", 3.0), "once is enough");
        told.tell("/k", 7.0);
        told.tell("/k", 8.0);
        told.pass(5000);
        assert!(!told.is_echo(B, "/k", 7.0), "after so long it is a hand");
        told.tell("/k", 7.0);
        told.pass(100_000);
        assert!(told.is_echo(B, "/k", 7.0), "but so it stands");
        assert!(!told.is_echo(A, "/other", 7.0), "nobody was told of it");
    }

    /// A surface that does not echo: whatever its hand does arrives, also back and forth over the same values.
    #[test]
    fn a_hand_that_goes_back_and_forth_loses_nothing() {
        let told = FeedbackState::default();
        told.tell("/light", 0.0);
        told.pass(10_000);
        for n in 0..40 {
            let v = (n % 2 == 0) as u8 as f32;
            assert!(!told.is_echo(A, "/light", v), "press {n}");
            // Half of them are let go before anything could be told.
            if n % 4 < 2 {
                told.tell("/light", v);
            }
            told.pass(5);
        }
        let told = FeedbackState::default();
        for n in [3, 4, 5, 6, 5, 4, 3, 4, 3] {
            assert!(!told.is_echo(A, "/fader", n as f32), "{n}");
            told.tell("/fader", n as f32);
            told.pass(50);
        }
    }

    #[test]
    fn what_one_surface_moves_comes_back_from_the_other_and_from_itself() {
        let told = FeedbackState::default();
        for n in 0..20 {
            told.tell(&format!("/{n}"), 0.5);
            assert!(told.is_echo(A, &format!("/{n}"), 0.5) && told.is_echo(B, &format!("/{n}"), 0.5));
        }
        for n in 1..40 {
            assert!(!told.is_echo(B, "/3", n as f32), "the hand on B, {n}");
            told.tell("/3", n as f32);
            told.pass(33);
            if n > 2 {
                assert!(told.is_echo(A, "/3", n as f32 - 2.0), "A lags behind, {n}");
                assert!(told.is_echo(B, "/3", n as f32 - 2.0), "B sends back what it moved itself, {n}");
            }
        }
    }

    #[test]
    fn two_surfaces_of_one_machine_echo_once_each() {
        let told = FeedbackState::default();
        told.set_targets([A, A]);
        told.tell("/k", 1.0);
        told.tell("/k", 2.0);
        told.tell("/k", 3.0);
        let back = [1.0, 1.0, 2.0, 3.0, 2.0, 3.0];
        assert!(back.iter().all(|v| told.is_echo(A, "/k", *v)));
        assert!(!told.is_echo(A, "/k", 1.0));
    }

    #[test]
    fn memory_is_bounded() {
        let told = FeedbackState::default();
        (0..10_000).for_each(|n| told.tell("/k", n as f32));
        for n in 0..1000u32 {
            let from = IpAddr::V4(std::net::Ipv4Addr::from_bits(n));
            told.is_echo(from, "/k", n as f32);
        }
        let inner = told.lock();
        assert_eq!((inner.places["/k"].values.len(), inner.senders.len()), (VALUES, SENDERS));
    }
}
