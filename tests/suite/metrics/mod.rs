#[cfg(feature = "judge")]
mod command;
mod image;
mod transport;
