//! Key actions.

use std::time::Instant;

use macroquad::window::set_fullscreen;

use super::capture;
use super::keys::KeyAction;
use super::performance::{CONFIRM_WITHIN, StageApp};
use control::address::fixed::light;
use show::{Command, CueTarget, log};
use world::tape::Event;

impl StageApp {
    /// Executes a key action; true if it ends the show.
    pub(super) fn act(&mut self, action: KeyAction) -> bool {
        if self.hub.lock().is_locked() && !self.permits(action) {
            return false;
        }
        let scenes = self.state.description.scenes.len().max(1);
        let scene = self.state.description.scene;
        match action {
            KeyAction::Pause => self.show.send(Command::Pause(!self.state.paused)),
            KeyAction::Step => self.show.send(Command::Step),
            KeyAction::Panel => self.panel.open = !self.panel.open,
            KeyAction::Fullscreen => {
                self.fullscreen = !self.fullscreen;
                match &self.placer {
                    Some(placer) => placer.fill(self.fullscreen),
                    None => set_fullscreen(self.fullscreen),
                }
            }
            KeyAction::Blackout => self.hub.master().blackout(!self.hub.master().is_black()),
            KeyAction::Freeze => {
                let frozen = !self.hub.master().is_frozen();
                self.hub.master().freeze(frozen);
                self.notifications.show(if frozen { "frozen; K unfreezes" } else { "unfrozen" });
            }
            KeyAction::Record => self.hub.send(Command::Record(!self.hub.requests().record())),
            KeyAction::Panic => self.hub.send(Command::Reset),
            KeyAction::Undo => self.hub.send(Command::Undo),
            KeyAction::Redo => self.hub.send(Command::Redo),
            KeyAction::Tap => self.hub.send(Command::Tap),
            KeyAction::Go => self.hub.send(Command::Cue(CueTarget::Go)),
            KeyAction::Back => self.hub.send(Command::Cue(CueTarget::Back)),
            KeyAction::Keep(slot) => self.hub.send(Command::Keep(slot)),
            KeyAction::Recall(slot) => self.hub.send(Command::Recall(slot)),
            KeyAction::Save => {
                self.saving.retain(|s| !s.is_finished());
                self.saving.extend(capture::save(self.show.frame().clone(), self.saved.0.clone()));
            }
            KeyAction::Reseed => {
                // The next seed is a fixed function of the current one, so that a run can be repeated.
                let seed = world::rng::Rng::new(self.state.seed).bits(1) >> 40;
                self.show.send(Command::Event(Event::Reseed(seed)));
                self.notifications.show(format!("seed {seed}"));
            }
            KeyAction::Learn => self.toggle_mapping(),
            KeyAction::Help => self.help = !self.help,
            KeyAction::Crisp => self.output.crisp = !self.output.crisp,
            KeyAction::Scene(n) if n < scenes => self.show.send(Command::Scene(n)),
            KeyAction::Scene(n) => self.notifications.show(format!("there is no scene {}", n + 1)),
            KeyAction::Previous => self.show.send(Command::Scene((scene + scenes - 1) % scenes)),
            KeyAction::Next => self.show.send(Command::Scene((scene + 1) % scenes)),
            KeyAction::Effect(n) => {
                if let Some(slot) = self.output.chain.slots.get_mut(n) {
                    slot.on = !slot.on;
                    self.notifications.show(format!(
                        "{} {}",
                        slot.effect.name,
                        if slot.on { "on" } else { "off" }
                    ));
                }
            }
            KeyAction::Gaze if self.state.verdict.is_none() => {
                self.notifications.show("no judge is watching")
            }
            KeyAction::Gaze => self.hub.send(Command::Look(!self.state.looking)),
            KeyAction::Turn(turn) => self.show.send(Command::Turn(turn)),
            KeyAction::Vote(vote) => self.hub.send(Command::Vote(vote)),
            KeyAction::Favour => self.hub.send(Command::Favour),
            KeyAction::Favourite => self.hub.send(Command::Favourite),
            KeyAction::Lock if self.is_confirmed(action) => self.lock(),
            KeyAction::Lock => self.notifications.show("L again for show mode"),
            KeyAction::Quit if self.is_confirmed(action) => return true,
            KeyAction::Quit => self.notifications.show("Esc again to quit"),
        }
        false
    }

    /// Whether the same key was pressed a moment ago already.
    fn is_confirmed(&mut self, action: KeyAction) -> bool {
        let before = self.pressed.replace((action, Instant::now()));
        let again = before.is_some_and(|(a, t)| a == action && t.elapsed().as_secs_f32() < CONFIRM_WITHIN);
        self.pressed = self.pressed.take_if(|_| !again);
        again
    }

    /// Switches show mode on, with what the show file allows, or off.
    fn lock(&mut self) {
        let lock = self.hub.lock();
        if lock.is_locked() {
            lock.unlock();
            self.notifications.show("show mode is off");
        } else {
            lock.lock(&self.options.allowed());
            self.panel.open = false;
            self.help = false;
        }
        log::status(format!("show mode was switched {}", if lock.is_locked() { "on" } else { "off" }));
    }

    /// Keys that work in show mode: those that must be pressed twice, and the master where it is allowed. What goes
    /// through the hub is checked there.
    fn permits(&self, action: KeyAction) -> bool {
        let lock = self.hub.lock();
        match action {
            KeyAction::Quit | KeyAction::Lock => true,
            KeyAction::Blackout => lock.allows(light::BLACKOUT.name),
            KeyAction::Freeze => lock.allows(light::FREEZE.name),
            KeyAction::Panel
            | KeyAction::Learn
            | KeyAction::Fullscreen
            | KeyAction::Save
            | KeyAction::Help
            | KeyAction::Crisp
            | KeyAction::Effect(_) => lock.allows("stage"),
            _ => true,
        }
    }
}
