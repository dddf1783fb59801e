//! What hands ask for beyond single events: undo, slots, tempo, cues, reset.

use std::collections::BTreeMap;

use super::Played;
use crate::show::{Command, Cue};
use crate::world::tape::Event;

/// Signals whose values are kept for scenes to come.
const KEPT: usize = 4096;

/// The newest values of signals from outside, whether a scene reads them or not.
#[derive(Default)]
pub struct Outside(BTreeMap<String, f64>);

impl Played {
    /// What of these events acts: signals only where a scene reads them, so that a tape holds nothing else.
    pub(super) fn heeded(&mut self, events: &[Event]) -> impl Iterator<Item = Event> {
        let (outside, director) = (&mut self.outside.0, &self.director);
        let heeded = events.iter().filter(|event| {
            let Event::Signal(name, value) = event else { return true };
            if outside.len() < KEPT || outside.contains_key(name) {
                outside.insert(name.clone(), *value);
            }
            director.reads(name)
        });
        heeded.cloned().collect::<Vec<_>>().into_iter()
    }

    /// A scene that comes is told where the faders stand that it reads.
    pub(super) fn tell_outside(&mut self) {
        let scene = self.director.front().scene();
        let read = self.outside.0.iter().filter(|(name, _)| scene.reads(name));
        self.waiting.extend(read.map(|(name, value)| Event::Signal(name.clone(), *value)));
    }

    /// Moves of knobs by hand can be taken back.
    pub(super) fn remember(&mut self, events: &[Event]) {
        let tick = self.director.tick();
        for event in events {
            if let Event::Set(address, to) = event
                && let Some(from) = self.director.front().get(address)
            {
                self.history.moved(address, from, *to, tick);
            }
        }
    }

    /// Does what a hand asks.
    pub(super) fn obey(&mut self, command: Command) {
        match command {
            Command::Travel(address, travel) => self.travel(&address, travel),
            Command::Undo => self.back_or_on(true),
            Command::Redo => self.back_or_on(false),
            Command::Keep(slot) => self.keep_slot(slot),
            Command::Recall(slot) => self.recall(slot),
            Command::Favour => self.favour(),
            Command::Favourite => self.favourite(),
            Command::Reset => self.reset(),
            Command::Tap => self.tempo.tap(self.now()),
            Command::Tempo(bpm) => self.tempo.set(bpm),
            Command::Beat => self.tempo.beat(),
            Command::Cue(cue) => self.obey_cue(cue),
            _ => {}
        }
    }

    fn obey_cue(&mut self, cue: Cue) {
        let Some(cues) = &self.cues else { return self.say("this show has no cues".into()) };
        let wanted = match cue {
            Cue::Go => cues.next(),
            Cue::Back => cues.before(),
            Cue::To(n) => Some(n),
        };
        match wanted {
            Some(n) => self.cue(n),
            None => self.say("there is no cue that way".into()),
        }
    }

    fn travel(&mut self, address: &str, travel: f64) {
        let Some((_, spec)) = self.director.front().scene().target(address) else { return };
        if travel.is_finite() {
            let value = spec.map_or((travel >= 0.5) as u8 as f64, |s| s.value_at(travel));
            self.set(address.into(), value);
        }
    }

    /// A move that can be taken back.
    fn set(&mut self, address: String, value: f64) {
        let event = Event::Set(address, value);
        self.remember(std::slice::from_ref(&event));
        self.waiting.push(event);
    }

    fn back_or_on(&mut self, back: bool) {
        let moved = if back { self.history.undo() } else { self.history.redo() };
        match moved {
            Some((address, value)) => self.waiting.push(Event::Set(address, value)),
            None => self.say(format!("nothing to {}", if back { "undo" } else { "redo" })),
        }
    }

    /// Every knob of the scene in front, as set by hand: (address, value).
    pub(super) fn knobs(&self) -> Vec<(String, f64)> {
        let front = self.director.front();
        front.scene().addresses().into_iter().filter_map(|a| Some((a.clone(), front.get(&a)?))).collect()
    }

    fn keep_slot(&mut self, slot: usize) {
        let (name, values) = (self.director.front().scene().name.clone(), self.knobs());
        let kept = self.kept.keep(&name, slot, values);
        self.say(if kept {
            format!("all knobs are kept in slot {slot}")
        } else {
            format!("there is no slot {slot}")
        });
    }

    fn recall(&mut self, slot: usize) {
        let name = self.director.front().scene().name.clone();
        match self.kept.recall(&name, slot).map(<[_]>::to_vec) {
            Some(values) => values.into_iter().for_each(|(address, value)| {
                if self.director.front().get(&address) != Some(value) {
                    self.set(address, value);
                }
            }),
            None => self.say(format!("slot {slot} is empty")),
        }
    }

    /// The scene from its file, at once.
    fn reset(&mut self) {
        let cue = self.cues.as_ref().and_then(|c| c.now());
        self.order(self.current, cue, (crate::world::tape::Passage::Cut, 0.0));
        self.say("reset".into());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::play::world::sample;
    use crate::show::World;
    use crate::world::tape::Tape;

    const SCENE: &str =
        "size = [32, 20]\n[node.cloud]\nsystem = \"noise\"\n[[layer]]\nshow = \"cloud.value\"\n";

    /// A controller sends its signals all evening; once every one of them went to the tape, read or not.
    #[test]
    fn signals_that_no_scene_reads_stay_off_the_tape_and_a_scene_that_comes_hears_where_they_stand() {
        let dir = tempfile::tempdir().unwrap();
        let file = |name: &str| dir.path().join(name);
        let link = "[[link]]\nfrom = \"midi.cc1\"\nto = \"cloud.scale\"\n";
        std::fs::write(file("a.toml"), SCENE).unwrap();
        std::fs::write(file("b.toml"), format!("{SCENE}{link}")).unwrap();
        let tape = file("t.tape");
        let files = ["a.toml", "b.toml"].map(file);
        let mut played = sample::played(&files, &["--no-sound", "--tape", &tape.display().to_string()]);
        let signal = |name: &str, v: f64| Event::Signal(name.into(), v);
        (0..9).for_each(|i| played.tick(&[signal("midi.cc1", i as f64 / 10.0), signal("midi.note3", 1.0)]));
        played.go(1);
        while played.current == 0 {
            std::thread::sleep(std::time::Duration::from_millis(2));
            played.tick(&[]);
        }
        played.tick(&[]);
        assert_eq!(played.engine().signals().get("midi.cc1"), 0.8, "the fader stands where it stood");
        played.tick(&[signal("midi.cc1", 0.1), signal("midi.note3", 0.0)]);
        assert_eq!(played.engine().signals().get("midi.cc1"), 0.1);
        drop(played);
        let tape = Tape::read(std::io::BufReader::new(std::fs::File::open(tape).unwrap())).unwrap();
        let kept: Vec<Event> =
            tape.events.into_iter().map(|e| e.1).filter(|e| matches!(e, Event::Signal(..))).collect();
        assert_eq!(kept, [signal("midi.cc1", 0.8), signal("midi.cc1", 0.1)]);
    }
}
