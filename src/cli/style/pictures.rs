//! Pictures as these commands read and write them.

use std::path::Path;

use crate::cli::dream::{shrunk, sizes};
use crate::cli::{Failure, Outcome};
use crate::data::picture;
use crate::learn::sheet::ContactSheet;
use crate::world::frame::write_atomic;

/// A picture in 0..1, channels last, with its height and width.
pub type Picture = (Vec<f32>, (usize, usize));

/// A coloured picture of a file, no longer than `most` pixels.
pub fn read(file: &Path, most: usize, background: [u8; 3]) -> Result<Picture, Failure> {
    let image = picture::rgb(file, background)?;
    let (from, size) = sizes((image.height() as usize, image.width() as usize), most);
    let rgb = image.into_raw().iter().map(|v| *v as f32 / 255.0).collect();
    Ok((shrunk(rgb, from, size, 3), size))
}

/// The same with as many channels as a judge sees.
pub fn seen((rgb, size): Picture, channels: usize) -> Picture {
    match channels {
        1 => (rgb.chunks_exact(3).map(luma).collect(), size),
        _ => (rgb, size),
    }
}

/// Luminance of a colour, of its sRGB values.
pub fn luma(p: &[f32]) -> f32 {
    0.2126 * p[0] + 0.7152 * p[1] + 0.0722 * p[2]
}

/// A picture of one channel or three as bytes.
pub fn sheet(x: &[f32], (height, width): (usize, usize)) -> ContactSheet {
    let channels = x.len() / (height * width).max(1);
    let byte = |v: f32| (v * 255.0 + 0.5) as u8;
    let rgb =
        x.chunks_exact(channels.max(1)).flat_map(|p| [0, 1, 2].map(|c| byte(p[c % channels]))).collect();
    ContactSheet { width, height, rgb }
}

/// Writes a picture as PNG, and says where.
pub fn save(x: &[f32], size: (usize, usize), out: &Path) -> Outcome {
    write_atomic(out, &sheet(x, size).png().map_err(Failure::failed)?).map_err(Failure::failed)?;
    println!("{}", out.display());
    Ok(())
}
