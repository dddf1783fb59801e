//! Knobs, ports and readouts.

use world::rng::Rng;

world::choices! {
    /// Initial positions of agents.
    pub enum Start {
        /// At home.
        Home: "home",
        /// Anywhere.
        Scattered: "scattered",
    }
}

world::choices! {
    /// Boundary condition.
    pub enum Border {
        /// Periodic.
        Torus: "torus",
        /// A wall.
        Walls: "walls",
    }
}

world::params! {
    /// Bodies, home, food and scent.
    pub struct Knobs {
        /// Number of agents.
        agents: u32 = 20000 in 1..=262144, rebirth;
        /// Initial positions: at home, or anywhere.
        start: Choice of Start = "home", rebirth;
        /// Full speed; each agent has between 3/4 and 5/4 of it.
        speed: f32 = 40.0 in 0.0..=240.0, unit "cells/s";
        /// Greatest turning rate.
        agility: f32 = 1.5 in 0.05..=10.0, unit "turns/s";
        /// Boundary condition: periodic, or a wall.
        edge: Choice of Border = "torus";
        /// Value of `obstacle` above which a cell is solid.
        solid: f32 = 0.5 in -1000.0..=1000.0;
        /// How far a flow of 1 carries an agent in a tick.
        drift: f32 = 1.0 in -100.0..=100.0, unit "cells";
        /// Position of home across, as a fraction of the world's width.
        home_x: f32 = 0.5 in 0.0..=1.0;
        /// Position of home down, as a fraction of the world's height.
        home_y: f32 = 0.5 in 0.0..=1.0;
        /// Radius of home.
        home_radius: f32 = 10.0 in 0.5..=256.0, unit "cells";
        /// Number of patches of food while no food is wired.
        patches: u32 = 12 in 0..=64, rebirth;
        /// Radius of the patches.
        patch_radius: f32 = 12.0 in 1.0..=128.0, unit "cells", rebirth;
        /// Least food in a cell that is picked up.
        appetite: f32 = 0.1 in 0.001..=10.0, Log;
        /// Loads per unit of food in a cell.
        portions: f32 = 8.0 in 1.0..=1000.0, Log;
        /// Regrowth of eaten food.
        regrow: f32 = 0.02 in 0.0..=10.0, unit "1/s";
        /// Time constant of the smell of food: the longer, the farther it carries.
        odour: f32 = 1.0 in 0.02..=20.0, Log, unit "s";
        /// Time constant of the evaporation of scent.
        evaporation: f32 = 8.0 in 0.05..=600.0, Log, unit "s";
        /// Share of scent that diffuses to the neighbouring cells in a tick.
        diffusion: f32 = 0.1 in 0.0..=1.0;
        /// Time constant of the trails in `presence` and `carried`.
        trail: f32 = 0.4 in 0.01..=60.0, Log, unit "s";
        /// How far agents see the others they flock with.
        sight: f32 = 12.0 in 4.0..=64.0, unit "cells";
    }
}

world::inputs! {
    /// Fields that agents sense.
    pub enum Input {
        /// cells above `solid` cannot be entered
        Obstacle: "obstacle" scalar 0.0..=1.0;
        /// food, instead of the system's own patches
        Food: "food" scalar 0.0..=1.0;
        /// what avoid turns away from
        Danger: "danger" scalar 0.0..=1.0;
        /// carries agents along
        Flow: "flow" vector 1.0;
        /// any smell, for gradient layers
        Scent: "scent" scalar 0.0..=1.0;
        /// any field, for gradient layers
        A: "a" scalar 0.0..=1.0;
        /// any field, for gradient layers
        B: "b" scalar 0.0..=1.0;
    }
}

world::outputs! {
    /// Fields that agents leave.
    pub enum Output {
        /// agents in a cell, with their trails
        Presence: "presence" scalar 0.0..=6.0;
        /// both scents: towards home, and towards food
        Scent: "scent" vector 20.0;
        /// scent that leads to food
        Trail: "trail" scalar 0.0..=20.0;
        /// scent that leads home
        Nest: "nest" scalar 0.0..=20.0;
        /// agents with a load in a cell, with their trails
        Carried: "carried" scalar 0.0..=4.0;
        /// food
        Food: "food" scalar 0.0..=1.0;
        /// agents in a cell whose lowest layer is in command
        Layer1: "layer1" scalar 0.0..=2.0;
        /// agents in a cell whose second layer is in command
        Layer2: "layer2" scalar 0.0..=2.0;
        /// agents in a cell whose third layer is in command
        Layer3: "layer3" scalar 0.0..=2.0;
        /// agents in a cell whose fourth layer is in command
        Layer4: "layer4" scalar 0.0..=2.0;
        /// agents in a cell whose fifth layer is in command
        Layer5: "layer5" scalar 0.0..=2.0;
        /// agents in a cell whose sixth layer is in command
        Layer6: "layer6" scalar 0.0..=2.0;
        /// agents in a cell whose seventh layer is in command
        Layer7: "layer7" scalar 0.0..=2.0;
        /// agents in a cell whose eighth layer is in command
        Layer8: "layer8" scalar 0.0..=2.0;
    }
}

world::readouts! {
    /// What it reports each tick.
    pub enum Readout {
        /// loads brought home since the start
        BroughtHome: "brought_home" 0.0..=10000.0;
        /// loads brought home per minute, over about 5 s
        Income: "income" 0.0..=20000.0;
        /// share of agents with a load
        Carrying: "carrying" 0.0..=1.0;
        /// mean speed, cells/s
        Speed: "speed" 0.0..=80.0;
        /// share of cells with a trail younger than 4.6 times `trail`
        Covered: "covered" 0.0..=1.0;
        /// share of agents that touched something in the last tick
        Bumps: "bumps" 0.0..=1.0;
        /// mean food per cell
        FoodLeft: "food_left" 0.0..=1.0;
        /// share of agents whose lowest layer is in command
        Command1: "command1" 0.0..=1.0;
        /// share of agents whose second layer is in command
        Command2: "command2" 0.0..=1.0;
        /// share of agents whose third layer is in command
        Command3: "command3" 0.0..=1.0;
        /// share of agents whose fourth layer is in command
        Command4: "command4" 0.0..=1.0;
        /// share of agents whose fifth layer is in command
        Command5: "command5" 0.0..=1.0;
        /// share of agents whose sixth layer is in command
        Command6: "command6" 0.0..=1.0;
        /// share of agents whose seventh layer is in command
        Command7: "command7" 0.0..=1.0;
        /// share of agents whose eighth layer is in command
        Command8: "command8" 0.0..=1.0;
    }
}

/// Few enough agents in a small world that their paths can be distinguished.
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
