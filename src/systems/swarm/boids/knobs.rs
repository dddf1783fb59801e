//! The knobs and ports of `boids`.

use world::params;

world::choices! {
    /// How bodies steer.
    pub enum Model {
        /// Separation, alignment and cohesion (Reynolds 1987).
        Reynolds: "reynolds",
        /// Each takes the mean direction of those in sight, off by noise (Vicsek et al. 1995).
        Vicsek: "vicsek",
    }
}

world::choices! {
    /// What lies beyond the border.
    pub enum Border {
        /// The other side.
        Torus: "torus",
        /// A wall, from which bodies turn away.
        Walls: "walls",
    }
}

params! {
    /// How bodies sense and steer.
    pub struct BoidKnobs {
        /// Bodies.
        boids: u32 = 4_000 in 1..=1_000_000, Log, rebirth;
        /// How bodies steer.
        model: Choice of Model = "reynolds";
        /// How far a body senses others.
        radius: f32 = 9.0 in 1.0..=64.0, Log, unit "cells";
        /// Only so many of the nearest in sight count (7 in starlings; Ballerini et al. 2008); all of them at 0.
        nearest: u32 = 0 in 0..=16;
        /// Distance that bodies keep.
        distance: f32 = 3.5 in 0.0..=64.0, unit "cells";
        /// Weight of keeping that distance.
        separation: f32 = 1.5 in 0.0..=8.0;
        /// Weight of flying as the others do.
        alignment: f32 = 1.0 in 0.0..=8.0;
        /// Weight of staying with them.
        cohesion: f32 = 0.8 in 0.0..=8.0;
        /// Greatest speed.
        speed: f32 = 48.0 in 0.0..=600.0, unit "cells/s";
        /// Least speed, as a share of the greatest.
        glide: f32 = 0.5 in 0.0..=1.0;
        /// Greatest acceleration of each urge.
        force: f32 = 120.0 in 1.0..=3000.0, Log, unit "cells/s²";
        /// Noise of the direction: of Vicsek's model as a share of the full circle in each tick; else as a random walk, turns
        /// per √s.
        noise: f32 = 0.06 in 0.0..=1.0;
        /// Predators, which chase what they see and from which bodies flee.
        predators: u32 = 0 in 0..=16;
        /// From how far bodies flee from a predator.
        fear: f32 = 24.0 in 0.0..=200.0, unit "cells";
        /// How strongly bodies go where `lure` is high, or away from there below 0.
        appeal: f32 = 1.0 in -8.0..=8.0;
        /// How far a current of 1 carries them.
        drift: f32 = 30.0 in -300.0..=300.0, unit "cells/s";
        /// Time constant of the light that they leave in `picture` and `glow`.
        fade: f32 = 0.25 in 0.02..=20.0, Log, unit "s";
        /// What lies beyond the border.
        edge: Choice of Border = "torus";
    }
}

world::inputs! {
    /// Fields that may drive it.
    pub enum Input {
        /// Carries them; long vectors are limited to length 4.
        Wind: "wind" vector 1.0;
        /// Draws them up its slope.
        Lure: "lure" scalar 0.0..=1.0;
        /// They steer clear of cells where this is above a half, and never enter them.
        Obstacle: "obstacle" scalar 0.0..=1.0;
    }
}

world::outputs! {
    /// Fields that it shows.
    pub enum Output {
        /// Picture: light trails, warm where they fly to the right, cool to the left; predators red.
        Picture: "picture" colour;
        /// Light that they leave.
        Glow: "glow" scalar 0.0..=2.0;
        /// Bodies in each cell.
        Boids: "boids" scalar 0.0..=2.0;
        /// Their mean velocity along the trails, in greatest speeds.
        Flow: "flow" vector 1.0;
    }
}

world::readouts! {
    /// What it reports each tick.
    pub enum Readout {
        /// Order: 1 if all fly the same way, near 0 if anyhow.
        Order: "order" 0.0..=1.0;
        /// Mean speed as a share of the greatest.
        Pace: "pace" 0.0..=1.0;
        /// Mean number of others in sight.
        Neighbours: "neighbours" 0.0..=60.0;
        /// Share of the bodies that flee from a predator.
        Alarm: "alarm" 0.0..=1.0;
    }
}
