//! Full-screen effects (`shaders/*.glsl`): they change the look on the stage only, never the picture that is
//! judged, recorded or saved.
//!
//! A shader reads `picture` (what the effect is given), `previous` (its own last part) and `history` (what it gave
//! for the last frame), all at `uv`; the numbers `part`, `width`, `height`, `time`; and one number a knob.

mod chain;
mod table;
mod watch;

pub use chain::{Chain, Slot};
pub use table::{EFFECTS, Effect};
