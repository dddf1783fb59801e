//! A texture that a velocity field carries along: motion learned from the rule's own velocity, which stands in for the
//! optical-flow network of DyNCA (Pajouheshgar, Xu, Zhang and Süsstrunk 2023).
//!
//! The velocity carries the cells, with all that they hold; then they update, and each is given the velocity at its place
//! besides its neighbours' states. The texture is that of the frames ([`super::texture`]); after a few steps the picture
//! must be the earlier one carried by that velocity ([`super::motion`]). Without `transport` the network alone has to
//! move the picture, as in DyNCA; a swirling world whose colours have no wavelength of their own it does not learn so. As
//! a learned world it turns a picture and the velocity of the rule into the next picture; on stage the system `nca` takes
//! the velocity from any field.

pub mod data;
pub mod inference;
pub mod settings;
pub mod training;

use crate::dynamics::method::DynamicsMethod;
use crate::training::TrainingConfig;
pub use settings::FlowSettings;
use world::params::Params;

/// The method.
pub const FLOW: DynamicsMethod = DynamicsMethod {
    name: "flow",
    about: "neural cellular automaton whose texture a given velocity carries along (after DyNCA, Pajouheshgar et al. 2023)",
    settings: FlowSettings::SPECS,
    defaults: &[],
    plan: TrainingConfig {
        epochs: 100,
        batch: 4,
        rate: 0.002,
        clip: 1.0,
        patience: 0,
        validation: 0.1,
        seed: 1,
    },
    open: inference::open,
    begin: Some(training::trainer),
    report: |_, _| Vec::new(),
};
