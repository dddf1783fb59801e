//! What experiments on pictures and on worlds have in common.

use std::collections::{BTreeMap, BTreeSet};

use super::args::Args;
use super::page::Page;
use crate::bench::collapse::Regime;
use crate::bench::collapse::chain::{Chain, Ended};
use crate::bench::collapse::experiment::{Experiment, Subject};
use crate::bench::collapse::gaussian::GaussianSetup;
use crate::cli::command_line::command_line;
use crate::cli::{Failure, Outcome};
use crate::learn::LearnError;

/// Seed of all that the seeds of the runs share: which pictures or worlds there are, the control, the single Gaussian.
pub const SHARED: u64 = 1;

/// The experiment that was asked for, without methods.
pub fn experiment(args: &Args, subject: Subject) -> Experiment {
    let gaussian = GaussianSetup {
        samples: args.m,
        generations: args.generations.max(100),
        runs: args.runs,
        seed: SHARED,
    };
    Experiment {
        version: env!("CARGO_PKG_VERSION").into(),
        subject,
        methods: BTreeMap::new(),
        generations: args.generations,
        gaussian,
        floor: None,
        references: Vec::new(),
        commands: BTreeSet::from([command_line()]),
    }
}

/// Runs every method under every regime from every seed, and updates the page after each. What fails does not keep the
/// others from running; a line says how a run ended, if that was not its last generation.
///
/// # Errors
/// The first run that failed (code 1, or 2 if its input is at fault), or the page cannot be written.
pub fn each(
    args: &Args,
    regimes: &[Regime],
    page: &Page,
    run: &mut dyn FnMut(&Chain) -> Result<Ended, LearnError>,
) -> Outcome {
    let mut failed = Ok(());
    for method in &args.methods {
        for &regime in regimes {
            for seed in args.seed..args.seed + args.seeds {
                let chain = Chain { method: method.clone(), regime, seed };
                let ended = run(&chain);
                page.update()?;
                match ended {
                    Ok(Ended::Whole) => {}
                    Ok(Ended::Elsewhere) => println!("{}: another process is at it", chain.name()),
                    Ok(Ended::Stopped) => {
                        println!("interrupted; run the same command again to resume");
                        return page.write();
                    }
                    Err(e) => {
                        eprintln!("{}: {e}", chain.name());
                        failed = failed.and(Err(Failure::from(e)));
                    }
                }
            }
        }
    }
    page.write()?;
    failed
}
