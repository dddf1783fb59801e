//! The colour of what glows: Planck's law seen by the eye.

/// Least temperature of the table, K: below it nothing glows.
const LEAST: f64 = 700.0;
/// Steps of the table.
const STEPS: usize = 512;
/// Kelvin a step.
const STEP: f64 = 10.0;
/// Temperature of luminance 1, K.
pub const REFERENCE: f64 = 1800.0;

/// Linear RGB of black bodies; luminance 1 at [`REFERENCE`].
#[derive(Clone, Debug)]
pub struct BlackBody {
    table: Vec<[f32; 3]>,
}

/// Spectral radiance at a wavelength (nm) and temperature (K), up to a factor.
fn planck(nm: f64, kelvin: f64) -> f64 {
    let m = nm * 1e-9;
    let (m2, hc_k) = (m * m, 1.438_776_877e-2);
    1e-28 / (m2 * m2 * m) / libm::expm1(hc_k / (m * kelvin))
}

/// The CIE 1931 observer, by the sums of Gaussians of Wyman, Sloan and Shirley (2013).
fn observer(nm: f64) -> [f64; 3] {
    let lobe = |height: f64, centre: f64, left: f64, right: f64| {
        let t = (nm - centre) * if nm < centre { left } else { right };
        height * libm::exp(-0.5 * t * t)
    };
    [
        lobe(0.362, 442.0, 0.0624, 0.0374)
            + lobe(1.056, 599.8, 0.0264, 0.0323)
            + lobe(-0.065, 501.1, 0.0490, 0.0382),
        lobe(0.821, 568.8, 0.0213, 0.0247) + lobe(0.286, 530.9, 0.0613, 0.0322),
        lobe(1.217, 437.0, 0.0845, 0.0278) + lobe(0.681, 459.0, 0.0385, 0.0725),
    ]
}

/// X, Y, Z of a black body, up to a factor.
pub fn tristimulus(kelvin: f64) -> [f64; 3] {
    let mut sum = [0.0; 3];
    for i in 0..=94 {
        let nm = 360.0 + 5.0 * i as f64;
        let light = planck(nm, kelvin);
        sum.iter_mut().zip(observer(nm)).for_each(|(s, o)| *s += light * o);
    }
    sum
}

/// Linear sRGB of X, Y, Z (IEC 61966-2-1).
fn linear([x, y, z]: [f64; 3]) -> [f64; 3] {
    [
        3.2406 * x - 1.5372 * y - 0.4986 * z,
        -0.9689 * x + 1.8758 * y + 0.0415 * z,
        0.0557 * x - 0.2040 * y + 1.0570 * z,
    ]
}

impl Default for BlackBody {
    fn default() -> Self {
        let [_, reference, _] = tristimulus(REFERENCE);
        let colour = |i: usize| {
            let rgb = linear(tristimulus(LEAST + STEP * i as f64));
            rgb.map(|v| (v / reference).max(0.0) as f32)
        };
        Self { table: (0..=STEPS).map(colour).collect() }
    }
}

impl BlackBody {
    /// Colour at a temperature, K; luminance 1 at [`REFERENCE`].
    #[inline(always)]
    pub fn colour(&self, kelvin: f32) -> [f32; 3] {
        let at = (kelvin - LEAST as f32) * (1.0 / STEP as f32);
        if at <= 0.0 {
            return [0.0; 3];
        }
        let at = at.min(STEPS as f32 - 1.0);
        let (i, t) = (at as usize, at - (at as usize) as f32);
        let (a, b) = (self.table[i], self.table[i + 1]);
        core::array::from_fn(|c| a[c] + (b[c] - a[c]) * t)
    }
}
