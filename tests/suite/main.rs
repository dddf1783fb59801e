//! Every integration test, in one binary so that it links once.

#![allow(clippy::disallowed_methods, clippy::disallowed_types, reason = "tests may measure")]

/// The same allocator as the program's.
#[global_allocator]
static ALLOCATOR: untrained::bench::memory::Counted<std::alloc::System> =
    untrained::bench::memory::Counted(std::alloc::System);

mod acoustic_loop;
mod architecture;
#[cfg(feature = "stage")]
mod audience;
#[cfg(feature = "judge")]
mod bad_input;
#[cfg(feature = "network")]
mod blind;
#[cfg(all(feature = "stage", feature = "network"))]
mod browser;
mod children;
#[cfg(feature = "judge")]
mod collapse;
#[cfg(feature = "judge")]
mod compare;
mod competence;
#[cfg(all(feature = "stage", feature = "network"))]
mod controllers;
#[cfg(feature = "judge")]
mod damage;
#[cfg(feature = "judge")]
mod dataset;
mod discs;
#[cfg(all(feature = "judge", feature = "stage", target_os = "linux"))]
mod doctor;
#[cfg(feature = "stage")]
mod documents;
#[cfg(feature = "stage")]
mod effects;
mod escape;
mod examples;
mod frame;
mod fuzz;
mod golden;
#[cfg(feature = "judge")]
mod inputs;
mod lattice_gas;
mod lbm;
#[cfg(feature = "judge")]
mod learn;
mod life;
mod masks;
mod metrics;
#[cfg(all(feature = "stage", target_os = "linux"))]
mod monitors;
mod noise;
#[cfg(feature = "judge")]
mod odd_inputs;
mod output;
mod promises;
#[cfg(all(feature = "stage", feature = "network"))]
mod proxy;
#[cfg(all(feature = "stage", feature = "network"))]
mod remote;
#[cfg(all(feature = "stage", feature = "network"))]
mod returns;
#[cfg(feature = "stage")]
mod seen;
#[cfg(feature = "judge")]
mod sets;
#[cfg(feature = "judge")]
mod shelf;
#[cfg(feature = "stage")]
mod show;
#[allow(dead_code, reason = "the library's own tests use it too")]
mod skip;
mod sound;
mod sprout;
#[cfg(feature = "stage")]
mod stagecraft;
#[cfg(feature = "judge")]
mod style;
#[cfg(all(feature = "stage", target_os = "linux"))]
mod supervised;
mod tapes;
mod taste;
mod tools;
#[cfg(feature = "judge")]
mod training;
mod vectors;
mod verify;
#[cfg(feature = "stage")]
mod window;
#[cfg(feature = "judge")]
mod worlds;
