//! The four lattice gases: their directions, how they stream, and what they conserve.
//!
//! A cell holds at most one particle per direction, so a direction of the whole world is a bit plane. HPP (Hardy, Pomeau
//! and de Pazzis 1973) lives on squares. FHP (Frisch, Hasslacher and Pomeau 1986) lives on triangles: rows are √3/2 apart,
//! and odd rows are shifted right by half a cell.

world::choices! {
    /// Collision rule, and with it the lattice.
    pub enum Model {
        /// Hardy, Pomeau and de Pazzis 1973: squares, four directions.
        Hpp: "hpp",
        /// Frisch, Hasslacher and Pomeau 1986: triangles, six directions; pairs and triangles collide.
        FhpOne: "fhp-1",
        /// The same with a particle at rest.
        FhpTwo: "fhp-2",
        /// Every collision that keeps mass and momentum (d'Humières and Lallemand 1987).
        FhpThree: "fhp-3",
    }
}

/// Most planes of a model.
pub const MOST_PLANES: usize = 7;
/// Half of the square root of three: height of a row of triangles.
const ROW: f32 = 0.866_025_4;

/// Where the particles that stream into a cell come from, per plane: rows below and columns to the right of it.
pub type Sources = [(i8, i8); MOST_PLANES];

impl Model {
    /// Number of bit planes: directions, and the particle at rest if there is one.
    pub const fn planes(self) -> usize {
        match self {
            Self::Hpp => 4,
            Self::FhpOne => 6,
            Self::FhpTwo | Self::FhpThree => 7,
        }
    }

    /// Whether the lattice is of triangles.
    pub const fn is_hexagonal(self) -> bool {
        !matches!(self, Self::Hpp)
    }

    /// Distance between rows, in cells.
    pub const fn row_height(self) -> f32 {
        if self.is_hexagonal() { ROW } else { 1.0 }
    }

    /// Velocity of each plane's particles, cells per step to the right and down. HPP: E, N, W, S; FHP: E, NE, NW, W, SW,
    /// SE, at rest.
    pub const fn velocities(self) -> &'static [[f32; 2]] {
        match self {
            Self::Hpp => &[[1.0, 0.0], [0.0, -1.0], [-1.0, 0.0], [0.0, 1.0]],
            Self::FhpOne => FHP.split_at(6).0,
            Self::FhpTwo | Self::FhpThree => FHP,
        }
    }

    /// Momentum of each plane's particles in whole numbers: (right, down) for HPP; along E and along NE for FHP.
    pub const fn whole_momenta(self) -> &'static [[i64; 2]] {
        match self {
            Self::Hpp => &[[1, 0], [0, -1], [-1, 0], [0, 1]],
            _ => &[[1, 0], [0, 1], [-1, 1], [-1, 0], [0, -1], [1, -1], [0, 0]],
        }
    }

    /// Momentum, right and down, from that in whole numbers.
    pub fn momentum(self, [a, b]: [i64; 2]) -> [f64; 2] {
        match self {
            Self::Hpp => [a as f64, b as f64],
            _ => [a as f64 + 0.5 * b as f64, -(ROW as f64) * b as f64],
        }
    }

    /// The plane of the opposite direction.
    pub const fn opposite(self, plane: usize) -> usize {
        self.mirrored(self.mirrored(plane, true), false)
    }

    /// The plane of the direction mirrored left to right, or (`across` false) top to bottom.
    pub const fn mirrored(self, plane: usize, across: bool) -> usize {
        let to: [usize; MOST_PLANES] = match (self, across) {
            (Self::Hpp, true) => [2, 1, 0, 3, 4, 5, 6],
            (Self::Hpp, false) => [0, 3, 2, 1, 4, 5, 6],
            (_, true) => [3, 2, 1, 0, 5, 4, 6],
            (_, false) => [0, 5, 4, 3, 2, 1, 6],
        };
        to[plane]
    }

    /// Where particles come from that stream into a row, given whether the row below and the row itself are odd.
    ///
    /// A link between two rows belongs to the lower one, so that both directions of it agree on the torus, whose seam joins
    /// two even rows if the height is odd.
    pub fn sources(self, below_is_odd: bool, is_odd: bool) -> Sources {
        let (below, here) = (below_is_odd as i8, is_odd as i8);
        match self {
            Self::Hpp => [(0, -1), (1, 0), (0, 1), (-1, 0), (0, 0), (0, 0), (0, 0)],
            _ => [(0, -1), (1, -below), (1, 1 - below), (0, 1), (-1, here), (-1, here - 1), (0, 0)],
        }
    }

    /// Planes, from and to, between which a particle turns to gain momentum to the right, or (`across` false) downwards.
    pub const fn turns(self, across: bool) -> &'static [[usize; 2]] {
        match (self, across) {
            (Self::Hpp, true) => &[[2, 0]],
            (Self::Hpp, false) => &[[1, 3]],
            (_, true) => &[[3, 0], [2, 1], [4, 5]],
            (_, false) => &[[1, 5], [2, 4]],
        }
    }

    /// Particles per place of the planes of a gas that drifts at a small velocity (cells per step), at `density`
    /// particles per place: the equilibrium to first order.
    pub fn drifting(self, density: f32, [u, v]: [f32; 2]) -> [f32; MOST_PLANES] {
        let per = if self.planes() == 7 { 7.0 / 3.0 } else { 2.0 };
        let mut filled = [0.0; MOST_PLANES];
        for (n, c) in filled.iter_mut().zip(self.velocities()) {
            *n = (density * (1.0 + per * (c[0] * u + c[1] * v))).clamp(0.0, 1.0);
        }
        filled
    }
}

const FHP: &[[f32; 2]] =
    &[[1.0, 0.0], [0.5, -ROW], [-0.5, -ROW], [-1.0, 0.0], [-0.5, ROW], [0.5, ROW], [0.0, 0.0]];

#[cfg(test)]
mod tests {
    use super::*;
    use world::params::Choice;

    fn all() -> impl Iterator<Item = Model> {
        (0..Model::NAMES.len()).map(Model::at)
    }

    #[test]
    fn opposites_and_mirrors_reverse_the_parts_of_a_velocity() {
        for model in all() {
            let v = model.velocities();
            assert_eq!(v.len(), model.planes());
            for (p, c) in v.iter().enumerate() {
                assert_eq!(v[model.opposite(p)].map(|c| c + 0.0), c.map(|c| 0.0 - c));
                assert_eq!(v[model.mirrored(p, true)], [0.0 - c[0], c[1]].map(|c| c + 0.0));
                assert_eq!(v[model.mirrored(p, false)].map(|c| c + 0.0), [c[0], 0.0 - c[1]]);
                let momentum = model.momentum(model.whole_momenta()[p]);
                assert!((0..2).all(|k| (momentum[k] - c[k] as f64).abs() < 1e-6), "{model:?} {p}");
            }
        }
    }

    #[test]
    fn turns_gain_momentum_in_their_direction_only() {
        for (model, across) in all().flat_map(|m| [(m, true), (m, false)]) {
            for &[from, to] in model.turns(across) {
                let (a, b) = (model.velocities()[from], model.velocities()[to]);
                let [along, aside] = if across { [0, 1] } else { [1, 0] };
                assert!(b[along] > a[along] && b[aside] == a[aside]);
            }
        }
    }

    #[test]
    fn a_drifting_gas_has_its_density_and_its_velocity() {
        for model in all() {
            let filled = model.drifting(0.3, [0.1, -0.05]);
            let of = |f: fn([f32; 2]) -> f32| -> f32 {
                model.velocities().iter().zip(filled).map(|(c, n)| n * f(*c)).sum()
            };
            let (mass, x, y) = (of(|_| 1.0), of(|c| c[0]), of(|c| c[1]));
            assert!((mass / model.planes() as f32 - 0.3).abs() < 1e-6);
            assert!((x / mass - 0.1).abs() < 1e-6 && (y / mass + 0.05).abs() < 1e-6, "{model:?}");
        }
    }
}
