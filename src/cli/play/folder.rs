//! The show without a display: ten seconds of pictures in a folder.

use std::path::Path;

use crate::cli::headless::Headless;
use crate::cli::load::{self, Source};
use crate::cli::{Failure, Outcome};
use crate::world::frame::{Frame, write_png};

/// Seconds rendered.
const SECONDS: f64 = 10.0;
/// Pictures a second.
const RATE: f64 = 30.0;

/// Writes `out/SCENE/000000.png` and so on.
pub fn render(source: &Source, size: Option<(usize, usize)>, seed: Option<u64>, out: &Path) -> Outcome {
    let scene = source.load()?;
    let scene = size.map_or(scene.clone(), |s| scene.with_size(s));
    let rate = scene.rate;
    let born = Headless::new(scene, seed, None);
    let mut show = born.map_err(|p| load::report(&source.name(), source.text().unwrap_or_default(), &p))?;
    std::fs::create_dir_all(out)
        .map_err(|e| Failure::failed(format!("cannot make the folder {}: {e}", out.display())))?;
    let mut frame = Frame::default();
    let pictures = (SECONDS * RATE) as u64;
    let bar = indicatif::ProgressBar::new(pictures);
    for i in 0..pictures {
        while (show.engine.tick() as f64) < (i + 1) as f64 * rate / RATE {
            show.step(&[]);
        }
        show.engine.compose(&mut frame);
        write_png(&out.join(format!("{i:06}.png")), &frame).map_err(Failure::failed)?;
        bar.inc(1);
    }
    bar.finish_and_clear();
    Ok(())
}
