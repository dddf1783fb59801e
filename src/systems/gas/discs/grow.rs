//! Radii and masses that change: discs shrink at once, and grow only into free space, so none ever overlap.

use super::arena::Side;
use super::dynamics::Dynamics;

/// Share of the free space that is used, so that rounding never makes discs overlap.
const CAREFUL: f64 = 1.0 - 1e-5;

impl Dynamics {
    /// Sets the masses of all discs, by species. To be called when settled.
    pub fn set_masses(&mut self, masses: [f64; 2], species: &[u8]) {
        self.masses.iter_mut().zip(species).for_each(|(mass, kind)| *mass = masses[*kind as usize]);
    }

    /// Lets all discs become as large as their species should be, as far as there is room. To be called when settled.
    pub fn set_radii(&mut self, radii: [f64; 2], species: &[u8]) {
        let wanted = |i: usize| radii[species[i] as usize];
        if (0..self.discs.len()).all(|i| self.discs[i].radius == wanted(i)) {
            return;
        }
        // The grid must have room for the largest, and need not have much more.
        let limits: Vec<f64> = (0..self.discs.len()).map(wanted).collect();
        if self.limits != limits {
            self.regrid(limits);
        }
        let grown: Vec<f64> = (0..self.discs.len()).map(|i| self.grown(i, wanted(i))).collect();
        for (disc, radius) in self.discs.iter_mut().zip(grown) {
            disc.stamp = disc.stamp.wrapping_add((disc.radius != radius) as u32);
            disc.radius = radius;
        }
        self.mark_walls(0.0);
        self.mark_solids();
        self.predict_all();
    }

    /// The radius that a disc may have: of a gap between two each takes half.
    fn grown(&self, i: usize, wanted: f64) -> f64 {
        let d = &self.discs[i];
        if wanted <= d.radius {
            return wanted;
        }
        let radius = d.radius;
        let mut room = wanted - radius;
        self.cells.near(&self.discs, d.place, wanted, |other, shift| {
            let o = &self.discs[other];
            let r = [d.place[0] - o.place[0] - shift[0], d.place[1] - o.place[1] - shift[1]];
            if other != i {
                room = room.min(0.5 * ((r[0] * r[0] + r[1] * r[1]).sqrt() - radius - o.radius));
            }
        });
        for side in Side::ALL {
            let k = side.axis();
            if !self.arena.wraps[k] {
                room = room.min(self.arena.above(side, d.place[k], 0.0, radius, self.now).0);
            }
        }
        if !self.ghosts[i] {
            room = room.min(wanted - self.contour.depth(d.place, wanted).0.max(0.0) - radius);
        }
        match room > 0.0 {
            true if room >= wanted - radius => wanted,
            true => radius + room * CAREFUL,
            false => radius,
        }
    }
}
