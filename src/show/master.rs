//! Light of the whole picture and volume of all sound: blackout, fade, freeze, mute. Held in atomics, beside the show and not inside it, so that
//! they act at once and also while the engine hangs.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::Relaxed};

/// Longest fade, seconds.
pub const LONGEST_FADE: f32 = 60.0;

/// What the output does with the picture. Every call is safe to make twice.
#[derive(Debug)]
pub struct Master {
    black: AtomicBool,
    frozen: AtomicBool,
    level: AtomicU32,
    fade: AtomicU32,
    volume: AtomicU32,
    mute: AtomicBool,
}

impl Default for Master {
    fn default() -> Self {
        Self {
            black: AtomicBool::new(false),
            frozen: AtomicBool::new(false),
            level: AtomicU32::new(1f32.to_bits()),
            fade: AtomicU32::new(0.35f32.to_bits()),
            volume: AtomicU32::new(1f32.to_bits()),
            mute: AtomicBool::new(false),
        }
    }
}

impl Master {
    /// The picture goes black at once, or comes back.
    pub fn black_out(&self, on: bool) {
        self.black.store(on, Relaxed);
    }
    /// Whether it is black.
    pub fn is_black(&self) -> bool {
        self.black.load(Relaxed)
    }
    /// The picture stands still, or goes on; the world lives on unseen.
    pub fn freeze(&self, on: bool) {
        self.frozen.store(on, Relaxed);
    }
    /// Whether it stands still.
    pub fn is_frozen(&self) -> bool {
        self.frozen.load(Relaxed)
    }
    /// The light goes to `level` (0..1) within `seconds` (0..60). What is no number changes nothing.
    pub fn fade(&self, level: f32, seconds: f32) {
        if level.is_finite() && seconds.is_finite() {
            self.fade.store(seconds.clamp(0.0, LONGEST_FADE).to_bits(), Relaxed);
            self.level.store(level.clamp(0.0, 1.0).to_bits(), Relaxed);
        }
    }
    /// Where the light is going: (level 0..1, seconds that a whole fade takes).
    pub fn goal(&self) -> (f32, f32) {
        (f32::from_bits(self.level.load(Relaxed)), f32::from_bits(self.fade.load(Relaxed)))
    }
    /// Volume of all sound, 0..1, and whether it is muted. What is no number changes nothing.
    pub(super) fn set_volume(&self, volume: f32, mute: bool) {
        if volume.is_finite() {
            self.volume.store(volume.clamp(0.0, 1.0).to_bits(), Relaxed);
        }
        self.mute.store(mute, Relaxed);
    }
    /// Where the volume's fader stands, 0..1.
    pub fn volume(&self) -> f32 {
        f32::from_bits(self.volume.load(Relaxed))
    }
    /// Whether all sound is muted.
    pub fn is_mute(&self) -> bool {
        self.mute.load(Relaxed)
    }
    /// What is heard of all sound, as a factor: the fader's square, or nothing.
    pub fn loudness(&self) -> f32 {
        if self.is_mute() { 0.0 } else { self.volume() * self.volume() }
    }
    /// Light, and motion: as at the start.
    pub fn release(&self) {
        self.black_out(false);
        self.freeze(false);
        self.fade(1.0, 0.35);
    }
}

/// The light on its way to the master's goal; one for each output.
#[derive(Clone, Copy, Debug)]
pub struct Light(f32);

impl Default for Light {
    fn default() -> Self {
        Self(1.0)
    }
}

impl Light {
    /// The light after `seconds` more, 0..1. A blackout is dark at once; coming back from it takes the fade's time.
    pub fn follow(&mut self, master: &Master, seconds: f32) -> f32 {
        let (goal, fade) = master.goal();
        if master.is_black() {
            self.0 = 0.0;
        } else if fade <= 0.0 {
            self.0 = goal;
        } else {
            let step = seconds.max(0.0) / fade;
            self.0 += (goal - self.0).clamp(-step, step);
        }
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_blackout_is_dark_in_the_same_frame_and_twice_is_no_harm() {
        let (master, mut light) = (Master::default(), Light::default());
        master.black_out(true);
        master.black_out(true);
        assert_eq!(light.follow(&master, 0.0), 0.0);
        master.black_out(false);
        let back = light.follow(&master, 0.035);
        assert!(back > 0.0 && back < 0.2, "{back}");
        assert_eq!(light.follow(&master, 1.0), 1.0);
    }

    #[test]
    fn a_fade_takes_its_time_and_nonsense_changes_nothing() {
        let (master, mut light) = (Master::default(), Light::default());
        master.fade(0.0, 2.0);
        master.fade(f32::NAN, 1.0);
        assert!((light.follow(&master, 0.5) - 0.75).abs() < 1e-6);
        assert!((light.follow(&master, 1.0) - 0.25).abs() < 1e-6);
        master.release();
        assert_eq!(light.follow(&master, 9.0), 1.0);
        master.fade(7.0, -3.0);
        assert_eq!(master.goal(), (1.0, 0.0));
    }

    #[test]
    fn a_fader_of_volume_is_heard_as_its_square_and_muted_not_at_all() {
        let master = Master::default();
        assert_eq!((master.volume(), master.loudness()), (1.0, 1.0));
        master.set_volume(0.5, false);
        assert_eq!(master.loudness(), 0.25);
        master.set_volume(f32::NAN, true);
        assert_eq!((master.volume(), master.is_mute(), master.loudness()), (0.5, true, 0.0));
        master.set_volume(7.0, false);
        assert_eq!(master.loudness(), 1.0);
    }

    #[test]
    fn a_release_thaws_and_lights_up() {
        let master = Master::default();
        master.freeze(true);
        master.black_out(true);
        master.fade(0.25, 9.0);
        assert!(master.is_frozen() && master.is_black());
        master.release();
        assert!(!master.is_frozen() && !master.is_black());
        assert_eq!(master.goal().0, 1.0);
        master.fade(0.5, 1e9);
        assert_eq!(master.goal(), (0.5, LONGEST_FADE));
        master.fade(0.25, 0.0);
        assert_eq!(Light::default().follow(&master, 0.0), 0.25, "without a time it is there at once");
    }
}
