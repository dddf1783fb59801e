//! Data augmentation: variations of pictures from which a network learns what does not matter. A file for each, and a line
//! in [`AUGMENTATIONS`].
//!
//! Everything random belongs to an address ([`Rng`](world::rng::Rng)), so a variation is the same bits on any thread. Each
//! has a strength; at strength 0 it changes nothing. Mixes take a second picture, and say what share of the result is the
//! first, from which soft labels follow.

mod blur;
mod colour;
mod crop;
mod cutmix;
mod cutout;
mod declaration;
mod elastic;
mod flip;
mod image;
mod list;
mod mixup;
mod noise;
mod rotate;
mod shear;
#[cfg(test)]
mod tests;

pub use declaration::{Augmentation, Effect, Strength};
pub use image::Image;
pub use list::{Augmentations, Mixture, Step};

/// All augmentations.
pub static AUGMENTATIONS: &[Augmentation] = &[
    flip::AUGMENTATION,
    crop::AUGMENTATION,
    rotate::AUGMENTATION,
    shear::AUGMENTATION,
    elastic::AUGMENTATION,
    colour::AUGMENTATION,
    blur::AUGMENTATION,
    noise::AUGMENTATION,
    cutout::AUGMENTATION,
    mixup::AUGMENTATION,
    cutmix::AUGMENTATION,
];
