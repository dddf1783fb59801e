//! H of Boltzmann's theorem (1872): H = ∫ f ln f dv over the distribution of velocities, which collisions only lower, until
//! it is Maxwell's.
//!
//! Measured on a histogram of √m·v/√kT in two dimensions, as the relative entropy Σ p ln(p/q) to Maxwell's probabilities q
//! of the same boxes: what H lies above its least value. A few discs leave boxes empty by chance, which adds
//! (boxes hit − 1)/2N in the mean (Miller 1955); that is taken off.

/// Boxes along each side for many discs.
const MOST: usize = 24;
/// Discs for each box.
const EACH: usize = 12;
/// Where the outermost boxes begin, in thermal speeds; they have no end.
const REACH: f64 = 3.0;

/// H for each disc above its least value, in nats, of velocities in thermal speeds. 0 of none.
pub fn excess(velocities: impl Iterator<Item = [f64; 2]> + Clone) -> f64 {
    let count = velocities.clone().count();
    if count == 0 {
        return 0.0;
    }
    let side = ((count as f64 / EACH as f64).sqrt() as usize).clamp(4, MOST);
    let mut boxes = [0u32; MOST * MOST];
    let inner = side as f64 - 2.0;
    let of = |v: f64| {
        let at = 1.0 + inner * (0.5 + 0.5 * v / REACH);
        (at.clamp(0.0, side as f64 - 0.5) as usize).min(side - 1)
    };
    velocities.for_each(|[u, v]| boxes[of(v) * side + of(u)] += 1);
    let share = shares(side);
    let n = count as f64;
    let (mut sum, mut hit) = (0.0, 0);
    for (i, &c) in boxes[..side * side].iter().enumerate().filter(|(_, c)| **c > 0) {
        let p = c as f64 / n;
        sum += p * libm::log(p / (share[i % side] * share[i / side]));
        hit += 1;
    }
    (sum - (hit as f64 - 1.0) / (2.0 * n)).max(0.0)
}

/// Maxwell's probabilities of the boxes along one side.
fn shares(side: usize) -> [f64; MOST] {
    let below = |edge: usize| match edge {
        0 => 0.0,
        e if e == side => 1.0,
        e => {
            let v = REACH * (2.0 * (e as f64 - 1.0) / (side as f64 - 2.0) - 1.0);
            0.5 * libm::erfc(-v / core::f64::consts::SQRT_2)
        }
    };
    std::array::from_fn(|i| if i < side { below(i + 1) - below(i) } else { 0.0 })
}

#[cfg(test)]
mod tests {
    use super::*;
    use world::rng::Rng;

    fn maxwell(n: u64) -> Vec<[f64; 2]> {
        (0..n).map(|i| [0, 1].map(|k| Rng::new(5).fork(i).normal(k) as f64)).collect()
    }

    #[test]
    fn it_vanishes_for_maxwells_distribution_of_any_number() {
        for n in [300, 3000, 50_000] {
            let h = excess(maxwell(n).into_iter());
            assert!(h < 0.02, "{n}: {h}");
        }
        assert_eq!(excess(std::iter::empty()), 0.0);
    }

    #[test]
    fn it_is_what_the_integral_says() {
        let n = 50_000u64;
        // Uniform on a square of the same energy: H = −ln(area), against −1 − ln 2π.
        let half = 3.0f64.sqrt();
        let square = (0..n).map(|i| [0, 1].map(|k| half * (2.0 * Rng::new(7).fork(i).unit64(k) - 1.0)));
        let exact = -(4.0 * half * half).ln() + 1.0 + std::f64::consts::TAU.ln();
        // Boxes across its rim blur it, which only lowers H.
        let h = excess(square);
        assert!(h < exact && h > exact - 0.15, "{h} {exact}");
        // Twice as hot: ln(1/2) + 2 − 1.
        let hot = maxwell(n).into_iter().map(|v| v.map(|v| v * 2.0f64.sqrt()));
        let (h, exact) = (excess(hot), 1.0 - 2.0f64.ln());
        assert!((h - exact).abs() < 0.05, "{h} {exact}");
        let one_speed = (0..n).map(|i| {
            let turn = std::f64::consts::TAU * Rng::new(8).unit64(i);
            [2.0f64.sqrt() * turn.cos(), 2.0f64.sqrt() * turn.sin()]
        });
        assert!(excess(one_speed) > 0.8);
    }
}
