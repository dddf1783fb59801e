//! `untrained datasheet DATA`: what a set of labelled pictures is like, as a page.

use std::path::PathBuf;

use super::command_line::command_line;
use super::reading::label_tree;
use super::{Failure, Outcome};
use crate::bench::datasheet::{DatasheetSetup, datasheet, page};
use crate::bench::sets::extractor::FeatureExtractor;
use crate::data::augment::Augmentations;
use crate::data::reader;
use crate::world::frame::write_atomic;

/// Arguments of `datasheet`.
#[derive(clap::Args)]
pub struct Args {
    /// A folder of frames (`untrained dataset`), of images (`<split>/<class>/…`), or of IDX files (or the file of images
    /// itself).
    data: PathBuf,
    /// Output folder: index.html, datasheet.json.
    #[arg(long, value_name = "DIR", default_value = "datasheet")]
    out: PathBuf,
    /// Features by which pictures are similar, for the check of labels: random, statistics, pixels, judge (the shipped
    /// one), or a file of weights (`untrained train`); without it those of the four that agree best with the labels.
    #[arg(long, value_name = "EYE")]
    eye: Option<String>,
    /// Labels that are checked at most, those of a random part of a larger set.
    #[arg(long, value_name = "N", default_value_t = 20_000)]
    checked: usize,
    /// Tree of the classes: lines `child is-a parent`, or `parent child` as in WordNet's list; or the folder of CIFAR-100.
    #[arg(long, value_name = "FILE")]
    tree: Option<PathBuf>,
    /// Draw augmentations of a picture, a row for each, a column for each seed: a list as `train --augment` takes it, or all.
    #[arg(long, value_name = "LIST", num_args = 0..=1, default_missing_value = "all")]
    augment: Option<Augmentations>,
    #[command(flatten)]
    over: super::reading::ReadOverrides,
}

/// Examines the set and writes the page.
///
/// # Errors
/// The set cannot be read, or the eye cannot be used for it (code 2); the page cannot be written (code 1).
pub fn run(args: &Args) -> Outcome {
    let data = reader::read_classes(&args.data, 1, &args.over.learning())?;
    let named = args.eye.as_deref().map(|eye| vec![FeatureExtractor::named(eye)]);
    let extractors = named.unwrap_or_else(|| FeatureExtractor::BUILT_IN.to_vec());
    let tree = args.tree.as_deref().map(|file| label_tree(file, &data.train.classes)).transpose()?;
    let setup = DatasheetSetup { extractors, checked: args.checked, tree, augment: args.augment.clone() };
    let sheet = datasheet(data, &args.data, &setup)?;
    sheet.notes.iter().for_each(|note| eprintln!("{note}"));
    std::fs::create_dir_all(&args.out)
        .map_err(|e| Failure::failed(format!("cannot create {}: {e}", args.out.display())))?;
    let put = |name: &str, text: String| {
        write_atomic(&args.out.join(name), text.as_bytes()).map_err(Failure::failed)
    };
    put("datasheet.json", serde_json::to_string_pretty(&sheet.json()).map_err(Failure::failed)? + "\n")?;
    put("index.html", page::page(&sheet, &command_line()))?;
    sheet.sentences().iter().for_each(|s| println!("{s}"));
    println!("{}", args.out.join("index.html").display());
    Ok(())
}
