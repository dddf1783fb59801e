//! Settings of a texture that a flow carries.

use crate::nca::cells::rule::CellShape;
use world::params;

params! {
    /// Settings of a texture that a flow carries.
    pub struct FlowSettings {
        /// Channels of a cell's state, visible ones included.
        channels: u32 = 16 in 6..=64;
        /// Hidden units of a cell's network.
        hidden: u32 = 96 in 8..=256;
        /// Distance of the neighbours that a cell sees besides the nearest, in cells; 0 for the nearest only.
        far: u32 = 0 in 0..=16;
        /// Fraction of the cells that update in a step.
        fire: f32 = 0.5 in 0.1..=1.0;
        /// Whether the flow carries the cells, with all that they hold, before their steps; else the network alone has
        /// to move the picture, as in DyNCA.
        transport: bool = true;
        /// Steps of the automaton from a frame to the next.
        steps: u32 = 6 in 1..=32;
        /// Frames of a world between two steps of training; in the second half of them it must be carried.
        frames: u32 = 6 in 2..=32;
        /// Weight of the motion beside the texture.
        motion: f32 = 2.0 in 0.0..=100.0;
        /// Cells a side of the worlds that it learns on, at most the planes' sides.
        crop: u32 = 32 in 8..=128;
        /// Worlds that are kept between steps of training.
        pool: u32 = 128 in 8..=1024;
        /// Sizes at which a texture is compared, each half the one before.
        scales: u32 = 4 in 1..=6;
        /// Greatest speed in training, in speeds of the scene; 0 is the least.
        faster: f32 = 1.5 in 0.0..=8.0;
        /// Cells a frame that a velocity of one moves the picture; 0 measures it from the frames.
        cells: f64 = 0.0 in 0.0..=1000000.0;
        /// Steps of an epoch.
        rounds: u32 = 100 in 1..=100000;
    }
}

impl FlowSettings {
    /// Sizes of a cell's network.
    pub fn shape(&self) -> CellShape {
        let [channels, hidden, far] = [self.channels, self.hidden, self.far].map(|n| n as usize);
        CellShape { channels, given: 2, hidden, far }
    }
}
