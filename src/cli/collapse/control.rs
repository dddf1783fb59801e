//! The control of an experiment on pictures, run once for all processes.

use super::args::Args;
use super::lines;
use super::runs::SHARED;
use crate::bench::collapse::control::{Control, MOST, SavedControl};
use crate::bench::collapse::lock::Lock;
use crate::bench::collapse::recursion::Origin;
use crate::bench::generator::{Generator, SampleSpec};
use crate::cli::generators::{SizeOverrides, names, rule};
use crate::cli::{Failure, Outcome};
use crate::output::Interrupt;
use crate::world::frame::write_atomic;

/// Runs the control, unless its results are there or another process is at it.
pub fn run(args: &Args, origin: &Origin, interrupt: &Interrupt) -> Outcome {
    if args.control == "none" {
        return Ok(());
    }
    let Some(_lock) = Lock::attempt(&args.out.join("control.lock"))? else { return Ok(()) };
    let name = names(std::slice::from_ref(&args.control)).remove(0);
    let (rule, _) = rule(&args.control, &name, &SizeOverrides::default())?;
    let (channels, side) = (origin.pictures.channels, origin.pictures.side);
    let samples = args.measured.min(MOST);
    let what = format!("{} {channels}×{side} {samples} {}", args.control, origin.extractor.word());
    let kept = SavedControl::read(&args.out).filter(|k| k.what == what);
    let kept = match kept.filter(|k| k.readings.len() >= args.generations) {
        Some(kept) => kept,
        None => {
            let spec = SampleSpec { side, channels, frames: 1, every: 1, warm_up: 60 };
            let control = Control { rule: &rule, spec, samples, seed: SHARED, extractor: origin.extractor };
            let readings = control.run(args.generations, &|| interrupt.asked()).map_err(Failure::failed)?;
            let kept = SavedControl { what, name: rule.name().into(), about: rule.about(), readings };
            let json = serde_json::to_string_pretty(&kept).map_err(Failure::failed)?;
            if kept.readings.len() == args.generations {
                write_atomic(&SavedControl::path(&args.out), json.as_bytes()).map_err(Failure::failed)?;
            }
            kept
        }
    };
    if let Some(last) = kept.readings.last() {
        lines::still(&kept.name, last);
    }
    Ok(())
}
