//! The catalogue: one line per system.

#![cfg_attr(test, allow(clippy::disallowed_methods, clippy::disallowed_types, reason = "tests may measure"))]

pub mod automata;
pub mod fractal;
pub mod gas;
pub mod learned;
pub mod reaction;
pub mod real;
#[cfg(test)]
#[allow(dead_code, reason = "other crates' tests use it too")]
#[path = "../../tests/suite/skip.rs"]
mod skip;
pub mod swarm;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
pub mod texture;

use world::system::SystemKind;

/// Every system that scenes may name, in the order of the manual.
pub const CATALOGUE: &[SystemKind] = &[
    SystemKind::of::<automata::life::Life>(),
    SystemKind::of::<gas::lbm::Lbm>(),
    SystemKind::of::<gas::lattice_gas::LatticeGas>(),
    SystemKind::of::<gas::discs::Discs>(),
    SystemKind::of::<gas::convection::Convection>(),
    SystemKind::of::<gas::drops::Drops>(),
    SystemKind::of::<gas::smoke::Smoke>(),
    SystemKind::of::<gas::liquid::Liquid>(),
    SystemKind::of::<gas::water::Water>(),
    SystemKind::of::<gas::membrane::Membrane>(),
    SystemKind::of::<fractal::escape::Escape>(),
    SystemKind::of::<swarm::subsumption::Subsumption>(),
    SystemKind::of::<swarm::boids::Boids>(),
    SystemKind::of::<swarm::physarum::Physarum>(),
    SystemKind::of::<swarm::particle_life::ParticleLife>(),
    SystemKind::of::<swarm::particle_lenia::ParticleLenia>(),
    SystemKind::of::<swarm::synchrony::Synchrony>(),
    SystemKind::of::<swarm::turmites::Turmites>(),
    SystemKind::of::<texture::noise::Noise>(),
    SystemKind::of::<reaction::gray_scott::GrayScott>(),
    SystemKind::of::<learned::latent::Latent>(),
    SystemKind::of::<learned::nca::Nca>(),
    SystemKind::of::<learned::world::LearnedWorld>(),
    SystemKind::of::<learned::eye::Eye>(),
    SystemKind::of::<learned::deepdream::DeepDream>(),
    SystemKind::of::<learned::painter::PainterSystem>(),
];

/// The rule-based systems, which are not trained: the processes that the judge is trained to name.
pub fn rules() -> impl Iterator<Item = &'static SystemKind> {
    CATALOGUE.iter().filter(|k| k.judged)
}

/// The system of that name.
pub fn find(name: &str) -> Option<&'static SystemKind> {
    CATALOGUE.iter().find(|k| k.name == name)
}
