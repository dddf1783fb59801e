//! `untrained train DATA --out FILE`: a judge trained on frames, image folders or IDX files; or a network that says
//! something of every pixel, trained on frames with masks.

use std::path::PathBuf;

use clap::builder::{PossibleValue, PossibleValuesParser};

use super::Outcome;
use crate::data::augment::Augmentations;
use crate::judge::backbone::BACKBONES;

/// Names of optimisers.
#[cfg(feature = "judge")]
const OPTIMISERS: [&str; 11] = crate::learn::optimiser::Optimiser::NAMES;
#[cfg(not(feature = "judge"))]
const OPTIMISERS: [&str; 1] = ["adamw"];

/// Every backbone with its description, for `--help`.
fn backbones() -> impl Iterator<Item = PossibleValue> {
    BACKBONES.iter().map(|b| PossibleValue::new(b.name).help(b.about))
}

/// Arguments of `train`.
#[derive(clap::Args)]
pub struct Args {
    /// A folder of frames (`untrained dataset`), of images (`<split>/<class>/…`: JPEG, PNG, WebP, TIFF, BMP, GIF), or
    /// of IDX files (or the file of images itself). Several are combined. Up to a tenth of the pictures may be
    /// unreadable: they are skipped and reported.
    #[arg(required = true)]
    pub(super) data: Vec<PathBuf>,
    /// What is learned: the process that a picture shows, that of each of its pixels, or the boxes of bodies. The last two
    /// need frames with masks (`untrained dataset --masks`), and take none of --backbone, --decay, --smoothing and
    /// --strangers.
    #[arg(long, default_value = "classify", value_parser = ["classify", "segment", "detect"])]
    task: String,
    /// A setting of the network of --task segment or detect, `name=value`; may be given several times.
    #[arg(long = "set", value_name = "NAME=VALUE")]
    pub(super) settings: Vec<String>,
    /// Backbone: the network that extracts the features of a picture. Without it that of the weights to resume from, or
    /// the first.
    #[arg(long, value_name = "NAME", value_parser = PossibleValuesParser::new(backbones()))]
    backbone: Option<String>,
    #[command(flatten)]
    layers: super::layer_args::LayerArgs,
    /// With --task segment: instead of one network train N pairs, one of each without and one with composed frames, and say
    /// whether they help on frames of one world; --out is the table, as CSV.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(2..=1000))]
    pub(super) composed_study: Option<u64>,
    /// Weights to write; the model card is written next to them as JSON.
    #[arg(long, default_value = "judge.safetensors")]
    pub(super) out: PathBuf,
    /// Maximum number of epochs.
    #[arg(long, default_value_t = 12)]
    pub(super) epochs: usize,
    /// Batch size; 16 for --task segment and detect.
    #[arg(long, default_value_t = 64, default_value_ifs([("task", "segment", "16"), ("task", "detect", "16")]))]
    pub(super) batch: usize,
    /// Optimiser, with the settings of PyTorch.
    #[arg(long, value_name = "NAME", default_value = "adamw", value_parser = PossibleValuesParser::new(OPTIMISERS))]
    optimiser: String,
    /// Peak learning rate. Without it the optimiser's own: 0.1 for sgd, 0.02 for momentum, nesterov and adagrad, 0.001 for
    /// rmsprop, 1 for adadelta, 0.004 for the others.
    #[arg(long)]
    pub(super) lr: Option<f64>,
    /// Weight decay: of adamw by itself, of the others a part of the gradient. Without it 0.02 for adamw, 0 for the others.
    #[arg(long)]
    pub(super) decay: Option<f64>,
    /// L1 penalty: so much times the sum of the absolute weights, without biases and normalisations, is added to the loss.
    #[arg(long, value_name = "FACTOR", default_value_t = 0.0)]
    l1: f64,
    /// L2 penalty: half as much times the sum of their squares.
    #[arg(long, value_name = "FACTOR", default_value_t = 0.0)]
    l2: f64,
    /// Dropout: share of the embedding that is dropped before the head, in training.
    #[arg(long, value_name = "SHARE", default_value_t = 0.15)]
    dropout: f64,
    /// Label smoothing.
    #[arg(long, default_value_t = 0.05)]
    smoothing: f32,
    /// Out-of-distribution samples (outlier exposure), as a fraction of the training pictures (frames only).
    #[arg(long, default_value_t = 0.15)]
    strangers: f64,
    /// Augmentations of the training pictures instead of those of their kind: names with strengths, such as
    /// `flip,crop:0.1,mixup:0.2`; `none`; `all`; `own,…` for those of their kind and then others. `untrained datasheet
    /// DATA --augment` draws them.
    #[arg(long, value_name = "LIST")]
    augment: Option<Augmentations>,
    /// Tree of the classes, for accuracy at each level and the cost of mistakes: lines `child is-a parent`, or `parent
    /// child` as in WordNet's list (with names in a words.txt beside it); or the folder of CIFAR-100.
    #[arg(long, value_name = "FILE")]
    tree: Option<PathBuf>,
    /// Validation split: fraction of the training pictures, used to choose the epoch and for calibration.
    #[arg(long, default_value_t = 0.1)]
    pub(super) val: f64,
    /// Early-stopping patience, in epochs.
    #[arg(long, default_value_t = 6)]
    pub(super) patience: usize,
    /// Random seed.
    #[arg(long, default_value_t = 1)]
    pub(super) seed: u64,
    /// Resume from these weights. After an interruption, with the same data and options, training resumes where it was
    /// and ends with the same weights as if it had never stopped; with other data or options it starts a fresh schedule
    /// from these weights.
    #[arg(long, value_name = "FILE")]
    pub(super) resume: Option<PathBuf>,
    #[command(flatten)]
    over: super::reading::ReadOverrides,
}

#[cfg(not(feature = "judge"))]
/// Says how to get the judge.
pub fn run(_: &Args) -> Outcome {
    Err(super::Failure::input(
        "this program was built without the `judge` feature; build it with its default features",
    ))
}

#[cfg(feature = "judge")]
pub use with_judge::run;

#[cfg(feature = "judge")]
mod with_judge {
    use indicatif::{ProgressBar, ProgressStyle};

    use super::{Args, Outcome};
    use crate::cli::Failure;
    use crate::cli::probe::writable;
    use crate::cli::reading::label_tree;
    use crate::data::reader;
    use crate::judge::architecture::{self, Architecture};
    use crate::judge::model_card::ModelCard;
    use crate::judge::pipeline::{TrainingStart, task, train_judge};
    use crate::judge::progress::{Epoch, Progress, Task};
    use crate::judge::training::TrainingCallback;
    use crate::judge::training_config::TrainingConfig;
    use crate::judge::{Judge, JudgeError};
    use crate::output::Interrupt;
    use crate::world::frame::write_atomic;

    /// Trains and saves. Ctrl-C keeps the best epoch so far, and a checkpoint.
    pub fn run(args: &Args) -> Outcome {
        if let Some(task) = crate::learn::pixelwise::Task::named(&args.task) {
            return crate::cli::train_pixels::run(args, task);
        }
        check(args)?;
        let interrupt = Interrupt::install();
        let old = args.resume.as_deref().map(ResumeSource::read).transpose()?;
        let data =
            reader::read_all(&args.data, old.as_ref().map(ResumeSource::classes), &args.over.learning())?;
        data.notes.iter().for_each(|note| eprintln!("{note}"));
        println!(
            "{}: {} training and {} test pictures of {} classes",
            data.name,
            data.train.len(),
            data.test.len(),
            data.train.classes.len()
        );
        let tree = args.tree.as_deref().map(|file| label_tree(file, &data.train.classes)).transpose()?;
        let kept = old.as_ref().and_then(ResumeSource::architecture);
        let backbone = kept.map_or_else(architecture::unnamed, |a| a.backbone.clone());
        let backbone = args.backbone.clone().unwrap_or(backbone);
        let layers = args.layers.options(kept.map(|a| a.layers).unwrap_or_default());
        let task = |learns_on| task(&data, (&backbone, layers), &plan(args), args.val, learns_on);
        let (task, from) = match old {
            None => (task(false), TrainingStart::Fresh),
            Some(old) => old.begin(task)?,
        };
        let middle = Progress::beside(&args.out);
        let mut bar = TrainingProgress::new(middle.clone(), task.clone());
        let taught = train_judge(&data, &task, from, &|| interrupt.asked(), &mut bar)?;
        bar.bar.finish_and_clear();
        let again = format!("resume with the same command and --resume {}", args.out.display());
        let Some((judge, mut card)) = taught else {
            println!("interrupted during the first epoch; {again}");
            return Ok(());
        };
        card.tree = tree.map(|t| t.accuracy(&card.confusion));
        judge.save(&args.out)?;
        let card_path = args.out.with_extension("json");
        let json = serde_json::to_string_pretty(&card).map_err(Failure::failed)?;
        write_atomic(&card_path, json.as_bytes()).map_err(Failure::failed)?;
        report(&card);
        println!("weights: {}\ncard:    {}", args.out.display(), card_path.display());
        if card.interrupted {
            println!("{again}");
        } else {
            std::fs::remove_file(&middle).map_err(|e| JudgeError::io("write", &middle, e))?;
        }
        Ok(())
    }

    fn plan(args: &Args) -> TrainingConfig {
        TrainingConfig {
            epochs: args.epochs,
            batch: args.batch,
            optimiser: args.optimiser.clone(),
            rate: args.lr.unwrap_or(TrainingConfig::own_rate(&args.optimiser)),
            decay: args.decay.unwrap_or(TrainingConfig::own_decay(&args.optimiser)),
            l1: args.l1,
            l2: args.l2,
            dropout: args.dropout,
            smoothing: args.smoothing,
            strangers: args.strangers,
            patience: args.patience,
            seed: args.seed,
            augment: args.augment.clone(),
        }
    }

    /// What `--resume` names: a judge, the checkpoint of an interrupted training, or both.
    struct ResumeSource {
        judge: Option<Judge>,
        middle: Option<(Task, Progress)>,
    }

    impl ResumeSource {
        fn read(path: &std::path::Path) -> Result<Self, Failure> {
            let beside = Progress::beside(path);
            let middle = beside.exists().then(|| Progress::load(&beside)).transpose()?;
            // Interrupted during the first epoch: there are no weights yet.
            let judge = match middle.is_some() && !path.exists() {
                true => None,
                false => Some(Judge::load(path)?),
            };
            Ok(Self { judge, middle })
        }

        fn classes(&self) -> Vec<String> {
            let judge = self.judge.as_ref().map(|j| j.header.classes.clone());
            judge.or(self.middle.as_ref().map(|m| m.0.classes.clone())).unwrap_or_default()
        }

        fn architecture(&self) -> Option<&Architecture> {
            let judge = self.judge.as_ref().map(|j| &j.header.architecture);
            judge.or(self.middle.as_ref().map(|m| &m.0.architecture))
        }

        /// Where training starts, reported in one line.
        fn begin(self, task: impl Fn(bool) -> Task) -> Result<(Task, TrainingStart), Failure> {
            let Some((interrupted, progress)) = self.middle else {
                println!("the weights are kept; a fresh schedule starts");
                return Ok((
                    task(true),
                    self.judge.map_or(TrainingStart::Fresh, |j| TrainingStart::FineTune(Box::new(j))),
                ));
            };
            let now = task(interrupted.learns_on);
            match (now.differs(&interrupted), self.judge) {
                (None, _) => {
                    let (epochs, step) = (progress.history.len(), progress.step);
                    println!("resuming after {epochs} whole epochs, at step {}", step + 1);
                    Ok((now, TrainingStart::Resume(Box::new(progress))))
                }
                (Some(what), Some(judge)) => {
                    println!(
                        "{what} changed since the interruption: the weights of the best epoch are kept, a fresh \
                         schedule starts"
                    );
                    Ok((task(true), TrainingStart::FineTune(Box::new(judge))))
                }
                (Some(what), None) => Err(Failure::input(format!(
                    "there is a checkpoint but no file of weights to keep, and {what} changed since; give the same \
                     data and options, or start again without --resume"
                ))),
            }
        }
    }

    /// Checks before an hour of work that its result can be written.
    fn check(args: &Args) -> Outcome {
        if !(0.01..=0.9).contains(&args.val) {
            return Err(Failure::input(format!("--val: expected 0.01 to 0.9, found {}", args.val)));
        }
        plan(args).check().map_err(|e| Failure::input(format!("--{e}")))?;
        writable(&args.out)
    }

    fn report(card: &ModelCard) {
        if card.interrupted {
            println!("interrupted: the best of {} finished epochs was kept", card.history.len());
        }
        println!("accuracy on {}: {:.2} %", card.measured_on, 100.0 * card.accuracy);
        for (i, class) in card.classes.iter().enumerate() {
            println!("  {class:<14} {:.2} %  named as {:?}", 100.0 * card.recall[i], card.confusion[i]);
        }
        card.tree.iter().flat_map(|t| t.lines()).for_each(|line| println!("{line}"));
        let [before, after] = card.calibration_error;
        println!("calibration error: {before:.4}, {after:.4} at temperature {:.3}", card.temperature);
        print!("unsure: {:.2} % of these pictures", 100.0 * card.unsure);
        println!(
            "{}",
            card.unsure_strangers
                .map_or(String::new(), |s| format!(", {:.1} % of out-of-distribution samples", 100.0 * s))
        );
        println!("{:.0} s, {:.0} processor seconds", card.seconds[0], card.seconds[1]);
    }

    struct TrainingProgress {
        bar: ProgressBar,
        middle: std::path::PathBuf,
        task: Task,
    }

    impl TrainingProgress {
        fn new(middle: std::path::PathBuf, task: Task) -> Self {
            let bar = ProgressBar::new(1);
            let style = ProgressStyle::with_template("{bar:40} {pos}/{len} steps  {msg}  {eta} left");
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
            Self { bar, middle, task }
        }
    }

    impl TrainingCallback for TrainingProgress {
        fn step(&mut self, done: usize, all: usize, loss: f64) {
            self.bar.set_length(all as u64);
            self.bar.set_position(done as u64);
            self.bar.set_message(format!("loss {loss:.4}"));
        }
        fn epoch(&mut self, e: Epoch) {
            let line = format!(
                "epoch {:>3}  loss {:.4}  validation {:.4}  accuracy {:.2} %",
                e.epoch,
                e.loss,
                e.validation_loss,
                100.0 * e.accuracy
            );
            self.bar.suspend(|| println!("{line}"));
        }
        fn checkpoint(&mut self, progress: &Progress) -> Result<(), JudgeError> {
            progress.save(&self.middle, &self.task)
        }
    }
}
