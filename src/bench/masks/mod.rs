//! Networks that say something of every pixel, held against frames whose every pixel has a label: intersection over union
//! of segmentations, average precision of detections, and pages that show both.

#[cfg(feature = "judge")]
pub mod composed;
pub mod page;
pub mod pictures;
#[cfg(test)]
mod tests;

use rayon::prelude::*;
use serde_json::{Value, json};

use data::masked::MaskedFrame;
use learn::pixelwise::Task;
use learn::pixelwise::frames::indexed;
use learn::pixelwise::inference::PixelNetwork;
use learn::pixelwise::iou::PixelConfusion;
use learn::pixelwise::precision::{AveragePrecision, Detection, Evaluated, average_precision};
use learn::pixelwise::targets::known;

/// Frames of one sort: those of one world, or those composed of several.
pub const SORTS: [&str; 2] = ["frames of one world", "composed frames"];

/// How well a network does on labelled frames.
pub struct Evaluation {
    /// Names of the network's classes.
    pub classes: Vec<String>,
    /// The frames; their masks index the classes, if the network segments.
    pub frames: Vec<MaskedFrame>,
    /// What the network made of each.
    pub made: Made,
}

/// What a network made of frames.
pub enum Made {
    /// The mask of each, and the confusion of pixels of each sort of frames.
    Masks(Vec<Vec<u8>>, [PixelConfusion; 2]),
    /// The boxes found in each, and the average precision of each sort.
    Boxes(Vec<Vec<Detection>>, [AveragePrecision; 2]),
}

/// Runs a network on frames whose masks index `from`.
///
/// # Errors
/// The frames show a class that the network does not know.
pub fn evaluate(
    network: &PixelNetwork,
    frames: &[MaskedFrame],
    from: &[String],
) -> Result<Evaluation, String> {
    let classes = network.classes.clone();
    let (frames, made) = match network.task {
        Task::Segment => {
            let frames = indexed(frames, from, &classes)?;
            let made = segmented(network, &frames);
            (frames, made)
        }
        Task::Detect => (frames.to_vec(), detected(network, frames)),
    };
    Ok(Evaluation { classes, frames, made })
}

fn segmented(network: &PixelNetwork, frames: &[MaskedFrame]) -> Made {
    let masks: Vec<Vec<u8>> = frames.par_iter().map(|f| network.mask(&f.picture)).collect();
    let confusions = [false, true].map(|is_composed| {
        let mut confusion = PixelConfusion::new(network.classes.len());
        let all = frames.iter().zip(&masks).filter(|(f, _)| f.is_composed == is_composed);
        all.for_each(|(frame, mask)| confusion.add(&frame.mask, mask));
        confusion
    });
    Made::Masks(masks, confusions)
}

fn detected(network: &PixelNetwork, frames: &[MaskedFrame]) -> Made {
    let found: Vec<Vec<Detection>> = frames.par_iter().map(|f| network.detections(&f.picture)).collect();
    let precisions = [false, true].map(|is_composed| {
        let all = frames.iter().zip(&found).filter(|(f, _)| f.is_composed == is_composed);
        let evaluated: Vec<Evaluated> = all
            .map(|(f, found)| Evaluated { found: found.clone(), targets: known(&f.boxes, &network.classes) })
            .collect();
        average_precision(&evaluated, network.classes.len())
    });
    Made::Boxes(found, precisions)
}

impl Evaluation {
    /// Frames of a sort.
    pub fn count(&self, sort: usize) -> usize {
        self.frames.iter().filter(|f| f.is_composed as usize == sort).count()
    }

    /// The main figures of each sort of frames that there are, as sentences.
    pub fn sentences(&self) -> Vec<String> {
        let sorts = (0..2).filter(|s| self.count(*s) > 0);
        let one = |sort: usize| {
            let n = self.count(sort);
            let what = SORTS[sort];
            match &self.made {
                Made::Masks(_, confusions) => {
                    let (iou, right) = (confusions[sort].mean_iou(), 100.0 * confusions[sort].accuracy());
                    format!(
                        "{n} {what}: mean intersection over union {iou:.3}, {right:.1} % of the pixels are right"
                    )
                }
                Made::Boxes(_, precisions) => {
                    let text = |v: Option<f64>| v.map_or("–".into(), |v| format!("{v:.3}"));
                    let p = &precisions[sort];
                    let boxes: usize = self
                        .frames
                        .iter()
                        .filter(|f| f.is_composed as usize == sort)
                        .map(|f| f.boxes.len())
                        .sum();
                    format!(
                        "{n} {what} with {boxes} bodies: average precision {}, {} at an overlap of 0.50, {} at 0.75",
                        text(p.mean),
                        text(p.at_50),
                        text(p.at_75)
                    )
                }
            }
        };
        sorts.map(one).collect()
    }

    /// Figures of one class, of each sort: intersection over union, or average precision.
    pub fn of_class(&self, class: usize) -> [Option<f64>; 2] {
        match &self.made {
            Made::Masks(_, confusions) => [0, 1].map(|s| confusions[s].iou(class)),
            Made::Boxes(_, precisions) => [0, 1].map(|s| precisions[s].classes.get(class).copied().flatten()),
        }
    }

    /// Everything as JSON.
    pub fn json(&self) -> Value {
        let sort = |sort: usize| match &self.made {
            Made::Masks(_, confusions) => {
                let c = &confusions[sort];
                let rows: Vec<Vec<u64>> =
                    (0..c.classes()).map(|t| (0..c.classes()).map(|p| c.count(t, p)).collect()).collect();
                json!({
                    "frames": self.count(sort),
                    "mean_iou": c.mean_iou(),
                    "accuracy": c.accuracy(),
                    "iou": (0..c.classes()).map(|i| c.iou(i)).collect::<Vec<_>>(),
                    "confusion": rows,
                })
            }
            Made::Boxes(_, precisions) => {
                let p = &precisions[sort];
                json!({
                    "frames": self.count(sort),
                    "average_precision": p.mean,
                    "at_50": p.at_50,
                    "at_75": p.at_75,
                    "classes": p.classes,
                })
            }
        };
        json!({ "classes": self.classes, "plain": sort(0), "composed": sort(1) })
    }
}
