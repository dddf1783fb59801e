//! Knobs, ports and readouts.

use world::rng::Rng;
use world::system::{Port, Readout};

world::params! {
    /// Bodies, home, food and scent.
    pub struct Knobs {
        /// How many agents there are.
        agents: u32 = 20000 in 1..=262144, rebirth;
        /// Where they are born: at home, or anywhere.
        start: Choice = "home" of ["home", "scattered"], rebirth;
        /// Full speed; each agent has three to five quarters of it.
        speed: f32 = 40.0 in 0.0..=240.0, unit "cells/s";
        /// The most a body turns.
        agility: f32 = 1.5 in 0.05..=10.0, unit "turns/s";
        /// What lies beyond the border: the other side, or a wall.
        edge: Choice = "torus" of ["torus", "walls"];
        /// Obstacle above which a cell is solid.
        solid: f32 = 0.5 in -1000.0..=1000.0;
        /// How far a flow of 1 carries an agent in a tick.
        drift: f32 = 1.0 in -100.0..=100.0, unit "cells";
        /// Home, across, of the world's width.
        home_x: f32 = 0.5 in 0.0..=1.0;
        /// Home, down, of the world's height.
        home_y: f32 = 0.5 in 0.0..=1.0;
        /// Radius of home.
        home_radius: f32 = 10.0 in 0.5..=256.0, unit "cells";
        /// How many patches of food there are while no food is wired.
        patches: u32 = 12 in 0..=64, rebirth;
        /// Their radius.
        patch_radius: f32 = 12.0 in 1.0..=128.0, unit "cells", rebirth;
        /// Least food in a cell that is worth picking up.
        appetite: f32 = 0.1 in 0.001..=10.0, Log;
        /// Loads that one unit of food in one cell makes.
        portions: f32 = 8.0 in 1.0..=1000.0, Log;
        /// Food that grows again where some was eaten.
        regrow: f32 = 0.02 in 0.0..=10.0, unit "1/s";
        /// Time constant of the smell of food: the longer, the farther it carries.
        odour: f32 = 1.0 in 0.02..=20.0, Log, unit "s";
        /// Time constant in which scent evaporates.
        evaporation: f32 = 8.0 in 0.05..=600.0, Log, unit "s";
        /// Share of scent that spreads to the neighbouring cells in a tick.
        diffusion: f32 = 0.1 in 0.0..=1.0;
        /// Time constant of the trails in `presence` and `carried`.
        trail: f32 = 0.4 in 0.01..=60.0, Log, unit "s";
        /// How far agents see the company they flock with.
        sight: f32 = 12.0 in 4.0..=64.0, unit "cells";
    }
}

/// Positions in [`INPUTS`].
pub mod input {
    pub const OBSTACLE: usize = 0;
    pub const FOOD: usize = 1;
    pub const DANGER: usize = 2;
    pub const FLOW: usize = 3;
    pub const SCENT: usize = 4;
    pub const A: usize = 5;
    pub const B: usize = 6;
}

/// Fields that agents sense.
pub const INPUTS: &[Port] = &[
    Port::scalar("obstacle", "cells above `solid` cannot be entered", 0.0, 1.0),
    Port::scalar("food", "food on the ground, instead of the system's own patches", 0.0, 1.0),
    Port::scalar("danger", "what avoid turns away from", 0.0, 1.0),
    Port::vector("flow", "carries agents along", 1.0),
    Port::scalar("scent", "any smell, for gradient layers", 0.0, 1.0),
    Port::scalar("a", "any field, for gradient layers", 0.0, 1.0),
    Port::scalar("b", "any field, for gradient layers", 0.0, 1.0),
];

/// Positions in [`OUTPUTS`]; the layers' activities follow.
pub mod output {
    pub const PRESENCE: usize = 0;
    pub const SCENT: usize = 1;
    pub const TRAIL: usize = 2;
    pub const NEST: usize = 3;
    pub const CARRIED: usize = 4;
    pub const FOOD: usize = 5;
    pub const LAYER: usize = 6;
}

const fn activity(name: &'static str, about: &'static str) -> Port {
    Port::scalar(name, about, 0.0, 2.0)
}

/// Fields that agents leave.
pub const OUTPUTS: &[Port] = &[
    Port::scalar("presence", "agents in a cell, with their trails", 0.0, 6.0),
    Port::vector("scent", "both scents: towards home, and towards food", 20.0),
    Port::scalar("trail", "scent that leads to food", 0.0, 20.0),
    Port::scalar("nest", "scent that leads home", 0.0, 20.0),
    Port::scalar("carried", "agents with a load in a cell, with their trails", 0.0, 4.0),
    Port::scalar("food", "food on the ground", 0.0, 1.0),
    activity("layer1", "agents in a cell whose lowest layer is in command"),
    activity("layer2", "agents in a cell whose second layer is in command"),
    activity("layer3", "agents in a cell whose third layer is in command"),
    activity("layer4", "agents in a cell whose fourth layer is in command"),
    activity("layer5", "agents in a cell whose fifth layer is in command"),
    activity("layer6", "agents in a cell whose sixth layer is in command"),
    activity("layer7", "agents in a cell whose seventh layer is in command"),
    activity("layer8", "agents in a cell whose eighth layer is in command"),
];

/// Positions in [`READOUTS`]; the layers' shares follow.
pub mod readout {
    pub const BROUGHT_HOME: usize = 0;
    pub const INCOME: usize = 1;
    pub const CARRYING: usize = 2;
    pub const SPEED: usize = 3;
    pub const COVERED: usize = 4;
    pub const BUMPS: usize = 5;
    pub const FOOD: usize = 6;
    pub const COMMAND: usize = 7;
}

const fn share(name: &'static str, about: &'static str) -> Readout {
    Readout { name, about, lo: 0.0, hi: 1.0 }
}

/// Scalars.
pub const READOUTS: &[Readout] = &[
    Readout { name: "brought_home", about: "loads brought home since birth", lo: 0.0, hi: 10000.0 },
    Readout { name: "income", about: "loads brought home a minute, over about 5 s", lo: 0.0, hi: 20000.0 },
    share("carrying", "share of agents with a load"),
    Readout { name: "speed", about: "mean speed, cells/s", lo: 0.0, hi: 80.0 },
    share("covered", "share of cells with a trail younger than 4.6 times `trail`"),
    share("bumps", "share of agents that touched something in the last tick"),
    share("food_left", "mean food a cell"),
    share("command1", "share of agents whose lowest layer is in command"),
    share("command2", "share of agents whose second layer is in command"),
    share("command3", "share of agents whose third layer is in command"),
    share("command4", "share of agents whose fourth layer is in command"),
    share("command5", "share of agents whose fifth layer is in command"),
    share("command6", "share of agents whose sixth layer is in command"),
    share("command7", "share of agents whose seventh layer is in command"),
    share("command8", "share of agents whose eighth layer is in command"),
];

/// Few enough bodies in a small world that their ways can be told apart.
pub fn habitat(r: Rng) -> Vec<(&'static str, f64)> {
    vec![
        ("agents", libm::floor(libm::pow(10.0, 2.6 + 1.2 * r.unit64(0)))),
        ("home_x", 0.2 + 0.6 * r.unit64(1)),
        ("home_y", 0.2 + 0.6 * r.unit64(2)),
        ("home_radius", 4.0 + 8.0 * r.unit64(3)),
        ("patches", 4.0 + r.below(4, 14) as f64),
        ("patch_radius", 3.0 + 9.0 * r.unit64(5)),
    ]
}
