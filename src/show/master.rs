//! Master brightness and volume: blackout, fade, freeze, mute. Held in atomics, outside the show, so that they act at
//! once, even while the engine hangs.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::Relaxed};

use serde::{Deserialize, Serialize};

use super::flash::Cell;
use world::frame::colour::linear_of_srgb;

/// Longest fade, seconds.
pub const LONGEST_FADE: f32 = 60.0;
/// Default fade, seconds.
const FADE: f32 = 0.35;
/// Fade at the opening hours, seconds.
const CLOSING: f32 = 5.0;

/// The master controls. Every call is safe to repeat.
#[derive(Debug)]
pub struct Master {
    black: AtomicBool,
    frozen: AtomicBool,
    level: AtomicU32,
    fade: AtomicU32,
    volume: AtomicU32,
    mute: AtomicBool,
    closed: AtomicBool,
    /// Number of releases.
    released: AtomicU32,
}

/// Master state: brightness, volume and pause, restored when a show resumes.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct MasterState {
    /// The picture is black.
    pub black: bool,
    /// Brightness fader, 0..1.
    pub light: f32,
    /// Volume fader, 0..1.
    pub volume: f32,
    /// All sound is muted.
    pub mute: bool,
    /// The clock is paused.
    pub paused: bool,
}

impl Default for MasterState {
    fn default() -> Self {
        Self { black: false, light: 1.0, volume: 1.0, mute: false, paused: false }
    }
}

impl Default for Master {
    fn default() -> Self {
        Self {
            black: AtomicBool::new(false),
            frozen: AtomicBool::new(false),
            level: AtomicU32::new(1f32.to_bits()),
            fade: AtomicU32::new(FADE.to_bits()),
            volume: AtomicU32::new(1f32.to_bits()),
            mute: AtomicBool::new(false),
            closed: AtomicBool::new(false),
            released: AtomicU32::new(0),
        }
    }
}

impl Master {
    /// Blacks out at once, or fades back in.
    pub fn blackout(&self, on: bool) {
        self.black.store(on, Relaxed);
    }
    /// Whether it is blacked out.
    pub fn is_black(&self) -> bool {
        self.black.load(Relaxed)
    }
    /// Freezes or unfreezes the picture; the worlds keep running unseen.
    pub fn freeze(&self, on: bool) {
        self.frozen.store(on, Relaxed);
    }
    /// Whether the picture is frozen.
    pub fn is_frozen(&self) -> bool {
        self.frozen.load(Relaxed)
    }
    /// Fades the brightness to `level` (0..1) within `seconds` (0..60). Non-finite values are ignored.
    pub fn fade(&self, level: f32, seconds: f32) {
        if level.is_finite() && seconds.is_finite() {
            self.fade.store(seconds.clamp(0.0, LONGEST_FADE).to_bits(), Relaxed);
            self.level.store(level.clamp(0.0, 1.0).to_bits(), Relaxed);
        }
    }
    /// Target of the fade: (level 0..1, seconds of a full fade).
    pub fn goal(&self) -> (f32, f32) {
        (f32::from_bits(self.level.load(Relaxed)), f32::from_bits(self.fade.load(Relaxed)))
    }
    /// Sets master volume, 0..1, and mute. A non-finite volume is ignored.
    pub(super) fn set_volume(&self, volume: f32, mute: bool) {
        if volume.is_finite() {
            self.volume.store(volume.clamp(0.0, 1.0).to_bits(), Relaxed);
        }
        self.mute.store(mute, Relaxed);
    }
    /// Position of the volume fader, 0..1.
    pub fn volume(&self) -> f32 {
        f32::from_bits(self.volume.load(Relaxed))
    }
    /// Whether all sound is muted.
    pub fn is_mute(&self) -> bool {
        self.mute.load(Relaxed)
    }
    /// Master gain as a factor: the square of the fader, or 0 when muted.
    pub fn loudness(&self) -> f32 {
        if self.is_mute() { 0.0 } else { self.volume() * self.volume() }
    }
    /// The master state.
    pub fn state(&self, paused: bool) -> MasterState {
        let (black, mute) = (self.is_black(), self.is_mute());
        MasterState { black, light: self.goal().0, volume: self.volume(), mute, paused }
    }
    /// Outside the opening hours the picture is black, whatever the brightness fader says.
    pub fn close(&self, closed: bool) {
        self.closed.store(closed, Relaxed);
    }
    /// Whether it is outside the opening hours.
    pub fn is_closed(&self) -> bool {
        self.closed.load(Relaxed)
    }
    /// Ends blackout, freeze and dimming, at once and without a fade. The opening hours still apply.
    pub fn release(&self) {
        self.blackout(false);
        self.freeze(false);
        self.fade(1.0, FADE);
        self.released.fetch_add(1, Relaxed);
    }
}

/// Brightness on its way to the master's target; one for each output.
#[derive(Clone, Copy, Debug)]
pub struct MasterFade {
    /// Current level, 0..1.
    level: f32,
    /// The same for the opening hours, which act independently; `None` before the first frame, which does not fade.
    hours: Option<f32>,
    released: u32,
    /// Whether brightness changes are themselves limited to three flashes a second.
    pub limits: bool,
    /// A white cell at this brightness, in which flashes are counted.
    white: Cell,
    time: f64,
}

impl Default for MasterFade {
    fn default() -> Self {
        let mut white = Cell::default();
        white.begin([1.0; 3]);
        Self { level: 1.0, hours: None, released: 0, limits: true, white, time: 0.0 }
    }
}

impl MasterFade {
    /// One without the flash limit.
    pub fn free() -> Self {
        Self { limits: false, ..Self::default() }
    }

    /// Brightness after `seconds` more, 0..1. Blackout and release act at once; returning from a blackout takes the
    /// fade time.
    ///
    /// Toggling blackout many times a second makes a strobe by hand. Darkness is never refused, so it is the return
    /// that waits, once there have been three within a second. In normal performance this never happens.
    pub fn follow(&mut self, master: &Master, seconds: f32) -> f32 {
        let seconds = seconds.max(0.0);
        self.time += seconds as f64;
        let (goal, fade) = master.goal();
        let released = master.released.load(Relaxed);
        let at_once = std::mem::replace(&mut self.released, released) != released;
        let next = match () {
            () if master.is_black() => 0.0,
            () if at_once => goal,
            () => towards(self.level, goal, seconds, fade),
        };
        let rejected = self.limits && !at_once && next > self.level && {
            self.white.is_too_much([linear(next); 3], [linear(next); 3], self.time)
        };
        if !rejected {
            self.level = next;
        }
        self.white.follow([linear(self.level); 3], [linear(next); 3], self.time);
        let open = if master.is_closed() { 0.0 } else { 1.0 };
        let hours = self.hours.map_or(open, |hours| towards(hours, open, seconds, CLOSING));
        self.hours = Some(hours);
        self.level * hours
    }
}

/// Moves `level` towards a target by `seconds` of a full fade.
fn towards(level: f32, goal: f32, seconds: f32, fade: f32) -> f32 {
    let step = if fade > 0.0 { seconds / fade } else { 1.0 };
    level + (goal - level).clamp(-step, step)
}

fn linear(level: f32) -> f32 {
    linear_of_srgb(level as f64) as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_blackout_is_dark_in_the_same_frame_and_safe_to_repeat() {
        let (master, mut light) = (Master::default(), MasterFade::default());
        master.blackout(true);
        master.blackout(true);
        assert_eq!(light.follow(&master, 0.0), 0.0);
        master.blackout(false);
        let back = light.follow(&master, 0.035);
        assert!(back > 0.0 && back < 0.2, "{back}");
        assert_eq!(light.follow(&master, 1.0), 1.0);
    }

    #[test]
    fn a_release_is_light_in_the_same_frame_wherever_the_fader_was() {
        let (master, mut light) = (Master::default(), MasterFade::default());
        for _ in 0..9 {
            master.blackout(true);
            master.freeze(true);
            assert_eq!(light.follow(&master, 0.016), 0.0);
            master.release();
            assert_eq!(light.follow(&master, 0.016), 1.0);
            assert!(!master.is_black() && !master.is_frozen());
        }
        // It is done once: the next blackout comes back by its fade.
        master.blackout(true);
        light.follow(&master, 0.016);
        master.blackout(false);
        assert!(light.follow(&master, 2.0) == 1.0 && master.goal() == (1.0, FADE));
    }

    #[test]
    fn opening_hours_leave_the_fader_where_it_is() {
        let (master, mut light) = (Master::default(), MasterFade::default());
        master.fade(0.5, 0.0);
        assert_eq!(light.follow(&master, 0.016), 0.5);
        master.close(true);
        assert!((light.follow(&master, 2.5) - 0.25).abs() < 1e-6, "in five seconds");
        assert_eq!(light.follow(&master, 9.0), 0.0);
        assert_eq!(master.goal(), (0.5, 0.0));
        // Nobody can light the night by hand.
        master.release();
        assert_eq!(light.follow(&master, 9.0), 0.0);
        master.fade(0.5, 0.0);
        master.close(false);
        light.follow(&master, 9.0);
        assert_eq!(light.follow(&master, 0.016), 0.5);
        // A show that begins at night begins dark.
        master.close(true);
        assert_eq!(MasterFade::default().follow(&master, 0.016), 0.0);
    }

    /// Most returns from dark to bright within a second, and whether every blackout was dark.
    fn returns(hertz: f64, fade: f32, limits: bool) -> (usize, bool) {
        let (master, mut light) = (Master::default(), MasterFade { limits, ..MasterFade::default() });
        let (mut times, mut low, mut dark) = (Vec::new(), false, true);
        master.fade(1.0, fade);
        for i in 0..600 {
            let now = i as f64 / 60.0;
            master.blackout((now * hertz).fract() < 0.5);
            let shown = linear(light.follow(&master, 1.0 / 60.0));
            dark &= !master.is_black() || shown == 0.0;
            if low && shown >= 0.1 {
                times.push(now);
            }
            low = if shown >= 0.1 { false } else { low || shown == 0.0 };
        }
        let most =
            (0..times.len()).map(|i| times[i..].iter().take_while(|t| **t < times[i] + 0.999).count()).max();
        (most.unwrap_or(0), dark)
    }

    #[test]
    fn a_blackout_that_is_hit_again_and_again_makes_no_strobe_and_is_always_dark() {
        for (hertz, fade) in [(1.0, FADE), (2.0, 0.0), (2.9, FADE), (2.9, 0.0)] {
            let same = returns(hertz, fade, true) == returns(hertz, fade, false);
            assert!(same, "{hertz} a second are left alone");
        }
        for hertz in [3.4, 4.0, 4.3, 5.0, 9.0, 30.0] {
            for fade in [FADE, 0.1, 0.0] {
                let (most, dark) = returns(hertz, fade, true);
                assert!(most <= 3 && dark, "{hertz} a second: {most}");
            }
        }
        assert!(returns(4.0, 0.1, false).0 > 3 && returns(9.0, 0.0, false).0 > 8, "the counter counts");
    }

    #[test]
    fn a_fade_takes_its_time_and_non_finite_values_are_ignored() {
        let (master, mut light) = (Master::default(), MasterFade::default());
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
    fn the_gain_is_the_square_of_the_volume_fader_and_zero_when_muted() {
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
    fn a_release_ends_freeze_and_blackout() {
        let master = Master::default();
        master.freeze(true);
        master.blackout(true);
        master.fade(0.25, 9.0);
        assert!(master.is_frozen() && master.is_black());
        master.release();
        assert!(!master.is_frozen() && !master.is_black());
        assert_eq!(master.goal().0, 1.0);
        master.fade(0.5, 1e9);
        assert_eq!(master.goal(), (0.5, LONGEST_FADE));
        master.fade(0.25, 0.0);
        assert_eq!(MasterFade::default().follow(&master, 0.0), 0.25, "without a time it is there at once");
    }
}
