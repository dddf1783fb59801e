//! The judge as an observer of a show.

use std::path::Path;

use super::Failure;
use crate::judge::Judge;
use crate::judge::taste::{Taste, TasteFile};
use crate::performance::{FrameJudge, JudgeFactory, VerdictSignals};
use crate::world::frame::Frame;

struct JudgeAdapter {
    judge: Judge,
    taste: Option<Taste>,
}

impl FrameJudge for JudgeAdapter {
    fn verdict(&mut self, frame: &Frame, tick: u64) -> VerdictSignals {
        let verdict = self.judge.classify(&frame.rgba, frame.width, frame.height, tick);
        let mut signals = verdict.signals();
        let liked = self.taste.as_ref().map(|taste| taste.probability(&verdict.embedding));
        signals.extend(liked.map(|p| ("taste.score".into(), p)));
        signals
    }
    fn classes(&self) -> Vec<String> {
        self.judge.header.classes.clone()
    }
}

/// The judge in a file, or the shipped one. If the shipped one cannot be used, there is none and a message says why.
///
/// # Errors
/// The named file holds no judge.
pub fn open(model: Option<&Path>) -> Result<Option<Box<dyn FrameJudge>>, Failure> {
    open_with(model, None)
}

/// As [`open`], with a taste, whose score is the signal `taste.score`.
///
/// # Errors
/// As [`open`], or the file of the taste cannot be read or reads another judge.
pub fn open_with(model: Option<&Path>, taste: Option<&Path>) -> Result<Option<Box<dyn FrameJudge>>, Failure> {
    let judge = match model {
        Some(path) => Judge::load(path)?,
        None => match Judge::shipped() {
            Ok(judge) => judge,
            Err(e) => {
                eprintln!("continuing without a judge: {e}");
                return Ok(None);
            }
        },
    };
    let taste = taste.map(|path| TasteFile::load(path, &judge)).transpose()?.map(|file| file.taste);
    Ok(Some(Box::new(JudgeAdapter { judge, taste })))
}

/// A factory of judges; the first is opened now.
///
/// # Errors
/// As [`open_with`].
pub fn opens(model: Option<&Path>, taste: Option<&Path>) -> Result<Option<JudgeFactory>, Failure> {
    let mut first = open_with(model, taste)?;
    let [model, taste] = [model, taste].map(|path| path.map(Path::to_path_buf));
    if first.is_none() {
        return Ok(None);
    }
    let again = move || open_with(model.as_deref(), taste.as_deref()).ok().flatten();
    Ok(Some(Box::new(move || first.take().or_else(&again))))
}

/// Classes of a judge: the one in a file, or the shipped one; none if there is no judge.
///
/// # Errors
/// As [`open`].
pub fn classes(model: Option<&Path>) -> Result<Vec<String>, Failure> {
    Ok(open(model)?.map_or(Vec::new(), |watch| watch.classes()))
}
