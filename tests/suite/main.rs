//! Every integration test, in one binary so that it links once.

mod architecture;
#[cfg(feature = "judge")]
mod bad_input;
#[cfg(all(feature = "stage", feature = "network"))]
mod browser;
#[cfg(feature = "judge")]
mod collapse;
#[cfg(feature = "judge")]
mod compare;
mod competence;
#[cfg(feature = "judge")]
mod dataset;
mod escape;
mod frame;
mod fuzz;
#[cfg(all(feature = "stage", feature = "network"))]
mod hands;
mod lbm;
#[cfg(feature = "judge")]
mod learn;
mod life;
mod metrics;
#[cfg(all(feature = "stage", target_os = "linux"))]
mod monitors;
mod noise;
mod output;
mod promises;
#[cfg(all(feature = "stage", feature = "network"))]
mod remote;
mod shared;
#[cfg(feature = "stage")]
mod show;
mod sound;
#[cfg(feature = "stage")]
mod stagecraft;
#[cfg(all(feature = "stage", target_os = "linux"))]
mod supervised;
#[cfg(feature = "judge")]
mod training;
#[cfg(feature = "stage")]
mod window;
