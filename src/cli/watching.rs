//! The judge as one who watches a show.

use std::path::Path;

use super::Failure;
use super::headless::{Verdict, Watch};
use crate::judge::Judge;
use crate::world::frame::Frame;

struct Watching(Judge);

impl Watch for Watching {
    fn look(&mut self, frame: &Frame) -> Verdict {
        self.0.look(&frame.rgba, frame.width, frame.height, frame.provenance.tick).signals()
    }
}

/// The judge in a file, or the shipped one. When the shipped one cannot be used, there is none and a line says why.
///
/// # Errors
/// The named file holds no judge.
pub fn open(model: Option<&Path>) -> Result<Option<Box<dyn Watch>>, Failure> {
    match model {
        Some(path) => Ok(Some(Box::new(Watching(Judge::load(path)?)))),
        None => Ok(match Judge::shipped() {
            Ok(judge) => Some(Box::new(Watching(judge))),
            Err(e) => {
                eprintln!("no judge watches: {e}");
                None
            }
        }),
    }
}
