//! The output fields.

use super::Subsumption;
use super::knobs::Output;
use world::field::Field;
use world::ports::Outputs as _;
use world::view::{Sampling, View};

impl Subsumption {
    pub(super) fn show_port(&self, port: Output, view: &View, into: &mut Field) {
        let [nest, trail] = &self.pheromones.scent;
        let planes: [&[f32]; 2] = match port {
            Output::Presence => [&self.pheromones.presence; 2],
            Output::Scent => [nest, trail],
            Output::Trail => [trail; 2],
            Output::Nest => [nest; 2],
            Output::Carried => [&self.pheromones.carried; 2],
            Output::Food => [&self.food_field.food; 2],
            Output::Layer1
            | Output::Layer2
            | Output::Layer3
            | Output::Layer4
            | Output::Layer5
            | Output::Layer6
            | Output::Layer7
            | Output::Layer8 => {
                let activity = self.activity(port.index() - Output::Layer1.index());
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
