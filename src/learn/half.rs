//! Half precision (IEEE 754 binary16), in which a file may store weights at half the bytes.

use super::net::weights::Weights;

/// The nearest number of half precision, ties to even; beyond the greatest one infinite.
pub fn to_half(v: f32) -> u16 {
    let bits = v.to_bits();
    let sign = (bits >> 16 & 0x8000) as u16;
    let magnitude = f32::from_bits(bits & 0x7fff_ffff);
    if magnitude.is_nan() {
        return sign | 0x7e00;
    }
    // 65,520 lies half-way between the greatest number and what would follow it.
    if magnitude >= 65_520.0 {
        return sign | 0x7c00;
    }
    // Below the least normal number halves are multiples of 2⁻²⁴, which adding a half of that scale rounds to.
    if magnitude < 6.103_515_6e-5 {
        return sign | (magnitude + 0.5).to_bits().wrapping_sub(0.5f32.to_bits()) as u16;
    }
    let bits = magnitude.to_bits();
    let even = bits >> 13 & 1;
    let rounded = bits + 0xfff + even;
    sign | ((rounded >> 13) - (112 << 10)) as u16
}

/// The number of these bits.
pub fn from_half(half: u16) -> f32 {
    let sign = u32::from(half & 0x8000) << 16;
    let (exponent, fraction) = (u32::from(half >> 10 & 0x1f), u32::from(half & 0x3ff));
    let magnitude = match exponent {
        0 => fraction as f32 / 16_777_216.0,
        31 => f32::from_bits(0x7f80_0000 | fraction << 13),
        _ => f32::from_bits((exponent + 112) << 23 | fraction << 13),
    };
    f32::from_bits(magnitude.to_bits() | sign)
}

/// Whether half precision holds a number exactly.
pub fn is_half(v: f32) -> bool {
    from_half(to_half(v)).to_bits() == v.to_bits()
}

impl Weights {
    /// Every weight rounded to half precision, except scales (`scale.…`), which may be of any size, and whole numbers
    /// (`seen.…`, `circuit.…`).
    pub fn halved(&self) -> Self {
        let mut halved = Self::default();
        for (name, array) in self.iter() {
            let mut array = array.clone();
            if !["scale.", "seen.", "circuit."].iter().any(|part| name.starts_with(part)) {
                array.values.iter_mut().for_each(|v| *v = from_half(to_half(*v)));
            }
            halved.insert(name, array);
        }
        halved
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn known_numbers() {
        for (bits, value) in [
            (0x3c00, 1.0),
            (0xc000, -2.0),
            (0x7bff, 65504.0),
            (0x0001, 5.960_464_5e-8),
            (0x03ff, 6.097_555e-5),
            (0x0400, 6.103_515_6e-5),
            (0x3555, 0.333_251_95),
            (0x8000, -0.0),
        ] {
            assert_eq!((to_half(value), from_half(bits).to_bits()), (bits, value.to_bits()), "{value}");
        }
        assert_eq!([to_half(65519.9), to_half(65520.0), to_half(f32::INFINITY)], [0x7bff, 0x7c00, 0x7c00]);
        assert!(from_half(to_half(f32::NAN)).is_nan());
    }

    #[test]
    fn every_half_is_kept() {
        for bits in 0..=u16::MAX {
            let value = from_half(bits);
            assert!(value.is_nan() || to_half(value) == bits && is_half(value), "{bits:04x}");
        }
    }

    proptest! {
        /// No half is nearer; of two that are as near, it is the even one.
        #[test]
        fn it_is_the_nearest(v in prop_oneof![-70_000f32..70_000.0, -1f32..1.0, -1e-4f32..1e-4]) {
            let half = to_half(v);
            let distance = |h: u16| (f64::from(from_half(h)) - f64::from(v)).abs();
            for other in [half.wrapping_sub(1), half.wrapping_add(1)] {
                let value = from_half(other);
                if value.is_finite() && from_half(half).is_finite() && value.signum() == v.signum() {
                    let tie = distance(half) == distance(other) && half.is_multiple_of(2);
                    prop_assert!(distance(half) < distance(other) || tie);
                }
            }
        }
    }
}
