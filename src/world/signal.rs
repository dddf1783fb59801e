//! Named scalars, and the links that carry them to knobs.
//!
//! A link *modulates* a knob, *suppresses* it (its value replaces the knob's while the signal is active, and for a
//! hold time after) or *inhibits* an output for a time: the two nodes of Brooks (1986), available to a whole scene.

use core::f64::consts::TAU;

/// Waveform of an LFO, 0..1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Waveform {
    /// (1 − cos) / 2.
    Sine,
    /// Up and down in straight lines.
    Triangle,
    /// Up in a straight line, then back at once.
    Saw,
    /// 0 for half of the period, then 1.
    Square,
}

impl Waveform {
    /// Names in scene files.
    pub const NAMES: &'static [&'static str] = &["sine", "triangle", "saw", "square"];
    /// In the order of [`Self::NAMES`].
    pub const ALL: [Self; 4] = [Self::Sine, Self::Triangle, Self::Saw, Self::Square];
}

/// A low-frequency oscillator: a signal that depends on the clock alone.
#[derive(Clone, Debug, PartialEq)]
pub struct Lfo {
    /// `wave.NAME`.
    pub name: String,
    /// Its waveform.
    pub shape: Waveform,
    /// Seconds.
    pub period: f64,
    /// Initial phase, in turns.
    pub phase: f64,
}

impl Lfo {
    /// Value 0..1 after `seconds`.
    pub fn at(&self, seconds: f64) -> f64 {
        let turns = seconds / self.period + self.phase;
        let t = turns - libm::floor(turns);
        match self.shape {
            Waveform::Sine => 0.5 - 0.5 * libm::cos(TAU * t),
            Waveform::Triangle => 1.0 - (2.0 * t - 1.0).abs(),
            Waveform::Saw => t,
            Waveform::Square => (t >= 0.5) as u8 as f64,
        }
    }
}

/// Response curve of a link, applied before the span.
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

/// A modulation of a knob by a signal.
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
    /// Response curve.
    pub curve: Curve,
    /// Time constant of smoothing, seconds; 0 follows at once.
    pub lag: f64,
    /// Active while the normalised signal is above this (suppress, inhibit).
    pub above: f64,
    /// Seconds it stays active after the signal has fallen.
    pub hold: f64,
    /// Beats between two samples of the signal; 0, or a show without a tempo, samples every tick.
    pub quantise: f64,
}

/// A link with its state.
#[derive(Clone, Debug, PartialEq)]
pub struct LiveLink {
    /// The declaration.
    pub link: Link,
    /// Whether it is enabled; it does nothing while false.
    pub on: bool,
    smooth: Option<f64>,
    active_until: f64,
    held: Option<(f64, f64)>,
}

/// Output of a link at a tick.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LinkOutput {
    /// Value for the knob.
    pub value: f64,
    /// Whether a suppressor or inhibitor is active.
    pub active: bool,
}

impl LiveLink {
    /// A link in its initial state.
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

    /// Takes over the state of the link that had the same declaration before a reload.
    pub fn inherit(&mut self, old: &LiveLink) {
        (self.on, self.smooth) = (old.on, old.smooth);
        (self.active_until, self.held) = (old.active_until, old.held);
    }

    /// Follows the signal for one tick of `dt` seconds that ends at `now`; `beats` counts those so far, if there is a
    /// tempo.
    pub fn follow(&mut self, signal: f64, now: f64, dt: f64, beats: Option<f64>) -> LinkOutput {
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
        LinkOutput { value, active: self.on && (t > l.above || now < self.active_until) }
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
    fn a_quantised_link_samples_only_on_the_beat() {
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
        for shape in Waveform::ALL {
            let w = Lfo { name: "w".into(), shape, period: 3.0, phase: 0.0 };
            assert_eq!(w.at(0.0), 0.0);
            assert!((w.at(1.0) - w.at(4.0)).abs() < 1e-9);
            assert!((0..100).all(|i| (0.0..=1.0).contains(&w.at(i as f64 * 0.07))));
        }
        // At quarters of the period, and just before each of them.
        let quarters = [
            (Waveform::Sine, [0.0, 0.5, 1.0, 0.5, 0.0], [0.0, 0.5, 1.0, 0.5]),
            (Waveform::Triangle, [0.0, 0.5, 1.0, 0.5, 0.0], [0.0, 0.5, 1.0, 0.5]),
            (Waveform::Saw, [0.0, 0.25, 0.5, 0.75, 0.0], [1.0, 0.25, 0.5, 0.75]),
            (Waveform::Square, [0.0, 0.0, 1.0, 1.0, 0.0], [1.0, 0.0, 0.0, 1.0]),
        ];
        for (shape, at, before) in quarters {
            for phase in [0.0, 0.25, 0.5, 3.0] {
                let w = Lfo { name: "w".into(), shape, period: 3.2, phase };
                for (i, wanted) in at.into_iter().enumerate() {
                    let turns = i as f64 / 4.0 - phase + 7.0;
                    let found = w.at(3.2 * (turns + 1e-9));
                    assert!((found - wanted).abs() < 1e-6, "{shape:?} at {turns}: {found}");
                    let (found, wanted) = (w.at(3.2 * (turns - 1e-9)), before[i % 4]);
                    assert!((found - wanted).abs() < 1e-6, "{shape:?} before {turns}: {found}");
                }
            }
        }
        let eighth = |shape| Lfo { name: "w".into(), shape, period: 8.0, phase: 0.0 }.at(1.0);
        assert!((eighth(Waveform::Sine) - (0.5 - 0.125f64.sqrt())).abs() < 1e-12);
        assert_eq!(
            [eighth(Waveform::Triangle), eighth(Waveform::Saw), eighth(Waveform::Square)],
            [0.25, 0.125, 0.0]
        );
        let sine = Lfo { name: "w".into(), shape: Waveform::Sine, period: 4.0, phase: 0.25 };
        assert!((sine.at(0.0) - 0.5).abs() < 1e-12 && (sine.at(1.0) - 1.0).abs() < 1e-12);
    }

    #[test]
    fn curves_bend_between_their_ends() {
        for (curve, quarter, half) in
            [(Curve::Linear, 0.25, 0.5), (Curve::Smooth, 0.15625, 0.5), (Curve::Power(2.0), 0.0625, 0.25)]
        {
            assert_eq!([0.0, 0.25, 0.5, 1.0].map(|t| curve.bend(t)), [0.0, quarter, half, 1.0], "{curve:?}");
        }
    }

    #[test]
    fn a_range_may_fall_or_have_no_width_and_a_value_at_the_threshold_is_not_above() {
        let mut falling = LiveLink::new(Link { range: [10.0, 6.0], ..link() });
        assert_eq!([7.0, 10.0, 6.0].map(|s| falling.follow(s, 0.0, 0.1, None).value), [3.5, 2.0, 4.0]);
        let mut point = LiveLink::new(Link { range: [5.0, 5.0], ..link() });
        assert_eq!(point.follow(9.0, 0.0, 0.1, None), LinkOutput { value: 2.0, active: false });
        let mut l = LiveLink::new(Link { hold: 0.0, ..link() });
        assert_eq!([5.0, 5.1, 5.0].map(|s| l.follow(s, 0.0, 0.1, None).active), [false, true, false]);
        l.on = false;
        assert!(!l.follow(9.0, 0.0, 0.1, None).active, "a disabled link is never active");
        let mut held = LiveLink::new(link());
        held.follow(9.0, 3.0, 0.1, None);
        assert_eq!([3.9, 4.0].map(|now| held.follow(0.0, now, 0.1, None).active), [true, false]);
    }

    #[test]
    fn a_link_with_the_same_declaration_inherits_the_state() {
        let lagging = Link { lag: 2.0, quantise: 1.0, ..link() };
        let mut old = LiveLink::new(lagging.clone());
        old.follow(9.0, 1.0, 0.1, Some(0.5));
        old.on = false;
        let mut new = LiveLink::new(lagging);
        new.inherit(&old);
        assert_eq!(new, old);
        assert_eq!(new.follow(0.0, 1.1, 0.1, Some(0.9)), old.follow(0.0, 1.1, 0.1, Some(0.9)));
    }
}
