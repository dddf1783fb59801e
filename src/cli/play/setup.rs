//! From the command line to a performance.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::SystemTime;

use super::args::Args;
use super::side_sources::{SideSource, side_sources};
use super::sound;
use super::state_folder::state_folder;
use crate::CATALOGUE;
use crate::cli::load::SceneSource;
use crate::cli::{Failure, watching};
use crate::performance::versus::{BlindSetup, SideSetup, Versus, VersusSetup};
use crate::performance::{PerformanceSetup, TapeTarget};
use crate::show::program::ShowProgram;
use crate::show::{Hub, ShowDriver};
use crate::world::rng::Rng;

/// Seconds at the beginning of a blind round during which neither picture is shown.
const COVERED: f64 = 2.0;

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
        judge: if args.no_judge {
            None
        } else {
            watching::opens(args.model.as_deref(), args.taste.as_deref())?
        },
        votes: Some(watching::votes_file(args.taste.as_deref(), &state_folder())),
        sound: Some(Box::new(move |ticks| sound::open(&own, ticks))),
        tape,
        favourites: Some(args.favourites.clone().unwrap_or_else(|| state_folder().join("favourites.json"))),
        state: args.state.clone(),
        learn: args.learn.clone(),
        introduces: args.frames.is_none(),
        ..PerformanceSetup::of(CATALOGUE, scenes)
    })
}

/// Both at half the width; sound and tape are those of the rule.
fn versus(args: &Args) -> Result<Versus, Failure> {
    if !(args.watts > 0.0 && args.watts.is_finite()) {
        return Err(Failure::input(format!("--watts: expected a number above 0, found {}", args.watts)));
    }
    if args.votes.is_some() && args.votes == args.tape {
        return Err(Failure::input("--votes: expected another file than --tape"));
    }
    let [rule, rival] = side_sources(&args.versus)?;
    let size = args.size.map_or_else(|| rule.source.load(CATALOGUE).map(|s| s.size), Ok)?;
    let half = Args {
        size: Some((size.0.div_ceil(2), size.1.div_ceil(2))),
        // The sound of a rule would tell which side it is.
        no_sound: args.no_sound || args.blind,
        seed: args.seed.or_else(|| args.blind.then(other_seed)),
        ..args.clone()
    };
    let other = Args { tape: None, no_tape: true, no_sound: true, learn: None, state: None, ..half.clone() };
    let part = |side: SideSource, args: &Args| -> Result<SideSetup, Failure> {
        let SideSource { source, name, bytes, hash, training } = side;
        Ok(SideSetup { name, bytes, hash, training, setup: setup(args, vec![source])? })
    };
    let blind = args.blind.then(|| BlindSetup { votes: Some(votes_file(args)), covered: COVERED });
    let sides = [part(rule, &half)?, part(rival, &other)?];
    Ok(Versus::start(VersusSetup { sides, watts: args.watts, blind })?)
}

/// Where votes go.
fn votes_file(args: &Args) -> PathBuf {
    let beside = args.tape.as_ref().map(|tape| tape.with_extension("votes.jsonl"));
    args.votes.clone().or(beside).unwrap_or_else(|| state_folder().join("votes.jsonl"))
}

/// A seed that voters have not seen: those of scenes are the same each evening, and with them all tosses of the coin.
fn other_seed() -> u64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Rng::new(since.as_secs())
        .fork(u64::from(since.subsec_nanos()))
        .fork(u64::from(std::process::id()))
        .bits(0)
        >> 40
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Words {
        #[command(flatten)]
        args: Args,
    }

    fn args(words: &str) -> Result<Args, String> {
        let words = std::iter::once("play").chain(words.split_whitespace());
        Words::try_parse_from(words).map(|w| w.args).map_err(|e| e.to_string())
    }

    #[test]
    fn votes_go_where_they_are_told_beside_the_tape_or_to_the_folder_of_shows() {
        let file = |words: &str| votes_file(&args(words).unwrap());
        assert_eq!(file("--versus ink --blind --votes a/b.jsonl --tape c.tape"), PathBuf::from("a/b.jsonl"));
        assert_eq!(file("--versus ink --blind --tape d/c.tape"), PathBuf::from("d/c.votes.jsonl"));
        assert_eq!(file("--versus ink --blind"), state_folder().join("votes.jsonl"));
    }

    #[test]
    fn a_vote_needs_a_comparison_and_a_wattage_is_positive() {
        for words in ["--blind", "--versus ink --votes a.jsonl"] {
            assert!(args(words).is_err(), "{words}");
        }
        let failure = crate::cli::play::run(&args("ink --blind").unwrap()).err().unwrap();
        assert!(failure.code == 2 && failure.report.to_string().contains("expected --versus"));
        let one = args("--versus ink --blind --votes a.tape --tape a.tape").unwrap();
        let failure = versus(&one).err().unwrap();
        assert!(failure.code == 2 && failure.report.to_string().contains("--votes: expected another file"));
        assert!(args("ink").is_ok() && args("--versus ink --watts 5").is_ok());
        for watts in ["0", "-3", "nan", "inf"] {
            let failure = versus(&args(&format!("--versus ink --watts {watts}")).unwrap()).err().unwrap();
            assert!(failure.code == 2 && failure.report.to_string().contains("--watts: expected"), "{watts}");
        }
    }
}
