//! Chunks of RIFF and AIFF: name, length, content. Lengths are often wrong; the next chunk is then found by its name.

use std::io::{Read, Seek, SeekFrom};

/// Bytes searched for a misplaced chunk.
const SEARCH: u64 = 4 << 20;
/// Most chunks before the samples.
const CHUNKS: usize = 4096;

/// A seekable source of bytes.
pub(crate) trait ByteSource: Read + Seek {}
impl<T: Read + Seek> ByteSource for T {}

/// Reads exactly `N` bytes at a position.
pub fn at<S: ByteSource, const N: usize>(file: &mut S, place: u64, into: &mut [u8; N]) -> Option<()> {
    file.seek(SeekFrom::Start(place)).ok()?;
    file.read_exact(into).ok()
}

/// Reads at most `most` bytes at a position.
pub fn bytes(file: &mut impl ByteSource, place: u64, most: u64) -> Option<Vec<u8>> {
    file.seek(SeekFrom::Start(place)).ok()?;
    let mut all = Vec::new();
    file.take(most).read_to_end(&mut all).ok()?;
    Some(all)
}

/// A file of chunks.
pub struct Form<'a, S: ByteSource> {
    /// The file.
    pub file: &'a mut S,
    /// Its size, bytes.
    pub size: u64,
    /// Whether lengths are big-endian.
    pub big: bool,
    /// Names of known chunks, used to find the next one after a wrong length.
    pub known: &'static [&'static [u8; 4]],
}

impl<S: ByteSource> Form<'_, S> {
    /// Calls `each` with every chunk: its name, the start of its content, its length. It returns the real length and
    /// the chunk needed next, or none to end.
    pub fn walk(
        &mut self,
        mut each: impl FnMut(&mut Self, &[u8; 4], u64, u64) -> Option<(u64, &'static [u8; 4])>,
    ) {
        let mut place = 12;
        for _ in 0..CHUNKS {
            let Some((name, length)) = self.chunk(place) else { return };
            let inner = place + 8;
            let Some((real, wanted)) = each(self, &name, inner, length) else { return };
            match self.next(inner, real).or_else(|| self.search(inner, wanted)) {
                Some(found) => place = found,
                None => return,
            }
        }
    }

    /// Reads at most `most` bytes at a position.
    pub fn bytes(&mut self, place: u64, most: u64) -> Option<Vec<u8>> {
        bytes(self.file, place, most)
    }

    /// The real size of the samples: up to the end of the file if the stated size is zero or no chunk follows it.
    pub fn whole(&mut self, begin: u64, stated: u64) -> u64 {
        let rest = self.size.saturating_sub(begin);
        if stated > rest || stated == 0 && !self.is_chunk(begin) {
            return rest;
        }
        // A few bytes after the samples are padding by some programs.
        let ends = self.size <= begin + stated + 16;
        if ends || self.is_chunk(begin + stated) || self.is_chunk(begin + stated + 1) { stated } else { rest }
    }

    fn chunk(&mut self, place: u64) -> Option<([u8; 4], u64)> {
        let mut chunk = [0; 8];
        at(self.file, place, &mut chunk)?;
        let [a, b, c, d, length @ ..] = chunk;
        let length = if self.big { u32::from_be_bytes(length) } else { u32::from_le_bytes(length) };
        Some(([a, b, c, d], length as u64))
    }

    /// Whether a chunk starts at a position: a known one, or one with a plausible name and length.
    fn is_chunk(&mut self, place: u64) -> bool {
        let Some((name, length)) = self.chunk(place) else { return false };
        let named = name.iter().all(|b| b.is_ascii_alphanumeric() || *b == b' ');
        self.known.contains(&&name) || named && length <= self.size - place
    }

    fn is_known(&mut self, place: u64) -> bool {
        let mut name = [0; 4];
        at(self.file, place, &mut name).is_some() && self.known.contains(&&name)
    }

    /// Start of the chunk after one of this length, with or without padding, judged by its name.
    fn next(&mut self, inner: u64, length: u64) -> Option<u64> {
        let end = inner.checked_add(length)?;
        let padded = end + length % 2;
        if end >= self.size {
            return None;
        }
        let places = [padded, end, end + 1];
        // One byte off, the name of a known chunk may look like that of an unknown one.
        let known = places.into_iter().find(|p| self.is_known(*p));
        known.or_else(|| places.into_iter().find(|p| self.is_chunk(*p)))
    }

    /// Start of the next needed chunk, if the lengths are useless.
    fn search(&mut self, from: u64, wanted: &[u8; 4]) -> Option<u64> {
        let part = self.bytes(from, SEARCH.min(self.size.saturating_sub(from)))?;
        part.windows(4).position(|w| w == wanted).map(|i| from + i as u64)
    }
}
