//! The skin alone, on bare planes: a displacement, stepped in time at a rate of its own.

use rayon::prelude::*;

use super::kernel::{Factors, Run, bend, curve, force, pluck, watch};
use super::outline::{Outline, Rim};
use super::plate::Plate;

/// Cells of a task; a smaller skin is stepped by one thread, for which a step is shorter than a meeting of two.
const TASK: usize = 1 << 15;
/// Most that tension, smoothing and stiffness may come to together for the steps to be stable, with a margin for
/// rounding: λ² + 2s + 8μ² ≤ ½.
const STABLE: f64 = 0.4999;

/// Physics of a skin, in cells and seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Physics {
    /// Speed of waves, cells/s.
    pub speed: f64,
    /// Stiffness κ, cells²/s: bending waves have ω = κ·k².
    pub stiffness: f64,
    /// Damping of all waves, 1/s.
    pub damping: f64,
    /// Damping that rises with the square of the wave number, cells²/s.
    pub smoothing: f64,
    /// Frequency, rad/s, of the springs that a free plate lies on.
    pub bedding: f64,
    /// Steps a second.
    pub rate: f64,
}

impl Physics {
    /// How near to unstable: 1 is the limit.
    pub fn load(&self) -> f64 {
        let k = 1.0 / self.rate;
        let (tension, bend) = (self.speed * k, self.stiffness * k);
        (tension * tension
            + 4.0 * self.smoothing * k
            + 8.0 * bend * bend
            + 0.125 * (self.bedding * k) * (self.bedding * k))
            / STABLE
    }

    /// The same made slower and smoother until it is stable, and by what part its frequencies fell.
    pub fn stable(mut self) -> (Self, f64) {
        // Smoothing may take half of what there is.
        self.smoothing = self.smoothing.min(0.125 * STABLE * self.rate);
        let load = self.load();
        if load <= 1.0 {
            return (self, 1.0);
        }
        let fixed = 4.0 * self.smoothing / (self.rate * STABLE);
        let slower = libm::sqrt((1.0 - fixed) / (load - fixed));
        self.speed *= slower;
        self.stiffness *= slower;
        self.bedding *= slower;
        (self, slower)
    }

    /// Factors of a step.
    pub fn factors(&self) -> Factors {
        let k = 1.0 / self.rate;
        let (tension, bend, smooth) = (self.speed * k, self.stiffness * k, 2.0 * self.smoothing * k);
        let per = 1.0 / (1.0 + self.damping * k);
        let bedding = self.bedding * k;
        Factors {
            now: ((2.0 - bedding * bedding) * per) as f32,
            before: ((1.0 - self.damping * k) * per) as f32,
            tension: ((tension * tension + smooth) * per) as f32,
            smooth: (smooth * per) as f32,
            stiff: (bend * bend * per) as f32,
        }
    }
}

/// A force on every cell that goes from one field to another.
#[derive(Clone, Copy)]
pub struct Push<'a> {
    /// Planes as of the outline: where it starts, and how far it goes.
    pub fields: [&'a [f32]; 2],
    /// How far it has gone, 0..1.
    pub part: f32,
    /// Displacement in a step per unit.
    pub scale: f32,
}

/// A displaced skin.
pub struct Skin {
    outline: Outline,
    plate: Option<Plate>,
    now: Vec<f32>,
    old: Vec<f32>,
    laplacian: Vec<f32>,
    /// Laplacian of the step before, and bending; used by stiff skins only.
    last: Vec<f32>,
    bending: Vec<f32>,
}

impl Skin {
    /// At rest.
    pub fn new(outline: Outline, rim: Rim) -> Self {
        let plane = || vec![0.0; outline.floats()];
        let plate = (rim == Rim::Free).then(|| Plate::new(&outline));
        Self {
            now: plane(),
            old: plane(),
            laplacian: plane(),
            last: plane(),
            bending: plane(),
            plate,
            outline,
        }
    }

    /// Its outline.
    pub fn outline(&self) -> &Outline {
        &self.outline
    }
    /// Displacements, laid out as in the outline.
    pub fn displacement(&self) -> &[f32] {
        &self.now
    }
    /// Displacements of the step before.
    pub fn before(&self) -> &[f32] {
        &self.old
    }
    /// Laplacian of the step before.
    pub fn laplacian(&self) -> &[f32] {
        &self.laplacian
    }

    /// Gives it another outline of the same size; cells that are no longer skin come to rest.
    pub fn set_outline(&mut self, outline: Outline, rim: Rim) {
        let skin = &outline.skin;
        for plane in [&mut self.now, &mut self.old, &mut self.laplacian, &mut self.last, &mut self.bending] {
            plane.iter_mut().zip(skin).for_each(|(v, s)| *v *= s);
        }
        self.plate = (rim == Rim::Free).then(|| Plate::new(&outline));
        self.outline = outline;
    }

    /// Sets displacement now and before.
    pub fn fill(&mut self, f: impl Fn(usize, usize) -> [f32; 2]) {
        for y in 0..self.outline.height {
            for x in 0..self.outline.width {
                let at = self.outline.at(x, y);
                let skin = self.outline.skin[at];
                [self.now[at], self.old[at]] = f(x, y).map(|v| v * skin);
            }
        }
        self.settle();
    }

    /// Computes the Laplacian anew after displacements were changed from outside.
    fn settle(&mut self) {
        let (s, first, n) = self.cells();
        let run = |plane| Run::new(plane, &self.outline.skin, &self.outline.diagonal, first, s, n);
        curve(run(&self.old), &mut self.laplacian[first..first + n]);
    }

    /// Stride, and the run of all cells.
    fn cells(&self) -> (usize, usize, usize) {
        let first = self.outline.at(0, 0);
        (
            self.outline.stride(),
            first,
            self.outline.at(0, self.outline.height - 1) + self.outline.width - first,
        )
    }

    /// One step.
    pub fn step(&mut self, factors: Factors, push: Option<Push>) {
        let (s, first, n) = self.cells();
        if factors.stiff == 0.0 {
            let Self { outline, now, old, laplacian, .. } = self;
            let (old, laplacian) = (&mut old[first..first + n], &mut laplacian[first..first + n]);
            let tasks = old.par_chunks_mut(TASK).zip(laplacian.par_chunks_mut(TASK)).enumerate();
            let one = |(k, (old, laplacian)): (usize, (&mut [f32], &mut [f32]))| {
                let at = first + k * TASK;
                let run = Run::new(now, &outline.skin, &outline.diagonal, at, s, old.len());
                pluck(run, factors, old, laplacian);
            };
            match n > TASK {
                true => tasks.for_each(one),
                false => one((0, (old, laplacian))),
            }
        } else {
            self.step_stiff(factors);
        }
        std::mem::swap(&mut self.now, &mut self.old);
        if let Some(push) = push {
            self.push(push);
        }
    }

    /// Adds a force of one step.
    pub fn push(&mut self, Push { fields: [base, change], part, scale }: Push) {
        let (_, first, n) = self.cells();
        let cells = first..first + n;
        let skin = &self.outline.skin[cells.clone()];
        force(&base[cells.clone()], &change[cells.clone()], skin, part, scale, &mut self.now[cells]);
    }

    fn step_stiff(&mut self, factors: Factors) {
        let (s, first, n) = self.cells();
        let cells = first..first + n;
        std::mem::swap(&mut self.laplacian, &mut self.last);
        let (skin, diagonal) = (&self.outline.skin, &self.outline.diagonal);
        curve(Run::new(&self.now, skin, diagonal, first, s, n), &mut self.laplacian[cells.clone()]);
        match &mut self.plate {
            Some(plate) => plate.bend(&self.now, &self.outline, &mut self.bending),
            None => {
                let run = Run::new(&self.laplacian, skin, diagonal, first, s, n);
                curve(run, &mut self.bending[cells.clone()]);
            }
        }
        let laplacian = [&self.laplacian[cells.clone()], &self.last[cells.clone()]];
        bend(
            &self.now[cells.clone()],
            laplacian,
            &self.bending[cells.clone()],
            factors,
            &mut self.old[cells],
        );
    }

    /// Adds what a tick is seen by; see [`watch`].
    pub fn watch(&self, tone: [f32; 2], into: &mut [Vec<f32>; 4]) {
        let (_, first, n) = self.cells();
        let into = into.each_mut().map(|plane| &mut plane[first..first + n]);
        watch(&self.now[first..first + n], &self.old[first..first + n], tone, into);
    }

    /// Adds to the displacement of one cell of skin.
    pub fn add(&mut self, at: usize, displacement: f32) {
        self.now[at] += displacement * self.outline.skin[at];
    }

    /// Brings the displacement of one cell nearer to the one before: takes `share` of its speed.
    pub fn brake(&mut self, at: usize, share: f32) {
        self.now[at] += share * (self.old[at] - self.now[at]);
    }

    /// Multiplies everything.
    pub fn scale(&mut self, by: f32) {
        for plane in [&mut self.now, &mut self.old, &mut self.laplacian, &mut self.last, &mut self.bending] {
            plane.iter_mut().for_each(|v| *v *= by);
        }
    }

    /// Greatest displacement.
    pub fn most(&self) -> f32 {
        let mut most = [0f32; 16];
        for chunk in self.now.chunks(16) {
            chunk.iter().zip(&mut most).for_each(|(v, m)| *m = m.max(v.abs()));
        }
        most.into_iter().fold(0.0, f32::max)
    }

    /// Energy of the skin per mass of a cell, which the steps keep where nothing damps (without stiffness): half the
    /// squares of velocities, and half the work that tension does from each displacement to the next; cells²/s².
    pub fn energy(&self, physics: &Physics) -> f64 {
        let (s, c2) = (self.outline.stride(), physics.speed * physics.speed);
        let mut sums = [0.0f64; 2];
        for y in 0..self.outline.height {
            for at in self.outline.row(y) {
                let (u, o) = (self.now[at] as f64, self.old[at] as f64);
                let sum = [at - s, at - 1, at + 1, at + s].iter().map(|&n| self.old[n] as f64).sum::<f64>();
                let curve = self.outline.skin[at] as f64 * sum - self.outline.diagonal[at] as f64 * o;
                sums[0] += (u - o) * (u - o);
                sums[1] -= u * curve;
            }
        }
        0.5 * (sums[0] * physics.rate * physics.rate + c2 * sums[1])
    }
}
