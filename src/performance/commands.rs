//! What hands ask for: each command acts at once, in the order in which it came, and what it changes is an event on the
//! tape.

use std::collections::BTreeMap;

use super::Performance;
use super::loader::{LoadRequest, WorldRestart};
use show::Command;
use world::scene::Address;
use world::system::{Phase, Touch};
use world::tape::{Event, Transition, WorldReset};

/// Signals whose values are kept for scenes to come.
const KEPT: usize = 4096;
/// Touches that a tick feels, at most.
const TOUCHES: usize = 256;

/// The newest values of signals from outside, whether a scene reads them or not.
#[derive(Default)]
pub struct ExternalSignals(BTreeMap<String, f64>);

/// Touches that wait for the next tick, in order; while the clock stands one for each finger.
#[derive(Default)]
pub struct Touches(Vec<Touch>);

impl Touches {
    fn add(&mut self, touch: Touch, waits: bool) {
        let place = self.0.iter().rposition(|t| t.id == touch.id);
        match place.filter(|_| waits || self.0.len() >= TOUCHES) {
            // A finger that came and went while the clock stood was never there.
            Some(place) if touch.phase == Phase::Up && self.0[place].phase == Phase::Down => {
                self.0.remove(place);
            }
            Some(place) => {
                let down = self.0[place].phase == Phase::Down && touch.phase == Phase::Move;
                let (dx, dy) = (self.0[place].dx + touch.dx, self.0[place].dy + touch.dy);
                let phase = if down { Phase::Down } else { touch.phase };
                self.0[place] = Touch { dx, dy, phase, ..touch };
            }
            None if self.0.len() < TOUCHES => self.0.push(touch),
            None => {}
        }
    }

    /// All of them; then none wait.
    pub fn take(&mut self) -> Vec<Touch> {
        std::mem::take(&mut self.0)
    }
}

impl Performance {
    /// Does what a hand asks.
    pub(super) fn execute(&mut self, command: Command) {
        match command {
            Command::Event(event) => self.asked(event),
            Command::Travel(address, travel) => self.travel(&address, travel),
            Command::Scene(scene) => self.go(scene),
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
            Command::Cue(cue) => self.execute_cue(cue),
            // The clock is the show's, film and limiter are the stage's, sides are not here.
            Command::Pause(_)
            | Command::Step
            | Command::Turn(_)
            | Command::Record(_)
            | Command::Limiter(_) => {}
        }
    }

    /// An event that a hand asks for.
    fn asked(&mut self, event: Event) {
        match event {
            Event::Set(address, value) => self.set(&address, value),
            Event::Signal(name, value) => self.signal(name, value),
            Event::Touch(touch) if touch.is_finite() => {
                self.touched = self.time;
                self.touches.add(touch, self.paused);
            }
            Event::Reseed(seed) => self.request_restart(seed),
            Event::Link(index, _) if index < self.engine().links().len() => self.act(event),
            // Scenes come by their place in the list; the rest is nothing that a hand asks for.
            Event::Touch(_)
            | Event::Link(..)
            | Event::Enter(_)
            | Event::Swap(_)
            | Event::Reborn(_)
            | Event::Hurry(_)
            | Event::Mark => {}
        }
    }

    /// A signal acts only where a scene reads it, so that a tape holds nothing else; a scene to come is told where it
    /// stands.
    fn signal(&mut self, name: String, value: f64) {
        let value = if value.is_finite() { value } else { 0.0 };
        let outside = &mut self.outside.0;
        if let Some(old) = outside.get_mut(&name) {
            *old = value;
        } else if outside.len() < KEPT {
            outside.insert(name.clone(), value);
        }
        if self.director.reads(&name) {
            self.act(Event::Signal(name, value));
        }
    }

    /// A scene that has come is told where the faders stand that it reads.
    pub(super) fn publish_external(&mut self) {
        let scene = self.engine().scene();
        let read = self.outside.0.iter().filter(|(name, _)| scene.reads(name));
        let events: Vec<Event> = read.map(|(name, value)| Event::Signal(name.clone(), *value)).collect();
        events.into_iter().for_each(|e| self.act(e));
    }

    fn travel(&mut self, address: &Address, travel: f64) {
        let Some(parameter) = self.engine().locate(address).filter(|_| travel.is_finite()) else { return };
        let value = parameter.value_at(travel);
        self.set(address, value);
    }

    /// A move of a knob, which can be taken back.
    fn set(&mut self, address: &Address, value: f64) {
        let Some(parameter) = self.engine().locate(address) else { return };
        let (address, value) = (parameter.address.clone(), parameter.clamp(value));
        if let Some(from) = self.engine().get(&address) {
            self.history.moved(&address, from, value, self.director.tick());
        }
        self.act(Event::Set(address, value));
    }

    fn back_or_on(&mut self, back: bool) {
        let moved = if back { self.history.undo() } else { self.history.redo() };
        match moved {
            Some((address, value)) => self.act(Event::Set(address, value)),
            None => self.say(format!("nothing to {}", if back { "undo" } else { "redo" })),
        }
    }

    fn keep_slot(&mut self, slot: usize) {
        let (name, values) = (self.engine().scene().name.clone(), self.engine().set_values());
        let kept = self.kept.keep(&name, slot, values);
        self.say(if kept {
            format!("all knobs are kept in slot {slot}")
        } else {
            format!("there is no slot {slot}")
        });
    }

    fn recall(&mut self, slot: usize) {
        let name = &self.engine().scene().name;
        match self.kept.recall(name, slot).map(<[_]>::to_vec) {
            Some(values) => values.into_iter().for_each(|(address, value)| {
                if self.engine().get(&address) != Some(value) {
                    self.set(&address, value);
                }
            }),
            None => self.say(format!("slot {slot} is empty")),
        }
    }

    /// The worlds of the scene in front are to be born anew, with their knobs as they are set now.
    pub(super) fn request_restart(&mut self, seed: u64) {
        let reborn = WorldReset { seed, knobs: self.engine().moved() };
        let scene = self.engine().scene().clone();
        self.loader.order(LoadRequest::Restart(Box::new(WorldRestart {
            scene,
            reborn,
            generation: self.generation,
        })));
    }

    /// The scene from its file, at once.
    fn reset(&mut self) {
        let cue = self.cues.as_ref().and_then(|c| c.now());
        self.order(self.current, cue, (Transition::Cut, 0.0));
        self.say("reset".into());
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample::performance;
    use super::*;
    use show::ShowDriver;

    fn touch(id: u32, x: f32, phase: Phase) -> Touch {
        Touch { id, x, y: 0.5, dx: 0.25, dy: 0.5, radius: 0.1, strength: 1.0, phase }
    }

    fn after(waits: bool, all: &[Touch]) -> Vec<Touch> {
        let mut touches = Touches::default();
        all.iter().for_each(|t| touches.add(*t, waits));
        let taken = touches.take();
        assert!(touches.take().is_empty(), "they are taken once");
        taken
    }

    #[test]
    fn while_the_clock_goes_each_touch_is_felt_and_while_it_stands_one_of_each_finger() {
        use Phase::{Down, Move, Up};
        let drag = [touch(1, 0.1, Down), touch(2, 0.9, Move), touch(1, 0.2, Move), touch(1, 0.3, Move)];
        assert_eq!(after(false, &drag), drag);
        let one = Touch { dx: 0.75, dy: 1.5, ..touch(1, 0.3, Down) };
        assert_eq!(after(true, &drag), [one, drag[1]], "it has come down, and moved by all of it");
        let lifted = Touch { dx: 0.5, dy: 1.0, ..touch(1, 0.2, Up) };
        assert_eq!(after(true, &[touch(1, 0.1, Move), touch(1, 0.2, Up)]), [lifted]);
        assert!(after(true, &[touch(1, 0.1, Down), touch(1, 0.2, Move), touch(1, 0.2, Up)]).is_empty());
        let again = Touch { dx: 0.5, dy: 1.0, ..touch(1, 0.2, Down) };
        assert_eq!(after(true, &[touch(1, 0.1, Up), touch(1, 0.2, Down)]), [again]);
        assert_eq!(after(true, &[touch(1, 0.1, Up), touch(1, 0.2, Move)])[0].phase, Move);
    }

    #[test]
    fn a_tick_feels_so_many_touches_and_then_one_of_each_finger_that_is_there() {
        let many: Vec<Touch> = (0..TOUCHES as u32 - 1).map(|id| touch(id, 0.1, Phase::Move)).collect();
        let and = |more: &[Touch]| after(false, &[&many[..], more].concat());
        assert_eq!(and(&[touch(5, 0.2, Phase::Move)]).len(), TOUCHES);
        let full =
            and(&[touch(5, 0.2, Phase::Move), touch(5, 0.3, Phase::Move), touch(999, 0.3, Phase::Move)]);
        assert_eq!(
            (full.len(), full[TOUCHES - 1].x, full[TOUCHES - 1].dx, full[5].x),
            (TOUCHES, 0.3, 0.5, 0.1)
        );
    }

    #[test]
    fn so_many_signals_are_kept_for_scenes_to_come_and_those_go_on_being_heard() {
        let folder = tempfile::tempdir().unwrap();
        let mut p = performance(
            folder.path(),
            &["size = [8, 4]\n[node.a]\nsystem = \"noise\"\n[[layer]]\nshow = \"a.value\"\n"],
        );
        (0..KEPT + 9).for_each(|i| p.signal(format!("osc.{i:05}"), 1.0));
        p.signal("osc.00003".into(), 0.25);
        p.signal("osc.00004".into(), f64::NAN);
        let kept = &p.outside.0;
        assert_eq!((kept.len(), kept["osc.00003"], kept["osc.00004"]), (KEPT, 0.25, 0.0));
        assert!(
            kept.contains_key(&format!("osc.{:05}", KEPT - 1))
                && !kept.contains_key(&format!("osc.{KEPT:05}"))
        );
        p.tick();
    }
}
