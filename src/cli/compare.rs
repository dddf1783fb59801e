//! `untrained compare A B C … --reference R`: generators beside each other, as a page.

use std::path::PathBuf;

use indicatif::ProgressBar;

use super::generators::{SizeOverrides, WORDS, generator, names};
use super::{Failure, Outcome};
use crate::bench::compare::{Comparison, ComparisonSets, ComparisonSetup, ProgressObserver, compare};
use crate::bench::generator::{Generator, SampleSpec};
use crate::bench::metrics::catalogue::chosen;
use crate::bench::metrics::neighbours::NEIGHBOURS;
use crate::bench::sets::FeatureExtractor;
use crate::output::{Interrupt, progress};
use crate::world::frame::write_atomic;

/// Who is compared when nobody is named, and against what: a scene, what learned to imitate it, its relation, and noise.
const CAST: &[&str] =
    &["ink?warm-up=200..600", "imitator:ink", "ink?warm-up=200..600,basin.viscosity=0.05..0.2", "noise"];
const REFERENCE: &str = CAST[0];
const SIZES: (&str, &str) = ("320x180", "160x90");

/// Arguments of `compare`.
#[derive(clap::Args)]
#[command(after_help = WORDS)]
pub struct Args {
    /// Who is compared (see below). Without any, some shipped scenes, against one of them.
    generators: Vec<String>,
    /// What is aimed at: a generator, too; mostly a folder of held-out pictures, or a rule.
    #[arg(long, value_name = "GENERATOR")]
    reference: Option<String>,
    /// What learned generators learned from, to look for copies: mostly `FOLDER?part=train`. Without it copies are looked
    /// for in the reference.
    #[arg(long, value_name = "GENERATOR")]
    train: Option<String>,
    /// Samples of each: 200, or 100 where nobody is named.
    #[arg(long, value_parser = count())]
    n: Option<usize>,
    /// Samples of the reference, if not as many. Most figures depend on the number: say --unequal with it.
    #[arg(long, value_name = "N", value_parser = count())]
    reference_n: Option<usize>,
    /// Allow another number of samples of the reference than of the others.
    #[arg(long)]
    unequal: bool,
    /// Folder to write: index.html, report.json, metrics.csv, samples.csv.
    #[arg(long, default_value = "report")]
    out: PathBuf,
    /// The first seed.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// What looks at samples: judge (the shipped one), pixels, or a file of weights.
    #[arg(long, default_value = "judge", value_name = "EYE")]
    eye: String,
    /// A metric; all that apply unless given. May be given several times.
    #[arg(long, value_name = "NAME")]
    metric: Vec<String>,
    /// Neighbours that make a sample's surroundings, and that novelty is measured by.
    #[arg(long, default_value_t = NEIGHBOURS, value_parser = clap::builder::RangedU64ValueParser::<usize>::new().range(1..=1000))]
    k: usize,
    /// Bins of each feature's histogram, for kl and js.
    #[arg(long, default_value_t = 32, value_parser = clap::builder::RangedU64ValueParser::<usize>::new().range(2..=10000))]
    bins: usize,
    /// Pixels a side: 28, 32 or 64.
    #[arg(long, default_value = "64", value_parser = ["28", "32", "64"])]
    side: String,
    /// Compare in grey.
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
    /// Clips of each, for novelty over time and the cost of a frame.
    #[arg(long, default_value_t = 3, value_parser = count())]
    clips: usize,
    /// Render all scenes at this size, WIDTHxHEIGHT, instead of their own.
    #[arg(long, value_name = "SIZE")]
    canvas: Option<String>,
    /// No world of a scene has more cells than this, WIDTHxHEIGHT.
    #[arg(long, value_name = "SIZE")]
    cells: Option<String>,
    #[command(flatten)]
    measured: super::reading::Measured,
}

fn count() -> clap::builder::RangedU64ValueParser<usize> {
    clap::builder::RangedU64ValueParser::new().range(1..=1_000_000)
}

/// Compares and writes the report.
///
/// # Errors
/// A generator cannot be made or the sets do not fit together (code 2); something is missing in the report (code 1).
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
    let one = |(word, name): (&String, &String)| generator(word, name, &sizes, &reading);
    let candidates = words.iter().zip(&names).map(one).collect::<Result<Vec<_>, _>>()?;
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
    let bars = ComparisonProgress { bar: progress(0, "compare", ""), interrupt: Interrupt::install() };
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

/// The words for the candidates and the reference.
fn words(args: &Args) -> Result<(Vec<String>, String), Failure> {
    let given = |r: &Option<String>| r.clone().unwrap_or_else(|| REFERENCE.into());
    match (args.generators.is_empty(), &args.reference) {
        (true, reference) => Ok((CAST.iter().map(|w| w.to_string()).collect(), given(reference))),
        (false, Some(reference)) => Ok((args.generators.clone(), reference.clone())),
        (false, None) => Err(Failure::input(
            "expected --reference: what the generators are measured against (a folder of pictures, a scene, …)",
        )),
    }
}

fn setup(args: &Args) -> Result<ComparisonSetup, Failure> {
    let n = args.n.unwrap_or(if args.generators.is_empty() { 100 } else { 200 });
    let reference_n = args.reference_n.unwrap_or(n);
    if reference_n != n && !args.unequal {
        return Err(Failure::input(format!(
            "--reference-n {reference_n} and --n {}: figures depend on the number; take as many of both, or say --unequal",
            n
        )));
    }
    if args.seed.checked_add((n + 2 * reference_n) as u64).is_none() {
        return Err(Failure::input("--seed: too large for as many samples to come after it"));
    }
    Ok(ComparisonSetup {
        command: std::iter::once("untrained".into())
            .chain(std::env::args().skip(1).map(|a| quoted(&a)))
            .collect::<Vec<_>>()
            .join(" "),
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
        eye: FeatureExtractor::named(&args.eye),
        metrics: (chosen(&args.metric).map_err(Failure::input)?, !args.metric.is_empty()),
        k: args.k,
        bins: args.bins,
    })
}

/// An argument as a shell wants it.
fn quoted(argument: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./=,:+%@".contains(c);
    match !argument.is_empty() && argument.chars().all(plain) {
        true => argument.into(),
        false => format!("'{}'", argument.replace('\'', r"'\''")),
    }
}

fn write(comparison: &Comparison, args: &Args) -> Outcome {
    let put = |name: &str, text: String| {
        write_atomic(&args.out.join(name), text.as_bytes()).map_err(Failure::failed)
    };
    let json = serde_json::to_string_pretty(&comparison.json()).map_err(Failure::failed)?;
    put("report.json", json + "\n")?;
    comparison.write_metrics(&args.out.join("metrics.csv"))?;
    comparison.write_samples(&args.out.join("samples.csv"))?;
    put("index.html", comparison.html())
}

/// A bar on a terminal, and Ctrl-C.
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
