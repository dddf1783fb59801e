//! The beat of the room, as a phase that runs on between ticks: the drive that entrains oscillators.

use core::f64::consts::TAU;

use super::forcing::Forcing;

world::choices! {
    /// What the knob `beat` gets.
    pub enum BeatKind {
        /// The phase within the beat, 0..1 (`tempo.phase`, `sound.beat`).
        Phase: "phase",
        /// A pulse at each beat (`sound.onset`): rising through a half it begins a beat, whose length is that of those before.
        Pulse: "pulse",
    }
}

/// Seconds without movement after which there is no beat.
const SILENCE: f64 = 2.5;
/// Shortest and longest time from pulse to pulse that is a beat, s.
const PERIODS: [f64; 2] = [0.15, SILENCE];

/// Longest that silence is counted, s.
const LONG: f64 = 1e3;
/// Time constant of the tempo by which the beats of a blink are chosen, s.
const STEADY: f64 = 2.0;
/// Beats of a blink to choose from.
const CHOICES: [u64; 5] = [1, 2, 4, 8, 16];

/// What is known of the beat.
#[derive(Clone, Copy, Debug)]
pub struct Beat {
    last: Option<f64>,
    /// Place within the beat at the start of the tick, 0..1.
    phase: f64,
    /// Beats per second.
    rate: f64,
    /// Beats so far.
    count: u64,
    /// Seconds since something moved.
    quiet: f64,
    /// Mean time between pulses, s; 0 if it is unknown.
    period: f64,
    /// Beats per second over the last seconds; 0 before the first.
    tempo: f64,
}

impl Default for Beat {
    /// Nothing heard for long.
    fn default() -> Self {
        Self { last: None, phase: 0.0, rate: 0.0, count: 0, quiet: LONG, period: 0.0, tempo: 0.0 }
    }
}

impl Beat {
    /// Takes the value of the knob at a tick of `dt` seconds.
    pub fn hear(&mut self, value: f32, kind: BeatKind, dt: f64) {
        let (value, dt) = (value as f64, dt.max(1e-6));
        let last = self.last.replace(value).unwrap_or(value);
        self.quiet = (self.quiet + dt).min(LONG);
        match kind {
            BeatKind::Phase => self.follow(last, value, dt),
            BeatKind::Pulse => self.count_pulse(last < 0.5 && value >= 0.5, dt),
        }
        let keep = if self.tempo > 0.0 { libm::exp(-dt / STEADY) } else { 0.0 };
        self.tempo = keep * self.tempo + (1.0 - keep) * self.rate.clamp(0.0, 10.0);
    }

    /// The phase went from one value to another.
    fn follow(&mut self, last: f64, value: f64, dt: f64) {
        let way = value - last;
        let way = way - libm::round(way);
        self.count += (value - last < -0.5) as u64;
        (self.phase, self.rate) = (value, way / dt);
        if value != last {
            self.quiet = 0.0;
        } else if self.quiet > 0.1 {
            self.rate = 0.0;
        }
    }

    fn count_pulse(&mut self, is_pulse: bool, dt: f64) {
        self.phase += self.rate * dt;
        if self.phase >= 1.0 {
            self.phase -= libm::floor(self.phase);
            self.count += 1;
        }
        if !is_pulse {
            return;
        }
        let whole = self.quiet.clamp(PERIODS[0], PERIODS[1]) == self.quiet;
        let period = if self.period > 0.0 { 0.5 * (self.period + self.quiet) } else { self.quiet };
        self.period = if whole { period } else { self.period };
        self.rate = if self.period > 0.0 { 1.0 / self.period } else { 0.0 };
        // One that comes late belongs to the beat that has just begun without it.
        self.count += (self.phase >= 0.5) as u64;
        (self.phase, self.quiet) = (0.0, 0.0);
    }

    /// Beats from blink to blink, for oscillators that would blink so many times a second.
    fn beats(&self, wanted: u32, frequency: f64) -> u64 {
        if wanted > 0 {
            return wanted as u64;
        }
        let misfit = |beats: u64| {
            let ratio = self.tempo / (beats as f64 * frequency.abs()).max(1e-6);
            ratio.max(1.0 / ratio.max(1e-6))
        };
        let nearer = |a: u64, b: u64| if misfit(b) < misfit(a) { b } else { a };
        CHOICES.into_iter().reduce(nearer).unwrap_or(1)
    }

    /// The pull on phases for time that runs at `pace` units per second; none while nothing is heard.
    ///
    /// A blink takes so many `beats`, or, of 0, as many as come nearest to a `frequency` (Hz).
    pub fn forcing(&self, gain: f32, (beats, frequency): (u32, f32), pace: f32) -> Forcing<f32> {
        let is_heard = self.rate != 0.0 && self.quiet < SILENCE;
        if gain <= 0.0 || !is_heard || pace <= 0.0 {
            return Forcing::default();
        }
        let beats = self.beats(beats, (frequency * pace) as f64);
        let phase = ((self.count % beats) as f64 + self.phase) / beats as f64;
        // A jump is no tempo.
        let rate = self.rate.clamp(-10.0, 10.0) / beats as f64 / pace as f64;
        Forcing { gain, phase: (TAU * phase) as f32, rate: (TAU * rate) as f32 }
    }
}
