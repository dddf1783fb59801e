//! Which control moves what, on disk: one TOML file, each controller by its name.
//!
//! ```toml
//! [["nanoKONTROL2"]]
//! control = 16            # or note = 60, bend = true, program = 3; of a gamepad axis = "left_x", button = "south"
//! channel = 1             # 1..16
//! to = "air.inflow"       # or "ink.air.inflow": only while the scene `ink` plays
//! range = [0, 1]          # part of the travel; [1, 0] turns it around
//! relative = true         # an endless knob: 1..63 up, 127..65 down
//! ```

use std::path::{Path, PathBuf};

use toml_edit::{ArrayOfTables, DocumentMut, Item, Table, value};

use crate::control::address::scene_of;
use crate::world::frame::write_atomic;

/// Sticks and triggers of a gamepad.
pub const AXES: &[&str] =
    &["left_x", "left_y", "right_x", "right_y", "left_trigger", "right_trigger", "pad_x", "pad_y"];

/// Buttons of a gamepad, by where they lie.
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
pub enum Source {
    /// Channel 0..15 and control 0..127.
    Control(u8, u8),
    /// Channel and key.
    Note(u8, u8),
    /// The bend wheel of a channel.
    Bend(u8),
    /// Channel and program.
    Program(u8, u8),
    /// A stick or trigger of a gamepad, by its place in [`AXES`].
    Axis(u8),
    /// A button of a gamepad, by its place in [`BUTTONS`].
    Button(u8),
}

impl Source {
    /// As people write it: channels from 1.
    pub fn text(self) -> String {
        match self {
            Self::Control(c, n) => format!("control {n} of channel {}", c + 1),
            Self::Note(c, n) => format!("note {n} of channel {}", c + 1),
            Self::Bend(c) => format!("the bend wheel of channel {}", c + 1),
            Self::Program(c, n) => format!("program {n} of channel {}", c + 1),
            Self::Axis(_) | Self::Button(_) => self.short(),
        }
    }

    /// The same in few words: the channel only where it is not the first.
    pub fn short(self) -> String {
        let of = |c: u8| if c == 0 { String::new() } else { format!(", channel {}", c + 1) };
        let named = |names: &[&str], n: u8| names.get(n as usize).copied().unwrap_or("unknown").to_string();
        match self {
            Self::Control(c, n) => format!("control {n}{}", of(c)),
            Self::Note(c, n) => format!("note {n}{}", of(c)),
            Self::Bend(c) => format!("bend wheel{}", of(c)),
            Self::Program(c, n) => format!("program {n}{}", of(c)),
            Self::Axis(n) => named(AXES, n),
            Self::Button(n) => format!("button {}", named(BUTTONS, n)),
        }
    }

    /// Whether it is pressed, and has no place of its own.
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
pub struct Entry {
    /// Name of the controller.
    pub device: String,
    /// Which of its controls.
    pub source: Source,
    /// Address that it moves.
    pub to: String,
    /// Part of the travel, from its lowest to its highest value.
    pub range: [f64; 2],
    /// Whether it says how far it was turned instead of where it stands.
    pub relative: bool,
}

/// Why a map cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("the map of controls {}: {reason}", path.display())]
pub struct MapError {
    /// The file.
    pub path: PathBuf,
    /// What is wrong, with its line.
    pub reason: String,
}

/// All controls that are mapped.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Map {
    /// In the order in which they were learnt; a file keeps that order within each controller.
    pub entries: Vec<Entry>,
}

impl Map {
    /// Reads a file; an empty map if there is none yet.
    ///
    /// # Errors
    /// [`MapError`] names file and line.
    pub fn load(path: &Path) -> Result<Self, MapError> {
        let wrong = |reason: String| MapError { path: path.into(), reason };
        match std::fs::read_to_string(path) {
            Ok(text) => Self::parse(&text).map_err(wrong),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(Self::default()),
            Err(e) => Err(wrong(e.to_string())),
        }
    }

    /// Reads a map's text.
    ///
    /// # Errors
    /// What was expected, and what was found at which line.
    pub fn parse(text: &str) -> Result<Self, String> {
        let line = |at: usize| 1 + text.bytes().take(at).filter(|b| *b == b'\n').count();
        let document = toml_edit::Document::parse(text).map_err(|e| {
            format!(
                "line {}: {}",
                line(e.span().map_or(0, |s| s.start)),
                e.message().trim().replace('\n', "; ")
            )
        })?;
        let mut entries = Vec::new();
        for (device, item) in document.iter() {
            let expected = || {
                format!(
                    "line {}: `{device}` must be written as [[\"{device}\"]] tables",
                    line(item.span().map_or(0, |s| s.start))
                )
            };
            let tables = item.as_array_of_tables().ok_or_else(expected)?;
            for table in tables {
                let at = line(table.span().map_or(0, |s| s.start));
                entries.push(entry(device, table).map_err(|e| format!("line {at}: {e}"))?);
            }
        }
        Ok(Self { entries })
    }

    /// The text of the map.
    pub fn print(&self) -> String {
        let mut document = DocumentMut::new();
        for e in &self.entries {
            let item = document.entry(&e.device).or_insert(Item::ArrayOfTables(ArrayOfTables::new()));
            if let Some(list) = item.as_array_of_tables_mut() {
                list.push(table(e));
            }
        }
        document.to_string()
    }

    /// Writes it, whole or not at all.
    ///
    /// # Errors
    /// [`MapError`] names the file.
    pub fn save(&self, path: &Path) -> Result<(), MapError> {
        let wrong = |reason: String| MapError { path: path.into(), reason };
        path.parent().map_or(Ok(()), std::fs::create_dir_all).map_err(|e| wrong(e.to_string()))?;
        write_atomic(path, self.print().as_bytes()).map_err(|e| wrong(e.to_string()))
    }

    /// A control moves an address from now on; what it moved before, it lets go, but for what lies in other scenes.
    pub fn learn(&mut self, device: &str, source: Source, to: &str, relative: bool) {
        let meets = |other: &str| match (scene_of(to), scene_of(other)) {
            (Some(a), Some(b)) => a == b,
            _ => true,
        };
        self.entries.retain(|e| (e.device.as_str(), e.source) != (device, source) || !meets(&e.to));
        let (device, to) = (device.to_string(), to.to_string());
        self.entries.push(Entry { device, source, to, range: [0.0, 1.0], relative });
    }

    /// Nothing moves an address any more; whether anything did.
    pub fn forget(&mut self, to: &str) -> bool {
        let before = self.entries.len();
        self.entries.retain(|e| e.to != to);
        self.entries.len() < before
    }

    /// The MIDI controllers that it has controls of.
    pub fn controllers(&self) -> std::collections::BTreeSet<&str> {
        self.entries.iter().filter(|e| !e.source.is_pads()).map(|e| e.device.as_str()).collect()
    }

    /// Addresses that several controls move, in words. It is allowed: two people may share a knob.
    pub fn conflicts(&self) -> Vec<String> {
        let mut told = Vec::new();
        for (i, e) in self.entries.iter().enumerate() {
            let same: Vec<&Entry> = self.entries.iter().filter(|o| o.to == e.to).collect();
            if same.len() > 1 && self.entries[..i].iter().all(|o| o.to != e.to) {
                let names: Vec<String> =
                    same.iter().map(|s| format!("{} ({})", s.source.text(), s.device)).collect();
                told.push(format!("{} is moved by {}", e.to, names.join(" and by ")));
            }
        }
        told
    }
}

fn source(t: &Table) -> Result<Source, String> {
    let wrong = |key: &str, expected: &str, item: &Item| {
        Err(format!("`{key}` must be {expected}, found {}", item.to_string().trim()))
    };
    let whole = |key: &str, lo: i64, hi: i64| -> Result<Option<u8>, String> {
        let Some(item) = t.get(key) else { return Ok(None) };
        match item.as_integer().filter(|v| (lo..=hi).contains(v)) {
            Some(v) => Ok(Some(v as u8)),
            None => wrong(key, &format!("a whole number in {lo}..={hi}"), item),
        }
    };
    let named = |key: &str, names: &[&str]| -> Result<Option<u8>, String> {
        let Some(item) = t.get(key) else { return Ok(None) };
        match item.as_str().and_then(|v| names.iter().position(|n| *n == v)) {
            Some(n) => Ok(Some(n as u8)),
            None => wrong(key, &format!("one of {}", names.join(", ")), item),
        }
    };
    let channel = whole("channel", 1, 16)?.unwrap_or(1) - 1;
    let bend = t.get("bend").is_some_and(|b| b.as_bool() == Some(true));
    let found = [
        whole("control", 0, 127)?.map(|n| Source::Control(channel, n)),
        whole("note", 0, 127)?.map(|n| Source::Note(channel, n)),
        whole("program", 0, 127)?.map(|n| Source::Program(channel, n)),
        bend.then_some(Source::Bend(channel)),
        named("axis", AXES)?.map(Source::Axis),
        named("button", BUTTONS)?.map(Source::Button),
    ];
    let mut found = found.into_iter().flatten();
    match (found.next(), found.next()) {
        (Some(one), None) => Ok(one),
        _ => Err("expected exactly one of control, note, program, bend = true, axis, or button".into()),
    }
}

fn entry(device: &str, t: &Table) -> Result<Entry, String> {
    let source = source(t)?;
    let to = t.get("to").and_then(Item::as_str).ok_or("expected `to`, an address such as \"air.inflow\"")?;
    let known =
        ["channel", "control", "note", "program", "bend", "axis", "button", "to", "range", "relative"];
    if let Some((key, _)) = t.iter().find(|(k, _)| !known.contains(k)) {
        return Err(format!("there is no `{key}`; there is {}", known.join(", ")));
    }
    let number = |v: &toml_edit::Value| {
        v.as_float().or(v.as_integer().map(|i| i as f64)).filter(|v| (0.0..=1.0).contains(v))
    };
    let range =
        match t.get("range").map(|r| r.as_array().map(|a| a.iter().filter_map(number).collect::<Vec<f64>>()))
        {
            None => [0.0, 1.0],
            Some(Some(v)) if v.len() == 2 => [v[0], v[1]],
            _ => return Err("`range` must be two numbers in 0..=1, like [0, 0.5]".into()),
        };
    let relative = t.get("relative").is_some_and(|r| r.as_bool() == Some(true));
    Ok(Entry { device: device.into(), source, to: to.into(), range, relative })
}

fn table(e: &Entry) -> Table {
    let mut t = Table::new();
    let named = |names: &[&str], n: u8| value(names.get(n as usize).copied().unwrap_or_default());
    let (channel, key, what) = match e.source {
        Source::Control(c, n) => (Some(c), "control", value(n as i64)),
        Source::Note(c, n) => (Some(c), "note", value(n as i64)),
        Source::Program(c, n) => (Some(c), "program", value(n as i64)),
        Source::Bend(c) => (Some(c), "bend", value(true)),
        Source::Axis(n) => (None, "axis", named(AXES, n)),
        Source::Button(n) => (None, "button", named(BUTTONS, n)),
    };
    t.insert(key, what);
    if let Some(channel) = channel {
        t.insert("channel", value(channel as i64 + 1));
    }
    t.insert("to", value(e.to.as_str()));
    if e.range != [0.0, 1.0] {
        let list: toml_edit::Array = e.range.into_iter().collect();
        t.insert("range", value(list));
    }
    if e.relative {
        t.insert("relative", value(true));
    }
    t
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_map_survives_a_restart_and_says_what_is_wrong_with_it() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("maps/midi.toml");
        assert_eq!(Map::load(&path).unwrap(), Map::default());
        let mut map = Map::default();
        map.learn("nano \"2\"", Source::Control(0, 16), "air.inflow", false);
        map.learn("pads", Source::Note(9, 36), "show.go", false);
        map.learn("nano \"2\"", Source::Control(0, 17), "air.inflow", true);
        map.learn("pad", Source::Button(3), "cue.1", false);
        map.learn("pad", Source::Axis(1), "air.force", false);
        map.entries[0].range = [1.0, 0.25];
        map.save(&path).unwrap();
        let mut back = Map::load(&path).unwrap();
        assert_eq!(back.print(), map.print());
        back.entries.sort_by_key(|e| e.source);
        map.entries.sort_by_key(|e| e.source);
        assert_eq!(back, map);
        assert_eq!(map.conflicts().len(), 1);
        assert!(map.conflicts()[0].contains("control 16") && map.conflicts()[0].contains("control 17"));
        map.learn("nano \"2\"", Source::Control(0, 17), "air.viscosity", false);
        assert!(map.conflicts().is_empty());
        for (text, said) in [
            (
                "[[a]]\ncontrol = 128\nto = \"x\"",
                "line 1: `control` must be a whole number in 0..=127, found 128",
            ),
            ("\n[[a]]\nto = \"x\"", "line 2: expected exactly one of"),
            ("[[a]]\nnote = 3", "expected `to`"),
            ("a = 3", "line 1: `a` must be written as"),
            ("[[a]]\nnote = 3\nto = \"x\"\nrange = [0, 7]", "`range` must be"),
            ("[[a", "line 1"),
            ("[[a]]\nbutton = \"top\"\nto = \"x\"", "`button` must be one of south, east"),
            ("[[a]]\naxis = 3\nto = \"x\"", "`axis` must be one of left_x"),
        ] {
            let e = Map::parse(text).unwrap_err();
            assert!(e.contains(said), "{e}");
        }
    }

    #[test]
    fn one_control_moves_another_knob_in_every_scene() {
        let mut map = Map::default();
        let all = |m: &Map| m.entries.iter().map(|e| e.to.clone()).collect::<Vec<_>>();
        map.learn("nano", Source::Control(0, 16), "ink.air.inflow", false);
        map.learn("nano", Source::Control(0, 16), "coast.sea.wind", false);
        map.learn("nano", Source::Control(0, 16), "ink.air.viscosity", false);
        assert_eq!(all(&map), ["coast.sea.wind", "ink.air.viscosity"]);
        map.learn("nano", Source::Control(0, 16), "master.fade", false);
        assert_eq!(all(&map), ["master.fade"], "what belongs to every scene leaves no room for others");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20_000))]
        #[test]
        fn no_text_breaks_it(at in 0usize..90, byte in any::<char>(), cut in 0usize..120) {
            let mut text: Vec<char> = "[[\"pads\"]]\nnote = 36\nchannel = 10\nto = \"show.go\"\nrange = [0, 0.5]\n".chars().collect();
            if let Some(c) = text.get_mut(at) { *c = byte; }
            text.truncate(cut);
            let _ = Map::parse(&text.into_iter().collect::<String>());
        }
    }
}
