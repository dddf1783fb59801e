//! Full-screen effects: they change the look on the stage only, never the picture that is judged or saved. The catalogue,
//! one line each; an effect is declared in its own file, and its shader lies in `shaders/NAME.glsl`.
//!
//! A shader reads `picture` (what the effect is given), `previous` (its own last part) and `history` (what it gave
//! for the last frame), all at `uv`; the numbers `part`, `width`, `height`, `time`; and one number a knob.

mod bloom;
mod chain;
mod feedback;
mod kaleidoscope;
mod tube;
mod watch;

use macroquad::input::KeyCode;

use world::params::ParamSpec;

pub use chain::{EffectChain, EffectSlot};

/// All effects, in the order in which they follow each other.
pub const EFFECTS: &[Effect] = &[
    // One line an effect.
    feedback::EFFECT,
    kaleidoscope::EFFECT,
    bloom::EFFECT,
    tube::EFFECT,
];

/// Their names, in the same order: what scenes may ask for.
pub const NAMES: &[&str] = &names();

/// One effect.
pub struct Effect {
    /// Its name, and that of its file in `shaders/`.
    pub name: &'static str,
    /// One sentence.
    pub about: &'static str,
    /// The key that switches it, if one does.
    pub key: Option<KeyCode>,
    /// The shader as it was when the program was built.
    pub source: &'static str,
    /// Its knobs.
    pub knobs: &'static [ParamSpec],
    /// How many times smaller than the picture each part is drawn; the last is the result.
    pub parts: &'static [u32],
}

const fn names() -> [&'static str; EFFECTS.len()] {
    let mut names = [""; EFFECTS.len()];
    let mut i = 0;
    while i < names.len() {
        names[i] = EFFECTS[i].name;
        i += 1;
    }
    names
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// What a shader is given besides its knobs.
    const GIVEN: [&str; 8] = ["uv", "picture", "previous", "history", "part", "width", "height", "time"];

    fn words(source: &str) -> BTreeSet<&str> {
        let lines = source.lines().map(|l| l.split("//").next().unwrap_or(""));
        lines.flat_map(|l| l.split(|c: char| !c.is_alphanumeric() && c != '_')).collect()
    }

    #[test]
    fn each_is_named_once_told_in_a_sentence_and_reads_its_picture_and_every_knob() {
        assert_eq!(NAMES.iter().collect::<BTreeSet<_>>().len(), EFFECTS.len());
        for e in EFFECTS {
            assert!(!e.name.is_empty() && e.name.chars().all(|c| c.is_ascii_lowercase()), "{}", e.name);
            assert!(e.about.ends_with('.'), "{}: {}", e.name, e.about);
            let words = words(e.source);
            assert!(["picture", "uv", "gl_FragColor"].iter().all(|w| words.contains(w)), "{}", e.name);
            for knob in e.knobs {
                assert!(knob.doc().ends_with('.') && words.contains(knob.name), "{}: {}", e.name, knob.name);
                assert!(!GIVEN.contains(&knob.name), "{}: {}", e.name, knob.name);
            }
            assert_eq!(e.parts.last(), Some(&1), "{}: its result is as large as the picture", e.name);
            assert!(e.parts.len() == 1 || words.contains("part"), "{}", e.name);
        }
    }

    #[test]
    fn the_manual_names_them_in_their_order() {
        let manual = include_str!("../../../docs/scene-file.md");
        let row = manual.lines().find(|l| l.starts_with("| `shaders` |")).unwrap();
        assert!(row.contains(&format!("{NAMES:?}")), "{row}");
    }
}
