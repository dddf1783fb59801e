//! The nine velocities of the square lattice (Qian, d'Humières and Lallemand 1992), in opposite pairs.

/// Number of velocities.
pub const Q: usize = 9;
/// Cells across per time step.
pub const CX: [isize; Q] = [0, 1, -1, 0, 0, 1, -1, 1, -1];
/// Cells down per time step (y points down).
pub const CY: [isize; Q] = [0, 0, 0, 1, -1, 1, -1, -1, 1];
/// The opposite velocity.
pub const OPPOSITE: [usize; Q] = [0, 2, 1, 4, 3, 6, 5, 8, 7];
/// Weight at rest.
pub const W0: f32 = 4.0 / 9.0;
/// Weight along the axes.
pub const W1: f32 = 1.0 / 9.0;
/// Weight along the diagonals.
pub const W5: f32 = 1.0 / 36.0;
/// All weights.
pub const WEIGHT: [f32; Q] = [W0, W1, W1, W1, W1, W5, W5, W5, W5];

/// Equilibrium population `i` less its weight, of a gas of density 1 + `dr` moving at (`ux`, `uy`).
#[inline(always)]
pub fn equilibrium(i: usize, dr: f32, ux: f32, uy: f32) -> f32 {
    let cu = CX[i] as f32 * ux + CY[i] as f32 * uy;
    WEIGHT[i] * (dr + (1.0 + dr) * (3.0 * cu + 4.5 * cu * cu - 1.5 * (ux * ux + uy * uy)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lattice_is_isotropic_to_fourth_order() {
        let sum = |f: &dyn Fn(f64, f64) -> f64| -> f64 {
            (0..Q).map(|i| WEIGHT[i] as f64 * f(CX[i] as f64, CY[i] as f64)).sum()
        };
        let close = |a: f64, b: f64| assert!((a - b).abs() < 1e-7, "{a} {b}");
        close(sum(&|_, _| 1.0), 1.0);
        close(sum(&|x, _| x * x), 1.0 / 3.0);
        close(sum(&|x, y| x * y), 0.0);
        close(sum(&|x, _| x.powi(4)), 1.0 / 3.0);
        close(sum(&|x, y| x * x * y * y), 1.0 / 9.0);
        for i in 0..Q {
            assert_eq!((CX[i], CY[i]), (-CX[OPPOSITE[i]], -CY[OPPOSITE[i]]));
        }
    }

    #[test]
    fn equilibrium_has_the_density_and_momentum_it_was_made_of() {
        let (dr, ux, uy) = (0.05, 0.1, -0.07);
        let g: Vec<f64> = (0..Q).map(|i| equilibrium(i, dr, ux, uy) as f64).collect();
        let (mass, jx): (f64, f64) = (g.iter().sum(), (0..Q).map(|i| CX[i] as f64 * g[i]).sum());
        assert!((mass - dr as f64).abs() < 1e-7 && (jx - 1.05 * 0.1).abs() < 1e-7);
    }
}
