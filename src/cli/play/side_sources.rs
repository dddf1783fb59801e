//! Sources of a split-screen comparison: two scenes, from arguments of the command line.

use std::path::Path;

use crate::CATALOGUE;
use crate::bench::generator::IMITATOR;
use crate::cli::Failure;
use crate::cli::load::SceneSource;
use crate::learn::File;
use crate::learn::nca::{self, inference::Automaton};
use crate::systems::learned::world::LearnedWorld;
use crate::systems::learned::{IMITATORS, latent::Latent, nca::Nca};
use crate::world::limits;
use crate::world::system::System;

/// A scene to play, and the bytes that describe it.
pub struct SideSource {
    /// The scene.
    pub source: SceneSource,
    /// Its description.
    pub name: String,
    /// Text of a rule, or weights.
    pub bytes: u64,
}

/// The scene and its imitator: a second scene, a file of weights, `imitator:SCENE`, or, if none is named, the one that
/// is shipped for that scene.
///
/// # Errors
/// One of them does not exist or is no generator (exit code 2).
pub fn side_sources(words: &[String]) -> Result<[SideSource; 2], Failure> {
    let [left, right] = match words {
        [scene] => [scene.clone(), format!("{IMITATOR}{}", SceneSource::find(scene)?.name())],
        [scene, imitator] => [scene.clone(), imitator.clone()],
        _ => return Err(Failure::input("--versus: expected a scene and its imitator")),
    };
    let left = rule(&left)?;
    let rate = left.source.load(CATALOGUE)?.rate;
    Ok([left, imitator(&right, rate)?])
}

fn rule(word: &str) -> Result<SideSource, Failure> {
    let source = SceneSource::find(word)?;
    let bytes = source.text()?.len() as u64;
    Ok(SideSource { name: source.name(), source, bytes })
}

fn imitator(word: &str, rate: f64) -> Result<SideSource, Failure> {
    let path = Path::new(word);
    if let Some(scene) = word.strip_prefix(IMITATOR) {
        let known = || IMITATORS.iter().map(|i| i.0).collect::<Vec<_>>().join(", ");
        let (_, weights) = IMITATORS.iter().find(|i| i.0 == scene).ok_or_else(|| {
            let message = "name the weights of one that `untrained learn` trained";
            Failure::input(format!(
                "no imitator of `{scene}` is shipped (there are those of {}); {message}",
                known()
            ))
        })?;
        return made(word, weights, None, rate);
    }
    if path.extension().is_none_or(|e| e != "safetensors") {
        return rule(word);
    }
    let weights = limits::read(path, limits::WEIGHTS)
        .map_err(|e| Failure::input(format!("cannot read {}: {e}", path.display())))?;
    let whole = std::path::absolute(path).unwrap_or(path.into());
    made(word, &weights, Some(&whole), rate)
}

/// A scene with only the generator, showing a single picture.
fn made(word: &str, weights: &[u8], path: Option<&Path>, rate: f64) -> Result<SideSource, Failure> {
    let file = File::from_bytes(weights, Path::new(word))?;
    let method = file.header.method.as_str();
    let (system, sizes) = player(&file, word)?;
    let file_line = path.map_or(String::new(), |p| format!("file = {:?}\n", p.display().to_string()));
    let title = path.and_then(Path::file_stem).map_or(word.to_string(), |s| s.to_string_lossy().into_owned());
    let about = format!("a {method} trained on {}", file.header.card.data);
    let text = format!(
        "title = {title:?}\nabout = {about:?}\nsize = [1280, 720]\nrate = {rate}\n\n[node.imitator]\nsystem = \"{system}\"\nsize = [640, 360]\n{sizes}{file_line}\n[[layer]]\nshow = \"imitator.picture\"\n"
    );
    let name = format!("{title} ({method})");
    Ok(SideSource { source: SceneSource::Generated(title, text), name, bytes: weights.len() as u64 })
}

/// The system that plays a generator, and the lines that make it show a single picture: a cellular automaton runs on,
/// any other walks its latent space.
fn player(file: &File, word: &str) -> Result<(&'static str, String), Failure> {
    if file.header.world.is_some() {
        return Ok((LearnedWorld::NAME, String::new()));
    }
    if file.header.method != nca::METHOD.name {
        return Ok((Latent::NAME, "columns = 1\n".into()));
    }
    let rule =
        Automaton::open(&file.header, &file.weights).map_err(|e| Failure::input(format!("{word}: {e}")))?;
    let cells = format!("cells = {}\n", file.header.side);
    Ok((Nca::NAME, if rule.is_texture() { cells } else { "columns = 1\n".into() }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(words: &[&str]) -> Result<[SideSource; 2], Failure> {
        side_sources(&words.iter().map(|w| w.to_string()).collect::<Vec<_>>())
    }

    #[test]
    fn shipped_imitators_are_found_by_their_scene() {
        for (scene, method) in [("street", "vae"), ("ink", "diffusion")] {
            let [rule, imitator] = words(&[scene]).unwrap();
            assert!(rule.name == scene && rule.bytes < 2000 && imitator.bytes > 10_000);
            assert!(imitator.name.contains(method), "{}", imitator.name);
            let loaded = imitator.source.load(CATALOGUE).unwrap();
            assert_eq!((loaded.nodes.len(), loaded.rate), (1, 60.0));
        }
        let [_, other] = words(&["garden", "harvest"]).unwrap();
        assert_eq!(other.name, "harvest");
    }

    #[test]
    fn missing_imitators_are_reported() {
        for (given, expected) in [
            (vec!["garden"], "street, ink"),
            (vec!["gardn"], "garden"),
            (vec!["ink", "nowhere.safetensors"], "nowhere.safetensors"),
            (vec!["ink", "imitator:coast"], "street, ink"),
        ] {
            let e = words(&given).err().unwrap();
            assert!(e.code == 2 && e.report.to_string().contains(expected), "{given:?}: {}", e.report);
        }
    }
}
