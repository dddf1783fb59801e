//! What keys do.

use std::time::Instant;

use macroquad::window::set_fullscreen;

use super::capture;
use super::keys::Action;
use super::performance::{AGAIN, Performance};
use control::address::fixed::light;
use show::{Command, Cue, log};
use world::tape::Event;

impl Performance {
    /// Does what a key asks for; true if it ends the show.
    pub(super) fn act(&mut self, action: Action) -> bool {
        if self.hub.lock().is_locked() && !self.passes(action) {
            return false;
        }
        let scenes = self.state.face.scenes.len().max(1);
        let scene = self.state.face.scene;
        match action {
            Action::Pause => self.show.send(Command::Pause(!self.state.paused)),
            Action::Step => self.show.send(Command::Step),
            Action::Panel => self.panel.open = !self.panel.open,
            Action::Fullscreen => {
                self.fullscreen = !self.fullscreen;
                match &self.placer {
                    Some(placer) => placer.fill(self.fullscreen),
                    None => set_fullscreen(self.fullscreen),
                }
            }
            Action::Blackout => self.hub.master().black_out(!self.hub.master().is_black()),
            Action::Freeze => {
                let frozen = !self.hub.master().is_frozen();
                self.hub.master().freeze(frozen);
                self.notes.say(if frozen { "frozen; K goes on" } else { "going on" });
            }
            Action::Record => self.hub.send(Command::Record(!self.hub.wishes().record())),
            Action::Panic => self.hub.send(Command::Reset),
            Action::Undo => self.hub.send(Command::Undo),
            Action::Redo => self.hub.send(Command::Redo),
            Action::Tap => self.hub.send(Command::Tap),
            Action::Go => self.hub.send(Command::Cue(Cue::Go)),
            Action::Back => self.hub.send(Command::Cue(Cue::Back)),
            Action::Keep(slot) => self.hub.send(Command::Keep(slot)),
            Action::Recall(slot) => self.hub.send(Command::Recall(slot)),
            Action::Save => {
                self.saving.retain(|s| !s.is_finished());
                self.saving.extend(capture::save(self.show.frame().clone(), self.saved.0.clone()));
            }
            Action::Reseed => {
                // The next seed is a fixed function of the present one, so that a run can be told again.
                let seed = world::rng::Rng::new(self.state.seed).bits(1) >> 40;
                self.show.send(Command::Event(Event::Reseed(seed)));
                self.notes.say(format!("seed {seed}"));
            }
            Action::Learn => self.learn(),
            Action::Help => self.help = !self.help,
            Action::Crisp => self.output.crisp = !self.output.crisp,
            Action::Scene(n) if n < scenes => self.show.send(Command::Scene(n)),
            Action::Scene(n) => self.notes.say(format!("there is no scene {}", n + 1)),
            Action::Previous => self.show.send(Command::Scene((scene + scenes - 1) % scenes)),
            Action::Next => self.show.send(Command::Scene((scene + 1) % scenes)),
            Action::Effect(n) => {
                if let Some(slot) = self.output.chain.slots.get_mut(n) {
                    slot.on = !slot.on;
                    self.notes.say(format!("{} {}", slot.effect.name, if slot.on { "on" } else { "off" }));
                }
            }
            Action::Turn(turn) => self.show.send(Command::Turn(turn)),
            Action::Favour => self.hub.send(Command::Favour),
            Action::Favourite => self.hub.send(Command::Favourite),
            Action::Lock if self.again(action) => self.lock(),
            Action::Lock => self.notes.say("L again for show mode"),
            Action::Quit if self.again(action) => return true,
            Action::Quit => self.notes.say("Esc again to leave"),
        }
        false
    }

    /// Whether a key was asked for a moment ago already.
    fn again(&mut self, action: Action) -> bool {
        let before = self.asked.replace((action, Instant::now()));
        let again = before.is_some_and(|(a, t)| a == action && t.elapsed().as_secs_f32() < AGAIN);
        self.asked = self.asked.take_if(|_| !again);
        again
    }

    /// Show mode goes on, with what the show file allows, or off.
    fn lock(&mut self) {
        let lock = self.hub.lock();
        if lock.is_locked() {
            lock.unlock();
            self.notes.say("show mode is off");
        } else {
            lock.lock(&self.options.allowed());
            self.panel.open = false;
            self.help = false;
        }
        log::tell(format!("show mode was switched {}", if lock.is_locked() { "on" } else { "off" }));
    }

    /// Keys that work in show mode: those that ask twice, and the light where it is allowed. What goes through the hub
    /// is looked at there.
    fn passes(&self, action: Action) -> bool {
        let lock = self.hub.lock();
        match action {
            Action::Quit | Action::Lock => true,
            Action::Blackout => lock.allows(light::BLACKOUT.name),
            Action::Freeze => lock.allows(light::FREEZE.name),
            Action::Panel
            | Action::Learn
            | Action::Fullscreen
            | Action::Save
            | Action::Help
            | Action::Crisp
            | Action::Effect(_) => lock.allows("stage"),
            _ => true,
        }
    }
}
