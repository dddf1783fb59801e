//! `untrained taste learn VOTES`.

use std::collections::BTreeSet;
use std::path::PathBuf;

use super::ballots::Ballots;
use crate::cli::Outcome;
use crate::cli::probe::writable;
use crate::cli::reading::{ReadOverrides, judge};
use crate::judge::score::head::fingerprint;
use crate::judge::taste::bradley_terry::strengths;
use crate::judge::taste::file::KIND;
use crate::judge::taste::{Taste, TasteFile};

/// Standard deviation of strengths under the prior.
const PRIOR: f64 = 2.0;
/// Pictures that are printed, of the strongest and of the weakest.
const PRINTED: usize = 5;

/// Arguments of `taste learn`.
#[derive(clap::Args)]
pub struct Args {
    /// CSV files with the columns `preferred` and `other`, or `left`, `right` and `choice` (left or right): picture
    /// files, relative to the table. A column `voter` is optional. Files that end in `.jsonl` hold votes on pictures of
    /// shows (`play --taste`).
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
    let own = fingerprint(&judge)?;
    let mut votes = Ballots::default();
    for path in &args.votes {
        match path.extension().is_some_and(|e| e == "jsonl") {
            true => votes.add_show(path, &own)?,
            false => votes.add_table(path, &judge, args.over)?,
        }
    }
    let all = votes.embedded();
    let taste = Taste::learn(&all);
    let agreement = Taste::agreement(&all);
    print(&votes, &strengths(votes.pictures.len(), &votes.pairs, PRIOR), &taste);
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
        judge: own,
        about_judge: judge.header.about.clone(),
        votes: args.votes.iter().map(|p| p.display().to_string()).collect(),
        agreement,
        taste,
    };
    file.save(&args.out)?;
    println!("taste: {}", args.out.display());
    Ok(())
}

/// The pictures that won most and least, with what the head makes of them.
fn print(votes: &Ballots, strengths: &[f64], taste: &Taste) {
    let named: BTreeSet<&str> = votes.voters.iter().map(String::as_str).filter(|v| !v.is_empty()).collect();
    let by = match named.len() {
        0 => String::new(),
        1 => " of one voter".into(),
        n => format!(" of {n} voters"),
    };
    println!("{} votes{by} on {} pictures", votes.pairs.len(), votes.pictures.len());
    let mut order: Vec<usize> = (0..votes.pictures.len()).collect();
    order.sort_by(|a, b| strengths[*b].total_cmp(&strengths[*a]));
    println!("strength (Bradley and Terry) · probability that it is liked better than the mean picture");
    let line = |i: &usize| {
        let (name, embedding) = &votes.pictures[*i];
        println!("  {:+6.2} · {:3.0} %  {name}", strengths[*i], 100.0 * taste.probability(embedding));
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
