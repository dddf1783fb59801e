//! What a scene may declare to be heard: the catalogue of voices, each with its knobs. Scene files, links, sliders and the
//! manual read it here. What makes the sound is the room `sound`: there each row of [`KINDS`] has a file with its synthesis
//! and its score, and the compiler refuses a row without one.

use super::params::{ParamSpec, Params};

/// What a voice listens to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reads {
    /// One field, `node.output` with one plane: how much there is, and where.
    Field,
    /// Signals by name: each is one tone.
    Signals,
}

/// A kind of voice. Only the rows of [`KINDS`] are any: nobody else can make one.
#[derive(Debug)]
pub struct VoiceKind {
    /// Name in scene files.
    pub name: &'static str,
    /// One sentence, with the source of the method.
    pub about: &'static str,
    /// What it listens to.
    pub reads: Reads,
    /// Its knobs, of which the first three are `level`, `space` and `gain`.
    pub knobs: &'static [ParamSpec],
    place: usize,
}

impl VoiceKind {
    const fn of<K: Params>(name: &'static str, about: &'static str, reads: Reads) -> Self {
        Self { name, about, reads, knobs: K::SPECS, place: 0 }
    }

    /// Its place in [`KINDS`].
    pub const fn place(&self) -> usize {
        self.place
    }
}

impl PartialEq for VoiceKind {
    fn eq(&self, other: &Self) -> bool {
        self.place == other.place
    }
}

/// The kinds, each with its place among them.
const fn placed<const N: usize>(mut kinds: [VoiceKind; N]) -> [VoiceKind; N] {
    let mut i = 0;
    while i < N {
        kinds[i].place = i;
        i += 1;
    }
    kinds
}

/// Most voices in a scene.
pub const MOST_VOICES: usize = 16;
/// Most signals that one voice listens to.
pub const MOST_SIGNALS: usize = 16;

/// One thing that a voice reads.
#[derive(Clone, Debug, PartialEq)]
pub enum VoiceInput {
    /// Output `port` of a node, by position in the scene.
    Field(usize, usize),
    /// A signal and its usual range.
    Signal(String, [f64; 2]),
}

/// A voice as declared.
#[derive(Clone, Debug, PartialEq)]
pub struct VoicePlan {
    /// Name in the scene.
    pub name: String,
    /// What it is.
    pub kind: &'static VoiceKind,
    /// What it listens to: one field, or up to [`MOST_SIGNALS`] signals.
    pub inputs: Vec<VoiceInput>,
    /// Knob values, in the order of the kind's specs.
    pub knobs: Vec<f64>,
}

/// Knobs of a voice, as set and as links have moved them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct VoiceKnobs {
    /// As set by hand or by the scene.
    pub set: Vec<f64>,
    /// In force.
    pub now: Vec<f64>,
}

crate::choices! {
    /// The pitches of `grains`, by their steps within the octave.
    pub enum Steps {
        /// Five of the major scale.
        Pentatonic: "pentatonic",
        /// The natural minor scale.
        Minor: "minor",
        /// The major scale.
        Major: "major",
        /// Whole tones.
        Whole: "whole",
        /// All twelve.
        Chromatic: "chromatic",
        /// Those of the overtones.
        Harmonic: "harmonic",
        /// Any pitch.
        Free: "free",
    }
}

crate::params! {
    /// Knobs of `grains`.
    pub struct GrainKnobs {
        /// Loudness.
        level: f32 = -12.0 in -60.0..=12.0, unit "dB";
        /// How much of it goes into the room's echo.
        space: f32 = 0.3 in 0.0..=1.0;
        /// How sensitive it is: the field is multiplied by this before the threshold.
        gain: f32 = 1.0 in 0.05..=50.0, Log;
        /// Least value (0 to 1 of the field's range) that plucks.
        threshold: f32 = 0.5 in 0.0..=1.0;
        /// Most grains a second.
        rate: f32 = 60.0 in 0.5..=600.0, Log, unit "1/s";
        /// Pitch at the foot of the picture.
        root: f32 = 110.0 in 20.0..=2000.0, Log, unit "Hz";
        /// From the foot of the picture to its top.
        octaves: f32 = 3.0 in 0.0..=6.0, unit "octaves";
        /// Which pitches there are.
        scale: Choice of Steps = "pentatonic";
        /// Time in which a grain falls by 60 dB.
        decay: f32 = 1.2 in 0.02..=12.0, Log, unit "s";
        /// From a soft finger to a hard pick.
        bright: f32 = 0.5 in 0.0..=1.0;
    }
}

crate::params! {
    /// Knobs of `water`.
    pub struct WaterKnobs {
        /// Loudness.
        level: f32 = -9.0 in -60.0..=12.0, unit "dB";
        /// How much of it goes into the room's echo.
        space: f32 = 0.25 in 0.0..=1.0;
        /// How sensitive it is: the field is multiplied by this.
        gain: f32 = 1.0 in 0.05..=50.0, Log;
        /// Bubbles where the whole field is at its greatest.
        rate: f32 = 250.0 in 1.0..=2000.0, Log, unit "1/s";
        /// Hinze radius where the field is at one half: the size above which turbulence breaks bubbles.
        radius: f32 = 2.0 in 0.3..=20.0, Log, unit "mm";
        /// How much a bubble's pitch rises as it comes near the surface.
        rise: f32 = 0.1 in 0.0..=1.0;
    }
}

crate::params! {
    /// Knobs of `wind`.
    pub struct WindKnobs {
        /// Loudness.
        level: f32 = -12.0 in -60.0..=12.0, unit "dB";
        /// How much of it goes into the room's echo.
        space: f32 = 0.3 in 0.0..=1.0;
        /// How sensitive it is: the field is multiplied by this.
        gain: f32 = 1.0 in 0.05..=50.0, Log;
        /// Pitch of the noise where the field is at its least.
        low: f32 = 150.0 in 20.0..=4000.0, Log, unit "Hz";
        /// Pitch of the noise where the field is at its greatest.
        high: f32 = 1800.0 in 40.0..=12000.0, Log, unit "Hz";
        /// Sharpness of the resonators: centre over bandwidth.
        resonance: f32 = 4.0 in 0.5..=80.0, Log;
        /// Time in which it follows the field.
        glide: f32 = 0.15 in 0.01..=5.0, Log, unit "s";
    }
}

crate::choices! {
    /// The tones of `intervals`, by their ratios to the first.
    pub enum Chord {
        /// Five tones, just.
        Pentatonic: "pentatonic",
        /// Whole multiples.
        Harmonics: "harmonics",
        /// A major triad, just.
        Major: "major",
        /// A minor triad, just.
        Minor: "minor",
        /// Fifths and octaves.
        Fifths: "fifths",
        /// Fourths upon one another.
        Fourths: "fourths",
    }
}

crate::params! {
    /// Knobs of `intervals`.
    pub struct IntervalKnobs {
        /// Loudness.
        level: f32 = -15.0 in -60.0..=12.0, unit "dB";
        /// How much of it goes into the room's echo.
        space: f32 = 0.4 in 0.0..=1.0;
        /// How sensitive it is: the signals are multiplied by this.
        gain: f32 = 1.0 in 0.05..=50.0, Log;
        /// Pitch of the first signal.
        root: f32 = 110.0 in 20.0..=2000.0, Log, unit "Hz";
        /// Ratios of the others to it.
        chord: Choice of Chord = "pentatonic";
        /// Overtones: none at 0, falling as 1/n at 1.
        bright: f32 = 0.3 in 0.0..=1.0;
        /// How far the two strings of a tone are out of tune.
        detune: f32 = 4.0 in 0.0..=50.0, unit "cent";
        /// Time in which a tone follows its signal.
        glide: f32 = 0.2 in 0.01..=5.0, Log, unit "s";
    }
}

crate::params! {
    /// Knobs of `partials`.
    pub struct PartialKnobs {
        /// Loudness.
        level: f32 = -15.0 in -60.0..=12.0, unit "dB";
        /// How much of it goes into the room's echo.
        space: f32 = 0.4 in 0.0..=1.0;
        /// How sensitive it is: the field is multiplied by this before it is counted.
        gain: f32 = 1.0 in 0.05..=50.0, Log;
        /// Pitch of the first partial.
        root: f32 = 55.0 in 20.0..=1000.0, Log, unit "Hz";
        /// Exponent of the series: partial n lies at n to this power times the root.
        stretch: f32 = 1.0 in 0.5..=1.5;
        /// Loudness lost with each octave.
        tilt: f32 = 4.0 in 0.0..=12.0, unit "dB";
        /// Time in which a partial follows the field.
        glide: f32 = 0.3 in 0.01..=5.0, Log, unit "s";
    }
}

/// Every kind of voice, in the order of the manual: one row a kind.
pub static KINDS: &[VoiceKind] = &placed([
    VoiceKind::of::<GrainKnobs>(
        "grains",
        "Each cell above the threshold plucks a string (Karplus and Strong 1983), panned where it happens, \
         higher where it lies higher.",
        Reads::Field,
    ),
    VoiceKind::of::<WaterKnobs>(
        "water",
        "Bubbles that ring at their resonance (Minnaert 1933, van den Doel 2005), as many and as small as the \
         field is wild (Deane and Stokes 2002).",
        Reads::Field,
    ),
    VoiceKind::of::<WindKnobs>(
        "wind",
        "Noise through eight resonators from left to right, each as loud and as high as the field is strong there.",
        Reads::Field,
    ),
    VoiceKind::of::<IntervalKnobs>(
        "intervals",
        "Each signal is a tone in just intonation, as loud as the signal is high: one hears which layers act.",
        Reads::Signals,
    ),
    VoiceKind::of::<PartialKnobs>(
        "partials",
        "The field's values, counted in 24 classes, are the strengths of 24 partials of one tone.",
        Reads::Field,
    ),
]);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_knobs_of_every_voice_are_level_space_and_gain() {
        for kind in KINDS {
            let names: Vec<&str> = kind.knobs.iter().take(3).map(|k| k.name).collect();
            assert_eq!(names, ["level", "space", "gain"], "{}", kind.name);
        }
    }

    #[test]
    fn every_kind_knows_its_place_and_has_a_name_of_its_own() {
        for (i, kind) in KINDS.iter().enumerate() {
            assert_eq!(kind.place(), i, "{}", kind.name);
            assert!(KINDS.iter().all(|k| (k == kind) == (k.name == kind.name)), "{}", kind.name);
        }
    }
}
