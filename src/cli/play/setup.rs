//! From the command line to what plays.

use std::sync::Arc;

use super::cast::{Part as Cast, cast};
use super::{Args, sound, state_folder};
use crate::CATALOGUE;
use crate::cli::load::Source;
use crate::cli::{Failure, watching};
use crate::performance::versus::{Part, Versus};
use crate::performance::{Setup, Tape};
use crate::show::program::Program;
use crate::show::{Hub, World};

/// The world of a show: a performance, or two beside each other.
///
/// # Errors
/// A scene, a judge or a tape cannot be had.
pub fn world(
    args: &Args,
    sources: Vec<Source>,
    program: Option<Program>,
    hub: &Arc<Hub>,
) -> Result<Box<dyn World>, Failure> {
    if !args.versus.is_empty() {
        return Ok(Box::new(versus(args)?));
    }
    let played = Setup { program, ..setup(args, sources)? }.start()?;
    played.sound_desk().into_iter().for_each(|desk| hub.attach_sound(desk));
    Ok(Box::new(played))
}

fn setup(args: &Args, scenes: Vec<Source>) -> Result<Setup, Failure> {
    let tape = match &args.tape {
        _ if args.no_tape => Tape::None,
        Some(file) => Tape::File(file.clone()),
        None => Tape::Folder(state_folder().join("tapes")),
    };
    let own = args.clone();
    Ok(Setup {
        size: args.size,
        seed: args.seed,
        by_hand: args.transition,
        judge: if args.no_judge { None } else { watching::opens(args.model.as_deref())? },
        sound: Some(Box::new(move |ticks| sound::open(&own, ticks))),
        tape,
        favourites: Some(args.favourites.clone().unwrap_or_else(|| state_folder().join("favourites.json"))),
        state: args.state.clone(),
        learn: args.learn.clone(),
        introduces: args.frames.is_none(),
        ..Setup::of(CATALOGUE, scenes)
    })
}

/// Both at half the width; the sound and the tape are the left side's.
fn versus(args: &Args) -> Result<Versus, Failure> {
    let [left, right] = cast(&args.versus)?;
    let size = args.size.map_or_else(|| left.source.load(CATALOGUE).map(|s| s.size), Ok)?;
    let half = Args { size: Some((size.0.div_ceil(2), size.1.div_ceil(2))), ..args.clone() };
    let other = Args { tape: None, no_tape: true, no_sound: true, learn: None, state: None, ..half.clone() };
    let part = |cast: Cast, args: &Args| -> Result<Part, Failure> {
        Ok(Part { name: cast.name, bytes: cast.bytes, setup: setup(args, vec![cast.source])? })
    };
    Ok(Versus::start(part(left, &half)?, part(right, &other)?)?)
}
