//! Metrics of single pictures and of pairs.
//!
//! A picture is a [`Grey`]; shape measures take a [`Mask`]. Metrics defined on 8-bit levels (entropy, Otsu, grey-level
//! co-occurrence, compressed size) use [`Grey::levels`], the others the values as they are.
//! In pairs the first picture is the reference.

mod fidelity;
mod fit;
mod fractal;
mod grey;
mod information;
mod mask;
mod ms_ssim;
mod neighbours;
#[cfg(test)]
mod samples;
mod shape;
mod similarity;
mod spatial;
mod spectrum;
mod ssim;
mod symmetry;
mod texture;
mod window;

pub use fidelity::{uqi, uqi_sewar, vif};
pub(super) use fit::slope;
pub use fractal::{box_count, box_dimension, lacunarity};
pub use grey::Grey;
pub use information::{compressed_size, edge_density, entropy, laplacian_variance};
pub use mask::Mask;
pub use ms_ssim::{ms_ssim, ms_ssim_of, scales};
pub use neighbours::Neighbours;
pub use shape::{components, euler_number, otsu, perimeter};
pub use similarity::{mse, nmi, nrmse, psnr};
pub use spatial::{Moran, geary, moran};
pub use spectrum::{power_slope, radial_power};
pub use ssim::{Ssim, SsimWindow, ssim};
pub use symmetry::{half_turn, left_right, up_down};
pub use texture::{Cooccurrence, cooccurrence, local_patterns};
