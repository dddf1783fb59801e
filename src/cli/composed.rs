//! Frames composed of a set's other frames, for `untrained dataset --compose`.

use std::collections::BTreeMap;
use std::path::Path;

use super::{Failure, Outcome};
use crate::data::compose::{Source, compose, draw};
use crate::data::dataset::{self, Part, Row, Split, Truth, Writer};
use crate::data::masked::{self, MaskedFrame};
use crate::output::{Interrupt, progress};
use crate::world::rng::Rng;

/// What is composed.
pub struct Composition {
    /// How many frames.
    pub count: usize,
    /// Fraction of them whose parts are of the test split.
    pub test: f64,
    /// Worlds of a frame at most.
    pub parts: usize,
}

/// The rows of a split by process.
type Pool<'a> = BTreeMap<&'a str, Vec<&'a Row>>;

impl Composition {
    /// Adds the frames to the set in `folder`, of parts of its plain frames.
    ///
    /// # Errors
    /// The set has frames of fewer than two processes (code 2), or a file cannot be read or written.
    pub fn add(&self, writer: &mut Writer, folder: &Path, rng: Rng, interrupt: &Interrupt) -> Outcome {
        let (rows, classes) = (dataset::rows(folder)?, dataset::classes(folder)?.len());
        let pools = [Split::Train, Split::Test].map(|split| pool(&rows, split));
        let is_rich = |split: usize| pools[split].len() >= 2;
        let Some(other) = (0..2).find(|split| is_rich(*split)) else {
            return Err(Failure::input(
                "--compose: expected frames of two or more processes in a split of the set",
            ));
        };
        let bar = progress(self.count as u64, "composed frames", "frames");
        for i in 0..self.count as u64 {
            if interrupt.asked() {
                break;
            }
            let rng = rng.fork(i);
            let wanted = (rng.unit64(0) < self.test) as usize;
            let rows = self.parts(&pools[if is_rich(wanted) { wanted } else { other }], rng.named("parts"));
            self.write(writer, &rows, classes, rng.named("regions"))?;
            bar.inc(1);
        }
        bar.finish_and_clear();
        Ok(())
    }

    /// Two frames or more, no two of a process.
    fn parts<'a>(&self, pool: &Pool<'a>, rng: Rng) -> Vec<&'a Row> {
        let mut left: Vec<&Vec<&Row>> = pool.values().collect();
        let parts = (2 + rng.below(0, self.parts as u64 - 1) as usize).min(left.len());
        let choose = |part: usize| {
            let rng = rng.fork(part as u64);
            let rows = left.swap_remove(rng.below(0, left.len() as u64) as usize);
            rows[rng.below(1, rows.len() as u64) as usize]
        };
        (0..parts).map(choose).collect()
    }

    fn write(&self, writer: &mut Writer, rows: &[&Row], classes: usize, rng: Rng) -> Outcome {
        let frames: Vec<MaskedFrame> =
            rows.iter().map(|row| masked::frame(row, classes)).collect::<Result<_, _>>()?;
        let (sources, regions) = (frames.iter().map(source).collect::<Vec<_>>(), draw(rows.len(), rng));
        let (picture, truth) = compose(&sources, &regions);
        let others = regions.into_iter().zip(&rows[1..]);
        let parts = others.map(|(region, row)| Part { region, origin: row.origin.clone() }).collect();
        Ok(writer.add_masked(&picture, &rows[0].origin, &Truth { parts, ..truth })?)
    }
}

fn pool(rows: &[Row], split: Split) -> Pool<'_> {
    let mut pool = Pool::new();
    for row in rows.iter().filter(|r| r.origin.split == split) {
        if row.truth.as_ref().is_some_and(|t| t.parts.is_empty()) {
            pool.entry(&row.origin.label).or_default().push(row);
        }
    }
    pool
}

fn source(frame: &MaskedFrame) -> Source<'_> {
    Source { picture: &frame.picture, mask: &frame.mask, boxes: &frame.boxes }
}
