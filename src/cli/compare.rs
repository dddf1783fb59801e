//! `untrained compare A B C … --reference R`: generators compared, as a page.

use std::path::PathBuf;

use indicatif::ProgressBar;

use super::command_line::command_line;
use super::generators::{Making, SizeOverrides, WORDS, candidates, generator, names};
use super::{Failure, Outcome};
use crate::bench::compare::seeds::needed;
use crate::bench::compare::{Comparison, ComparisonSets, ComparisonSetup, ProgressObserver, compare};
use crate::bench::generator::{Generator, SampleSpec};
use crate::bench::metrics::catalogue::chosen;
use crate::bench::metrics::neighbours::NEIGHBOURS;
use crate::bench::price::{WATTS, table::write_csv};
use crate::bench::sets::FeatureExtractor;
use crate::output::{Interrupt, progress};
use crate::world::frame::write_atomic;

/// Default candidates, and the reference: a generator trained to imitate a scene, held against the scene. Variants of the
/// scene, and noise, are among the trivial opponents.
const CAST: &[&str] = &["imitator:ink"];
const REFERENCE: &str = "ink?warm-up=200..600";
const SIZES: (&str, &str) = ("320x180", "160x90");
/// Samples of each, and frames of the film after the first, of the default comparison, which two cores make within three
/// minutes.
const DEFAULT_N: usize = 72;
const DEFAULT_FILM: usize = 100;

/// Arguments of `compare`.
#[derive(clap::Args)]
#[command(after_help = WORDS)]
pub struct Args {
    /// Candidates (see below). Without any, the shipped imitator of `ink` is compared with that scene.
    generators: Vec<String>,
    /// Reference set, also a generator; usually a folder of held-out pictures, or a rule.
    #[arg(long, value_name = "GENERATOR")]
    reference: Option<String>,
    /// Training set of the learned generators, for the memorisation test, and of the trivial opponents: usually
    /// `FOLDER?part=train`. Without it the test uses the reference, and opponents are made of further frames of it.
    #[arg(long, value_name = "GENERATOR")]
    train: Option<String>,
    /// Samples of each candidate: 200, or 72 if none is named.
    #[arg(long, value_parser = count())]
    n: Option<usize>,
    /// Samples of the reference, if not as many. Most metrics depend on the sample size, so this needs --unequal.
    #[arg(long, value_name = "N", value_parser = count())]
    reference_n: Option<usize>,
    /// Allow the reference to have another number of samples than the candidates.
    #[arg(long)]
    unequal: bool,
    /// Output folder: index.html, report.json, metrics.csv, motion.csv, samples.csv, price.csv.
    #[arg(long, default_value = "report")]
    out: PathBuf,
    /// The first seed.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Feature extractor: judge (the shipped one), random (random convolutions), statistics (of levels, spectrum, edges,
    /// colours), pixels, or a file of weights. The report says what the others find.
    #[arg(long, default_value = "judge", value_name = "EYE")]
    eye: String,
    /// Without the trivial opponents, which tell what a figure means: tiles of training frames, a normal distribution,
    /// the same rule at half the size, ….
    #[arg(long)]
    no_opponents: bool,
    /// A metric; all applicable ones if not given. May be given several times.
    #[arg(long, value_name = "NAME")]
    metric: Vec<String>,
    /// k of the k-nearest-neighbour manifolds, and of novelty.
    #[arg(long, default_value_t = NEIGHBOURS, value_parser = clap::builder::RangedU64ValueParser::<usize>::new().range(1..=1000))]
    k: usize,
    /// Bins of each feature's histogram, for kl and js.
    #[arg(long, default_value_t = 32, value_parser = clap::builder::RangedU64ValueParser::<usize>::new().range(2..=10000))]
    bins: usize,
    /// Side length in pixels: 28, 32 or 64.
    #[arg(long, default_value = "64", value_parser = ["28", "32", "64"])]
    side: String,
    /// Compare in greyscale.
    #[arg(long)]
    grey: bool,
    /// Ticks before a scene's first frame.
    #[arg(long, default_value_t = 90)]
    warm_up: u64,
    /// Ticks between frames of a clip.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..))]
    every: u64,
    /// Frames of a clip.
    #[arg(long, default_value_t = 24, value_parser = clap::builder::RangedU64ValueParser::<usize>::new().range(2..=1000))]
    frames: usize,
    /// Clips of each candidate, from which it is measured how it moves, and what a frame costs.
    #[arg(long, default_value_t = 5, value_parser = count())]
    clips: usize,
    /// Frames after the first of the film that is shown of everyone side by side: the first clip, continued. No longer
    /// than a clip if not given, or 100 if no candidate is named.
    #[arg(long, value_name = "N", value_parser = clap::builder::RangedU64ValueParser::<usize>::new().range(1..=10_000))]
    film: Option<usize>,
    /// Render all scenes at this size, WIDTHxHEIGHT, instead of their own.
    #[arg(long, value_name = "SIZE")]
    canvas: Option<String>,
    /// Limit the worlds of scenes to this many cells, WIDTHxHEIGHT.
    #[arg(long, value_name = "SIZE")]
    cells: Option<String>,
    /// Power of a busy core, watts, where the processor's counters of energy cannot be read.
    #[arg(long, default_value_t = WATTS)]
    watts: f64,
    #[command(flatten)]
    measured: super::reading::Measured,
}

fn count() -> clap::builder::RangedU64ValueParser<usize> {
    clap::builder::RangedU64ValueParser::new().range(1..=1_000_000)
}

/// Compares and writes the report.
///
/// # Errors
/// A generator cannot be created or the sets are incompatible (code 2); something is missing in the report (code 1).
pub fn run(args: &Args) -> Outcome {
    let default = args.generators.is_empty();
    let (words, reference) = words(args)?;
    let sizes = SizeOverrides {
        canvas: args.canvas.clone().or(default.then(|| SIZES.0.into())),
        cells: args.cells.clone().or(default.then(|| SIZES.1.into())),
    };
    let reading = args.measured.reading();
    let setup = setup(args)?;
    let names = names(&words);
    let apart = |name: String, role: &str| match names.contains(&name) {
        true => format!("{name} ({role})"),
        false => name,
    };
    let bars = ComparisonProgress { bar: progress(0, "compare", ""), interrupt: Interrupt::install() };
    let making =
        Making { sizes: &sizes, reading: &reading, setup: &setup, reference: &reference, watch: &bars };
    let candidates = candidates(&words, &names, &making)?;
    let named = |word: &String, role: &str| {
        let name = self::names(std::slice::from_ref(word)).remove(0);
        generator(word, &apart(name, role), &sizes, &reading)
    };
    let reference = named(&reference, "reference")?;
    let train = args.train.as_ref().map(|w| named(w, "training")).transpose()?;
    std::fs::create_dir_all(&args.out)
        .map_err(|e| Failure::input(format!("cannot write {}: {e}", args.out.display())))?;
    let cast = ComparisonSets {
        reference: &*reference,
        train: train.as_deref(),
        candidates: candidates.iter().map(|g| &**g as &dyn Generator).collect(),
    };
    let comparison = compare(&cast, setup, &bars)?;
    bars.bar.finish_and_clear();
    write(&comparison, args)?;
    comparison.lines().iter().for_each(|line| println!("{line}"));
    println!("{}", args.out.join("index.html").display());
    let gaps = comparison.gaps();
    match gaps.is_empty() {
        true => Ok(()),
        false => Err(Failure::failed(format!("the report is partial: {}", gaps.join("; ")))),
    }
}

/// The arguments for the candidates and the reference.
fn words(args: &Args) -> Result<(Vec<String>, String), Failure> {
    let given = |r: &Option<String>| r.clone().unwrap_or_else(|| REFERENCE.into());
    match (args.generators.is_empty(), &args.reference) {
        (true, reference) => Ok((CAST.iter().map(|w| w.to_string()).collect(), given(reference))),
        (false, Some(reference)) => Ok((args.generators.clone(), reference.clone())),
        (false, None) => {
            Err(Failure::input("expected --reference: the reference set (a folder of pictures, a scene, …)"))
        }
    }
}

fn setup(args: &Args) -> Result<ComparisonSetup, Failure> {
    let default = args.generators.is_empty();
    let n = args.n.unwrap_or(if default { DEFAULT_N } else { 200 });
    let reference_n = args.reference_n.unwrap_or(n);
    if reference_n != n && !args.unequal {
        return Err(Failure::input(format!(
            "--reference-n {reference_n} and --n {}: metrics depend on the sample size; use the same number, or pass \
             --unequal",
            n
        )));
    }
    let clips = args.clips as u64;
    if args
        .seed
        .checked_add(needed(n, reference_n).max(clips))
        .and_then(|end| end.checked_add(clips))
        .is_none()
    {
        return Err(Failure::input("--seed: too large; the seeds of all samples are counted up from it"));
    }
    if !(args.watts > 0.0 && args.watts.is_finite()) {
        return Err(Failure::input(format!("--watts: expected a number above 0, found {}", args.watts)));
    }
    Ok(ComparisonSetup {
        command: command_line(),
        n,
        reference_n,
        seed: args.seed,
        spec: SampleSpec {
            side: args.side.parse().unwrap_or(64),
            channels: if args.grey { 1 } else { 3 },
            frames: args.frames,
            every: args.every,
            warm_up: args.warm_up,
        },
        clips: args.clips,
        film: args.film.unwrap_or(if default { DEFAULT_FILM } else { 0 }),
        extractor: FeatureExtractor::named(&args.eye),
        metrics: (chosen(&args.metric).map_err(Failure::input)?, !args.metric.is_empty()),
        k: args.k,
        bins: args.bins,
        opponents: !args.no_opponents,
        watts: args.watts,
    })
}

fn write(comparison: &Comparison, args: &Args) -> Outcome {
    let put = |name: &str, text: String| {
        write_atomic(&args.out.join(name), text.as_bytes()).map_err(Failure::failed)
    };
    let json = serde_json::to_string_pretty(&comparison.json()).map_err(Failure::failed)?;
    put("report.json", json + "\n")?;
    comparison.write_metrics(&args.out.join("metrics.csv"))?;
    comparison.write_motion(&args.out.join("motion.csv"))?;
    comparison.write_samples(&args.out.join("samples.csv"))?;
    write_csv(&args.out.join("price.csv"), &comparison.prices.all)?;
    put("index.html", comparison.html())
}

/// A progress bar on a terminal, and Ctrl-C.
struct ComparisonProgress {
    bar: ProgressBar,
    interrupt: Interrupt,
}

impl ProgressObserver for ComparisonProgress {
    fn begin(&self, what: &str, steps: usize) {
        self.bar.set_prefix(what.to_string());
        self.bar.reset();
        self.bar.set_length(steps as u64);
    }
    fn done(&self, steps: usize) {
        self.bar.inc(steps as u64);
    }
    fn stopped(&self) -> bool {
        self.interrupt.asked()
    }
}
