//! The part of a flow that keeps volumes: the pressure that takes away its divergence (Chorin 1968).
//!
//! [`Projection`] is the solver of the world: any sides, any solid cells, warm start, and what is left measured on the
//! flow itself, so that rounding of the pressure cannot hide. Where it leaves too much, a second pass solves for the
//! rest. [`periodic`] is the same for bare arrays.

use rayon::prelude::*;

use super::mac::Flow;
use super::poisson::algebra::Planes;
use super::poisson::pockets::Pockets;
use super::poisson::{Goal, Solver};
use super::rows::{each_pair, each_row};
use super::sides::{Faces, Sides};
use crate::real::{Real, squares};

/// What a projection did.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Report {
    /// Divergence left, as a fraction of that before (root of the mean square).
    pub residual: f64,
    /// V-cycles.
    pub cycles: usize,
}

/// The band along open sides in which reflection fades, as the share 1/8 of the shorter side.
const BAND: f64 = 8.0;
/// Passes of solving for what the last one left.
const PASSES: usize = 3;

/// A projection for one grid.
#[derive(Clone, Debug)]
pub struct Projection<T> {
    solver: Solver<T>,
    pockets: Pockets,
    excess: Vec<T>,
    pressure: Vec<T>,
    /// Whether the flow of the next run was reflected; what runs of the other kind start from.
    reflected: bool,
    other_guess: Planes<T>,
}

impl<T: Real> Projection<T> {
    /// For cells of which some may be solid (not 0).
    pub fn new(size: (usize, usize), sides: Sides, solid: Option<&[u8]>) -> Self {
        let faces = Faces::new(size, sides, solid);
        let pockets = Pockets::of(&faces);
        let cells = size.0 * size.1;
        Self {
            solver: Solver::new(faces),
            pockets,
            excess: vec![T::ZERO; cells],
            pressure: vec![T::ZERO; (size.0 + 2) * (size.1 + 2)],
            reflected: false,
            other_guess: Planes::default(),
        }
    }

    /// Changes sides and solid cells.
    pub fn set(&mut self, sides: Sides, solid: Option<&[u8]>) {
        let level = self.solver.finest_mut();
        level.faces.set(sides, solid);
        self.pockets = Pockets::of(&level.faces);
        self.solver.rebuild();
    }

    /// Forgets the last pressure, from which the next run would start.
    pub fn forget(&mut self) {
        self.solver.finest_mut().x.iter_mut().for_each(|x| x.fill(T::ZERO));
    }

    /// Conductances of the faces.
    pub fn faces(&self) -> &Faces<T> {
        &self.solver.finest().faces
    }
    /// Pressure of a row of cells after the last run, times a step over the density, in cells².
    pub fn pressure_row(&self, y: usize) -> &[T] {
        let w = self.faces().size.0;
        &self.pressure[(y + 1) * (w + 2) + 1..][..w]
    }
    /// Divergence that the last run left, of each cell.
    pub fn left(&self) -> &[T] {
        &self.excess
    }

    /// Makes the divergence of a flow that of a source (a plane and a factor; nothing if `None`): until no more than `tolerance` of the excess
    /// is left, or for `cycles` cycles. Faces through which no gas passes keep their velocity.
    pub fn run(
        &mut self,
        flow: &mut Flow<T>,
        source: Option<(&[T], T)>,
        tolerance: f64,
        cycles: usize,
    ) -> Report {
        flow.wrap(self.faces().wraps);
        let report = self.solve(flow, source, tolerance, cycles);
        if std::mem::take(&mut self.reflected) {
            std::mem::swap(&mut self.solver.finest_mut().x, &mut self.other_guess);
        }
        report
    }

    fn solve(
        &mut self,
        flow: &mut Flow<T>,
        source: Option<(&[T], T)>,
        tolerance: f64,
        cycles: usize,
    ) -> Report {
        if !self.reflected {
            self.pressure.fill(T::ZERO);
        }
        let before = self.measure(flow, source);
        let mut report = Report { residual: 0.0, cycles: 0 };
        if before <= f64::MIN_POSITIVE {
            return report;
        }
        let mut left = before;
        for pass in 0..PASSES {
            if pass > 0 {
                self.forget();
            }
            // A pass is to leave a little less than asked, so that rounding seldom needs another.
            let goal =
                Goal { residual: 0.9 * tolerance * before, cycles: cycles.saturating_sub(report.cycles) };
            report.cycles += self.improve(goal, left);
            self.apply(flow);
            let rest = self.measure(flow, source);
            let gained = rest < 0.5 * left;
            left = rest;
            if left <= tolerance * before || report.cycles >= cycles || !gained {
                break;
            }
        }
        report.residual = left / before;
        report
    }

    /// Solves for what is in excess, whose norm is `left`; the cycles that it took. A guess that leads astray is dropped:
    /// with few cycles what it leaves may be more than there was, and would be reflected, and grow.
    fn improve(&mut self, goal: Goal, left: f64) -> usize {
        self.fold();
        let guessed = self.solver.run(goal);
        if guessed.residual <= left {
            return guessed.cycles;
        }
        self.forget();
        self.fold();
        let anew = self.solver.run(goal);
        // Also of NaN.
        let better = anew.residual <= left;
        if !better {
            self.forget();
        }
        guessed.cycles + anew.cycles
    }

    /// Finds what the divergence lacks to the source, of each cell; its norm.
    fn measure(&mut self, flow: &Flow<T>, source: Option<(&[T], T)>) -> f64 {
        let (w, wide) = (flow.size.0, flow.wide());
        let some = self.pockets.any();
        each_row(&mut self.excess, w, wide, |y, row| {
            flow.lack_row(y, source.map(|(s, by)| (&s[y * w..(y + 1) * w], by)), row);
        });
        if some {
            self.pockets.balance(&mut self.excess, w);
        }
        let sums: Vec<f64> = match wide {
            true => self.excess.par_chunks(8 * w).map(squares).collect(),
            false => self.excess.chunks(8 * w).map(squares).collect(),
        };
        sums.iter().sum::<f64>().sqrt()
    }

    /// Hands the excess to the solver.
    fn fold(&mut self) {
        let level = self.solver.finest_mut();
        let (shape, excess) = (level.shape, &self.excess);
        let inner = shape.stride..shape.stride * (shape.h + 1);
        let [a, b] = &mut level.b;
        let planes = ((&mut a[inner.clone()], shape.stride), (&mut b[inner], shape.stride));
        each_pair(planes.0, planes.1, shape.wide(), |y, a, b| {
            let row = &excess[y * shape.w..(y + 1) * shape.w];
            let (even, odd) = if y % 2 == 0 { (a, b) } else { (b, a) };
            part(row, &mut even[1..], &mut odd[1..]);
        });
    }

    /// Subtracts the gradient of the solution from the flow, and adds up the pressure.
    fn apply(&mut self, flow: &mut Flow<T>) {
        self.solver.solution();
        let (faces, solution) = self.solver.solved();
        flow.subtract_gradient(faces, solution);
        let stride = flow.size.0 + 2;
        each_row(&mut self.pressure, stride, flow.wide(), |y, row| {
            let found = &solution[y * stride..(y + 1) * stride];
            row.iter_mut().zip(found).for_each(|(p, &v)| *p += v);
        });
    }

    /// Takes from a flow that the last run left without divergence what that run took, once more: its reflection. Near
    /// `open` sides (left, right, top, bottom) it does less, and on them nothing: what comes in there would be driven on.
    /// Little is then left for the next run to take, which starts from what was left the last time, and whose pressure
    /// is told together with this one.
    pub fn reflect(&mut self, flow: &mut Flow<T>, open: [bool; 4]) {
        let (w, h) = flow.size;
        let band = (h.min(w) as f64 / BAND).max(4.0);
        let shares = |n: usize, sides: [bool; 2]| -> Vec<T> {
            let near = |i: usize| {
                let distance = |open: bool, i: usize| if open { i as f64 / band } else { 1.0 };
                T::of(distance(sides[0], i).min(distance(sides[1], n - i)).min(1.0))
            };
            (0..=n).map(near).collect()
        };
        let (columns, rows) = (shares(w, [open[0], open[1]]), shares(h, [open[2], open[3]]));
        flow.subtract_share(self.faces(), &self.pressure, [&columns, &rows]);
        self.reflected = true;
        let x = &mut self.solver.finest_mut().x;
        for (other, x) in self.other_guess.iter_mut().zip(&*x) {
            other.resize(x.len(), T::ZERO);
        }
        std::mem::swap(x, &mut self.other_guess);
    }
}

world::widest! {
    /// Parts a row into its even and its odd values.
    fn part<T: Real>(row: &[T], even: &mut [T], odd: &mut [T]) {
        let (pairs, rest) = row.as_chunks::<2>();
        let n = pairs.len();
        for ((pair, even), odd) in pairs.iter().zip(&mut even[..n]).zip(&mut odd[..n]) {
            (*even, *odd) = (pair[0], pair[1]);
        }
        if let [last] = rest {
            even[n] = *last;
        }
    }
}

/// The same for bare arrays on a torus, rows of left faces and of top faces (as many as cells).
pub fn periodic<T: Real>(u: &mut [T], v: &mut [T], size: (usize, usize), tolerance: f64) -> Report {
    let (w, h) = size;
    let mut flow = Flow::new(size);
    flow.u
        .chunks_exact_mut(w + 1)
        .zip(u.chunks_exact(w))
        .for_each(|(to, from)| to[..w].copy_from_slice(from));
    flow.v[..w * h].copy_from_slice(v);
    let report = Projection::new(size, Sides::TORUS, None).run(&mut flow, None, tolerance, 200);
    u.chunks_exact_mut(w)
        .zip(flow.u.chunks_exact(w + 1))
        .for_each(|(to, from)| to.copy_from_slice(&from[..w]));
    v.copy_from_slice(&flow.v[..w * h]);
    report
}
