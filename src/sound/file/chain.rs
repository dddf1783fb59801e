//! Chained Ogg (RFC 3533) with links of several codecs, as in radio recordings: each decoder supports only some codecs,
//! and none continues where the codec changes. So each link gets a decoder that supports it.

use std::fs::File;
use std::path::{Path, PathBuf};

use super::chunks::{ByteSource, at, bytes};
use super::decoder::{Decoder, SignalSpec};
use super::ffmpeg::Ffmpeg;
use super::library::Library;

/// Signature of a codec, and its name.
const CODECS: &[(&[u8], &str)] = &[
    (b"\x01vorbis", "Vorbis"),
    (b"\x7fFLAC", "FLAC"),
    (b"OpusHead", "Opus"),
    (b"Speex   ", "Speex"),
    (b"CELT    ", "CELT"),
];
/// Codecs that are decoded without ffmpeg.
const OWN: [&str; 2] = ["Vorbis", "FLAC"];
/// Largest page header with the first eight bytes of its payload, bytes.
const HEADER: u64 = 27 + 255 + 8;
/// Largest page, bytes.
const PAGE: u64 = 27 + 255 + 255 * 255;
/// Most pages scanned.
const PAGES: usize = 1 << 20;
/// Largest file that is always scanned, bytes.
const SMALL: u64 = 64 << 20;
/// Most multiplexed streams.
const STREAMS: usize = 64;
/// Bytes searched for the next page after a damaged one, and how often.
const SEARCH: u64 = 4 * PAGE;
const DAMAGED: usize = 1000;

/// Consecutive links of one codec.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OggLink {
    begin: u64,
    end: u64,
    codec: &'static str,
}

impl OggLink {
    fn open(&self, path: &Path) -> Result<Box<dyn Decoder>, String> {
        Ok(match OWN.contains(&self.codec) {
            true => Box::new(Library::part(path, self.begin, self.end)?),
            false => Box::new(Ffmpeg::part(path, self.begin, self.end)?),
        })
    }
}

/// A page header.
struct OggPage {
    length: u64,
    serial: u32,
    /// Whether a stream starts in it.
    begins: bool,
    codec: Option<&'static str>,
}

fn page(file: &mut impl ByteSource, place: u64) -> Option<OggPage> {
    let head = bytes(file, place, HEADER)?;
    let (fixed, rest) = head.split_at_checked(27)?;
    let (lengths, held) = rest.split_at_checked(fixed[26] as usize)?;
    let serial = u32::from_le_bytes(fixed[14..18].try_into().ok()?);
    let codec = CODECS.iter().find(|c| held.starts_with(c.0)).map(|c| c.1);
    let length = 27 + lengths.len() as u64 + lengths.iter().map(|b| *b as u64).sum::<u64>();
    fixed.starts_with(b"OggS\0").then_some(OggPage { length, serial, begins: fixed[5] & 2 != 0, codec })
}

/// The first page at or after a position.
fn seek(file: &mut impl ByteSource, place: u64) -> Option<(u64, OggPage)> {
    if let Some(page) = page(file, place) {
        return Some((place, page));
    }
    let part = bytes(file, place, SEARCH)?;
    let mut found = part.windows(5).enumerate().filter(|w| w.1 == b"OggS\0").map(|w| place + w.0 as u64);
    found.find_map(|at| Some((at, page(file, at)?)))
}

/// Whether the last streams of a file differ from the first, found without scanning it.
fn is_chain(file: &mut impl ByteSource, size: u64) -> Option<bool> {
    let (mut place, mut first) = (0, Vec::new());
    while let Some(page) = page(file, place).filter(|p| p.begins && first.len() < STREAMS) {
        (place, _) = (place + page.length, first.push(page.serial));
    }
    let from = size.saturating_sub(2 * PAGE);
    let end = bytes(file, from, 2 * PAGE)?;
    let mut places = (0..end.len()).rev().filter(|i| end[*i..].starts_with(b"OggS\0"));
    let last = places.find_map(|i| page(file, from + i as u64))?;
    Some(!first.contains(&last.serial))
}

/// The links of a file if they are of several codecs; consecutive links of one codec count as one.
pub fn links(path: &Path) -> Option<Vec<OggLink>> {
    links_of(path, SMALL)
}

/// The same; a file larger than `small` bytes is scanned only if its last stream differs from the first.
pub fn links_of(path: &Path, small: u64) -> Option<Vec<OggLink>> {
    let mut file = File::open(path).ok()?;
    let size = file.metadata().ok()?.len();
    let mut start = [0; 4];
    at(&mut file, 0, &mut start)?;
    if &start != b"OggS" || size > small && !is_chain(&mut file, size)? {
        return None;
    }
    let links = scan(&mut file, size);
    (links.len() > 1).then_some(links)
}

/// All links, consecutive ones of one codec merged.
fn scan(file: &mut impl ByteSource, size: u64) -> Vec<OggLink> {
    let mut links: Vec<OggLink> = Vec::new();
    let (mut place, mut begun, mut damaged) = (0, false, 0);
    for _ in 0..PAGES {
        let Some((at, page)) = seek(file, place) else { break };
        damaged += (at != place) as usize;
        if damaged > DAMAGED {
            break;
        }
        if page.begins && !begun {
            links.push(OggLink { begin: at, end: size, codec: "" });
        }
        if let Some(link) = links.last_mut().filter(|l| page.begins && l.codec.is_empty()) {
            link.codec = page.codec.unwrap_or("");
        }
        (place, begun) = (at + page.length, page.begins);
    }
    links.dedup_by_key(|l| l.codec);
    (1..links.len()).for_each(|i| links[i - 1].end = links[i].begin);
    links
}

/// Decodes the links in order.
pub struct ChainedOgg {
    path: PathBuf,
    links: std::vec::IntoIter<OggLink>,
    now: Option<Box<dyn Decoder>>,
    broken: u32,
}

impl ChainedOgg {
    /// Opens a file.
    ///
    /// # Errors
    /// It is not a chained Ogg of several codecs.
    pub fn open(path: &Path) -> Result<Self, String> {
        let links = links(path).ok_or("not a chained Ogg of several codecs")?;
        Ok(Self { path: path.into(), links: links.into_iter(), now: None, broken: 0 })
    }

    /// The unsupported codecs of a file, and why: a line each.
    pub fn undecodable(path: &Path) -> Vec<String> {
        let mut links = links(path).unwrap_or_default();
        links.sort_by_key(|l| l.codec);
        links.dedup_by_key(|l| l.codec);
        let name = |codec: &'static str| if codec.is_empty() { "an unknown codec" } else { codec };
        let why =
            |l: &OggLink| Some(format!("parts in {} are skipped: {}", name(l.codec), l.open(path).err()?));
        links.iter().filter_map(why).collect()
    }
}

impl Decoder for ChainedOgg {
    fn next(&mut self, into: &mut Vec<f32>) -> Option<SignalSpec> {
        loop {
            if let Some(spec) = self.now.as_mut().and_then(|d| d.next(into)) {
                return Some(spec);
            }
            self.broken += self.now.take().map_or(0, |d| d.broken());
            let link = self.links.next()?;
            self.now = link.open(&self.path).ok();
        }
    }

    /// The length of a link is unknown before it is decoded, so the caller must start over.
    fn seek(&mut self, _: f64) -> Option<f64> {
        None
    }

    fn seconds(&self) -> Option<f64> {
        None
    }

    fn broken(&self) -> u32 {
        self.broken + self.now.as_ref().map_or(0, |d| d.broken())
    }
}
