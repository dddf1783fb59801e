//! The show's own thread: the world ticks here at a fixed rate while the window draws at its own.
//!
//! ```text
//!             commands (channel)
//!   window  ─────────────────────►  show thread: World::tick, 60 a second
//!           ◄─────────────────────
//!             newest picture, newest state (triple buffers)
//! ```
//! Neither side ever waits for the other. Nothing here knows a window.

mod board;
mod clock;
mod thread;

pub use board::{
    Face, LayerFace, LayerState, LinkFace, LinkState, NodeFace, NodeState, SideState, State, VerdictState,
    Way,
};
pub use clock::Clock;
pub use thread::{Command, Show, Turn, World};
