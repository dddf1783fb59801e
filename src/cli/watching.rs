//! The judge as an observer of a show.

use std::path::Path;

use super::Failure;
use crate::judge::Judge;
use crate::performance::{FrameJudge, JudgeFactory, VerdictSignals};
use crate::world::frame::Frame;

struct JudgeAdapter(Judge);

impl FrameJudge for JudgeAdapter {
    fn verdict(&mut self, frame: &Frame, tick: u64) -> VerdictSignals {
        self.0.classify(&frame.rgba, frame.width, frame.height, tick).signals()
    }
    fn classes(&self) -> Vec<String> {
        self.0.header.classes.clone()
    }
}

/// The judge in a file, or the shipped one. If the shipped one cannot be used, there is none and a message says why.
///
/// # Errors
/// The named file holds no judge.
pub fn open(model: Option<&Path>) -> Result<Option<Box<dyn FrameJudge>>, Failure> {
    match model {
        Some(path) => Ok(Some(Box::new(JudgeAdapter(Judge::load(path)?)))),
        None => Ok(match Judge::shipped() {
            Ok(judge) => Some(Box::new(JudgeAdapter(judge))),
            Err(e) => {
                eprintln!("continuing without a judge: {e}");
                None
            }
        }),
    }
}

/// A factory of judges; the first is opened now.
///
/// # Errors
/// As [`open`].
pub fn opens(model: Option<&Path>) -> Result<Option<JudgeFactory>, Failure> {
    let (mut first, model) = (open(model)?, model.map(Path::to_path_buf));
    if first.is_none() {
        return Ok(None);
    }
    Ok(Some(Box::new(move || first.take().or_else(|| open(model.as_deref()).ok().flatten()))))
}

/// Classes of a judge: the one in a file, or the shipped one; none if there is no judge.
///
/// # Errors
/// As [`open`].
pub fn classes(model: Option<&Path>) -> Result<Vec<String>, Failure> {
    Ok(open(model)?.map_or(Vec::new(), |watch| watch.classes()))
}
