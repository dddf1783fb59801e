//! The lowest competence: not to touch anything.
//!
//! *clear*: the input is passed on. *turning*: something is sensed within reach, or one more step would touch it: turn
//! to the side that was freer when it was first sensed, slower the nearer it is. *backing*: all three feelers are
//! blocked at once: turn round for a while. In any state, a step that would touch is answered by `halt`.

use super::bodies::{Bodies, heading_or};
use crate::swarm::subsumption::compiled::ticks;
use crate::swarm::subsumption::lanes::{Machine, MessageLine};
use crate::swarm::subsumption::perception::Perception;
use crate::swarm::subsumption::stack::Layer;
use crate::swarm::subsumption::steer::{Rotation, Vec2, turned};

const CLEAR: u8 = 0;
const TURNING: u8 = 1;
const BACKING: u8 = 2;

/// Prepared settings.
#[derive(Clone, Copy, Debug)]
pub struct Avoid {
    reach: i32,
    nerve: f32,
    backing: u16,
    aside: Rotation,
}

impl Avoid {
    pub(super) fn new(layer: &Layer, now: &Perception) -> Self {
        Self {
            reach: libm::ceilf(layer.setting("radius")) as i32,
            nerve: layer.setting("nerve"),
            backing: ticks(layer.setting("seconds"), now.dt),
            aside: Rotation::turns(0.125),
        }
    }

    /// Free cells along a direction, less for danger at its end.
    #[inline(always)]
    fn comfort(&self, now: &Perception, p: Vec2, dir: Vec2) -> f32 {
        now.clearance(p, dir, self.reach) as f32 - 4.0 * now.threat(p.plus(dir, self.reach as f32))
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
        let afraid = now.danger.is_some() || now.fear.is_some();
        for i in 0..bodies.len {
            let p = bodies.at(i);
            let near = now.near.is_some_and(|n| n[now.grid.block(p)] != 0);
            if near || afraid {
                self.feel(now, bodies, me, machine, ins, outs, i);
                continue;
            }
            machine.state[i] = CLEAR;
            self.forward(bodies, me, ins, outs, i);
        }
    }

    /// Passes the input on, with its sender.
    #[inline(always)]
    fn forward(&self, bodies: &Bodies, me: u8, ins: &[MessageLine], outs: &mut [MessageLine], i: usize) {
        let want = heading_or(&ins[0], i, bodies.facing(i));
        outs[0].say(i, if ins[0].has_message(i) { ins[0].by[i] } else { me }, want.x, want.y);
        if ins[1].has_message(i) {
            outs[1].say(i, ins[1].by[i], ins[1].x[i], 0.0);
        }
    }

    #[expect(clippy::too_many_arguments, reason = "the parts of one module, borrowed apart")]
    #[inline(always)]
    fn feel(
        &self,
        now: &Perception,
        bodies: &Bodies,
        me: u8,
        machine: &mut Machine,
        ins: &[MessageLine],
        outs: &mut [MessageLine],
        i: usize,
    ) {
        let (p, facing, pace) = (bodies.at(i), bodies.facing(i), bodies.pace[i]);
        let want = heading_or(&ins[0], i, facing);
        let speed = if ins[1].has_message(i) { ins[1].x[i] } else { 1.0 };
        let touches = |want: Vec2, speed: f32| {
            let by = now.stride(p, facing, want, pace, speed).1;
            now.grid.sweep(now.solid, p, by).1
        };
        let next = turned(facing, want, now.most);
        let ahead = now.clearance(p, next, self.reach);
        let trouble = ahead < self.reach
            || now.threat(p.plus(next, self.reach as f32)) > self.nerve
            || now.threat(p) > self.nerve
            || touches(want, speed);
        self.decide(now, p, facing, ahead, trouble, machine, i);
        let want = match machine.state[i] {
            CLEAR => return self.forward(bodies, me, ins, outs, i),
            TURNING => facing.rotated(if machine.rz[i] < 0.0 { self.aside.back() } else { self.aside }),
            _ => Vec2::new(machine.rx[i], machine.ry[i]),
        };
        let speed = speed * (ahead as f32 / self.reach as f32).max(0.25);
        outs[0].say(i, me, want.x, want.y);
        outs[1].say(i, me, speed, 0.0);
        if touches(want, speed) {
            outs[2].say(i, me, 1.0, 0.0);
        }
    }

    #[expect(clippy::too_many_arguments, reason = "the parts of one module, borrowed apart")]
    #[inline(always)]
    fn decide(
        &self,
        now: &Perception,
        p: Vec2,
        facing: Vec2,
        ahead: i32,
        trouble: bool,
        machine: &mut Machine,
        i: usize,
    ) {
        if machine.state[i] == BACKING {
            machine.timer[i] = machine.timer[i].saturating_sub(1);
            if machine.timer[i] > 0 {
                return;
            }
            machine.state[i] = CLEAR;
        }
        if !trouble {
            machine.state[i] = CLEAR;
            return;
        }
        let (left, right) = (facing.rotated(self.aside.back()), facing.rotated(self.aside));
        let boxed = ahead == 0 && now.clearance(p, left, 1) == 0 && now.clearance(p, right, 1) == 0;
        if boxed {
            machine.state[i] = BACKING;
            machine.timer[i] = self.backing;
            (machine.rx[i], machine.ry[i]) = (-facing.x, -facing.y);
        } else if machine.state[i] == CLEAR {
            machine.state[i] = TURNING;
            let freer_left = self.comfort(now, p, left) >= self.comfort(now, p, right);
            machine.rz[i] = if freer_left { -1.0 } else { 1.0 };
        }
    }
}
