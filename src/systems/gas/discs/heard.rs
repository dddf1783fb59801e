//! Collisions that may be heard.

use super::disc::Disc;
use super::marks;
use super::record::{Collision, Struck};
use world::audible::Sounding;

/// Names of the sorts, by [`Sounding::kind`].
pub const SORTS: &[&str] = &["disc", "wall", "obstacle"];

/// Collisions of a tick of so many steps in a world of so many cells. A collision is as strong as the mark that it leaves;
/// of two discs the larger sounds.
pub fn soundings(
    collisions: &[Collision],
    discs: &[Disc],
    (thermal, steps): (f64, f64),
    size: [usize; 2],
) -> Vec<Sounding> {
    let heard = |hit: &Collision| {
        let radius = |disc: u32| discs[disc as usize].radius;
        let (kind, radius) = match hit.struck {
            Struck::Disc(other) => (0, radius(hit.disc).max(radius(other))),
            Struck::Wall(_) => (1, radius(hit.disc)),
            Struck::Solid => (2, radius(hit.disc)),
        };
        Sounding {
            at: (hit.time / steps.max(1e-9)).clamp(0.0, 1.0) as f32,
            x: (hit.place[0] / size[0] as f64).clamp(0.0, 1.0) as f32,
            y: (hit.place[1] / size[1] as f64).clamp(0.0, 1.0) as f32,
            strength: marks::strength(hit, thermal),
            size: radius as f32,
            kind,
        }
    };
    let mut all: Vec<Sounding> = collisions.iter().map(heard).filter(|s| s.strength > 0.0).collect();
    Sounding::keep_strongest(&mut all);
    all
}
