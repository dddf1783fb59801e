//! The loop guard: when the microphone hears the loudspeakers, sound goes round and grows until everything shrieks.
//! The guard watches how loud both are; where one follows the other and both are loud, it turns the output down.

use std::collections::VecDeque;

/// Looks a second that [`FeedbackSuppressor::look`] wants.
pub const LOOKS: f32 = 20.0;
/// Looks that are compared.
const SPAN: usize = 120;
/// Greatest delay of the room and the devices, looks.
const LAG: usize = 10;
/// Correlation of the changes in loudness from which on one follows the other.
const ALIKE: f32 = 0.7;
/// Output from which on a loop does harm, root mean square (−20 dB).
const LOUD: f32 = 0.1;
/// Input from which on there is something to go round (−40 dB).
const HEARD: f32 = 0.01;
/// Fall and recovery, dB a second.
const FALL: f32 = 12.0;
const RISE: f32 = 1.5;
/// The guard never takes more than this, dB.
const MOST: f32 = 40.0;

/// Watches a loop of loudspeaker and microphone.
#[derive(Debug, Default)]
pub struct FeedbackSuppressor {
    out: VecDeque<f32>,
    heard: VecDeque<f32>,
    down: f32,
}

impl FeedbackSuppressor {
    /// Looks at the loudness (root mean square, 0..1) of what is played and of what is heard, [`LOOKS`] times a second;
    /// gives the factor for the output.
    pub fn look(&mut self, out: f32, heard: f32) -> f32 {
        for (list, v) in [(&mut self.out, out), (&mut self.heard, heard)] {
            list.push_back(libm::log2f(v.max(1e-5)));
            if list.len() > SPAN + LAG {
                list.pop_front();
            }
        }
        let goes_round = out > LOUD && heard > HEARD && (self.likeness() > ALIKE || heard > 0.7 && out > 0.7);
        let step = if goes_round { FALL } else { -RISE } / LOOKS;
        self.down = (self.down + step).clamp(0.0, MOST);
        libm::powf(10.0, -self.down / 20.0)
    }

    /// What it takes off now, dB.
    pub fn down(&self) -> f32 {
        self.down
    }

    /// Greatest correlation between the loudness played and that heard a little later.
    fn likeness(&self) -> f32 {
        let n = self.out.len();
        if n < SPAN / 4 {
            return 0.0;
        }
        (0..LAG.min(n / 3)).map(|lag| correlation(&self.out, &self.heard, lag)).fold(0.0, f32::max)
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
    // Loudness that hardly changes says nothing about who follows whom.
    if xx < 0.02 * n as f32 || yy < 0.02 * n as f32 { 0.0 } else { xy / (xx * yy).sqrt() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use world::rng::Rng;

    /// A room of a loop gain: what is played comes back a fifth of a second later, with some noise of people; the
    /// worlds turn loudness heard into loudness played, and the limiter stops at full scale.
    fn room(loop_gain: f32, guarded: bool, seconds: usize) -> Vec<f32> {
        let mut guard = FeedbackSuppressor::default();
        let (mut gain, mut back) = (1.0, VecDeque::from(vec![0.0f32; 4]));
        let mut played = Vec::new();
        for n in 0..seconds * LOOKS as usize {
            let people = 0.02 * (1.0 + 0.5 * Rng::new(7).unit(n as u64));
            let heard = (people + back.pop_front().unwrap()).min(1.0);
            let out = (gain * (0.5 * people + loop_gain * heard)).min(1.0);
            back.push_back(out);
            gain = if guarded { guard.look(out, heard) } else { 1.0 };
            played.push(out);
        }
        played
    }

    #[test]
    fn a_loop_that_would_run_away_is_held() {
        let (free, held) = (room(1.6, false, 60), room(1.6, true, 60));
        let late = |x: &[f32]| x[x.len() / 2..].iter().fold(0.0f32, |m, v| m.max(*v));
        assert!(late(&free) > 0.99, "the room of this test does run away: {}", late(&free));
        assert!(late(&held) < 0.4, "{}", late(&held));
    }

    #[test]
    fn a_loud_audience_is_no_loop() {
        let mut guard = FeedbackSuppressor::default();
        for n in 0..1200u64 {
            let wave = |seed: u64| 0.15 + 0.3 * Rng::new(seed).unit(n / 7);
            guard.look(wave(1), wave(2));
        }
        assert!(guard.down() < 3.0, "{} dB taken", guard.down());
    }

    #[test]
    fn the_output_comes_back_when_the_loop_is_gone() {
        let mut guard = FeedbackSuppressor::default();
        for n in 0..200 {
            guard.look(0.8, 0.75 + 0.1 * ((n % 9) as f32 / 9.0));
        }
        let taken = guard.down();
        assert!(taken > 10.0, "{taken}");
        for _ in 0..800 {
            guard.look(0.3, 0.0);
        }
        assert_eq!(guard.down(), 0.0);
    }
}
