//! `untrained style train PICTURES STYLE`.

use std::path::{Path, PathBuf};

use super::apply::painted;
use super::pictures::{Picture, read, sheet};
use crate::cli::learn::options::{resume, settings};
use crate::cli::learn::progress::TrainingProgress;
use crate::cli::probe::writable;
use crate::cli::reading::{ReadOverrides, judge};
use crate::cli::{Failure, Outcome};
use crate::data::picture;
use crate::data::walk;
use crate::judge::style::painter::Settings;
use crate::judge::style::painter::pipeline::{Lesson, ROUNDS};
use crate::learn::file::File;
use crate::learn::method;
use crate::learn::sheet::ContactSheet;
use crate::learn::training::TrainingConfig;
use crate::learn::{LearnError, checkpoint};
use crate::output::Interrupt;
use crate::world::frame::write_atomic;
use crate::world::params::Params as _;

/// Longer side of pictures that it learns from, in pixels, unless parts of them must be larger.
const LONGEST: usize = 384;
/// Pictures that show what was learned.
const SHOWN: usize = 4;

/// Arguments of `style train`.
#[derive(clap::Args)]
pub struct Args {
    /// Folder of pictures that it learns to paint, whatever they show.
    pictures: PathBuf,
    /// The picture in whose style it paints.
    style: PathBuf,
    /// Weights of a judge; the shipped one if not given. Its backbone must be one of convolutions.
    #[arg(long, value_name = "FILE")]
    judge: Option<PathBuf>,
    /// The network to write; beside it a card (.json), pictures of what it has learned (.png) and, while it learns, a
    /// checkpoint (.training).
    #[arg(long, value_name = "FILE", default_value = "painter.safetensors")]
    out: PathBuf,
    /// Longer side of the picture of the style: the larger, the larger its texture is in what is painted.
    #[arg(long, value_name = "N", default_value_t = 320, value_parser = clap::value_parser!(u32).range(32..=1024))]
    style_size: u32,
    /// Epochs, of a hundred steps each.
    #[arg(long, value_name = "N", default_value_t = 30)]
    epochs: usize,
    /// Parts of pictures in a step.
    #[arg(long, value_name = "N", default_value_t = 4)]
    batch: usize,
    /// Peak learning rate.
    #[arg(long, value_name = "X", default_value_t = 0.003)]
    lr: f64,
    /// Seed.
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// A setting, such as style=20 or channels=32; may be given several times.
    #[arg(long = "set", value_name = "NAME=VALUE")]
    settings: Vec<String>,
    /// Go on with an interrupted training of this network, with the same arguments.
    #[arg(long, value_name = "FILE")]
    resume: Option<PathBuf>,
    #[command(flatten)]
    over: ReadOverrides,
}

/// Learns, and writes the network. Ctrl-C keeps a checkpoint.
///
/// # Errors
/// Arguments out of range, or pictures that cannot be read (code 2); a file cannot be written (code 1).
pub fn run(args: &Args) -> Outcome {
    if !(args.epochs > 0 && args.batch > 0 && args.batch <= 256 && args.lr > 0.0 && args.lr <= 1.0) {
        return Err(Failure::input(
            "expected --epochs of at least 1, --batch in 1..=256, --lr above 0, at most 1",
        ));
    }
    writable(&args.out)?;
    let values = settings(&args.settings, "style", Settings::SPECS, Settings::values())?;
    let side = method::settings::<Settings>(&values).side as usize;
    let judge = judge(args.judge.as_deref())?;
    let background = args.over.background();
    let (style, size) = read(&args.style, args.style_size as usize, background)?;
    let (pictures, names) = pictures(&args.pictures, side, background)?;
    let shown: Vec<Picture> = pictures.iter().step_by(pictures.len().div_ceil(SHOWN)).cloned().collect();
    println!("{}: {} pictures; the style of {}", args.pictures.display(), names, args.style.display());
    let style_name = args.style.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let name = args.pictures.display().to_string();
    let lesson = Lesson { judge: &judge, style_name, style: (&style[..], size), name, pictures };
    let plan = TrainingConfig {
        epochs: args.epochs,
        batch: args.batch,
        rate: args.lr,
        clip: 10.0,
        patience: 0,
        validation: 0.0,
        seed: args.seed,
    };
    let work = lesson.task(values, plan)?;
    let middle = checkpoint::beside(&args.out);
    let from = args.resume.as_deref().map(|w| resume(w, &work)).transpose()?;
    let from = from.map(|i| (i, middle.as_path()));
    let interrupt = Interrupt::install();
    let draw = |file: &File| drawn(file, &shown, &args.out);
    let mut bar = TrainingProgress::new(&args.out, &work, &draw);
    let file = lesson.learn(&work, from, &|| interrupt.asked(), &mut bar)?;
    bar.bar.finish_and_clear();
    finish(file, &args.out)
}

/// All pictures of a folder that can be read, each at least so large that a part fits in.
fn pictures(folder: &Path, side: usize, background: [u8; 3]) -> Result<(Vec<Picture>, usize), Failure> {
    let mut all = Vec::new();
    let mut skipped = walk::Skipped::default();
    for path in walk::files(&[folder.to_path_buf()])? {
        match picture::rgb(&path, background) {
            Ok(image) => {
                let (height, width) = (image.height() as usize, image.width() as usize);
                // What is long and narrow must still be a part high.
                let short = height.min(width).max(1);
                let longest = LONGEST.max((side * height.max(width)).div_ceil(short));
                let (rgb, size) = read(&path, longest.min(height.max(width).max(side)), background)?;
                match size.0 >= side && size.1 >= side {
                    true => all.push((rgb, size)),
                    false => skipped.add(&path),
                }
            }
            Err(_) => skipped.add(&path),
        }
    }
    if skipped.count() > 0 {
        eprintln!(
            "{} files are no pictures of {side} pixels a side or more: {}",
            skipped.count(),
            skipped.names()
        );
    }
    let count = all.len();
    match count {
        0 => Err(Failure::input(format!(
            "{}: expected pictures of at least {side} pixels a side, found none",
            folder.display()
        ))),
        _ => Ok((all, count)),
    }
}

/// Pictures above what the network makes of them, as PNG.
fn drawn(file: &File, shown: &[Picture], path: &Path) -> Result<Vec<u8>, LearnError> {
    let failed = |e: String| LearnError::Failed(e);
    let (mut rows, mut width) = (Vec::new(), 0);
    for picture in shown {
        let after = painted(file, path, picture).map_err(|e| failed(e.report.to_string()))?;
        let (before, after) = (sheet(&picture.0, picture.1), sheet(&after.0, after.1));
        width = width.max(before.width + after.width);
        rows.push([before, after]);
    }
    let height: usize = rows.iter().map(|r| r[0].height).sum();
    let mut rgb = vec![0u8; width * height * 3];
    let mut top = 0;
    for pair in &rows {
        let mut left = 0;
        for part in pair {
            for (y, row) in part.rgb.chunks_exact(part.width * 3).enumerate() {
                rgb[((top + y) * width + left) * 3..][..row.len()].copy_from_slice(row);
            }
            left += part.width;
        }
        top += pair[0].height;
    }
    ContactSheet { width, height, rgb }.png().map_err(|e| failed(e.to_string()))
}

/// Saves what was learned with its card, and removes the checkpoint unless it was interrupted.
fn finish(file: Option<File>, out: &Path) -> Outcome {
    let again = format!("resume with the same command and --resume {}", out.display());
    let Some(file) = file else {
        println!("interrupted during the first epoch; {again}");
        return Ok(());
    };
    file.save(out)?;
    let json = serde_json::to_string_pretty(&file.header).map_err(Failure::failed)?;
    write_atomic(&out.with_extension("json"), json.as_bytes()).map_err(Failure::failed)?;
    let card = &file.header.card;
    println!("{} weights; {} steps", file.weights.count(), card.epochs[0] * ROUNDS);
    println!(
        "{:.0} s, {:.0} processor seconds, {} parts painted",
        card.seconds[0], card.seconds[1], card.seen
    );
    println!("weights: {}\ncard:    {}", out.display(), out.with_extension("json").display());
    let middle = checkpoint::beside(out);
    match card.interrupted {
        true => println!("interrupted; {again}"),
        false => std::fs::remove_file(&middle).map_err(|e| LearnError::io("write", &middle, e))?,
    }
    Ok(())
}
