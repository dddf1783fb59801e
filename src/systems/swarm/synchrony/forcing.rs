//! What turns each oscillator by itself: its natural frequency, and a beat that all of them hear.

use rayon::prelude::*;

use super::waves::TASK;
use crate::real::Real;

/// An external oscillator that pulls on every phase: θ' = … + F sin(Φ − θ), Φ = phase + rate·t (Sakaguchi 1988).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Forcing<R> {
    /// F, per unit of time.
    pub gain: R,
    /// Φ at time 0, radians.
    pub phase: R,
    /// Φ', radians per unit of time.
    pub rate: R,
}

/// Adds to couplings `into` the natural frequencies and the forcing at a time.
pub fn turn<R: Real>(into: &mut [R], (sin, cos): (&[R], &[R]), omega: &[R], beat: &Forcing<R>, time: R) {
    let (s, c) = (beat.phase + beat.rate * time).sin_cos();
    let pull = [beat.gain * s, beat.gain * c];
    let waves = sin.par_chunks(TASK).zip(cos.par_chunks(TASK));
    let parts = into.par_chunks_mut(TASK).zip(omega.par_chunks(TASK)).zip(waves);
    parts.for_each(|((into, omega), (sin, cos))| turn_row(into, omega, sin, cos, pull));
}

world::widest! {
    fn turn_row<R: Real>(into: &mut [R], omega: &[R], sin: &[R], cos: &[R], pull: [R; 2]) {
        for (((into, omega), sin), cos) in into.iter_mut().zip(omega).zip(sin).zip(cos) {
            *into += *omega + (pull[0] * *cos - pull[1] * *sin);
        }
    }
}
