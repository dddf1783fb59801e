//! Sine, decibels, panning, parameter smoothing.

/// sin(2π·`turns`), to 2·10⁻⁷, with the same bits on every machine.
#[inline(always)]
pub fn sine(turns: f32) -> f32 {
    let t = turns - (turns + 0.5).floor();
    // Folded to a quarter turn, where the polynomial is valid.
    let t = if t > 0.25 {
        0.5 - t
    } else if t < -0.25 {
        -0.5 - t
    } else {
        t
    };
    let x = t * core::f32::consts::TAU;
    let y = x * x;
    x * (1.0 + y * (-1.0 / 6.0 + y * (1.0 / 120.0 + y * (-1.0 / 5040.0 + y * (1.0 / 362_880.0)))))
}

/// Decibels as a factor.
pub fn from_db(db: f32) -> f32 {
    libm::powf(10.0, db / 20.0)
}

/// Coefficient of a one-pole smoother with time constant `seconds`: the share of the distance covered in one sample.
pub fn pole(seconds: f32, rate: f32) -> f32 {
    1.0 - libm::expf(-1.0 / (seconds.max(1e-4) * rate))
}

/// Parameter smoothing by two poles, per sample: neither the value nor its slope ever jumps.
#[derive(Clone, Copy, Debug, Default)]
pub struct SmoothedValue {
    now: f32,
    half: f32,
    target: f32,
    pole: f32,
}

impl SmoothedValue {
    /// Starts at `value`; reaches targets within about `seconds`.
    pub fn new(value: f32, seconds: f32, rate: f32) -> Self {
        Self { now: value, half: value, target: value, pole: pole(0.5 * seconds, rate) }
    }
    /// Sets the target.
    pub fn to(&mut self, target: f32) {
        self.target = target;
    }
    /// Sets the smoothing time, s.
    pub fn within(&mut self, seconds: f32, rate: f32) {
        self.pole = pole(0.5 * seconds, rate);
    }
    /// The current value.
    pub fn now(&self) -> f32 {
        self.now
    }
    /// Jumps to the target, for what is silent.
    pub fn jump(&mut self) {
        (self.half, self.now) = (self.target, self.target);
    }
    /// The next sample's value. It reaches the target: an endless decay towards zero would become denormal, which is
    /// slow on some processors and flushed to zero on others.
    #[inline(always)]
    pub fn next(&mut self) -> f32 {
        let near =
            |from: f32, to: f32| if (to - from).abs() > 1e-15 { from + (to - from) * self.pole } else { to };
        self.half = near(self.half, self.target);
        self.now = near(self.now, self.half);
        self.now
    }
    /// Whether it is, and stays, inaudible.
    pub fn is_silent(&self) -> bool {
        self.now.abs() < 1e-6 && self.half.abs() < 1e-6 && self.target.abs() < 1e-6
    }
}

/// Runs work that may set the processor to flush denormals to zero, and restores the mode afterwards: worlds computed
/// on the same thread must not depend on whether sound is rendered.
#[inline(always)]
pub fn keeping_denormals<R>(work: impl FnOnce() -> R) -> R {
    #[cfg(target_arch = "x86_64")]
    {
        let mut mode = 0u32;
        // SAFETY: stores the control word of SSE, which every x86-64 processor has, in the four bytes of `mode`.
        unsafe { core::arch::asm!("stmxcsr [{}]", in(reg) &mut mode, options(nostack, preserves_flags)) };
        let result = work();
        // SAFETY: loads what was just stored there.
        unsafe {
            core::arch::asm!("ldmxcsr [{}]", in(reg) &mode, options(nostack, preserves_flags, readonly))
        };
        result
    }
    #[cfg(not(target_arch = "x86_64"))]
    work()
}

/// Left and right gains of a pan position −1..1, of constant power.
pub fn pan(place: f32) -> [f32; 2] {
    let turns = (place.clamp(-1.0, 1.0) + 1.0) / 8.0;
    [sine(turns + 0.25), sine(turns)]
}

/// Amplitude of a frequency in a sound at 48 kHz (Goertzel 1958).
#[cfg(test)]
pub fn strength(x: &[f32], pitch: f64) -> f64 {
    let w = core::f64::consts::TAU * pitch / 48_000.0;
    let (mut a, mut b) = (0.0, 0.0);
    for (n, v) in x.iter().enumerate() {
        let window = 0.5 - 0.5 * (core::f64::consts::TAU * n as f64 / x.len() as f64).cos();
        a += *v as f64 * window * (w * n as f64).cos();
        b += *v as f64 * window * (w * n as f64).sin();
    }
    4.0 * (a * a + b * b).sqrt() / x.len() as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sine_is_exact_to_five_millionths() {
        for i in -4000..4000 {
            let t = i as f32 * 0.000_731;
            let exact = (t as f64 * core::f64::consts::TAU).sin();
            assert!((sine(t) as f64 - exact).abs() < 5e-6, "{t}");
        }
    }

    #[test]
    fn panning_has_constant_power() {
        for i in -10..=10 {
            let [l, r] = pan(i as f32 / 10.0);
            assert!((l * l + r * r - 1.0).abs() < 1e-5);
        }
        assert!(pan(-1.0)[1].abs() < 1e-6 && pan(1.0)[0].abs() < 1e-6);
    }

    #[test]
    fn a_smoothed_value_reaches_its_target() {
        for (from, to) in [(1.0, 0.0), (0.0, 440.0), (1e-3, 0.0), (20_000.0, 1e-3)] {
            let mut g = SmoothedValue::new(from, 0.01, 1000.0);
            g.to(to);
            for _ in 0..1000 {
                assert!(!g.next().is_subnormal() && !g.half.is_subnormal());
            }
            assert!((g.now() - to).abs() <= 1e-6 * to, "{} for {to}", g.now());
        }
    }

    #[test]
    fn a_smoothed_value_covers_most_of_the_distance_in_its_time() {
        let mut g = SmoothedValue::new(0.0, 0.1, 1000.0);
        g.to(1.0);
        for _ in 0..100 {
            g.next();
        }
        // 1 − 3·e⁻²: two poles of half the time each.
        assert!((g.now() - 0.594).abs() < 0.01, "{}", g.now());
    }
}
