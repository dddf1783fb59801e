//! Every integration test, in one binary so that it links once.

mod architecture;
mod escape;
mod frame;
mod lbm;
mod noise;
mod output;
mod promises;
#[cfg(feature = "stage")]
mod window;
