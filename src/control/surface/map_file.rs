//! The control map on disk: one TOML file, each controller by its name.
//!
//! ```toml
//! [["nanoKONTROL2"]]
//! control = 16            # or note = 60, bend = true, program = 3; of a gamepad axis = "left_x", button = "south"
//! channel = 1             # 1..16
//! to = "air.inflow"       # or "ink.air.inflow": only while the scene `ink` plays
//! range = [0, 1]          # part of the travel; [1, 0] inverts it
//! relative = true         # a relative encoder: 1..63 up, 127..65 down
//! ```

use std::path::{Path, PathBuf};

use toml_edit::{ArrayOfTables, DocumentMut, Item, Table, value};

use super::map::{AXES, BUTTONS, ControlMap, ControlMapping, ControlSource};
use world::frame::write_durable;
use world::limits;

/// Why a control map cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("the control map {}: {reason}", path.display())]
pub struct MapError {
    /// The file.
    pub path: PathBuf,
    /// What is wrong, with its line.
    pub reason: String,
}

impl ControlMap {
    /// Reads a file; an empty map if there is none yet.
    ///
    /// # Errors
    /// [`MapError`] names file and line.
    pub fn load(path: &Path) -> Result<Self, MapError> {
        let wrong = |reason: String| MapError { path: path.into(), reason };
        match limits::read_text(path) {
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
            let at = || line(item.span().map_or(0, |s| s.start));
            limits::name("the controller's name", device).map_err(|e| format!("line {}: {e}", at()))?;
            let expected = || format!("line {}: `{device}` must be written as [[\"{device}\"]] tables", at());
            let tables = item.as_array_of_tables().ok_or_else(expected)?;
            limits::within("controls", entries.len() + tables.len(), 0..=limits::ENTRIES)?;
            for table in tables {
                let at = || line(table.span().map_or(0, |s| s.start));
                entries.push(entry(device, table).map_err(|e| format!("line {}: {e}", at()))?);
            }
        }
        Ok(Self { entries })
    }

    /// Merges external edits of the file since it held `base`.
    ///
    /// # Errors
    /// As [`Self::load`].
    pub fn merge(&mut self, base: &[ControlMapping], path: &Path) -> Result<(), MapError> {
        if !path.exists() {
            return Ok(());
        }
        let there = Self::load(path)?.entries;
        self.entries.retain(|e| !base.contains(e) || there.contains(e));
        let new: Vec<_> =
            there.into_iter().filter(|e| !base.contains(e) && !self.entries.contains(e)).collect();
        self.entries.extend(new);
        Ok(())
    }

    /// The text of the map.
    pub fn print(&self) -> String {
        self.print_over("")
    }

    /// The same written over an older text: unchanged entries stay as they were written, comments included.
    pub fn print_over(&self, old: &str) -> String {
        let mut document: DocumentMut = old.parse().unwrap_or_default();
        let mut new: Vec<&ControlMapping> = self.entries.iter().collect();
        for (device, item) in document.iter_mut() {
            if let Some(list) = item.as_array_of_tables_mut() {
                write_over(list, &device, &mut new);
            }
        }
        for e in new {
            let item = document.entry(&e.device).or_insert(Item::ArrayOfTables(ArrayOfTables::new()));
            if let Some(list) = item.as_array_of_tables_mut() {
                list.push(table(e));
            }
        }
        document.to_string()
    }

    /// Writes it atomically. A file with an error, such as one that is being edited, is left alone.
    ///
    /// # Errors
    /// [`MapError`] names the file.
    pub fn save(&self, path: &Path) -> Result<(), MapError> {
        let wrong = |reason: String| MapError { path: path.into(), reason };
        path.parent().map_or(Ok(()), std::fs::create_dir_all).map_err(|e| wrong(e.to_string()))?;
        Self::load(path)?;
        let old = std::fs::read_to_string(path).unwrap_or_default();
        write_durable(path, self.print_over(&old).as_bytes()).map_err(|e| wrong(e.to_string()))
    }
}

/// Keeps the tables of a controller whose entries are in `new`, and removes those from it; a control with a new address
/// keeps its table; the others are deleted.
fn write_over(list: &mut ArrayOfTables, device: &str, new: &mut Vec<&ControlMapping>) {
    let old: Vec<_> = list.iter().map(|t| entry(device, t).ok()).collect();
    let mut keep: Vec<bool> = old.iter().map(|o| take(new, |e| Some(e) == o.as_ref()).is_some()).collect();
    for ((table, old), keep) in list.iter_mut().zip(&old).zip(&mut keep).filter(|(_, keep)| !**keep) {
        let same =
            |e: &ControlMapping| old.as_ref().is_some_and(|o| (&o.device, o.source) == (&e.device, e.source));
        if let Some(e) = take(new, same) {
            retarget(table, e);
            *keep = true;
        }
    }
    let mut keep = keep.into_iter();
    list.retain(|_| keep.next() == Some(true));
}

fn take<'a>(
    entries: &mut Vec<&'a ControlMapping>,
    is: impl Fn(&ControlMapping) -> bool,
) -> Option<&'a ControlMapping> {
    entries.iter().position(|e| is(e)).map(|i| entries.remove(i))
}

/// Writes only what differs, so that comments behind it stay.
fn retarget(old: &mut Table, to: &ControlMapping) {
    let new = table(to);
    for key in ["to", "range", "relative"] {
        match (new.get(key).and_then(Item::as_value), old.get_mut(key).and_then(Item::as_value_mut)) {
            (Some(value), Some(place)) => {
                let decor = place.decor().clone();
                *place = value.clone();
                *place.decor_mut() = decor;
            }
            (Some(value), None) => drop(old.insert(key, Item::Value(value.clone()))),
            (None, _) => drop(old.remove(key)),
        }
    }
}

fn source(t: &Table) -> Result<ControlSource, String> {
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
        whole("control", 0, 127)?.map(|n| ControlSource::Control(channel, n)),
        whole("note", 0, 127)?.map(|n| ControlSource::Note(channel, n)),
        whole("program", 0, 127)?.map(|n| ControlSource::Program(channel, n)),
        bend.then_some(ControlSource::Bend(channel)),
        named("axis", AXES)?.map(ControlSource::Axis),
        named("button", BUTTONS)?.map(ControlSource::Button),
    ];
    let mut found = found.into_iter().flatten();
    match (found.next(), found.next()) {
        (Some(one), None) => Ok(one),
        _ => Err("expected exactly one of control, note, program, bend = true, axis, or button".into()),
    }
}

fn entry(device: &str, t: &Table) -> Result<ControlMapping, String> {
    let source = source(t)?;
    let to = t.get("to").and_then(Item::as_str).ok_or("expected `to`, an address such as \"air.inflow\"")?;
    limits::name("`to`", to)?;
    let known =
        ["channel", "control", "note", "program", "bend", "axis", "button", "to", "range", "relative"];
    if let Some((key, _)) = t.iter().find(|(k, _)| !known.contains(k)) {
        return Err(format!("unknown field `{key}`; expected one of {}", known.join(", ")));
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
    Ok(ControlMapping { device: device.into(), source, to: to.into(), range, relative })
}

fn table(e: &ControlMapping) -> Table {
    let mut t = Table::new();
    let named = |names: &[&str], n: u8| value(names.get(n as usize).copied().unwrap_or_default());
    let (channel, key, what) = match e.source {
        ControlSource::Control(c, n) => (Some(c), "control", value(n as i64)),
        ControlSource::Note(c, n) => (Some(c), "note", value(n as i64)),
        ControlSource::Program(c, n) => (Some(c), "program", value(n as i64)),
        ControlSource::Bend(c) => (Some(c), "bend", value(true)),
        ControlSource::Axis(n) => (None, "axis", named(AXES, n)),
        ControlSource::Button(n) => (None, "button", named(BUTTONS, n)),
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
    fn a_map_survives_a_restart_and_its_errors_are_reported() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("maps/midi.toml");
        assert_eq!(ControlMap::load(&path).unwrap(), ControlMap::default());
        let mut map = ControlMap::default();
        map.learn("nano \"2\"", ControlSource::Control(0, 16), "air.inflow", false);
        map.learn("pads", ControlSource::Note(9, 36), "show.go", false);
        map.learn("nano \"2\"", ControlSource::Control(0, 17), "air.inflow", true);
        map.learn("pad", ControlSource::Button(3), "cue.1", false);
        map.learn("pad", ControlSource::Axis(1), "air.force", false);
        map.entries[0].range = [1.0, 0.25];
        map.save(&path).unwrap();
        let mut back = ControlMap::load(&path).unwrap();
        assert_eq!(back.print(), map.print());
        back.entries.sort_by_key(|e| e.source);
        map.entries.sort_by_key(|e| e.source);
        assert_eq!(back, map);
        assert_eq!(map.conflicts().len(), 1);
        assert!(map.conflicts()[0].contains("control 16") && map.conflicts()[0].contains("control 17"));
        map.learn("nano \"2\"", ControlSource::Control(0, 17), "air.viscosity", false);
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
            let e = ControlMap::parse(text).unwrap_err();
            assert!(e.contains(said), "{e}");
        }
    }

    const WRITTEN: &str = "# Of the set in May.\n[[nano]]\ncontrol = 16\nto = \"air.inflow\" # the big one\n\n\
                           # The pads.\n[[pads]]\nnote = 36\nchannel = 10\nto = \"show.go\"\n\n# Upside down.\n\
                           [[nano]]\ncontrol = 17\nrange = [1, 0]\nto = \"air.force\"\n";

    #[test]
    fn hand_written_text_is_preserved() {
        let mut map = ControlMap::parse(WRITTEN).unwrap();
        assert_eq!(map.print_over(WRITTEN), WRITTEN);
        map.learn("nano", ControlSource::Control(0, 16), "air.viscosity", true);
        map.learn("box", ControlSource::Note(0, 1), "show.back", false);
        let text = map.print_over(WRITTEN);
        let wanted = WRITTEN.replace("air.inflow", "air.viscosity");
        for part in wanted.split("\n\n") {
            assert!(text.contains(part.trim_end()), "{part} in {text}");
        }
        map.forget("air.force");
        let text = map.print_over(&text);
        assert!(!text.contains("Upside down") && text.contains("The pads"), "{text}");
    }

    #[test]
    fn a_file_with_an_error_is_not_overwritten() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("midi.toml");
        std::fs::write(&path, "[[nano]]\ncontrol = 1x").unwrap();
        let e = ControlMap::default().save(&path).unwrap_err().to_string();
        assert!(e.contains("midi.toml") && e.contains("line 2"), "{e}");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "[[nano]]\ncontrol = 1x");
    }

    /// Two controllers, four controls, three addresses, so that entries often meet.
    fn maps() -> impl Strategy<Value = ControlMap> {
        let entry = (0..2usize, 0..4u8, 0..3usize, any::<bool>(), any::<bool>());
        proptest::collection::vec(entry, 0..8).prop_map(|entries| ControlMap {
            entries: entries
                .into_iter()
                .map(|(d, n, to, relative, turned)| ControlMapping {
                    device: ["nano", "pads"][d].into(),
                    source: ControlSource::Control(0, n),
                    to: ["a.x", "b.y", "show.go"][to].into(),
                    range: if turned { [1.0, 0.0] } else { [0.0, 1.0] },
                    relative,
                })
                .collect(),
        })
    }

    fn sorted(map: ControlMap) -> Vec<String> {
        let mut all: Vec<String> = map.entries.iter().map(|e| format!("{e:?}")).collect();
        all.sort();
        all
    }

    proptest! {
        #[test]
        fn a_map_written_over_another_is_the_same(old in maps(), new in maps()) {
            let text = new.print_over(&old.print());
            prop_assert_eq!(sorted(ControlMap::parse(&text).unwrap()), sorted(new));
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20_000))]
        #[test]
        fn a_damaged_map_round_trips_or_is_rejected_in_one_line_with_its_line_number(
            at in 0usize..90, byte in any::<char>(), cut in 0usize..120,
        ) {
            let text = "[[\"pads\"]]\nnote = 36\nchannel = 10\nto = \"show.go\"\nrange = [0, 0.5]\n";
            prop_assert_eq!(ControlMap::parse(text).unwrap().entries.len(), 1);
            let mut text: Vec<char> = text.chars().collect();
            if let Some(c) = text.get_mut(at) { *c = byte; }
            text.truncate(cut);
            let text: String = text.into_iter().collect();
            match ControlMap::parse(&text) {
                Ok(map) => {
                    prop_assert_eq!(ControlMap::parse(&map.print()), Ok(map.clone()), "{}", map.print());
                    prop_assert_eq!(ControlMap::parse(&map.print_over(&text)), Ok(map), "over {}", text);
                }
                Err(e) => {
                    let line = e.strip_prefix("line ").and_then(|e| e.split(':').next()?.parse::<usize>().ok());
                    let lines = 1 + text.matches('\n').count();
                    prop_assert!(line.is_some_and(|l| (1..=lines).contains(&l)), "{e} from {text}");
                    prop_assert!(!e.contains('\n'), "{e:?} from {text}");
                }
            }
        }
    }
}
