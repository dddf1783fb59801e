//! Every integration test, in one binary so that it links once.

mod architecture;
mod escape;
mod noise;
mod promises;
#[cfg(feature = "stage")]
mod window;
