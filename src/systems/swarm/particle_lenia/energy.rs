//! The energy of Particle Lenia (Mordvintsev, Niklasson and Randazzo 2022): particles make a field U by a kernel K, a ring
//! around each; they like places of a certain U, and keep off each other. E = R − G(U); all lengths are in units, of which
//! one is the distance at which repulsion begins.

use core::f64::consts::PI;

use crate::real::{Real, greater};

/// Where the kernel has fallen to a millionth of its peak, in widths from it: √(ln 10⁶). It is 0 beyond.
const CUT: f64 = 3.716_922_188_849_838_4;

/// A number with the exponential that the kernel needs.
///
/// ```
/// use systems::swarm::particle_lenia::energy::Natural;
///
/// let e = (2.0f32.falling(), 2.0f64.falling());
/// assert!((e.1 - 0.135_335_283).abs() < 1e-9 && (e.0 as f64 - e.1).abs() < 1e-7);
/// ```
pub trait Natural: Real {
    /// e to the power of −`self`, for `self` from 0 to 60.
    fn falling(self) -> Self;
}

impl Natural for f64 {
    fn falling(self) -> Self {
        libm::exp(-self)
    }
}

impl Natural for f32 {
    /// A power of two times a Taylor polynomial of degree 6, which vectors can do; to about 10⁻⁷ (1 + `self`) of the value.
    #[inline(always)]
    fn falling(self) -> Self {
        let power = -self * core::f32::consts::LOG2_E;
        let whole = (power + 0.5).floor();
        let f = (power - whole) * core::f32::consts::LN_2;
        let tail = 1.0 / 6.0 + f * (1.0 / 24.0 + f * (1.0 / 120.0 + f * (1.0 / 720.0)));
        let part = 1.0 + f * (1.0 + f * (0.5 + f * tail));
        part * f32::from_bits(((whole.whole() + 127) as u32) << 23)
    }
}

/// Parameters of the energy; the paper's by default.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Energy<R> {
    /// Radius of the kernel's ring.
    pub mu_k: R,
    /// Width of the kernel's ring.
    pub sigma_k: R,
    /// Height of the kernel.
    pub w_k: R,
    /// Field that is liked most.
    pub mu_g: R,
    /// How far from that it may be.
    pub sigma_g: R,
    /// Strength of the repulsion.
    pub c_rep: R,
}

impl Default for Energy<f64> {
    fn default() -> Self {
        Self::new([4.0, 1.0], [0.6, 0.15], 1.0)
    }
}

impl<R: Natural> Energy<R> {
    /// With a kernel (radius, width) whose integral over the plane is 1, and a growth (best, width).
    pub fn new([mu_k, sigma_k]: [f64; 2], [mu_g, sigma_g]: [f64; 2], c_rep: f64) -> Self {
        let w_k = 1.0 / ring(mu_k, sigma_k);
        let [mu_k, sigma_k, w_k, mu_g, sigma_g, c_rep] =
            [mu_k, sigma_k, w_k, mu_g, sigma_g, c_rep].map(R::of);
        Self { mu_k, sigma_k, w_k, mu_g, sigma_g, c_rep }
    }

    /// Distance beyond which particles do not feel each other.
    pub fn reach(&self) -> R {
        greater(self.mu_k + R::of(CUT) * self.sigma_k, R::ONE)
    }

    /// The kernel at a distance, and its slope.
    #[inline(always)]
    pub fn kernel(&self, r: R) -> [R; 2] {
        bell(self.w_k, (r - self.mu_k) / self.sigma_k, self.sigma_k)
    }

    /// The growth in a field, and its slope.
    #[inline(always)]
    pub fn growth(&self, u: R) -> [R; 2] {
        bell(R::ONE, (u - self.mu_g) / self.sigma_g, self.sigma_g)
    }

    /// The repulsion at a distance, and its slope.
    #[inline(always)]
    pub fn repulsion(&self, r: R) -> [R; 2] {
        let inside = greater(R::ONE - r, R::ZERO);
        [R::of(0.5) * self.c_rep * inside * inside, -self.c_rep * inside]
    }
}

/// A Gaussian without the half, and its slope.
#[inline(always)]
fn bell<R: Natural>(height: R, z: R, width: R) -> [R; 2] {
    let square = z * z;
    let far = R::of(60.0);
    let value = height * (if square < far { square } else { far }).falling();
    [value, -(z + z) / width * value]
}

/// Integral of a kernel of height 1 over the plane: 2π ∫ r exp(−(r − μ)² / σ²) dr.
fn ring(mu: f64, sigma: f64) -> f64 {
    let z = mu / sigma;
    PI * sigma * (sigma * libm::exp(-z * z) + mu * PI.sqrt() * (1.0 + libm::erf(z)))
}
