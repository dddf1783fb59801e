//! Pictures as a line each: their tick and a hash.

use crate::output::{Done, OutputError, Sink};
use crate::world::frame::Frame;

/// Prints a hash of every picture.
#[derive(Default)]
pub struct Hashes {
    frames: u64,
}

impl Sink for Hashes {
    fn frame(&mut self, frame: &Frame) -> Result<(), OutputError> {
        println!("tick {} {:016x}", frame.provenance.tick, frame.hash());
        self.frames += 1;
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<Done, OutputError> {
        Ok(Done { path: Default::default(), frames: self.frames })
    }
}
