//! One step of the gas: carried, burnt, pushed, and kept to its volume.

use super::air::Air;
use super::combust::Rates;
use super::diffuse::{End, Grid, diffuse, iterations};
use super::forces::{self, Pull};
use super::params::SmokeKnobs;
use super::projection::Report;
use super::sides::Side;
use super::solids::Solids;
use world::field::Field;

/// Error that a diffusion leaves of a step's change.
const DIFFUSION_TOLERANCE: f64 = 1e-4;
/// Most that a step diffuses, in cells²: it takes 121 iterations.
const MOST_DIFFUSION: f64 = 73.0;

/// What a step reports.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Done {
    /// Faces whose speed had to be limited.
    pub limited: u32,
    /// Of the pressure solver.
    pub projection: Report,
    /// To what the viscosity had to be limited, heights²/s.
    pub viscosity: Option<f32>,
}

/// A step of `dt` seconds, the `share`th part of a tick.
pub fn step(
    air: &mut Air,
    solids: &Solids,
    knobs: &SmokeKnobs,
    force: Option<&Field>,
    dt: f32,
    share: f32,
) -> Done {
    let h = air.size.1;
    air.centre();
    // Every second step carries the reflection of the flow: what one projection takes from the swirls, the next gives
    // back (Zehnder, Narain and Thomaszewski 2018).
    let reflects = knobs.reflection && std::mem::take(&mut air.reflects);
    if reflects {
        let open = air.sides.settled().map(|side| side == Side::Open);
        air.projection.reflect(&mut air.flow, open);
    }
    air.carry(knobs.scheme, &Rates::new(knobs, dt));
    solids.coat(air);
    breathe(air);
    let limited = forces::push(air, &Pull::new(knobs, dt, h), force);
    let viscosity = thicken(air, knobs, dt);
    solids.close(air, share);
    let (tolerance, cycles) = (knobs.tolerance as f64, knobs.cycles as usize);
    let Air { projection, flow, burnt, .. } = air;
    let swelling = (knobs.expansion > 0.0 && knobs.burning > 0.0).then_some((&burnt[..], knobs.expansion));
    let projection = projection.run(flow, swelling, tolerance, cycles);
    air.reflects = !reflects;
    Done { limited, projection, viscosity }
}

/// Viscosity; to what it had to be limited, if so.
fn thicken(air: &mut Air, knobs: &SmokeKnobs, dt: f32) -> Option<f32> {
    if knobs.viscosity <= 0.0 {
        return None;
    }
    let ((w, h), wraps) = (air.size, air.sides.wraps());
    let unit = dt as f64 * (h * h) as f64;
    let wish = knobs.viscosity as f64 * unit;
    let a = wish.min(MOST_DIFFUSION);
    let n = iterations(a, DIFFUSION_TOLERANCE);
    let speed = knobs.wall_speed * dt * h as f32;
    let [left, right, top, bottom] = air.sides.settled();
    let along = |side: Side, speed: f32| match side {
        Side::Stick => End::Wall(0.0),
        Side::Moving => End::Wall(speed),
        _ => End::Mirror,
    };
    let across = |side: Side| match side {
        Side::Slip | Side::Stick | Side::Moving => End::Fixed,
        _ => End::Mirror,
    };
    let wrap = |wraps: bool, n: usize, end: End<f32>| if wraps { End::Wrap(n) } else { end };
    let faces = air.projection.faces();
    // Clockwise: to the right at the top, down on the right.
    let u = Grid {
        size: (w + 1, h),
        ends: [
            wrap(wraps[0], w, across(left)),
            wrap(wraps[0], w, across(right)),
            wrap(wraps[1], h, along(top, speed)),
            wrap(wraps[1], h, along(bottom, -speed)),
        ],
    };
    let v = Grid {
        size: (w, h + 1),
        ends: [
            wrap(wraps[0], w, along(left, -speed)),
            wrap(wraps[0], w, along(right, speed)),
            wrap(wraps[1], h, across(top)),
            wrap(wraps[1], h, across(bottom)),
        ],
    };
    diffuse(u, &mut air.flow.u, Some(&faces.across), a, n, &mut air.work);
    diffuse(v, &mut air.flow.v, Some(&faces.down), a, n, &mut air.work);
    (a < wish).then_some((a / unit) as f32)
}

/// Air that flows in through an open side is fresh and was at rest: each border cell loses the part of its gas, and of
/// its velocity, that came from outside. Without this, air that once flows in goes on doing so by itself.
fn breathe(air: &mut Air) {
    let (w, h) = air.size;
    let [left, right, top, bottom] = air.sides.settled();
    for (side, x, face) in [(left, 0, 0), (right, w - 1, w)] {
        if side == Side::Open {
            for y in 0..h {
                let normal = y * (w + 1) + face;
                let inflow = if face == 0 { air.flow.u[normal] } else { -air.flow.u[normal] };
                let keep = 1.0 - inflow.clamp(0.0, 1.0);
                air.flow.u[normal] *= keep;
                air.flow.v[y * w + x] *= keep;
                thin(air, y * w + x, keep);
            }
        }
    }
    for (side, y, face) in [(top, 0, 0), (bottom, h - 1, h)] {
        if side == Side::Open {
            for x in 0..w {
                let normal = face * w + x;
                let inflow = if face == 0 { air.flow.v[normal] } else { -air.flow.v[normal] };
                let keep = 1.0 - inflow.clamp(0.0, 1.0);
                air.flow.v[normal] *= keep;
                air.flow.u[y * (w + 1) + x] *= keep;
                thin(air, y * w + x, keep);
            }
        }
    }
}

fn thin(air: &mut Air, cell: usize, keep: f32) {
    air.gas.now[cell] = air.gas.now[cell].map(|v| v * keep);
    if let Some(dye) = &mut air.dye {
        dye.now[cell] = dye.now[cell].map(|v| v * keep);
    }
}
