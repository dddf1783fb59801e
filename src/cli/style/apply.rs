//! `untrained style apply NETWORK PICTURE…`.

use std::path::{Path, PathBuf};

use super::pictures::{Picture, read, save};
use crate::cli::reading::ReadOverrides;
use crate::cli::{Failure, Outcome};
use crate::judge::style::painter::CELL;
use crate::judge::style::painter::network::Painter;
use crate::learn::File;

/// Arguments of `style apply`.
#[derive(clap::Args)]
pub struct Args {
    /// The network (`untrained style train`).
    network: PathBuf,
    /// Picture files.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// The folder to which pictures are written, each as NAME.png.
    #[arg(long, value_name = "DIR", default_value = "painted")]
    out: PathBuf,
    /// Longer side, in pixels; larger pictures are shrunk.
    #[arg(long, value_name = "N", default_value_t = 512, value_parser = clap::value_parser!(u32).range(32..=1024))]
    size: u32,
    #[command(flatten)]
    over: ReadOverrides,
}

/// Paints each file.
///
/// # Errors
/// The network or a picture cannot be read (code 2); a file cannot be written (code 1).
pub fn run(args: &Args) -> Outcome {
    let file = File::load(&args.network)?;
    std::fs::create_dir_all(&args.out)
        .map_err(|e| Failure::failed(format!("cannot create {}: {e}", args.out.display())))?;
    for path in &args.files {
        let picture = read(path, args.size as usize, args.over.background())?;
        let (painted, size) = painted(&file, &args.network, &picture)?;
        let stem = path.file_stem().unwrap_or_default();
        save(&painted, size, &args.out.join(stem).with_extension("png"))?;
    }
    Ok(())
}

/// A picture as the network of a file paints it, cut to whole cells.
///
/// # Errors
/// The file holds no such network.
pub fn painted(file: &File, path: &Path, (picture, from): &Picture) -> Result<Picture, Failure> {
    let size = (from.0 / CELL * CELL, from.1 / CELL * CELL);
    let mut painter = Painter::open(file, path, size)?;
    let rows = picture.chunks_exact(from.1 * 3).take(size.0);
    let cut: Vec<f32> = rows.flat_map(|row| &row[..size.1 * 3]).copied().collect();
    Ok((painter.paint(&cut), size))
}
