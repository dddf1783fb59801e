//! Frames to learn from: their classes, and which of them are held out.

use std::collections::BTreeSet;

use data::masked::{MaskedFrame, MaskedSet};
use data::sample::shuffled;
use world::rng::Rng;

use super::Task;

/// The classes that there is something to learn of, in the order of the set: of segmentation those of pixels, of detection
/// those of boxes.
pub fn classes(task: Task, set: &MaskedSet) -> Vec<String> {
    let mut found = BTreeSet::new();
    for frame in &set.train {
        match task {
            Task::Segment => found.extend(frame.mask.iter().map(|i| *i as usize)),
            Task::Detect => {
                let place = |name: &str| set.classes.iter().position(|c| c == name);
                found.extend(frame.boxes.iter().filter_map(|b| place(&b.class)));
            }
        }
    }
    found.into_iter().map(|i| set.classes[i].clone()).collect()
}

/// Frames whose masks index `from`, with masks that index `to`.
///
/// # Errors
/// A pixel shows a class that is not in `to`.
pub fn indexed(frames: &[MaskedFrame], from: &[String], to: &[String]) -> Result<Vec<MaskedFrame>, String> {
    let places: Vec<Option<u8>> =
        from.iter().map(|name| to.iter().position(|c| c == name).map(|i| i as u8)).collect();
    let one = |frame: &MaskedFrame| {
        let place = |i: &u8| {
            let place = places.get(*i as usize).copied().flatten();
            place.ok_or_else(|| {
                let found = from.get(*i as usize).map_or("nothing", String::as_str);
                format!("expected pixels of {}, found some of {found}", to.join(", "))
            })
        };
        let mask = frame.mask.iter().map(place).collect::<Result<Vec<u8>, String>>()?;
        Ok(MaskedFrame { mask, ..frame.clone() })
    };
    frames.iter().map(one).collect()
}

/// Splits frames for validation, by whole worlds: what is composed of worlds of both sides is left out.
pub fn split(frames: Vec<MaskedFrame>, share: f64, seed: u64) -> [Vec<MaskedFrame>; 2] {
    let worlds: Vec<u64> =
        frames.iter().flat_map(|f| &f.seeds).copied().collect::<BTreeSet<u64>>().into_iter().collect();
    let order = shuffled(worlds.len(), Rng::new(seed).named("held worlds"));
    let keep = ((worlds.len() as f64 * share).round() as usize).max(1);
    let held: BTreeSet<u64> = order.into_iter().take(keep).map(|i| worlds[i]).collect();
    let (mut train, mut back) = (Vec::new(), Vec::new());
    for frame in frames {
        match frame.seeds.iter().filter(|s| held.contains(s)).count() {
            0 => train.push(frame),
            n if n == frame.seeds.len() => back.push(frame),
            _ => {}
        }
    }
    [train, back]
}
