//! Style transfer with the eyes of a judge: a picture with the forms of one and the texture of another.
//!
//! What a layer responds to, without where, is the style of a picture: the mean products of its channels ([`moments`],
//! Gatys et al. 2015). A [`perceptual`] loss holds a picture against the style of one and the content of another; descending
//! along its gradient paints a still ([`still`]). All of it stands on the gradients of the judge at inference, so the same
//! pictures give the same bits on every machine.

pub mod colours;
pub mod moments;
pub mod painter;
pub mod palette;
pub mod perceptual;
pub mod still;

#[cfg(test)]
mod tests;
