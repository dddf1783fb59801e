//! The knobs and ports of `physarum`.

use super::law::Law;
use world::params;

/// Species at most.
pub const SPECIES: usize = 3;

world::choices! {
    /// Where agents begin.
    pub enum Start {
        /// Anywhere, facing anywhere.
        Scattered: "scattered",
        /// In a disc in the middle, facing outwards.
        Disc: "disc",
        /// On a circle, facing inwards.
        Ring: "ring",
    }
}

world::choices! {
    /// What lies beyond the border.
    pub enum Border {
        /// The other side.
        Torus: "torus",
        /// A wall.
        Walls: "walls",
    }
}

params! {
    /// The species and their trails.
    pub struct PhysarumKnobs {
        /// Agents, shared equally among the species.
        agents: u32 = 40_000 in 1..=2_000_000, Log, rebirth;
        /// Species, each with its own trail.
        species: u32 = 1 in 1..=3, rebirth;
        /// Where they begin.
        start: Choice of Start = "scattered", rebirth;
        /// Steps a tick.
        steps: u32 = 1 in 0..=8, unit "steps/tick";
        /// How far an agent moves in a step.
        step: f32 = 1.0 in 0.0..=4.0, unit "cells";
        /// Share of the trail that is lost in a step.
        decay: f32 = 0.1 in 0.005..=1.0, Log, unit "1/step";
        /// Angle between the sensors of the first species.
        sensor_angle: f32 = 22.5 in 0.0..=180.0, unit "°";
        /// How far ahead the first species senses.
        sensor_distance: f32 = 9.0 in 0.0..=64.0, unit "cells";
        /// By how much the first species turns.
        turn_angle: f32 = 45.0 in 0.0..=180.0, unit "°";
        /// What an agent of the first species leaves.
        deposit: f32 = 5.0 in 0.0..=100.0, unit "trail";
        /// Angle between the sensors of the second species.
        sensor_angle_2: f32 = 45.0 in 0.0..=180.0, unit "°";
        /// How far ahead the second species senses.
        sensor_distance_2: f32 = 14.0 in 0.0..=64.0, unit "cells";
        /// By how much the second species turns.
        turn_angle_2: f32 = 30.0 in 0.0..=180.0, unit "°";
        /// What an agent of the second species leaves.
        deposit_2: f32 = 5.0 in 0.0..=100.0, unit "trail";
        /// Angle between the sensors of the third species.
        sensor_angle_3: f32 = 30.0 in 0.0..=180.0, unit "°";
        /// How far ahead the third species senses.
        sensor_distance_3: f32 = 6.0 in 0.0..=64.0, unit "cells";
        /// By how much the third species turns.
        turn_angle_3: f32 = 60.0 in 0.0..=180.0, unit "°";
        /// What an agent of the third species leaves.
        deposit_3: f32 = 5.0 in 0.0..=100.0, unit "trail";
        /// How the trails of other species count: −1 repel as much as the own attracts, 0 not at all, 1 attract.
        others: f32 = -0.5 in -2.0..=2.0;
        /// Pursuit: each species is attracted by the next one's trail and repelled by the one before; below 0 the other way.
        pursuit: f32 = 0.0 in -2.0..=2.0;
        /// How much food attracts, in mean trails.
        appetite: f32 = 8.0 in -64.0..=64.0;
        /// How much light repels, in mean trails.
        shyness: f32 = 8.0 in -64.0..=64.0;
        /// What lies beyond the border.
        edge: Choice of Border = "torus";
    }
}

impl PhysarumKnobs {
    /// How a species moves, and what each of its agents leaves.
    pub fn law(&self, species: usize) -> (Law<f32>, f32) {
        let k = self;
        let (sensor_angle, reach, turn_angle, deposit) = match species {
            0 => (k.sensor_angle, k.sensor_distance, k.turn_angle, k.deposit),
            1 => (k.sensor_angle_2, k.sensor_distance_2, k.turn_angle_2, k.deposit_2),
            _ => (k.sensor_angle_3, k.sensor_distance_3, k.turn_angle_3, k.deposit_3),
        };
        (Law { reach, sensor_angle, turn_angle, step: self.step }, deposit)
    }
}

world::inputs! {
    /// Fields that may drive it.
    pub enum Input {
        /// Attracts.
        Food: "food" scalar 0.0..=1.0;
        /// Repels.
        Light: "light" scalar 0.0..=1.0;
        /// No agent enters cells where this is above a half.
        Obstacle: "obstacle" scalar 0.0..=1.0;
        /// Multiplies how far agents sense where they are, 0 to 4; 1 where nothing is wired.
        Sight: "sight" scalar 0.0..=2.0;
        /// Multiplies the angles between sensors and of turns where agents are, 0 to 4; 1 where nothing is wired.
        Bend: "bend" scalar 0.0..=2.0;
    }
}

world::outputs! {
    /// Fields that it shows.
    pub enum Output {
        /// Picture: the trails as light, each species with a colour of its own.
        Picture: "picture" colour;
        /// Trail of the first species, relative to its mean if it were even.
        Trail: "trail" scalar 0.0..=8.0;
        /// Trail of the second species.
        Trail2: "trail_2" scalar 0.0..=8.0;
        /// Trail of the third species.
        Trail3: "trail_3" scalar 0.0..=8.0;
        /// Trails of all species.
        All: "all" scalar 0.0..=8.0;
    }
}

world::readouts! {
    /// What it reports each tick.
    pub enum Readout {
        /// Spread of the trails relative to their mean: 0 is even, high where a few veins carry all.
        Contrast: "contrast" 0.0..=4.0;
        /// Share of the cells with more than the mean.
        Covered: "covered" 0.0..=1.0;
        /// Share of the trail of the first species that lies where another has more.
        Contested: "contested" 0.0..=1.0;
    }
}
