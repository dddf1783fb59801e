//! The control map: which control moves which address.

use crate::address::scene_of;

/// Sticks and triggers of a gamepad.
pub const AXES: &[&str] =
    &["left_x", "left_y", "right_x", "right_y", "left_trigger", "right_trigger", "pad_x", "pad_y"];

/// Buttons of a gamepad, by position.
pub const BUTTONS: &[&str] = &[
    "south",
    "east",
    "north",
    "west",
    "left_shoulder",
    "right_shoulder",
    "left_trigger",
    "right_trigger",
    "select",
    "start",
    "mode",
    "left_stick",
    "right_stick",
    "up",
    "down",
    "left",
    "right",
];

/// A control of a controller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ControlSource {
    /// Control change: channel 0..15 and controller 0..127.
    Control(u8, u8),
    /// Channel and key.
    Note(u8, u8),
    /// The pitch bend of a channel.
    Bend(u8),
    /// Channel and program.
    Program(u8, u8),
    /// A stick or trigger of a gamepad, by its place in [`AXES`].
    Axis(u8),
    /// A button of a gamepad, by its place in [`BUTTONS`].
    Button(u8),
}

impl ControlSource {
    /// Text for users: channels from 1.
    pub fn text(self) -> String {
        match self {
            Self::Control(c, n) => format!("control {n} of channel {}", c + 1),
            Self::Note(c, n) => format!("note {n} of channel {}", c + 1),
            Self::Bend(c) => format!("pitch bend of channel {}", c + 1),
            Self::Program(c, n) => format!("program {n} of channel {}", c + 1),
            Self::Axis(_) | Self::Button(_) => self.short(),
        }
    }

    /// Short form: the channel only if it is not the first.
    pub fn short(self) -> String {
        let of = |c: u8| if c == 0 { String::new() } else { format!(", channel {}", c + 1) };
        let named = |names: &[&str], n: u8| names.get(n as usize).copied().unwrap_or("unknown").to_string();
        match self {
            Self::Control(c, n) => format!("control {n}{}", of(c)),
            Self::Note(c, n) => format!("note {n}{}", of(c)),
            Self::Bend(c) => format!("pitch bend{}", of(c)),
            Self::Program(c, n) => format!("program {n}{}", of(c)),
            Self::Axis(n) => named(AXES, n),
            Self::Button(n) => format!("button {}", named(BUTTONS, n)),
        }
    }

    /// Whether it is a key or button, without a position.
    pub fn is_key(self) -> bool {
        matches!(self, Self::Note(..) | Self::Program(..) | Self::Button(_))
    }

    /// Whether it is a gamepad's.
    pub fn is_pads(self) -> bool {
        matches!(self, Self::Axis(_) | Self::Button(_))
    }
}

/// One control and what it moves.
#[derive(Clone, Debug, PartialEq)]
pub struct ControlMapping {
    /// Name of the controller.
    pub device: String,
    /// Which of its controls.
    pub source: ControlSource,
    /// Address that it moves.
    pub to: String,
    /// Part of the travel, from its lowest to its highest value.
    pub range: [f64; 2],
    /// Whether it is a relative encoder.
    pub relative: bool,
}

/// All control mappings.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ControlMap {
    /// In the order in which they were learnt; a file keeps that order within each controller.
    pub entries: Vec<ControlMapping>,
}

impl ControlMap {
    /// Maps a control to an address. Its former mappings are removed, except those of other scenes.
    pub fn learn(&mut self, device: &str, source: ControlSource, to: &str, relative: bool) {
        let overlaps = |other: &str| match (scene_of(to), scene_of(other)) {
            (Some(a), Some(b)) => a == b,
            _ => true,
        };
        self.entries.retain(|e| (e.device.as_str(), e.source) != (device, source) || !overlaps(&e.to));
        let (device, to) = (device.to_string(), to.to_string());
        self.entries.push(ControlMapping { device, source, to, range: [0.0, 1.0], relative });
    }

    /// Removes all mappings of an address; returns whether there were any.
    pub fn forget(&mut self, to: &str) -> bool {
        let before = self.entries.len();
        self.entries.retain(|e| e.to != to);
        self.entries.len() < before
    }

    /// The MIDI controllers in the map.
    pub fn controllers(&self) -> std::collections::BTreeSet<&str> {
        self.entries.iter().filter(|e| !e.source.is_pads()).map(|e| e.device.as_str()).collect()
    }

    /// Mapping conflicts, as text: addresses that several controls move. They are allowed: two people may share a knob.
    pub fn conflicts(&self) -> Vec<String> {
        let mut conflicts = Vec::new();
        for (i, e) in self.entries.iter().enumerate() {
            let same: Vec<&ControlMapping> = self.entries.iter().filter(|o| o.to == e.to).collect();
            if same.len() > 1 && self.entries[..i].iter().all(|o| o.to != e.to) {
                let names: Vec<String> =
                    same.iter().map(|s| format!("{} ({})", s.source.text(), s.device)).collect();
                conflicts.push(format!("mapping conflict: {} is moved by {}", e.to, names.join(" and by ")));
            }
        }
        conflicts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_control_moves_a_different_knob_in_every_scene() {
        let mut map = ControlMap::default();
        let all = |m: &ControlMap| m.entries.iter().map(|e| e.to.clone()).collect::<Vec<_>>();
        map.learn("nano", ControlSource::Control(0, 16), "ink.air.inflow", false);
        map.learn("nano", ControlSource::Control(0, 16), "coast.sea.wind", false);
        map.learn("nano", ControlSource::Control(0, 16), "ink.air.viscosity", false);
        assert_eq!(all(&map), ["coast.sea.wind", "ink.air.viscosity"]);
        map.learn("nano", ControlSource::Control(0, 16), "master.fade", false);
        assert_eq!(all(&map), ["master.fade"], "a mapping for every scene replaces those of single scenes");
    }
}
