//! The grids from the finest to one cell, and a V-cycle over them.

use super::super::sides::Faces;
use super::algebra::{Planes, add, pairing};
use super::level::Level;
use super::transfer::{prolong, restrict, unfold};
use crate::real::{Real, squares};

/// When to stop.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Goal {
    /// Norm of the residual, absolute.
    pub residual: f64,
    /// Most cycles.
    pub cycles: usize,
}

/// What was reached.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Outcome {
    /// Norm of the residual: root of the sum of squares.
    pub residual: f64,
    /// Cycles it took.
    pub cycles: usize,
}

/// Sweeps before and after the correction: on the finest grid, and on the coarser ones, where sweeps cost little.
const SWEEPS: [usize; 2] = [1, 2];
/// A hierarchy of grids.
#[derive(Clone, Debug)]
pub struct Hierarchy<T> {
    levels: Vec<Level<T>>,
    unfolded: Vec<Vec<T>>,
    /// Corrections of levels; there are some while they are scaled.
    corrections: Option<Vec<Planes<T>>>,
}

impl<T: Real> Hierarchy<T> {
    /// Grids down to one cell.
    pub fn new(faces: Faces<T>) -> Self {
        let mut levels = vec![Level::finest(faces)];
        while let Some(next) = levels[levels.len() - 1].coarser() {
            levels.push(next);
        }
        let unfolded = vec![Vec::new(); levels.len()];
        Self { levels, unfolded, corrections: None }
    }

    /// Whether corrections are scaled so that the energy of the error falls as far as it can: slower, but never too long.
    pub fn scale(&mut self, scales: bool) {
        let planes = |level: &Level<T>| [(); 2].map(|()| vec![T::ZERO; level.shape.len()]);
        match scales {
            true if self.corrections.is_none() => {
                self.corrections = Some(self.levels.iter().map(planes).collect());
            }
            true => {}
            false => self.corrections = None,
        }
    }

    /// Whether they are.
    pub fn scales(&self) -> bool {
        self.corrections.is_some()
    }

    /// The finest grid.
    pub fn finest(&self) -> &Level<T> {
        &self.levels[0]
    }
    /// The finest grid, to set its right-hand side and first guess.
    pub fn finest_mut(&mut self) -> &mut Level<T> {
        &mut self.levels[0]
    }

    /// After a change of the finest grid's faces.
    pub fn rebuild(&mut self) {
        self.levels[0].assemble();
        for i in 1..self.levels.len() {
            let (fine, coarse) = self.levels.split_at_mut(i);
            coarse[0].derive(&fine[i - 1]);
        }
    }

    /// Norm of the right-hand side.
    pub fn norm(&self) -> f64 {
        let level = &self.levels[0];
        let square =
            |plane: &Vec<T>| -> f64 { plane.chunks(level.shape.stride).map(|row| squares(row)).sum() };
        (square(&level.b[0]) + square(&level.b[1])).sqrt()
    }

    /// The solution, row after row, with a ring of ghosts.
    pub fn solution(&mut self) -> &[T] {
        unfold(&mut self.levels[0], &mut self.unfolded[0]);
        &self.unfolded[0]
    }

    /// The finest faces, and the solution as [`solution`](Self::solution) last gave it.
    pub fn solved(&self) -> (&Faces<T>, &[T]) {
        (&self.levels[0].faces, &self.unfolded[0])
    }

    /// Smooths a level and hands its residual down; the norm of the residual.
    pub fn descend(&mut self, at: usize) -> f64 {
        for _ in 0..SWEEPS[(at > 0) as usize] {
            self.levels[at].sweep();
        }
        let (fine, coarse) = self.levels.split_at_mut(at + 1);
        let Some(coarse) = coarse.first_mut() else { return 0.0 };
        if fine[at].mixes() {
            [0, 1].into_iter().for_each(|colour| fine[at].refresh(colour));
        } else {
            fine[at].refresh(1);
        }
        restrict(&fine[at], coarse).sqrt()
    }

    /// Corrects a level by the coarser ones, and smooths it.
    pub fn ascend(&mut self, at: usize) {
        if at + 1 == self.levels.len() {
            return;
        }
        self.cycle(at + 1);
        let (fine, coarse) = self.levels.split_at_mut(at + 1);
        unfold(&mut coarse[0], &mut self.unfolded[at + 1]);
        if let Some(corrections) = &mut self.corrections {
            correct(&mut fine[at], &coarse[0], &self.unfolded[at + 1], &mut corrections[at]);
        } else {
            // A sweep begins with the first colour, and reads the second.
            let from = if fine[at].mixes() { 0 } else { 1 };
            prolong(&mut fine[at], &coarse[0], &self.unfolded[at + 1], from..2);
        }
        for _ in 0..SWEEPS[(at > 0) as usize] {
            self.levels[at].sweep();
        }
    }

    /// One V-cycle from a level on.
    pub fn cycle(&mut self, at: usize) {
        self.descend(at);
        self.ascend(at);
    }
}

/// Corrects a level as far as the energy of its error falls: by (e, r)/(e, A e) times the correction e.
fn correct<T: Real>(fine: &mut Level<T>, coarse: &Level<T>, unfolded: &[T], spare: &mut Planes<T>) {
    std::mem::swap(&mut fine.x, spare);
    fine.x.iter_mut().for_each(|x| x.fill(T::ZERO));
    prolong(fine, coarse, unfolded, 0..2);
    [0, 1].into_iter().for_each(|colour| fine.refresh(colour));
    let [with_goal, with_rest] = pairing(fine, &fine.x);
    std::mem::swap(&mut fine.x, spare);
    [0, 1].into_iter().for_each(|colour| fine.refresh(colour));
    let [_, along] = pairing(fine, spare);
    let energy = with_goal - with_rest;
    if energy > 0.0 {
        add(fine, spare, T::of(along / energy));
    }
}
