//! Blinks: who passed phase 0 when within a tick, and what may be heard of it.

use core::f32::consts::TAU;

use rayon::prelude::*;

use super::waves::TASK;
use world::audible::Sounding;

/// Names of the sorts, by [`Sounding::kind`].
pub const SORTS: &[&str] = &["blink"];

/// Somebody's blink.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Flash {
    /// Whose.
    pub who: u32,
    /// When in the tick, 0..1.
    pub at: f32,
}

/// Takes phases back to 0..2π after a part of a tick that began with the phases `before`; adds to `wound` how far each went
/// and to `flashes` who blinked. Returns how far all went together.
pub fn wrap(
    theta: &mut [f32],
    before: &[f32],
    (from, length): (f32, f32),
    wound: &mut [f32],
    flashes: &mut Vec<Flash>,
) -> f64 {
    let parts = theta.par_chunks_mut(TASK).zip(before.par_chunks(TASK)).zip(wound.par_chunks_mut(TASK));
    let done: Vec<(f64, Vec<Flash>)> = parts
        .enumerate()
        .map(|(task, ((theta, before), wound))| {
            let (mut way, mut seen) = (0.0, Vec::new());
            for (i, ((theta, before), wound)) in theta.iter_mut().zip(before).zip(wound).enumerate() {
                let went = *theta - before;
                way += went as f64;
                *wound += went;
                if *theta >= TAU {
                    let at = from + length * (TAU - before) / went;
                    seen.push(Flash { who: (task * TASK + i) as u32, at: at.clamp(0.0, 1.0) });
                }
                *theta = wrapped(*theta);
            }
            (way, seen)
        })
        .collect();
    done.into_iter().fold(0.0, |sum, (way, seen)| {
        flashes.extend(seen);
        sum + way
    })
}

/// An angle in 0..2π.
pub fn wrapped(angle: f32) -> f32 {
    let angle = angle - TAU * (angle / TAU).floor();
    if (0.0..TAU).contains(&angle) { angle } else { 0.0 }
}

/// The blinks as they may be heard: place (fractions of the world), brightness 0..1 and radius in cells by who blinked.
pub fn soundings(flashes: &[Flash], who: impl Fn(usize) -> ([f32; 2], f32, f32)) -> Vec<Sounding> {
    let heard = |flash: &Flash| {
        let ([x, y], strength, size) = who(flash.who as usize);
        let is_within = (0.0..=1.0).contains(&x) && (0.0..=1.0).contains(&y);
        is_within.then_some(Sounding { at: flash.at, x, y, strength, size, kind: 0 })
    };
    let mut all: Vec<Sounding> = flashes.iter().filter_map(heard).collect();
    Sounding::keep_strongest(&mut all);
    all
}
