//! A foreign generator beside ours.

use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use super::card::Card;
use super::film::Film;
use super::http::{Template, ask};
use super::pipe::Pipe;
use super::request::{Answer, Request};
use super::source::{Endpoint, Source};
use crate::generator::{
    Clip, Cost, Generator, GeneratorError, ImageFolder, SampleSpec, Stopwatch, fitted, hash_of,
};
use crate::price::{Foreign, ForeignTime, Latency, Profile, Steering};
use data::picture::{self, ReadOptions};
use world::limits;
use world::rng::Rng;

/// Prefix of cards on the command line.
pub const SHELF: &str = "shelf:";

/// A generator that others made, with its card. What its pictures cost is time of waiting and as stated.
pub struct Shelf {
    name: String,
    /// The file of the card.
    file: String,
    card: Card,
    supply: Supply,
    hash: u64,
    notes: Vec<String>,
    background: [u8; 3],
}

/// Where its pictures come from, opened.
enum Supply {
    Folder(ImageFolder),
    Film(Film),
    Pipe(Pipe, Endpoint),
    Http(Http, Endpoint),
}

/// An endpoint, asked by one thread at a time: otherwise a request would wait for the others', and be priced for that.
struct Http {
    template: Template,
    is_post: bool,
    turn: Mutex<()>,
}

impl Http {
    /// The frames that are wanted, a request for each.
    fn ask(&self, request: &Request, endpoint: &Endpoint) -> Result<Vec<Answer>, String> {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let one = |i: usize| {
            let clock = Instant::now();
            let request = Request { frame: request.frame + i, frames: 1, ..*request };
            let bytes = ask(&self.template, self.is_post, &request, endpoint.timeout)?;
            Ok(Answer { bytes, milliseconds: clock.elapsed().as_secs_f64() * 1e3 })
        };
        (0..request.frames).map(one).collect()
    }
}

impl Supply {
    /// With a hash of what determines its pictures, as far as that is known, and notes on what was skipped.
    fn open(card: &Card, name: &str, reading: &ReadOptions) -> Result<(Self, u64, Vec<String>), String> {
        Ok(match &card.source {
            Source::Folder(path) => {
                let folder = ImageFolder::open(name, path, "", reading).map_err(|e| e.to_string())?;
                folder.native_size().map_or(Ok(()), |found| as_stated(card, found))?;
                let (hash, notes) = (folder.hash(), folder.notes().to_vec());
                (Self::Folder(folder), hash, notes)
            }
            Source::Film(path) => {
                let film = Film::open(path)?;
                as_stated(card, film.size)?;
                let hash = film.hash;
                (Self::Film(film), hash, Vec::new())
            }
            Source::Pipe { command, folder, keep, endpoint } => {
                (Self::Pipe(Pipe::new(command, folder, *keep, endpoint.timeout), *endpoint), 0, Vec::new())
            }
            Source::Http { template, is_post, endpoint } => {
                let http = Http { template: template.clone(), is_post: *is_post, turn: Mutex::default() };
                (Self::Http(http, *endpoint), 0, Vec::new())
            }
        })
    }
}

impl Shelf {
    /// Reads a card and opens what it names; a program is started, and an endpoint asked, for the first sample.
    ///
    /// # Errors
    /// The card cannot be read or has problems, all of which are listed; or its folder or film cannot be read.
    pub fn open(name: &str, path: &Path, reading: &ReadOptions) -> Result<Self, GeneratorError> {
        let file = path.display().to_string();
        let text = limits::read_text(path).map_err(|e| GeneratorError::input(&file, e))?;
        let card = Card::parse(&text, path.parent().unwrap_or(Path::new(""))).map_err(|problems| {
            let many =
                if problems.len() == 1 { "1 problem".into() } else { format!("{} problems", problems.len()) };
            let list: String =
                problems.iter().map(|p| format!("\n{file}:{}: {}", p.line, p.message)).collect();
            GeneratorError::input(&file, format!("{many}{list}"))
        })?;
        let opened = Supply::open(&card, name, reading);
        let (supply, content, notes) = opened.map_err(|e| {
            GeneratorError::input(&file, format!("line {}: `{}`: {e}", card.line, card.source.key()))
        })?;
        let hash = hash_of([text.as_bytes(), &content.to_le_bytes()]);
        Ok(Self { name: name.into(), file, card, supply, hash, notes, background: reading.background })
    }

    /// Its card.
    pub fn card(&self) -> &Card {
        &self.card
    }

    /// What was skipped or assumed in reading its pictures, one note a line.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// What went wrong, with the place in the card.
    fn failure(&self, seed: u64, why: impl std::fmt::Display) -> GeneratorError {
        let message = format!("{}:{}: `{}`: {why}", self.file, self.card.line, self.card.source.key());
        GeneratorError::sample(&self.name, seed, message)
    }

    /// The answers for a clip. Of what does not move, each frame is a picture of another seed.
    fn answers(&self, seed: u64, frames: usize, endpoint: &Endpoint) -> Result<Vec<Answer>, String> {
        let [width, height] = self.card.resolution;
        let prompt = self.card.prompt.as_deref().unwrap_or_default();
        let ask = |seed: u64, frames: usize| {
            let request = Request { seed, prompt, width, height, frame: 0, frames };
            match &self.supply {
                Supply::Pipe(pipe, _) => pipe.ask(&request),
                Supply::Http(http, endpoint) => http.ask(&request, endpoint),
                Supply::Folder(_) | Supply::Film(_) => Ok(Vec::new()),
            }
        };
        if endpoint.is_moving {
            return ask(seed, frames);
        }
        let each: Result<Vec<Vec<Answer>>, String> = (0..frames).map(|i| ask(seed_of(seed, i), 1)).collect();
        Ok(each?.into_iter().flatten().collect())
    }

    /// The picture in an answer, fitted to the specification.
    fn picture(&self, answer: &Answer, spec: &SampleSpec) -> Result<Vec<u8>, String> {
        let image = picture::over(picture::decode(&answer.bytes)?, self.background);
        let size = (image.width() as usize, image.height() as usize);
        as_stated(&self.card, size)?;
        Ok(fitted(&image, size, 3, spec))
    }

    fn asked(&self, seed: u64, spec: &SampleSpec, endpoint: &Endpoint) -> Result<Clip, String> {
        let answers = self.answers(seed, spec.frames, endpoint)?;
        let one = |(i, a): (usize, &Answer)| self.picture(a, spec).map_err(|e| format!("frame {i}: {e}"));
        let frames = answers.iter().enumerate().map(one).collect::<Result<_, String>>()?;
        Ok(clip(frames, answers.iter().map(|a| a.milliseconds).collect(), spec))
    }

    /// The same clip at the time of a frame that the card states, if it does.
    fn at_stated_time(&self, clip: Clip) -> Clip {
        match self.card.seconds {
            Some(seconds) => Clip { milliseconds: vec![1e3 * seconds; clip.milliseconds.len()], ..clip },
            None => clip,
        }
    }
}

/// Checks the size of pictures against the card's: their price depends on it.
fn as_stated(card: &Card, (width, height): (usize, usize)) -> Result<(), String> {
    let [w, h] = card.resolution;
    match (w as usize, h as usize) == (width, height) {
        true => Ok(()),
        false => Err(format!("expected {w} × {h} pixels, as `resolution` says, found {width} × {height}")),
    }
}

fn clip(frames: Vec<Vec<u8>>, milliseconds: Vec<f64>, spec: &SampleSpec) -> Clip {
    Clip { frames, side: spec.side, channels: spec.channels, label: None, milliseconds }
}

/// The seed of a frame of what does not move: 31 bits, as many models take no more.
fn seed_of(seed: u64, frame: usize) -> u64 {
    match frame {
        0 => seed,
        i => Rng::new(seed).named("shelf").bits(i as u64) >> 33,
    }
}

impl Generator for Shelf {
    fn name(&self) -> &str {
        &self.name
    }
    fn about(&self) -> String {
        let from = match &self.supply {
            Supply::Folder(folder) => format!("{} existing pictures", folder.size().unwrap_or(0)),
            Supply::Film(film) => format!("{} frames of an existing film", film.len()),
            Supply::Pipe(..) | Supply::Http(..) => {
                "not reproducible from here: the same seed gives the same picture only if it sees to that"
                    .into()
            }
        };
        format!(
            "Shelf: {}; from {}: {from}. All of this as stated by the card {}.",
            self.card.about(),
            self.card.source.place(),
            self.file
        )
    }
    fn cost(&self) -> Cost {
        let own = match &self.supply {
            Supply::Folder(folder) => folder.cost().description_bytes,
            Supply::Film(film) => film.bytes,
            Supply::Pipe(..) | Supply::Http(..) => 0,
        };
        let training = self.card.training;
        Cost {
            description_bytes: self.card.weights.bytes.unwrap_or(own),
            training_seconds: training.seconds.unwrap_or(0.0),
            training_images: training.images.unwrap_or(0.0) as u64,
        }
    }
    fn hash(&self) -> u64 {
        self.hash
    }
    fn profile(&self) -> Profile {
        let is_asked = matches!(self.supply, Supply::Pipe(..) | Supply::Http(..));
        let knobs = usize::from(is_asked && self.card.prompt.is_some());
        let latency = if is_asked { Latency::Picture } else { Latency::Fixed };
        let time = match (self.card.seconds, is_asked) {
            (Some(seconds), _) => ForeignTime::Stated(seconds),
            (None, true) => ForeignTime::Waited,
            (None, false) => ForeignTime::Unknown,
        };
        Profile {
            steering: Steering { knobs, latency },
            foreign: Some(Foreign { watts: self.card.watts, time, is_reproducible: !is_asked }),
            training: Some(self.card.training),
        }
    }
    fn size(&self) -> Option<usize> {
        match &self.supply {
            Supply::Folder(folder) => folder.size(),
            Supply::Film(film) => Some(film.len()),
            Supply::Pipe(..) | Supply::Http(..) => None,
        }
    }
    fn native_size(&self) -> Option<(usize, usize)> {
        let [width, height] = self.card.resolution;
        Some((width as usize, height as usize))
    }
    fn is_learned(&self) -> bool {
        self.card.training.is_any()
    }
    fn classes(&self) -> &[String] {
        if let Supply::Folder(folder) = &self.supply { folder.classes() } else { &[] }
    }
    fn label(&self, seed: u64) -> Option<usize> {
        if let Supply::Folder(folder) = &self.supply { folder.label(seed) } else { None }
    }
    fn sample(&self, seed: u64, spec: &SampleSpec) -> Result<Clip, GeneratorError> {
        let clip = match &self.supply {
            Supply::Folder(folder) => folder.sample(seed, spec)?,
            Supply::Film(film) => {
                let mut clock = Stopwatch::start();
                let frames = film.clip(seed, spec).map_err(|e| self.failure(seed, e))?;
                let share = clock.lap() / frames.len().max(1) as f64;
                let milliseconds = vec![share; frames.len()];
                clip(frames, milliseconds, spec)
            }
            Supply::Pipe(_, endpoint) | Supply::Http(_, endpoint) => {
                self.asked(seed, spec, endpoint).map_err(|e| self.failure(seed, e))?
            }
        };
        Ok(self.at_stated_time(clip))
    }
}
