//! The gradient of a pooling's input.

use crate::net::padded::PaddedImages;
use crate::net::padded::pool::{Pool, Reduce};
use world::widest;

impl Pool {
    /// Overwrites the gradient `dx` of the input `x`, from that of the output: channels of `y` and `dy` from `first` on.
    /// Where several pixels of a window are the greatest, the first of them, row by row, gets the gradient.
    pub fn descend(
        &self,
        x: &PaddedImages,
        (y, dy): (&PaddedImages, &PaddedImages),
        dx: &mut PaddedImages,
        first: usize,
    ) {
        let c = x.channels;
        for (p, row) in dx.rows() {
            dx.row_mut(p, row).fill(0.0);
        }
        let mut left = vec![0f32; c];
        for (p, v) in y.rows() {
            let (top, bottom) = self.span(v, x.height);
            let pixels =
                y.row(p, v)[first..].chunks(y.channels).zip(dy.row(p, v)[first..].chunks(dy.channels));
            for (u, (most, gradient)) in pixels.enumerate() {
                let (begin, end) = self.span(u, x.width);
                left.copy_from_slice(&gradient[..c]);
                let share = 1.0 / ((bottom - top) * (end - begin)) as f32;
                for row in top..bottom {
                    let from = &x.row(p, row)[begin * c..end * c];
                    let into = &mut dx.row_mut(p, row)[begin * c..end * c];
                    match self.reduce {
                        Reduce::Max => given(into, from, &most[..c], &mut left),
                        Reduce::Mean => shared(into, &left, share),
                    }
                }
            }
        }
    }
}

widest! {
    /// Gives what is left of a gradient to the pixels that are the greatest.
    fn given(into: &mut [f32], from: &[f32], most: &[f32], left: &mut [f32]) {
        let c = most.len();
        for (into, from) in into.chunks_exact_mut(c).zip(from.chunks_exact(c)) {
            for i in 0..c {
                let is_most = from[i] == most[i];
                into[i] += if is_most { left[i] } else { 0.0 };
                left[i] = if is_most { 0.0 } else { left[i] };
            }
        }
    }
}

widest! {
    fn shared(into: &mut [f32], gradient: &[f32], share: f32) {
        for pixel in into.chunks_exact_mut(gradient.len()) {
            pixel.iter_mut().zip(gradient).for_each(|(d, g)| *d += g * share);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use world::rng::Rng;
    use world::vectors::Vectors;

    /// Against central differences of the pooled values; the same bits at every width.
    #[test]
    fn it_matches_central_differences() {
        for (kernel, stride, side) in [(2, 2, 5), (3, 2, 5), (3, 2, 6), (3, 1, 4), (1, 2, 5)] {
            for reduce in [Reduce::Max, Reduce::Mean] {
                let pool = Pool { reduce, kernel, stride };
                let out = pool.out(side);
                let filled = |mut x: PaddedImages, key: u64| {
                    for (p, y) in x.rows() {
                        let rng = Rng::new(key).fork((p * 100 + y) as u64);
                        x.row_mut(p, y).iter_mut().enumerate().for_each(|(i, v)| *v = rng.normal(i as u64));
                    }
                    x
                };
                let x = filled(PaddedImages::new(3, side, side, 2), 1);
                let dy = filled(PaddedImages::new(5, out, out, 2), 2);
                let pooled = |x: &PaddedImages| {
                    let mut y = PaddedImages::new(5, out, out, 2);
                    pool.apply(x, &mut y, 2);
                    y
                };
                let loss = |x: &PaddedImages| -> f64 {
                    pooled(x).values().iter().zip(dy.values()).map(|(y, d)| *y as f64 * *d as f64).sum()
                };
                let y = pooled(&x);
                let made = |v: Vectors| {
                    let mut dx = x.clone();
                    v.run(|| pool.descend(&x, (&y, &dy), &mut dx, 2)).unwrap();
                    dx
                };
                let dx = made(Vectors::Plain);
                assert!(Vectors::available().all(|v| made(v).values() == dx.values()));
                for (p, v, i) in (0..2 * side * side * 3)
                    .map(|i| (i / (side * side * 3), i / (side * 3) % side, i % (side * 3)))
                {
                    let at = |by: f32| {
                        let mut there = x.clone();
                        there.row_mut(p, v)[i] += by;
                        loss(&there)
                    };
                    let numeric = (at(1e-3) - at(-1e-3)) / 2e-3;
                    let own = dx.row(p, v)[i] as f64;
                    assert!((own - numeric).abs() < 2e-3, "{pool:?} {p} {v} {i}: {own}, {numeric}");
                }
            }
        }
    }

    #[test]
    fn of_equal_pixels_only_the_first_gets_the_gradient() {
        let pool = Pool { reduce: Reduce::Max, kernel: 2, stride: 2 };
        let x = PaddedImages::new(1, 2, 2, 1);
        let y = PaddedImages::new(1, 1, 1, 1);
        let (mut dy, mut dx) = (y.clone(), x.clone());
        dy.row_mut(0, 0)[0] = 3.0;
        pool.descend(&x, (&y, &dy), &mut dx, 0);
        assert_eq!((dx.row(0, 0), dx.row(0, 1)), (&[3.0, 0.0][..], &[0.0, 0.0][..]));
    }
}
