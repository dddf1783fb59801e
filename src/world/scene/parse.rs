//! The whole file: head, waves, curator; nodes, links and layers have files of their own.

use std::path::Path;

use toml_edit::{Document, Table};

use super::links::{self, SignalNames};
use super::problem::{Problems, Section, suggest};
use super::size::size;
use super::{Catalogue, Curator, CuratorAction, Directory, Problem, Scene, layers, nodes, voices};
use crate::frame::{Backdrop, palette};
use crate::rng::Rng;
use crate::signal::{Lfo, Link, Waveform};

impl Scene {
    /// Reads a scene. `name` is the file's stem, `folder` what its file names are relative to.
    ///
    /// # Errors
    /// Every problem of the text, from top to bottom.
    pub fn parse(
        text: &str,
        name: &str,
        folder: &Path,
        catalogue: impl Into<Catalogue>,
    ) -> Result<Self, Vec<Problem>> {
        match Self::survey(text, name, folder, catalogue) {
            (Some(scene), problems) if problems.is_empty() => Ok(scene),
            (_, problems) => Err(problems),
        }
    }

    /// As [`Self::parse`], with as much of the scene as can be read in spite of its problems; none if it is not TOML.
    pub fn survey(
        text: &str,
        name: &str,
        folder: &Path,
        catalogue: impl Into<Catalogue>,
    ) -> (Option<Self>, Vec<Problem>) {
        let mut p = Problems::new(text);
        let scene = match Document::parse(text.to_string()) {
            Ok(document) => Some(read(document.as_table(), text, name, folder, catalogue.into(), &mut p)),
            Err(e) => {
                p.add(e.span(), format!("this is not TOML: {}", e.message().trim().replace('\n', "; ")));
                None
            }
        };
        (scene, p.into_sorted())
    }
}

fn read(
    root: &Table,
    text: &str,
    name: &str,
    folder: &Path,
    catalogue: Catalogue,
    p: &mut Problems,
) -> Scene {
    let kinds = catalogue.systems;
    let mut s = Section::new(root, "the scene", None);
    let size = size(&mut s, p).unwrap_or((960, 540));
    let mut scene = Scene {
        name: name.into(),
        title: s.text("title", p).unwrap_or(name).into(),
        about: s.text("about", p).unwrap_or("").into(),
        size,
        seed: s.number("seed", 0.0, 9e15, p).unwrap_or(1.0) as u64,
        rate: s.number("rate", 1.0, 1000.0, p).unwrap_or(60.0),
        still: s.number("still", 0.0, 86400.0, p),
        poster: s.number("poster", 0.0, 86400.0, p),
        order: s.whole("order", 1, 9999, p),
        backdrop: backdrop(&mut s, p),
        shaders: shaders(&mut s, catalogue.effects, p),
        nodes: Vec::new(),
        waves: Vec::new(),
        links: Vec::new(),
        layers: Vec::new(),
        voices: Vec::new(),
        curator: None,
        source: text.into(),
        hash: Rng::new(0).named(text).bits(0),
        folder: folder.into(),
        lost: Vec::new(),
    };
    (scene.waves, scene.lost) = waves(&mut s, p);
    nodes::read(&mut s, &mut scene, kinds, p);
    layers::read(&mut s, &mut scene, p);
    let names = SignalNames::of(&scene, kinds);
    voices::read(&mut s, &mut scene, catalogue.voices, &names, p);
    // Including what was lost with the voices.
    let names = SignalNames::of(&scene, kinds);
    let directory = Directory::of(&scene);
    let links = links::read(&mut s, &scene, &names, &directory, p);
    // Voices of which no kind is known are skipped, and so are the links that move them.
    let is_skipped =
        |l: &Link| catalogue.voices.is_none() && l.to.starts_with("voice.") && scene.is_lost(&l.to);
    scene.links = links.into_iter().filter(|l| !is_skipped(l)).collect();
    scene.curator = curator(&mut s, &names, &directory, p);
    s.finish(&[], p);
    scene
}

/// `background = "#102030"`, `dither = false`.
fn backdrop(s: &mut Section, p: &mut Problems) -> Backdrop {
    let span = s.span_of("background");
    let colour = s.text("background", p).map(palette::parse_colour).unwrap_or(Ok([0.0; 3]));
    let colour = colour.unwrap_or_else(|message| {
        p.add(span, format!("`background` of the scene: {message}"));
        [0.0; 3]
    });
    Backdrop { colour, dither: s.truth("dither", p).unwrap_or(true) }
}

/// `shaders = ["NAME", …]`, each among the known ones.
fn shaders(s: &mut Section, known: Option<&[&str]>, p: &mut Problems) -> Vec<String> {
    let words = s.words("shaders", p);
    for (word, span) in &words {
        if let Some(known) = known.filter(|known| !known.contains(word)) {
            p.add(span.clone(), format!("there is no shader `{word}`; {}", suggest(word, known)));
        }
    }
    words.into_iter().map(|(w, _)| w.to_string()).collect()
}

/// The waves, and the addresses of those that are lost.
fn waves(s: &mut Section, p: &mut Problems) -> (Vec<Lfo>, Vec<String>) {
    let (mut waves, mut lost) = (Vec::new(), Vec::new());
    let Some(all) = s.item("wave").and_then(|i| Section::of(i, "[wave]", p)) else { return (waves, lost) };
    for (name, item) in all.entries() {
        let Some(mut w) = Section::of(item, &format!("[wave.{name}]"), p) else {
            lost.push(format!("wave.{name}"));
            continue;
        };
        let shape = w.one_of("shape", Waveform::NAMES, p).unwrap_or(0);
        let period = w.number("period", 0.01, 86400.0, p);
        if period.is_none() && !item.as_table_like().is_some_and(|t| t.contains_key("period")) {
            p.add(w.span(), format!("[wave.{name}] has no `period`, in seconds"));
        }
        let phase = w.number("phase", -1.0, 1.0, p).unwrap_or(0.0);
        w.finish(&[], p);
        waves.push(Lfo {
            name: name.into(),
            shape: Waveform::ALL[shape],
            period: period.unwrap_or(1.0),
            phase,
        });
    }
    (waves, lost)
}

fn curator(s: &mut Section, names: &SignalNames, directory: &Directory, p: &mut Problems) -> Option<Curator> {
    let mut c = s.item("curator").and_then(|i| Section::of(i, "[curator]", p))?;
    let watch = c.text("watch", p).unwrap_or("judge.novelty").to_string();
    names.check_signal(&watch, c.span_of("watch"), p);
    let below = c.number("below", 0.0, 1e6, p).unwrap_or(0.2);
    let seconds = c.number("seconds", 0.1, 86400.0, p).unwrap_or(10.0);
    let named = c.one_of("action", CuratorAction::NAMES, p);
    let (action, is_known) = (named.unwrap_or(0), named.is_some() || !c.has("action"));
    let amount = c.number("amount", 0.0, 1.0, p).unwrap_or(0.2);
    let knobs = c.words("knobs", p);
    for (knob, span) in &knobs {
        names.target(directory, knob, span.clone(), p);
    }
    if is_known && CuratorAction::ALL[action] == CuratorAction::Mutate && knobs.is_empty() {
        p.add(c.span(), "[curator] mutates, but has no `knobs` to move, like knobs = [\"air.viscosity\"]");
    }
    c.finish(&[], p);
    let knobs = knobs.into_iter().map(|(k, _)| k.to_string()).collect();
    Some(Curator { watch, below, seconds, action: CuratorAction::ALL[action], amount, knobs })
}
