//! Which control moves what, on disk: one TOML file, each controller by its name.
//!
//! ```toml
//! [["nanoKONTROL2"]]
//! control = 16            # or note = 60, bend = true, program = 3
//! channel = 1             # 1..16
//! to = "air.inflow"
//! range = [0, 1]          # part of the travel; [1, 0] turns it around
//! relative = true         # an endless knob: 1..63 up, 127..65 down
//! ```

use std::path::{Path, PathBuf};

use toml_edit::{ArrayOfTables, DocumentMut, Item, Table, value};

use crate::world::frame::write_atomic;

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
}

impl Source {
    /// As people write it: channels from 1.
    pub fn text(self) -> String {
        match self {
            Self::Control(c, n) => format!("control {n} of channel {}", c + 1),
            Self::Note(c, n) => format!("note {n} of channel {}", c + 1),
            Self::Bend(c) => format!("the bend wheel of channel {}", c + 1),
            Self::Program(c, n) => format!("program {n} of channel {}", c + 1),
        }
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
#[error("the MIDI map {}: {reason}", path.display())]
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
        let line = |at: usize| 1 + text[..at.min(text.len())].matches('\n').count();
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

    /// A control moves an address from now on; what it moved before, it lets go.
    pub fn learn(&mut self, device: &str, source: Source, to: &str, relative: bool) {
        self.entries.retain(|e| (e.device.as_str(), e.source) != (device, source));
        let (device, to) = (device.to_string(), to.to_string());
        self.entries.push(Entry { device, source, to, range: [0.0, 1.0], relative });
    }

    /// Nothing moves an address any more; whether anything did.
    pub fn forget(&mut self, to: &str) -> bool {
        let before = self.entries.len();
        self.entries.retain(|e| e.to != to);
        self.entries.len() < before
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

fn entry(device: &str, t: &Table) -> Result<Entry, String> {
    let whole = |key: &str, lo: i64, hi: i64| -> Result<Option<u8>, String> {
        let Some(item) = t.get(key) else { return Ok(None) };
        let found = item.as_integer().filter(|v| (lo..=hi).contains(v));
        let wrong =
            || format!("`{key}` must be a whole number in {lo}..={hi}, found {}", item.to_string().trim());
        found.map(|v| Some(v as u8)).ok_or_else(wrong)
    };
    let channel = whole("channel", 1, 16)?.unwrap_or(1) - 1;
    let bend = t.get("bend").is_some_and(|b| b.as_bool() == Some(true));
    let source = match (whole("control", 0, 127)?, whole("note", 0, 127)?, whole("program", 0, 127)?, bend) {
        (Some(n), None, None, false) => Source::Control(channel, n),
        (None, Some(n), None, false) => Source::Note(channel, n),
        (None, None, Some(n), false) => Source::Program(channel, n),
        (None, None, None, true) => Source::Bend(channel),
        _ => return Err("expected exactly one of control, note, program, or bend = true".into()),
    };
    let to = t.get("to").and_then(Item::as_str).ok_or("expected `to`, an address such as \"air.inflow\"")?;
    let known = ["channel", "control", "note", "program", "bend", "to", "range", "relative"];
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
    let (channel, key, n) = match e.source {
        Source::Control(c, n) => (c, "control", n as i64),
        Source::Note(c, n) => (c, "note", n as i64),
        Source::Program(c, n) => (c, "program", n as i64),
        Source::Bend(c) => (c, "bend", -1),
    };
    t.insert(key, if n < 0 { value(true) } else { value(n) });
    t.insert("channel", value(channel as i64 + 1));
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
        ] {
            let e = Map::parse(text).unwrap_err();
            assert!(e.contains(said), "{e}");
        }
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
