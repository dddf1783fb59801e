//! Commands of the control inputs: each acts at once, in order, and what it changes is an event on the tape.

use super::Performance;
use super::loader::{LoadRequest, WorldRestart};
use show::Command;
use world::scene::Address;
use world::tape::{Event, Transition, WorldReset};

/// External signals remembered for later scenes.
const MAX_SIGNALS: usize = 4096;

impl Performance {
    /// Executes a command.
    pub(super) fn execute(&mut self, command: Command) {
        match command {
            Command::Event(event) => self.apply_input(event),
            Command::Travel(address, travel) => self.travel(&address, travel),
            Command::Scene(scene) => self.go(scene),
            Command::Undo => self.undo_or_redo(true),
            Command::Redo => self.undo_or_redo(false),
            Command::Keep(slot) => self.store_preset(slot),
            Command::Recall(slot) => self.recall(slot),
            Command::Favour => self.favour(),
            Command::Favourite => self.favourite(),
            Command::Reset => self.reset(),
            Command::Tap => self.tempo.tap(self.now()),
            Command::Tempo(bpm) => self.tempo.set(bpm),
            Command::Beat => self.tempo.beat(),
            Command::Cue(cue) => self.execute_cue(cue),
            Command::Taste(taste) => self.judge.iter_mut().for_each(|j| j.rate(taste)),
            Command::Look(on) => self.judge.iter_mut().for_each(|j| j.look(on)),
            // The clock is the show's, recording and limiter are the stage's; there are no sides here.
            Command::Pause(_)
            | Command::Step
            | Command::Turn(_)
            | Command::Vote(_)
            | Command::Record(_)
            | Command::Limiter(_) => {}
        }
    }

    /// An event from a control input.
    fn apply_input(&mut self, event: Event) {
        match event {
            Event::Set(address, value) => self.set(&address, value),
            Event::Signal(name, value) => self.signal(name, value),
            Event::Touch(touch) if touch.is_finite() => {
                self.touched = self.time;
                self.touches.add(touch, self.paused);
            }
            Event::Reseed(seed) => self.request_restart(seed),
            Event::Link(index, _) if index < self.engine().links().len() => self.act(event),
            // Scenes are selected by index; the rest is internal.
            Event::Touch(_)
            | Event::Link(..)
            | Event::Room(_)
            | Event::Enter(_)
            | Event::Swap(_)
            | Event::Reborn(_)
            | Event::Hurry(_)
            | Event::Mark => {}
        }
    }

    /// A signal acts only where a scene reads it, so that a tape holds nothing else; later scenes receive its newest
    /// value.
    fn signal(&mut self, name: String, value: f64) {
        let value = if value.is_finite() { value } else { 0.0 };
        let external = &mut self.external.0;
        if let Some(old) = external.get_mut(&name) {
            *old = value;
        } else if external.len() < MAX_SIGNALS {
            external.insert(name.clone(), value);
        }
        if self.director.reads(&name) {
            self.act(Event::Signal(name, value));
        }
    }

    /// Sends a new scene the newest values of the external signals it reads.
    pub(super) fn publish_external(&mut self) {
        let scene = self.engine().scene();
        let read = self.external.0.iter().filter(|(name, _)| scene.reads(name));
        let events: Vec<Event> = read.map(|(name, value)| Event::Signal(name.clone(), *value)).collect();
        events.into_iter().for_each(|e| self.act(e));
    }

    fn travel(&mut self, address: &Address, travel: f64) {
        let Some(parameter) = self.engine().locate(address).filter(|_| travel.is_finite()) else { return };
        let value = parameter.value_at(travel);
        self.set(address, value);
    }

    /// Sets a knob, which can be undone.
    fn set(&mut self, address: &Address, value: f64) {
        let Some(parameter) = self.engine().locate(address) else { return };
        let (address, value) = (parameter.address.clone(), parameter.clamp(value));
        if let Some(from) = self.engine().get(&address) {
            self.history.moved(&address, from, value, self.director.tick());
        }
        self.act(Event::Set(address, value));
    }

    fn undo_or_redo(&mut self, undo: bool) {
        let edit = if undo { self.history.undo() } else { self.history.redo() };
        match edit {
            Some((address, value)) => self.act(Event::Set(address, value)),
            None => self.notify(format!("nothing to {}", if undo { "undo" } else { "redo" })),
        }
    }

    fn store_preset(&mut self, slot: usize) {
        let (name, values) = (self.engine().scene().name.clone(), self.engine().set_values());
        let stored = self.presets.keep(&name, slot, values);
        self.notify(if stored {
            format!("preset stored in slot {slot}")
        } else {
            format!("there is no slot {slot}")
        });
    }

    fn recall(&mut self, slot: usize) {
        let name = &self.engine().scene().name;
        match self.presets.recall(name, slot).map(<[_]>::to_vec) {
            Some(values) => values.into_iter().for_each(|(address, value)| {
                if self.engine().get(&address) != Some(value) {
                    self.set(&address, value);
                }
            }),
            None => self.notify(format!("slot {slot} is empty")),
        }
    }

    /// Requests a restart of the active scene's worlds, with the knobs as they are set now.
    pub(super) fn request_restart(&mut self, seed: u64) {
        let reset = WorldReset { seed, knobs: self.engine().moved() };
        let scene = self.engine().scene().clone();
        self.loader.request(LoadRequest::Restart(Box::new(WorldRestart {
            scene,
            reset,
            generation: self.generation,
        })));
    }

    /// Reloads the scene from its file, at once.
    fn reset(&mut self) {
        let cue = self.cues.as_ref().and_then(|c| c.now());
        self.request_scene(self.current, cue, (Transition::Cut, 0.0));
        self.notify("reset".into());
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample::performance;
    use super::*;
    use show::ShowDriver;

    #[test]
    fn a_limited_number_of_signals_is_remembered_and_those_keep_updating() {
        let folder = tempfile::tempdir().unwrap();
        let mut p = performance(
            folder.path(),
            &["size = [8, 4]\n[node.a]\nsystem = \"noise\"\n[[layer]]\nshow = \"a.value\"\n"],
        );
        (0..MAX_SIGNALS + 9).for_each(|i| p.signal(format!("osc.{i:05}"), 1.0));
        p.signal("osc.00003".into(), 0.25);
        p.signal("osc.00004".into(), f64::NAN);
        let kept = &p.external.0;
        assert_eq!((kept.len(), kept["osc.00003"], kept["osc.00004"]), (MAX_SIGNALS, 0.25, 0.0));
        assert!(
            kept.contains_key(&format!("osc.{:05}", MAX_SIGNALS - 1))
                && !kept.contains_key(&format!("osc.{MAX_SIGNALS:05}"))
        );
        p.tick();
    }
}
