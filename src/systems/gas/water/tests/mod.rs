//! Water against exact solutions, against a plain version of itself, and against what must never happen.

mod dam;
mod lake;
mod light;
mod mass;
mod system;
mod twin;
mod waves;
