//! How trails fade.

/// A trail below this is gone.
const GONE: f32 = 0.002;

/// How bright a trail is, by its age in ticks.
#[derive(Clone, Debug, Default)]
pub struct Fading {
    per_tick: f32,
    by_age: Vec<f32>,
}

impl Fading {
    /// Sets the time constant, in seconds, for ticks of `dt` seconds.
    pub fn set(&mut self, seconds: f32, dt: f32) {
        let per_tick = dt / seconds;
        if per_tick == self.per_tick {
            return;
        }
        self.per_tick = per_tick;
        let bright = |age: i32| libm::expf(-per_tick * age as f32);
        self.by_age = (0..1 << 16).map(bright).take_while(|v| *v > GONE).collect();
    }

    /// Brightness of a trail of an age, ticks; 0 if it is gone.
    pub fn at(&self, age: u32) -> f32 {
        self.by_age.get(age as usize).copied().unwrap_or(0.0)
    }
}
