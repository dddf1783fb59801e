//! Flocking (Reynolds 1987), but by fields: each agent reads the smoothed densities and headings around it, so that a
//! flock costs the same however dense it is.

use super::bodies::{Bodies, heading_or};
use crate::swarm::subsumption::lanes::{Machine, MessageLine};
use crate::swarm::subsumption::neighbours::{self, LADEN, NeighbourSum};
use crate::swarm::subsumption::perception::Perception;
use crate::swarm::subsumption::stack::Layer;
use crate::swarm::subsumption::steer::Vec2;

const ALONE: u8 = 0;
const TOGETHER: u8 = 1;

/// Prepared settings.
#[derive(Clone, Copy, Debug)]
pub struct Flock {
    align: f32,
    cohere: f32,
    crowd: f32,
    against: f32,
    least: f32,
    haste: f32,
}

impl Flock {
    pub(super) fn new(layer: &Layer) -> Self {
        Self {
            align: layer.setting("align"),
            cohere: layer.setting("cohere"),
            crowd: layer.setting("crowd"),
            against: layer.setting("against"),
            least: layer.setting("least"),
            haste: layer.setting("haste"),
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
            let (p, facing) = (bodies.at(i), bodies.facing(i));
            let laden = bodies.load[i] != 0;
            let spot = now.grid.spot(p);
            let around = neighbours::at(now.neighbours, &spot);
            let own = if laden { LADEN } else { 0 };
            let (count, stream) = (around[own], if laden { 0.0 } else { around[LADEN] });
            let together = count + stream > self.least;
            machine.state[i] = if together { TOGETHER } else { ALONE };
            if !together {
                continue;
            }
            let mean = heading(&around, own);
            let slope = self.slope(neighbours::slope(now.neighbours, &spot, own), count);
            let mut want = heading_or(&ins[0], i, facing).plus(mean, self.align).plus(slope, self.cohere);
            if !laden {
                want = want.plus(heading(&around, LADEN), -self.against);
            }
            let want = want.unit_or(facing);
            outs[0].say(i, me, want.x, want.y);
            outs[1].say(i, me, 1.0 + self.haste * mean.dot(mean).sqrt().min(1.0), 0.0);
        }
    }

    /// Towards the denser side; away from it where it is crowded. At most of length one.
    #[inline(always)]
    fn slope(&self, (x, y): (f32, f32), here: f32) -> Vec2 {
        let slope = Vec2::new(x, y).times(1.0 / (here + 1.0));
        let long = slope.dot(slope);
        let slope = if long > 1.0 { slope.times(1.0 / long.sqrt()) } else { slope };
        if here > self.crowd { slope.times(-1.0) } else { slope }
    }
}

/// Mean heading of the empty or the laden.
#[inline(always)]
fn heading(around: &NeighbourSum, of: usize) -> Vec2 {
    Vec2::new(around[of + 1], around[of + 2]).times(1.0 / (around[of] + 1e-3))
}
