//! Standardisation of brightness and contrast: a palette says nothing about the process.

/// Added to the deviation, so that nearly uniform pictures are not amplified.
pub const EPSILON: f32 = 0.02;

/// Each channel minus its mean, divided by the standard deviation of the whole picture (instance normalisation, Ulyanov
/// et al. 2016; one deviation for all channels keeps the colour). A nearly uniform picture stays near zero.
pub fn standardised(picture: &[f32], channels: usize) -> Vec<f32> {
    let n = (picture.len() / channels) as f64;
    let mut sums = vec![0f64; channels];
    for pixel in picture.chunks_exact(channels) {
        sums.iter_mut().zip(pixel).for_each(|(s, v)| *s += *v as f64);
    }
    let means: Vec<f32> = sums.iter().map(|s| (s / n) as f32).collect();
    let mut squares = vec![0f64; channels];
    let mut out = picture.to_vec();
    for pixel in out.chunks_exact_mut(channels) {
        for ((v, mean), square) in pixel.iter_mut().zip(&means).zip(&mut squares) {
            *v -= mean;
            *square += *v as f64 * *v as f64;
        }
    }
    let deviation = libm::sqrt(squares.iter().sum::<f64>() / picture.len() as f64) as f32;
    out.iter_mut().for_each(|v| *v /= deviation + EPSILON);
    out
}

/// Gradient of a picture from that of its [`standardised`] values.
pub fn descended(picture: &[f32], channels: usize, gradient: &[f32]) -> Vec<f32> {
    let (all, n) = (picture.len() as f64, (picture.len() / channels) as f64);
    let means = channel_sums(picture.iter().map(|v| *v as f64), channels).map(|s| s / n);
    let means: Vec<f64> = means.collect();
    let centred = |i: usize| picture[i] as f64 - means[i % channels];
    let (mut squares, mut products) = (0f64, 0f64);
    for (i, g) in gradient.iter().enumerate() {
        squares += centred(i) * centred(i);
        products += centred(i) * *g as f64;
    }
    let deviation = libm::sqrt(squares / all);
    let scale = 1.0 / (deviation + EPSILON as f64);
    // The deviation itself has the slope x / (N · deviation), and none where the picture is uniform.
    let share = if deviation > 0.0 { products * scale * scale / (deviation * all) } else { 0.0 };
    let of_centred = |i: usize| gradient[i] as f64 * scale - centred(i) * share;
    let shifts: Vec<f64> =
        channel_sums((0..gradient.len()).map(of_centred), channels).map(|s| s / n).collect();
    (0..gradient.len()).map(|i| (of_centred(i) - shifts[i % channels]) as f32).collect()
}

fn channel_sums(values: impl Iterator<Item = f64>, channels: usize) -> impl Iterator<Item = f64> {
    let mut sums = vec![0f64; channels];
    values.enumerate().for_each(|(i, v)| sums[i % channels] += v);
    sums.into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;
    use world::rng::Rng;

    #[test]
    fn its_gradient_matches_central_differences() {
        for channels in [1, 3] {
            let values = |key: u64| -> Vec<f32> { (0..30).map(|i| Rng::new(key).unit(i)).collect() };
            let (picture, weights) = (values(1), values(2));
            let loss = |p: &[f32]| -> f64 {
                standardised(p, channels).iter().zip(&weights).map(|(v, w)| *v as f64 * *w as f64).sum()
            };
            let ours = descended(&picture, channels, &weights);
            for i in 0..30 {
                let at = |by: f32| {
                    let mut there = picture.clone();
                    there[i] += by;
                    loss(&there)
                };
                let numeric = (at(1e-3) - at(-1e-3)) / 2e-3;
                assert!((ours[i] as f64 - numeric).abs() < 2e-3, "{i}: {}, {numeric}", ours[i]);
            }
            let flat = descended(&[0.5; 30], channels, &weights);
            assert!(flat.iter().all(|v| v.is_finite()));
        }
    }
}
