//! Projection of a velocity field on a torus onto those without divergence (Helmholtz decomposition), spectrally.

use crate::net::layers::Dense;

/// The projection for planes of one size. It is linear, its own transpose, and applying it twice changes nothing more.
///
/// The transform is a product with a matrix along each side: at these sizes that is cheap beside any network, and its
/// sums run in one order on every machine.
pub struct Projection {
    height: usize,
    width: usize,
    /// `x ↦ [cos, −sin]` along a row and along a column.
    rows: Dense,
    columns: Dense,
    /// Weight of each coefficient `[height][width]`: (kx², kx ky, ky²) / k², and whether it is kept.
    weights: Vec<[f32; 3]>,
    kept: Vec<f32>,
    /// Shell of each coefficient: its wavenumber, rounded.
    shells: Vec<usize>,
    /// Most energy of each shell; empty if there is no limit.
    limits: Vec<f64>,
}

/// A transformed plane, `[height][width]` real and imaginary parts.
struct Spectrum {
    re: Vec<f32>,
    im: Vec<f32>,
}

/// `[n][2 n]`: cosines, then negative sines, of the discrete Fourier transform.
fn fourier(n: usize) -> Dense {
    let angle = |a: usize, b: usize| core::f64::consts::TAU * (a * b % n) as f64 / n as f64;
    let row = |a: usize| {
        let cosines = (0..n).map(move |b| libm::cos(angle(a, b)) as f32);
        cosines.chain((0..n).map(move |b| -libm::sin(angle(a, b)) as f32))
    };
    Dense::from_parts((0..n).flat_map(row).collect(), vec![0.0; 2 * n])
}

/// The signed wavenumber of an index. That of the highest frequency of an even side counts as 0 here: a real field has
/// no odd derivative there.
fn wavenumber(i: usize, n: usize) -> f64 {
    match 2 * i {
        twice if twice < n => i as f64,
        twice if twice == n => 0.0,
        _ => i as f64 - n as f64,
    }
}

/// The shell of a coefficient of planes of (height, width): its wavenumber in periods a side, rounded.
fn shell(i: usize, (height, width): (usize, usize)) -> usize {
    let [x, y] = [(i % width, width), (i / width, height)].map(|(k, n)| k.min(n - k) as f64);
    libm::round((x * x + y * y).sqrt()) as usize
}

impl Projection {
    /// For planes of so many rows and columns; coefficients above the share `cutoff` of the highest wavenumber are
    /// removed (1: none; 2/3 avoids aliasing, Orszag 1971).
    pub fn new(height: usize, width: usize, cutoff: f64) -> Self {
        let at = |i: usize| (wavenumber(i % width, width), wavenumber(i / width, height));
        let weights = (0..height * width).map(|i| {
            let (x, y) = at(i);
            let (x, y) = (x / width as f64, y / height as f64);
            let square = x * x + y * y;
            let share = |v: f64| if square > 0.0 { (v / square) as f32 } else { 0.0 };
            [share(x * x), share(x * y), share(y * y)]
        });
        let low = |i: usize, n: usize| i.min(n - i) as f64 <= cutoff * (n / 2) as f64;
        let kept = (0..height * width).map(|i| {
            let inside = low(i % width, width) && low(i / width, height);
            if inside { 1.0 } else { 0.0 }
        });
        Self {
            height,
            width,
            rows: fourier(width),
            columns: fourier(height),
            weights: weights.collect(),
            kept: kept.collect(),
            shells: (0..height * width).map(|i| shell(i, (height, width))).collect(),
            limits: Vec::new(),
        }
    }

    /// With a limit to the energy of each shell of wavenumbers, as [`Self::spectrum`] measures it: beyond it a shell gains
    /// nothing ([`Self::follow`]). A network that has lost its way cannot gain energy without bound then.
    pub fn limited(self, limits: Vec<f64>) -> Self {
        Self { limits, ..self }
    }

    /// Number of shells.
    pub fn shells(&self) -> usize {
        self.shells.iter().max().map_or(0, |s| s + 1)
    }

    /// Energy of the projected velocity in each shell of wavenumbers: the sum of |û|² + |v̂|².
    pub fn spectrum(&self, u: &[f32], v: &[f32]) -> Vec<f64> {
        let (mut a, mut b) = (self.transform(u), self.transform(v));
        self.project(&mut a, &mut b);
        self.energies(&a, &b)
    }

    fn energies(&self, a: &Spectrum, b: &Spectrum) -> Vec<f64> {
        let mut energies = vec![0f64; self.shells()];
        for (i, shell) in self.shells.iter().enumerate() {
            let parts = [a.re[i], a.im[i], b.re[i], b.im[i]];
            energies[*shell] += parts.iter().map(|v| f64::from(*v) * f64::from(*v)).sum::<f64>();
        }
        energies
    }

    /// Scales each shell down to what is allowed there.
    fn scale_down(&self, a: &mut Spectrum, b: &mut Spectrum, energies: &[f64], allowed: &[f64]) {
        // A state beyond all numbers is beyond saving, too: it is left to whoever watches.
        let factor = |(energy, most): (&f64, &f64)| {
            if energy > most { (most / energy).sqrt() as f32 } else { 1.0 }
        };
        let factors: Vec<f32> = energies.iter().zip(allowed).map(factor).collect();
        for (i, shell) in self.shells.iter().enumerate() {
            let by = factors.get(*shell).copied().unwrap_or(1.0);
            [&mut a.re[i], &mut a.im[i], &mut b.re[i], &mut b.im[i]].into_iter().for_each(|v| *v *= by);
        }
    }

    fn project(&self, a: &mut Spectrum, b: &mut Spectrum) {
        for (i, [xx, xy, yy]) in self.weights.iter().copied().enumerate() {
            let kept = self.kept[i];
            let both = |a: f32, b: f32| [kept * (a - (xx * a + xy * b)), kept * (b - (xy * a + yy * b))];
            [a.re[i], b.re[i]] = both(a.re[i], b.re[i]);
            [a.im[i], b.im[i]] = both(a.im[i], b.im[i]);
        }
    }

    /// Projects the velocity `(u, v)`, each `[height][width]`.
    pub fn apply(&self, u: &mut [f32], v: &mut [f32]) {
        let (mut a, mut b) = (self.transform(u), self.transform(v));
        self.project(&mut a, &mut b);
        u.copy_from_slice(&self.inverse(&a));
        v.copy_from_slice(&self.inverse(&b));
    }

    /// Projects the velocity that follows another. A shell with more energy than its limit keeps at most what it had
    /// before: a start that is more lively than the limits calms down by itself, and nothing is fed beyond them.
    pub fn follow(&self, [before_u, before_v]: [&[f32]; 2], u: &mut [f32], v: &mut [f32]) {
        let (mut a, mut b) = (self.transform(u), self.transform(v));
        self.project(&mut a, &mut b);
        let energies = self.energies(&a, &b);
        if energies.iter().zip(&self.limits).any(|(energy, limit)| energy > limit) {
            let before = self.spectrum(before_u, before_v);
            let allowed: Vec<f64> = self.limits.iter().zip(before).map(|(limit, b)| limit.max(b)).collect();
            self.scale_down(&mut a, &mut b, &energies, &allowed);
        }
        u.copy_from_slice(&self.inverse(&a));
        v.copy_from_slice(&self.inverse(&b));
    }

    fn transform(&self, x: &[f32]) -> Spectrum {
        let (h, w) = (self.height, self.width);
        let across = self.rows.apply_rows(x);
        let part = |from: usize| {
            let columns: Vec<f32> = (0..w)
                .flat_map(|c| (0..h).map(move |r| (c, r)))
                .map(|(c, r)| across[r * 2 * w + from + c])
                .collect();
            self.columns.apply_rows(&columns)
        };
        let (re, im) = (part(0), part(w));
        let at = |i: usize| (i % w) * 2 * h + i / w;
        Spectrum {
            re: (0..h * w).map(|i| re[at(i)] - im[at(i) + h]).collect(),
            im: (0..h * w).map(|i| re[at(i) + h] + im[at(i)]).collect(),
        }
    }

    /// The real part of the inverse transform: the forward one of the conjugate.
    fn inverse(&self, s: &Spectrum) -> Vec<f32> {
        let scale = 1.0 / (self.height * self.width) as f32;
        let conjugate: Vec<f32> = s.im.iter().map(|v| -v).collect();
        let (re, im) = (self.transform(&s.re), self.transform(&conjugate));
        re.re.iter().zip(&im.im).map(|(a, b)| scale * (a - b)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::normals;
    use world::rng::Rng;

    fn wave(h: usize, w: usize, kx: f64, ky: f64) -> Vec<f32> {
        let at = |i: usize| (i % w) as f64 * kx / w as f64 + (i / w) as f64 * ky / h as f64;
        (0..h * w).map(|i| libm::cos(core::f64::consts::TAU * at(i) + 0.3) as f32).collect()
    }

    /// A gradient vanishes, a curl stays.
    #[test]
    fn gradients_vanish_and_curls_stay() {
        let (h, w) = (16, 24);
        let p = Projection::new(h, w, 1.0);
        let (kx, ky) = (3.0, 2.0);
        let s = wave(h, w, kx, ky);
        let along = |f: f64| s.iter().map(|v| *v * f as f32).collect::<Vec<f32>>();
        let (dx, dy) = (kx / w as f64, ky / h as f64);
        let (mut u, mut v) = (along(dx), along(dy));
        p.apply(&mut u, &mut v);
        assert!(u.iter().chain(&v).all(|v| v.abs() < 1e-6));
        let (mut u, mut v) = (along(dy), along(-dx));
        p.apply(&mut u, &mut v);
        assert!(u.iter().zip(along(dy)).chain(v.iter().zip(along(-dx))).all(|(a, b)| (a - b).abs() < 1e-6));
    }

    /// A wave of one wavenumber, far beyond its limit, is scaled down to it, or to what was there before if that is more;
    /// another is left as it is.
    #[test]
    fn shells_are_limited_one_by_one() {
        let (h, w) = (16, 16);
        let free = Projection::new(h, w, 1.0);
        let (large, small) = (wave(h, w, 0.0, 2.0), wave(h, w, 0.0, 5.0));
        let still = vec![0f32; h * w];
        let own = free.spectrum(&large, &still);
        // Parseval: a cosine of n cells has two coefficients of n/2.
        let n = (h * w) as f64;
        assert!((own[2] - n * n / 2.0).abs() < 1e-3 * n * n && own.iter().sum::<f64>() < 1.001 * own[2]);
        let mut limits = vec![1e9; free.shells()];
        limits[2] = own[2] / 9.0;
        let limited = Projection::new(h, w, 1.0).limited(limits);
        for (before, left) in [(0.0, 1.0 / 3.0), (0.2, 1.0 / 3.0), (0.5, 0.5), (2.0, 1.0)] {
            let before: Vec<f32> = large.iter().map(|a| before * a).collect();
            let mut u: Vec<f32> = large.iter().zip(&small).map(|(a, b)| a + b).collect();
            limited.follow([&before, &still], &mut u, &mut still.clone());
            let expected = large.iter().zip(&small).map(|(a, b)| a * left + b);
            assert!(u.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-4), "{left}");
        }
    }

    #[test]
    fn it_is_its_own_transpose_and_square() {
        let (h, w) = (12, 20);
        let p = Projection::new(h, w, 0.7);
        let field = |k: u64| [normals(Rng::new(k), h * w), normals(Rng::new(k).fork(1), h * w)];
        let project = |[u, v]: &[Vec<f32>; 2]| {
            let (mut u, mut v) = (u.clone(), v.clone());
            p.apply(&mut u, &mut v);
            [u, v]
        };
        let dot = |a: &[Vec<f32>; 2], b: &[Vec<f32>; 2]| -> f64 {
            (0..2).flat_map(|i| a[i].iter().zip(&b[i])).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum()
        };
        let (a, b) = (field(1), field(2));
        assert!((dot(&project(&a), &b) - dot(&a, &project(&b))).abs() < 1e-3);
        let (once, twice) = (project(&a), project(&project(&a)));
        assert!(once.iter().flatten().zip(twice.iter().flatten()).all(|(a, b)| (a - b).abs() < 1e-5));
        assert!(dot(&once, &once) < 0.7 * dot(&a, &a));
    }
}
