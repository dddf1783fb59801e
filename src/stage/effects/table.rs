//! The effects there are: one row each, its knobs declared once.

use world::params;
use world::params::{Params, Spec};

params! {
    /// Light that spills over from bright parts.
    pub struct Bloom {
        /// How much of the spilled light is added.
        strength: f32 = 0.8 in 0.0..=3.0;
        /// Brightness from which light spills.
        threshold: f32 = 0.6 in 0.0..=1.0;
        /// How far it spills, as a multiple of about 2 % of the width.
        radius: f32 = 1.5 in 0.25..=4.0, Log;
    }
}

params! {
    /// Earlier pictures that linger, drift and turn.
    pub struct Feedback {
        /// How much of the last picture is left in this one.
        persistence: f32 = 0.94 in 0.0..=0.995;
        /// Growth of what lingers, per frame.
        zoom: f32 = 1.006 in 0.9..=1.1;
        /// Turn of what lingers, degrees a frame.
        turn: f32 = 0.15 in -5.0..=5.0, unit "°";
        /// Shift of hue of what lingers, per frame.
        hue: f32 = 0.006 in 0.0..=0.1;
    }
}

params! {
    /// A sector of the picture, mirrored round the middle.
    pub struct Kaleidoscope {
        /// Number of mirrored sectors.
        sectors: u32 = 6 in 2..=24;
        /// Turn of the mirrors, revolutions a minute.
        spin: f32 = 0.5 in -10.0..=10.0, unit "/min";
        /// Magnification of the sector.
        zoom: f32 = 1.0 in 0.25..=4.0, Log;
    }
}

params! {
    /// An old picture tube: bent glass, lines, dark corners.
    pub struct Tube {
        /// How far the glass is bent.
        curvature: f32 = 0.12 in 0.0..=0.5;
        /// Depth of the dark gaps between lines.
        lines: f32 = 0.35 in 0.0..=1.0;
        /// Number of lines.
        count: u32 = 240 in 60..=1080;
        /// Distance between the colours at the border, as a fraction of the width.
        fringe: f32 = 0.0015 in 0.0..=0.01;
        /// Darkness of the corners.
        vignette: f32 = 0.4 in 0.0..=1.0;
    }
}

/// One effect.
pub struct Effect {
    /// Its name, and that of its file in `shaders/`.
    pub name: &'static str,
    /// One sentence.
    pub about: &'static str,
    /// The shader as it was when the program was built.
    pub source: &'static str,
    /// Its knobs.
    pub knobs: &'static [Spec],
    /// How many times smaller than the picture each part is drawn; the last is the result.
    pub parts: &'static [u32],
}

/// All effects, in the order in which they follow each other.
pub const EFFECTS: &[Effect] = &[
    Effect {
        name: "feedback",
        about: "Earlier pictures that linger, drift and turn.",
        source: include_str!("../../../shaders/feedback.glsl"),
        knobs: Feedback::SPECS,
        parts: &[1],
    },
    Effect {
        name: "kaleidoscope",
        about: "A sector of the picture, mirrored round the middle.",
        source: include_str!("../../../shaders/kaleidoscope.glsl"),
        knobs: Kaleidoscope::SPECS,
        parts: &[1],
    },
    Effect {
        name: "bloom",
        about: "Light that spills over from bright parts.",
        source: include_str!("../../../shaders/bloom.glsl"),
        knobs: Bloom::SPECS,
        parts: &[2, 4, 4, 4, 4, 1],
    },
    Effect {
        name: "tube",
        about: "An old picture tube: bent glass, lines, dark corners.",
        source: include_str!("../../../shaders/tube.glsl"),
        knobs: Tube::SPECS,
        parts: &[1],
    },
];
