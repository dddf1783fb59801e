//! The curator: when its signal stays low for long enough, it mutates knobs, reseeds, or asks for the next scene.

use super::Engine;
use crate::rng::Rng;
use crate::scene::Action;

/// How long the curator has been bored, and what it has done about it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Boredom {
    since: Option<f64>,
    acts: u64,
    wants_next: bool,
}

impl Engine {
    /// Whether the curator asks for the next scene. Asking clears it.
    pub fn take_wish_for_next(&mut self) -> bool {
        std::mem::take(&mut self.boredom.wants_next)
    }

    /// How often the curator has acted.
    pub fn curator_acts(&self) -> u64 {
        self.boredom.acts
    }

    pub(super) fn curate(&mut self) {
        let Some(curator) = self.scene.curator.clone() else { return };
        let now = self.seconds();
        let Some(place) = self.places.watched else { return };
        if !self.signals.is_heard(place) || self.signals.at(place) >= curator.below {
            self.boredom.since = None;
            return;
        }
        let since = *self.boredom.since.get_or_insert(now);
        if now - since < curator.seconds {
            return;
        }
        self.boredom.since = Some(now);
        self.boredom.acts += 1;
        let rng = Rng::new(self.seed).named("curator").fork(self.boredom.acts);
        match curator.action {
            Action::Next => self.boredom.wants_next = true,
            Action::Reseed => drop(self.reseed(rng.bits(0))),
            Action::Mutate => self.mutate(&curator.knobs, curator.amount, rng),
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
