//! Frames for other programs: raw RGBA into a named pipe. Nobody is waited for: while nobody reads, or the reader
//! stands still, frames are dropped and counted; what is sent is always a whole frame.

use std::fs::File;
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{FileTypeExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use super::{Done, Format, OutputError, Sink};
use crate::world::frame::Frame;

/// Not to block, on every Unix that we know: Linux, and the others.
const NONBLOCK: i32 = if cfg!(target_os = "linux") { 0o4000 } else { 4 };

/// A named pipe that gets frames.
pub struct Raw {
    path: PathBuf,
    size: (usize, usize),
    reader: Option<File>,
    /// What is left of the frame on its way.
    rest: Vec<u8>,
    frames: u64,
    dropped: u64,
}

/// Whether a path is a named pipe.
pub fn is_pipe(path: &Path) -> bool {
    path.metadata().is_ok_and(|m| m.file_type().is_fifo())
}

impl Raw {
    /// A pipe for frames of one size; its reader may come later.
    pub fn create(path: &Path, format: Format) -> Self {
        let size = (format.width, format.height);
        Self { path: path.into(), size, reader: None, rest: Vec::new(), frames: 0, dropped: 0 }
    }

    /// Sends on what is left of a frame; whether all of it is gone.
    fn push(&mut self) -> std::io::Result<bool> {
        while !self.rest.is_empty() {
            let Some(reader) = &mut self.reader else { return Ok(false) };
            match reader.write(&self.rest) {
                Ok(n) => drop(self.rest.drain(..n)),
                Err(e) if e.kind() == ErrorKind::Interrupted => {}
                Err(e) if e.kind() == ErrorKind::WouldBlock => return Ok(false),
                Err(e) if e.kind() == ErrorKind::BrokenPipe => {
                    // The next reader begins with a whole frame.
                    self.reader = None;
                    self.rest.clear();
                    self.dropped += 1;
                    return Ok(true);
                }
                Err(e) => return Err(e),
            }
        }
        Ok(true)
    }

    /// Without a reader the pipe cannot be opened yet.
    fn find_reader(&mut self) -> std::io::Result<bool> {
        if self.reader.is_none() {
            match File::options().write(true).custom_flags(NONBLOCK).open(&self.path) {
                Ok(file) => self.reader = Some(file),
                Err(e) if e.raw_os_error() == Some(6) => return Ok(false),
                Err(e) => return Err(e),
            }
        }
        Ok(true)
    }
}

impl Sink for Raw {
    fn frame(&mut self, frame: &Frame) -> Result<(), OutputError> {
        if (frame.width, frame.height) != self.size {
            let (w, h) = self.size;
            let reason = format!("a frame of {}×{} in a stream of {w}×{h}", frame.width, frame.height);
            return Err(OutputError::Size { path: self.path.clone(), reason });
        }
        let path = self.path.clone();
        let fail = OutputError::write(&path);
        let mut send = || -> std::io::Result<bool> {
            if !self.find_reader()? || !self.push()? || !self.find_reader()? {
                return Ok(false);
            }
            self.rest.extend_from_slice(&frame.rgba);
            self.push()?;
            Ok(true)
        };
        match send() {
            Ok(sent) => {
                self.frames += sent as u64;
                self.dropped += !sent as u64;
                Ok(())
            }
            Err(e) => Err(fail(e)),
        }
    }

    fn finish(self: Box<Self>) -> Result<Done, OutputError> {
        Ok(Done { path: self.path, frames: self.frames })
    }

    fn dropped(&self) -> u64 {
        self.dropped
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    fn picture(value: u8) -> Frame {
        let mut frame = Frame::new(64, 64);
        frame.rgba.fill(value);
        frame
    }

    #[test]
    fn readers_come_stand_still_and_go_and_every_frame_is_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pipe");
        if !crate::skip::fifo(&path) {
            return;
        }
        assert!(is_pipe(&path) && !is_pipe(folder.path()));
        let mut raw = Raw::create(&path, Format { width: 64, height: 64, rate: 30.0 });
        raw.frame(&picture(1)).unwrap();
        assert_eq!((raw.frames, raw.dropped), (0, 1), "nobody reads");
        let open = || {
            let path = path.clone();
            let (sent, opened) = std::sync::mpsc::channel();
            std::thread::spawn(move || sent.send(File::open(path).unwrap()));
            opened
        };
        let opened = open();
        while raw.frames == 0 {
            raw.frame(&picture(2)).unwrap();
            std::thread::yield_now();
        }
        let mut reader = opened.recv().unwrap();
        // A pipe holds 64 kB, a frame 16: a reader that stands still costs frames, not time.
        (0..20).for_each(|i| raw.frame(&picture(10 + i)).unwrap());
        assert!(raw.dropped >= 15, "{}", raw.dropped);
        let mut bytes = vec![0; 4 * 64 * 64];
        for n in 0..3 {
            reader.read_exact(&mut bytes).unwrap();
            assert!(bytes.iter().all(|b| *b == bytes[0]), "frame {n} is whole");
        }
        drop(reader);
        (0..9).for_each(|_| raw.frame(&picture(90)).unwrap());
        let opened = open();
        let before = raw.frames;
        while raw.frames == before {
            raw.frame(&picture(99)).unwrap();
            std::thread::yield_now();
        }
        let mut reader = opened.recv().unwrap();
        reader.read_exact(&mut bytes).unwrap();
        assert!(bytes.iter().all(|b| *b == 99), "the next reader begins with a whole frame");
        assert!(raw.frame(&Frame::new(3, 3)).is_err());
    }
}
