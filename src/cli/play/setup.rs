//! From the command line to a performance.

use std::sync::Arc;

use super::args::Args;
use super::side_sources::{SideSource, side_sources};
use super::sound;
use super::state_folder::state_folder;
use crate::CATALOGUE;
use crate::cli::load::SceneSource;
use crate::cli::{Failure, watching};
use crate::performance::versus::{SideSetup, Versus};
use crate::performance::{PerformanceSetup, TapeTarget};
use crate::show::program::ShowProgram;
use crate::show::{Hub, ShowDriver};

/// The world of a show: a performance, or two side by side.
///
/// # Errors
/// A scene, a judge or a tape cannot be opened.
pub fn world(
    args: &Args,
    sources: Vec<SceneSource>,
    program: Option<ShowProgram>,
    hub: &Arc<Hub>,
) -> Result<Box<dyn ShowDriver>, Failure> {
    if !args.versus.is_empty() {
        return Ok(Box::new(versus(args)?));
    }
    let played = PerformanceSetup { program, ..setup(args, sources)? }.start()?;
    played.sound_control().into_iter().for_each(|desk| hub.attach_sound(desk));
    Ok(Box::new(played))
}

fn setup(args: &Args, scenes: Vec<SceneSource>) -> Result<PerformanceSetup, Failure> {
    let tape = match &args.tape {
        _ if args.no_tape => TapeTarget::None,
        Some(file) => TapeTarget::File(file.clone()),
        None => TapeTarget::Folder(state_folder().join("tapes")),
    };
    let own = args.clone();
    Ok(PerformanceSetup {
        size: args.size,
        seed: args.seed,
        manual_transition: args.transition,
        judge: if args.no_judge { None } else { watching::opens(args.model.as_deref())? },
        sound: Some(Box::new(move |ticks| sound::open(&own, ticks))),
        tape,
        favourites: Some(args.favourites.clone().unwrap_or_else(|| state_folder().join("favourites.json"))),
        state: args.state.clone(),
        learn: args.learn.clone(),
        introduces: args.frames.is_none(),
        ..PerformanceSetup::of(CATALOGUE, scenes)
    })
}

/// Both at half the width; sound and tape are those of the left side.
fn versus(args: &Args) -> Result<Versus, Failure> {
    let [left, right] = side_sources(&args.versus)?;
    let size = args.size.map_or_else(|| left.source.load(CATALOGUE).map(|s| s.size), Ok)?;
    let half = Args { size: Some((size.0.div_ceil(2), size.1.div_ceil(2))), ..args.clone() };
    let other = Args { tape: None, no_tape: true, no_sound: true, learn: None, state: None, ..half.clone() };
    let part = |side_sources: SideSource, args: &Args| -> Result<SideSetup, Failure> {
        Ok(SideSetup {
            name: side_sources.name,
            bytes: side_sources.bytes,
            setup: setup(args, vec![side_sources.source])?,
        })
    };
    Ok(Versus::start(part(left, &half)?, part(right, &other)?)?)
}
