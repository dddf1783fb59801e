//! `untrained collapse`: recursive training, generators that learn from generators (model collapse).

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::builder::PossibleValuesParser;

use super::command_line::command_line;
use super::{Failure, Outcome};
use crate::bench::collapse::Regime;
use crate::bench::collapse::gaussian::{GaussianSetup, measure};
use crate::bench::collapse::page::CollapseReport;
use crate::learn::methods;
use crate::world::frame::write_atomic;

/// The control unless another is named: small, since it runs once per generation.
const CONTROL: &str = "ink?canvas=64x36,cells=64x36,warm-up=60..120";

/// Arguments of `collapse`.
#[derive(clap::Args)]
pub struct Args {
    /// Methods to train recursively on their own output (see `untrained learn list`). Without any, only the single
    /// Gaussian, which is part of every experiment.
    #[arg(value_parser = PossibleValuesParser::new(methods::names()))]
    methods: Vec<String>,
    /// Training pictures of the first generation: frames, an image folder or IDX files.
    #[arg(long)]
    data: Option<PathBuf>,
    /// Output folder; generations that are finished there are not run again.
    #[arg(long, default_value = "collapse")]
    out: PathBuf,
    /// Number of generations.
    #[arg(long, default_value_t = 20)]
    generations: usize,
    /// Training pictures per generation.
    #[arg(long, default_value_t = 4000)]
    samples: usize,
    /// Samples to measure each generation with, and as many of the original pictures.
    #[arg(long, default_value_t = 1000)]
    measured: usize,
    /// What generations are trained on: `replace`, `accumulate`, `keep10`.
    #[arg(long, value_delimiter = ',', default_value = "replace,accumulate,keep10")]
    regime: Vec<String>,
    /// Number of seeds.
    #[arg(long, default_value_t = 1)]
    seeds: u64,
    /// The first seed.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Epochs per generation; the method's own number if not given.
    #[arg(long)]
    epochs: Option<usize>,
    /// Train with class labels where the method can be conditioned on them. Without it the pictures are unlabelled, as
    /// in the paper.
    #[arg(long)]
    labels: bool,
    /// Side length in pixels: 28, 32 or 64; that of the pictures if not given.
    #[arg(long)]
    side: Option<usize>,
    /// Feature extractor: `pixels`, `judge` (the shipped one), `random`, `statistics`, or a file of weights.
    #[arg(long, default_value = "pixels")]
    eye: String,
    /// Control: a rule to run alongside the learned generators (a scene with settings, as for `compare`), or `none`.
    #[arg(long, default_value = CONTROL, value_name = "SCENE[?SETTING,…]")]
    control: String,
    /// Sample size of the single Gaussian.
    #[arg(long, default_value_t = 100)]
    m: usize,
    /// Runs of the single Gaussian.
    #[arg(long, default_value_t = 2000)]
    runs: usize,
    #[command(flatten)]
    over: super::reading::ReadOverrides,
}

/// Runs the experiment and writes `index.html` and `collapse.json`. Ctrl-C keeps every finished generation.
pub fn run(args: &Args) -> Outcome {
    let right = args.generations > 0 && args.m > 1 && args.runs > 1 && args.seeds > 0 && args.measured > 10;
    if !right {
        return Err(Failure::input(
            "expected --generations and --seeds of at least 1, --m and --runs of at least 2, --measured of at least 11",
        ));
    }
    let regimes = regimes(&args.regime)?;
    if !args.methods.is_empty() && args.data.is_none() {
        return Err(Failure::input("expected --data: the training pictures of the first generation"));
    }
    std::fs::create_dir_all(&args.out)
        .map_err(|e| Failure::failed(format!("cannot write {}: {e}", args.out.display())))?;
    let setup = GaussianSetup {
        samples: args.m,
        generations: args.generations.max(100),
        runs: args.runs,
        seed: args.seed,
    };
    let gaussian: BTreeMap<Regime, _> = Regime::ALL.into_iter().map(|r| (r, measure(&setup, r))).collect();
    let mut findings = CollapseReport {
        command: command_line(),
        data: String::new(),
        extractor: args.eye.clone(),
        setup,
        gaussian,
        floor: None,
        control: None,
        chains: Vec::new(),
    };
    write(&findings, args)?;
    let outcome = if args.methods.is_empty() { Ok(()) } else { learned::run(args, &regimes, &mut findings) };
    write(&findings, args)?;
    println!("{}", args.out.join("index.html").display());
    outcome
}

fn regimes(names: &[String]) -> Result<Vec<Regime>, Failure> {
    let one = |n: &String| {
        Regime::find(n).ok_or_else(|| {
            Failure::input(format!("--regime: expected replace, accumulate or keep10, found `{n}`"))
        })
    };
    names.iter().map(one).collect()
}

fn write(findings: &CollapseReport, args: &Args) -> Outcome {
    let json = serde_json::to_string_pretty(findings).map_err(Failure::failed)?;
    write_atomic(&args.out.join("collapse.json"), json.as_bytes()).map_err(Failure::failed)?;
    write_atomic(&args.out.join("index.html"), findings.html().as_bytes()).map_err(Failure::failed)
}

fn line(name: &str, r: &crate::bench::collapse::measure::GenerationMetrics) {
    let entropy = r.class_entropy.map_or(String::new(), |e| format!("  class entropy {e:.2} bits"));
    println!(
        "{name:<24} generation {:>3}  variance {:.3}  tail {:.3}  recall {:.3}  coverage {:.3}  Fréchet {:.3}{entropy}  {:.0} s",
        r.generation, r.variance, r.tail, r.recall, r.coverage, r.frechet, r.seconds
    );
}

mod learned {
    use super::super::generators::{SizeOverrides, names, rule};
    use super::*;
    use crate::bench::collapse::control::{Control, MOST};
    use crate::bench::collapse::measure::{GenerationMetrics, read};
    use crate::bench::collapse::page::{ControlSummary, RunSummary};
    use crate::bench::collapse::recursion::{Experiment, RecursiveRun};
    use crate::bench::generator::{Generator, SampleSpec};
    use crate::bench::sets::FeatureExtractor;
    use crate::bench::sets::image_set::ImageSet;
    use crate::data::sample::{Samples, shuffled};
    use crate::learn::data;
    use crate::learn::method::Method;
    use crate::output::Interrupt;
    use crate::world::rng::Rng;

    pub fn run(args: &Args, regimes: &[Regime], findings: &mut CollapseReport) -> Outcome {
        let methods = named(&args.methods)?;
        let data = args.data.clone().into_iter().collect::<Vec<_>>();
        let pictures = data::read(&data, args.side, false, &args.over.learning())?;
        super::super::reading::report_notes(&pictures.name, &pictures.notes);
        let [origin, held, floor] = parts(&pictures.train, args)?;
        let extractor = FeatureExtractor::named(&args.eye);
        let path = &data[0];
        let look = |s: &Samples| extractor.extract(&image_set(s), path).map_err(Failure::input);
        let reference = look(&held)?;
        findings.data = format!("{} ({} pictures, hash {:016x})", pictures.name, origin.len(), origin.hash());
        findings.extractor = extractor.name();
        findings.floor = Some(read(&reference, &look(&floor)?, 0).map_err(Failure::input)?);
        let held = image_set(&held);
        let experiment = Experiment {
            origin: &origin,
            held_out: &held,
            reference: &reference,
            extractor: &extractor,
            generations: args.generations,
            epochs: args.epochs,
            out: &args.out,
        };
        let interrupt = Interrupt::install();
        control(args, &experiment, &interrupt, findings)?;
        for method in methods {
            for &regime in regimes {
                for seed in args.seed..args.seed + args.seeds {
                    let chain = RecursiveRun { method, regime, seed };
                    one(&chain, &experiment, args, &interrupt, findings)?;
                    if interrupt.asked() {
                        println!("interrupted; run the same command again to resume");
                        return Ok(());
                    }
                }
            }
        }
        Ok(())
    }

    /// Runs the control, or reads the results of an earlier run.
    fn control(args: &Args, e: &Experiment, interrupt: &Interrupt, findings: &mut CollapseReport) -> Outcome {
        if args.control == "none" {
            return Ok(());
        }
        let (rule, _) =
            rule(&args.control, &names(std::slice::from_ref(&args.control))[0], &SizeOverrides::default())?;
        let (channels, side) = (e.origin.channels, e.origin.side);
        let samples = args.measured.min(MOST);
        let what = format!(
            "{} {channels}×{side} {samples} {} {} {}",
            args.control, args.seed, args.eye, args.generations
        );
        let path = args.out.join("control.json");
        let kept = std::fs::read(&path).ok().and_then(|t| serde_json::from_slice::<SavedControl>(&t).ok());
        let readings = match kept.filter(|k| k.what == what) {
            Some(kept) => kept.readings,
            None => {
                let spec = SampleSpec { side, channels, frames: 1, every: 1, warm_up: 60 };
                let control = Control { rule: &rule, spec, samples, seed: args.seed, extractor: e.extractor };
                let readings =
                    control.run(args.generations, &|| interrupt.asked()).map_err(Failure::failed)?;
                let kept = SavedControl { what, readings };
                let json = serde_json::to_string_pretty(&kept).map_err(Failure::failed)?;
                if kept.readings.len() == args.generations {
                    write_atomic(&path, json.as_bytes()).map_err(Failure::failed)?;
                }
                kept.readings
            }
        };
        if let Some(last) = readings.last() {
            line(rule.name(), last);
        }
        findings.control = Some(ControlSummary { name: rule.name().into(), about: rule.about(), readings });
        write(findings, args)
    }

    /// A control that was run, and its settings.
    #[derive(serde::Serialize, serde::Deserialize)]
    struct SavedControl {
        what: String,
        readings: Vec<GenerationMetrics>,
    }

    fn one(
        chain: &RecursiveRun,
        experiment: &Experiment,
        args: &Args,
        interrupt: &Interrupt,
        findings: &mut CollapseReport,
    ) -> Outcome {
        let name = chain.name();
        chain.finished(experiment).iter().for_each(|r| line(&name, r));
        let outcome = chain.run(experiment, &|| interrupt.asked(), &mut |r| line(&name, r));
        let readings = chain.finished(experiment);
        findings.chains.push(RunSummary {
            method: chain.method.name.into(),
            regime: chain.regime,
            seed: chain.seed,
            partial: readings.len() < args.generations,
            readings,
            folder: args.out.join(&name),
        });
        write(findings, args)?;
        outcome.map_err(Failure::from)
    }

    /// The methods of these names, each of which can be trained here.
    fn named(names: &[String]) -> Result<Vec<&'static Method>, Failure> {
        let one = |n: &String| methods::find(n).and_then(|m| m.begin().map(|_| m));
        names.iter().map(|n| one(n).map_err(Failure::input)).collect()
    }

    /// Training set, reference set, and a set for the noise floor; disjoint.
    fn parts(all: &Samples, args: &Args) -> Result<[Samples; 3], Failure> {
        let needed = args.samples + 2 * args.measured;
        if all.len() < needed {
            return Err(Failure::input(format!(
                "expected at least {needed} pictures (--samples and twice --measured), found {}",
                all.len()
            )));
        }
        let order = shuffled(all.len(), Rng::new(args.seed).named("collapse parts"));
        let (learned, rest) = order[..needed].split_at(args.samples);
        let (held, floor) = rest.split_at(args.measured);
        let pick = |places: &[usize]| {
            let mut s = all.pick(places);
            if !args.labels {
                s.classes = vec!["all".into()];
                s.labels.fill(0);
            }
            s
        };
        Ok([pick(learned), pick(held), pick(floor)])
    }

    fn image_set(s: &Samples) -> ImageSet {
        ImageSet {
            channels: s.channels,
            side: s.side,
            pixels: s.pictures.clone(),
            classes: Vec::new(),
            labels: Vec::new(),
        }
    }
}
