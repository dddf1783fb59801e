//! Motion of a picture by a velocity field: [`advection`] carries it, [`loss`] measures how far a picture is from being
//! carried, [`calibration`] finds how far a velocity carries a picture, [`scale`] is what a rule is told.

pub mod advection;
pub mod calibration;
pub mod loss;
pub mod scale;
