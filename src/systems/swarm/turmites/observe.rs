//! What a tick is summed up in.

use super::Turmites;
use super::knobs::Readout;
use world::ports::Readouts as _;

impl Turmites {
    /// Sums up a tick of so many steps, before which ants were there.
    pub(super) fn observe(&mut self, before: &[[u32; 2]], steps: u64, torus: bool) {
        let cells = self.colours.len() as f32;
        let painted = self.colours.iter().filter(|&&c| c != 0).count();
        let explored = self.left.iter().filter(|&&t| t != 0).count();
        let size = [self.size.0 as i64, self.size.1 as i64];
        let way = |k: usize, from: u32, to: u32| {
            let d = to as i64 - from as i64;
            let d = match torus {
                true if 2 * d > size[k] => d - size[k],
                true if 2 * d < -size[k] => d + size[k],
                _ => d,
            };
            d as f64
        };
        let far = |(from, ant): (&[u32; 2], &super::colony::Ant)| {
            let (x, y) = (way(0, from[0], ant.place[0]), way(1, from[1], ant.place[1]));
            (x * x + y * y).sqrt()
        };
        let moved: f64 = before.iter().zip(&self.ants).map(far).sum();
        let taken = (steps * self.ants.len() as u64).max(1) as f64;
        self.readings[Readout::Painted.index()] = painted as f32 / cells;
        self.readings[Readout::Explored.index()] = explored as f32 / cells;
        self.readings[Readout::Discovery.index()] =
            (100.0 * (explored - self.explored) as f64 / taken) as f32;
        self.readings[Readout::Drift.index()] = (moved / taken) as f32;
        self.explored = explored;
    }
}
