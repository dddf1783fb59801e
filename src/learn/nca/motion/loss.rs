//! How far a picture is from an earlier one that a flow carried on (after DyNCA, Pajouheshgar et al. 2023, where an
//! optical-flow network judges; here the velocity is known).

use super::advection::Advection;
use crate::nca::texture::pyramid::{halved, halved_gradient};

/// Below this a difference counts by its square, above by its size (Charbonnier et al. 1994).
const SOFT: f64 = 0.01;

/// How far pictures are from having been carried.
pub struct Carried {
    /// Mean robust difference, in units of the pictures, over two scales.
    pub error: f64,
    /// The same of a picture that stands still.
    pub still: f64,
    /// Gradient of the error with respect to the earlier picture.
    pub before: Vec<f32>,
    /// Gradient of the error with respect to the later one.
    pub after: Vec<f32>,
}

/// Compares planes `[…][height][width]` with earlier ones that `flow` carries. The coarser of the two scales forgives
/// the sharpening by which a rule makes up for what interpolation blurs.
pub fn carried(before: &[f32], after: &[f32], flow: &Advection, size: (usize, usize)) -> Carried {
    let moved = flow.apply(before);
    let (error, of_after) = difference(after, &moved, size);
    let (still, _) = difference(before, &moved, size);
    let of_before = flow.gradient(&of_after).into_iter().map(|v| -v).collect();
    Carried { error, still, before: of_before, after: of_after }
}

/// The mean robust difference of planes at their own size and, if it is even, at half of it; and its gradient with
/// respect to the first.
fn difference(a: &[f32], b: &[f32], size: (usize, usize)) -> (f64, Vec<f32>) {
    let apart: Vec<f32> = a.iter().zip(b).map(|(a, b)| a - b).collect();
    let (fine, mut gradient) = robust(&apart);
    if !size.0.is_multiple_of(2) || !size.1.is_multiple_of(2) {
        return (fine, gradient);
    }
    let (coarse, of_coarse) = robust(&halved(&apart, size));
    let spread = halved_gradient(&of_coarse, size);
    gradient.iter_mut().zip(spread).for_each(|(g, s)| *g = 0.5 * (*g + s));
    (0.5 * (fine + coarse), gradient)
}

fn robust(values: &[f32]) -> (f64, Vec<f32>) {
    let n = values.len() as f64;
    let size = |v: f32| (f64::from(v) * f64::from(v) + SOFT * SOFT).sqrt();
    let mean = values.iter().map(|v| size(*v) - SOFT).sum::<f64>() / n;
    (mean, values.iter().map(|v| (f64::from(*v) / size(*v) / n) as f32).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::normals;
    use world::rng::Rng;

    const SIZE: (usize, usize) = (8, 10);

    fn flow() -> Advection {
        Advection::new(&normals(Rng::new(9), 160), SIZE)
    }

    #[test]
    fn a_carried_picture_has_no_error_and_a_still_one_all_of_it() {
        let x = normals(Rng::new(1), 240);
        let moved = flow().apply(&x);
        let right = carried(&x, &moved, &flow(), SIZE);
        assert!(right.error == 0.0 && right.after.iter().chain(&right.before).all(|v| *v == 0.0));
        let still = carried(&x, &x, &flow(), SIZE);
        assert!(still.error == still.still && still.error > 0.1 && right.still == still.still);
        // Far from zero it is the mean absolute difference: 1 at both scales.
        let shifted: Vec<f32> = moved.iter().map(|v| v + 1.0).collect();
        assert!((carried(&x, &shifted, &flow(), SIZE).error - 0.99).abs() < 1e-3);
    }

    #[test]
    fn gradients_are_the_difference_quotients() {
        let (a, b) = (normals(Rng::new(2), 160), normals(Rng::new(3), 160));
        let at = carried(&a, &b, &flow(), SIZE);
        let line = normals(Rng::new(4), 160);
        let step =
            |x: &[f32], d: f32| x.iter().zip(&line).map(|(x, l)| l.mul_add(d, *x)).collect::<Vec<f32>>();
        let dot = |g: &[f32]| g.iter().zip(&line).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum::<f64>();
        let h = 1e-3;
        let error = |a: &[f32], b: &[f32]| carried(a, b, &flow(), SIZE).error;
        let of_before = (error(&step(&a, h), &b) - error(&step(&a, -h), &b)) / (2.0 * f64::from(h));
        let of_after = (error(&a, &step(&b, h)) - error(&a, &step(&b, -h))) / (2.0 * f64::from(h));
        assert!((dot(&at.before) - of_before).abs() < 2e-3, "{} {of_before}", dot(&at.before));
        assert!((dot(&at.after) - of_after).abs() < 2e-3, "{} {of_after}", dot(&at.after));
    }
}
