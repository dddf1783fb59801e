//! The engine's room: worlds, scenes and frames, knowing no system by name, no window, no device, no network.

pub mod field;
pub mod frame;
pub mod params;
pub mod rng;
pub mod system;
pub mod view;
