//! The fields that a scene sees.

use super::Subsumption;
use super::knobs::output;
use world::field::Field;
use world::view::{Sampling, View};

impl Subsumption {
    pub(super) fn show_port(&self, port: usize, view: &View, into: &mut Field) {
        let [nest, trail] = &self.ground.scent;
        let planes: [&[f32]; 2] = match port {
            output::PRESENCE => [&self.ground.presence; 2],
            output::SCENT => [nest, trail],
            output::TRAIL => [trail; 2],
            output::NEST => [nest; 2],
            output::CARRIED => [&self.ground.carried; 2],
            output::FOOD => [&self.larder.food; 2],
            layer => {
                let activity = self.activity(layer - output::LAYER);
                return self.project([&activity; 2], view, into);
            }
        };
        self.project(planes, view, into);
    }

    fn project(&self, planes: [&[f32]; 2], view: &View, into: &mut Field) {
        let (w, h) = (self.grid.w, self.grid.h);
        let sampling = if self.grid.torus { Sampling::SmoothWrap } else { Sampling::SmoothBound };
        view.project(into, (w, h), sampling, |plane, y, row| {
            row.copy_from_slice(&planes[plane][y * w..][..w]);
        });
    }

    /// Agents in each cell whose layer `layer` is in command.
    fn activity(&self, layer: usize) -> Vec<f32> {
        let mut cells = vec![0.0; self.grid.cells()];
        for block in &self.blocks {
            for i in (0..block.len).filter(|&i| block.command[i] as usize == layer) {
                cells[self.grid.inside(block.at(i))] += 1.0;
            }
        }
        cells
    }
}
