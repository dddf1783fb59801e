//! Knobs and ports.

use world::params;

params! {
    /// How it runs and how it is touched.
    pub struct WorldKnobs {
        /// Frames per tick; fractions accumulate over ticks. A world keeps its own pace at 1 / (ticks a frame that it
        /// learned from).
        rate: f64 = 0.5 in 0.0..=4.0, unit "frames/tick";
        /// Share, removed each frame, of the energy above twice that of the training frames: a network need not know how
        /// a world calms down that was touched harder than any it has seen. 0 leaves it to itself.
        damping: f64 = 0.05 in 0.0..=1.0, unit "1/frame";
        /// Strength of touches, in standard deviations of the state per tick.
        touch_gain: f32 = 0.5 in 0.0..=4.0, unit "σ/tick";
        /// Radius of touches, as a multiple of their own.
        touch_radius: f32 = 1.0 in 0.1..=4.0;
        /// First knob of the learned scene, from the least value (0) to the greatest (1) that the network has seen.
        knob_1: f32 = 0.5 in 0.0..=1.0;
        /// Second knob of the learned scene.
        knob_2: f32 = 0.5 in 0.0..=1.0;
        /// Third knob of the learned scene.
        knob_3: f32 = 0.5 in 0.0..=1.0;
        /// Fourth knob of the learned scene.
        knob_4: f32 = 0.5 in 0.0..=1.0;
        /// Starts again, from another initial condition, when it is switched on.
        restart: bool = false;
    }
}

world::inputs! {
    /// Fields that may drive it: what the network was given in training. Each drives the first planes of its kind; where
    /// nothing is wired these are 0.
    pub enum Input {
        /// Drives the first vector that the network is given, in the units that it was recorded in.
        Force: "force" vector 1.0;
        /// Drives the first scalar that the network is given.
        Drive: "drive" scalar 0.0..=1.0;
        /// Drives the first colour that the network is given, linear RGB.
        Colour: "colour" colour;
    }
}

world::outputs! {
    /// Fields that it shows; those that its state does not have are 0.
    pub enum Output {
        /// The colour of the state, in linear light; without one the vorticity of its velocity, blue anticlockwise and
        /// amber clockwise; without either its first plane, in these colours below and above its mean.
        Picture: "picture" colour;
        /// Velocity, in the units that it was recorded in.
        Velocity: "velocity" vector 0.15;
        /// Vorticity of the velocity, per cell of the network's grid, clockwise positive.
        Vorticity: "vorticity" scalar -0.02..=0.02;
        /// First plane of the state, in standard deviations from the mean of the training frames.
        State: "state" scalar -2.5..=2.5;
        /// Density, if the state has a plane of that name.
        Density: "density" scalar 0.97..=1.03;
    }
}

world::readouts! {
    /// What it reports each tick.
    pub enum Readout {
        /// Mean square of the state, in squared standard deviations from the mean of the training frames: about 1 if it
        /// is as lively as what it learned from.
        Energy: "energy" 0.0..=2.0;
        /// Root mean square change with the last frame, in standard deviations of the state.
        Change: "change" 0.0..=0.2;
        /// Root mean square divergence of the velocity over that of its vorticity: near 0 where a flow is
        /// incompressible.
        Divergence: "divergence" 0.0..=0.5;
        /// Values limited to 20 standard deviations in the last frame.
        Limited: "limited" 0.0..=1000.0;
    }
}

impl WorldKnobs {
    /// The four generic knobs, 0..=1 each.
    pub fn generic(&self) -> [f32; 4] {
        [self.knob_1, self.knob_2, self.knob_3, self.knob_4]
    }
}
