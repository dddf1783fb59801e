//! Named scalars, and the links that carry them to knobs.
//!
//! A link *modulates* a knob, *suppresses* it (its value replaces the knob's while the signal is active, and for a
//! hold time after) or *inhibits* an output for a time: the two nodes of Brooks (1986), available to a whole scene.

use core::f64::consts::TAU;

/// Shape of a wave signal; all run 0..1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// (1 − cos) / 2.
    Sine,
    /// Up and down in straight lines.
    Triangle,
    /// Up in a straight line, then back at once.
    Saw,
    /// 0 for half of the period, then 1.
    Square,
}

impl Shape {
    /// Names in scene files.
    pub const NAMES: &'static [&'static str] = &["sine", "triangle", "saw", "square"];
    /// In the order of [`Self::NAMES`].
    pub const ALL: [Self; 4] = [Self::Sine, Self::Triangle, Self::Saw, Self::Square];
}

/// A signal that comes from the clock alone.
#[derive(Clone, Debug, PartialEq)]
pub struct Wave {
    /// `wave.NAME`.
    pub name: String,
    /// Its shape.
    pub shape: Shape,
    /// Seconds.
    pub period: f64,
    /// Start, in turns.
    pub phase: f64,
}

impl Wave {
    /// Value 0..1 after `seconds`.
    pub fn at(&self, seconds: f64) -> f64 {
        let turns = seconds / self.period + self.phase;
        let t = turns - libm::floor(turns);
        match self.shape {
            Shape::Sine => 0.5 - 0.5 * libm::cos(TAU * t),
            Shape::Triangle => 1.0 - (2.0 * t - 1.0).abs(),
            Shape::Saw => t,
            Shape::Square => (t >= 0.5) as u8 as f64,
        }
    }
}

/// How a link bends its signal before the span.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Curve {
    /// As it is.
    Linear,
    /// Slow at both ends (3t² − 2t³).
    Smooth,
    /// t to this power; above 1 favours the low end.
    Power(f64),
}

impl Curve {
    /// 0..1 to 0..1.
    pub fn bend(self, t: f64) -> f64 {
        match self {
            Self::Linear => t,
            Self::Smooth => t * t * (3.0 - 2.0 * t),
            Self::Power(p) => libm::pow(t, p),
        }
    }
}

/// What a link does to its target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Moves the knob; several modulations of one knob add their deviations from its set value.
    Modulate,
    /// Replaces the knob's value while active; the last declared active one wins.
    Suppress,
    /// Silences an output of a node (all of them if none is named) while active.
    Inhibit,
}

impl Mode {
    /// Names in scene files.
    pub const NAMES: &'static [&'static str] = &["modulate", "suppress", "inhibit"];
    /// In the order of [`Self::NAMES`].
    pub const ALL: [Self; 3] = [Self::Modulate, Self::Suppress, Self::Inhibit];
}

/// From a signal to a knob.
#[derive(Clone, Debug, PartialEq)]
pub struct Link {
    /// Signal name (`life.births`, `judge.novelty`, `wave.slow`).
    pub from: String,
    /// Address of a knob (`gas.inflow`, `layer.smoke.opacity`) or, to inhibit, of a node or output.
    pub to: String,
    /// What it does.
    pub mode: Mode,
    /// Signal values that count as 0 and 1.
    pub range: [f64; 2],
    /// Knob values at 0 and 1.
    pub span: [f64; 2],
    /// Shape between.
    pub curve: Curve,
    /// Time constant of smoothing, seconds; 0 follows at once.
    pub lag: f64,
    /// Active while the normalised signal is above this (suppress, inhibit).
    pub above: f64,
    /// Seconds it stays active after the signal fell.
    pub hold: f64,
    /// Beats between two looks at the signal; 0 looks at every tick, and so does a show without a tempo.
    pub quantise: f64,
}

/// A link with what it remembers.
#[derive(Clone, Debug, PartialEq)]
pub struct LiveLink {
    /// The declaration.
    pub link: Link,
    /// Cut by hand: it does nothing while false.
    pub on: bool,
    smooth: Option<f64>,
    active_until: f64,
    held: Option<(f64, f64)>,
}

/// What a link wants at a tick.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Wish {
    /// Value for the knob.
    pub value: f64,
    /// Whether a suppressor or inhibitor is active.
    pub active: bool,
}

impl LiveLink {
    /// A link that has seen nothing yet.
    pub fn new(link: Link) -> Self {
        Self { link, on: true, smooth: None, active_until: f64::NEG_INFINITY, held: None }
    }

    fn quantised(&mut self, signal: f64, beats: Option<f64>) -> f64 {
        let Some(beats) = beats.filter(|_| self.link.quantise > 0.0) else {
            self.held = None;
            return signal;
        };
        let slot = libm::floor(beats / self.link.quantise);
        match self.held {
            Some((last, value)) if last == slot => value,
            _ => {
                self.held = Some((slot, signal));
                signal
            }
        }
    }

    /// Takes over the memory of a link that was declared alike before a reload.
    pub fn inherit(&mut self, old: &LiveLink) {
        (self.on, self.smooth) = (old.on, old.smooth);
        (self.active_until, self.held) = (old.active_until, old.held);
    }

    /// Follows the signal for one tick of `dt` seconds that ends at `now`; `beats` are those so far where there is a
    /// tempo.
    pub fn follow(&mut self, signal: f64, now: f64, dt: f64, beats: Option<f64>) -> Wish {
        let signal = self.quantised(signal, beats);
        let l = &self.link;
        let width = l.range[1] - l.range[0];
        let raw = if width == 0.0 { 0.0 } else { ((signal - l.range[0]) / width).clamp(0.0, 1.0) };
        let raw = if raw.is_nan() { 0.0 } else { raw };
        let keep = if l.lag > 0.0 { libm::exp(-dt / l.lag) } else { 0.0 };
        let t = self.smooth.map_or(raw, |s| raw + (s - raw) * keep);
        self.smooth = Some(t);
        if t > l.above {
            self.active_until = now + l.hold;
        }
        let value = l.span[0] + (l.span[1] - l.span[0]) * l.curve.bend(t);
        Wish { value, active: self.on && (t > l.above || now < self.active_until) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link() -> Link {
        Link {
            from: "a.b".into(),
            to: "c.d".into(),
            mode: Mode::Suppress,
            range: [0.0, 10.0],
            span: [2.0, 4.0],
            curve: Curve::Linear,
            lag: 0.0,
            above: 0.5,
            hold: 1.0,
            quantise: 0.0,
        }
    }

    #[test]
    fn a_signal_is_mapped_through_range_and_span() {
        let mut l = LiveLink::new(link());
        assert_eq!(l.follow(5.0, 0.0, 0.1, None).value, 3.0);
        assert_eq!(l.follow(-7.0, 0.1, 0.1, None).value, 2.0);
        assert_eq!(l.follow(1e9, 0.2, 0.1, None).value, 4.0);
        assert_eq!(l.follow(f64::NAN, 0.3, 0.1, None).value, 2.0);
    }

    #[test]
    fn a_suppressor_stays_active_for_its_hold_time_and_no_longer() {
        let mut l = LiveLink::new(link());
        assert!(!l.follow(4.0, 0.0, 0.1, None).active);
        assert!(l.follow(6.0, 0.1, 0.1, None).active);
        assert!(l.follow(0.0, 1.0, 0.1, None).active);
        assert!(!l.follow(0.0, 1.2, 0.1, None).active);
    }

    #[test]
    fn a_quantised_link_looks_only_on_the_beat() {
        let mut l = LiveLink::new(Link { quantise: 2.0, ..link() });
        let seen: Vec<f64> =
            (0..9).map(|i| l.follow(i as f64, i as f64, 0.1, Some(i as f64 * 0.5)).value).collect();
        assert_eq!(seen[..8], [2.0, 2.0, 2.0, 2.0, 2.8, 2.8, 2.8, 2.8]);
        assert_eq!(l.follow(9.0, 9.0, 0.1, None).value, 3.8, "without a tempo it follows at once");
    }

    #[test]
    fn lag_is_the_time_constant_of_an_exponential() {
        let mut l = LiveLink::new(Link { lag: 2.0, ..link() });
        l.follow(0.0, 0.0, 0.01, None);
        let after: Vec<f64> = (1..=200).map(|i| l.follow(10.0, i as f64 * 0.01, 0.01, None).value).collect();
        let reached = (after[199] - 2.0) / 2.0;
        assert!((reached - (1.0 - (-1.0f64).exp())).abs() < 1e-9, "{reached}");
    }

    #[test]
    fn waves_start_low_and_repeat() {
        for shape in Shape::ALL {
            let w = Wave { name: "w".into(), shape, period: 3.0, phase: 0.0 };
            assert_eq!(w.at(0.0), 0.0);
            assert!((w.at(1.0) - w.at(4.0)).abs() < 1e-9);
            assert!((0..100).all(|i| (0.0..=1.0).contains(&w.at(i as f64 * 0.07))));
        }
        let sine = Wave { name: "w".into(), shape: Shape::Sine, period: 4.0, phase: 0.25 };
        assert!((sine.at(0.0) - 0.5).abs() < 1e-12 && (sine.at(1.0) - 1.0).abs() < 1e-12);
    }
}
