//! `untrained evaluate FILE DATA…`: how good a segmentation or a detector is on labelled frames, as a page.

use std::path::{Path, PathBuf};

use super::command_line::command_line;
use super::{Failure, Outcome};
use crate::bench::masks::{Evaluation, Made, evaluate, page};
use crate::data::masked::{self, MaskedSet};
use crate::learn::LearnError;
use crate::learn::file::File;
use crate::learn::pixelwise::inference::PixelNetwork;
use crate::world::frame::write_atomic;

/// Arguments of `evaluate`.
#[derive(clap::Args)]
pub struct Args {
    /// Weights, of `untrained train --task segment` or `detect`.
    network: PathBuf,
    /// Folders of frames with masks (`untrained dataset --masks`), of whose test splits it is evaluated.
    #[arg(required = true)]
    data: Vec<PathBuf>,
    /// Output folder: index.html, evaluation.json.
    #[arg(long, value_name = "DIR", default_value = "evaluation")]
    out: PathBuf,
}

/// Evaluates, prints the figures and writes the page.
///
/// # Errors
/// The network or the frames cannot be read, or do not fit each other (code 2); the page cannot be written (code 1).
pub fn run(args: &Args) -> Outcome {
    let file = File::load(&args.network)?;
    let network = PixelNetwork::open(&file, &args.network)?;
    let set = masked::read(&args.data)?;
    let all = tested(&network, &set, &args.network)?;
    if all.frames.is_empty() {
        return Err(Failure::input(format!("{}: expected test frames, found none", set.name)));
    }
    std::fs::create_dir_all(&args.out)
        .map_err(|e| Failure::failed(format!("cannot create {}: {e}", args.out.display())))?;
    let put = |name: &str, text: String| {
        write_atomic(&args.out.join(name), text.as_bytes()).map_err(Failure::failed)
    };
    put("evaluation.json", serde_json::to_string_pretty(&all.json()).map_err(Failure::failed)? + "\n")?;
    let name = args.network.file_stem().unwrap_or_default().to_string_lossy();
    let card = &file.header.card;
    let about = format!(
        "Trained on {} frames of {}; evaluated on {} of other worlds, from {}",
        card.pictures[0],
        card.data,
        all.frames.len(),
        set.name
    );
    put("index.html", page::page(&all, &name, &about, &command_line()))?;
    print(&all);
    println!("{}", args.out.join("index.html").display());
    Ok(())
}

/// A network on the test split of a set; errors name `path`.
///
/// # Errors
/// The frames show a class that the network does not know.
pub fn tested(network: &PixelNetwork, set: &MaskedSet, path: &Path) -> Result<Evaluation, LearnError> {
    evaluate(network, &set.test, &set.classes).map_err(|e| LearnError::input(path, e))
}

fn print(all: &Evaluation) {
    all.sentences().iter().for_each(|s| println!("{s}"));
    let text = |v: Option<f64>| v.map_or("     –".into(), |v| format!("{v:>6.3}"));
    for (i, class) in all.classes.iter().enumerate() {
        let [plain, composed] = all.of_class(i).map(text);
        println!("  {class:<14} {plain} of one world {composed} composed");
    }
    let Made::Masks(_, confusions) = &all.made else { return };
    println!("percent of the pixels of each process (rows) taken for which, in all frames:");
    for (t, class) in all.classes.iter().enumerate() {
        let count = |p: usize| confusions.iter().map(|c| c.count(t, p)).sum::<u64>();
        let total: u64 = (0..all.classes.len()).map(count).sum();
        let cells =
            (0..all.classes.len()).map(|p| format!("{:>4.0}", 100.0 * count(p) as f64 / total.max(1) as f64));
        println!("  {class:<14} {}", cells.collect::<String>());
    }
}
