//! Roaming: straight for a while, then a random veer. It sends a message only when it veers; how long that lasts is up
//! to the suppressor it drives, as in Brooks's robot, which chose a new heading every ten seconds.

use super::bodies::{Bodies, heading_or};
use crate::swarm::subsumption::lanes::{Machine, MessageLine};
use crate::swarm::subsumption::perception::Perception;
use crate::swarm::subsumption::stack::Layer;
use crate::swarm::subsumption::steer::Rotation;

const STRAIGHT: u8 = 0;
const VEER: u8 = 1;

/// Prepared settings.
#[derive(Clone, Copy, Debug)]
pub struct Wander {
    turn: f32,
    ticks: f32,
}

impl Wander {
    pub(super) fn new(layer: &Layer, now: &Perception) -> Self {
        Self { turn: layer.setting("turn"), ticks: layer.setting("seconds") / now.dt }
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
        let (when, whither) = (now.rng.fork(2 * me as u64), now.rng.fork(2 * me as u64 + 1));
        for i in 0..bodies.len {
            if machine.timer[i] > 0 {
                machine.timer[i] -= 1;
                machine.state[i] = STRAIGHT;
                continue;
            }
            let agent = bodies.first + i as u64;
            machine.state[i] = VEER;
            machine.timer[i] = (self.ticks * when.range(agent, 0.5, 1.5)) as u16;
            let by = Rotation::quick(whither.range(agent, -self.turn, self.turn));
            let facing = bodies.facing(i);
            let want = heading_or(&ins[0], i, facing).rotated(by).unit_or(facing);
            outs[0].say(i, me, want.x, want.y);
        }
    }
}
