//! A learned world held against the rule that it learned, from the same starts: how far it forecasts, and what it is
//! like after that.
//!
//! Beside it always stand what needs no learning: persistence, the same rule on cells two and four times as
//! wide, and the rule from a slightly different start, which is all that chaos allows. A world that learned what is shown
//! is a generator of pictures, too ([`PictureWorld`]).

mod export;
mod page;
mod pictures;
mod report;
mod rival;
mod run;
mod setup;
mod verdict;

pub use pictures::PictureWorld;
pub use report::{Forecast, RivalReport};
pub use rival::{Rival, RivalKind};
pub use run::forecast;
pub use setup::{ForecastError, ForecastSetup, layout};
