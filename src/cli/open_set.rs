//! `untrained open-set`: how well a judge tells pictures of no class that it knows, and a better detector for it.

use std::path::PathBuf;

use super::Outcome;

/// Arguments of `open-set`.
#[derive(clap::Args)]
pub struct Args {
    /// Weights of a judge; the shipped one if not given.
    #[arg(long, value_name = "FILE")]
    model: Option<PathBuf>,
    /// Sets of pictures of the judge's classes: the training part fits, the test part measures. Pictures of other
    /// classes in them are a set of unknown ones.
    #[arg(long, value_name = "DATA", required = true)]
    known: Vec<PathBuf>,
    /// Sets of pictures of no class, to be measured. None of them is fitted to.
    #[arg(long, value_name = "DATA")]
    unknown: Vec<PathBuf>,
    /// Sets of pictures of no class to fit to (outlier exposure), besides synthetic ones. They should be others than
    /// those of --unknown.
    #[arg(long, value_name = "DATA", requires = "fit")]
    outliers: Vec<PathBuf>,
    /// Fits a detector and writes the judge with it to this file; its other weights stay as they are.
    #[arg(long, value_name = "FILE")]
    fit: Option<PathBuf>,
    /// Writes the figures as JSON, too.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
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
    use std::path::Path;

    use super::{Args, Outcome};
    use crate::cli::Failure;
    use crate::data::reader;
    use crate::data::reduce::resized;
    use crate::data::sample::{ImageKind, Samples};
    use crate::judge::Judge;
    use crate::judge::augment::plain;
    use crate::judge::classifier::Observation;
    use crate::judge::open_set::report::{KEPT, ScoreResult, results, unsure};
    use crate::judge::open_set::{Outliers, observed};
    use crate::world::frame::write_atomic;

    /// Of the origins of training pictures, one in this many is held out for the thresholds.
    const HELD: u64 = 8;
    /// Training pictures that are looked at, at most.
    const MOST: usize = 12_000;

    /// Every score on one set.
    #[derive(serde::Serialize)]
    struct SetResult {
        set: String,
        pictures: usize,
        scores: Vec<ScoreResult>,
        /// Share that the judge calls *unsure*.
        unsure: f64,
    }

    /// Pictures by their part.
    struct Known {
        kind: ImageKind,
        fit: Samples,
        held: Samples,
        test: Samples,
        /// Pictures of classes that the judge does not know.
        others: Samples,
    }

    /// Measures, after fitting if that is requested.
    ///
    /// # Errors
    /// A set cannot be read or has none of the judge's classes (code 2); a file cannot be written (code 1).
    pub fn run(args: &Args) -> Outcome {
        let mut judge = match &args.model {
            Some(path) => Judge::load(path)?,
            None => Judge::shipped()?,
        };
        let known = known(&judge, args)?;
        if let Some(path) = &args.fit {
            let outliers = outliers(&judge, &known, args)?;
            judge = judge.with_open_set((&known.fit, &known.held), &outliers).map_err(Failure::input)?;
            judge.save(path)?;
        }
        let bank: Vec<_> = observed(&judge, &known.fit).into_iter().map(|o| o.embedding).collect();
        let seen = observed(&judge, &known.test);
        let result = |set: &str, unknown: &[Observation]| SetResult {
            set: set.into(),
            pictures: unknown.len(),
            scores: results(&judge, &bank, &seen, unknown),
            unsure: unsure(&judge, unknown),
        };
        let mut all = Vec::new();
        if !known.others.is_empty() {
            all.push(result("other classes of these sets", &observed(&judge, &known.others)));
        }
        for path in &args.unknown {
            all.push(result(&path.display().to_string(), &pictures(&judge, path, args)?));
        }
        let kept = 1.0 - unsure(&judge, &seen);
        print(&judge, (seen.len(), kept), &all);
        if let Some(path) = &args.json {
            let open_set = &judge.header.open_set;
            let value = serde_json::json!({
                "known": seen.len(), "kept": kept, "open_set": open_set, "sets": all, "at": KEPT,
            });
            let text = serde_json::to_string_pretty(&value).map_err(Failure::failed)? + "\n";
            write_atomic(path, text.as_bytes()).map_err(Failure::failed)?;
        }
        Ok(())
    }

    /// The known sets, read and split.
    fn known(judge: &Judge, args: &Args) -> Result<Known, Failure> {
        let header = &judge.header;
        let shape = (header.architecture.side, header.architecture.channels);
        let empty = || Samples::empty(shape.1, shape.0, header.classes.clone());
        let mut known = Known {
            kind: ImageKind::Frames,
            fit: empty(),
            held: empty(),
            test: empty(),
            others: Samples::empty(shape.1, shape.0, vec!["other".into()]),
        };
        for path in &args.known {
            let data = reader::read_classes(path, 1, &args.over.learning())?;
            data.notes.iter().for_each(|note| eprintln!("{note}"));
            known.kind = data.kind;
            for (part, samples) in [("train", data.train), ("test", data.test)] {
                known.add(part == "test", samples, shape);
            }
        }
        if known.fit.is_empty() || known.test.is_empty() {
            let what = if known.fit.is_empty() { "training" } else { "test" };
            let classes = header.classes.join(", ");
            return Err(Failure::input(format!(
                "--known: expected {what} pictures of {classes}, found none"
            )));
        }
        Ok(known)
    }

    impl Known {
        fn add(&mut self, is_test: bool, samples: Samples, to: (usize, usize)) {
            let from = (samples.side, samples.channels);
            let places: Vec<Option<usize>> =
                samples.classes.iter().map(|c| self.fit.classes.iter().position(|k| k == c)).collect();
            let all = samples.pictures.into_iter().zip(samples.labels).zip(samples.origins);
            for ((picture, label), origin) in all {
                let picture = resized(&picture, from, to);
                match places[label] {
                    Some(label) => {
                        let into = match is_test {
                            true => &mut self.test,
                            false if origin % HELD == 0 => &mut self.held,
                            false => &mut self.fit,
                        };
                        into.push(picture, label, Some(origin));
                    }
                    None if is_test => self.others.push(picture, 0, Some(origin)),
                    None => {}
                }
            }
        }
    }

    fn outliers(judge: &Judge, known: &Known, args: &Args) -> Result<Outliers, Failure> {
        let mut all = match known.kind {
            ImageKind::Frames => Outliers::synthetic(&known.fit, 1),
            _ => Outliers::default(),
        };
        let shape = &judge.header.architecture;
        for path in &args.outliers {
            let data = reader::read_classes(path, 1, &args.over.learning())?;
            all.add(&data.name, &data.train, (shape.side, shape.channels));
        }
        Ok(all)
    }

    /// Every picture of a set, as the judge sees it.
    fn pictures(judge: &Judge, path: &Path, args: &Args) -> Result<Vec<Observation>, Failure> {
        let data = reader::read_classes(path, 1, &args.over.learning())?;
        data.notes.iter().for_each(|note| eprintln!("{note}"));
        let shape = &judge.header.architecture;
        let mut all = Vec::new();
        for samples in [data.train, data.test] {
            let from = (samples.side, samples.channels);
            let to = (shape.side, shape.channels);
            let every = samples.len().div_ceil(MOST).max(1);
            all.extend(samples.pictures.iter().step_by(every).map(|p| plain(&resized(p, from, to))));
        }
        Ok(judge.classifier().observe(&all))
    }

    fn print(judge: &Judge, (known, kept): (usize, f64), all: &[SetResult]) {
        println!("{known} test pictures of {}: {:.1} % kept", judge.header.classes.join(", "), 100.0 * kept);
        if let Some(open_set) = &judge.header.open_set {
            let shown = if open_set.shown.is_empty() { "none".into() } else { open_set.shown.join(", ") };
            println!("outliers that its detector was fitted to: {shown}");
        }
        for set in all {
            println!("{}: {} pictures, {:.1} % unsure", set.set, set.pictures, 100.0 * set.unsure);
            for s in &set.scores {
                let rejected = 100.0 * s.rejected;
                println!(
                    "  {:<19} AUROC {:.3}, {rejected:5.1} % rejected where {:.0} % are kept",
                    s.score,
                    s.auroc,
                    100.0 * KEPT
                );
            }
        }
    }
}
