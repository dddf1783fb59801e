//! Generators from arguments of the command line.

use std::collections::BTreeMap;
use std::path::Path;

use super::Failure;
use super::load::SceneSource;
use crate::CATALOGUE;
use crate::bench::compare::opponents::frames_of;
use crate::bench::compare::{ComparisonSetup, ProgressObserver};
use crate::bench::forecast::PictureWorld;
use crate::bench::generator::opponents::{FrameSets, Opponent, TRIVIAL, Trivial};
use crate::bench::generator::{
    Generator, GeneratorError, IMITATOR, ImageFolder, Learned, Noise, SceneGenerator,
};
use crate::bench::sets::npy::ArrayPath;
use crate::bench::shelf::{SHELF, Shelf, is_card};
use crate::data::picture::ReadOptions;
use crate::data::reader;
use crate::learn::File;
use crate::world::limits;

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
  FILE.safetensors    a generator that `untrained learn` trained; or a learned world of pictures (`untrained learn step
                      … --state picture`), whose clips begin with frames of the scene that it learned
  imitator:SCENE      a shipped one: street (a variational autoencoder), ink (denoising diffusion), julia (a Gaussian
                      mixture)
  CARD.toml           a generator of others, by its card (docs/shelf.md): a folder, a film, a program, or an HTTP
                      endpoint; shelf:FILE for a card of any name
  noise               uniform noise
  KIND:GENERATOR      a trivial opponent, made of frames that the generator makes on seeds of their own: persistence
                      (they are kept), tiles (patches of them), phase (their Fourier phases randomised), gaussian (a
                      normal distribution with their covariance), nearest (those nearest to other frames), blur
  half:SCENE          the scene with its worlds at half their cells a side; quarter:SCENE; perturbed:SCENE, from a
                      slightly different start";

/// Opponents that are variants of a scene.
const VARIANTS: [&str; 3] = ["half", "quarter", "perturbed"];

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

/// An argument split into a kind of opponent and what it is an opponent of, if it names one.
fn opponent(word: &str) -> Option<(&str, &str)> {
    let (kind, source) = word.split_once(':')?;
    let mut known = TRIVIAL.iter().map(|t| t.name).chain(VARIANTS);
    known.any(|k| k == kind).then_some((kind, source))
}

fn short(word: &str) -> String {
    if let Some((kind, source)) = opponent(word) {
        return format!("{kind}:{}", short(source));
    }
    let path = Path::new(cut(word).0.trim_start_matches(SHELF));
    let own = if path.is_dir() { path.file_name() } else { path.file_stem() };
    own.map_or_else(|| word.to_string(), |n| n.to_string_lossy().into_owned())
}

/// What candidates are made with.
pub struct Making<'a> {
    /// Settings for all scenes.
    pub sizes: &'a SizeOverrides,
    /// How pictures are read.
    pub reading: &'a ReadOptions,
    /// The comparison that they are made for.
    pub setup: &'a ComparisonSetup,
    /// The argument for the reference, with whose starts learned worlds of that scene begin.
    pub reference: &'a str,
    /// Who watches while opponents' frames are drawn.
    pub watch: &'a dyn ProgressObserver,
}

/// A generator, or an opponent whose frames are not drawn yet.
enum Candidate<'a> {
    Ready(Box<dyn Generator>),
    Pending { kind: &'static Trivial, word: &'a str, source: Box<dyn Generator> },
}

/// The generators that arguments name, trivial opponents among them. Frames are drawn once for all opponents of one
/// argument, after every argument has been found to name something.
///
/// # Errors
/// As [`generator`], or the frames of an opponent cannot be drawn.
pub fn candidates(
    words: &[String],
    names: &[String],
    making: &Making,
) -> Result<Vec<Box<dyn Generator>>, Failure> {
    let named = words.iter().zip(names).map(|(word, name)| candidate(word, name, making));
    let named = named.collect::<Result<Vec<Candidate>, Failure>>()?;
    let with_targets: Vec<&str> = named
        .iter()
        .filter_map(|c| match c {
            Candidate::Pending { kind, word, .. } if kind.name == "nearest" => Some(*word),
            _ => None,
        })
        .collect();
    let mut drawn: BTreeMap<&str, FrameSets> = BTreeMap::new();
    let mut all = Vec::new();
    for (candidate, name) in named.into_iter().zip(names) {
        let (kind, word, source) = match candidate {
            Candidate::Ready(generator) => {
                all.push(generator);
                continue;
            }
            Candidate::Pending { kind, word, source } => (kind, word, source),
        };
        let sets = match drawn.get(word) {
            Some(sets) => sets.clone(),
            None => frames_of(&*source, with_targets.contains(&word), making.setup, making.watch)?,
        };
        drawn.insert(word, sets.clone());
        all.push(Box::new(Opponent::new(name, kind, sets)?));
    }
    Ok(all)
}

fn candidate<'a>(word: &'a str, name: &str, making: &Making) -> Result<Candidate<'a>, Failure> {
    if let Some(world) = picture_world(word, name, making.sizes, Some(making.reference))? {
        let at = |e: String| Failure::input(format!("{word}: {e}"));
        world.stride(making.setup.spec.every).map_err(at)?;
        return Ok(Candidate::Ready(Box::new(world)));
    }
    let Some((kind, source)) = opponent(word) else {
        return Ok(Candidate::Ready(other(word, name, making.sizes, making.reading)?));
    };
    let made = generator(source, name, making.sizes, making.reading)?;
    if let Some(kind) = TRIVIAL.iter().find(|t| t.name == kind) {
        return Ok(Candidate::Pending { kind, word: source, source: made });
    }
    let variant = match kind {
        "half" => made.coarser(2),
        "quarter" => made.coarser(4),
        _ => made.perturbed(),
    };
    let no_rule =
        || Failure::input(format!("{kind}: expected a scene of worlds with more cells, found `{source}`"));
    variant.map(Candidate::Ready).ok_or_else(no_rule)
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
    match picture_world(word, name, sizes, None)? {
        Some(world) => Ok(Box::new(world)),
        None => other(word, name, sizes, reading),
    }
}

/// The same, of what is no learned world of pictures.
fn other(
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
    if let Some(card) = what.strip_prefix(SHELF).map(Path::new).or(Some(path).filter(|p| is_card(p))) {
        let shelf = Shelf::open(name, card, reading)?;
        super::reading::report_notes(what, shelf.notes());
        return plain(Box::new(shelf));
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

/// The learned world of pictures that an argument names; none if it names none. Its clips begin with frames of
/// `reference`, if that is the scene which it learned, else of the scene that its file names.
///
/// # Errors
/// The world learned fields, or there is no such scene (exit code 2).
fn picture_world(
    word: &str,
    name: &str,
    sizes: &SizeOverrides,
    reference: Option<&str>,
) -> Result<Option<PictureWorld>, Failure> {
    let path = Path::new(word);
    // What is not read here is reported by who expects a generator there.
    let is_weights = path.extension().is_some_and(|e| e == "safetensors");
    let Some(data) = is_weights.then(|| limits::read(path, limits::WEIGHTS).ok()).flatten() else {
        return Ok(None);
    };
    let Ok(file) = File::from_bytes(&data, path) else { return Ok(None) };
    let Some(spec) = &file.header.world else { return Ok(None) };
    PictureWorld::planes(spec, word)?;
    let scene = reference.filter(|r| opponent(r).is_none() && short(r) == short(&spec.scene));
    let scene = scene.unwrap_or(&spec.scene);
    let rule = rule(scene, &short(scene), sizes)?.0;
    Ok(Some(PictureWorld::new(name, (&file, path, &data), (rule, scene))?))
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
        let words = ["ink", "tiles:ink", "half:b/garden.toml?cells=9x9", "other:ink"];
        assert_eq!(self::names(&words.map(String::from)), ["ink", "tiles:ink", "half:garden", "other:ink"]);
    }

    #[test]
    fn opponents_are_told_by_their_kind() {
        assert_eq!(opponent("phase:ink?a=b"), Some(("phase", "ink?a=b")));
        assert_eq!(opponent("quarter:ink"), Some(("quarter", "ink")));
        assert!(["ink", "imitator:ink", "noise", "tiles"].iter().all(|w| opponent(w).is_none()));
        // Every kind is explained to whoever asks for help.
        let mut kinds = TRIVIAL.iter().map(|t| t.name).chain(VARIANTS);
        assert!(kinds.all(|k| WORDS.contains(k)));
    }
}
