//! `untrained taste learn VOTES`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::cli::probe::writable;
use crate::cli::reading::{ReadOverrides, judge};
use crate::cli::{Failure, Outcome};
use crate::data::preferences::{self, Preference};
use crate::judge::Judge;
use crate::judge::score::head::fingerprint;
use crate::judge::taste::bradley_terry::strengths;
use crate::judge::taste::file::KIND;
use crate::judge::taste::head::Embedding;
use crate::judge::taste::{Taste, TasteFile};

/// Standard deviation of strengths under the prior.
const PRIOR: f64 = 2.0;
/// Pictures that are printed, of the strongest and of the weakest.
const PRINTED: usize = 5;

/// Arguments of `taste learn`.
#[derive(clap::Args)]
pub struct Args {
    /// CSV files with the columns `preferred` and `other`, or `left`, `right` and `choice` (left or right): picture
    /// files, relative to the table. A column `voter` is optional.
    #[arg(required = true)]
    votes: Vec<PathBuf>,
    /// The judge whose embedding is read; the shipped one if not given.
    #[arg(long, value_name = "FILE")]
    model: Option<PathBuf>,
    /// The taste to write.
    #[arg(long, value_name = "FILE", default_value = "taste.json")]
    out: PathBuf,
    #[command(flatten)]
    over: ReadOverrides,
}

/// Learns, measures and saves.
///
/// # Errors
/// A table or a picture cannot be read (code 2); the file cannot be written (code 1).
pub fn run(args: &Args) -> Outcome {
    writable(&args.out)?;
    let judge = judge(args.model.as_deref())?;
    let mut votes: Vec<Preference> = Vec::new();
    for path in &args.votes {
        votes.extend(preferences::read(path)?);
    }
    let files: Vec<&Path> = {
        let mut all: Vec<&Path> =
            votes.iter().flat_map(|v| [v.preferred.as_path(), v.other.as_path()]).collect();
        all.sort();
        all.dedup();
        all
    };
    let embeddings = embeddings(&judge, &files, args.over)?;
    let place = |path: &Path| files.binary_search(&path).unwrap_or(0);
    let pairs: Vec<(usize, usize)> = votes.iter().map(|v| (place(&v.preferred), place(&v.other))).collect();
    let all: Vec<(Embedding, Embedding)> =
        pairs.iter().map(|(a, b)| (embeddings[*a], embeddings[*b])).collect();
    let taste = Taste::learn(&all);
    let agreement = Taste::agreement(&all);
    print(&votes, &files, &strengths(files.len(), &pairs, PRIOR), (&taste, &embeddings));
    match agreement {
        Some(a) if a.p() < 0.05 => {
            println!("agreement: {}; better than chance, p = {:.2e}", a.words(), a.p())
        }
        Some(a) => println!("agreement: {}; not told from chance, p = {:.2}", a.words(), a.p()),
        None => println!("agreement: needs ten votes or more"),
    }
    let file = TasteFile {
        kind: KIND.into(),
        version: env!("CARGO_PKG_VERSION").into(),
        judge: fingerprint(&judge)?,
        about_judge: judge.header.about.clone(),
        votes: args.votes.iter().map(|p| p.display().to_string()).collect(),
        agreement,
        taste,
    };
    file.save(&args.out)?;
    println!("taste: {}", args.out.display());
    Ok(())
}

fn embeddings(judge: &Judge, files: &[&Path], over: ReadOverrides) -> Result<Vec<Embedding>, Failure> {
    let mut workspace = judge.classifier().workspace();
    let one = |file: &&Path| Ok(super::pictures::embedding(judge, file, over, &mut workspace)?);
    files.iter().map(one).collect()
}

/// The pictures that won most and least, with what the head makes of them.
fn print(
    votes: &[Preference],
    files: &[&Path],
    strengths: &[f64],
    (taste, embeddings): (&Taste, &[Embedding]),
) {
    let mut voters: BTreeMap<&str, usize> = BTreeMap::new();
    votes.iter().for_each(|v| *voters.entry(&v.voter).or_default() += 1);
    let named = voters.keys().filter(|v| !v.is_empty()).count();
    let by = match named {
        0 => String::new(),
        1 => " of one voter".into(),
        n => format!(" of {n} voters"),
    };
    println!("{} votes{by} on {} pictures", votes.len(), files.len());
    let mut order: Vec<usize> = (0..files.len()).collect();
    order.sort_by(|a, b| strengths[*b].total_cmp(&strengths[*a]));
    println!("strength (Bradley and Terry) · probability that it is liked better than the mean picture");
    let line = |i: &usize| {
        let liked = 100.0 * taste.probability(&embeddings[*i]);
        println!("  {:+6.2} · {liked:3.0} %  {}", strengths[*i], files[*i].display());
    };
    match order.len() > 2 * PRINTED {
        true => {
            order[..PRINTED].iter().for_each(line);
            println!("  …");
            order[order.len() - PRINTED..].iter().for_each(line);
        }
        false => order.iter().for_each(line),
    }
}
