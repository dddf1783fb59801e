//! The key bindings: one table, read by the window, the help overlay and the test script.

use std::sync::LazyLock;

use macroquad::input::KeyCode;

use super::effects::EFFECTS;
use super::labels::LABELS;
use control::keys::StageKey;
use show::{SplitCommand, VoteCommand};
use world::votes::{VoteSide, Voter};

/// What a key does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyAction {
    /// Pauses or resumes the clock.
    Pause,
    /// One tick while paused.
    Step,
    /// Opens or closes the panel.
    Panel,
    /// Switches full screen.
    Fullscreen,
    /// Switches blackout.
    Blackout,
    /// Freezes or unfreezes the picture; the worlds keep running unseen.
    Freeze,
    /// Releases the master and resets the scene.
    Panic,
    /// Undoes a knob edit.
    Undo,
    /// Redoes it.
    Redo,
    /// Tap tempo.
    Tap,
    /// The next cue.
    Go,
    /// The previous cue.
    Back,
    /// Stores a preset.
    Keep(usize),
    /// Recalls a preset.
    Recall(usize),
    /// Saves scene, seed and knobs as a favourite.
    Favour,
    /// Recalls the next favourite.
    Favourite,
    /// Switches show mode (press twice).
    Lock,
    /// Starts or stops video recording.
    Record,
    /// Saves the picture.
    Save,
    /// Restarts all worlds from another seed.
    Reseed,
    /// MIDI learn: click a knob, move a control.
    Learn,
    /// Shows or hides the list of keys.
    Help,
    /// Switches between nearest and linear filtering.
    Crisp,
    /// Scene by index, from 0.
    Scene(usize),
    /// The previous scene.
    Previous,
    /// The next scene.
    Next,
    /// Switches a full-screen effect, by index.
    Effect(usize),
    /// Changes the split-screen comparison (`--versus`).
    Turn(SplitCommand),
    /// Shows where the judge looks, or no longer.
    Gaze,
    /// Votes in a blind comparison (`--blind`), or goes on with it.
    Vote(VoteCommand),
    /// Ends the show (press twice).
    Quit,
}

/// One key.
#[derive(Clone, Copy)]
pub struct Binding {
    /// The key.
    pub key: KeyCode,
    /// Its name on the keyboard.
    pub label: &'static str,
    /// What it does.
    pub action: KeyAction,
    /// Its description; empty if an entry above covers it.
    pub about: &'static str,
}

const fn key(key: KeyCode, label: &'static str, action: KeyAction, about: &'static str) -> Binding {
    Binding { key, label, action, about }
}

/// A vote of whoever is at the keyboard.
const fn vote(side: VoteSide) -> KeyAction {
    KeyAction::Vote(VoteCommand::Cast(side, Voter::Local))
}

/// All keys, in the order of the help overlay. Those of the effects are in [`EFFECTS`].
pub static KEYS: LazyLock<Vec<Binding>> = LazyLock::new(|| {
    let effects = EFFECTS.iter().enumerate().filter_map(|(i, e)| {
        let label = LABELS.iter().find(|l| Some(l.0) == e.key)?;
        Some(key(label.0, label.1, KeyAction::Effect(i), e.name))
    });
    FIRST.iter().copied().chain(effects).chain(LAST.iter().copied()).collect()
});

/// Keys before those of the effects.
const FIRST: &[Binding] = &[
    key(KeyCode::Space, "Space", KeyAction::Pause, "pause, resume"),
    key(KeyCode::Period, ".", KeyAction::Step, "one tick while paused"),
    key(KeyCode::Tab, "Tab", KeyAction::Panel, "panel"),
    key(KeyCode::F, "F", KeyAction::Fullscreen, "full screen"),
    key(KeyCode::B, "B", KeyAction::Blackout, "blackout"),
    key(KeyCode::K, "K", KeyAction::Freeze, "freeze the picture"),
    key(KeyCode::P, "P", KeyAction::Panic, "panic: light on, reset the scene"),
    key(KeyCode::Enter, "Enter", KeyAction::Go, "next cue"),
    key(KeyCode::Backspace, "Backspace", KeyAction::Back, "previous cue"),
    key(KeyCode::T, "T", KeyAction::Tap, "tap tempo"),
    key(KeyCode::Z, "Z", KeyAction::Undo, "undo a knob edit"),
    key(KeyCode::Y, "Y", KeyAction::Redo, "redo"),
    key(KeyCode::F5, "F5", KeyAction::Recall(0), "F5…F8: recall a preset"),
    key(KeyCode::F6, "F6", KeyAction::Recall(1), ""),
    key(KeyCode::F7, "F7", KeyAction::Recall(2), ""),
    key(KeyCode::F8, "F8", KeyAction::Recall(3), ""),
    key(KeyCode::F9, "F9", KeyAction::Keep(0), "F9…F12: store a preset"),
    key(KeyCode::F10, "F10", KeyAction::Keep(1), ""),
    key(KeyCode::F11, "F11", KeyAction::Keep(2), ""),
    key(KeyCode::F12, "F12", KeyAction::Keep(3), ""),
    key(KeyCode::A, "A", KeyAction::Favour, "save as a favourite"),
    key(KeyCode::G, "G", KeyAction::Favourite, "next favourite"),
    key(KeyCode::C, "C", KeyAction::Record, "start or stop recording video"),
    key(KeyCode::S, "S", KeyAction::Save, "save the picture with provenance"),
    key(KeyCode::R, "R", KeyAction::Reseed, "restart with a new seed"),
    key(KeyCode::D, "D", KeyAction::Gaze, "where the judge looks"),
    key(KeyCode::N, "N", KeyAction::Crisp, "nearest or linear filtering"),
    key(KeyCode::M, "M", KeyAction::Learn, "MIDI learn: a knob, then a control"),
    key(KeyCode::H, "H", KeyAction::Help, "this list"),
    key(KeyCode::Key1, "1", KeyAction::Scene(0), "pick a scene"),
    key(KeyCode::Key2, "2", KeyAction::Scene(1), ""),
    key(KeyCode::Key3, "3", KeyAction::Scene(2), ""),
    key(KeyCode::Key4, "4", KeyAction::Scene(3), ""),
    key(KeyCode::Key5, "5", KeyAction::Scene(4), ""),
    key(KeyCode::Key6, "6", KeyAction::Scene(5), ""),
    key(KeyCode::Key7, "7", KeyAction::Scene(6), ""),
    key(KeyCode::Key8, "8", KeyAction::Scene(7), ""),
    key(KeyCode::Key9, "9", KeyAction::Scene(8), ""),
    key(KeyCode::LeftBracket, "[", KeyAction::Previous, "previous scene"),
    key(KeyCode::RightBracket, "]", KeyAction::Next, "next scene"),
];

/// And after those of the effects.
const LAST: &[Binding] = &[
    key(KeyCode::X, "X", KeyAction::Turn(SplitCommand::Swap), "versus: swap the sides"),
    key(KeyCode::V, "V", KeyAction::Turn(SplitCommand::Way), "versus: side by side, wipe, blend"),
    key(KeyCode::Left, "Left", KeyAction::Turn(SplitCommand::Back), "versus: less of the right side"),
    key(KeyCode::Right, "Right", KeyAction::Turn(SplitCommand::On), "versus: more of it"),
    key(KeyCode::U, "U", vote(VoteSide::Left), "U, O: vote · I: reveal · J: next"),
    key(KeyCode::O, "O", vote(VoteSide::Right), ""),
    key(KeyCode::I, "I", KeyAction::Vote(VoteCommand::Reveal), ""),
    key(KeyCode::J, "J", KeyAction::Vote(VoteCommand::Next), ""),
    key(KeyCode::L, "L", KeyAction::Lock, "twice: show mode (hidden, locked)"),
    key(KeyCode::Escape, "Esc", KeyAction::Quit, "twice: quit"),
];

/// What the mouse does: (gesture, effect).
pub const MOUSE: &[(&str, &str)] =
    &[("Left button", "touch the world"), ("Right button", "inverse touch"), ("Wheel", "touch radius")];

/// The action of the key with that label, in any case.
pub fn by_label(label: &str) -> Option<KeyAction> {
    KEYS.iter().find(|k| k.label.eq_ignore_ascii_case(label)).map(|k| k.action)
}

/// All labels, each with the meaning of its key on the stage, if it has one. The keys of a blind comparison are free in
/// all others.
pub fn known(blind: bool) -> Vec<StageKey> {
    let is_vote = |label: &str| matches!(by_label(label), Some(KeyAction::Vote(_)));
    LABELS.iter().map(|l| (l.1, meaning(l.1).filter(|_| blind || !is_vote(l.1)))).collect()
}

/// A row of keys is described at its first.
fn meaning(label: &str) -> Option<&'static str> {
    let at = KEYS.iter().position(|k| k.label == label)?;
    KEYS[..=at].iter().rev().map(|k| k.about).find(|about| !about.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_key_has_two_meanings_and_no_action_two_keys() {
        for (i, a) in KEYS.iter().enumerate() {
            let clash =
                KEYS[..i].iter().find(|b| a.key == b.key || a.label == b.label || a.action == b.action);
            assert!(clash.is_none(), "{} and {}", a.label, clash.map_or("", |b| b.label));
        }
    }

    #[test]
    fn each_has_its_label_from_the_list_and_a_row_is_described_at_its_first() {
        for k in KEYS.iter() {
            assert!(LABELS.contains(&(k.key, k.label)), "{}", k.label);
        }
        assert_eq!((meaning("F7"), meaning("Q")), (Some("F5…F8: recall a preset"), None));
        let has = |blind: bool, key: &str| known(blind).iter().any(|k| k.0 == key && k.1.is_some());
        assert!(!has(false, "U") && !has(false, "J") && has(true, "U") && has(true, "J") && has(false, "B"));
    }

    #[test]
    fn each_effect_with_a_key_has_its_binding() {
        for (i, e) in EFFECTS.iter().enumerate() {
            let own = KEYS.iter().find(|k| k.action == KeyAction::Effect(i)).map(|k| (k.key, k.about));
            assert_eq!(own, e.key.map(|key| (key, e.name)));
        }
    }
}
