//! Key mappings on disk: one TOML file, each key by its label.
//!
//! ```toml
//! q = "air.inflow"                                # press: toggles a switch, fires a cue, resets a knob to its default
//! w = { to = "air.inflow", step = 0.05 }          # a step of its travel; down with -0.05
//! e = { to = "layer.smoke.opacity", hold = 1.0 }  # set while the key is held, then restored
//! f = { to = "master.fade", instead = true }      # overrides a key of the stage on purpose
//! ```

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use toml_edit::{Item, TableLike};

use super::address::{AddressKind, AddressTarget, ControlInput, apply, with_hint};
use show::Hub;
use world::limits;

/// Errors of a file that are reported at once.
const REPORTED: usize = 50;

/// What a key does to its address.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum KeyMode {
    /// A button press.
    Press,
    /// A step of the normalised value.
    Step(f64),
    /// A normalised value, while the key is held.
    Hold(f64),
}

/// One key.
#[derive(Clone, Debug, PartialEq)]
pub struct KeyMapping {
    /// Its label, as the stage writes it.
    pub key: &'static str,
    /// Address that it moves.
    pub to: String,
    /// What a press does.
    pub does: KeyMode,
}

/// A key of the stage: its label, and its function there, if any.
pub type StageKey = (&'static str, Option<&'static str>);

/// Why a key map cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("the key map {}: {reason}", path.display())]
pub struct KeysError {
    /// The file.
    pub path: PathBuf,
    /// Every error, with its line.
    pub reason: String,
}

/// All key mappings, and the keys held now with the former values of their knobs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Keys {
    entries: Vec<KeyMapping>,
    held: BTreeMap<&'static str, f64>,
}

impl Keys {
    /// Reads a file.
    ///
    /// # Errors
    /// [`KeysError`] names the file, and each error with its line.
    pub fn load(path: &Path, known: &[StageKey]) -> Result<Self, KeysError> {
        let wrong = |reason: String| KeysError { path: path.into(), reason };
        let text = limits::read_text(path).map_err(|e| wrong(e.to_string()))?;
        Self::parse(&text, known).map_err(wrong)
    }

    /// Reads a map's text.
    ///
    /// # Errors
    /// Every error with its line: what was expected, and what was found.
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
                    wrong.push(format!("line {}: the key `{}` is mapped twice", line(item.span()), e.key))
                }
                Ok(e) => entries.push(e),
                Err(e) => wrong.push(format!("line {}: {e}", line(item.span()))),
            }
            if wrong.len() > REPORTED {
                wrong.push("and more".into());
                break;
            }
        }
        match wrong.is_empty() {
            true => Ok(Self { entries, held: BTreeMap::new() }),
            false => Err(wrong.join("; ")),
        }
    }

    /// All key mappings.
    pub fn entries(&self) -> &[KeyMapping] {
        &self.entries
    }

    /// Whether a key is mapped.
    pub fn has(&self, key: &str) -> bool {
        self.entries.iter().any(|e| e.key == key)
    }

    /// Handles a key press; an error is returned as a sentence. An address of an inactive scene is ignored.
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
            Ok(()) | Err(super::address::AddressError::InactiveScene { .. }) => None,
            Err(e) => Some(format!("key {}: {}", entry.key, with_hint(&e, &state.description))),
        }
    }

    /// Handles a key release: the value that the key held is restored.
    pub fn release(&mut self, key: &str, hub: &Hub) {
        let Some(entry) = self.entries.iter().find(|e| e.key == key) else { return };
        if let Some(before) = self.held.remove(entry.key) {
            // The scene may have changed meanwhile; then there is nothing to restore.
            let _ = apply(hub, &entry.to, ControlInput::Travel(before));
        }
    }
}

fn entry(key: &str, item: &Item, known: &[StageKey]) -> Result<KeyMapping, String> {
    let Some((label, meaning)) = known.iter().find(|k| k.0.eq_ignore_ascii_case(key)) else {
        return Err(format!("unknown key `{key}`{}", near(key, known)));
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
            "the key `{label}` already means \"{meaning}\" on the stage; to map it to {to} write \
             {label} = {{ to = \"{to}\", instead = true }}"
        ));
    }
    Ok(KeyMapping { key: label, to: to.into(), does: table.map_or(Ok(KeyMode::Press), |t| does(label, t))? })
}

fn does(label: &str, table: &dyn TableLike) -> Result<KeyMode, String> {
    let known = ["to", "step", "hold", "instead"];
    if let Some((key, _)) = table.iter().find(|(k, _)| !known.contains(k)) {
        return Err(format!("`{label}` has no field `{key}`; expected one of {}", known.join(", ")));
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
    // Labels are a few letters long: anything longer is not a misspelt one.
    if key.len() > 16 {
        return String::new();
    }
    let low = key.to_lowercase();
    let mut all: Vec<(usize, &str)> =
        known.iter().map(|k| (strsim::damerau_levenshtein(&k.0.to_lowercase(), &low), k.0)).collect();
    all.sort();
    let near: Vec<String> = all.iter().take(3).filter(|n| n.0 <= 3).map(|n| format!("`{}`", n.1)).collect();
    if near.is_empty() { String::new() } else { format!("; did you mean {}?", near.join(" or ")) }
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
            let error = keys.press(key, &hub);
            keys.release(key, &hub);
            (error, inbox.try_iter().collect::<Vec<_>>())
        };
        assert_eq!(tap("Q"), (None, vec![Command::Cue(CueTarget::To(1))]));
        let (error, sent) = tap("W");
        assert!(
            error.is_none()
                && matches!(&sent[..], [Command::Travel(a, t)] if a == "gas.inflow" && (t - 0.15).abs() < 1e-9),
            "{sent:?}"
        );
        let smoke = |t| Command::Travel("layer.smoke.opacity".into(), t);
        assert_eq!(tap("E"), (None, vec![smoke(0.25), smoke(1.0)]), "held, and released");
        assert_eq!(tap("B"), (None, vec![]), "another scene's knob is ignored");
        assert_eq!(tap(","), (None, vec![Command::Event(Event::Set("gas.wander".into(), 0.0))]));
        assert!(tap("Up").0.unwrap().contains("did you mean `gas.inflow`?"));
        assert_eq!(tap("X"), (None, vec![]));
        assert!(keys.has("B") && !keys.has("X"));
    }

    #[test]
    fn every_error_is_reported_with_its_line() {
        let text = "q = 3\nupp = \"gas.inflow\"\nb = \"gas.inflow\"\nw = { to = \"x\", step = 7 }\n\
                    e = { to = \"x\", hold = 1, step = 0.5 }\nup = { to = \"x\", wait = 1 }\nQ = \"x.y\"\nq = \"x\"\n";
        let said = Keys::parse(text, KNOWN).unwrap_err();
        assert!(said.contains("line 8") && said.contains("duplicate"), "{said}");
        let said = Keys::parse(text.trim_end_matches("q = \"x\"\n"), KNOWN).unwrap_err();
        for part in [
            "line 1: `Q` must be an address such as \"air.inflow\", or a table with `to`, found 3",
            "line 2: unknown key `upp`; did you mean `Up`",
            "line 3: the key `B` already means \"blackout\" on the stage",
            "line 4: `step` of `W` must be a number in -1..=1, found 7",
            "line 5: `E` has both `step` and `hold`",
            "line 6: `Up` has no field `wait`",
        ] {
            assert!(said.contains(part), "{part}: {said}");
        }
        let twice = Keys::parse("q = \"a.b\"\nQ = \"a.b\"\n", KNOWN).unwrap_err();
        assert!(twice.contains("line 2: the key `Q` is mapped twice"), "{twice}");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20_000))]
        #[test]
        fn a_damaged_map_is_used_or_rejected_in_one_line_with_its_line_number(
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
                        let error = keys.press(entry.key, &hub);
                        keys.release(entry.key, &hub);
                        // It acts, or reports the key that cannot.
                        let head = format!("key {}: ", entry.key);
                        let named = error.as_ref().is_some_and(|e| e.starts_with(&head));
                        prop_assert!(named || error.is_none(), "{error:?}");
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
