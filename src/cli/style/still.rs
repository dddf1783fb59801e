//! `untrained style still CONTENT STYLE`.

use std::path::PathBuf;

use indicatif::{ProgressBar, ProgressStyle};

use super::pictures::{luma, read, save, seen};
use crate::cli::probe::writable;
use crate::cli::reading::{ReadOverrides, judge};
use crate::cli::{Failure, Outcome};
use crate::judge::style::perceptual::{LossWeights, Perceptual};
use crate::judge::style::still::{StillConfig, paint};
use crate::output::Interrupt;

/// Arguments of `style still`.
#[derive(clap::Args)]
pub struct Args {
    /// The picture whose content is painted: what is where.
    content: PathBuf,
    /// The picture in whose style it is painted: texture and colours.
    style: PathBuf,
    /// Weights of a judge; the shipped one if not given. Its backbone must be one of convolutions.
    #[arg(long, value_name = "FILE")]
    judge: Option<PathBuf>,
    /// The PNG to write.
    #[arg(long, value_name = "FILE", default_value = "style.png")]
    out: PathBuf,
    /// Longer side, in pixels; a larger picture is shrunk.
    #[arg(long, value_name = "N", default_value_t = 384, value_parser = clap::value_parser!(u32).range(32..=1024))]
    size: u32,
    /// Longer side of the picture of the style: the larger, the larger its texture is in what is painted.
    #[arg(long, value_name = "N", default_value_t = 384, value_parser = clap::value_parser!(u32).range(32..=1024))]
    style_size: u32,
    /// How much the texture counts, beside the content at 1.
    #[arg(long, value_name = "X", default_value_t = LossWeights::USUAL.style)]
    weight: f64,
    /// How much the colours count.
    #[arg(long, value_name = "X", default_value_t = LossWeights::USUAL.colour)]
    colour_weight: f64,
    /// Keep the colours of the content; only its brightness is painted (Gatys et al. 2016).
    #[arg(long)]
    keep_colours: bool,
    /// Steps at each size.
    #[arg(long, value_name = "N", default_value_t = 120, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    steps: u32,
    /// Sizes, each half of the next.
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=6))]
    scales: u32,
    #[command(flatten)]
    over: ReadOverrides,
}

/// Paints, and writes the picture. Ctrl-C keeps what has been painted so far.
///
/// # Errors
/// A picture or the judge cannot be read, or a weight is out of range (code 2); the file cannot be written (code 1).
pub fn run(args: &Args) -> Outcome {
    for (name, v) in [("--weight", args.weight), ("--colour-weight", args.colour_weight)] {
        if !(0.0..=1e6).contains(&v) {
            return Err(Failure::input(format!("{name}: expected 0 to 1000000, found `{v}`")));
        }
    }
    writable(&args.out)?;
    let judge = judge(args.judge.as_deref())?;
    let channels = judge.header.architecture.channels;
    let content = read(&args.content, args.size as usize, args.over.background())?;
    let style = seen(read(&args.style, args.style_size as usize, args.over.background())?, channels);
    let size = content.1;
    let shown = seen(content.clone(), channels);
    let (layers, of_content) = {
        let perceptual = Perceptual::new(&judge, size).map_err(Failure::input)?;
        let (all, one) = perceptual.layers();
        (all.join(", "), one.to_string())
    };
    let weights = LossWeights { style: args.weight, colour: args.colour_weight, ..LossWeights::USUAL };
    let (scales, steps) = (args.scales as usize, args.steps as usize);
    let how = StillConfig { scales, steps, weights, ..StillConfig::USUAL };
    let interrupt = Interrupt::install();
    let bar = ProgressBar::new(1);
    let template = ProgressStyle::with_template("{bar:32} {pos}/{len} steps  {msg}  {eta} left");
    bar.set_style(template.unwrap_or_else(|_| ProgressStyle::default_bar()));
    let mut last = None;
    let pictures = [(&shown.0[..], size), (&style.0[..], style.1)];
    let painted = paint(&judge, pictures, &how, &mut |[done, all], losses| {
        bar.set_length(all as u64);
        bar.set_position(done as u64);
        bar.set_message(format!("style {:.4}  content {:.4}", losses.style, losses.content));
        last = Some(*losses);
        !interrupt.asked()
    });
    bar.finish_and_clear();
    let painted = painted.map_err(Failure::input)?;
    let painted = if args.keep_colours { coloured(&content.0, &painted, channels) } else { painted };
    println!("style by the layers {layers}; content by {of_content}");
    if let Some(l) = last {
        println!(
            "style {:.4}, content {:.4} (1: as far as nothing), colour {:.4}",
            l.style, l.content, l.colour
        );
    }
    save(&painted, size, &args.out)
}

/// The colours of a picture with the brightness of another.
fn coloured(colours: &[f32], painted: &[f32], channels: usize) -> Vec<f32> {
    let pixels = colours.chunks_exact(3).zip(painted.chunks_exact(channels));
    let one = |(colour, painted): (&[f32], &[f32])| {
        let bright = if channels == 3 { luma(painted) } else { painted[0] };
        let by = bright - luma(colour);
        [0, 1, 2].map(|c| (colour[c] + by).clamp(0.0, 1.0))
    };
    pixels.flat_map(one).collect()
}
