//! Cases against the reference folder: all pass; each number that is changed fails the case that it belongs to; no file
//! breaks the program.

mod changed;
mod damage;
mod folders;
mod hostile;
#[cfg(feature = "judge")]
mod networks;
mod swarms;
mod whole;
