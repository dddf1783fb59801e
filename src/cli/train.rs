//! `untrained train DATA --out FILE`: a judge from frames, image folders or IDX files.

use std::path::PathBuf;

use super::Outcome;

/// Arguments of `train`.
#[derive(clap::Args)]
pub struct Args {
    /// A folder of frames (`untrained dataset`), of images (`<split>/<class>/*.jpg|png`), or of IDX files. Several
    /// folders are learned from together.
    #[arg(required = true)]
    data: Vec<PathBuf>,
    /// Weights to write; the model card goes beside them as JSON.
    #[arg(long, default_value = "judge.safetensors")]
    out: PathBuf,
    /// Greatest number of passes over the training pictures.
    #[arg(long, default_value_t = 12)]
    epochs: usize,
    /// Pictures a step.
    #[arg(long, default_value_t = 64)]
    batch: usize,
    /// Peak learning rate.
    #[arg(long, default_value_t = 0.004)]
    lr: f64,
    /// Weight decay.
    #[arg(long, default_value_t = 0.02)]
    decay: f64,
    /// Label smoothing.
    #[arg(long, default_value_t = 0.05)]
    smoothing: f32,
    /// Made-up pictures of no class, as a fraction of the training pictures (frames only).
    #[arg(long, default_value_t = 0.15)]
    strangers: f64,
    /// Fraction of the training pictures kept for choosing the epoch and for calibration.
    #[arg(long, default_value_t = 0.1)]
    val: f64,
    /// Epochs without improvement before it stops.
    #[arg(long, default_value_t = 6)]
    patience: usize,
    /// Everything random hangs on this.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Go on from these weights.
    #[arg(long)]
    resume: Option<PathBuf>,
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
    use crate::judge::card::Card;
    use crate::judge::lesson::lesson;
    use crate::judge::training::{Epoch, Plan, Watch};
    use crate::judge::{Judge, JudgeError, sample};
    use crate::output::Interrupt;
    use crate::world::frame::write_atomic;

    impl From<JudgeError> for Failure {
        fn from(e: JudgeError) -> Self {
            if e.is_input() { Failure::input(e) } else { Failure::failed(e) }
        }
    }

    /// Trains and saves. Ctrl-C keeps the best epoch so far.
    pub fn run(args: &Args) -> Outcome {
        check(args)?;
        let from = args.resume.as_deref().map(Judge::load).transpose()?;
        let classes = from.as_ref().map(|j| j.header.classes.clone());
        let data = sample::read_all(&args.data, classes)?;
        println!(
            "{}: {} training and {} test pictures of {} classes",
            data.name,
            data.train.len(),
            data.test.len(),
            data.train.classes.len()
        );
        let plan = Plan {
            epochs: args.epochs,
            batch: args.batch,
            rate: args.lr,
            decay: args.decay,
            smoothing: args.smoothing,
            strangers: args.strangers,
            patience: args.patience,
            seed: args.seed,
        };
        let interrupt = Interrupt::install();
        let mut bar = Bar::new();
        let (judge, card) = lesson(&data, &plan, args.val, from, &|| interrupt.asked(), &mut bar)?;
        bar.0.finish_and_clear();
        judge.save(&args.out)?;
        let card_path = args.out.with_extension("json");
        let json = serde_json::to_string_pretty(&card).map_err(Failure::failed)?;
        write_atomic(&card_path, json.as_bytes()).map_err(Failure::failed)?;
        report(&card);
        println!("weights: {}\ncard:    {}", args.out.display(), card_path.display());
        Ok(())
    }

    /// Finds out before an hour of work whether its end can be written.
    fn check(args: &Args) -> Outcome {
        if args.epochs == 0
            || args.batch < 2
            || !(0.01..=0.9).contains(&args.val)
            || args.lr.is_nan()
            || args.lr <= 0.0
        {
            return Err(Failure::input(
                "expected --epochs of at least 1, --batch of at least 2, --val in 0.01..=0.9, --lr above 0",
            ));
        }
        let folder = args.out.parent().filter(|p| !p.as_os_str().is_empty());
        let folder = folder.unwrap_or(std::path::Path::new("."));
        let probe = folder.join(".untrained-probe");
        std::fs::create_dir_all(folder)
            .and_then(|()| std::fs::write(&probe, b"x"))
            .and_then(|()| std::fs::remove_file(&probe))
            .map_err(|e| Failure::failed(format!("cannot write {}: {e}", args.out.display())))
    }

    fn report(card: &Card) {
        if card.interrupted {
            println!("interrupted: the best of {} finished epochs was kept", card.history.len());
        }
        println!("accuracy on {}: {:.2} %", card.measured_on, 100.0 * card.accuracy);
        for (i, class) in card.classes.iter().enumerate() {
            println!("  {class:<14} {:.2} %  named as {:?}", 100.0 * card.recall[i], card.confusion[i]);
        }
        let [before, after] = card.calibration_error;
        println!("calibration error: {before:.4}, {after:.4} at temperature {:.3}", card.temperature);
        print!("unsure: {:.2} % of these pictures", 100.0 * card.unsure);
        println!(
            "{}",
            card.unsure_strangers.map_or(String::new(), |s| format!(", {:.1} % of made-up ones", 100.0 * s))
        );
        println!("{:.0} s, {:.0} processor seconds", card.seconds[0], card.seconds[1]);
    }

    struct Bar(ProgressBar);

    impl Bar {
        fn new() -> Self {
            let bar = ProgressBar::new(1);
            let style = ProgressStyle::with_template("{bar:40} {pos}/{len} steps  {msg}  {eta} left");
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
            Self(bar)
        }
    }

    impl Watch for Bar {
        fn step(&mut self, done: usize, all: usize, loss: f64) {
            self.0.set_length(all as u64);
            self.0.set_position(done as u64);
            self.0.set_message(format!("loss {loss:.4}"));
        }
        fn epoch(&mut self, e: Epoch) {
            let line = format!(
                "epoch {:>3}  loss {:.4}  validation {:.4}  accuracy {:.2} %",
                e.epoch,
                e.loss,
                e.validation_loss,
                100.0 * e.accuracy
            );
            self.0.suspend(|| println!("{line}"));
        }
    }
}
