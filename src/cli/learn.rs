//! `untrained learn METHOD DATA --out FILE`: a generator trained on pictures.

use std::path::PathBuf;

use clap::builder::PossibleValuesParser;

use super::{Failure, Outcome};
use crate::learn::method::Method;
use crate::learn::methods::{self, METHODS};
use crate::world::params::ParamSpec;

/// The argument that lists all methods.
const LIST: &str = "list";

/// Arguments of `learn`.
#[derive(clap::Args)]
pub struct Args {
    /// Method; `list` prints all methods and their settings.
    #[arg(value_parser = PossibleValuesParser::new(methods::names().chain([LIST])))]
    method: String,
    /// Folders of frames (`untrained dataset`), of images (`<split>/<class>/…`: JPEG, PNG, WebP, TIFF, BMP, GIF), or of
    /// IDX files (or the file of images itself); or one picture. Up to a tenth of the pictures may be unreadable: they
    /// are skipped and reported.
    data: Vec<PathBuf>,
    /// Weights to write. The model card is written next to them as JSON, and a contact sheet of samples as PNG after
    /// every epoch.
    #[arg(long, default_value = "generator.safetensors")]
    out: PathBuf,
    /// Side length in pixels: 28, 32 or 64; that of the pictures if not given.
    #[arg(long)]
    side: Option<usize>,
    /// Train in greyscale.
    #[arg(long)]
    grey: bool,
    /// A setting of the method, `name=value`; may be given several times.
    #[arg(long = "set", value_name = "NAME=VALUE")]
    settings: Vec<String>,
    /// Maximum number of epochs. Without it, and for the options below, the method's own value.
    #[arg(long)]
    epochs: Option<usize>,
    /// Batch size.
    #[arg(long)]
    batch: Option<usize>,
    /// Peak learning rate.
    #[arg(long)]
    lr: Option<f64>,
    /// Clip gradients to this norm.
    #[arg(long)]
    clip: Option<f32>,
    /// Early-stopping patience, in epochs; 0 means never.
    #[arg(long)]
    patience: Option<usize>,
    /// Validation split: fraction of the training pictures, used to choose the epoch.
    #[arg(long)]
    val: Option<f64>,
    /// Random seed.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Resume the interrupted training of these weights, with the same data and options.
    #[arg(long, value_name = "FILE")]
    resume: Option<PathBuf>,
    #[command(flatten)]
    over: super::reading::ReadOverrides,
}

/// Trains and saves, or lists the methods.
pub fn run(args: &Args) -> Outcome {
    if args.method == LIST {
        print!("{}", list());
        return Ok(());
    }
    let method = methods::find(&args.method).map_err(Failure::input)?;
    method.begin().map_err(Failure::input)?;
    if args.data.is_empty() {
        return Err(Failure::input("expected training pictures: a folder, or one picture"));
    }
    train(args, method)
}

/// Every method with its settings, as text.
pub fn list() -> String {
    let setting = |s: &ParamSpec| {
        format!("    --set {}={:<8} {} ({})\n", s.name, s.text(s.default), s.doc(), s.range_text())
    };
    let one = |m: &Method| {
        let settings: String = m.settings.iter().map(setting).collect();
        format!("{:<10} {}\n{settings}", m.name, m.about)
    };
    METHODS.iter().map(one).collect::<Vec<_>>().join("\n")
}

use training::train;

mod training {
    use std::collections::BTreeMap;
    use std::path::Path;

    use indicatif::{ProgressBar, ProgressStyle};

    use super::{Args, Failure, Method, Outcome};
    use crate::cli::probe::writable;
    use crate::learn::checkpoint::{self, Interrupted, Task};
    use crate::learn::file::File;
    use crate::learn::pipeline::{task, train_generator};
    use crate::learn::sheet::ContactSheet;
    use crate::learn::training::{Losses, TrainingCallback, TrainingConfig, TrainingRun};
    use crate::learn::{LearnError, data};
    use crate::output::Interrupt;
    use crate::world::frame::write_atomic;

    pub fn train(args: &Args, method: &Method) -> Outcome {
        let plan = plan(args, method)?;
        let settings = settings(args, method)?;
        writable(&args.out)?;
        let interrupt = Interrupt::install();
        let pictures = data::read(&args.data, args.side, args.grey, &args.over.learning())?;
        super::super::reading::report_notes(&pictures.name, &pictures.notes);
        let shape = pictures.shape();
        println!(
            "{}: {} pictures of {2}×{2}, {3}, in {4} classes",
            pictures.name,
            pictures.train.len(),
            shape.side,
            if shape.channels == 1 { "grey" } else { "coloured" },
            pictures.train.classes.len()
        );
        let task = task(method, &pictures, settings, plan);
        let middle = checkpoint::beside(&args.out);
        let from = args.resume.as_deref().map(|w| resume(w, &task)).transpose()?;
        let from = from.map(|i| (i, middle.as_path()));
        let mut bar = TrainingProgress::new(&args.out, &task);
        let file = train_generator(method, &pictures, &task, from, &|| interrupt.asked(), &mut bar)?;
        bar.bar.finish_and_clear();
        let again = format!("resume with the same command and --resume {}", args.out.display());
        let Some(file) = file else {
            println!("interrupted during the first epoch; {again}");
            return Ok(());
        };
        file.save(&args.out)?;
        write_card(&file, &args.out)?;
        report(&file, &args.out);
        match file.header.card.interrupted {
            true => println!("interrupted; {again}"),
            false => std::fs::remove_file(&middle).map_err(|e| LearnError::io("write", &middle, e))?,
        }
        Ok(())
    }

    fn resume(weights: &Path, task: &Task) -> Result<Interrupted, Failure> {
        let interrupted = Interrupted::load(&checkpoint::beside(weights))?;
        match task.differs(&interrupted.task) {
            None => Ok(interrupted),
            Some(what) => Err(Failure::input(format!(
                "{what} changed since the interruption; give the same data and options, or start again without --resume"
            ))),
        }
    }

    fn write_card(file: &File, out: &Path) -> Outcome {
        let json = serde_json::to_string_pretty(&file.header).map_err(Failure::failed)?;
        write_atomic(&out.with_extension("json"), json.as_bytes()).map_err(Failure::failed)
    }

    fn report(file: &File, out: &Path) {
        let card = &file.header.card;
        let [done, kept] = card.epochs;
        let loss = card.validation_loss.map_or(String::new(), |l| format!(", validation loss {l:.5}"));
        println!("{} weights; {done} epochs, epoch {kept} kept{loss}", file.weights.count());
        println!("{:.0} s, {} pictures seen", card.seconds[0], card.seen);
        println!(
            "weights: {}\ncard:    {}\nsamples: {}",
            out.display(),
            out.with_extension("json").display(),
            out.with_extension("png").display()
        );
    }

    fn plan(args: &Args, method: &Method) -> Result<TrainingConfig, Failure> {
        let own = method.plan;
        let plan = TrainingConfig {
            epochs: args.epochs.unwrap_or(own.epochs),
            batch: args.batch.unwrap_or(own.batch),
            rate: args.lr.unwrap_or(own.rate),
            clip: args.clip.unwrap_or(own.clip),
            patience: args.patience.unwrap_or(own.patience),
            validation: args.val.unwrap_or(own.validation),
            seed: args.seed,
        };
        let right =
            plan.epochs > 0 && plan.rate > 0.0 && plan.clip > 0.0 && (0.0..=0.9).contains(&plan.validation);
        match right {
            true => Ok(plan),
            false => Err(Failure::input(
                "expected --epochs of at least 1, --lr and --clip above 0, --val in 0..=0.9",
            )),
        }
    }

    fn settings(args: &Args, method: &Method) -> Result<BTreeMap<String, f64>, Failure> {
        let mut all = method.values(&[]);
        for text in &args.settings {
            let known: Vec<&str> = method.settings.iter().map(|s| s.name).collect();
            let (name, value) = text.split_once('=').unwrap_or((text, ""));
            let spec = method.settings.iter().find(|s| s.name == name).ok_or_else(|| {
                Failure::input(format!(
                    "{} has no setting `{name}`; it has {}",
                    method.name,
                    known.join(", ")
                ))
            })?;
            let value = spec.parse(value).ok_or_else(|| {
                Failure::input(format!("--set {name}: expected {}, found `{value}`", spec.range_text()))
            })?;
            all.insert(name.into(), value);
        }
        Ok(all)
    }

    struct TrainingProgress<'a> {
        bar: ProgressBar,
        out: &'a Path,
        task: &'a Task,
    }

    impl<'a> TrainingProgress<'a> {
        fn new(out: &'a Path, task: &'a Task) -> Self {
            let bar = ProgressBar::new(1);
            let style = ProgressStyle::with_template("{bar:32} {pos}/{len} steps  {msg}  {eta} left");
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
            Self { bar, out, task }
        }
    }

    impl TrainingCallback for TrainingProgress<'_> {
        fn step(&mut self, done: usize, all: usize, losses: &Losses) {
            self.bar.set_length(all as u64);
            self.bar.set_position(done as u64);
            let text: Vec<String> = losses.iter().map(|(n, v)| format!("{n} {v:.4}")).collect();
            self.bar.set_message(text.join("  "));
        }

        fn epoch(&mut self, training: &TrainingRun) -> Result<(), LearnError> {
            let number = training.progress.history.len();
            let losses = training.progress.history.last().cloned().unwrap_or_default();
            let text: Vec<String> = losses.iter().map(|(n, v)| format!("{n} {v:.4}")).collect();
            let seconds = training.progress.seconds;
            self.bar.suspend(|| println!("epoch {number:>3}  {}  {seconds:.0} s", text.join("  ")));
            let file = File { header: self.task.header.clone(), weights: training.trainer.weights() };
            let model = file.open(self.out)?;
            let png = ContactSheet::samples(&*model, file.header.classes.len(), self.task.plan.seed)
                .png()
                .map_err(|e| LearnError::Failed(e.to_string()))?;
            write_atomic(&self.out.with_extension("png"), &png).map_err(|e| LearnError::Failed(e.to_string()))
        }

        fn checkpoint(&mut self, training: &TrainingRun) -> Result<(), LearnError> {
            checkpoint::save(&checkpoint::beside(self.out), self.task, training)
        }
    }
}
