//! Directions without angles: unit vectors, turned by products and square roots only, so that every machine agrees.

/// A vector in cells, x to the right and y down.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Vec2 {
    /// To the right.
    pub x: f32,
    /// Down.
    pub y: f32,
}

impl Vec2 {
    /// From parts.
    #[inline(always)]
    pub const fn new(x: f32, y: f32) -> Self {
        Self { x, y }
    }
    /// `self + other·k`.
    #[inline(always)]
    pub fn plus(self, other: Vec2, k: f32) -> Vec2 {
        Vec2::new(self.x + other.x * k, self.y + other.y * k)
    }
    /// The vector `k` times as long.
    #[inline(always)]
    pub fn times(self, k: f32) -> Vec2 {
        Vec2::new(self.x * k, self.y * k)
    }
    /// Scalar product.
    #[inline(always)]
    pub fn dot(self, other: Vec2) -> f32 {
        self.x * other.x + self.y * other.y
    }
    /// Turned by a rotation.
    #[inline(always)]
    pub fn rotated(self, by: Rotation) -> Vec2 {
        Vec2::new(self.x * by.cos - self.y * by.sin, self.x * by.sin + self.y * by.cos)
    }
    /// Normalised to length one; `or` if it is nearly zero.
    #[inline(always)]
    pub fn unit_or(self, or: Vec2) -> Vec2 {
        let square = self.dot(self);
        let inverse = 1.0 / square.sqrt();
        if square > 1e-20 { self.times(inverse) } else { or }
    }
}

/// A rotation, clockwise on the screen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rotation {
    /// Cosine of the angle.
    pub cos: f32,
    /// Sine of the angle.
    pub sin: f32,
}

impl Rotation {
    /// By a fraction of a full turn. For settings, not for inner loops.
    pub fn turns(turns: f32) -> Self {
        let angle = turns as f64 * core::f64::consts::TAU;
        Self { cos: libm::cos(angle) as f32, sin: libm::sin(angle) as f32 }
    }

    /// By `turns` in −½..½, from Taylor series of the half angle (error below 10⁻⁴); for inner loops.
    #[inline(always)]
    pub fn quick(turns: f32) -> Self {
        let a = turns * core::f32::consts::PI;
        let q = a * a;
        let s = a * (1.0 - q * (1.0 / 6.0 - q * (1.0 / 120.0 - q * (1.0 / 5040.0 - q * (1.0 / 362_880.0)))));
        let c = 1.0 - q * (0.5 - q * (1.0 / 24.0 - q * (1.0 / 720.0 - q * (1.0 / 40320.0))));
        Self { cos: c * c - s * s, sin: 2.0 * s * c }
    }

    /// The inverse rotation.
    #[inline(always)]
    pub fn back(self) -> Self {
        Self { cos: self.cos, sin: -self.sin }
    }
}

/// `heading` turned towards `want` by at most `most`. Both are of length one.
#[inline(always)]
pub fn turned(heading: Vec2, want: Vec2, most: Rotation) -> Vec2 {
    let cross = heading.x * want.y - heading.y * want.x;
    let part = Rotation { cos: most.cos, sin: if cross >= 0.0 { most.sin } else { -most.sin } };
    let turned = heading.rotated(part).unit_or(heading);
    if heading.dot(want) >= most.cos { want } else { turned }
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn quick_rotations_match_libm(turns in -0.5f32..=0.5) {
            let (quick, exact) = (Rotation::quick(turns), Rotation::turns(turns));
            proptest::prop_assert!((quick.cos - exact.cos).abs() < 1e-4);
            proptest::prop_assert!((quick.sin - exact.sin).abs() < 1e-4);
        }

        #[test]
        fn a_turn_is_bounded_and_arrives(from in 0.0f32..1.0, to in 0.0f32..1.0, most in 0.01f32..0.2) {
            let at = |t: f32| { let r = Rotation::turns(t); Vec2::new(r.cos, r.sin) };
            let (mut h, want, limit) = (at(from), at(to), Rotation::turns(most));
            for _ in 0..(0.5 / most) as usize + 2 {
                let next = turned(h, want, limit);
                proptest::prop_assert!(next.dot(h) >= limit.cos - 1e-4);
                h = next;
            }
            proptest::prop_assert!(h.dot(want) > 0.9999);
        }
    }
}
