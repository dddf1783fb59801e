//! Performances for tests, as a command line would start them.

use std::path::PathBuf;

use clap::Parser;

use super::Played;
use crate::cli::load::Source;
use crate::cli::play::Args;

#[derive(Parser)]
struct Line {
    #[command(flatten)]
    args: Args,
}

/// Plays these scene files, without a judge, with the options `words`.
pub fn played(files: &[PathBuf], words: &[&str]) -> Played {
    let line = ["play", "--no-judge", "--frames", "1", "--transition", "cut"].iter().chain(words);
    let sources = files.iter().cloned().map(Source::File).collect();
    Played::new(sources, &Line::parse_from(line).args).unwrap()
}
