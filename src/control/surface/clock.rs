//! A MIDI clock, 24 pulses per beat: the tempo is a linear regression over the newest pulses, which averages jitter.

use std::collections::VecDeque;

/// Pulses per beat.
const PULSES: usize = 24;
/// Pulses in the regression: four beats.
const SPAN: usize = 4 * PULSES;
/// Seconds without a pulse after which the clock has stopped.
const GONE: f64 = 1.0;

/// What a pulse yields.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ClockPulse {
    /// Tempo in beats per minute, once it is known.
    pub bpm: Option<f64>,
    /// Whether a beat begins.
    pub beat: bool,
}

/// Follows the tempo of a clock.
#[derive(Clone, Debug, Default)]
pub struct MidiClock {
    times: VecDeque<f64>,
    count: usize,
}

impl MidiClock {
    /// A pulse at `now`, seconds.
    pub fn pulse(&mut self, now: f64) -> ClockPulse {
        if self.times.back().is_some_and(|t| now - t > GONE || now < *t) {
            self.times.clear();
        }
        self.times.push_back(now);
        if self.times.len() > SPAN + 1 {
            self.times.pop_front();
        }
        let beat = self.count.is_multiple_of(PULSES);
        self.count += 1;
        ClockPulse { bpm: (self.times.len() > PULSES).then(|| 60.0 / (self.step() * PULSES as f64)), beat }
    }

    /// MIDI start: the next pulse is a beat.
    pub fn start(&mut self) {
        self.count = 0;
    }

    /// Seconds per pulse, by least squares.
    fn step(&self) -> f64 {
        let n = self.times.len() as f64;
        let (mx, my) = ((n - 1.0) / 2.0, self.times.iter().sum::<f64>() / n);
        let (mut xy, mut xx) = (0.0, 0.0);
        for (i, t) in self.times.iter().enumerate() {
            let dx = i as f64 - mx;
            xy += dx * (t - my);
            xx += dx * dx;
        }
        (xy / xx).max(1e-4)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use world::rng::Rng;

    #[test]
    fn jitter_of_two_milliseconds_changes_the_tempo_by_less_than_a_fifth_of_a_beat() {
        for bpm in [60.0, 93.5, 128.0, 174.0] {
            let (mut clock, mut worst, mut beats) = (MidiClock::default(), 0.0f64, 0);
            for n in 0..480u64 {
                let at = n as f64 * 60.0 / bpm / 24.0 + Rng::new(3).range(n, -0.002, 0.002) as f64;
                let pulse = clock.pulse(at.max(0.0));
                beats += pulse.beat as u32;
                if let Some(found) = pulse.bpm.filter(|_| n > 96) {
                    worst = worst.max((found - bpm).abs());
                }
            }
            assert_eq!(beats, 20);
            assert!(worst < 0.2, "{bpm}: {worst}");
        }
    }
}
