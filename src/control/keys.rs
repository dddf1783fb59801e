//! Which key moves what, on disk: one TOML file, each key by its label.
//!
//! ```toml
//! q = "air.inflow"                                # pressed: a switch changes over, a cue goes, a knob goes to its default
//! w = { to = "air.inflow", step = 0.05 }          # a step of its travel; down with -0.05
//! e = { to = "layer.smoke.opacity", hold = 1.0 }  # there while the key is held, then back
//! f = { to = "master.fade", instead = true }      # a key that the stage uses, taken from it on purpose
//! ```

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use toml_edit::{Item, TableLike};

use super::address::{AddressKind, AddressTarget, ControlInput, apply, told};
use show::Hub;
use world::limits;

/// Mistakes of a file that are told at once.
const TOLD: usize = 50;

/// What a key does to its address.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum KeyMode {
    /// A button goes down.
    Press,
    /// A step of the travel.
    Step(f64),
    /// A place of the travel, for as long as it is held.
    Hold(f64),
}

/// One key.
#[derive(Clone, Debug, PartialEq)]
pub struct KeyMapping {
    /// Its label, as the stage writes it.
    pub key: &'static str,
    /// What it moves.
    pub to: String,
    /// How.
    pub does: KeyMode,
}

/// A key of the stage: its label, and what it means there if it means something.
pub type StageKey = (&'static str, Option<&'static str>);

/// Why a map of keys cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("the map of keys {}: {reason}", path.display())]
pub struct KeysError {
    /// The file.
    pub path: PathBuf,
    /// Everything that is wrong, with its lines.
    pub reason: String,
}

/// All keys that were given a meaning, and those that are held now with where their knob was.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Keys {
    entries: Vec<KeyMapping>,
    held: BTreeMap<&'static str, f64>,
}

impl Keys {
    /// Reads a file.
    ///
    /// # Errors
    /// [`KeysError`] names the file, and each mistake with its line.
    pub fn load(path: &Path, known: &[StageKey]) -> Result<Self, KeysError> {
        let wrong = |reason: String| KeysError { path: path.into(), reason };
        let text = limits::read_text(path).map_err(|e| wrong(e.to_string()))?;
        Self::parse(&text, known).map_err(wrong)
    }

    /// Reads a map's text.
    ///
    /// # Errors
    /// Every mistake with its line: what was expected, and what was found.
    pub fn parse(text: &str, known: &[StageKey]) -> Result<Self, String> {
        let line = |span: Option<std::ops::Range<usize>>| {
            let at = span.map_or(0, |s| s.start).min(text.len());
            1 + text.as_bytes()[..at].iter().filter(|b| **b == b'\n').count()
        };
        let document = toml_edit::Document::parse(text)
            .map_err(|e| format!("line {}: {}", line(e.span()), e.message().trim().replace('\n', "; ")))?;
        limits::within("keys", document.iter().count(), 0..=limits::ENTRIES)?;
        let (mut entries, mut wrong) = (Vec::<KeyMapping>::new(), Vec::new());
        for (key, item) in document.iter() {
            match entry(key, item, known) {
                Ok(e) if entries.iter().any(|o| o.key == e.key) => {
                    wrong.push(format!("line {}: the key `{}` is given twice", line(item.span()), e.key))
                }
                Ok(e) => entries.push(e),
                Err(e) => wrong.push(format!("line {}: {e}", line(item.span()))),
            }
            if wrong.len() > TOLD {
                wrong.push("and more".into());
                break;
            }
        }
        match wrong.is_empty() {
            true => Ok(Self { entries, held: BTreeMap::new() }),
            false => Err(wrong.join("; ")),
        }
    }

    /// All keys of the map.
    pub fn entries(&self) -> &[KeyMapping] {
        &self.entries
    }

    /// Whether a key has a meaning here.
    pub fn has(&self, key: &str) -> bool {
        self.entries.iter().any(|e| e.key == key)
    }

    /// A key goes down; what cannot be done is told in a sentence. An address of a scene that does not play is quiet.
    pub fn press(&mut self, key: &str, hub: &Hub) -> Option<String> {
        let entry = self.entries.iter().find(|e| e.key == key)?;
        let state = hub.state();
        let place = AddressTarget::find(&state.description, &entry.to);
        let from = place.and_then(|p| p.travel(&state, hub.master()));
        let to = match (entry.does, place.map(|p| p.kind())) {
            (_, Some(AddressKind::Trigger)) | (KeyMode::Press, _) => ControlInput::Press,
            (KeyMode::Step(step), _) => ControlInput::Travel((from.unwrap_or(0.0) + step).clamp(0.0, 1.0)),
            (KeyMode::Hold(there), _) => {
                self.held.insert(entry.key, from.unwrap_or(0.0));
                ControlInput::Travel(there)
            }
        };
        match apply(hub, &entry.to, to) {
            Ok(()) | Err(super::address::AddressError::Elsewhere { .. }) => None,
            Err(e) => Some(format!("key {}: {}", entry.key, told(&e, &state.description))),
        }
    }

    /// A key goes up: what it held goes back to where it was.
    pub fn release(&mut self, key: &str, hub: &Hub) {
        let Some(entry) = self.entries.iter().find(|e| e.key == key) else { return };
        if let Some(before) = self.held.remove(entry.key) {
            // The scene may have changed meanwhile; then there is nothing to bring back.
            let _ = apply(hub, &entry.to, ControlInput::Travel(before));
        }
    }
}

fn entry(key: &str, item: &Item, known: &[StageKey]) -> Result<KeyMapping, String> {
    let Some((label, meaning)) = known.iter().find(|k| k.0.eq_ignore_ascii_case(key)) else {
        return Err(format!("there is no key `{key}`{}", near(key, known)));
    };
    let plain = item.as_str();
    let table = item.as_table_like();
    let to = plain.or_else(|| table?.get("to")?.as_str()).ok_or_else(|| {
        format!(
            "`{label}` must be an address such as \"air.inflow\", or a table with `to`, found {}",
            item.to_string().trim()
        )
    })?;
    limits::name(&format!("`{label}`"), to)?;
    let instead = table.and_then(|t| t.get("instead")?.as_bool()).unwrap_or(false);
    if let Some(meaning) = meaning.filter(|_| !instead) {
        return Err(format!(
            "the key `{label}` already means \"{meaning}\" on the stage; to move {to} with it write \
             {label} = {{ to = \"{to}\", instead = true }}"
        ));
    }
    Ok(KeyMapping { key: label, to: to.into(), does: table.map_or(Ok(KeyMode::Press), |t| does(label, t))? })
}

fn does(label: &str, table: &dyn TableLike) -> Result<KeyMode, String> {
    let known = ["to", "step", "hold", "instead"];
    if let Some((key, _)) = table.iter().find(|(k, _)| !known.contains(k)) {
        return Err(format!("`{label}` has no `{key}`; there is {}", known.join(", ")));
    }
    let number = |key: &str, lo: f64| -> Result<Option<f64>, String> {
        let Some(item) = table.get(key) else { return Ok(None) };
        let found = item.as_float().or(item.as_integer().map(|i| i as f64));
        found.filter(|v| (lo..=1.0).contains(v)).map(Some).ok_or_else(|| {
            format!("`{key}` of `{label}` must be a number in {lo}..=1, found {}", item.to_string().trim())
        })
    };
    match (number("step", -1.0)?, number("hold", 0.0)?) {
        (None, None) => Ok(KeyMode::Press),
        (Some(step), None) => Ok(KeyMode::Step(step)),
        (None, Some(there)) => Ok(KeyMode::Hold(there)),
        _ => Err(format!("`{label}` has both `step` and `hold`; expected one of them")),
    }
}

fn near(key: &str, known: &[StageKey]) -> String {
    // A label is a few letters long: what is longer is no misspelling of one.
    if key.len() > 16 {
        return String::new();
    }
    let low = key.to_lowercase();
    let mut all: Vec<(usize, &str)> =
        known.iter().map(|k| (strsim::damerau_levenshtein(&k.0.to_lowercase(), &low), k.0)).collect();
    all.sort();
    let near: Vec<String> = all.iter().take(3).filter(|n| n.0 <= 3).map(|n| format!("`{}`", n.1)).collect();
    if near.is_empty() { String::new() } else { format!("; near it are {}", near.join(", ")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;
    use proptest::prelude::*;
    use show::{Command, CueTarget};
    use world::tape::Event;

    const KNOWN: &[StageKey] =
        &[("Q", None), ("W", None), ("E", None), ("B", Some("blackout")), ("Up", None), (",", None)];

    #[test]
    fn keys_press_step_and_hold() {
        let (hub, inbox) = sample::hub();
        let text = "q = \"cue.1\"\nW = { to = \"gas.inflow\", step = -0.05 }\n\
                    e = { to = \"dawn.layer.smoke.opacity\", hold = 0.25 }\n\
                    b = { to = \"dusk.gas.inflow\", instead = true }\n\",\" = \"gas.wander\"\nup = \"gas.inflo\"\n";
        let mut keys = Keys::parse(text, KNOWN).unwrap();
        let mut tap = |key: &str| {
            let told = keys.press(key, &hub);
            keys.release(key, &hub);
            (told, inbox.try_iter().collect::<Vec<_>>())
        };
        assert_eq!(tap("Q"), (None, vec![Command::Cue(CueTarget::To(1))]));
        let (told, sent) = tap("W");
        assert!(
            told.is_none()
                && matches!(&sent[..], [Command::Travel(a, t)] if a == "gas.inflow" && (t - 0.15).abs() < 1e-9),
            "{sent:?}"
        );
        let smoke = |t| Command::Travel("layer.smoke.opacity".into(), t);
        assert_eq!(tap("E"), (None, vec![smoke(0.25), smoke(1.0)]), "held, and let go");
        assert_eq!(tap("B"), (None, vec![]), "another scene's knob is quiet");
        assert_eq!(tap(","), (None, vec![Command::Event(Event::Set("gas.wander".into(), 0.0))]));
        assert!(tap("Up").0.unwrap().contains("did you mean `gas.inflow`?"));
        assert_eq!(tap("X"), (None, vec![]));
        assert!(keys.has("B") && !keys.has("X"));
    }

    #[test]
    fn every_mistake_is_told_with_its_line() {
        let text = "q = 3\nupp = \"gas.inflow\"\nb = \"gas.inflow\"\nw = { to = \"x\", step = 7 }\n\
                    e = { to = \"x\", hold = 1, step = 0.5 }\nup = { to = \"x\", wait = 1 }\nQ = \"x.y\"\nq = \"x\"\n";
        let said = Keys::parse(text, KNOWN).unwrap_err();
        assert!(said.contains("line 8") && said.contains("duplicate"), "{said}");
        let said = Keys::parse(text.trim_end_matches("q = \"x\"\n"), KNOWN).unwrap_err();
        for part in [
            "line 1: `Q` must be an address such as \"air.inflow\", or a table with `to`, found 3",
            "line 2: there is no key `upp`; near it are `Up`",
            "line 3: the key `B` already means \"blackout\" on the stage",
            "line 4: `step` of `W` must be a number in -1..=1, found 7",
            "line 5: `E` has both `step` and `hold`",
            "line 6: `Up` has no `wait`",
        ] {
            assert!(said.contains(part), "{part}: {said}");
        }
        let twice = Keys::parse("q = \"a.b\"\nQ = \"a.b\"\n", KNOWN).unwrap_err();
        assert!(twice.contains("line 2: the key `Q` is given twice"), "{twice}");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20_000))]
        #[test]
        fn a_damaged_map_is_used_or_told_in_one_line_with_its_place(
            at in 0usize..90, byte in any::<char>(), cut in 0usize..120,
        ) {
            let text = "q = \"cue.1\"\nw = { to = \"gas.inflow\", step = -0.05 }\nb = { to = \"a.b\", instead = true }\n";
            prop_assert_eq!(Keys::parse(text, KNOWN).unwrap().entries().len(), 3);
            let mut text: Vec<char> = text.chars().collect();
            if let Some(c) = text.get_mut(at) { *c = byte; }
            text.truncate(cut);
            let text: String = text.into_iter().collect();
            let (hub, inbox) = sample::hub();
            match Keys::parse(&text, KNOWN) {
                Ok(mut keys) => {
                    for entry in keys.entries().to_vec() {
                        prop_assert_eq!(keys.entries().iter().filter(|e| e.key == entry.key).count(), 1);
                        let told = keys.press(entry.key, &hub);
                        keys.release(entry.key, &hub);
                        // It does something, or says which key cannot.
                        let named = told.as_ref().is_some_and(|t| t.starts_with(&format!("key {}: ", entry.key)));
                        prop_assert!(named || told.is_none(), "{told:?}");
                        for sent in inbox.try_iter() {
                            let sane = !matches!(sent, Command::Travel(_, t) if !(0.0..=1.0).contains(&t));
                            prop_assert!(sane, "{sent:?} from {text}");
                        }
                    }
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
