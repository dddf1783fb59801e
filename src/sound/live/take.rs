//! The sound of a recording on its way to the disk, on a thread of its own: nothing that plays waits for it.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use crate::output::Audio;
use crate::sound::file::WavWriter;

/// Blocks that may wait for the disk.
const BLOCKS: usize = 256;

/// A recording; it ends when it is dropped. The file is closed after that, by itself: a disk that stands still must not
/// hold the sound.
pub struct Take {
    path: PathBuf,
    blocks: SyncSender<Vec<f32>>,
}

impl Take {
    /// Begins a file at a sample rate: .wav as it is, anything else encoded.
    pub fn begin(path: PathBuf, rate: u32) -> Option<Self> {
        let (blocks, inbox) = sync_channel(BLOCKS);
        let file = path.clone();
        let write = move || {
            if let Err(e) = write(&file, rate, &inbox) {
                eprintln!("{e}; the show goes on");
            }
        };
        std::thread::Builder::new().name("sound file".into()).spawn(write).ok()?;
        Some(Self { path, blocks })
    }

    /// Its file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Adds samples, left and right in turn; false if there is no place for them.
    pub fn add(&self, block: Vec<f32>) -> bool {
        self.blocks.try_send(block).is_ok()
    }
}

type Outcome = Result<(), Box<dyn std::error::Error>>;

fn write(path: &Path, rate: u32, inbox: &Receiver<Vec<f32>>) -> Outcome {
    if path.extension().is_some_and(|e| e == "wav") {
        let mut wav = WavWriter::create(path, rate)?;
        inbox.iter().try_for_each(|block| wav.add(&block))?;
        wav.finish()?;
    } else {
        let mut audio = Audio::create(path, rate)?;
        inbox.iter().try_for_each(|block| audio.add(&block))?;
        audio.finish()?;
    }
    Ok(())
}
