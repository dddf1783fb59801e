//! Going with the others (Reynolds 1987), but by fields: each agent reads the smoothed numbers and headings around
//! it, so that a flock costs the same however dense it is.

use super::{Bodies, heading_or};
use crate::systems::swarm::subsumption::grid::BLOCK;
use crate::systems::swarm::subsumption::lanes::{Line, Machine};
use crate::systems::swarm::subsumption::now::Now;
use crate::systems::swarm::subsumption::stack::Layer;
use crate::systems::swarm::subsumption::steer::V2;

const ALONE: u8 = 0;
const TOGETHER: u8 = 1;

/// Readied settings.
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

    pub(super) fn run(
        &self,
        now: &Now,
        bodies: &Bodies,
        me: u8,
        machine: &mut Machine,
        ins: &[Line],
        outs: &mut [Line],
    ) {
        let at = |plane: &[f32], p: V2| now.grid.smooth(plane, p);
        for i in 0..bodies.len {
            let (p, facing) = (bodies.at(i), bodies.facing(i));
            let laden = bodies.load[i] != 0;
            let (own, other) = (now.company[laden as usize], now.company[1]);
            let count = at(own.count, p);
            let stream = if laden { 0.0 } else { at(other.count, p) };
            let together = count + stream > self.least;
            machine.state[i] = if together { TOGETHER } else { ALONE };
            if !together {
                continue;
            }
            let share = 1.0 / (count + 1e-3);
            let mean = V2::new(at(own.hx, p) * share, at(own.hy, p) * share);
            let slope = self.slope(now, own.count, p, count);
            let mut want = heading_or(&ins[0], i, facing).plus(mean, self.align).plus(slope, self.cohere);
            if !laden {
                let share = 1.0 / (stream + 1e-3);
                let laden = V2::new(at(other.hx, p) * share, at(other.hy, p) * share);
                want = want.plus(laden, -self.against);
            }
            let want = want.unit_or(facing);
            outs[0].say(i, me, want.x, want.y);
            outs[1].say(i, me, 1.0 + self.haste * mean.dot(mean).sqrt().min(1.0), 0.0);
        }
    }

    /// Towards the denser side; away from it where there is a crowd. At most of length one.
    #[inline(always)]
    fn slope(&self, now: &Now, count: &[f32], p: V2, here: f32) -> V2 {
        let d = BLOCK as f32;
        let at = |dx: f32, dy: f32| now.grid.smooth(count, V2::new(p.x + dx, p.y + dy));
        let scale = 1.0 / (here + 1.0);
        let slope = V2::new((at(d, 0.0) - at(-d, 0.0)) * scale, (at(0.0, d) - at(0.0, -d)) * scale);
        let long = slope.dot(slope);
        let slope = if long > 1.0 { slope.times(1.0 / long.sqrt()) } else { slope };
        if here > self.crowd { slope.times(-1.0) } else { slope }
    }
}
