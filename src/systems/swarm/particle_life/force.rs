//! The force between two particles: all push each other apart when close; farther off, one kind is drawn to another or
//! shuns it (Mohr 2022, after Ventrella's *Clusters* 2017). It need not be mutual, so energy and momentum may grow.

use crate::real::Real;

/// Most kinds of particles.
pub const MOST_KINDS: usize = 16;

/// How the force depends on the distance.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shape<R> {
    beta: R,
    per_beta: R,
    /// 1 / (1 − beta).
    per_rest: R,
}

impl<R: Real> Shape<R> {
    /// With repulsion below `beta`, a fraction of the reach, inside 0..1.
    pub fn new(beta: R) -> Self {
        Self { beta, per_beta: R::ONE / beta, per_rest: R::ONE / (R::ONE - beta) }
    }

    /// Force at distance `r`, in reaches: −1 at 0, 0 at `beta`, `a` halfway from there to 1, 0 from 1 on. Above 0 attracts.
    #[inline(always)]
    pub fn force(&self, r: R, a: R) -> R {
        let near = r * self.per_beta - R::ONE;
        let far = a * (R::ONE - (r + r - R::ONE - self.beta).size() * self.per_rest);
        let inside = if r < self.beta { near } else { far };
        if r < R::ONE { inside } else { R::ZERO }
    }
}

/// [`Shape::force`] of a repulsion below `beta`; for checks.
pub fn force<R: Real>(r: R, a: R, beta: R) -> R {
    Shape::new(beta).force(r, a)
}

/// What particles do to each other.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Law<R> {
    /// Reach of the force, in the length unit of the particles.
    pub r_max: R,
    /// Repulsion below this fraction of the reach, inside 0..1.
    pub beta: R,
    /// Acceleration by a force of 1, in reaches per square time.
    pub factor: R,
    /// `matrix[i][j]`: how much kind i is drawn to kind j.
    pub matrix: [[R; MOST_KINDS]; MOST_KINDS],
}
