//! `untrained collapse`: recursive training, generators that learn from generators (model collapse).

mod args;
mod control;
mod lines;
mod page;
mod recipe;
mod runs;
mod stills;
mod worlds;

use super::{Failure, Outcome};
use crate::bench::collapse::Regime;
use crate::bench::collapse::experiment::{Experiment, Subject, path};
pub use args::Args;
use args::is_world;
use page::Page;

/// Runs the experiment and writes `index.html` and `collapse.json`. Ctrl-C keeps every finished generation.
pub fn run(args: &Args) -> Outcome {
    if args.page_only {
        let found = Experiment::read(&args.out)?;
        let missing = format!("{}: expected an experiment, found none", path(&args.out).display());
        return Page::of(&args.out, &found.ok_or_else(|| Failure::input(missing))?).write();
    }
    check(args)?;
    let regimes = regimes(&args.regime)?;
    let worlds = args.methods.iter().filter(|m| is_world(m)).count();
    match (worlds, args.methods.len()) {
        (_, 0) => {
            let plain = runs::experiment(args, Subject::Nothing).begin(&args.out, &|| false)?;
            plain.map_or(Ok(()), |e| Page::of(&args.out, &e).write())
        }
        (0, _) => stills::run(args, &regimes),
        (n, all) if n == all => worlds::run(args, &regimes),
        _ => Err(Failure::input("expected methods of pictures, or of worlds (step, refine); found both")),
    }
}

fn check(args: &Args) -> Outcome {
    let right = args.generations > 0 && args.m > 1 && args.runs > 1 && args.seeds > 0 && args.measured > 10;
    if !right {
        return Err(Failure::input(
            "expected --generations and --seeds of at least 1, --m and --runs of at least 2, --measured of at least 11",
        ));
    }
    match args.seed.checked_add(args.seeds) {
        Some(_) => Ok(()),
        None => Err(Failure::input("--seed: too large; the seeds of all runs are counted up from it")),
    }
}

fn regimes(names: &[String]) -> Result<Vec<Regime>, Failure> {
    let one = |n: &String| {
        Regime::find(n).ok_or_else(|| {
            Failure::input(format!("--regime: expected replace, accumulate or keep10, found `{n}`"))
        })
    };
    names.iter().map(one).collect()
}
