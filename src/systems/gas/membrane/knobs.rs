//! Knobs of the membrane.

use super::outline::Rim;
use super::skin::Physics;

world::choices! {
    /// Outline of the skin where no shape is wired.
    pub enum Form {
        /// The whole world.
        Full: "full",
        /// A square.
        Square: "square",
        /// A circle.
        Circle: "circle",
    }
}

world::params! {
    /// Knobs of a skin. Displacements are in units of their own; 1 is a hard blow.
    pub struct MembraneKnobs {
        /// Pitch of the lowest tone that a square skin of this tension would have, held at its rim and as large as the
        /// world's shorter side.
        pitch: f32 = 85.0 in 5.0..=2000.0, Log, unit "Hz";
        /// Tension: 0 leaves a plate that has stiffness only.
        tension: f32 = 1.0 in 0.0..=1.0;
        /// Stiffness against bending: pitch that it gives the lowest tone, over that of full tension.
        stiffness: f32 = 0.0 in 0.0..=2.0;
        /// What the skin does at its rim: held, as a drum; free, as a plate.
        rim: Choice of Rim = "held";
        /// Outline, where no shape is wired.
        form: Choice of Form = "circle";
        /// Size of a square or circle, as a fraction of the world's shorter side.
        extent: f32 = 0.97 in 0.05..=1.0;
        /// The input `shape` is skin above this.
        threshold: f32 = 0.5 in 0.0..=1.0;
        /// Time in which low tones fade by 60 dB.
        t60: f32 = 2.4 in 0.05..=60.0, Log, unit "s";
        /// Time in which a tone of 2 kHz fades by 60 dB; no longer than `t60`.
        t60_high: f32 = 0.35 in 0.01..=60.0, Log, unit "s";
        /// Samples of sound for each step: more lets larger skins keep up, which then are lower and duller.
        divide: u32 = 1 in 1..=64;
        /// How hard touches strike.
        strike: f32 = 0.7 in 0.0..=4.0;
        /// How long a hammer touches the skin: a soft one gives a dull tone.
        hammer: f32 = 2.5 in 0.1..=50.0, Log, unit "ms";
        /// How firmly a touch with the right button, or a resting finger, mutes the skin.
        mute: f32 = 0.3 in 0.0..=1.0;
        /// Force of the shaker.
        shake: f32 = 0.12 in 0.0..=4.0;
        /// Tone of the shaker.
        shake_pitch: f32 = 410.0 in 1.0..=12000.0, Log, unit "Hz";
        /// Place of the shaker across.
        shake_x: f32 = 0.53 in 0.0..=1.0;
        /// Place of the shaker down.
        shake_y: f32 = 0.55 in 0.0..=1.0;
        /// Time after which the shaker takes another tone; 0 is never.
        roam: f32 = 11.0 in 0.0..=600.0, unit "s";
        /// How far apart those tones are.
        roam_span: f32 = 2.2 in 0.0..=6.0, unit "octaves";
        /// How quickly the shaker turns to the nearest tone at which the skin answers; 0 keeps its pitch.
        seek: f32 = 0.35 in 0.0..=4.0, unit "octaves/s";
        /// How much the sound of the room moves the skin.
        hear_gain: f32 = 0.5 in 0.0..=20.0;
        /// Where the room's sound acts, across.
        hear_x: f32 = 0.42 in 0.0..=1.0;
        /// Where it acts, down.
        hear_y: f32 = 0.4 in 0.0..=1.0;
        /// How far the input `drive` bends the skin where it is 1.
        drive_gain: f32 = 0.3 in 0.0..=10.0;
        /// How hard a rise of the input `excite` by 1 strikes.
        excite_gain: f32 = 0.3 in 0.0..=10.0;
        /// Left listening point, across.
        left_x: f32 = 0.3 in 0.0..=1.0;
        /// Left listening point, down.
        left_y: f32 = 0.38 in 0.0..=1.0;
        /// Right listening point, across.
        right_x: f32 = 0.68 in 0.0..=1.0;
        /// Right listening point, down.
        right_y: f32 = 0.6 in 0.0..=1.0;
        /// Loudness of what they hear.
        level: f32 = -6.0 in -60.0..=24.0, unit "dB";
        /// Grains of sand.
        grains: u32 = 16000 in 0..=50000;
        /// Weight of a grain: how fast the skin must move to throw it.
        weight: f32 = 0.06 in 0.001..=10.0, Log;
        /// How far grains are thrown.
        hop: f32 = 1.0 in 0.0..=10.0;
        /// Brightness of the moving skin in the picture.
        glow: f32 = 1.0 in 0.0..=10.0;
    }
}

/// Frequency that `t60_high` is for, Hz.
const HIGH: f64 = 2000.0;
/// Natural logarithm of 60 dB.
const LN_1000: f64 = 6.907_755_278_982_137;
/// Frequency of the springs under a free plate, Hz.
const BEDDING: f64 = 4.0;

impl MembraneKnobs {
    /// Angular frequency of the pitch, rad/s.
    pub fn turn(&self) -> f32 {
        core::f32::consts::TAU * self.pitch
    }

    /// Physics of a skin in a world of this size, at this many steps a second.
    pub fn physics(&self, (width, height): (usize, usize), rate: f64) -> Physics {
        let side = width.min(height) as f64;
        let turn = core::f64::consts::TAU * self.pitch as f64;
        // Wave number of a square's lowest tone: π√2 over its side.
        let wave = core::f64::consts::PI * core::f64::consts::SQRT_2 / side;
        let (full, tension) = (turn / wave, libm::sqrt(self.tension as f64));
        let damping = LN_1000 / self.t60 as f64;
        let more = (LN_1000 / self.t60_high as f64 - damping).max(0.0);
        // Damping at HIGH is `damping + smoothing·k²`, with the wave number there that of full tension.
        let high = core::f64::consts::TAU * HIGH / full;
        Physics {
            speed: full * tension,
            stiffness: self.stiffness as f64 * turn / (wave * wave),
            damping,
            smoothing: more / (high * high),
            bedding: if self.rim == Rim::Free { core::f64::consts::TAU * BEDDING } else { 0.0 },
            rate,
        }
    }
}
