//! Initial conditions.

use super::lattice::Lattice;
use super::params::{DropsKnobs, HALF_WIDTH, Start, phases};
use world::rng::Rng;

/// Sets a fluid to its initial condition.
pub fn begin(lattice: &mut Lattice, knobs: &DropsKnobs, rng: Rng) {
    let (w, h) = lattice.size();
    let (fw, fh) = (w as f32, h as f32);
    let pool = knobs.liquid * fh;
    match knobs.start {
        Start::Mist => mist(lattice, knobs, rng),
        Start::Pool => liquid(lattice, knobs, |_, y| y - (fh - pool)),
        Start::Drop => {
            let radius = (knobs.liquid * fw * fh / core::f32::consts::PI).sqrt();
            liquid(lattice, knobs, |x, y| {
                radius - ((x - 0.5 * fw) * (x - 0.5 * fw) + (y - 0.5 * fh) * (y - 0.5 * fh)).sqrt()
            });
        }
        Start::Shower => {
            let drops = shower(w, h, knobs, rng);
            let level = fh - 0.6 * pool;
            liquid(lattice, knobs, |x, y| {
                let drop = drops.iter().map(|d| d.inside(x, y, fw));
                drop.fold(y - level, f32::max)
            });
        }
    }
}

/// Fills with liquid where `inside` (cells from the surface) is above 0, with vapour elsewhere.
fn liquid(lattice: &mut Lattice, knobs: &DropsKnobs, inside: impl Fn(f32, f32) -> f32 + Sync) {
    let [thin, dense] = phases(&knobs.energy());
    let (middle, half) = (0.5 * (thin + dense), 0.5 * (dense - thin));
    lattice.fill(|x, y| {
        let depth = inside(x as f32 + 0.5, y as f32 + 0.5);
        (middle + half * libm::tanhf(depth / HALF_WIDTH), [0.0; 2])
    });
}

/// A mixture with noise: unstable where it lies between the spinodals, ρ_c ± √(A/3).
fn mist(lattice: &mut Lattice, knobs: &DropsKnobs, rng: Rng) {
    let [thin, dense] = phases(&knobs.energy());
    let (mean, noise) = (thin + knobs.liquid * (dense - thin), 0.05 * (dense - thin));
    let width = lattice.size().0;
    lattice.fill(|x, y| (mean + rng.range((y * width + x) as u64, -noise, noise), [0.0; 2]));
}

/// A drop to begin with, cells.
struct Disc {
    x: f32,
    y: f32,
    radius: f32,
}

impl Disc {
    /// How far inside a place is; the world may repeat across, which hurts nothing if it does not.
    fn inside(&self, x: f32, y: f32, width: f32) -> f32 {
        let dx = (x - self.x).abs();
        let dx = dx.min(width - dx);
        self.radius - (dx * dx + (y - self.y) * (y - self.y)).sqrt()
    }
}

/// Drops over two fifths of the liquid, many small and a few large ones, apart from each other.
fn shower(w: usize, h: usize, knobs: &DropsKnobs, rng: Rng) -> Vec<Disc> {
    let (fw, fh) = (w as f32, h as f32);
    let r = rng.named("shower");
    let mut left = 0.4 * knobs.liquid * fw * fh;
    let mut drops: Vec<Disc> = Vec::new();
    for k in 0..400 {
        let u = r.unit(3 * k);
        let radius = fh * (0.018 + 0.05 * u * u * u);
        let (x, y) = (fw * r.unit(3 * k + 1), fh * (0.08 + 0.62 * r.unit(3 * k + 2)));
        let free = drops.iter().all(|d| d.inside(x, y, fw) < -radius - 6.0);
        if free && radius > 3.0 && left > 0.0 {
            left -= core::f32::consts::PI * radius * radius;
            drops.push(Disc { x, y, radius });
        }
    }
    drops
}
