//! The keys: one table, read by the window, the help overlay and the script of tests.

use std::sync::LazyLock;

use macroquad::input::KeyCode;

use super::effects::EFFECTS;
use super::labels::LABELS;
use show::SplitCommand;

/// What a key does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyAction {
    /// The clock stands, or goes on.
    Pause,
    /// One tick while the clock stands.
    Step,
    /// The panel opens or closes.
    Panel,
    /// The window fills the screen, or not.
    Fullscreen,
    /// The picture goes black, or comes back.
    Blackout,
    /// The picture stands still, or goes on; the world lives on unseen.
    Freeze,
    /// Light, motion and the scene as at its start.
    Panic,
    /// A move of a knob is taken back.
    Undo,
    /// It is done again.
    Redo,
    /// A beat is tapped.
    Tap,
    /// The next cue.
    Go,
    /// The cue before.
    Back,
    /// Knobs are kept in a slot.
    Keep(usize),
    /// Knobs go back to a slot.
    Recall(usize),
    /// Scene, seed and knobs become a favourite.
    Favour,
    /// The next favourite comes back.
    Favourite,
    /// Show mode goes on or off (asked twice).
    Lock,
    /// A film of what is seen begins or ends.
    Record,
    /// The picture is saved.
    Save,
    /// All worlds are born anew from another seed.
    Reseed,
    /// Knobs wait for controls: a click on one, a move of the other.
    Learn,
    /// The list of keys opens or closes.
    Help,
    /// Pixels are shown as squares, or smoothed.
    Crisp,
    /// Scene by its place, from 0.
    Scene(usize),
    /// The scene before.
    Previous,
    /// The scene after.
    Next,
    /// A full-screen effect goes on or off, by its place.
    Effect(usize),
    /// One of two sides turns to the other (`--versus`).
    Turn(SplitCommand),
    /// The show ends (asked twice).
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
    /// The same for people; empty if an entry above speaks for it.
    pub about: &'static str,
}

const fn key(key: KeyCode, label: &'static str, action: KeyAction, about: &'static str) -> Binding {
    Binding { key, label, action, about }
}

/// All keys, in the order of the help overlay. Those of the effects stand in [`EFFECTS`].
pub static KEYS: LazyLock<Vec<Binding>> = LazyLock::new(|| {
    let effects = EFFECTS.iter().enumerate().filter_map(|(i, e)| {
        let label = LABELS.iter().find(|l| Some(l.0) == e.key)?;
        Some(key(label.0, label.1, KeyAction::Effect(i), e.name))
    });
    FIRST.iter().copied().chain(effects).chain(LAST.iter().copied()).collect()
});

/// Keys before those of the effects.
const FIRST: &[Binding] = &[
    key(KeyCode::Space, "Space", KeyAction::Pause, "pause, go on"),
    key(KeyCode::Period, ".", KeyAction::Step, "one tick while paused"),
    key(KeyCode::Tab, "Tab", KeyAction::Panel, "panel"),
    key(KeyCode::F, "F", KeyAction::Fullscreen, "full screen"),
    key(KeyCode::B, "B", KeyAction::Blackout, "blackout"),
    key(KeyCode::K, "K", KeyAction::Freeze, "freeze the picture"),
    key(KeyCode::P, "P", KeyAction::Panic, "panic: light on, scene as it began"),
    key(KeyCode::Enter, "Enter", KeyAction::Go, "the next cue"),
    key(KeyCode::Backspace, "Backspace", KeyAction::Back, "the cue before"),
    key(KeyCode::T, "T", KeyAction::Tap, "tap the tempo"),
    key(KeyCode::Z, "Z", KeyAction::Undo, "take a knob's move back"),
    key(KeyCode::Y, "Y", KeyAction::Redo, "do it again"),
    key(KeyCode::F5, "F5", KeyAction::Recall(0), "F5…F8: knobs as kept"),
    key(KeyCode::F6, "F6", KeyAction::Recall(1), ""),
    key(KeyCode::F7, "F7", KeyAction::Recall(2), ""),
    key(KeyCode::F8, "F8", KeyAction::Recall(3), ""),
    key(KeyCode::F9, "F9", KeyAction::Keep(0), "F9…F12: keep the knobs"),
    key(KeyCode::F10, "F10", KeyAction::Keep(1), ""),
    key(KeyCode::F11, "F11", KeyAction::Keep(2), ""),
    key(KeyCode::F12, "F12", KeyAction::Keep(3), ""),
    key(KeyCode::A, "A", KeyAction::Favour, "keep this moment as a favourite"),
    key(KeyCode::G, "G", KeyAction::Favourite, "go to the next favourite"),
    key(KeyCode::C, "C", KeyAction::Record, "film what is seen, end the film"),
    key(KeyCode::S, "S", KeyAction::Save, "save the picture with its origin"),
    key(KeyCode::R, "R", KeyAction::Reseed, "everything is born anew"),
    key(KeyCode::N, "N", KeyAction::Crisp, "crisp or smooth pixels"),
    key(KeyCode::M, "M", KeyAction::Learn, "learn: click a knob, move a control"),
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
    key(KeyCode::LeftBracket, "[", KeyAction::Previous, "the scene before"),
    key(KeyCode::RightBracket, "]", KeyAction::Next, "the scene after"),
];

/// And after those of the effects.
const LAST: &[Binding] = &[
    key(KeyCode::X, "X", KeyAction::Turn(SplitCommand::Swap), "versus: swap the sides"),
    key(KeyCode::V, "V", KeyAction::Turn(SplitCommand::Way), "versus: beside, wipe, blend"),
    key(KeyCode::Left, "Left", KeyAction::Turn(SplitCommand::Back), "versus: less of the right side"),
    key(KeyCode::Right, "Right", KeyAction::Turn(SplitCommand::On), "versus: more of it"),
    key(KeyCode::L, "L", KeyAction::Lock, "twice: show mode, hidden and locked"),
    key(KeyCode::Escape, "Esc", KeyAction::Quit, "twice: leave"),
];

/// What the mouse does: (gesture, effect).
pub const MOUSE: &[(&str, &str)] = &[
    ("Left button", "touch the world"),
    ("Right button", "touch it the other way"),
    ("Wheel", "size of the touch"),
];

/// The action of the key with that label, in any case.
pub fn by_label(label: &str) -> Option<KeyAction> {
    KEYS.iter().find(|k| k.label.eq_ignore_ascii_case(label)).map(|k| k.action)
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
    fn each_effect_that_asks_for_a_key_has_it() {
        for (i, e) in EFFECTS.iter().enumerate() {
            let own = KEYS.iter().find(|k| k.action == KeyAction::Effect(i)).map(|k| (k.key, k.about));
            assert_eq!(own, e.key.map(|key| (key, e.name)));
        }
    }
}
