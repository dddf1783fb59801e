//! `untrained learn METHOD DATA --out FILE`: a generator trained on pictures, or a world on its frames.

mod args;
mod distil;
pub mod options;
mod pictures;
pub mod progress;
mod world;
pub mod world_args;

use super::{Failure, Outcome};
use crate::learn::diffusion::distil as distillation;
use crate::learn::dynamics::methods::{self as dynamics, DYNAMICS};
use crate::learn::methods::{self, METHODS};
use crate::world::params::{ParamSpec, Params as _};
pub use args::Args;
use args::LIST;

/// Trains and saves, or lists the methods.
pub fn run(args: &Args) -> Outcome {
    if args.method == LIST {
        print!("{}", list());
        return Ok(());
    }
    if args.method == distillation::NAME {
        return distil::train(args);
    }
    if let Ok(method) = dynamics::find(&args.method) {
        method.trainer().map_err(Failure::input)?;
        return world::train(args, method);
    }
    let method = methods::find(&args.method).map_err(Failure::input)?;
    method.begin().map_err(Failure::input)?;
    if args.data.is_empty() {
        return Err(Failure::input("expected training pictures: a folder, or one picture"));
    }
    pictures::train(args, method)
}

/// Every method with its settings, as text.
pub fn list() -> String {
    let setting = |s: &ParamSpec, default: f64| {
        format!("    --set {}={:<8} {} ({})\n", s.name, s.text(default), s.doc(), s.range_text())
    };
    let one = |name: &str, about: &str, settings: &[ParamSpec], defaults: &[(&str, f64)]| {
        let default = |s: &ParamSpec| defaults.iter().find(|d| d.0 == s.name).map_or(s.default, |d| d.1);
        let settings: String = settings.iter().map(|s| setting(s, default(s))).collect();
        format!("{name:<10} {about}\n{settings}")
    };
    let pictures = METHODS.iter().map(|m| one(m.name, m.about, m.settings, &[]));
    let worlds = DYNAMICS.iter().map(|m| one(m.name, m.about, m.settings, m.defaults));
    let distil = one(distillation::NAME, distillation::ABOUT, distillation::Settings::SPECS, &[]);
    pictures.chain([distil]).chain(worlds).collect::<Vec<_>>().join("\n")
}
