//! The card of a foreign generator: a TOML file. Reading one reports every problem at once, each with its line.

use std::path::Path;

use toml_edit::Document;

use super::fields::{line, needed, number, table, whole};
use super::source::Source;
use crate::price::StatedTraining;
use world::limits::{self, NAME, PICTURE_BYTES, PICTURE_SIDE};
use world::scene::Problem;
use world::scene::problem::{Problems, Section};

/// Bytes of a prompt.
const PROMPT: usize = 8192;

/// Weights of a model, as stated.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Weights {
    /// Bytes.
    pub bytes: Option<u64>,
    /// Their hash, with its method: `sha256:…`.
    pub hash: Option<String>,
    /// Their licence.
    pub licence: Option<String>,
}

/// What a card says. None of it is confirmed.
#[derive(Clone, Debug, PartialEq)]
pub struct Card {
    /// What people call it.
    pub name: String,
    /// The model, with its version and settings.
    pub model: String,
    /// Its weights.
    pub weights: Weights,
    /// What it runs on.
    pub gpu: Option<String>,
    /// Power of that while it generates, watts.
    pub watts: Option<f64>,
    /// Time of a frame there, seconds; if it is not stated, that of waiting counts.
    pub seconds: Option<f64>,
    /// Width and height of its pictures, pixels.
    pub resolution: [u32; 2],
    /// The prompt, if it takes one.
    pub prompt: Option<String>,
    /// What its training cost.
    pub training: StatedTraining,
    /// Licence of its training data, as far as known.
    pub data_licence: String,
    /// Where its pictures come from.
    pub source: Source,
    /// Line of the card that says so, from 1.
    pub line: usize,
}

impl Card {
    /// Reads a card; paths in it are relative to `folder`. Files that it names are not looked at.
    ///
    /// # Errors
    /// Every problem of the text, from top to bottom.
    pub fn parse(text: &str, folder: &Path) -> Result<Self, Vec<Problem>> {
        let mut p = Problems::new(text);
        let document = match Document::parse(text.to_string()) {
            Ok(document) => document,
            Err(e) => {
                p.add(e.span(), format!("this is not TOML: {}", e.message().trim().replace('\n', "; ")));
                return Err(p.into_sorted());
            }
        };
        let mut root = Section::new(document.as_table(), "the card", None);
        let card = match root.item("shelf") {
            Some(item) => Section::of(item, "[shelf]", &mut p).and_then(|s| read(s, folder, text, &mut p)),
            None => {
                p.add(None, "the card has no table [shelf]");
                None
            }
        };
        root.finish(&[], &mut p);
        match (card, p.into_sorted()) {
            (Some(card), problems) if problems.is_empty() => Ok(card),
            (_, problems) => Err(problems),
        }
    }

    /// One sentence or two with everything that the card says.
    pub fn about(&self) -> String {
        let known = |what: &str, text: &Option<String>| text.as_ref().map(|t| format!("{what} {t}"));
        let weights = [
            self.weights.bytes.map(|b| format!("weights of {}", limits::size(b))),
            known("hash", &self.weights.hash),
            Some(format!("licence {}", self.weights.licence.as_deref().unwrap_or("not stated"))),
        ];
        let machine = match (&self.gpu, self.watts) {
            (Some(gpu), Some(watts)) => format!(" on {gpu} ({watts} W)"),
            (Some(gpu), None) => format!(" on {gpu} (power not stated)"),
            (None, Some(watts)) => format!(" at {watts} W"),
            (None, None) => String::new(),
        };
        let [width, height] = self.resolution;
        let prompt = self.prompt.as_ref().map_or(String::new(), |p| format!(" for the prompt “{p}”"));
        format!(
            "{}: {} ({}){machine}, {width} × {height} pixels{prompt}; training data: {}",
            self.name,
            self.model,
            weights.into_iter().flatten().collect::<Vec<_>>().join(", "),
            self.data_licence
        )
    }
}

fn read(mut s: Section, folder: &Path, text: &str, p: &mut Problems) -> Option<Card> {
    let name = needed(&mut s, "name", p);
    let model = needed(&mut s, "model", p);
    let resolution = resolution(&mut s, p);
    let gpu = line(&mut s, "gpu", NAME, p);
    let watts = s.number("watts", 0.1, 1e7, p);
    let seconds = s.number("seconds", 1e-6, 86_400.0, p);
    let prompt = line(&mut s, "prompt", PROMPT, p);
    let weights = s.item("weights").and_then(|i| Section::of(i, "[shelf.weights]", p));
    let weights = weights.map(|w| self::weights(w, p)).unwrap_or_default();
    let training =
        table(&mut s, "training", "its `licence`, that of the training data (\"unknown\" if it is)", p);
    let training = training.and_then(|t| self::training(t, p));
    let source = table(&mut s, "source", "one of `folder`, `film`, `pipe` and `http`", p);
    let source = source.and_then(|t| Source::read(t, folder, p));
    s.finish(&[], p);
    let (training, data_licence) = training?;
    let (source, at) = source?;
    let (name, model, resolution) = (name?, model?, resolution?);
    let line = 1 + text.as_bytes().iter().take(at).filter(|b| **b == b'\n').count();
    Some(Card {
        name,
        model,
        weights,
        gpu,
        watts,
        seconds,
        resolution,
        prompt,
        training,
        data_licence,
        source,
        line,
    })
}

fn weights(mut s: Section, p: &mut Problems) -> Weights {
    let bytes = whole(&mut s, "bytes", p);
    let weights =
        Weights { bytes, hash: line(&mut s, "hash", NAME, p), licence: line(&mut s, "licence", NAME, p) };
    s.finish(&[], p);
    weights
}

fn training(mut s: Section, p: &mut Problems) -> Option<(StatedTraining, String)> {
    let licence = needed(&mut s, "licence", p);
    let stated = StatedTraining {
        images: number(&mut s, "images", p),
        seconds: number(&mut s, "seconds", p),
        joules: number(&mut s, "joules", p),
    };
    s.finish(&[], p);
    Some((stated, licence?))
}

fn resolution(s: &mut Section, p: &mut Problems) -> Option<[u32; 2]> {
    if !s.has("resolution") {
        p.add(
            s.span(),
            format!("{} has no `resolution`, [WIDTH, HEIGHT] of its pictures in pixels", s.what()),
        );
    }
    let sides = s.pair("resolution", p)?;
    let fits = |v: &f64| v.fract() == 0.0 && (1.0..=f64::from(PICTURE_SIDE)).contains(v);
    if !sides.iter().all(fits) || 3.0 * sides[0] * sides[1] > PICTURE_BYTES as f64 {
        let pixels = PICTURE_BYTES / 3;
        let message =
            format!("must be two whole numbers in 1..={PICTURE_SIDE}, at most {pixels} pixels together");
        p.add(s.span_of("resolution"), format!("`resolution` of {} {message}; found {sides:?}", s.what()));
        return None;
    }
    Some(sides.map(|v| v as u32))
}

/// Whether a file is a card: a TOML file with a table `[shelf]`.
pub fn is_card(path: &Path) -> bool {
    let is_toml = path.extension().is_some_and(|e| e == "toml") && path.is_file();
    let begins = |l: &str| ["[shelf]", "[shelf."].iter().any(|head| l.trim_start().starts_with(head));
    is_toml && limits::read_text(path).is_ok_and(|text| text.lines().any(begins))
}

#[cfg(test)]
mod tests;
