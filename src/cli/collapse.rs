//! `untrained collapse`: generators that learn from generators.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::builder::PossibleValuesParser;

use super::{Failure, Outcome};
use crate::bench::collapse::Regime;
use crate::bench::collapse::gaussian::{GaussianSetup, measure};
use crate::bench::collapse::page::CollapseReport;
use crate::learn::methods;
use crate::world::frame::write_atomic;

/// The rule beside them unless another is named: small, for there is one for every generation.
const CONTROL: &str = "ink?canvas=64x36,cells=64x36,warm-up=60..120";

/// Arguments of `collapse`.
#[derive(clap::Args)]
pub struct Args {
    /// Learned generators to feed their own output (see `untrained learn list`). Without any, the single Gaussian alone,
    /// which every experiment has.
    #[arg(value_parser = PossibleValuesParser::new(methods::names()))]
    methods: Vec<String>,
    /// The pictures that the first generation learns from: frames, an image folder or IDX files.
    #[arg(long)]
    data: Option<PathBuf>,
    /// Folder to write; what is finished there is not done again.
    #[arg(long, default_value = "collapse")]
    out: PathBuf,
    /// Generations.
    #[arg(long, default_value_t = 20)]
    generations: usize,
    /// Pictures that each generation learns from.
    #[arg(long, default_value_t = 4000)]
    samples: usize,
    /// Pictures that each generation is measured with, and as many of the origin.
    #[arg(long, default_value_t = 1000)]
    measured: usize,
    /// What generations learn from: `replace`, `accumulate`, `keep10`.
    #[arg(long, value_delimiter = ',', default_value = "replace,accumulate,keep10")]
    regime: Vec<String>,
    /// How many seeds.
    #[arg(long, default_value_t = 1)]
    seeds: u64,
    /// The first seed.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Passes over the training pictures in each generation; the method's own if not given.
    #[arg(long)]
    epochs: Option<usize>,
    /// Tell the classes to methods that can be told. Without it the pictures have none, as in the paper.
    #[arg(long)]
    labels: bool,
    /// Pixels a side: 28, 32 or 64. Without it, that of the pictures.
    #[arg(long)]
    side: Option<usize>,
    /// What looks at the samples: `pixels`, `judge` (the shipped one), or a file of weights.
    #[arg(long, default_value = "pixels")]
    eye: String,
    /// The rule that runs beside learned generators (a scene with settings, as for `compare`), or `none`.
    #[arg(long, default_value = CONTROL, value_name = "SCENE[?SETTING,…]")]
    control: String,
    /// Numbers that the single Gaussian is fitted to.
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
        return Err(Failure::input("expected --data: the pictures that the first generation learns from"));
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
        command: std::env::args().map(|a| quoted(&a)).collect::<Vec<_>>().join(" "),
        data: String::new(),
        eye: args.eye.clone(),
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

fn quoted(argument: &str) -> String {
    if argument.contains(' ') { format!("'{argument}'") } else { argument.into() }
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
    use crate::bench::sets::pictures::ImageSet;
    use crate::data::sample::{Samples, shuffled};
    use crate::learn::data;
    use crate::learn::methods::Method;
    use crate::output::Interrupt;
    use crate::world::rng::Rng;

    pub fn run(args: &Args, regimes: &[Regime], findings: &mut CollapseReport) -> Outcome {
        let methods = named(&args.methods)?;
        let data = args.data.clone().into_iter().collect::<Vec<_>>();
        let pictures = data::read(&data, args.side, false, &args.over.learning())?;
        super::super::reading::tell(&pictures.name, &pictures.notes);
        let [origin, held, floor] = parts(&pictures.train, args)?;
        let eye = match args.eye.as_str() {
            "pixels" => FeatureExtractor::Pixels,
            "judge" => FeatureExtractor::Judge,
            file => FeatureExtractor::Weights(file.into()),
        };
        let path = &data[0];
        let look = |s: &Samples| eye.look(&album(s), path).map_err(Failure::input);
        let reference = look(&held)?;
        findings.data = format!("{} ({} pictures, hash {:016x})", pictures.name, origin.len(), origin.hash());
        findings.eye = eye.name();
        findings.floor = Some(read(&reference, &look(&floor)?, 0).map_err(Failure::input)?);
        let held = album(&held);
        let experiment = Experiment {
            origin: &origin,
            held: &held,
            reference: &reference,
            eye: &eye,
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
                        println!("interrupted; the same command goes on where it was");
                        return Ok(());
                    }
                }
            }
        }
        Ok(())
    }

    /// Runs the rule beside them, or reads what was run before.
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
                let control = Control { rule: &rule, spec, samples, seed: args.seed, eye: e.eye };
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

    /// A control that was run, and with what.
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

    /// The methods of these names, each of which can be taught here.
    fn named(names: &[String]) -> Result<Vec<&'static Method>, Failure> {
        let one = |n: &String| methods::find(n).and_then(|m| m.begin().map(|_| m));
        names.iter().map(|n| one(n).map_err(Failure::input)).collect()
    }

    /// Pictures to learn from, to measure against, and to measure as a floor; nothing is in two of them.
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

    fn album(s: &Samples) -> ImageSet {
        ImageSet {
            channels: s.channels,
            side: s.side,
            pixels: s.pictures.clone(),
            classes: Vec::new(),
            labels: Vec::new(),
        }
    }
}
