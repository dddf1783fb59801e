//! Short-term loudness by EBU R 128 and ITU-R BS.1770-4 (2015): K-weighting of each channel by two filters, and the
//! power of all over the last three seconds. The usual crate uses the platform's tangent, which differs between
//! machines.

use core::f64::consts::PI;

/// Window of the short-term measure, s.
const SPAN: f64 = 3.0;
/// The value for silence, LUFS.
pub const SILENCE: f64 = -70.0;

/// A biquad filter and its state.
struct Filter {
    b: [f64; 3],
    a: [f64; 2],
    z: [f64; 2],
}

impl Filter {
    /// The high shelf that models the head: at 48 kHz the coefficients of the standard, at other rates those of the
    /// same analogue prototype (De Man 2014).
    fn shelf(rate: f64) -> Self {
        let (pitch, gain, q) = (1681.974450955533, 3.999843853973347, 0.7071752369554196);
        let k = libm::tan(PI * pitch / rate);
        let high = libm::pow(10.0, gain / 20.0);
        let band = libm::pow(high, 0.4996667741545416);
        let a0 = 1.0 + k / q + k * k;
        let b = [high + band * k / q + k * k, 2.0 * (k * k - high), high - band * k / q + k * k];
        Self { b: b.map(|v| v / a0), a: [2.0 * (k * k - 1.0) / a0, (1.0 - k / q + k * k) / a0], z: [0.0; 2] }
    }

    /// The high-pass (RLB weighting).
    fn high_pass(rate: f64) -> Self {
        let (pitch, q) = (38.13547087602444, 0.5003270373238773);
        let k = libm::tan(PI * pitch / rate);
        let a0 = 1.0 + k / q + k * k;
        Self { b: [1.0, -2.0, 1.0], a: [2.0 * (k * k - 1.0) / a0, (1.0 - k / q + k * k) / a0], z: [0.0; 2] }
    }

    fn next(&mut self, x: f64) -> f64 {
        let y = self.b[0] * x + self.z[0];
        self.z = [self.b[1] * x - self.a[0] * y + self.z[1], self.b[2] * x - self.a[1] * y];
        y
    }

    /// Zeroes an inaudible tail: denormals are slow on some processors.
    fn settle(&mut self) {
        self.z.iter_mut().for_each(|z| *z = if z.abs() < 1e-30 { 0.0 } else { *z });
    }
}

/// The filters and weight of a channel.
struct Channel {
    filters: [Filter; 2],
    weight: f64,
}

impl Channel {
    /// Weighted energy of a hop.
    fn energy(&mut self, hop: &[f32]) -> f64 {
        let [shelf, high_pass] = &mut self.filters;
        let mut energy = 0.0;
        for v in hop {
            let y = high_pass.next(shelf.next(*v as f64));
            energy += y * y;
        }
        self.filters.iter_mut().for_each(Filter::settle);
        self.weight * energy
    }
}

/// Measures all channels together.
pub struct Loudness {
    channels: Vec<Channel>,
    /// Energy of each of the last hops, and the index of the oldest.
    energies: Vec<f64>,
    at: usize,
    hop: usize,
}

impl Loudness {
    /// At a sample rate, Hz, in hops of `hop` samples, for channels of these weights (1 for front, 1.41 for surround).
    pub fn new(rate: u32, hop: usize, weights: &[f64]) -> Self {
        let rate = rate as f64;
        let hops = (SPAN * rate / hop as f64).round() as usize;
        let filters = || [Filter::shelf(rate), Filter::high_pass(rate)];
        let channels = weights.iter().map(|weight| Channel { filters: filters(), weight: *weight }).collect();
        Self { channels, energies: vec![0.0; hops.max(1)], at: 0, hop }
    }

    /// Takes a hop of each channel, in order.
    pub fn push<'a>(&mut self, hops: impl Iterator<Item = &'a [f32]>) {
        self.energies[self.at] = self.channels.iter_mut().zip(hops).map(|(c, hop)| c.energy(hop)).sum();
        self.at = (self.at + 1) % self.energies.len();
    }

    /// Loudness of the last three seconds, LUFS; before the start counts as silence.
    pub fn short_term(&self) -> f64 {
        let power = self.energies.iter().sum::<f64>() / (self.energies.len() * self.hop) as f64;
        if power > 0.0 { (10.0 * libm::log10(power) - 0.691).max(SILENCE) } else { SILENCE }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ebur128::{Channel as Place, EbuR128, Mode};
    use world::rng::Rng;

    /// Noise and tones at every rate, against the reference implementation in Rust.
    #[test]
    fn loudness_matches_the_reference() {
        for (k, rate) in [8000u32, 22_050, 44_100, 48_000, 96_000, 192_000].into_iter().enumerate() {
            let hop = 1 << ((0.0465 * rate as f64) as usize).ilog2() >> 3;
            let rng = Rng::new(k as u64);
            let weights = [1.0, 1.0, 0.0, 1.41];
            let mut ours = Loudness::new(rate, hop, &weights);
            let mut reference = EbuR128::new(4, rate, Mode::S).unwrap();
            let places = [Place::Left, Place::Center, Place::Unused, Place::LeftSurround];
            reference.set_channel_map(&places).unwrap();
            let turn = core::f32::consts::TAU / rate as f32;
            for h in 0..(5.0 * rate as f64 / hop as f64) as usize {
                let sample = |i: usize| {
                    let n = (h * hop + i) as u64;
                    let low = (60.0 * turn * (n % rate as u64) as f32).sin();
                    0.1 * rng.range(n, -1.0, 1.0) + 0.2 * low * (1.0 + (h as f32 * 0.01).sin())
                };
                let sound: Vec<f32> = (0..hop).map(sample).collect();
                let channels =
                    [1.0, -0.3, 0.7, 0.5].map(|gain| sound.iter().map(|v| gain * v).collect::<Vec<f32>>());
                ours.push(channels.iter().map(|c| &c[..]));
                reference.add_frames_planar_f32(&channels.each_ref().map(|c| &c[..])).unwrap();
                if h % 97 == 96 {
                    let wanted = reference.loudness_shortterm().unwrap();
                    assert!(
                        (ours.short_term() - wanted).abs() < 0.02,
                        "{rate} Hz: {} {wanted}",
                        ours.short_term()
                    );
                }
            }
            (0..4000).for_each(|_| ours.push([&vec![0.0; hop][..]; 4].into_iter()));
            assert_eq!(ours.short_term(), SILENCE);
            let mut filters = ours.channels.iter().flat_map(|c| &c.filters);
            assert!(filters.all(|f| f.z == [0.0; 2]), "the filters settle");
        }
    }
}
