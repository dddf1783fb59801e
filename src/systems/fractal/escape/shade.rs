//! From the end of an orbit to a number for a palette. Plain arithmetic only, so that rows vectorise and every
//! machine agrees.

/// Base-2 logarithm of a positive number to 1e-6 (absolute): exponent by its bits, the rest by the series of
/// artanh((m − 1)/(m + 1)) for m in [1/√2, √2).
#[inline(always)]
pub fn log2(v: f32) -> f32 {
    // Adding the difference of 1 and 1/√2 to the bits carries into the exponent exactly when m ≥ √2.
    let bits = v.to_bits().wrapping_add(0x3f80_0000 - 0x3f35_04f3);
    let exponent = (bits >> 23) as i32 - 127;
    let m = f32::from_bits((bits & 0x007f_ffff) + 0x3f35_04f3);
    let s = (m - 1.0) / (m + 1.0);
    let s2 = s * s;
    let series = 1.0 + s2 * (1.0 / 3.0 + s2 * (1.0 / 5.0 + s2 * (1.0 / 7.0)));
    exponent as f32 + s * series * (2.0 * std::f32::consts::LOG2_E)
}

/// The smooth iteration count ν ≥ 0 (Vepstas 1997, García et al. 2009): `count` less the power of the degree by
/// which the orbit overshot the escape radius. It is continuous where `count` jumps.
#[inline(always)]
pub fn smooth_count(count: f32, r2: f32, log2_limit: f32, per_log2_degree: f32) -> f32 {
    // An orbit that ended as an infinity or NaN overshot by the largest representable amount.
    let overshot = log2(r2.min(f32::MAX)) / log2_limit;
    (count - log2(overshot.max(1.0)) * per_log2_degree).max(0.0)
}

/// How counts become tones.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ColourBands {
    /// Waves of the tone per doubling of the count; 0 is one rise from the far plane to the set.
    pub per_octave: f32,
    /// Shift of the waves, in turns.
    pub phase: f32,
    /// Maximum number of iterations.
    pub iterations: f32,
}

impl ColourBands {
    /// Tone 0..1 of a smooth count; below 0 stands for the inside and is 0.
    ///
    /// Counts are spread by their logarithm, since they double with each halving of the distance to a smooth
    /// border. Waves rise and fall, so that no palette shows a seam.
    #[inline(always)]
    pub fn tone(&self, count: f32) -> f32 {
        let octaves = log2(1.0 + count.max(0.0));
        let wave = {
            let turns = octaves * self.per_octave + self.phase;
            let t = (2.0 * (turns - floor(turns)) - 1.0).abs();
            1.0 - t * t * (3.0 - 2.0 * t)
        };
        let rise = (octaves / log2(1.0 + self.iterations)).min(1.0);
        let tone = if self.per_octave == 0.0 { rise } else { wave };
        if count < 0.0 { 0.0 } else { tone }
    }
}

/// Greatest integer not above `v`, for |v| < 2³¹.
#[inline(always)]
fn floor(v: f32) -> f32 {
    let t = v as i32 as f32;
    if t > v { t - 1.0 } else { t }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_logarithm_is_right(e in -100.0f32..100.0) {
            let v = e.exp2();
            prop_assert!((log2(v) as f64 - (v as f64).log2()).abs() < 1e-6 * (1.0 + e.abs() as f64));
        }

        #[test]
        fn tones_stay_in_range_and_are_continuous(
            count in 0.0f32..60_000.0, per_octave in 0.0f32..8.0, phase in -4.0f32..4.0,
        ) {
            let bands = ColourBands { per_octave, phase, iterations: 65_536.0 };
            let (a, b) = (bands.tone(count), bands.tone(count * 1.0001 + 1e-4));
            prop_assert!((0.0..=1.0).contains(&a));
            prop_assert!((a - b).abs() < 0.02);
        }
    }

    #[test]
    fn far_ends_of_orbits_are_numbers() {
        for r2 in [65536.0, 1e30, f32::MAX, f32::INFINITY, f32::NAN] {
            let v = smooth_count(3.0, r2, 16.0, 1.0);
            assert!((0.0..=3.0).contains(&v), "{r2}: {v}");
        }
    }
}
