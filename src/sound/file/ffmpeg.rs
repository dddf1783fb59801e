//! Decoding by ffmpeg through a pipe: Opus, AAC, video files, and whatever the other decoders reject. It runs without
//! vector code on one thread, so that it outputs the same samples on every processor.

use std::ffi::OsString;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use super::decoder::{Decoder, SignalSpec, sanitise};
use super::layout::{Layout, MOST};
use output::tool;

/// The error if it is not installed.
pub const MISSING: &str = "ffmpeg may decode it, but is not installed; sudo apt-get install ffmpeg";
/// Bytes of its error output that are kept.
const KEPT: usize = 4096;
/// Frames of a block.
const BLOCK: usize = 4096;

/// An ffmpeg process that decodes.
pub struct Ffmpeg {
    path: PathBuf,
    /// Byte range of the file, if not all of it.
    part: Option<(u64, u64)>,
    child: Child,
    pipe: ChildStdout,
    errors: Arc<Mutex<Vec<u8>>>,
    drainer: Option<JoinHandle<()>>,
    spec: SignalSpec,
    raw: Vec<u8>,
}

impl Ffmpeg {
    /// Decodes a file from a time on, s.
    ///
    /// # Errors
    /// Its error message, or [`MISSING`].
    pub fn open(path: &Path, seconds: f64) -> Result<Self, String> {
        Self::begin(path, None, seconds)
    }

    /// Decodes a byte range of a file.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn part(path: &Path, begin: u64, end: u64) -> Result<Self, String> {
        Self::begin(path, Some((begin, end)), 0.0)
    }

    fn begin(path: &Path, part: Option<(u64, u64)>, seconds: f64) -> Result<Self, String> {
        let mut command = tool("ffmpeg");
        command.args("-nostdin -hide_banner -v error -cpuflags 0 -threads 1 -protocol_whitelist".split(' '));
        command.arg(if part.is_some() { "file,pipe,subfile" } else { "file,pipe" });
        if seconds > 0.0 {
            command.args(["-ss", &format!("{seconds:.6}")]);
        }
        command.arg("-i").arg(source(path, part));
        command.args("-map 0:a:0 -vn -sn -dn -c:a pcm_f32le -bitexact -f wav -".split(' '));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().map_err(|e| match e.kind() {
            std::io::ErrorKind::NotFound => MISSING.to_string(),
            _ => e.to_string(),
        })?;
        let errors: Arc<Mutex<Vec<u8>>> = Arc::default();
        let (kept, stderr) = (errors.clone(), child.stderr.take());
        // Its error output must be drained, or it blocks.
        let drain = move || stderr.into_iter().for_each(|mut c| drain(&mut c, &kept));
        let drainer = std::thread::Builder::new().name("ffmpeg".into()).spawn(drain).ok();
        let Some(mut pipe) = child.stdout.take() else { return Err("its output cannot be read".into()) };
        let spec = head(&mut pipe);
        let spec = spec.unwrap_or_else(|| SignalSpec { rate: 0, layout: Arc::new(Layout::stereo()) });
        let mut own = Self { path: path.into(), part, child, pipe, errors, drainer, spec, raw: Vec::new() };
        if own.spec.rate == 0 {
            return Err(own.last_error());
        }
        Ok(own)
    }

    /// Ends it and returns its last error message.
    fn last_error(&mut self) -> String {
        let _ = self.child.kill();
        self.drainer.take().into_iter().for_each(|l| drop(l.join()));
        let errors = self.errors.lock().unwrap_or_else(|e| e.into_inner());
        let text = String::from_utf8_lossy(&errors).into_owned();
        let last = text.lines().rev().find(|l| !l.trim().is_empty());
        // Without an audio stream its message is about the options given.
        let last = last.filter(|_| !text.contains("matches no streams")).unwrap_or("it contains no sound");
        let name = source(&self.path, self.part);
        last.replace(&format!("{}: ", name.to_string_lossy()), "").trim().to_string()
    }
}

/// Its input. With the protocol `file:`, no path is taken for a URL.
fn source(path: &Path, part: Option<(u64, u64)>) -> OsString {
    let part = part.map(|(begin, end)| format!("subfile,,start,{begin},end,{end},,:"));
    let mut source = OsString::from(part.unwrap_or_default() + "file:");
    source.push(path);
    source
}

fn drain(stderr: &mut impl Read, kept: &Mutex<Vec<u8>>) {
    let mut part = [0; 1024];
    while let Ok(n @ 1..) = stderr.read(&mut part) {
        let mut kept = kept.lock().unwrap_or_else(|e| e.into_inner());
        kept.extend_from_slice(&part[..n]);
        let over = kept.len().saturating_sub(KEPT);
        kept.drain(..over);
    }
}

/// Reads a WAVE header up to the samples; in a pipe its lengths are unknown.
fn head(pipe: &mut impl Read) -> Option<SignalSpec> {
    let mut start = [0; 12];
    pipe.read_exact(&mut start).ok()?;
    let mut spec = None;
    for _ in 0..64 {
        let mut chunk = [0; 8];
        pipe.read_exact(&mut chunk).ok()?;
        let length = u32::from_le_bytes(*chunk.last_chunk()?) as u64;
        if &chunk[..4] == b"data" {
            return spec;
        }
        let mut inner = Vec::new();
        pipe.by_ref().take((length + length % 2).min(65_536)).read_to_end(&mut inner).ok()?;
        if &chunk[..4] == b"fmt " {
            let word =
                |i: usize| u16::from_le_bytes([*inner.get(i).unwrap_or(&0), *inner.get(i + 1).unwrap_or(&0)]);
            let double = |i: usize| word(i) as u32 | (word(i + 2) as u32) << 16;
            let (channels, rate) = (word(2) as usize, double(4));
            let mask = if word(0) == 0xfffe { double(20) as u64 } else { 0 };
            if !(1..=MOST).contains(&channels) || !(1000..=768_000).contains(&rate) {
                return None;
            }
            spec = Some(SignalSpec { rate, layout: Arc::new(Layout::new(channels, mask)) });
        }
    }
    None
}

impl Decoder for Ffmpeg {
    fn next(&mut self, into: &mut Vec<f32>) -> Option<SignalSpec> {
        into.clear();
        let frame = 4 * self.spec.layout.channels();
        self.raw.clear();
        self.pipe.by_ref().take((BLOCK * frame) as u64).read_to_end(&mut self.raw).ok()?;
        let whole = self.raw.len() - self.raw.len() % frame;
        into.extend(self.raw[..whole].as_chunks::<4>().0.iter().map(|b| sanitise(f32::from_le_bytes(*b))));
        (!into.is_empty()).then(|| self.spec.clone())
    }

    fn seek(&mut self, seconds: f64) -> Option<f64> {
        *self = Self::begin(&self.path.clone(), self.part, seconds).ok()?;
        Some(seconds)
    }

    fn seconds(&self) -> Option<f64> {
        None
    }
}

impl Drop for Ffmpeg {
    fn drop(&mut self) {
        let _ = self.child.kill();
        // Reaps it, so that it does not stay a zombie.
        let _ = self.child.wait();
        self.drainer.take().into_iter().for_each(|l| drop(l.join()));
    }
}
