//! PNG: a numbered sequence, encoded on all cores, or the last frame alone.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use super::error::OutputError;
use super::part::make_parent;
use super::sink::{Done, Sink};
use world::frame::{Frame, PictureError, encode_png, write_atomic, write_png};

type Job = (PathBuf, Frame);
type Fault = Arc<Mutex<Option<OutputError>>>;

/// `frame-000000.png`, `frame-000001.png`, … in a folder, each with its provenance.
pub struct PngSequence {
    folder: PathBuf,
    jobs: Option<SyncSender<Job>>,
    workers: Vec<JoinHandle<()>>,
    fault: Fault,
    frames: u64,
}

impl PngSequence {
    /// Creates the folder and the encoder threads.
    pub fn create(folder: &Path) -> Result<Self, OutputError> {
        std::fs::create_dir_all(folder).map_err(OutputError::write(folder))?;
        let entries = std::fs::read_dir(folder).map_err(OutputError::write(folder))?;
        let mut names = entries.flatten().map(|e| e.file_name().to_string_lossy().into_owned());
        if names.any(|n| n.starts_with("frame-") && n.ends_with(".png")) {
            return Err(OutputError::Occupied(folder.into()));
        }
        let count = std::thread::available_parallelism().map_or(1, |n| n.get());
        let (sender, receiver) = sync_channel(count);
        let (receiver, fault) = (Arc::new(Mutex::new(receiver)), Fault::default());
        let worker = |_| {
            let (receiver, fault) = (receiver.clone(), fault.clone());
            std::thread::spawn(move || encode(&receiver, &fault))
        };
        let workers = (0..count).map(worker).collect();
        Ok(Self { folder: folder.into(), jobs: Some(sender), workers, fault, frames: 0 })
    }

    fn check(&self) -> Result<(), OutputError> {
        match self.fault.lock().unwrap_or_else(PoisonError::into_inner).take() {
            Some(fault) => Err(fault),
            None => Ok(()),
        }
    }

    fn close(&mut self) {
        self.jobs = None;
        for worker in self.workers.drain(..) {
            // A worker reports only through `fault`.
            let _ = worker.join();
        }
    }
}

/// Encodes and writes until no job is left; after a fault the rest is dropped.
fn encode(jobs: &Mutex<Receiver<Job>>, fault: &Fault) {
    loop {
        let job = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok((path, frame)) = job else { return };
        if let Err(error) = write_fast(&path, &frame) {
            fault.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error.into());
            return;
        }
    }
}

fn write_fast(path: &Path, frame: &Frame) -> Result<(), PictureError> {
    let fail = |e: png::EncodingError| PictureError::Damaged { path: path.into(), reason: e.to_string() };
    write_atomic(path, &encode_png(frame, png::Compression::Fastest).map_err(fail)?)
}

impl Sink for PngSequence {
    fn frame(&mut self, frame: &Frame) -> Result<(), OutputError> {
        self.check()?;
        let path = self.folder.join(format!("frame-{:06}.png", self.frames));
        let sent = self.jobs.as_ref().is_some_and(|jobs| jobs.send((path, frame.clone())).is_ok());
        if !sent {
            self.close();
            return self.check();
        }
        self.frames += 1;
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> Result<Done, OutputError> {
        self.close();
        self.check()?;
        Ok(Done { path: self.folder.clone(), frames: self.frames })
    }
}

impl Drop for PngSequence {
    fn drop(&mut self) {
        self.close();
    }
}

/// The last frame as one PNG file.
pub struct Still {
    path: PathBuf,
    last: Option<Frame>,
}

impl Still {
    /// Creates its folder.
    pub fn new(path: &Path) -> Result<Self, OutputError> {
        make_parent(path)?;
        Ok(Self { path: path.into(), last: None })
    }
}

impl Sink for Still {
    fn frame(&mut self, frame: &Frame) -> Result<(), OutputError> {
        match &mut self.last {
            Some(last) => last.clone_from(frame),
            None => self.last = Some(frame.clone()),
        }
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<Done, OutputError> {
        if let Some(frame) = &self.last {
            write_png(&self.path, frame)?;
        }
        Ok(Done { path: self.path, frames: self.last.is_some() as u64 })
    }
}
