//! The names of all keys, as used in key maps, scripts and the help overlay.

use macroquad::input::KeyCode;

/// All keys that can be distinguished, with their labels.
pub const LABELS: &[(KeyCode, &str)] = &[
    (KeyCode::Space, "Space"),
    (KeyCode::Apostrophe, "'"),
    (KeyCode::Comma, ","),
    (KeyCode::Minus, "-"),
    (KeyCode::Period, "."),
    (KeyCode::Slash, "/"),
    (KeyCode::Semicolon, ";"),
    (KeyCode::Equal, "="),
    (KeyCode::LeftBracket, "["),
    (KeyCode::Backslash, "\\"),
    (KeyCode::RightBracket, "]"),
    (KeyCode::GraveAccent, "`"),
    (KeyCode::Key0, "0"),
    (KeyCode::Key1, "1"),
    (KeyCode::Key2, "2"),
    (KeyCode::Key3, "3"),
    (KeyCode::Key4, "4"),
    (KeyCode::Key5, "5"),
    (KeyCode::Key6, "6"),
    (KeyCode::Key7, "7"),
    (KeyCode::Key8, "8"),
    (KeyCode::Key9, "9"),
    (KeyCode::A, "A"),
    (KeyCode::B, "B"),
    (KeyCode::C, "C"),
    (KeyCode::D, "D"),
    (KeyCode::E, "E"),
    (KeyCode::F, "F"),
    (KeyCode::G, "G"),
    (KeyCode::H, "H"),
    (KeyCode::I, "I"),
    (KeyCode::J, "J"),
    (KeyCode::K, "K"),
    (KeyCode::L, "L"),
    (KeyCode::M, "M"),
    (KeyCode::N, "N"),
    (KeyCode::O, "O"),
    (KeyCode::P, "P"),
    (KeyCode::Q, "Q"),
    (KeyCode::R, "R"),
    (KeyCode::S, "S"),
    (KeyCode::T, "T"),
    (KeyCode::U, "U"),
    (KeyCode::V, "V"),
    (KeyCode::W, "W"),
    (KeyCode::X, "X"),
    (KeyCode::Y, "Y"),
    (KeyCode::Z, "Z"),
    (KeyCode::Escape, "Esc"),
    (KeyCode::Enter, "Enter"),
    (KeyCode::Tab, "Tab"),
    (KeyCode::Backspace, "Backspace"),
    (KeyCode::Insert, "Insert"),
    (KeyCode::Delete, "Delete"),
    (KeyCode::Right, "Right"),
    (KeyCode::Left, "Left"),
    (KeyCode::Down, "Down"),
    (KeyCode::Up, "Up"),
    (KeyCode::PageUp, "PageUp"),
    (KeyCode::PageDown, "PageDown"),
    (KeyCode::Home, "Home"),
    (KeyCode::End, "End"),
    (KeyCode::Pause, "Pause"),
    (KeyCode::F1, "F1"),
    (KeyCode::F2, "F2"),
    (KeyCode::F3, "F3"),
    (KeyCode::F4, "F4"),
    (KeyCode::F5, "F5"),
    (KeyCode::F6, "F6"),
    (KeyCode::F7, "F7"),
    (KeyCode::F8, "F8"),
    (KeyCode::F9, "F9"),
    (KeyCode::F10, "F10"),
    (KeyCode::F11, "F11"),
    (KeyCode::F12, "F12"),
    (KeyCode::Kp0, "Kp0"),
    (KeyCode::Kp1, "Kp1"),
    (KeyCode::Kp2, "Kp2"),
    (KeyCode::Kp3, "Kp3"),
    (KeyCode::Kp4, "Kp4"),
    (KeyCode::Kp5, "Kp5"),
    (KeyCode::Kp6, "Kp6"),
    (KeyCode::Kp7, "Kp7"),
    (KeyCode::Kp8, "Kp8"),
    (KeyCode::Kp9, "Kp9"),
    (KeyCode::KpDecimal, "Kp."),
    (KeyCode::KpDivide, "Kp/"),
    (KeyCode::KpMultiply, "Kp*"),
    (KeyCode::KpSubtract, "Kp-"),
    (KeyCode::KpAdd, "Kp+"),
    (KeyCode::KpEnter, "KpEnter"),
    (KeyCode::KpEqual, "Kp="),
    (KeyCode::LeftShift, "LeftShift"),
    (KeyCode::LeftControl, "LeftControl"),
    (KeyCode::LeftAlt, "LeftAlt"),
    (KeyCode::RightShift, "RightShift"),
    (KeyCode::RightControl, "RightControl"),
    (KeyCode::RightAlt, "RightAlt"),
    (KeyCode::Menu, "Menu"),
];

/// A label as [`LABELS`] writes it, from any case.
pub fn find(label: &str) -> Option<&'static str> {
    LABELS.iter().map(|l| l.1).find(|l| l.eq_ignore_ascii_case(label))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_has_one_label_which_is_found_in_any_case() {
        for (i, a) in LABELS.iter().enumerate() {
            assert!(LABELS[..i].iter().all(|b| a.0 != b.0 && !a.1.eq_ignore_ascii_case(b.1)), "{}", a.1);
        }
        assert_eq!(find("pageup"), Some("PageUp"));
    }
}
