//! Initial conditions.

use super::lattice::Lattice;
use super::observe;
use super::params::{ConvectionKnobs, Start};
use super::slots::State;
use super::sweep::Drive;
use world::rng::Rng;

/// Amplitude of the noise in temperature.
const NOISE: f32 = 0.005;
/// Rows of the coarse world that a developed motion is taken from, and its most cells.
const COARSE_ROWS: usize = 40;
const COARSE_CELLS: usize = 4096;
/// How long that runs, in free-fall times.
const FALLS: f32 = 12.0;
/// Free-fall velocity in it, cells/step, and the greatest Rayleigh number, which its rows resolve.
const COARSE_SPEED: f32 = 0.15;
const COARSE_RAYLEIGH: f32 = 1e7;

/// Sets a fluid to its initial condition.
pub fn begin(lattice: &mut Lattice, knobs: &ConvectionKnobs, rng: Rng) {
    let (w, h) = lattice.size();
    let noise = |x: usize, y: usize| rng.range((y * w + x) as u64, -NOISE, NOISE);
    let linear = |y: usize| (y as f32 + 0.5) / h as f32 - 0.5;
    match knobs.start {
        Start::Even => lattice.fill(|x, y| State { heat: noise(x, y), ..State::default() }),
        Start::Conduction => lattice.fill(|x, y| State { heat: linear(y) + noise(x, y), ..State::default() }),
        Start::Developed => develop(lattice, knobs, rng),
    }
}

/// Lets a coarse world convect for a while and continues from its state, with noise for what is finer.
fn develop(lattice: &mut Lattice, knobs: &ConvectionKnobs, rng: Rng) {
    let (w, h) = lattice.size();
    let mut factor = h.div_ceil(COARSE_ROWS).max(1);
    while (w / factor).max(1) * (h / factor).max(1) > COARSE_CELLS {
        factor += 1;
    }
    let size = ((w / factor).max(1), (h / factor).max(1));
    let coarse_knobs = ConvectionKnobs {
        free_fall: COARSE_SPEED,
        rayleigh: knobs.rayleigh.min(COARSE_RAYLEIGH),
        ..knobs.clone()
    };
    let mut coarse = Lattice::new(size.0, size.1, *lattice.surroundings());
    let columns = rng.named("columns");
    coarse.fill(|x, y| {
        // Columns a few cells wide, some hot and some cold, so that it moves at once.
        let heat = columns.range((x / 4) as u64, -0.2, 0.2)
            + columns.range((1 << 32) + (y * w + x) as u64, -0.05, 0.05);
        State { heat, ..State::default() }
    });
    let physics = coarse_knobs.physics(size.1);
    // An even number of steps, bounded where it runs slower.
    let steps = ((FALLS * physics.fall_time) as usize).min(4000) & !1;
    coarse.run(steps, coarse_knobs.relaxation(&physics), Drive::default());
    // The mean of a short run is off by chance, and would take long to come right.
    let mean = observe::statistics(&coarse, &physics).heat as f32;
    let speed = knobs.physics(h).free_fall / physics.free_fall;
    let (fine, periodic) = (rng.named("fine"), lattice.surroundings().periodic);
    lattice.fill(|x, y| {
        let place = |i: usize, n: usize, of: usize| (i as f32 + 0.5) * of as f32 / n as f32 - 0.5;
        let s = smooth(&coarse, [place(x, w, size.0), place(y, h, size.1)], periodic);
        let up = (y as f32 + 0.5) / h as f32;
        State {
            dr: s.dr * speed * speed,
            ux: s.ux * speed,
            uy: s.uy * speed,
            heat: s.heat - 6.0 * mean * up * (1.0 - up) + fine.range((y * w + x) as u64, -NOISE, NOISE),
        }
    });
}

/// Weights of the cubic B-spline on four points, at 0..1 between the middle two.
fn spline(t: f32) -> [f32; 4] {
    let (s, q) = (1.0 - t, t * t);
    let sixth = 1.0 / 6.0;
    [
        s * s * s * sixth,
        (4.0 - 6.0 * q + 3.0 * q * t) * sixth,
        (1.0 + 3.0 * t + 3.0 * q - 3.0 * q * t) * sixth,
        q * t * sixth,
    ]
}

/// State at a place in a coarse world, between its cells; beyond a plate it has the plate's temperature and rests.
fn smooth(from: &Lattice, [x, y]: [f32; 2], periodic: bool) -> State {
    let (w, h) = from.size();
    let (left, top) = (x.floor(), y.floor());
    let (wx, wy) = (spline(x - left), spline(y - top));
    let column = |k: usize| {
        let c = left as isize + k as isize - 1;
        if periodic { c.rem_euclid(w as isize) as usize } else { c.clamp(0, w as isize - 1) as usize }
    };
    let columns = [0, 1, 2, 3].map(column);
    let mut sum = State::default();
    for (j, wy) in wy.into_iter().enumerate() {
        let r = top as isize + j as isize - 1;
        let inside = r.clamp(0, h as isize - 1);
        // A plate half-way: what lies beyond it is mirrored about its values.
        let plate = from.surroundings().plates[(r > inside) as usize];
        for (&c, wx) in columns.iter().zip(wx) {
            let (s, weight) = (from.state(c, inside as usize), wx * wy);
            let s = match r == inside {
                true => s,
                false => State { dr: s.dr, ux: -s.ux, uy: -s.uy, heat: 2.0 * plate - s.heat },
            };
            sum.dr += weight * s.dr;
            sum.ux += weight * s.ux;
            sum.uy += weight * s.uy;
            sum.heat += weight * s.heat;
        }
    }
    sum
}
