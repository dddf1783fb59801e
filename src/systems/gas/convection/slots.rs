//! What a cell holds: nine populations of the flow (D2Q9, in the order of [`d2q9`](crate::gas::lbm::d2q9)) and five of the
//! temperature (D2Q5: at rest, and along the axes).

use crate::gas::lbm::d2q9::{WEIGHT, equilibrium};

/// Populations of the flow; those of temperature follow.
pub const FLOW: usize = 9;
/// All populations of a cell.
pub const SLOTS: usize = 14;
/// Cells across per step.
pub const CX: [isize; SLOTS] = [0, 1, -1, 0, 0, 1, -1, 1, -1, 0, 1, -1, 0, 0];
/// Cells down per step (y points down).
pub const CY: [isize; SLOTS] = [0, 0, 0, 1, -1, 1, -1, -1, 1, 0, 0, 0, 1, -1];
/// The slot of the opposite velocity.
pub const OPPOSITE: [usize; SLOTS] = [0, 2, 1, 4, 3, 6, 5, 8, 7, 9, 11, 10, 13, 12];
/// Weight of temperature at rest.
pub const REST: f32 = 1.0 / 3.0;
/// Weight of temperature along each axis.
pub const AXIS: f32 = 1.0 / 6.0;

/// State of a cell.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct State {
    /// Density less 1.
    pub dr: f32,
    /// Velocity across, cells/step.
    pub ux: f32,
    /// Velocity down, cells/step.
    pub uy: f32,
    /// Temperature, −½ at the cold plate and ½ at the hot one.
    pub heat: f32,
}

/// Population `slot` at equilibrium; those of the flow less their weight.
#[inline(always)]
pub fn calm(slot: usize, s: State) -> f32 {
    match slot {
        0..FLOW => equilibrium(slot, s.dr, s.ux, s.uy),
        FLOW => REST * s.heat,
        _ => AXIS * s.heat * (1.0 + 3.0 * (CX[slot] as f32 * s.ux + CY[slot] as f32 * s.uy)),
    }
}

/// Share of a source of heat that population `slot` takes.
pub fn share(slot: usize) -> f32 {
    match slot {
        0..FLOW => 0.0,
        FLOW => REST,
        _ => AXIS,
    }
}

const _: () = assert!(WEIGHT.len() == FLOW);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_velocities_are_those_of_the_gas_and_its_axes_again() {
        use crate::gas::lbm::d2q9;
        for i in 0..SLOTS {
            assert_eq!((CX[i], CY[i]), (-CX[OPPOSITE[i]], -CY[OPPOSITE[i]]));
            let twin = if i < FLOW { i } else { i - FLOW };
            assert_eq!((CX[i], CY[i]), (d2q9::CX[twin], d2q9::CY[twin]));
            assert_eq!(i < FLOW, OPPOSITE[i] < FLOW);
        }
    }

    #[test]
    fn equilibrium_carries_its_heat_along() {
        let s = State { dr: 0.02, ux: 0.1, uy: -0.05, heat: 0.4 };
        let sum = |f: &dyn Fn(usize) -> f64| -> f64 { (FLOW..SLOTS).map(|i| f(i) * calm(i, s) as f64).sum() };
        assert!((sum(&|_| 1.0) - 0.4).abs() < 1e-7);
        assert!((sum(&|i| CX[i] as f64) - 0.04).abs() < 1e-7 && (sum(&|i| CY[i] as f64) + 0.02).abs() < 1e-7);
        assert!(((0..SLOTS).map(share).sum::<f32>() - 1.0).abs() < 1e-6);
    }
}
