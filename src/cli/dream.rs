//! `untrained dream PICTURE`: a picture on which the judge dreams.

use std::path::PathBuf;

use super::{Failure, Outcome};
use crate::data::picture;
use crate::judge::sight::dream::{DreamConfig, dream, resized};
use crate::judge::sight::{Objective, Observer};
use crate::world::frame::write_atomic;
use crate::world::rng::Rng;

/// Arguments of `dream`.
#[derive(clap::Args)]
pub struct Args {
    /// The picture.
    file: PathBuf,
    /// Weights of a judge; the shipped one if not given. Its backbone must be one of convolutions.
    #[arg(long, value_name = "FILE")]
    judge: Option<PathBuf>,
    /// The PNG to write.
    #[arg(long, value_name = "FILE", default_value = "dream.png")]
    out: PathBuf,
    /// The layer whose response is amplified; the deepest that still tells places if not given.
    #[arg(long, value_name = "NAME")]
    layer: Option<String>,
    /// One of its channels; all together if not given.
    #[arg(long, value_name = "N")]
    unit: Option<usize>,
    /// Amplify a class's logit instead of a layer.
    #[arg(long, value_name = "NAME", conflicts_with_all = ["layer", "unit"])]
    class: Option<String>,
    /// Longer side, in pixels; larger pictures are shrunk, and what is small stays.
    #[arg(long, value_name = "N", default_value_t = 512, value_parser = clap::value_parser!(u32).range(32..=1024))]
    size: u32,
    /// Sizes at which it dreams, each smaller than the next.
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=10))]
    octaves: u32,
    /// Steps at each size.
    #[arg(long, value_name = "N", default_value_t = 12, value_parser = clap::value_parser!(u32).range(1..=1000))]
    steps: u32,
    /// Mean change of a value in a step, of the whole range.
    #[arg(long, value_name = "X", default_value_t = 0.012)]
    rate: f32,
    /// Seed of the shifts.
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    #[command(flatten)]
    over: super::reading::ReadOverrides,
}

/// Dreams, and writes the picture.
///
/// # Errors
/// The picture or the judge cannot be read, or there is no such layer, unit or class (code 2); the file cannot be written
/// (code 1).
pub fn run(args: &Args) -> Outcome {
    if !(args.rate.is_finite() && (0.0..=0.25).contains(&args.rate)) {
        return Err(Failure::input(format!("--rate: expected 0 to 0.25, found `{}`", args.rate)));
    }
    let judge = super::reading::judge(args.judge.as_deref())?;
    let observer = Observer::new(&judge).map_err(Failure::input)?;
    let objective = objective(args, &observer, &judge.header.classes).map_err(Failure::input)?;
    let image = picture::rgb(&args.file, args.over.background())?;
    let (from, size) = sizes((image.height() as usize, image.width() as usize), args.size as usize);
    let rgb: Vec<f32> = image.into_raw().iter().map(|v| *v as f32 / 255.0).collect();
    let channels = observer.channels();
    let seen: Vec<f32> = match channels {
        1 => rgb.chunks_exact(3).map(|p| 0.2126 * p[0] + 0.7152 * p[1] + 0.0722 * p[2]).collect(),
        _ => rgb,
    };
    let start = shrunk(seen, from, size, channels);
    let how = DreamConfig {
        octaves: args.octaves as usize,
        steps: args.steps as usize,
        rate: args.rate,
        ..DreamConfig::USUAL
    };
    let dreamt = dream(&judge, (&start, size), objective, &how, Rng::new(args.seed).named("dream"))
        .map_err(Failure::input)?;
    let byte = |v: f32| (v * 255.0 + 0.5) as u8;
    let rgb = dreamt.chunks_exact(channels).flat_map(|p| [0, 1, 2].map(|c| byte(p[c % channels]))).collect();
    let sheet = crate::learn::sheet::ContactSheet { width: size.1, height: size.0, rgb };
    write_atomic(&args.out, &sheet.png().map_err(Failure::failed)?).map_err(Failure::failed)?;
    println!("{}", args.out.display());
    Ok(())
}

fn objective(args: &Args, observer: &Observer, classes: &[String]) -> Result<Objective, String> {
    if let Some(class) = &args.class {
        let place = classes.iter().position(|c| c == class);
        let missing = || format!("--class: expected one of {}, found `{class}`", classes.join(", "));
        return place.map(Objective::Class).ok_or_else(missing);
    }
    let layer = match &args.layer {
        Some(name) => observer.layer(name)?,
        None => observer.usual_layer(),
    };
    let objective = args.unit.map_or(Objective::Layer(layer), |channel| Objective::Unit { layer, channel });
    observer.check(objective).map(|()| objective)
}

/// The size of a picture, and that of its dream: no longer than `most`, and no shorter than a network can take.
pub fn sizes((height, width): (usize, usize), most: usize) -> ((usize, usize), (usize, usize)) {
    let scale = (most as f64 / height.max(width) as f64).min(1.0);
    let side = |n: usize| ((n as f64 * scale + 0.5) as usize).clamp(32, 1024);
    ((height, width), (side(height), side(width)))
}

/// A picture in a smaller size: halved by means while it is more than twice as large, then interpolated.
pub fn shrunk(mut x: Vec<f32>, mut from: (usize, usize), to: (usize, usize), channels: usize) -> Vec<f32> {
    while from.0 >= 2 * to.0 && from.1 >= 2 * to.1 {
        let half = (from.0 / 2, from.1 / 2);
        let at = |y: usize, u: usize, c: usize| x[(y * from.1 + u) * channels + c];
        let mean = |i: usize| {
            let (y, u, c) = (2 * (i / channels / half.1), 2 * (i / channels % half.1), i % channels);
            0.25 * (at(y, u, c) + at(y, u + 1, c) + at(y + 1, u, c) + at(y + 1, u + 1, c))
        };
        x = (0..half.0 * half.1 * channels).map(mean).collect();
        from = half;
    }
    resized(&x, from, to, channels)
}
