//! Gradient following: towards more of something, or less, by the best of three samples (Jones 2010).

use super::bodies::{Bodies, heading_or};
use crate::swarm::subsumption::lanes::{Machine, MessageLine};
use crate::swarm::subsumption::perception::{Perception, ScentSensor, strongest};
use crate::swarm::subsumption::stack::Layer;
use crate::swarm::subsumption::steer::Rotation;

const LOST: u8 = 0;
const CLIMBING: u8 = 1;

/// Prepared settings.
#[derive(Clone, Copy, Debug)]
pub struct Gradient<'a> {
    smell: ScentSensor<'a>,
    reach: f32,
    aside: Rotation,
    sign: f32,
    strength: f32,
    least: f32,
}

impl<'a> Gradient<'a> {
    pub(super) fn new(layer: &Layer, now: &Perception<'a>) -> Self {
        Self {
            smell: now.smells[layer.field],
            reach: layer.setting("reach"),
            aside: Rotation::turns(layer.setting("angle")),
            sign: layer.setting("sign"),
            strength: layer.setting("strength"),
            least: layer.setting("least"),
        }
    }

    #[inline(always)]
    pub(super) fn run(
        &self,
        now: &Perception,
        bodies: &Bodies,
        me: u8,
        machine: &mut Machine,
        ins: &[MessageLine],
        outs: &mut [MessageLine],
    ) {
        for i in 0..bodies.len {
            let facing = bodies.facing(i);
            let from = heading_or(&ins[0], i, facing);
            let mut three = now.sample_scent(self.smell, bodies.at(i), from, self.reach, self.aside);
            three.iter_mut().for_each(|(_, v)| *v *= self.sign);
            let high = three[0].1.max(three[1].1).max(three[2].1);
            let low = three[0].1.min(three[1].1).min(three[2].1);
            let felt = high - low > self.least;
            machine.state[i] = if felt { CLIMBING } else { LOST };
            if felt {
                let best = strongest(three);
                let want = from.plus(best.plus(from, -1.0), self.strength).unit_or(facing);
                outs[0].say(i, me, want.x, want.y);
            }
        }
    }
}
