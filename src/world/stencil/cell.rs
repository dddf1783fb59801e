//! The rule of a sweep: what a cell becomes.

use super::neighbourhood::Neighbourhood;

/// What a cell becomes: P planes are read with their neighbours and A without, Q are written. Made by
/// [`stencil!`](crate::stencil!), which ensures that the function of a cell is inlined into the sweep.
///
/// ```
/// use world::field::Field;
/// use world::stencil::{Boundary, Cell, Neighbourhood, sweep};
///
/// /// The mean of the neighbours to the left and to the right; both methods must give the same bits.
/// struct Blur;
///
/// impl Cell<1, 0, 1> for Blur {
///     fn cell(&self, [plane]: [Neighbourhood; 1], []: [f32; 0]) -> [f32; 1] {
///         [0.5 * (plane.w + plane.e)]
///     }
///     fn block<const B: usize>(
///         &self,
///         [[_, here, _]]: [[&[f32]; 3]; 1],
///         []: [&[f32]; 0],
///         x: usize,
///         [out]: &mut [[f32; B]; 1],
///     ) {
///         out.iter_mut().zip(x..).for_each(|(out, x)| *out = 0.5 * (here[x - 1] + here[x + 1]));
///     }
/// }
///
/// let from = Field::from_fn(64, 1, |x, _| if x == 10 { 1.0 } else { 0.0 });
/// let mut into = Field::default();
/// sweep(&Blur, &from, [], Boundary::Periodic, &mut into);
/// assert_eq!([9, 10, 11, 12].map(|x| into.at(0, x, 0)), [0.5, 0.0, 0.5, 0.0]);
/// ```
pub trait Cell<const P: usize, const A: usize, const Q: usize>: Sync {
    /// One cell.
    fn cell(&self, planes: [Neighbourhood; P], pointwise: [f32; A]) -> [f32; Q];
    /// The cells `x..x + B` of a row whose planes are given by the rows above, here and below.
    fn block<const B: usize>(
        &self,
        planes: [[&[f32]; 3]; P],
        pointwise: [&[f32]; A],
        x: usize,
        out: &mut [[f32; B]; Q],
    );
}
