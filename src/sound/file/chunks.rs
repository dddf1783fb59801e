//! Chunks of RIFF and AIFF: name, length, and what is in them. Lengths are often wrong; the next chunk is then found by its
//! name.

use std::io::{Read, Seek, SeekFrom};

/// Bytes that are looked through for a chunk that is not where it should be.
const SEARCH: u64 = 4 << 20;
/// Chunks before the sound.
const CHUNKS: usize = 4096;

/// Where the bytes are.
pub trait ByteSource: Read + Seek {}
impl<T: Read + Seek> ByteSource for T {}

/// The bytes at a place: exactly so many.
pub fn at<S: ByteSource, const N: usize>(file: &mut S, place: u64, into: &mut [u8; N]) -> Option<()> {
    file.seek(SeekFrom::Start(place)).ok()?;
    file.read_exact(into).ok()
}

/// The bytes at a place, at most so many.
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
    /// Its bytes.
    pub size: u64,
    /// Whether lengths begin with their highest byte.
    pub big: bool,
    /// Names of chunks that are known: where a length is wrong, the next one is looked for by them.
    pub known: &'static [&'static [u8; 4]],
}

impl<S: ByteSource> Form<'_, S> {
    /// Shows every chunk to `each`: its name, where its inside begins, its length. That says how long it really is, and
    /// which chunk is needed most, or ends it.
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

    /// The bytes at a place, at most so many.
    pub fn bytes(&mut self, place: u64, most: u64) -> Option<Vec<u8>> {
        bytes(self.file, place, most)
    }

    /// How long the sound is really: to the end of the file where its length is none, or where no chunk comes after it.
    pub fn whole(&mut self, begin: u64, told: u64) -> u64 {
        let rest = self.size.saturating_sub(begin);
        if told > rest || told == 0 && !self.is_chunk(begin) {
            return rest;
        }
        // A few bytes behind the sound are no sound: some programs fill up their files.
        let ends = self.size <= begin + told + 16;
        if ends || self.is_chunk(begin + told) || self.is_chunk(begin + told + 1) { told } else { rest }
    }

    fn chunk(&mut self, place: u64) -> Option<([u8; 4], u64)> {
        let mut chunk = [0; 8];
        at(self.file, place, &mut chunk)?;
        let [a, b, c, d, length @ ..] = chunk;
        let length = if self.big { u32::from_be_bytes(length) } else { u32::from_le_bytes(length) };
        Some(([a, b, c, d], length as u64))
    }

    /// Whether a chunk begins at a place: one that is known, or one with a name and a length that can be.
    fn is_chunk(&mut self, place: u64) -> bool {
        let Some((name, length)) = self.chunk(place) else { return false };
        let named = name.iter().all(|b| b.is_ascii_alphanumeric() || *b == b' ');
        self.known.contains(&&name) || named && length <= self.size - place
    }

    fn is_known(&mut self, place: u64) -> bool {
        let mut name = [0; 4];
        at(self.file, place, &mut name).is_some() && self.known.contains(&&name)
    }

    /// Where the chunk after one of this length begins: filled up to an even length or not, as its name tells.
    fn next(&mut self, inner: u64, length: u64) -> Option<u64> {
        let end = inner.checked_add(length)?;
        let padded = end + length % 2;
        if end >= self.size {
            return None;
        }
        let places = [padded, end, end + 1];
        // A letter further on, the name of one that is known may look like one that is not.
        let known = places.into_iter().find(|p| self.is_known(*p));
        known.or_else(|| places.into_iter().find(|p| self.is_chunk(*p)))
    }

    /// Where the next chunk that is needed begins, if the lengths are of no use.
    fn search(&mut self, from: u64, wanted: &[u8; 4]) -> Option<u64> {
        let part = self.bytes(from, SEARCH.min(self.size.saturating_sub(from)))?;
        part.windows(4).position(|w| w == wanted).map(|i| from + i as u64)
    }
}
