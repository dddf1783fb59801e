//! The control surface: input of MIDI controllers and gamepads, without any port, so that all of it can be tested.

mod clock;
pub mod map;
pub mod map_file;
pub mod message;
mod resolved;
mod shared;
mod store;
mod takeover;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::address::{AddressKind, ControlInput, apply_at};
use clock::MidiClock;
use map::{ControlMap, ControlMapping, ControlSource};
use map_file::MapError;
use message::{MidiMessage, Parser};
use resolved::ResolvedAddresses;
pub use shared::{SharedSurface, SurfaceStatus, SurfaceThread};
use show::{Command, Hub};
use store::Store;
use takeover::Pickup;
use world::tape::Event;

/// How far a control must move to be learnt, in steps of 127: a jittering fader does not count.
const LEARN_STEPS: i16 = 6;
/// Smallest change of tempo that is sent, beats per minute.
const CHANGE: f64 = 0.1;
/// Longest wait for the map's file at the end of a show.
const TIMEOUT: Duration = Duration::from_secs(3);

/// All controllers together.
pub struct Surface {
    map: ControlMap,
    store: Option<Store>,
    parsers: BTreeMap<String, Parser>,
    pickups: BTreeMap<(String, ControlSource, String), Pickup>,
    resolved_addresses: ResolvedAddresses,
    last: BTreeMap<(String, ControlSource), f64>,
    clock: MidiClock,
    bpm: f64,
    armed: Option<String>,
    seen: BTreeMap<(String, ControlSource), i16>,
    problem: Option<String>,
    news: (u64, String),
}

impl Surface {
    /// With the map in a file, saved after every mapping learnt. A file with an error is reported and left as it is:
    /// the surface starts without a map, and new mappings last for this show only.
    pub fn open(file: &Path) -> (Self, Option<MapError>) {
        match ControlMap::load(file) {
            Ok(map) => (Self::new(map, Some(file.into())), None),
            Err(e) => {
                let mut own = Self::new(ControlMap::default(), None);
                own.problem = Some(e.to_string());
                (own, Some(e))
            }
        }
    }

    /// With a map, saved to `file` after every mapping learnt.
    pub fn new(map: ControlMap, file: Option<PathBuf>) -> Self {
        Self {
            store: file.map(|f| Store::open(&f, &map.entries)),
            map,
            parsers: BTreeMap::new(),
            pickups: BTreeMap::new(),
            resolved_addresses: ResolvedAddresses::default(),
            last: BTreeMap::new(),
            clock: MidiClock::default(),
            bpm: 0.0,
            armed: None,
            seen: BTreeMap::new(),
            problem: None,
            news: (0, String::new()),
        }
    }

    /// Arms MIDI learn: the next control that moves is mapped to this address; `None` disarms.
    pub fn arm(&mut self, address: Option<String>) {
        self.armed = address;
        self.seen.clear();
    }
    /// The address armed for MIDI learn.
    pub fn armed(&self) -> Option<&str> {
        self.armed.as_deref()
    }
    /// The control map.
    pub fn map(&self) -> &ControlMap {
        &self.map
    }
    /// The error of the last save, if any.
    pub fn problem(&self) -> Option<&str> {
        self.problem.as_deref()
    }
    /// The last mapping learnt, with a running number.
    pub fn news(&self) -> &(u64, String) {
        &self.news
    }

    /// Checks the result of the last save, and merges external edits of the file.
    pub fn poll(&mut self) {
        if let Some(result) = self.store.as_mut().and_then(|s| s.poll(&mut self.map)) {
            self.problem = result.err();
        }
    }

    /// Removes all mappings of an address.
    pub fn forget(&mut self, address: &str) {
        if self.map.forget(address) {
            self.save();
        }
    }

    /// Faders waiting for pickup: (address, direction to turn).
    pub fn waiting(&mut self, hub: &Hub) -> Vec<(String, i8)> {
        let state = hub.state();
        let Self { map, pickups, resolved_addresses, .. } = self;
        let all = map.entries.iter().filter_map(|e| {
            let pickup = pickups.get(&(e.device.clone(), e.source, e.to.clone()))?;
            let way = pickup.waits(
                resolved_addresses.find(&state.description, &e.to)?.place.travel(&state, hub.master())?,
            );
            (way != 0).then(|| (e.to.clone(), way))
        });
        all.collect()
    }

    /// Handles bytes of a controller received at `now`, s.
    pub fn take(&mut self, device: &str, bytes: &[u8], now: f64, hub: &Hub) {
        let mut messages = Vec::new();
        self.parsers.entry(device.into()).or_default().take(bytes, &mut |m| messages.push(m));
        messages.into_iter().for_each(|m| self.message(device, m, now, hub));
    }

    fn message(&mut self, device: &str, message: MidiMessage, now: f64, hub: &Hub) {
        match message {
            MidiMessage::Clock => self.beat(now, hub),
            MidiMessage::Start => self.clock.start(),
            MidiMessage::Continue | MidiMessage::Stop => {}
            MidiMessage::NoteOn(c, n, v) => {
                signal(hub, format!("midi.note{n}"), v as f64 / 127.0);
                self.control(device, ControlSource::Note(c, n), v as f64 / 127.0, v as i16, hub);
            }
            MidiMessage::NoteOff(c, n) => {
                signal(hub, format!("midi.note{n}"), 0.0);
                self.control(device, ControlSource::Note(c, n), 0.0, 0, hub);
            }
            MidiMessage::Control(c, n, v) => {
                signal(hub, format!("midi.cc{n}"), v as f64 / 127.0);
                self.control(device, ControlSource::Control(c, n), v as f64 / 127.0, v as i16, hub);
            }
            MidiMessage::Bend(c, v) => {
                signal(hub, "midi.bend".into(), v as f64 / 16_383.0);
                self.control(device, ControlSource::Bend(c), v as f64 / 16_383.0, (v >> 7) as i16, hub);
            }
            MidiMessage::Program(c, n) => self.control(device, ControlSource::Program(c, n), 1.0, 127, hub),
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

    /// Handles a control of a device at `travel` (0..1), which is `raw` in steps of 127.
    pub fn control(&mut self, device: &str, source: ControlSource, travel: f64, raw: i16, hub: &Hub) {
        if self.armed.is_some() {
            return self.learn(device, source, raw);
        }
        let entries: Vec<ControlMapping> =
            self.map.entries.iter().filter(|e| e.device == device && e.source == source).cloned().collect();
        entries.iter().for_each(|e| self.act(e, travel, raw, hub));
        if !entries.is_empty() {
            self.last.insert((device.into(), source), travel);
        }
    }

    fn act(&mut self, e: &ControlMapping, travel: f64, raw: i16, hub: &Hub) {
        let state = hub.state();
        let Some(resolved) = self.resolved_addresses.find(&state.description, &e.to) else { return };
        let place = resolved.place;
        let key = e.source.is_key();
        let moved = match place.kind() {
            AddressKind::Trigger if key => (raw > 0).then_some(ControlInput::Press),
            // A fader fires once when it passes its middle.
            AddressKind::Trigger => {
                let before = self.last.get(&(e.device.clone(), e.source)).copied().unwrap_or(0.0);
                (travel >= 0.5 && before < 0.5).then_some(ControlInput::Press)
            }
            AddressKind::Switch if key => (raw > 0).then_some(ControlInput::Press),
            AddressKind::Switch => Some(ControlInput::Value((travel >= 0.5) as u8 as f64)),
            // A key sets a knob by its velocity, and leaves it there.
            _ if key => {
                (raw > 0).then_some(ControlInput::Travel(e.range[0] + (e.range[1] - e.range[0]) * travel))
            }
            _ if e.relative => {
                let step = if raw < 64 { raw } else { raw - 128 };
                let from = place.travel(&state, hub.master()).unwrap_or(0.0);
                Some(ControlInput::Travel((from + step as f64 / 127.0).clamp(0.0, 1.0)))
            }
            _ => {
                let [lo, hi] = e.range;
                let goal = lo + (hi - lo) * travel;
                let from = place.travel(&state, hub.master()).unwrap_or(goal);
                let pickup = self.pickups.entry((e.device.clone(), e.source, e.to.clone())).or_default();
                pickup.moved(goal, from).map(ControlInput::Travel)
            }
        };
        if let Some(to) = moved {
            // Only show mode can reject it: values from a controller are finite.
            let _ = apply_at(hub, resolved, to);
        }
    }

    /// Maps the armed address to the first control that clearly moves: a key pressed, or a fader moved far enough.
    fn learn(&mut self, device: &str, source: ControlSource, raw: i16) {
        let key = source.is_key();
        let first = *self.seen.entry((device.into(), source)).or_insert(raw);
        let moved = if key { raw > 0 } else { (raw - first).abs() >= LEARN_STEPS };
        if !moved {
            return;
        }
        let Some(to) = self.armed.take() else { return };
        // A relative encoder jumps between 1 and 127 without the values in between.
        let relative =
            matches!(source, ControlSource::Control(..)) && first.min(raw) <= 3 && first.max(raw) >= 125;
        self.map.learn(device, source, &to, relative);
        self.news = (self.news.0 + 1, format!("{device} {} now moves {to}", source.short()));
        self.seen.clear();
        self.save();
    }

    fn save(&mut self) {
        self.store.iter_mut().for_each(|s| s.save(&self.map));
    }
}

impl Drop for Surface {
    /// Saves the map, unless the disk stalls for too long.
    fn drop(&mut self) {
        let Some(store) = &mut self.store else { return };
        if !store.settle(&mut self.map, TIMEOUT) {
            eprintln!("the control map {} could not be saved at the end", store.path().display());
        }
    }
}

fn signal(hub: &Hub, name: String, value: f64) {
    hub.send(Command::Event(Event::Signal(name, value)));
}
