//! What is not fluid: obstacles, the floor, the ceiling and the sides. Populations bounce back half-way; the density that
//! fluid sees in a wall makes the contact angle; the chemical potential has no gradient into it.
//!
//! The wall's surface energy is a cubic of the density, so that at equilibrium ∂ρ/∂n = −cos θ · (A − φ²)·√(2β/κ), which is
//! the profile of a flat interface that meets the wall at the angle θ (Liu and Lee 2009).

use rayon::prelude::*;

use super::shape::Shape;
use crate::gas::lbm::d2q9::{CX, CY, OPPOSITE, Q, WEIGHT};

/// A population that does not come from the fluid cell behind: copied to where it is read from.
#[derive(Clone, Copy, Debug)]
struct Link {
    to: u32,
    from: u32,
}

/// A wall cell beside fluid: bit `i` of `fluid` says that the neighbour in direction `i` is fluid.
#[derive(Clone, Copy, Debug)]
struct Skin {
    at: u32,
    fluid: u16,
}

/// Walls of a world.
pub struct Walls {
    shape: Shape,
    periodic: bool,
    /// Solid cells (not 0), row after row, without ghosts.
    solid: Vec<u8>,
    links: Vec<Link>,
    skin: Vec<Skin>,
    /// What each cell of the skin is set to.
    values: Vec<f32>,
    stale: bool,
}

/// How walls hold liquid.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Wetting {
    /// Cosine of the contact angle.
    pub cosine: f32,
    /// √(2β/κ).
    pub slope: f32,
    /// Density half-way between liquid and vapour.
    pub middle: f32,
    /// Square of half the difference of density.
    pub depth: f32,
}

impl Walls {
    /// None but floor and ceiling, and the sides if they are closed.
    pub fn new(shape: Shape, periodic: bool) -> Self {
        let solid = vec![0; shape.width * shape.height];
        let (links, skin, values) = (Vec::new(), Vec::new(), Vec::new());
        Self { shape, periodic, solid, links, skin, values, stale: true }
    }

    /// Whether left and right are one.
    pub fn periodic(&self) -> bool {
        self.periodic
    }
    /// Opens or closes the sides.
    pub fn set_periodic(&mut self, periodic: bool) {
        self.stale |= periodic != self.periodic;
        self.periodic = periodic;
    }
    /// Solid cells (not 0), row after row.
    pub fn solid(&self) -> &[u8] {
        &self.solid
    }
    /// Solid cells of a row.
    pub fn row(&self, y: usize) -> &[u8] {
        &self.solid[y * self.shape.width..(y + 1) * self.shape.width]
    }
    /// Changes which cells are solid; returns whether any did.
    pub fn set(&mut self, solid: &[u8]) -> bool {
        let changed = self.solid != solid;
        if changed {
            self.solid.copy_from_slice(solid);
            self.stale = true;
        }
        changed
    }

    /// The fluid cell at a place (column and storage row) that may lie beyond the sides; `None` in a wall.
    fn fluid(&self, x: isize, row: isize) -> Option<(usize, usize)> {
        let (w, h) = (self.shape.width as isize, self.shape.height as isize);
        let wrapped = if self.periodic { x.rem_euclid(w) } else { x };
        let inside = (1..=h).contains(&row) && (0..w).contains(&wrapped);
        let cell = || (row as usize - 1) * self.shape.width + wrapped as usize;
        (inside && self.solid[cell()] == 0).then_some((wrapped as usize, row as usize))
    }

    /// Finds links and skin, if anything has changed.
    pub fn refresh(&mut self) {
        if !std::mem::take(&mut self.stale) {
            return;
        }
        let (w, h) = (self.shape.width, self.shape.height);
        let rows = (1..=h).into_par_iter().map(|row| self.row_links(row));
        let links: Vec<Vec<Link>> = rows.collect();
        let rows = (0..h + 2).into_par_iter().map(|row| self.row_skin(row, w));
        let skin: Vec<Vec<Skin>> = rows.collect();
        (self.links, self.skin) = (links.concat(), skin.concat());
        self.values = vec![0.0; self.skin.len()];
    }

    fn quiet(&self, row: usize) -> bool {
        let (w, h) = (self.shape.width, self.shape.height);
        row > 1 && row < h && self.solid[(row - 2) * w..(row + 1) * w].iter().all(|&s| s == 0)
    }

    fn row_links(&self, row: usize) -> Vec<Link> {
        let (s, w) = (self.shape, self.shape.width);
        let (mut links, quiet) = (Vec::new(), self.quiet(row));
        for x in (0..w).filter(|&x| !quiet || x == 0 || x + 1 == w).map(|x| x as isize) {
            if self.fluid(x, row as isize).is_none() {
                continue;
            }
            for i in 1..Q {
                let (fx, fy) = (x - CX[i], row as isize - CY[i]);
                let to = s.slot(i, fy as usize, fx) as u32;
                match self.fluid(fx, fy) {
                    None => links.push(Link { to, from: s.slot(OPPOSITE[i], row, x) as u32 }),
                    Some((wx, _)) if wx as isize == fx => {}
                    Some((wx, wy)) => links.push(Link { to, from: s.slot(i, wy, wx as isize) as u32 }),
                }
            }
        }
        links
    }

    fn row_skin(&self, row: usize, w: usize) -> Vec<Skin> {
        let quiet = self.quiet(row);
        let columns = (-1..=w as isize).filter(|&x| !quiet || x < 1 || x + 2 > w as isize);
        let skin = columns.filter(|&x| {
            // A ghost of a periodic side is a copy of a cell, not a wall.
            let ghost = x < 0 || x >= w as isize;
            self.fluid(x, row as isize).is_none() && !(ghost && self.periodic)
        });
        let found = skin.filter_map(|x| {
            let near = |i: &usize| self.fluid(x + CX[*i], row as isize + CY[*i]).is_some();
            let fluid = (1..Q).filter(near).fold(0, |bits, i| bits | 1 << i);
            (fluid != 0).then(|| Skin { at: self.shape.at(row, x) as u32, fluid })
        });
        found.collect()
    }

    /// Sets the populations that walls send back and that come round the sides.
    pub fn bounce(&self, populations: &mut [f32]) {
        for l in &self.links {
            populations[l.to as usize] = populations[l.from as usize];
        }
    }

    /// Copies a plane round periodic sides.
    fn wrap(&self, plane: &mut [f32]) {
        let (s, w) = (self.shape, self.shape.width as isize);
        for row in (0..s.rows()).filter(|_| self.periodic) {
            plane[s.at(row, -1)] = plane[s.at(row, w - 1)];
            plane[s.at(row, w)] = plane[s.at(row, 0)];
        }
    }

    /// Sets every cell of the skin to what `f` makes of the mean of its fluid neighbours.
    fn fill(&mut self, plane: &mut [f32], f: impl Fn(f32) -> f32 + Sync) {
        self.wrap(plane);
        let line = self.shape.line as isize;
        let (skin, seen) = (&self.skin, &*plane);
        self.values.par_iter_mut().zip(skin).with_min_len(1024).for_each(|(value, cell)| {
            let (mut sum, mut weights) = (0.0, 0.0);
            for i in (1..Q).filter(|i| cell.fluid & (1 << i) != 0) {
                sum += WEIGHT[i] * seen[(cell.at as usize).wrapping_add_signed(CY[i] * line + CX[i])];
                weights += WEIGHT[i];
            }
            *value = f(sum / weights);
        });
        self.skin.iter().zip(&self.values).for_each(|(cell, &value)| plane[cell.at as usize] = value);
        self.wrap(plane);
    }

    /// Densities that the fluid sees in walls.
    pub fn wet(&mut self, density: &mut [f32], w: &Wetting) {
        self.fill(density, |mean| {
            let phi = mean - w.middle;
            let most = w.depth.max(0.0).sqrt();
            let seen = mean + w.cosine * w.slope * (w.depth - phi * phi).max(0.0);
            // A wall shows nothing denser than liquid or thinner than vapour, unless the fluid is.
            seen.clamp((w.middle - most).min(mean), (w.middle + most).max(mean))
        });
    }

    /// Chemical potentials that the fluid sees in walls: no gradient.
    pub fn level(&mut self, potential: &mut [f32]) {
        self.fill(potential, |mean| mean);
    }
}
