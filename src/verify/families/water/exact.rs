//! A dam that breaks, exactly: Ritter (1892) on dry ground, Stoker (1957) on wet.

/// Depth and velocity at x over time.
pub struct DamBreak {
    gravity: f64,
    left: f64,
    right: f64,
    /// Speed of waves on the left.
    c: f64,
    /// Depth and velocity in the middle, and the speed of the shock; none on dry ground.
    middle: Option<[f64; 3]>,
}

impl DamBreak {
    /// Water at rest, deeper on the left.
    pub fn new(left: f64, right: f64, gravity: f64) -> Self {
        let c = libm::sqrt(gravity * left);
        let root = |h: f64| libm::sqrt(gravity * h);
        // The rarefaction on the left and the shock on the right agree on the velocity in the middle.
        let fan = |h: f64| 2.0 * (c - root(h));
        let shock = |h: f64| (h - right) * libm::sqrt(0.5 * gravity * (h + right) / (h * right));
        let middle = (right > 0.0 && right < left).then(|| {
            let (mut low, mut high) = (right, left);
            for _ in 0..200 {
                let half = 0.5 * (low + high);
                if fan(half) > shock(half) { low = half } else { high = half }
            }
            [low, fan(low), low * fan(low) / (low - right)]
        });
        Self { gravity, left, right, c, middle }
    }

    /// Depth and velocity where x over time is `s`.
    pub fn at(&self, s: f64) -> [f64; 2] {
        let fan = || {
            let root = (2.0 * self.c - s) / 3.0;
            [root * root / self.gravity, 2.0 * (self.c + s) / 3.0]
        };
        match self.middle {
            _ if s <= -self.c => [self.left, 0.0],
            None if self.right > 0.0 => [self.left, 0.0],
            None if s < 2.0 * self.c => fan(),
            None => [0.0; 2],
            Some([h, u, _]) if s >= u - libm::sqrt(self.gravity * h) => match self.middle {
                Some([h, u, shock]) if s < shock => [h, u],
                _ => [self.right, 0.0],
            },
            Some(_) => fan(),
        }
    }

    /// The fastest that anything moves.
    pub fn fastest(&self) -> f64 {
        self.middle.map_or(2.0 * self.c, |m| m[2].max(self.c))
    }

    /// A figure by its name.
    pub fn figure(&self, key: &str) -> Option<f64> {
        let of = |k: usize| self.middle.map(|m| m[k]);
        match key {
            "rarefaction_head_speed" => Some(-self.c),
            "front_speed" => Some(2.0 * self.c),
            "h_at_dam" => Some(self.at(0.0)[0]),
            "u_at_dam" => Some(self.at(0.0)[1]),
            "h_middle" => of(0),
            "u_middle" => of(1),
            "shock_speed" => of(2),
            "rarefaction_tail_speed" => Some(of(1)? - libm::sqrt(self.gravity * of(0)?)),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mass_and_momentum_cross_a_shock_unchanged() {
        for (left, right, g) in [(1.0, 0.1, 9.81), (2.0, 1.0, 1.0), (5.0, 1e-3, 9.81)] {
            let [h, u, s] = DamBreak::new(left, right, g).middle.unwrap();
            let mass = h * (u - s) + right * s;
            let momentum = h * u * (u - s) + 0.5 * g * (h * h - right * right);
            assert!(mass.abs() < 1e-9 && momentum.abs() < 1e-8, "{left} {right}: {mass} {momentum}");
        }
        let dry = DamBreak::new(1.0, 0.0, 9.81);
        assert!(
            (dry.at(0.0)[0] - 4.0 / 9.0).abs() < 1e-15
                && dry.at(7.0) == [0.0; 2]
                && dry.at(-4.0) == [1.0, 0.0]
        );
    }
}
