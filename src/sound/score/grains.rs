//! What happens at places: plucked strings where a field is above a threshold, bubbles where it is wild.

use super::Moment;
use super::fields::{COARSE, FINE, Reader};
use crate::order::{Grain, Order};

/// Most grains of one voice in one tick.
const MOST: usize = 32;

/// Steps of each scale within the octave, in octaves, in the order of the knob `scale`; `free` has none.
const SCALES: [&[f32]; 6] = [
    &[0.0, 2.0 / 12.0, 4.0 / 12.0, 7.0 / 12.0, 9.0 / 12.0],
    &[0.0, 2.0 / 12.0, 3.0 / 12.0, 5.0 / 12.0, 7.0 / 12.0, 8.0 / 12.0, 10.0 / 12.0],
    &[0.0, 2.0 / 12.0, 4.0 / 12.0, 5.0 / 12.0, 7.0 / 12.0, 9.0 / 12.0, 11.0 / 12.0],
    &[0.0, 2.0 / 12.0, 4.0 / 12.0, 6.0 / 12.0, 8.0 / 12.0, 10.0 / 12.0],
    &[
        0.0,
        1.0 / 12.0,
        2.0 / 12.0,
        3.0 / 12.0,
        4.0 / 12.0,
        5.0 / 12.0,
        6.0 / 12.0,
        7.0 / 12.0,
        8.0 / 12.0,
        9.0 / 12.0,
        10.0 / 12.0,
        11.0 / 12.0,
    ],
    // Harmonics 8 to 15 of the root's third octave below.
    &[0.0, 0.169_925, 0.321_928, 0.459_432, 0.584_963, 0.700_44, 0.807_355, 0.906_891],
];

/// A height in octaves, on the nearest step of a scale below it.
fn on_scale(octaves: f32, scale: usize) -> f32 {
    let Some(steps) = SCALES.get(scale) else { return octaves };
    let whole = libm::floorf(octaves);
    let rest = octaves - whole + 1e-4;
    whole + steps.iter().rev().find(|s| **s <= rest).unwrap_or(&0.0)
}

/// Each cell above the threshold may pluck; where there are more than the rate allows, each is as likely as any other.
pub fn plucks(m: &Moment, reader: &mut Reader, orders: &mut Vec<Order>) {
    let (gain, threshold) = (m.knob("gain"), m.knob("threshold").max(1e-6));
    let (root, octaves, scale) = (m.knob("root"), m.knob("octaves"), m.knob("scale") as usize);
    let heard = reader.field(m, FINE);
    let (w, h) = heard.size;
    let least = threshold / gain;
    let above = heard.values.iter().filter(|v| **v >= least).count();
    let wanted = m.knob("rate") * m.engine.scene().dt() as f32;
    let chance = wanted / above.max(1) as f32;
    let (pick, when) = (m.rng.named("pick"), m.rng.named("when"));
    let cells = heard.values.iter().enumerate().filter(|(_, v)| **v >= least);
    for (i, v) in cells.filter(|(i, _)| pick.unit(*i as u64) < chance).take(MOST) {
        let (x, y) = ((i % w) as f32 + 0.5, (i / w) as f32 + 0.5);
        let height = octaves * (1.0 - y / h as f32);
        orders.push(Order::Grain(Grain {
            voice: m.voice,
            at: when.unit(i as u64),
            pitch: root * libm::exp2f(on_scale(height, scale)),
            loud: 0.3 + 0.7 * (v * gain).min(1.0),
            pan: 2.0 * x / w as f32 - 1.0,
            seed: pick.bits(i as u64) as u32,
        }));
    }
}

/// Bubbles are born as often as the field is wild, where it is wild, and break where it is wildest: below the Hinze
/// radius their number falls as r^(−3/2), above it as r^(−10/3) (Deane and Stokes 2002). That radius shrinks as
/// dissipation to the power −2/5 (Hinze 1955), and dissipation grows as the square of the field.
pub fn bubbles(m: &Moment, reader: &mut Reader, orders: &mut Vec<Order>) {
    let (gain, hinze) = (m.knob("gain"), m.knob("radius") * 1e-3);
    let heard = reader.field(m, COARSE);
    let (w, h) = heard.size;
    let value = |v: &f32| (v * gain).min(1.0);
    let total: f64 = heard.values.iter().map(|v| value(v) as f64).sum();
    let mean = total / heard.values.len().max(1) as f64;
    let wanted = mean as f32 * m.knob("rate") * m.engine.scene().dt() as f32;
    let (how_many, where_, size) = (m.rng.named("count"), m.rng.named("where"), m.rng.named("size"));
    let n = (wanted + how_many.unit(0)) as usize;
    let mut places: Vec<(f64, u64)> =
        (0..n.min(MOST) as u64).map(|b| (where_.unit64(b) * total, b)).collect();
    places.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (mut sum, mut next) = (0.0, places.into_iter().peekable());
    for (i, v) in heard.values.iter().enumerate() {
        sum += value(v) as f64;
        while let Some((_, b)) = next.next_if(|p| p.0 < sum) {
            let broken = hinze * libm::powf(0.5 / value(v).max(0.02), 0.8);
            let radius = radius(broken, size.unit(b)).clamp(2e-4, 0.03);
            let [x, when] = [(i % w) as f32 + 0.5, size.unit(b + 1000)];
            orders.push(Order::Grain(Grain {
                voice: m.voice,
                at: when,
                pitch: radius,
                loud: (0.35 * libm::sqrtf(radius / 0.003)).min(0.8) * (0.4 + 0.6 * size.unit(b + 2000)),
                pan: (2.0 * x / w as f32 - 1.0) * 0.9,
                seed: 0,
            }));
        }
    }
    let _ = h;
}

/// A radius drawn from the two power laws that meet at the Hinze radius, between an eighth and four times of it.
fn radius(hinze: f32, u: f32) -> f32 {
    let (a, b) = (0.125f32, 4.0f32);
    // ∫ x^(−3/2) from a to 1, and ∫ x^(−10/3) from 1 to b.
    let below = 2.0 * (1.0 / libm::sqrtf(a) - 1.0);
    let above = 3.0 / 7.0 * (1.0 - libm::powf(b, -7.0 / 3.0));
    let at = u * (below + above);
    let x = if at < below {
        let root = 1.0 / libm::sqrtf(a) - 0.5 * at;
        1.0 / (root * root)
    } else {
        libm::powf(1.0 - 7.0 / 3.0 * (at - below), -3.0 / 7.0)
    };
    hinze * x.clamp(a, b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn radii_follow_both_laws() {
        let n = 200_000;
        let drawn: Vec<f32> = (0..n).map(|i| radius(1.0, (i as f32 + 0.5) / n as f32)).collect();
        let between = |lo: f32, hi: f32| drawn.iter().filter(|r| (lo..hi).contains(*r)).count() as f32;
        // Slope in log-log of counts in equal ratios: the exponent plus one.
        let below = (between(0.4, 0.8) / between(0.2, 0.4)).log2();
        let above = (between(2.0, 2.8) / between(1.2, 1.68)).log2() / (2.0f32 / 1.2).log2();
        assert!((below + 0.5).abs() < 0.05, "{below}");
        assert!((above + 7.0 / 3.0).abs() < 0.15, "{above}");
    }

    #[test]
    fn scales_hold_their_steps() {
        assert_eq!(on_scale(1.0, 0), 1.0);
        assert!((on_scale(1.99, 2) - (1.0 + 11.0 / 12.0)).abs() < 1e-6);
        assert!((on_scale(0.35, 1) - 3.0 / 12.0).abs() < 1e-6);
        assert_eq!(on_scale(0.777, 6), 0.777);
    }
}
