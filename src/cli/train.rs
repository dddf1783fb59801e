//! `untrained train DATA --out FILE`: a judge trained on frames, image folders or IDX files; or a network that says
//! something of every pixel, trained on frames with masks.

use super::Outcome;
pub use super::train_args::Args;

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
