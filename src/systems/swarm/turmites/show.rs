//! Colours, trails and ants as fields.

use super::Turmites;
use super::knobs::Output;
use world::field::Field;
use world::view::{Sampling, View};

impl Turmites {
    pub(super) fn show_port(&self, port: Output, view: &View, into: &mut Field) {
        let highest = (self.program().colours - 1).max(1) as f32;
        let w = self.size.0;
        match port {
            Output::Colour => view.project(into, self.size, Sampling::CrispWrap, |_, y, row| {
                row.iter_mut()
                    .zip(&self.colours[y * w..])
                    .for_each(|(v, &c)| *v = (c as f32 / highest).min(1.0));
            }),
            Output::Trail => view.project(into, self.size, Sampling::CrispWrap, |_, y, row| {
                for (v, &left) in row.iter_mut().zip(&self.left[y * w..]) {
                    *v = if left == 0 { 0.0 } else { self.fading.at(self.tick - left) };
                }
            }),
            Output::Ants => {
                let mut rows: Vec<Vec<usize>> = vec![Vec::new(); self.size.1];
                self.ants.iter().for_each(|ant| rows[ant.place[1] as usize].push(ant.place[0] as usize));
                view.project(into, self.size, Sampling::CrispWrap, |_, y, row| {
                    row.fill(0.0);
                    rows[y].iter().for_each(|&x| row[x] = 1.0);
                });
            }
        }
    }
}
