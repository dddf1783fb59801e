//! The source tree: its systems, and its lists with one more.

use std::path::{Path, PathBuf};

use super::super::Failure;
use crate::world::scene::problem::suggest;

/// How the catalogue begins; its type follows.
const HEAD: &str = "pub const CATALOGUE: &[";

/// A source tree of this program.
pub struct Tree {
    root: PathBuf,
    /// `src/systems/lib.rs`.
    catalogue: String,
}

impl Tree {
    /// The tree in a folder.
    pub fn open(root: &Path) -> Result<Self, Failure> {
        let catalogue = std::fs::read_to_string(root.join("src/systems/lib.rs")).unwrap_or_default();
        if !catalogue.contains(HEAD) {
            return Err(Failure::input(format!(
                "{} is not the source tree of untrained: expected a catalogue in src/systems/lib.rs; run this in the \
                 source folder, or name it with --dir",
                root.display()
            )));
        }
        Ok(Self { root: root.into(), catalogue })
    }

    /// Says whether a system of that name and family can be added.
    pub fn check(&self, name: &str, family: &str) -> Result<(), Failure> {
        let families = self.families();
        let families: Vec<&str> = families.iter().map(String::as_str).collect();
        if !families.contains(&family) {
            let hint = suggest(family, &families);
            return Err(Failure::input(format!("there is no family `{family}` in src/systems; {hint}")));
        }
        let systems = self.root.join("src/systems");
        let folders = families.iter().map(|f| systems.join(f));
        let files = folders.flat_map(|f| [f.join(name).with_extension("rs"), f.join(name)]);
        let scene = self.root.join(format!("scenes/{name}.toml"));
        if let Some(there) = files.chain([scene, systems.join(name)]).find(|p| p.exists()) {
            let there = there.strip_prefix(&self.root).unwrap_or(&there).display().to_string();
            return Err(Failure::input(format!("the name `{name}` is taken: there is {there}")));
        }
        let says = format!("const NAME: &'static str = \"{name}\"");
        match contains(&systems, &says) {
            true => {
                Err(Failure::input(format!("the name `{name}` is taken: a system in src/systems has it")))
            }
            false => Ok(()),
        }
    }

    /// Folders of `src/systems` that are modules.
    fn families(&self) -> Vec<String> {
        let words = self.catalogue.lines().filter_map(|l| l.strip_prefix("pub mod ")?.strip_suffix(';'));
        let is_there = |f: &&str| self.root.join("src/systems").join(f).join("mod.rs").is_file();
        words.filter(is_there).map(String::from).collect()
    }

    /// The family's `mod.rs` with one more module, in the order of their names.
    pub fn with_module(&self, name: &str, family: &str) -> Result<String, Failure> {
        let path = self.root.join("src/systems").join(family).join("mod.rs");
        let text = std::fs::read_to_string(&path)
            .map_err(|e| Failure::input(format!("cannot read {}: {e}", path.display())))?;
        let module = |line: &str| {
            let word = line.strip_prefix("pub ").unwrap_or(line).strip_prefix("mod ")?.strip_suffix(';')?;
            Some(word.to_string())
        };
        let mut lines: Vec<&str> = text.lines().collect();
        let after = lines.iter().rposition(|l| module(l).is_some_and(|m| m.as_str() < name));
        // An attribute stays with its module.
        let is_alone = |i: &usize| *i == 0 || !lines[*i - 1].starts_with('#');
        let first = (0..lines.len()).filter(is_alone).find(|i| module(lines[*i]).is_some());
        let own = format!("pub mod {name};");
        match after.map(|i| i + 1).or(first) {
            Some(place) => lines.insert(place, &own),
            None => lines.extend(["", &own]),
        }
        Ok(lines.join("\n") + "\n")
    }

    /// The catalogue with one more line, after the last of its family.
    pub fn with_line(&self, name: &str, family: &str, kind: &str) -> Result<String, Failure> {
        let mut lines: Vec<&str> = self.catalogue.lines().collect();
        let begin = lines.iter().position(|l| l.starts_with(HEAD)).map_or(0, |i| i + 1);
        let end = lines.iter().skip(begin).position(|l| *l == "];").map(|i| begin + i);
        // The part before the type is copied from another line.
        let word = lines.get(begin).and_then(|l| Some(&l[..l.find("::of::<")?]));
        let (Some(end), Some(word)) = (end, word) else {
            let expected = "a line a system, such as `SystemKind::of::<gas::lbm::Lbm>(),`, and an end `];`";
            return Err(Failure::input(format!("the catalogue in src/systems/lib.rs: expected {expected}")));
        };
        let own = format!("{word}::of::<{family}::{name}::{kind}>(),");
        let last = lines[begin..end].iter().rposition(|l| l.contains(&format!("<{family}::")));
        lines.insert(last.map_or(end, |i| begin + i + 1), &own);
        Ok(lines.join("\n") + "\n")
    }
}

/// Whether a source file in a folder contains this.
fn contains(folder: &Path, words: &str) -> bool {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|e| e.path()).any(|path| match path.is_dir() {
        true => contains(&path, words),
        false => std::fs::read_to_string(&path).is_ok_and(|text| text.contains(words)),
    })
}
