//! Tempo and beat: tapped, set, or given by an external clock. Time is that of the show, so the same taps at the same
//! ticks give the same beats.

/// Taps further apart than this, seconds, start over.
const PAUSE: f64 = 2.0;
/// Taps that are averaged.
const TAPS: usize = 8;
/// Valid tempi, beats per minute.
pub const RANGE: std::ops::RangeInclusive<f64> = 20.0..=400.0;

/// Source of the tempo.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TempoSource {
    /// None.
    #[default]
    None,
    /// Tap tempo.
    Tap,
    /// A number, or a MIDI clock.
    Set,
    /// Beat tracking of the audio input.
    Sound,
}

impl TempoSource {
    /// Its name on panels.
    pub fn name(self) -> &'static str {
        ["", "tap", "clock", "sound"][self as usize]
    }
}

/// Tempo and beat.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tempo {
    bpm: f64,
    beats: f64,
    source: TempoSource,
    taps: Vec<f64>,
}

impl Tempo {
    /// A tap at `now` (seconds): from the second tap on there is a tempo, and each tap is a beat.
    pub fn tap(&mut self, now: f64) {
        if self.taps.last().is_some_and(|t| now - t > PAUSE || now < *t) {
            self.taps.clear();
        }
        self.taps.push(now);
        if self.taps.len() > TAPS {
            self.taps.remove(0);
        }
        self.beat();
        let n = self.taps.len() - 1;
        if n > 0 && now > self.taps[0] {
            self.take(60.0 * n as f64 / (now - self.taps[0]), TempoSource::Tap);
        }
    }

    /// Sets the tempo; 0 clears it. Values outside [`RANGE`] are ignored.
    pub fn set(&mut self, bpm: f64) {
        match bpm {
            0.0 => *self = Self::default(),
            bpm => self.take(bpm, TempoSource::Set),
        }
    }

    /// Follows the tempo and phase of the audio input; taps and clocks take precedence.
    pub fn follow_sound(&mut self, bpm: f64, phase: f64) {
        if matches!(self.source, TempoSource::None | TempoSource::Sound) && RANGE.contains(&bpm) {
            self.take(bpm, TempoSource::Sound);
            // Half a beat at most, forwards or back, and never back past a beat already counted.
            let off = (phase - self.phase() + 1.5).rem_euclid(1.0) - 0.5;
            self.beats = (self.beats + 0.1 * off).max(self.beats.floor());
        }
    }

    /// A beat begins now: the phase snaps to the nearest whole beat.
    pub fn beat(&mut self) {
        self.beats = self.beats.round();
    }

    /// Advances by `seconds`.
    pub fn pass(&mut self, seconds: f64) {
        self.beats += seconds * self.bpm / 60.0;
    }

    fn take(&mut self, bpm: f64, source: TempoSource) {
        if RANGE.contains(&bpm) {
            (self.bpm, self.source) = (bpm, source);
        }
    }

    /// Beats per minute; 0 if unknown.
    pub fn bpm(&self) -> f64 {
        self.bpm
    }
    /// Beats since the first, with their fraction.
    pub fn beats(&self) -> f64 {
        self.beats
    }
    /// Phase within the beat, 0..1.
    pub fn phase(&self) -> f64 {
        self.beats - self.beats.floor()
    }
    /// Its source.
    pub fn source(&self) -> TempoSource {
        self.source
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn taps_give_their_mean_tempo_and_each_is_a_beat() {
        let mut tempo = Tempo::default();
        // 125 beats a minute, tapped unsteadily.
        for (i, wobble) in [0.0, 0.012, -0.01, 0.008, -0.006, 0.0].into_iter().enumerate() {
            tempo.tap(i as f64 * 0.48 + wobble);
            tempo.pass(0.48);
        }
        assert!((tempo.bpm() - 125.0).abs() < 1.0, "{}", tempo.bpm());
        tempo.tap(6.0 * 0.48);
        assert_eq!(tempo.phase(), 0.0);
        tempo.pass(0.24);
        assert!((tempo.phase() - 0.5).abs() < 0.02);
    }

    #[test]
    fn a_pause_starts_over_and_taps_take_precedence_over_sound() {
        let mut tempo = Tempo::default();
        tempo.follow_sound(90.0, 0.0);
        assert_eq!((tempo.bpm(), tempo.source().name()), (90.0, "sound"));
        [0.0, 0.5, 10.0, 11.0].into_iter().for_each(|t| tempo.tap(t));
        assert_eq!(tempo.bpm(), 60.0);
        tempo.follow_sound(90.0, 0.0);
        assert_eq!(tempo.bpm(), 60.0);
        tempo.set(f64::NAN);
        tempo.set(1e9);
        assert_eq!(tempo.bpm(), 60.0);
        tempo.set(0.0);
        assert_eq!(tempo.source(), TempoSource::None);
    }

    #[test]
    fn sound_pulls_the_phase_without_counting_a_beat_twice() {
        let mut tempo = Tempo::default();
        tempo.follow_sound(120.0, 0.0);
        let mut last = 0.0;
        for i in 0..600 {
            tempo.pass(1.0 / 60.0);
            tempo.follow_sound(120.0, (0.3 + i as f64 / 30.0).fract());
            assert!(tempo.beats().floor() >= last, "beats never go back");
            last = tempo.beats().floor();
        }
        let wanted: f64 = (0.3 + 599.0 / 30.0f64).fract();
        assert!((tempo.phase() - wanted).abs() < 0.05, "{} {wanted}", tempo.phase());
    }

    #[test]
    fn sound_that_is_behind_pulls_back_within_the_beat_and_never_past_its_start() {
        let mut tempo = Tempo::default();
        tempo.follow_sound(120.0, 0.0);
        tempo.pass(2.6);
        let before = tempo.beats();
        tempo.follow_sound(120.0, 0.0);
        assert!(tempo.beats() < before && tempo.beats() >= 5.0, "{}", tempo.beats());
        let mut tempo = Tempo::default();
        tempo.follow_sound(120.0, 0.0);
        tempo.pass(2.51);
        tempo.follow_sound(120.0, 0.6);
        assert_eq!(tempo.beats().floor(), 5.0);
    }

    #[test]
    fn a_tempo_follows_the_newest_taps_and_its_sources_have_names() {
        let mut tempo = Tempo::default();
        let mut now = 0.0;
        for (count, gap) in [(20, 0.5), (20, 0.6)] {
            for _ in 0..count {
                tempo.tap(now);
                now += gap;
            }
        }
        assert!((tempo.bpm() - 100.0).abs() < 0.1, "{}", tempo.bpm());
        assert_eq!(tempo.source().name(), "tap");
        tempo.set(90.0);
        assert_eq!((tempo.bpm(), tempo.source().name()), (90.0, "clock"));
        tempo.pass(1.4);
        let beats = tempo.beats();
        tempo.beat();
        assert_eq!(tempo.beats(), beats.round());
    }

    #[test]
    fn eight_taps_count_two_seconds_apart_are_the_slowest_and_a_clock_set_back_starts_over() {
        let mut tempo = Tempo::default();
        [0.0, 2.0].into_iter().for_each(|t| tempo.tap(t));
        assert_eq!(tempo.bpm(), 30.0);
        (1..=6).for_each(|i| tempo.tap(2.0 + 0.5 * i as f64));
        assert_eq!(tempo.bpm(), 60.0 * 7.0 / 5.0, "eight taps, the slow one among them");
        tempo.tap(5.5);
        assert_eq!(tempo.bpm(), 120.0, "it is the oldest, and forgotten");
        [10.0, 9.5, 10.25].into_iter().for_each(|t| tempo.tap(t));
        assert_eq!(tempo.bpm(), 80.0);
    }

    #[test]
    fn sound_moves_the_phase_by_a_tenth_of_its_error() {
        let heard = |phase: f64| {
            let mut tempo = Tempo::default();
            tempo.follow_sound(120.0, 0.0);
            tempo.pass(2.6);
            assert_eq!((tempo.beats(), tempo.source()), (5.2, TempoSource::Sound));
            tempo.follow_sound(120.0, phase);
            tempo.beats()
        };
        for (phase, beats) in [(0.5, 5.23), (0.1, 5.19), (0.6, 5.24), (0.9, 5.17), (0.2, 5.2)] {
            assert!((heard(phase) - beats).abs() < 1e-9, "{phase}: {}", heard(phase));
        }
        let mut silent = Tempo::default();
        silent.follow_sound(10.0, 0.5);
        assert_eq!((silent.bpm(), silent.source().name()), (0.0, ""));
        silent.set(90.0);
        silent.pass(2.0);
        assert_eq!((silent.beats(), silent.phase()), (3.0, 0.0));
    }
}
