//! A field from left to right.

use super::fields::SampledField;

/// Mean and root mean square of each of `count` vertical strips, from left to right; values times `gain` are taken as 1
/// at most. Narrow fields have strips that share columns.
pub fn strips(field: &SampledField, gain: f32, count: usize) -> impl Iterator<Item = [f32; 2]> {
    of(field.size, &field.values, gain, count)
}

fn of((w, h): (usize, usize), values: &[f32], gain: f32, count: usize) -> impl Iterator<Item = [f32; 2]> {
    (0..count).map(move |r| {
        let (from, to) = (r * w / count, ((r + 1) * w / count).max(r * w / count + 1).min(w));
        let from = from.min(to - 1);
        let (mut sum, mut squares) = (0.0f64, 0.0f64);
        for y in 0..h {
            for v in &values[y * w + from..y * w + to] {
                let v = (v * gain).min(1.0) as f64;
                sum += v;
                squares += v * v;
            }
        }
        let n = ((to - from) * h).max(1) as f64;
        [(sum / n) as f32, libm::sqrt(squares / n) as f32]
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_strip_has_its_own_part_of_the_field() {
        let values: Vec<f32> = (0..2).flat_map(|_| [0.0, 0.0, 0.5, 0.5, 2.0, 0.0]).collect();
        let found: Vec<[f32; 2]> = of((6, 2), &values, 1.0, 3).collect();
        assert_eq!(found[..2], [[0.0, 0.0], [0.5, 0.5]]);
        assert!(found[2][0] == 0.5 && (found[2][1] - 0.5f32.sqrt()).abs() < 1e-6, "{found:?}");
        assert_eq!(of((6, 2), &values, 1.0, 24).count(), 24);
    }
}
