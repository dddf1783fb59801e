#[cfg(feature = "judge")]
mod command;
mod gas;
mod image;
mod laws;
mod partial;
mod tool;
mod transport;
