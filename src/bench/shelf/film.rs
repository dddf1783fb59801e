//! A film, decoded by ffmpeg. It runs without vector code on one thread, so that it gives the same pixels everywhere.

use std::ffi::OsString;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Stdio};

use super::tail::Tail;
use crate::generator::{SampleSpec, fitted, hash_of};
use data::sample::shuffled;
use output::tool;
use world::limits::{MADE, PICTURE_BYTES, PICTURE_SIDE, size};
use world::rng::Rng;

/// The error if ffmpeg is not installed.
const MISSING: &str = "ffmpeg decodes films, but is not installed; sudo apt-get install ffmpeg";

/// Bytes of a film's decoded frames, as they are kept.
const MOST: u64 = PICTURE_BYTES;
/// Bytes of a line in a picture's head.
const LINE: u64 = 100;

/// A decoded frame, RGB.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Picture {
    width: usize,
    height: usize,
    pixels: Vec<u8>,
}

impl Picture {
    /// No larger than any generator's pictures are, so that long films fit into memory.
    fn reduced(self) -> Self {
        let side = *MADE.end();
        if self.width <= side && self.height <= side {
            return self;
        }
        let spec = SampleSpec { side, channels: 3, frames: 1, every: 1, warm_up: 0 };
        let pixels = fitted(&self.pixels, (self.width, self.height), 3, &spec);
        Self { width: side, height: side, pixels }
    }
}

/// A film. Seeds index its frames in a fixed shuffle; a clip goes on from there, a frame of the film counting as a tick.
pub struct Film {
    frames: Vec<Picture>,
    order: Vec<usize>,
    /// Width and height as decoded, pixels.
    pub size: (usize, usize),
    /// Bytes of its file.
    pub bytes: u64,
    /// Hash of its file.
    pub hash: u64,
}

impl Film {
    /// Decodes a film.
    ///
    /// # Errors
    /// It cannot be read, ffmpeg is missing or says what is wrong with it, or it is too long.
    pub fn open(path: &Path) -> Result<Self, String> {
        let (bytes, hash) = hash_of_file(path).map_err(|e| format!("{}: {e}", path.display()))?;
        let mut decoder = Decoder::start(path)?;
        let (mut frames, mut kept, mut size) = (Vec::new(), 0, (0, 0));
        while let Some(picture) = decoder.next()? {
            size = (picture.width, picture.height);
            let picture = picture.reduced();
            kept += picture.pixels.len() as u64;
            if kept > MOST {
                let (most, n) = (self::size(MOST), frames.len());
                return Err(format!("{}: is too long: {n} frames already take {most}", path.display()));
            }
            frames.push(picture);
        }
        decoder.finish()?;
        if frames.is_empty() {
            return Err(format!("{}: has no frames", path.display()));
        }
        let order = shuffled(frames.len(), Rng::new(0).named("film"));
        Ok(Self { frames, order, size, bytes, hash })
    }

    /// Number of its frames.
    pub fn len(&self) -> usize {
        self.frames.len()
    }

    /// The frames of a seed's clip, `spec.every` apart. One that would run past the end begins as much earlier.
    ///
    /// # Errors
    /// The film is shorter than a clip.
    pub fn clip(&self, seed: u64, spec: &SampleSpec) -> Result<Vec<Vec<u8>>, String> {
        let n = self.frames.len();
        let every = usize::try_from(spec.every).unwrap_or(usize::MAX);
        let span = spec.frames.saturating_sub(1).saturating_mul(every);
        let last = n.checked_sub(1).and_then(|end| end.checked_sub(span)).ok_or_else(|| {
            format!(
                "expected at least {} frames for a clip of {}, one in {every}, found {n}",
                span.saturating_add(1),
                spec.frames
            )
        })?;
        let start = self.order[(seed % n as u64) as usize].min(last);
        let one = |i: usize| {
            let Picture { width, height, pixels } = &self.frames[start + i * every];
            fitted(pixels, (*width, *height), 3, spec)
        };
        Ok((0..spec.frames).map(one).collect())
    }
}

/// Number of bytes, and their hash.
fn hash_of_file(path: &Path) -> std::io::Result<(u64, u64)> {
    let mut file = std::fs::File::open(path)?;
    if file.metadata()?.is_dir() {
        return Err(std::io::Error::new(std::io::ErrorKind::IsADirectory, "expected a film, found a folder"));
    }
    let (mut bytes, mut hash) = (0, 0u64);
    let mut part = Vec::new();
    while file.by_ref().take(1 << 20).read_to_end(&mut part)? > 0 {
        bytes += part.len() as u64;
        hash = hash_of([&hash.to_le_bytes()[..], &part]);
        part.clear();
    }
    Ok((bytes, hash))
}

/// An ffmpeg process that writes every frame as a portable pixmap, which holds its size.
struct Decoder {
    child: Child,
    pipe: BufReader<Box<dyn Read + Send>>,
    tail: Tail,
    path: OsString,
}

impl Decoder {
    fn start(path: &Path) -> Result<Self, String> {
        // With the protocol `file:`, no path is taken for a URL.
        let mut source = OsString::from("file:");
        source.push(path);
        let mut command = tool("ffmpeg");
        command.args(
            "-nostdin -hide_banner -v error -cpuflags 0 -threads 1 -protocol_whitelist file,pipe -i"
                .split(' '),
        );
        command.arg(&source);
        command.args(
            "-map 0:v:0 -an -sn -dn -fps_mode passthrough -sws_flags bicubic+accurate_rnd+bitexact"
                .split(' '),
        );
        command.args("-threads 1 -c:v ppm -pix_fmt rgb24 -bitexact -f image2pipe -".split(' '));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().map_err(|e| match e.kind() {
            std::io::ErrorKind::NotFound => MISSING.to_string(),
            _ => format!("cannot start ffmpeg: {e}"),
        })?;
        let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
        let stream = |s: Option<Box<dyn Read + Send>>| s.unwrap_or_else(|| Box::new(std::io::empty()));
        let tail = Tail::of(stream(stderr.map(|e| Box::new(e) as _)));
        let pipe = BufReader::with_capacity(1 << 16, stream(stdout.map(|o| Box::new(o) as _)));
        Ok(Self { child, pipe, tail, path: source })
    }

    fn next(&mut self) -> Result<Option<Picture>, String> {
        pixmap(&mut self.pipe).map_err(|why| self.failure(&why))
    }

    /// Waits for the end.
    fn finish(&mut self) -> Result<(), String> {
        match self.child.wait() {
            Ok(status) if status.success() => Ok(()),
            Ok(_) => Err(self.failure("ffmpeg cannot decode it")),
            Err(e) => Err(self.failure(&e.to_string())),
        }
    }

    fn failure(&mut self, why: &str) -> String {
        let words = self.tail.last_words(&mut self.child);
        let name = self.path.to_string_lossy();
        format!("{}: {why}{}", name.trim_start_matches("file:"), words.replace(&format!("{name}: "), ""))
    }
}

impl Drop for Decoder {
    fn drop(&mut self) {
        let _ = self.child.kill();
        // Reaps it, so that it does not stay a zombie.
        let _ = self.child.wait();
    }
}

/// The next binary pixmap as ffmpeg writes it (`P6`, width and height, 255: a line each, then RGB); none at the end.
fn pixmap(stream: &mut impl BufRead) -> Result<Option<Picture>, String> {
    let line = |stream: &mut dyn BufRead| -> Result<String, String> {
        let mut line = Vec::new();
        stream.take(LINE).read_until(b'\n', &mut line).map_err(|e| e.to_string())?;
        Ok(String::from_utf8_lossy(&line).trim_end_matches('\n').to_string())
    };
    if stream.fill_buf().map_err(|e| e.to_string())?.is_empty() {
        return Ok(None);
    }
    let [magic, sides, depth] = [line(stream)?, line(stream)?, line(stream)?];
    let number = |text: &str| text.parse::<usize>().ok().filter(|n| (1..=PICTURE_SIDE as usize).contains(n));
    let sides = sides.split_once(' ').and_then(|(w, h)| Some((number(w)?, number(h)?)));
    let (Some((width, height)), "P6", "255") = (sides, magic.as_str(), depth.as_str()) else {
        return Err(format!("expected a frame of 1 to {PICTURE_SIDE} pixels a side, found something else"));
    };
    let bytes = 3 * width as u64 * height as u64;
    if bytes > PICTURE_BYTES {
        return Err(format!(
            "expected frames of at most {}, found {width} × {height} pixels",
            size(PICTURE_BYTES)
        ));
    }
    let mut pixels = Vec::new();
    stream.take(bytes).read_to_end(&mut pixels).map_err(|e| e.to_string())?;
    match (pixels.len() as u64) < bytes {
        true => Err("its last frame is cut off".into()),
        false => Ok(Some(Picture { width, height, pixels })),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use world::rng::Rng;

    fn film(n: usize) -> Film {
        let frames: Vec<Picture> =
            (0..n).map(|i| Picture { width: 8, height: 8, pixels: vec![i as u8; 192] }).collect();
        Film { order: shuffled(n, Rng::new(0).named("film")), frames, size: (8, 8), bytes: 0, hash: 0 }
    }

    const SPEC: SampleSpec = SampleSpec { side: 8, channels: 3, frames: 1, every: 3, warm_up: 0 };

    #[test]
    fn every_frame_is_a_sample_and_clips_go_on_from_it() {
        let film = film(40);
        let mut firsts: Vec<u8> = (0..40).map(|s| film.clip(s, &SPEC).unwrap()[0][0]).collect();
        for (seed, first) in firsts.iter().enumerate() {
            let clip = film.clip(seed as u64, &SampleSpec { frames: 5, ..SPEC }).unwrap();
            let frames: Vec<u8> = clip.iter().map(|f| f[0]).collect();
            let start = (*first).min(27);
            assert_eq!(frames, (0..5).map(|i| start + 3 * i).collect::<Vec<_>>());
        }
        firsts.sort_unstable();
        assert_eq!(firsts, (0..40).collect::<Vec<u8>>());
        let why = film.clip(1, &SampleSpec { frames: 15, ..SPEC }).unwrap_err();
        assert!(why.contains("at least 43 frames") && why.contains("found 40"), "{why}");
        assert!(film.clip(1, &SampleSpec { frames: 3, every: u64::MAX, ..SPEC }).is_err());
    }

    #[test]
    fn large_frames_are_kept_small() {
        let large = Picture { width: 256, height: 512, pixels: [200, 10, 0].repeat(256 * 512) }.reduced();
        assert_eq!((large.width, large.height, large.pixels.len()), (128, 128, 128 * 128 * 3));
        assert!(large.pixels.chunks(3).all(|p| p == [200, 10, 0]));
        let small = Picture { width: 128, height: 5, pixels: vec![7; 128 * 5 * 3] };
        assert_eq!(small.clone().reduced(), small);
    }

    #[test]
    fn pixmaps_are_read_one_after_another_and_limited() {
        let bytes = b"P6\n1 2\n255\nabcdefP6\n2 1\n255\nghijkl";
        let mut stream = &bytes[..];
        let read: Vec<Picture> = std::iter::from_fn(|| pixmap(&mut stream).unwrap()).collect();
        assert_eq!(read.iter().map(|p| (p.width, p.height)).collect::<Vec<_>>(), [(1, 2), (2, 1)]);
        assert_eq!((&read[0].pixels[..], &read[1].pixels[..]), (&b"abcdef"[..], &b"ghijkl"[..]));
        for (bytes, words) in [
            (&b"P6\n1 2\n255\nabc"[..], "cut off"),
            (b"P5\n1 2\n255\nabcdef", "something else"),
            (b"P6\n0 2\n255\n", "1 to 32768 pixels"),
            (b"P6\n99999 2\n255\n", "1 to 32768 pixels"),
            (b"P6\n32768 32768\n255\n", "at most 1.0 GiB, found 32768"),
        ] {
            let why = pixmap(&mut &bytes[..]).unwrap_err();
            assert!(why.contains(words), "{bytes:?}: {why}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_pictures_or_an_error(noise in proptest::collection::vec(any::<u8>(), 0..80), headed: bool) {
            let bytes = if headed { [&b"P6\n3 2\n255\n"[..], &noise].concat() } else { noise };
            let mut stream = &bytes[..];
            while let Ok(Some(picture)) = pixmap(&mut stream) {
                prop_assert_eq!(picture.pixels.len(), 3 * picture.width * picture.height);
            }
        }
    }
}
