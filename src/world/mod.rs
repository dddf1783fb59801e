//! The engine's room: worlds, scenes and frames, knowing no system by name, no window, no device, no network.

pub mod engine;
pub mod field;
pub mod frame;
pub mod heard;
pub mod limits;
pub mod names;
pub mod node;
pub mod params;
pub mod rng;
pub mod scene;
pub mod signal;
pub mod system;
pub mod tape;
pub mod vectors;
pub mod view;
pub mod voice;
pub(crate) mod widest;
