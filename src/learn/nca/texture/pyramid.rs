//! Anti-aliased halving of planes on a torus: the binomial filter 1 3 3 1, then every second cell.

const WEIGHTS: [f32; 4] = [0.125, 0.375, 0.375, 0.125];

/// Planes `[…][height][width]` with half the rows and columns; both must be even.
pub fn halved(planes: &[f32], (height, width): (usize, usize)) -> Vec<f32> {
    let (h, w) = (height / 2, width / 2);
    let mut out = Vec::with_capacity(planes.len() / 4);
    for plane in planes.chunks_exact(height * width) {
        let tall: Vec<f32> = (0..h)
            .flat_map(|y| (0..width).map(move |x| sum(y, height, |row| plane[row * width + x])))
            .collect();
        for row in tall.chunks_exact(width) {
            out.extend((0..w).map(|x| sum(x, width, |column| row[column])));
        }
    }
    out
}

/// The weighted sum of the four cells behind one of half the size.
fn sum(at: usize, n: usize, value: impl Fn(usize) -> f32) -> f32 {
    (0..4).fold(0.0, |sum, k| WEIGHTS[k].mul_add(value((2 * at + n + k - 1) % n), sum))
}

/// The gradient of planes, from that of the halved ones: the transpose. `size` is that of the larger planes.
pub fn halved_gradient(of_half: &[f32], (height, width): (usize, usize)) -> Vec<f32> {
    let (h, w) = (height / 2, width / 2);
    let mut out = vec![0f32; of_half.len() * 4];
    for (small, large) in of_half.chunks_exact(h * w).zip(out.chunks_exact_mut(height * width)) {
        for y in 0..h {
            for (ky, down) in WEIGHTS.iter().enumerate() {
                let row = &mut large[(2 * y + height + ky - 1) % height * width..][..width];
                for (x, d) in small[y * w..(y + 1) * w].iter().enumerate() {
                    let across = WEIGHTS.iter().enumerate();
                    across.for_each(|(kx, v)| row[(2 * x + width + kx - 1) % width] += v * down * d);
                }
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::normals;
    use world::rng::Rng;

    #[test]
    fn it_keeps_the_mean_and_removes_the_highest_frequency() {
        let x = normals(Rng::new(1), 12 * 8);
        let mean = |x: &[f32]| x.iter().sum::<f32>() / x.len() as f32;
        assert!((mean(&x) - mean(&halved(&x, (12, 8)))).abs() < 1e-6);
        let stripes: Vec<f32> = (0..12 * 8).map(|i| if i % 2 == 0 { 1.0 } else { -1.0 }).collect();
        assert!(halved(&stripes, (12, 8)).iter().all(|v| v.abs() < 1e-6));
        assert_eq!(halved(&[3.0; 2 * 16], (4, 4)), [3.0; 2 * 4]);
    }

    /// ⟨halved x, y⟩ = ⟨x, gradient y⟩, and shifts by two cells become shifts by one.
    #[test]
    fn the_gradient_is_the_transpose() {
        let dot =
            |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum::<f64>();
        let size = (6, 10);
        let (x, y) = (normals(Rng::new(1), 3 * 60), normals(Rng::new(2), 3 * 15));
        assert!((dot(&halved(&x, size), &y) - dot(&x, &halved_gradient(&y, size))).abs() < 1e-4);
        let moved = |x: &[f32], n: usize, by: usize, w: usize| {
            (0..n).map(|i| x[i / w * w + (i % w + by) % w]).collect::<Vec<f32>>()
        };
        assert_eq!(halved(&moved(&x, 180, 2, 10), size), moved(&halved(&x, size), 45, 1, 5));
    }
}
