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
