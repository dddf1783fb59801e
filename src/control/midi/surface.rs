//! What messages do: without any port, so that all of it can be tried.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::clock::Clock;
use super::map::{Entry, Map, Source};
use super::message::{Message, Parser};
use super::takeover::Pickup;
use crate::control::address::{Kind, Move, Place, apply};
use crate::show::{Command, Hub};
use crate::world::tape::Event;

/// How far a control must move before it is learnt: a fader that trembles is not meant.
const MEANT: i16 = 6;
/// Change of tempo that is passed on, beats a minute.
const CHANGE: f64 = 0.1;

/// All controllers together.
pub struct Surface {
    map: Map,
    file: PathBuf,
    parsers: BTreeMap<String, Parser>,
    pickups: BTreeMap<(String, Source), Pickup>,
    clock: Clock,
    bpm: f64,
    armed: Option<String>,
    seen: BTreeMap<(String, Source), i16>,
    problem: Option<String>,
    learnt: u64,
}

impl Surface {
    /// With a map, which is saved to `file` whenever something is learnt.
    pub fn new(map: Map, file: PathBuf) -> Self {
        Self {
            map,
            file,
            parsers: BTreeMap::new(),
            pickups: BTreeMap::new(),
            clock: Clock::default(),
            bpm: 0.0,
            armed: None,
            seen: BTreeMap::new(),
            problem: None,
            learnt: 0,
        }
    }

    /// The next control that is moved will move this address; `None` disarms.
    pub fn arm(&mut self, address: Option<String>) {
        self.armed = address;
        self.seen.clear();
    }
    /// The address that waits for a control.
    pub fn armed(&self) -> Option<&str> {
        self.armed.as_deref()
    }
    /// What moves what.
    pub fn map(&self) -> &Map {
        &self.map
    }
    /// What went wrong when the map was saved.
    pub fn problem(&self) -> Option<&str> {
        self.problem.as_deref()
    }
    /// How often something was learnt.
    pub fn learnt(&self) -> u64 {
        self.learnt
    }

    /// Nothing moves an address any more.
    pub fn forget(&mut self, address: &str) {
        if self.map.forget(address) {
            self.save();
        }
    }

    /// Faders that wait for their knob: (address, which way to turn).
    pub fn waiting(&self, hub: &Hub) -> Vec<(String, i8)> {
        let entries = self.map.entries.iter();
        let all = entries.filter_map(|e| {
            let way = self.pickups.get(&(e.device.clone(), e.source))?.waits(travel(hub, &e.to)?);
            (way != 0).then(|| (e.to.clone(), way))
        });
        all.collect()
    }

    /// Bytes from a controller at `now`, seconds.
    pub fn take(&mut self, device: &str, bytes: &[u8], now: f64, hub: &Hub) {
        let mut messages = Vec::new();
        self.parsers.entry(device.into()).or_default().take(bytes, &mut |m| messages.push(m));
        messages.into_iter().for_each(|m| self.message(device, m, now, hub));
    }

    fn message(&mut self, device: &str, message: Message, now: f64, hub: &Hub) {
        match message {
            Message::Clock => self.beat(now, hub),
            Message::Start => self.clock.start(),
            Message::Continue | Message::Stop => {}
            Message::NoteOn(c, n, v) => {
                signal(hub, format!("midi.note{n}"), v as f64 / 127.0);
                self.control(device, Source::Note(c, n), v as f64 / 127.0, v as i16, hub);
            }
            Message::NoteOff(c, n) => {
                signal(hub, format!("midi.note{n}"), 0.0);
                self.control(device, Source::Note(c, n), 0.0, 0, hub);
            }
            Message::Control(c, n, v) => {
                signal(hub, format!("midi.cc{n}"), v as f64 / 127.0);
                self.control(device, Source::Control(c, n), v as f64 / 127.0, v as i16, hub);
            }
            Message::Bend(c, v) => {
                signal(hub, "midi.bend".into(), v as f64 / 16_383.0);
                self.control(device, Source::Bend(c), v as f64 / 16_383.0, (v >> 7) as i16, hub);
            }
            Message::Program(c, n) => self.control(device, Source::Program(c, n), 1.0, 127, hub),
        }
    }

    fn beat(&mut self, now: f64, hub: &Hub) {
        let pulse = self.clock.pulse(now);
        if let Some(bpm) = pulse.bpm.filter(|b| (b - self.bpm).abs() > CHANGE) {
            self.bpm = bpm;
            hub.send(Command::Tempo(bpm));
        }
        if pulse.beat && pulse.bpm.is_some() {
            hub.send(Command::Beat);
        }
    }

    fn control(&mut self, device: &str, source: Source, travel: f64, raw: i16, hub: &Hub) {
        if self.armed.is_some() {
            return self.learn(device, source, raw);
        }
        let entries: Vec<Entry> =
            self.map.entries.iter().filter(|e| e.device == device && e.source == source).cloned().collect();
        entries.iter().for_each(|e| self.act(e, travel, raw, hub));
    }

    fn act(&mut self, e: &Entry, travel: f64, raw: i16, hub: &Hub) {
        let state = hub.state();
        // A map may hold addresses of scenes that do not play now.
        let Some(place) = Place::find(&state.face, &e.to) else { return };
        let key = matches!(e.source, Source::Note(..) | Source::Program(..));
        let moved = match place.kind() {
            Kind::Trigger => (travel >= 0.5 || key && raw > 0).then_some(Move::Press),
            Kind::Switch if key => (raw > 0).then_some(Move::Press),
            Kind::Switch => Some(Move::Value((travel >= 0.5) as u8 as f64)),
            _ if e.relative => {
                let step = if raw < 64 { raw } else { raw - 128 };
                let from = place.travel(&state, hub.master()).unwrap_or(0.0);
                Some(Move::Travel((from + step as f64 / 127.0).clamp(0.0, 1.0)))
            }
            _ => {
                let [lo, hi] = e.range;
                let goal = lo + (hi - lo) * travel;
                let from = place.travel(&state, hub.master()).unwrap_or(goal);
                let pickup = self.pickups.entry((e.device.clone(), e.source)).or_default();
                pickup.moved(goal, from).map(Move::Travel)
            }
        };
        if let Some(to) = moved {
            // The address was found just now.
            let _ = apply(hub, &e.to, to);
        }
    }

    /// The first control that is clearly moved takes the armed address: a key goes down, or a fader goes some way.
    fn learn(&mut self, device: &str, source: Source, raw: i16) {
        let key = matches!(source, Source::Note(..) | Source::Program(..));
        let first = *self.seen.entry((device.into(), source)).or_insert(raw);
        let meant = if key { raw > 0 } else { (raw - first).abs() >= MEANT };
        if !meant {
            return;
        }
        let Some(to) = self.armed.take() else { return };
        // An endless knob jumps between 1 and 127 without passing what lies between.
        let relative = !key && first.min(raw) <= 3 && first.max(raw) >= 125;
        self.map.learn(device, source, &to, relative);
        self.learnt += 1;
        self.seen.clear();
        self.save();
    }

    fn save(&mut self) {
        self.problem = self.map.save(&self.file).err().map(|e| e.to_string());
    }
}

fn travel(hub: &Hub, address: &str) -> Option<f64> {
    let state = hub.state();
    Place::find(&state.face, address)?.travel(&state, hub.master())
}

fn signal(hub: &Hub, name: String, value: f64) {
    hub.send(Command::Event(Event::Signal(name, value)));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::control::sample;
    use std::sync::mpsc::Receiver;

    fn moves(inbox: &Receiver<Command>) -> Vec<Command> {
        inbox.try_iter().filter(|c| !matches!(c, Command::Event(Event::Signal(..)))).collect()
    }

    #[test]
    fn a_knob_is_learnt_saved_and_moved_with_soft_takeover() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("midi.toml");
        let (hub, inbox) = sample::hub();
        let mut s = Surface::new(Map::default(), file.clone());
        s.arm(Some("gas.inflow".into()));
        s.take("nano", &[0xb0, 16, 10], 0.0, &hub);
        s.take("nano", &[0xb0, 16, 12], 0.0, &hub);
        assert_eq!(s.armed(), Some("gas.inflow"), "a tremble is not meant");
        s.take("nano", &[0xb0, 16, 20], 0.0, &hub);
        assert_eq!((s.armed(), s.learnt()), (None, 1));
        assert_eq!(Map::load(&file).unwrap(), *s.map(), "it is on disk at once");
        // The knob stands at 2 of 0..10: travel 0.2.
        s.take("nano", &[0xb0, 16, 5], 0.0, &hub);
        assert!(moves(&inbox).is_empty());
        assert_eq!(s.waiting(&hub), [("gas.inflow".to_string(), 1)]);
        s.take("nano", &[0xb0, 16, 30], 0.0, &hub);
        assert_eq!(moves(&inbox), [Command::Travel("gas.inflow".into(), 30.0 / 127.0)]);
        s.take("other", &[0xb0, 16, 90], 0.0, &hub);
        assert!(moves(&inbox).is_empty(), "another controller has controls of its own");
    }

    #[test]
    fn pads_fire_cues_and_switch_links() {
        let dir = tempfile::tempdir().unwrap();
        let (hub, inbox) = sample::hub();
        let mut map = Map::default();
        map.learn("pads", Source::Note(9, 36), "cue.1", false);
        map.learn("pads", Source::Note(9, 37), "link.0", false);
        map.learn("pads", Source::Control(0, 1), "nothing.here", false);
        let mut s = Surface::new(map, dir.path().join("m.toml"));
        s.take("pads", &[0x99, 36, 100, 36, 0, 37, 1, 0xb0, 1, 127], 0.0, &hub);
        assert_eq!(
            moves(&inbox),
            [Command::Cue(crate::show::Cue::To(1)), Command::Event(Event::Link(0, false))]
        );
        s.take("pads", &[0xb3, 74, 127], 0.0, &hub);
        assert_eq!(inbox.try_iter().last(), Some(Command::Event(Event::Signal("midi.cc74".into(), 1.0))));
    }

    #[test]
    fn endless_knobs_step_and_a_clock_gives_the_tempo() {
        let dir = tempfile::tempdir().unwrap();
        let (hub, inbox) = sample::hub();
        let mut map = Map::default();
        map.learn("enc", Source::Control(0, 3), "gas.inflow", true);
        let mut s = Surface::new(map, dir.path().join("m.toml"));
        s.take("enc", &[0xb0, 3, 127], 0.0, &hub);
        assert_eq!(moves(&inbox), [Command::Travel("gas.inflow".into(), 0.2 - 1.0 / 127.0)]);
        (0..100).for_each(|n| s.take("enc", &[0xf8], n as f64 * 0.5 / 24.0, &hub));
        let sent = moves(&inbox);
        assert!(matches!(sent[0], Command::Tempo(b) if (b - 120.0).abs() < 0.01), "{sent:?}");
        assert_eq!(sent.iter().filter(|c| **c == Command::Beat).count(), 4);
    }
}
