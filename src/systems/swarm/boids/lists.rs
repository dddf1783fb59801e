//! Lists of neighbours, for whoever wants to know who they are.

use super::flock::{Flock, Sight};
use crate::real::Real;
use crate::swarm::bins::nearest;

impl<R: Real> Flock<R> {
    /// The numbers of all nearer than the radius of sight, in ascending order, for each body by its number. The flock has
    /// been sorted by [`Flock::sense`] with the same arguments.
    pub fn neighbours(&self, extent: [R; 2], wraps: [bool; 2], sight: Sight<R>) -> Vec<Vec<u32>> {
        let mut lists = vec![Vec::new(); self.len()];
        let [columns, rows] = self.bins.counts();
        for (column, row) in (0..rows).flat_map(|row| (0..columns).map(move |column| (column, row))) {
            let runs = self.bins.runs(column, row);
            for own in self.bins.cell(column, row) {
                let others = runs.iter().flatten().flat_map(|(places, _)| places.clone());
                let way = |k: usize, values: &[R], other: usize| {
                    let d = values[other] - values[own];
                    if wraps[k] { nearest(d, extent[k]) } else { d }
                };
                let near = |&other: &usize| {
                    let (dx, dy) = (way(0, &self.x, other), way(1, &self.y, other));
                    other != own && dx * dx + dy * dy < sight.radius * sight.radius
                };
                let mut list: Vec<u32> = others.filter(near).map(|other| self.numbers[other]).collect();
                list.sort_unstable();
                lists[self.numbers[own] as usize] = list;
            }
        }
        lists
    }
}
