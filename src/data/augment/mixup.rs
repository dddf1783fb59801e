//! Two pictures over one another.

use super::declaration::{Augmentation, Effect, Strength};
use super::image::Image;
use world::rng::Rng;

/// Blends two pictures and their labels.
pub const AUGMENTATION: Augmentation = Augmentation {
    name: "mixup",
    about: "Two pictures and their labels blended, with a share of Beta(α, α), the larger for the first (Zhang et al. 2017).",
    strength: Strength::new("α of the Beta distribution of the share", 2.0, 0.2),
    effect: Effect::Mix(mixup),
};

fn mixup(mut image: Image, other: &Image, strength: f32, rng: Rng) -> (Image, f32) {
    let beta = symmetric_beta(strength, rng);
    let share = beta.max(1.0 - beta);
    let pairs = image.values.iter_mut().zip(&other.values);
    pairs.for_each(|(v, w)| *v = share * *v + (1.0 - share) * w);
    (image, share)
}

/// A number of Beta(α, α), 0 < α ≤ 2: of two uniform numbers, each to the power of 1/α, the first as a share of both, where
/// they sum to at most 1 (Jöhnk 1964). Logarithms are kept, as the powers of small α vanish.
pub(super) fn symmetric_beta(alpha: f32, rng: Rng) -> f32 {
    let tries = (0..TRIES)
        .map(|n| [2 * n, 2 * n + 1].map(|cell| libm::log(1.0 - rng.unit64(cell)) / f64::from(alpha)));
    let accepted = tries.map(|[x, y]| {
        let most = x.max(y);
        let sum = most + libm::log(libm::exp(x - most) + libm::exp(y - most));
        (x - sum, sum <= 0.0)
    });
    let found = accepted.filter(|(_, is_inside)| *is_inside).map(|(share, _)| libm::exp(share)).next();
    found.unwrap_or(0.5) as f32
}

/// Of α = 2, one try in six is accepted: all of these fail once in 10⁴⁰ numbers.
const TRIES: u64 = 512;
