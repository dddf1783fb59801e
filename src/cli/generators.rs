//! Generators from arguments of the command line.

use std::path::Path;

use super::Failure;
use super::load::SceneSource;
use crate::CATALOGUE;
use crate::bench::generator::{
    Generator, GeneratorError, IMITATOR, ImageFolder, Learned, Noise, SceneGenerator,
};
use crate::bench::sets::npy::ArrayPath;
use crate::data::picture::ReadOptions;
use crate::data::reader;

impl From<GeneratorError> for Failure {
    fn from(e: GeneratorError) -> Self {
        match e {
            GeneratorError::Input { .. } => Self::input(e),
            GeneratorError::Sample { .. } => Self::failed(e),
        }
    }
}

/// How generators are written; for `--help`.
pub const WORDS: &str = "\
A generator is one of
  SCENE[?SETTING,…]   a scene file or a shipped scene left to run, restarted from the seed of each sample. Settings:
                        node.knob=LO..HI    drawn for each seed, uniform along the knob's travel
                        node.knob=A|B|C     one of these for each seed
                        node.knob=VALUE     the same for all
                        canvas=WxH          render at this size
                        cells=WxH           limit worlds to this many cells
                        warm-up=LO..HI      ticks before the first frame, drawn for each seed
  FOLDER[?SETTING,…]  an image folder: frames, images or IDX files; or an array of pictures (.npy, .npz). A seed is an
                      index into a fixed shuffle. Settings:
                        part=test|train|all without it the test pictures, if there are any
                        over=COLOUR         background for transparent pixels
  FILE.safetensors    a generator that `untrained learn` trained
  imitator:SCENE      a shipped one: street (a variational autoencoder), ink (a neural cellular automaton)
  noise               uniform noise";

/// An argument split into what it names and its settings.
pub fn cut(word: &str) -> (&str, &str) {
    word.split_once('?').unwrap_or((word, ""))
}

/// Settings for all scenes, placed before those of each.
#[derive(Clone, Debug, Default)]
pub struct SizeOverrides {
    /// `canvas=WxH`.
    pub canvas: Option<String>,
    /// `cells=WxH`.
    pub cells: Option<String>,
}

impl SizeOverrides {
    fn with(&self, settings: &str) -> String {
        let size = |name: &str, size: &Option<String>| size.as_ref().map(|s| format!("{name}={s}"));
        let own = Some(settings.to_string()).filter(|s| !s.is_empty());
        let all = [size("canvas", &self.canvas), size("cells", &self.cells), own];
        all.into_iter().flatten().collect::<Vec<_>>().join(",")
    }
}

/// Short, unique names for arguments: the file's or folder's own, with settings where that is not enough.
pub fn names(words: &[String]) -> Vec<String> {
    let short: Vec<String> = words.iter().map(|w| short(w)).collect();
    let settings = |w: &str| -> Vec<String> {
        let all = cut(w).1.split(',');
        all.filter(|s| !s.starts_with("canvas=") && !s.starts_with("cells=")).map(String::from).collect()
    };
    // Settings shared by all of one short name do not tell them apart.
    let knobs = |i: usize| {
        let alike: Vec<Vec<String>> =
            words.iter().zip(&short).filter(|w| *w.1 == short[i]).map(|w| settings(w.0)).collect();
        let mut own = settings(&words[i]);
        own.retain(|s| alike.iter().any(|other| !other.contains(s)));
        own.join(" ")
    };
    let mut names: Vec<String> = Vec::new();
    for i in 0..words.len() {
        let alone = short.iter().filter(|s| **s == short[i]).count() == 1;
        let long = format!("{} {}", short[i], knobs(i)).trim().to_string();
        let name = if alone { short[i].clone() } else { long };
        let taken = |n: &String| names.contains(n);
        let numbered = (2..).map(|k| format!("{name} {k}")).find(|n| !taken(n));
        names.push(if taken(&name) { numbered.unwrap_or(name) } else { name });
    }
    names
}

fn short(word: &str) -> String {
    let path = Path::new(cut(word).0);
    let own = if path.is_dir() { path.file_name() } else { path.file_stem() };
    own.map_or_else(|| word.to_string(), |n| n.to_string_lossy().into_owned())
}

/// The generator that an argument names.
///
/// # Errors
/// It names none, or what it names cannot be used (exit code 2).
pub fn generator(
    word: &str,
    name: &str,
    sizes: &SizeOverrides,
    reading: &ReadOptions,
) -> Result<Box<dyn Generator>, Failure> {
    let (what, settings) = cut(word);
    let path = Path::new(what);
    let plain = |g: Box<dyn Generator>| match settings {
        "" => Ok(g),
        _ => Err(Failure::input(format!("{what} takes no settings, found `{settings}`"))),
    };
    if what == "noise" {
        return plain(Box::new(Noise));
    }
    if let Some(scene) = what.strip_prefix(IMITATOR) {
        return plain(Box::new(Learned::imitator(name, scene)?));
    }
    if path.extension().is_some_and(|e| e == "safetensors") {
        return plain(Box::new(Learned::open(name, path)?));
    }
    if reader::is_set(path) || path.is_file() && ArrayPath::of(path).is_arrays() {
        let folder = ImageFolder::open(name, path, settings, reading)?;
        super::reading::report_notes(what, folder.notes());
        return Ok(Box::new(folder));
    }
    Ok(Box::new(rule(word, name, sizes)?.0))
}

/// The rule that an argument names, and the text of its scene.
///
/// # Errors
/// It names no scene, or a setting is wrong (exit code 2).
pub fn rule(word: &str, name: &str, sizes: &SizeOverrides) -> Result<(SceneGenerator, String), Failure> {
    let (what, settings) = cut(word);
    let scene = SceneSource::find(what).map_err(|failure| match Path::new(what).is_file() {
        true => failure.into(),
        false => Failure::input(format!(
            "expected a scene, a folder of pictures, a generator (.safetensors) or `noise`: {failure}"
        )),
    })?;
    Ok((SceneGenerator::new(name, scene.load(CATALOGUE)?, &sizes.with(settings))?, scene.text()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_short_and_differ() {
        let words = ["ants", "b/garden.toml?cells=9x9", "garden?canvas=8x8,a.b=1..2", "noise", "noise"];
        let names = names(&words.map(String::from));
        assert_eq!(names, ["ants", "garden", "garden a.b=1..2", "noise", "noise 2"]);
        let words = ["ink?warm-up=1..9", "ink?warm-up=1..9,a.b=2", "ink?warm-up=1..9,a.b=3"];
        assert_eq!(self::names(&words.map(String::from)), ["ink", "ink a.b=2", "ink a.b=3"]);
    }
}
