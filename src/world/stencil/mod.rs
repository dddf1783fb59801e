//! Local rules over planes of cells: what a cell becomes from its own value and its eight neighbours', in one plane or
//! in several that are coupled. The author writes the function of one cell; [`stencil!`](crate::stencil!) makes the
//! sweep of it.
//!
//! A sweep is fast by construction. Rows are shared among the threads. Within a row the cells that have all their
//! neighbours in it are taken in blocks whose length the compiler knows, so the function becomes vector code, for each
//! width of vectors there is; the first and last cell of a row, whose neighbours lie across the border, run the same
//! arithmetic alone. Subnormal results become zero: they mean nothing in a world, and a processor takes a hundred times
//! as long for each. So a world that fades away costs no more than one that lives.

mod cell;
mod neighbourhood;
mod row;
#[cfg(test)]
mod tests;

use rayon::prelude::*;

use crate::field::{Field, rows_per_task};
pub use cell::Cell;
pub use neighbourhood::{Boundary, Neighbourhood};
use row::{Row, widest_row};

#[doc(hidden)]
pub use row::{Windows, flushed, window};

/// A plane of which the rule reads the cell itself only.
#[derive(Clone, Copy, Debug)]
pub enum Pointwise<'a> {
    /// This plane, row after row, of as many cells as the world.
    Plane(&'a [f32]),
    /// The same value everywhere.
    Uniform(f32),
}

impl<'a> Pointwise<'a> {
    /// The first plane of an input, or a value where nothing is wired.
    pub fn input(field: Option<&'a Field>, otherwise: f32) -> Self {
        field.map_or(Self::Uniform(otherwise), |f| Self::Plane(f.plane(0)))
    }
}

/// Applies a rule to every cell: reads `from` (P planes) and `pointwise`, writes `into` (Q planes of the same size).
///
/// # Panics
/// `from` does not have P planes, or a plane of `pointwise` differs in size.
pub fn sweep<C, const P: usize, const A: usize, const Q: usize>(
    cell: &C,
    from: &Field,
    pointwise: [Pointwise; A],
    boundary: Boundary,
    into: &mut Field,
) where
    C: Cell<P, A, Q>,
{
    let (w, h) = from.size();
    assert_eq!(from.planes(), P, "the rule reads {P} planes");
    into.reshape(w, h, Q);
    let same = pointwise.map(|a| match a {
        Pointwise::Plane(plane) => {
            assert_eq!(plane.len(), w * h, "a pointwise plane must have {w}×{h} cells");
            Vec::new()
        }
        Pointwise::Uniform(value) => vec![value; w],
    });
    let beyond = match boundary {
        Boundary::Fixed(value) => vec![value; w],
        _ => Vec::new(),
    };
    let row = |p: usize, y: Option<usize>| y.map_or(&beyond[..], |y| from.row(p, y));
    let rows = rows_per_task(w);
    bands::<Q>(into, rows * w).into_par_iter().enumerate().for_each(|(band, out)| {
        let mut out = out.map(|plane| plane.chunks_exact_mut(w));
        for y in band * rows..((band + 1) * rows).min(h) {
            let (up, down) = (above(y, h, boundary), below(y, h, boundary));
            widest_row(Row {
                cell,
                planes: std::array::from_fn(|p| [row(p, up), row(p, Some(y)), row(p, down)]),
                pointwise: std::array::from_fn(|a| match pointwise[a] {
                    Pointwise::Plane(plane) => &plane[y * w..(y + 1) * w],
                    Pointwise::Uniform(_) => &same[a][..],
                }),
                boundary,
                out: out.each_mut().map(|plane| plane.next().expect("a band has its rows in every plane")),
            });
        }
    });
}

/// Bands of `cells` cells of all planes.
fn bands<const Q: usize>(into: &mut Field, cells: usize) -> Vec<[&mut [f32]; Q]> {
    let size = into.width() * into.height();
    let mut planes: Vec<_> = into.data_mut().chunks_mut(size).map(|plane| plane.chunks_mut(cells)).collect();
    let count = size.div_ceil(cells);
    (0..count)
        .map(|_| std::array::from_fn(|q| planes[q].next().expect("all planes have equally many bands")))
        .collect()
}

fn above(y: usize, h: usize, boundary: Boundary) -> Option<usize> {
    match (y, boundary) {
        (0, Boundary::Periodic) => Some(h - 1),
        (0, Boundary::NoFlux) => Some(0),
        (0, Boundary::Fixed(_)) => None,
        _ => Some(y - 1),
    }
}

fn below(y: usize, h: usize, boundary: Boundary) -> Option<usize> {
    match (y + 1 == h, boundary) {
        (true, Boundary::Periodic) => Some(0),
        (true, Boundary::NoFlux) => Some(y),
        (true, Boundary::Fixed(_)) => None,
        (false, _) => Some(y + 1),
    }
}

/// Declares a sweep by the function of one cell.
///
/// ```
/// use world::field::Field;
/// use world::stencil::{Boundary, Pointwise};
///
/// /// How fast it spreads, in cells² a step.
/// struct Spread(f32);
///
/// world::stencil! {
///     /// One step of diffusion, with a source.
///     fn diffuse(spread: &Spread, [heat]: [Neighbourhood; 1], [source]: [f32; 1]) -> [f32; 1] {
///         [heat.centre + spread.0 * heat.laplacian() + source]
///     }
/// }
///
/// let (mut now, mut next) = (Field::new(8, 8, 1), Field::default());
/// now.data_mut()[0] = 1.0;
/// diffuse(&Spread(0.1), &now, [Pointwise::Uniform(0.0)], Boundary::Periodic, &mut next);
/// assert!((next.at(0, 0, 0) - 0.6).abs() < 1e-6);
/// assert!((next.at(0, 7, 0) - 0.1).abs() < 1e-6, "it is a torus");
/// ```
///
/// The resulting function takes `(knobs, from, pointwise, boundary, into)`: see [`sweep`](crate::stencil::sweep). Its
/// body must be plain arithmetic to become vector code: no loops of unknown length, no slices; `if … { a } else { b }`
/// of values is fine, `libm` is called cell by cell. Functions that it calls must be marked `#[inline(always)]`.
#[macro_export]
macro_rules! stencil {
    (
        $(#[$note:meta])*
        $vis:vis fn $name:ident (
            $knobs:ident: &$kind:ty,
            [$($plane:ident),+]: [Neighbourhood; $p:expr],
            [$($also:ident),*]: [f32; $a:expr] $(,)?
        ) -> [f32; $q:expr] $body:block
    ) => {
        $(#[$note])*
        $vis fn $name(
            knobs: &$kind,
            from: &$crate::field::Field,
            pointwise: [$crate::stencil::Pointwise; $a],
            boundary: $crate::stencil::Boundary,
            into: &mut $crate::field::Field,
        ) {
            use $crate::stencil::{Cell, Neighbourhood, Windows, flushed};

            struct Rule<'a>(&'a $kind);

            #[inline(always)]
            fn cell($knobs: &$kind, $($plane: Neighbourhood,)+ $($also: f32,)*) -> [f32; $q] $body

            impl Cell<{ $p }, { $a }, { $q }> for Rule<'_> {
                #[inline(always)]
                fn cell(&self, [$($plane),+]: [Neighbourhood; $p], [$($also),*]: [f32; $a]) -> [f32; $q] {
                    cell(self.0, $($plane,)+ $($also,)*)
                }
                #[inline(always)]
                fn block<const B: usize>(
                    &self,
                    [$($plane),+]: [[&[f32]; 3]; $p],
                    [$($also),*]: [&[f32]; $a],
                    x: usize,
                    out: &mut [[f32; B]; $q],
                ) {
                    $( let $plane = Windows::<B>::new($plane, x); )+
                    $( let $also = $crate::stencil::window::<B>($also, x); )*
                    for i in 0..B {
                        let new = cell(self.0, $($plane.at(i),)+ $($also[i],)*);
                        for q in 0..$q {
                            out[q][i] = flushed(new[q]);
                        }
                    }
                }
            }

            $crate::stencil::sweep(&Rule(knobs), from, pointwise, boundary, into);
        }
    };
}
