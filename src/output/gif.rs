//! Animated GIF: 256 colours a frame, looping, delays in hundredths of a second.

use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};

use super::error::OutputError;
use super::part::{make_parent, part_of};
use super::quantise::{Indexed, Quantiser};
use super::sink::{Done, Format, Sink};
use world::frame::Frame;

/// A GIF being written. A frame is held until the next one determines its delay.
pub struct Gif {
    path: PathBuf,
    encoder: gif::Encoder<BufWriter<File>>,
    format: Format,
    quantiser: Quantiser,
    waiting: Option<(Indexed, u64)>,
    seen: u64,
    frames: u64,
}

impl Gif {
    /// Begins the file. GIF has no delays below 1/50 s: above 50 frames a second some frames are dropped.
    pub fn create(path: &Path, format: Format) -> Result<Self, OutputError> {
        let size = |n: usize| u16::try_from(n).ok();
        let (Some(width), Some(height)) = (size(format.width), size(format.height)) else {
            let reason = format!(
                "a GIF is at most 65535 pixels wide and high, not {}×{}",
                format.width, format.height
            );
            return Err(OutputError::Size { path: path.into(), reason });
        };
        make_parent(path)?;
        let file = BufWriter::new(File::create(part_of(path)).map_err(OutputError::write(path))?);
        let begun = gif::Encoder::new(file, width, height, &[]);
        let mut encoder = begun.map_err(|e| broken(path, e))?;
        encoder.set_repeat(gif::Repeat::Infinite).map_err(|e| broken(path, e))?;
        let quantiser = Quantiser::default();
        Ok(Self { path: path.into(), encoder, format, quantiser, waiting: None, seen: 0, frames: 0 })
    }

    /// Hundredths of a second at which a frame begins.
    fn time(&self, frame: u64) -> u64 {
        libm::round(frame as f64 * 100.0 / self.format.rate.max(0.01)) as u64
    }

    fn write(&mut self, indexed: Indexed, hundredths: u64) -> Result<(), OutputError> {
        let frame = gif::Frame {
            delay: u16::try_from(hundredths).unwrap_or(u16::MAX),
            width: self.format.width as u16,
            height: self.format.height as u16,
            palette: Some(indexed.palette),
            buffer: indexed.pixels.into(),
            ..gif::Frame::default()
        };
        self.encoder.write_frame(&frame).map_err(|e| broken(&self.path, e))?;
        self.frames += 1;
        Ok(())
    }
}

fn broken(path: &Path, error: gif::EncodingError) -> OutputError {
    match error {
        gif::EncodingError::Io(source) => OutputError::Write { path: path.into(), source },
        other => OutputError::Encoder { path: path.into(), part: part_of(path), reason: other.to_string() },
    }
}

impl Sink for Gif {
    fn frame(&mut self, frame: &Frame) -> Result<(), OutputError> {
        if (frame.width, frame.height) != (self.format.width, self.format.height) {
            let reason = format!("a frame of {}×{} does not fit the first", frame.width, frame.height);
            return Err(OutputError::Size { path: self.path.clone(), reason });
        }
        let now = self.time(self.seen);
        self.seen += 1;
        if self.waiting.as_ref().is_some_and(|w| now - w.1 < 2) {
            return Ok(());
        }
        let indexed = self.quantiser.index(frame);
        match self.waiting.replace((indexed, now)) {
            Some((before, began)) => self.write(before, now - began),
            None => Ok(()),
        }
    }

    fn finish(mut self: Box<Self>) -> Result<Done, OutputError> {
        let end = self.time(self.seen);
        if let Some((last, began)) = self.waiting.take() {
            self.write(last, (end - began).max(2))?;
        }
        let Self { path, encoder, frames, .. } = *self;
        let file = encoder.into_inner().map_err(|e| broken(&path, e))?;
        file.into_inner().map_err(|e| OutputError::write(&path)(e.into_error()))?;
        match frames {
            0 => std::fs::remove_file(part_of(&path)),
            _ => std::fs::rename(part_of(&path), &path),
        }
        .map_err(OutputError::write(&path))?;
        Ok(Done { path, frames })
    }
}
