//! Moving pictures: the clips of all generators held against the reference's, by the metrics of
//! [`motion`](crate::metrics::motion).
//!
//! Most generators do not begin where the reference does, so what is compared is what their clips are like: spectra in
//! space and time, distributions of values and of changes, memory, flicker, a video distance ([`STATISTICS`]). Those that
//! begin with the reference's own start (the rule from a slightly different start, learned worlds, coarser rules before
//! anything has happened) are held against it frame by frame as well ([`FORECASTS`]).
//!
//! What the reference itself reaches is measured, too: from other starts, which is the floor of the statistics, and from
//! a slightly different one, which is all that chaos allows a forecast. Ceilings are noise, and the first frame for ever.

mod aligned;
mod curves;
mod export;
mod figures;
mod report;
mod rollouts;
mod run;
mod sentence;
#[cfg(test)]
mod tests;

pub use aligned::{ALIGNED, aligned};
pub use curves::FilmCurves;
pub use export::write_curves;
pub use figures::{FORECASTS, STATISTICS};
pub use report::{Film, FilmRole, Films};
pub use rollouts::rollouts;
pub use run::{Footage, films};
pub use sentence::sentence;
