//! Where the pictures of a foreign generator come from.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::fields::line;
use super::http::Template;
use world::scene::problem::{Problems, Section};

/// Words of a command, and bytes of each.
const WORDS: (usize, usize) = (256, 4096);
/// Bytes of an address.
const ADDRESS: usize = 8192;
/// Time to wait for a picture, seconds, unless the card says otherwise.
const TIMEOUT: f64 = 60.0;

/// How something is asked that answers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Endpoint {
    /// The longest time to wait for a picture.
    pub timeout: Duration,
    /// Whether the frames of a seed are a moving picture; otherwise each frame is a picture by itself.
    pub is_moving: bool,
}

/// Where pictures come from.
#[derive(Clone, Debug, PartialEq)]
pub enum Source {
    /// A folder of pictures, which seeds index.
    Folder(PathBuf),
    /// A film, whose frames seeds index.
    Film(PathBuf),
    /// A program that reads requests and writes pictures.
    Pipe {
        /// The program and its arguments. A program with a slash is relative to the folder, others are looked up.
        command: Vec<String>,
        /// The folder that it runs in: the card's.
        folder: PathBuf,
        /// Whether it answers one request after another; otherwise it is started for each.
        keep: bool,
        /// How it is asked.
        endpoint: Endpoint,
    },
    /// An HTTP endpoint.
    Http {
        /// Its address.
        template: Template,
        /// Whether it is sent JSON (`POST`); otherwise everything is in the address (`GET`).
        is_post: bool,
        /// How it is asked.
        endpoint: Endpoint,
    },
}

impl Source {
    /// The key of the card that names it.
    pub fn key(&self) -> &'static str {
        match self {
            Self::Folder(_) => "folder",
            Self::Film(_) => "film",
            Self::Pipe { .. } => "pipe",
            Self::Http { .. } => "http",
        }
    }

    /// What stands under it, for people.
    pub fn place(&self) -> String {
        match self {
            Self::Folder(path) | Self::Film(path) => path.display().to_string(),
            Self::Pipe { command, .. } => format!("`{}`", command.join(" ")),
            Self::Http { template, .. } => format!("http://{}", template.host_header()),
        }
    }

    /// Reads `[shelf.source]`, with the place of its key in the text.
    pub(super) fn read(mut s: Section, folder: &Path, p: &mut Problems) -> Option<(Self, usize)> {
        let named: Vec<&str> = ["folder", "film", "pipe", "http"].into_iter().filter(|k| s.has(k)).collect();
        let [key] = named[..] else {
            let found = if named.is_empty() { "none".into() } else { format!("`{}`", named.join("` and `")) };
            p.add(
                s.span(),
                format!("{} must have one of `folder`, `film`, `pipe` and `http`, found {found}", s.what()),
            );
            return None;
        };
        let at = s.span_of(key).map_or(0, |span| span.start);
        let source = match key {
            "folder" => line(&mut s, key, ADDRESS, p).map(|t| Self::Folder(folder.join(t))),
            "film" => line(&mut s, key, ADDRESS, p).map(|t| Self::Film(folder.join(t))),
            "pipe" => pipe(&mut s, folder, p),
            _ => http(&mut s, p),
        };
        s.finish(&["folder", "film", "pipe", "http"], p);
        source.map(|source| (source, at))
    }
}

fn pipe(s: &mut Section, folder: &Path, p: &mut Problems) -> Option<Source> {
    let words = s.words("pipe", p);
    let keep = s.truth("keep", p).unwrap_or(true);
    let endpoint = endpoint(s, true, p);
    let has_program = words.first().is_some_and(|w| !w.0.is_empty());
    let fits = |w: &&str| w.len() <= WORDS.1 && !w.contains('\0');
    if !has_program || words.len() > WORDS.0 || !words.iter().all(|w| fits(&w.0)) {
        let (many, long) = WORDS;
        let like = format!(
            "a program and its arguments like [\"python3\", \"model.py\"], at most {many} of {long} bytes"
        );
        p.add(s.span_of("pipe"), format!("`pipe` of {} must be {like}", s.what()));
        return None;
    }
    let command = words.iter().map(|w| w.0.to_string()).collect();
    Some(Source::Pipe { command, folder: folder.into(), keep, endpoint })
}

fn http(s: &mut Section, p: &mut Problems) -> Option<Source> {
    let is_post = s.one_of("method", &["get", "post"], p) == Some(1);
    let place = s.span_of("http");
    let address = line(s, "http", ADDRESS, p);
    let template = address.and_then(|a| {
        let parsed = Template::parse(&a);
        parsed.map_err(|why| p.add(place.clone(), format!("`http` of {}: {why}", s.what()))).ok()
    });
    let moves = is_post || template.as_ref().is_some_and(|t| t.has_frame());
    let endpoint = endpoint(s, moves, p);
    let template = template?;
    if !is_post && !template.has_seed() {
        let why =
            "expected {seed} in the address, or every picture would be the same (or `method = \"post\"`)";
        p.add(place, format!("`http` of {}: {why}", s.what()));
        return None;
    }
    Some(Source::Http { template, is_post, endpoint })
}

fn endpoint(s: &mut Section, moves: bool, p: &mut Problems) -> Endpoint {
    let seconds = s.number("timeout", 0.05, 86_400.0, p).unwrap_or(TIMEOUT);
    let is_moving = s.truth("moving", p).unwrap_or(moves);
    Endpoint { timeout: Duration::from_secs_f64(seconds), is_moving }
}
