//! Populations at equilibrium.

use crate::gas::lbm::d2q9::{CX, CY, Q, WEIGHT};

/// The nine populations of fluid of density `rho` moving at `u`, as stored: each but the first less its weight.
#[inline(always)]
pub fn calm(rho: f32, [ux, uy]: [f32; 2]) -> [f32; Q] {
    let square = 1.5 * (ux * ux + uy * uy);
    let mut all = [0.0; Q];
    let mut rest = rho;
    for i in 1..Q {
        let cu = CX[i] as f32 * ux + CY[i] as f32 * uy;
        all[i] = WEIGHT[i] * rho * (3.0 * cu + 4.5 * cu * cu - square);
        rest -= all[i];
    }
    all[0] = rest;
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_has_the_mass_and_momentum_it_was_made_of_and_no_pressure() {
        let all = calm(0.7, [0.1, -0.05]);
        let sum = |f: &dyn Fn(usize) -> f64| -> f64 { (0..Q).map(|i| f(i) * all[i] as f64).sum() };
        let close = |a: f64, b: f64| assert!((a - b).abs() < 1e-7, "{a} {b}");
        close(sum(&|_| 1.0), 0.7);
        close(sum(&|i| CX[i] as f64), 0.07);
        close(sum(&|i| CY[i] as f64), -0.035);
        close(sum(&|i| (CX[i] * CX[i]) as f64), 0.007);
        close(sum(&|i| (CX[i] * CY[i]) as f64), -0.0035);
        assert_eq!(calm(0.7, [0.0; 2])[0], 0.7);
    }
}
