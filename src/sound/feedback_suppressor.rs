//! Acoustic feedback suppression: when the microphone picks up the loudspeakers, the loop gain can exceed one and the
//! sound howls. The loudness of output and input is compared; where the input follows the output and both are loud, the
//! output is attenuated.

use std::collections::VecDeque;

/// Updates a second that [`FeedbackSuppressor::update`] expects.
pub const UPDATE_RATE: f32 = 20.0;
/// Updates that are correlated.
const SPAN: usize = 120;
/// Greatest delay of the room and the devices, in updates.
const LAG: usize = 10;
/// Correlation of loudness changes above which the input is taken to follow the output.
const CORRELATED: f32 = 0.7;
/// Output level above which feedback does harm, root mean square (−20 dB).
const LOUD: f32 = 0.1;
/// Input level above which there can be feedback, root mean square (−40 dB).
const AUDIBLE: f32 = 0.01;
/// Attack and recovery, dB a second.
const FALL: f32 = 12.0;
const RISE: f32 = 1.5;
/// Greatest attenuation, dB.
const MOST: f32 = 40.0;

/// Detects feedback between loudspeaker and microphone.
#[derive(Debug, Default)]
pub struct FeedbackSuppressor {
    out: VecDeque<f32>,
    input: VecDeque<f32>,
    attenuation: f32,
}

impl FeedbackSuppressor {
    /// Takes the level (root mean square, 0..1) of output and input, [`UPDATE_RATE`] times a second; returns the gain
    /// of the output.
    pub fn update(&mut self, out: f32, input: f32) -> f32 {
        for (list, v) in [(&mut self.out, out), (&mut self.input, input)] {
            list.push_back(libm::log2f(v.max(1e-5)));
            if list.len() > SPAN + LAG {
                list.pop_front();
            }
        }
        let feeds_back = out > LOUD
            && input > AUDIBLE
            && (self.correlation_at_best_lag() > CORRELATED || input > 0.7 && out > 0.7);
        let step = if feeds_back { FALL } else { -RISE } / UPDATE_RATE;
        self.attenuation = (self.attenuation + step).clamp(0.0, MOST);
        libm::powf(10.0, -self.attenuation / 20.0)
    }

    /// The current attenuation, dB.
    pub fn attenuation(&self) -> f32 {
        self.attenuation
    }

    /// Greatest correlation between the output and the input a little later.
    fn correlation_at_best_lag(&self) -> f32 {
        let n = self.out.len();
        if n < SPAN / 4 {
            return 0.0;
        }
        (0..LAG.min(n / 3)).map(|lag| correlation(&self.out, &self.input, lag)).fold(0.0, f32::max)
    }
}

fn correlation(a: &VecDeque<f32>, b: &VecDeque<f32>, lag: usize) -> f32 {
    let n = a.len() - lag;
    let (x, y) = (|i: usize| a[i], |i: usize| b[i + lag]);
    let mean = |f: &dyn Fn(usize) -> f32| (0..n).map(f).sum::<f32>() / n as f32;
    let (mx, my) = (mean(&x), mean(&y));
    let (mut xy, mut xx, mut yy) = (0.0, 0.0, 0.0);
    for i in 0..n {
        let (dx, dy) = (x(i) - mx, y(i) - my);
        xy += dx * dy;
        xx += dx * dx;
        yy += dy * dy;
    }
    // A level that hardly changes says nothing about which follows which.
    if xx < 0.02 * n as f32 || yy < 0.02 * n as f32 { 0.0 } else { xy / (xx * yy).sqrt() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use world::rng::Rng;

    /// A room with a loop gain: the output returns a fifth of a second later, with some noise of people; the worlds
    /// turn input level into output level, and the limiter stops at full scale.
    fn room(loop_gain: f32, suppressed: bool, seconds: usize) -> Vec<f32> {
        let mut suppressor = FeedbackSuppressor::default();
        let (mut gain, mut back) = (1.0, VecDeque::from(vec![0.0f32; 4]));
        let mut played = Vec::new();
        for n in 0..seconds * UPDATE_RATE as usize {
            let people = 0.02 * (1.0 + 0.5 * Rng::new(7).unit(n as u64));
            let input = (people + back.pop_front().unwrap()).min(1.0);
            let out = (gain * (0.5 * people + loop_gain * input)).min(1.0);
            back.push_back(out);
            gain = if suppressed { suppressor.update(out, input) } else { 1.0 };
            played.push(out);
        }
        played
    }

    #[test]
    fn feedback_that_would_run_away_is_suppressed() {
        let (free, held) = (room(1.6, false, 60), room(1.6, true, 60));
        let late = |x: &[f32]| x[x.len() / 2..].iter().fold(0.0f32, |m, v| m.max(*v));
        assert!(late(&free) > 0.99, "the room of this test runs away without suppression: {}", late(&free));
        assert!(late(&held) < 0.4, "{}", late(&held));
    }

    #[test]
    fn a_loud_audience_is_not_feedback() {
        let mut suppressor = FeedbackSuppressor::default();
        for n in 0..1200u64 {
            let wave = |seed: u64| 0.15 + 0.3 * Rng::new(seed).unit(n / 7);
            suppressor.update(wave(1), wave(2));
        }
        assert!(suppressor.attenuation() < 3.0, "{} dB taken", suppressor.attenuation());
    }

    #[test]
    fn the_output_recovers_when_the_feedback_is_gone() {
        let mut suppressor = FeedbackSuppressor::default();
        for n in 0..200 {
            suppressor.update(0.8, 0.75 + 0.1 * ((n % 9) as f32 / 9.0));
        }
        let taken = suppressor.attenuation();
        assert!(taken > 10.0, "{taken}");
        for _ in 0..800 {
            suppressor.update(0.3, 0.0);
        }
        assert_eq!(suppressor.attenuation(), 0.0);
    }
}
