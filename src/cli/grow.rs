//! `untrained grow`: a judge learns the classes of new frames, and keeps those that it knows.

use std::path::PathBuf;

use super::Outcome;

/// Arguments of `grow`.
#[derive(clap::Args)]
pub struct Args {
    /// Frames of new classes (`untrained dataset --only SYSTEM`, or a folder of images). Frames of classes that the judge
    /// knows are not looked at.
    #[arg(required = true)]
    data: PathBuf,
    /// The judge that grows; the shipped one if not given.
    #[arg(long, value_name = "FILE")]
    model: Option<PathBuf>,
    /// Weights to write; the card is written next to them as JSON.
    #[arg(long, value_name = "FILE", default_value = "grown.safetensors")]
    out: PathBuf,
    /// A set with test pictures of classes that the judge knows: how many it names rightly before and after. Nothing is
    /// learned from it.
    #[arg(long, value_name = "DATA")]
    known: Option<PathBuf>,
    /// Features drawn for each class that is known, so that it is not forgotten.
    #[arg(long, value_name = "N", default_value_t = 1500, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    replay: u32,
    /// Random seed of these.
    #[arg(long, default_value_t = 1)]
    seed: u64,
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
    use crate::cli::probe::writable;
    use crate::data::reader;
    use crate::data::reduce::resized;
    use crate::data::sample::{Data, Samples};
    use crate::judge::Judge;
    use crate::judge::grow::{GrowCard, GrowConfig, grow};
    use crate::world::frame::write_atomic;

    /// Grows, measures and saves.
    ///
    /// # Errors
    /// A set cannot be read, or has no new class (code 2); a file cannot be written (code 1).
    pub fn run(args: &Args) -> Outcome {
        writable(&args.out)?;
        let judge = match &args.model {
            Some(path) => Judge::load(path)?,
            None => Judge::shipped()?,
        };
        let data = read(&judge, &args.data, args)?;
        let known = args.known.as_deref().map(|path| read(&judge, path, args)).transpose()?;
        let config = GrowConfig { replay: args.replay as usize, seed: args.seed };
        let (grown, card) = grow(&judge, &data, known.as_ref().map(|d| &d.test), &config)?;
        grown.save(&args.out)?;
        let card_path = args.out.with_extension("json");
        let json = serde_json::to_string_pretty(&card).map_err(Failure::failed)? + "\n";
        write_atomic(&card_path, json.as_bytes()).map_err(Failure::failed)?;
        report(&card);
        println!("weights: {}\ncard:    {}", args.out.display(), card_path.display());
        Ok(())
    }

    /// A set, its pictures in the size that the judge sees.
    fn read(judge: &Judge, path: &Path, args: &Args) -> Result<Data, Failure> {
        let mut data = reader::read_classes(path, 1, &args.over.learning())?;
        data.notes.iter().for_each(|note| eprintln!("{note}"));
        let shape = &judge.header.architecture;
        let to = (shape.side, shape.channels);
        for samples in [&mut data.train, &mut data.test] {
            let from = (samples.side, samples.channels);
            let Samples { pictures, side, channels, .. } = samples;
            pictures.iter_mut().for_each(|p| *p = resized(p, from, to));
            (*side, *channels) = to;
        }
        Ok(data)
    }

    fn report(card: &GrowCard) {
        println!("{} training and {} test pictures of new classes", card.pictures[0], card.pictures[1]);
        for (class, recall) in card.new_classes.iter().zip(&card.recall) {
            match recall {
                Some(r) => println!("  {class:<16} {:.1} % of the test pictures are named so", 100.0 * r),
                None => println!("  {class:<16} has no test pictures"),
            }
        }
        if card.pictures[1] > 0 {
            let [before, after] = card.unsure.map(|u| 100.0 * u);
            println!("  unsure of them: {before:.1} % before, {after:.1} % after");
        }
        if let Some(known) = &card.known {
            let [before, after] = known.accuracy.map(|a| 100.0 * a);
            println!(
                "{} test pictures of what was known: {before:.2} % right before, {after:.2} % after",
                known.pictures
            );
            let [before, after] = known.calibration_error;
            println!("  calibration error: {before:.4} before, {after:.4} after");
            let [before, after] = known.unsure.map(|u| 100.0 * u);
            println!("  unsure: {before:.1} % before, {after:.1} % after");
        }
    }
}
