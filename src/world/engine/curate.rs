//! The curator: when its signal stays low for long enough, it mutates knobs, reseeds, or requests the next scene.

use super::Engine;
use crate::rng::Rng;
use crate::scene::CuratorAction;

impl Engine {
    /// Whether the curator has requested the next scene; this clears the request.
    pub fn take_next_request(&mut self) -> bool {
        std::mem::take(&mut self.curator_state.wants_next)
    }

    /// How often the curator has acted.
    pub fn curator_acts(&self) -> u64 {
        self.curator_state.acts
    }

    pub(super) fn curate(&mut self) {
        let Some(curator) = self.scene.curator.clone() else { return };
        let now = self.seconds();
        let Some(place) = self.places.watched else { return };
        if !self.signals.is_set(place) || self.signals.at(place) >= curator.below {
            self.curator_state.since = None;
            return;
        }
        let since = *self.curator_state.since.get_or_insert(now);
        if now - since < curator.seconds {
            return;
        }
        self.curator_state.since = Some(now);
        self.curator_state.acts += 1;
        let rng = Rng::new(self.seed).named("curator").fork(self.curator_state.acts);
        match curator.action {
            CuratorAction::Next => self.curator_state.wants_next = true,
            CuratorAction::Reseed => drop(self.reseed(rng.bits(0))),
            CuratorAction::Mutate => self.mutate(&curator.knobs, curator.amount, rng),
        }
    }

    /// Moves each knob by up to `amount` of its travel; switches flip with that probability.
    pub fn mutate(&mut self, knobs: &[String], amount: f64, rng: Rng) {
        for (i, address) in knobs.iter().enumerate() {
            let Some(parameter) = self.directory.find(address).cloned() else { continue };
            let (r, value) = (rng.unit64(i as u64), self.base(parameter.target));
            let value = match parameter.spec {
                Some(s) => s.value_at(s.position_of(value) + (2.0 * r - 1.0) * amount),
                None => {
                    (value >= 0.5) as u8 as f64 * if r < amount { -1.0 } else { 1.0 }
                        + (r < amount) as u8 as f64
                }
            };
            self.set(&parameter.address, value);
        }
    }
}
