//! TUIO 1.1 (Kaltenbrunner et al. 2005): cursors and blobs of tracking tables, walls and phones, as touches.
//!
//! Each bundle is a frame of a source, or part of one that does not fit into a datagram: `alive` lists all cursors,
//! `set` gives the positions of those that moved, `fseq` numbers the frame. A frame with a lower number than the last
//! is late and dropped; cursors no longer alive are lifted; and a source that falls silent lifts all its cursors.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;

use super::osc::RejectReason;
use super::osc::packet::{self, Arg, Message, Packet};
use super::osc::port::{self, PortStatus};
use super::touch::{self, Pointers, send_touches};
use super::udp::{DatagramHandler, Listener, PortError};
use show::Hub;
use world::system::Touch;

/// Seconds of silence after which a source is considered gone.
const TIMEOUT: f64 = 1.0;
/// Most sources at once.
const SOURCES: usize = 16;
/// A frame number that is lower by this or more means that the tracker has restarted.
const RESTARTED: i32 = 100;
/// The number of a frame that is resent in case it was lost.
const RESENT: i32 = -1;
/// Poll interval while cursors are down, s.
const TOUCH_POLL: f64 = 0.008;

/// Key of a cursor: source, profile, and the tracker's session id.
type CursorKey = (String, Profile, i64);

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Profile {
    Cursor,
    Blob,
}

/// Listens on `HOST:PORT`; a port alone means this machine only. The hub's device list reports it.
///
/// # Errors
/// [`PortError`] names the address.
pub fn listen(address: &str, hub: Arc<Hub>) -> Result<Listener, PortError> {
    port::open("TUIO", "tuio", address, hub, |port| TuioState { port, ..TuioState::default() })
}

/// The cursors of all sources.
pub struct TuioState {
    pointers: Pointers<CursorKey>,
    /// Number and time of the newest frame of each source and profile.
    frames: BTreeMap<(String, Profile), (Option<i32>, f64)>,
    port: PortStatus,
}

/// One frame, as parsed.
#[derive(Default)]
struct TuioFrame {
    source: Option<String>,
    alive: Option<Vec<i64>>,
    set: Vec<(i64, [f32; 3])>,
    number: Option<i32>,
    wrong: u64,
}

impl Default for TuioState {
    fn default() -> Self {
        Self { pointers: Pointers::new(touch::TUIO), frames: BTreeMap::new(), port: PortStatus::default() }
    }
}

impl DatagramHandler for TuioState {
    fn receive(&mut self, bytes: &[u8], from: SocketAddr, now: f64, hub: &Hub) -> u64 {
        let (touches, wrong) = self.take(bytes, &from.ip().to_string(), now);
        send_touches(hub, touches);
        let sender = from.ip().to_canonical();
        self.port.note_sender(sender);
        if wrong > 0 {
            self.port.reject(RejectReason::Malformed, "", sender, wrong);
        }
        wrong
    }

    fn tick(&mut self, now: f64, hub: &Hub) -> u64 {
        send_touches(hub, self.pointers.tick(now, TIMEOUT));
        self.frames.retain(|_, f| now - f.1 <= TIMEOUT);
        self.port.tick(now, hub);
        0
    }

    fn next_tick(&self, _: f64) -> Option<f64> {
        (self.pointers.count() > 0).then_some(TOUCH_POLL)
    }
}

impl TuioState {
    /// The touches of a datagram from `sender` at `now`, s, and the number of malformed messages.
    pub fn take(&mut self, bytes: &[u8], sender: &str, now: f64) -> (Vec<Touch>, u64) {
        let (mut cursors, mut blobs) = (TuioFrame::default(), TuioFrame::default());
        let wrong = read(&packet::read(bytes), &mut cursors, &mut blobs) + cursors.wrong + blobs.wrong;
        let mut touches = self.follow(cursors, Profile::Cursor, sender, now);
        touches.extend(self.follow(blobs, Profile::Blob, sender, now));
        (touches, wrong)
    }

    fn follow(&mut self, frame: TuioFrame, profile: Profile, sender: &str, now: f64) -> Vec<Touch> {
        let source = frame.source.unwrap_or_else(|| sender.into());
        if frame.alive.is_none() && frame.set.is_empty() {
            return Vec::new();
        }
        if !self.is_next(&source, profile, frame.number, now) {
            return Vec::new();
        }
        let mut touches = Vec::new();
        if let Some(alive) = frame.alive {
            let ours = |k: &CursorKey| k.0 == source && k.1 == profile;
            touches = self.pointers.keep(|k| !ours(k) || alive.contains(&k.2));
            alive.iter().for_each(|id| self.pointers.seen(&(source.clone(), profile, *id), now));
        }
        for (id, [x, y, radius]) in frame.set {
            touches.extend(self.pointers.at((source.clone(), profile, id), (x, y), radius, 1.0, now));
        }
        touches
    }

    /// Whether a frame, or another part of the same one, is current: only lower numbers are late. The numbers wrap
    /// around.
    fn is_next(&mut self, source: &str, profile: Profile, number: Option<i32>, now: f64) -> bool {
        let key = (source.to_string(), profile);
        let known = self.frames.get(&key);
        if known.is_none() && self.frames.len() >= 2 * SOURCES {
            return false;
        }
        let last = known.and_then(|f| f.0);
        let number = number.filter(|n| *n != RESENT);
        let late = |(n, last): (i32, i32)| (1 - RESTARTED..0).contains(&n.wrapping_sub(last));
        if number.zip(last).is_some_and(late) {
            return false;
        }
        self.frames.insert(key, (number.or(last), now));
        true
    }
}

fn read(packet: &Packet, cursors: &mut TuioFrame, blobs: &mut TuioFrame) -> u64 {
    match packet {
        Packet::Broken => 1,
        Packet::Bundle(_, parts) => parts.iter().map(|p| read(p, cursors, blobs)).sum(),
        Packet::Message(m) => match m.address {
            "/tuio/2Dcur" => cursors.message(m, |_| touch::RADIUS),
            // A blob has a height; half of it is its radius.
            "/tuio/2Dblb" => blobs.message(m, |v| v.get(4).map_or(touch::RADIUS, |h| h / 2.0)),
            // Tagged objects are not touches.
            a if a.starts_with("/tuio/") => 0,
            _ => 1,
        },
    }
}

fn number(arg: &Arg) -> Option<f64> {
    match arg {
        Arg::Number(v) => Some(*v).filter(|v| v.is_finite()),
        _ => None,
    }
}

impl TuioFrame {
    fn message(&mut self, m: &Message, radius: impl Fn(&[f32]) -> f32) -> u64 {
        let Some((Arg::Text(verb), rest)) = m.args.split_first() else { return 1 };
        let whole = |a: &Arg| number(a).map(|v| v as i64);
        match *verb {
            "source" => {
                let Some(Arg::Text(name)) = rest.first() else { return 1 };
                self.source = Some(name.chars().take(64).collect());
            }
            "alive" => match rest.iter().map(whole).collect::<Option<Vec<i64>>>() {
                Some(ids) => self.alive = Some(ids),
                None => return 1,
            },
            // Trackers count in 32 bits, which wrap around.
            "fseq" => self.number = rest.first().and_then(whole).map(|n| n as i32),
            "set" => {
                let values: Option<Vec<f32>> =
                    rest.iter().skip(1).map(|a| number(a).map(|v| v as f32)).collect();
                let (Some(id), Some([x, y, ..])) = (rest.first().and_then(whole), values.as_deref()) else {
                    self.wrong += 1;
                    return 0;
                };
                let radius = radius(values.as_deref().unwrap_or_default());
                if self.set.len() < touch::MOST {
                    self.set.push((id, [*x, *y, radius]));
                }
            }
            _ => return 1,
        }
        0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rosc::{OscBundle, OscMessage, OscPacket, OscTime, OscType, encoder};
    use world::system::Phase;

    fn part(args: Vec<OscType>, profile: &str) -> OscPacket {
        OscPacket::Message(OscMessage { addr: format!("/tuio/{profile}"), args })
    }

    /// A frame as trackers send it.
    fn frame(source: &str, number: i32, alive: &[i32], set: &[(i32, f32, f32)]) -> Vec<u8> {
        let word = |w: &str| OscType::String(w.into());
        let ids = std::iter::once(word("alive")).chain(alive.iter().map(|i| OscType::Int(*i))).collect();
        let mut content = vec![part(vec![word("source"), word(source)], "2Dcur"), part(ids, "2Dcur")];
        for (id, x, y) in set {
            let mut args = vec![word("set"), OscType::Int(*id)];
            args.extend([*x, *y, 0.0, 0.0, 0.0].map(OscType::Float));
            content.push(part(args, "2Dcur"));
        }
        content.push(part(vec![word("fseq"), OscType::Int(number)], "2Dcur"));
        let timetag = OscTime { seconds: 0, fractional: 1 };
        encoder::encode(&OscPacket::Bundle(OscBundle { timetag, content })).unwrap()
    }

    fn feed(table: &mut TuioState, bytes: &[u8], now: f64) -> Vec<(u32, Phase, f32)> {
        let (touches, wrong) = table.take(bytes, "here", now);
        assert_eq!(wrong, 0);
        touches.iter().map(|t| (t.id - touch::TUIO, t.phase, t.x)).collect()
    }

    #[test]
    fn two_cursors_touch_at_once_move_and_are_lifted() {
        let mut t = TuioState::default();
        let both = frame("wall", 1, &[70_001, 9], &[(70_001, 0.25, 0.5), (9, 0.75, 0.5)]);
        assert_eq!(feed(&mut t, &both, 0.0), [(0, Phase::Down, 0.25), (1, Phase::Down, 0.75)]);
        assert_eq!(
            feed(&mut t, &frame("wall", 2, &[70_001, 9], &[(9, 0.5, 0.5)]), 0.1),
            [(1, Phase::Move, 0.5)]
        );
        let late = frame("wall", 1, &[70_001], &[]);
        assert!(feed(&mut t, &late, 0.2).is_empty(), "a late frame lifts nothing");
        let again = frame("wall", -1, &[70_001, 9], &[(9, 0.5, 0.5)]);
        assert_eq!(feed(&mut t, &again, 0.2), [(1, Phase::Move, 0.5)], "a resent frame counts");
        let other = frame("phone", 1, &[9], &[(9, 0.1, 0.1)]);
        assert_eq!(
            feed(&mut t, &other, 0.2),
            [(2, Phase::Down, 0.1)],
            "another source has its own session ids"
        );
        assert_eq!(feed(&mut t, &frame("wall", 3, &[9], &[]), 0.3), [(0, Phase::Up, 0.25)]);
        let (hub, inbox) = Hub::new();
        t.tick(0.31, &hub);
        assert!(t.next_tick(0.31).is_some());
        t.tick(2.0, &hub);
        assert!(t.next_tick(2.0).is_none(), "a silent source holds nothing");
        let ups = inbox.try_iter().filter(|c| format!("{c:?}").contains("Up")).count();
        assert_eq!(ups, 2);
        assert_eq!(feed(&mut t, &frame("wall", 1, &[1], &[(1, 0.5, 0.5)]), 3.0).len(), 1, "and restarts");
    }

    /// Forty fingers, as the reference server sends them: in several datagrams, all with the number of the frame, with
    /// `alive` in each or in the first only.
    #[test]
    fn a_frame_in_several_datagrams_is_reassembled() {
        let ids: Vec<i32> = (0..40).collect();
        let fingers: Vec<(i32, f32, f32)> = ids.iter().map(|i| (*i, *i as f32 / 40.0, 0.5)).collect();
        for repeated in [true, false] {
            let mut t = TuioState::default();
            let mut down = Vec::new();
            for (n, part) in fingers.chunks(15).enumerate() {
                let bytes = match repeated || n == 0 {
                    true => frame("wall", 5, &ids, part),
                    false => without_alive("wall", 5, part),
                };
                assert!(bytes.len() < 1500);
                down.extend(feed(&mut t, &bytes, 0.0));
            }
            assert!(down.len() == 40 && down.iter().all(|d| d.1 == Phase::Down), "{}", down.len());
            assert!(feed(&mut t, &frame("wall", 4, &[], &[]), 0.1).is_empty(), "a lower number is late");
            assert_eq!(feed(&mut t, &frame("wall", 6, &ids[1..], &[]), 0.1).len(), 1);
            assert_eq!(feed(&mut t, &frame("wall", -1, &ids[2..], &[]), 0.1).len(), 1, "resent");
        }
    }

    fn without_alive(source: &str, number: i32, set: &[(i32, f32, f32)]) -> Vec<u8> {
        let Packet::Bundle(..) = packet::read(&frame(source, number, &[], set)) else { panic!() };
        let (_, whole) =
            rosc::decoder::decode_udp(&frame(source, number, &[], set)).map(|(r, p)| (r.len(), p)).unwrap();
        let OscPacket::Bundle(mut bundle) = whole else { panic!() };
        bundle.content.remove(1);
        encoder::encode(&OscPacket::Bundle(bundle)).unwrap()
    }

    #[test]
    fn frame_numbers_wrap_around_and_each_source_has_its_own() {
        let mut t = TuioState::default();
        let at = |t: &mut TuioState, source: &str, n: i32, x: f32| {
            feed(t, &frame(source, n, &[1], &[(1, x, 0.5)]), 0.0).len()
        };
        assert_eq!(at(&mut t, "a", i32::MAX - 1, 0.1) + at(&mut t, "b", 3, 0.1), 2);
        assert_eq!([i32::MAX, i32::MIN, i32::MIN + 1].map(|n| at(&mut t, "a", n, 0.2)), [1; 3]);
        assert_eq!([i32::MAX, i32::MIN].map(|n| at(&mut t, "a", n, 0.3)), [0; 2], "late across the wrap");
        assert_eq!([at(&mut t, "b", 2, 0.2), at(&mut t, "b", 3, 0.2)], [0, 1]);
        assert_eq!(at(&mut t, "a", 0, 0.4), 1, "a tracker that has restarted");
    }

    #[test]
    fn a_blob_has_its_own_size_and_a_resting_cursor_stays_down() {
        let mut t = TuioState::default();
        let mut args = vec![OscType::String("set".into()), OscType::Int(4)];
        args.extend([0.5, 0.25, 0.0, 0.3, 0.2, 0.06, 0.0, 0.0, 0.0, 0.0, 0.0].map(OscType::Float));
        let bytes = encoder::encode(&part(args, "2Dblb")).unwrap();
        let (touches, wrong) = t.take(&bytes, "here", 0.0);
        assert_eq!((touches.len(), touches[0].radius, touches[0].y, wrong), (1, 0.1, 0.25, 0));
        let mut t = TuioState::default();
        feed(&mut t, &frame("wall", 1, &[5], &[(5, 0.5, 0.5)]), 0.0);
        let (hub, _inbox) = Hub::new();
        for n in 0..10 {
            feed(&mut t, &frame("wall", 2 + n, &[5], &[]), 0.5 * n as f64);
            t.tick(0.5 * n as f64, &hub);
            assert!(t.next_tick(0.5 * n as f64).is_some());
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(100_000))]
        #[test]
        fn no_bytes_break_it_and_no_cursor_is_lifted_twice(
            changes in proptest::collection::vec((0usize..200, any::<u8>()), 0..6), cut in 0usize..260,
            noise in proptest::collection::vec(any::<u8>(), 0..40), pure in any::<bool>(),
        ) {
            let mut t = TuioState::default();
            let first = frame("wall", 7, &[1, 2], &[(1, 0.25, 0.5), (2, 0.75, 0.5)]);
            let mut down: Vec<u32> = t.take(&first, "here", 0.0).0.iter().map(|t| t.id).collect();
            let mut bytes = if pure { noise } else { frame("wall", 8, &[2, 3], &[(3, 0.5, 0.5), (2, 0.1, 0.2)]) };
            for (at, byte) in changes {
                if let Some(b) = bytes.get_mut(at) { *b = byte; }
            }
            bytes.truncate(cut);
            for touch in t.take(&bytes, "here", 0.1).0 {
                let whole = [touch.x, touch.y].iter().all(|v| (0.0..=1.0).contains(v)) && touch.dx.is_finite();
                prop_assert!(whole && touch.radius > 0.0);
                match touch.phase {
                    Phase::Down => { prop_assert!(!down.contains(&touch.id)); down.push(touch.id); }
                    Phase::Move => prop_assert!(down.contains(&touch.id)),
                    Phase::Up => { prop_assert!(down.contains(&touch.id)); down.retain(|d| *d != touch.id); }
                }
            }
            prop_assert_eq!(t.pointers.count(), down.len());
        }
    }
}
