//! Tests: the rules against published values and theory, the world against its promises.

mod beats;
mod laws;
mod published;
mod swarms;
mod world_of;
