//! The shipped imitators: generators trained on pictures of a shipped scene.

/// What an imitator's name begins with, on the command line and in scene files: `imitator:ink`.
pub const IMITATOR: &str = "imitator:";

/// The shipped imitators: the scene that each was trained on, and its weights.
pub const IMITATORS: &[(&str, &[u8])] = &[("street", STREET), ("ink", INK), ("julia", JULIA)];

/// The imitator of `street`: a variational autoencoder.
pub const STREET: &[u8] = include_bytes!("../../../assets/street.safetensors");
/// The imitator of `ink`: denoising diffusion.
const INK: &[u8] = include_bytes!("../../../assets/ink.safetensors");
/// The imitator of `julia`: a Gaussian mixture.
const JULIA: &[u8] = include_bytes!("../../../assets/julia.safetensors");

/// The weights of a scene's imitator.
///
/// # Errors
/// None is shipped for that scene; the message lists those that are.
pub fn imitator_of(scene: &str) -> Result<&'static [u8], String> {
    let found = IMITATORS.iter().find(|(name, _)| *name == scene);
    found.map(|(_, weights)| *weights).ok_or_else(|| {
        let known: Vec<&str> = IMITATORS.iter().map(|(name, _)| *name).collect();
        format!("no imitator of `{scene}` is shipped (there are those of {})", known.join(", "))
    })
}
