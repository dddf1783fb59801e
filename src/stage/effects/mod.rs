//! Full-screen effects: they change the look on the stage only, never the picture that is judged or saved. The
//! catalogue, one line each; an effect is declared in its own file, and its shader is `shaders/NAME.glsl`.
//!
//! A shader reads `picture` (the input of the effect), `previous` (the output of its previous pass) and `history` (its
//! output for the last frame), all at `uv`; the numbers `part`, `width`, `height`, `time`; and one number per knob.

mod bloom;
mod chain;
mod declaration;
mod feedback;
mod kaleidoscope;
mod tube;
mod watch;

pub use chain::{EffectChain, EffectSlot};
pub use declaration::Effect;

/// All effects, in the order in which they are applied.
pub const EFFECTS: &[Effect] = &[
    // One line per effect.
    feedback::EFFECT,
    kaleidoscope::EFFECT,
    bloom::EFFECT,
    tube::EFFECT,
];

/// Their names, in the same order: what scenes may use.
pub const NAMES: &[&str] = &names();

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
    fn each_is_named_once_described_in_a_sentence_and_reads_its_picture_and_every_knob() {
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
