//! Tempo and beat: tapped, set, or given by an outside clock. Time is the show's own, so the same taps at the same
//! ticks give the same beats.

/// Taps longer apart than this, seconds, begin anew.
const PAUSE: f64 = 2.0;
/// Taps that are averaged.
const TAPS: usize = 8;
/// Tempi that make sense, beats a minute.
pub const RANGE: std::ops::RangeInclusive<f64> = 20.0..=400.0;

/// Who gives the tempo.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TempoSource {
    /// Nobody.
    #[default]
    None,
    /// A finger.
    Tap,
    /// A number, or a MIDI clock.
    Set,
    /// What is heard.
    Sound,
}

impl TempoSource {
    /// Its name on panels.
    pub fn name(self) -> &'static str {
        ["", "tap", "clock", "sound"][self as usize]
    }
}

/// The beat.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tempo {
    bpm: f64,
    beats: f64,
    source: TempoSource,
    taps: Vec<f64>,
}

impl Tempo {
    /// A finger taps at `now` (seconds): from the second tap on there is a tempo, and each tap is a beat.
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

    /// The tempo is set; 0 takes it away. What is no tempo changes nothing.
    pub fn set(&mut self, bpm: f64) {
        match bpm {
            0.0 => *self = Self::default(),
            bpm => self.take(bpm, TempoSource::Set),
        }
    }

    /// What is heard has this tempo and place in the beat; a finger or a clock goes before it.
    pub fn hear(&mut self, bpm: f64, phase: f64) {
        if matches!(self.source, TempoSource::None | TempoSource::Sound) && RANGE.contains(&bpm) {
            self.take(bpm, TempoSource::Sound);
            // Half a beat at most, forwards or back, and never over the edge of a beat that was counted.
            let off = (phase - self.phase() + 1.5).rem_euclid(1.0) - 0.5;
            self.beats = (self.beats + 0.1 * off).max(self.beats.floor());
        }
    }

    /// A beat begins now: the phase goes to the nearest whole beat.
    pub fn beat(&mut self) {
        self.beats = self.beats.round();
    }

    /// `seconds` pass.
    pub fn pass(&mut self, seconds: f64) {
        self.beats += seconds * self.bpm / 60.0;
    }

    fn take(&mut self, bpm: f64, source: TempoSource) {
        if RANGE.contains(&bpm) {
            (self.bpm, self.source) = (bpm, source);
        }
    }

    /// Beats a minute; 0 while nobody gives any.
    pub fn bpm(&self) -> f64 {
        self.bpm
    }
    /// Beats since the first, with their fraction.
    pub fn beats(&self) -> f64 {
        self.beats
    }
    /// Place within the beat, 0..1.
    pub fn phase(&self) -> f64 {
        self.beats - self.beats.floor()
    }
    /// Who gives it.
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
        // 125 beats a minute, with an unsteady finger.
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
    fn a_pause_begins_anew_and_a_hand_goes_before_an_ear() {
        let mut tempo = Tempo::default();
        tempo.hear(90.0, 0.0);
        assert_eq!((tempo.bpm(), tempo.source().name()), (90.0, "sound"));
        [0.0, 0.5, 10.0, 11.0].into_iter().for_each(|t| tempo.tap(t));
        assert_eq!(tempo.bpm(), 60.0);
        tempo.hear(90.0, 0.0);
        assert_eq!(tempo.bpm(), 60.0);
        tempo.set(f64::NAN);
        tempo.set(1e9);
        assert_eq!(tempo.bpm(), 60.0);
        tempo.set(0.0);
        assert_eq!(tempo.source(), TempoSource::None);
    }

    #[test]
    fn an_ear_pulls_the_phase_without_counting_a_beat_twice() {
        let mut tempo = Tempo::default();
        tempo.hear(120.0, 0.0);
        let mut last = 0.0;
        for i in 0..600 {
            tempo.pass(1.0 / 60.0);
            tempo.hear(120.0, (0.3 + i as f64 / 30.0).fract());
            assert!(tempo.beats().floor() >= last, "beats never go back");
            last = tempo.beats().floor();
        }
        let wanted: f64 = (0.3 + 599.0 / 30.0f64).fract();
        assert!((tempo.phase() - wanted).abs() < 0.05, "{} {wanted}", tempo.phase());
    }

    #[test]
    fn an_ear_that_is_behind_pulls_back_within_the_beat_and_never_over_its_edge() {
        let mut tempo = Tempo::default();
        tempo.hear(120.0, 0.0);
        tempo.pass(2.6);
        let before = tempo.beats();
        tempo.hear(120.0, 0.0);
        assert!(tempo.beats() < before && tempo.beats() >= 5.0, "{}", tempo.beats());
        let mut tempo = Tempo::default();
        tempo.hear(120.0, 0.0);
        tempo.pass(2.51);
        tempo.hear(120.0, 0.6);
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
    fn eight_taps_count_two_seconds_apart_are_the_slowest_and_a_clock_that_goes_back_begins_anew() {
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
    fn an_ear_moves_the_phase_by_a_tenth_of_what_it_is_off() {
        let heard = |phase: f64| {
            let mut tempo = Tempo::default();
            tempo.hear(120.0, 0.0);
            tempo.pass(2.6);
            assert_eq!((tempo.beats(), tempo.source()), (5.2, TempoSource::Sound));
            tempo.hear(120.0, phase);
            tempo.beats()
        };
        for (phase, beats) in [(0.5, 5.23), (0.1, 5.19), (0.6, 5.24), (0.9, 5.17), (0.2, 5.2)] {
            assert!((heard(phase) - beats).abs() < 1e-9, "{phase}: {}", heard(phase));
        }
        let mut deaf = Tempo::default();
        deaf.hear(10.0, 0.5);
        assert_eq!((deaf.bpm(), deaf.source().name()), (0.0, ""));
        deaf.set(90.0);
        deaf.pass(2.0);
        assert_eq!((deaf.beats(), deaf.phase()), (3.0, 0.0));
    }
}
