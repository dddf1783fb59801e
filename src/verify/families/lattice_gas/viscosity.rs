//! Kinematic viscosity of a model on triangles in Boltzmann's approximation, from its collisions, and as published.

use systems::gas::lattice_gas::circuit::collide;
use systems::gas::lattice_gas::model::Model;

use super::symmetries::states;

/// Viscosity at `density` particles per place, in cells²/step: the rate at which collisions take down a shear, by the
/// collision operator linearised about equilibrium, averaged over both chiralities (Frisch et al. 1987).
pub fn of_collisions(model: Model, density: f64) -> f64 {
    let shear: Vec<f64> = model.velocities().iter().map(|c| f64::from(c[0]) * f64::from(c[1])).collect();
    let norm: f64 = shear.iter().map(|q| q * q).sum();
    let holds = |state: u8, place: usize| f64::from(state >> place & 1);
    let mut rate = 0.0;
    for state in states(model) {
        let places = 0..model.planes();
        let chance: f64 =
            places.clone().map(|p| if holds(state, p) > 0.0 { density } else { 1.0 - density }).product();
        // How much likelier the state is in a gas that is sheared a little.
        let tilt: f64 = places.clone().map(|p| (holds(state, p) - density) * shear[p]).sum();
        let tilt = tilt / (density * (1.0 - density));
        for chirality in [false, true] {
            let after = collide(model, state, chirality);
            let change: f64 = places.clone().map(|p| (holds(after, p) - holds(state, p)) * shear[p]).sum();
            rate -= 0.5 * chance * tilt * change / norm;
        }
    }
    0.25 / rate - 0.125
}

/// The published formula (Frisch et al. 1987; d'Humières and Lallemand 1987).
pub fn published(model: Model, d: f64) -> f64 {
    let free = 1.0 - d;
    let first = match model {
        Model::FhpTwo => 1.0 / (28.0 * d * free * free * free * (1.0 - 4.0 * d / 7.0)),
        Model::FhpThree => 1.0 / (28.0 * d * free * (1.0 - 8.0 * d * free / 7.0)),
        // HPP has no viscosity of this kind: its lattice is not isotropic.
        Model::Hpp | Model::FhpOne => 1.0 / (12.0 * d * free * free * free),
    };
    first - 0.125
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn collisions_give_the_published_viscosity_at_any_density() {
        for model in [Model::FhpOne, Model::FhpTwo, Model::FhpThree] {
            for k in 1..20 {
                let d = 0.05 * f64::from(k);
                let (found, exact) = (of_collisions(model, d), published(model, d));
                assert!(
                    (found - exact).abs() < 2e-7 * exact.abs().max(1.0),
                    "{model:?} {d}: {found} {exact}"
                );
            }
        }
    }
}
