//! Roll-outs: frames of a world in time order, made by its rule or by an imitator of it.

use crate::metrics::MetricError;

const METRIC: &str = "a roll-out";

/// What a frame holds: planes of `width` × `height` square cells, one after another, each row-major.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    /// Cells across.
    pub width: usize,
    /// Cells down.
    pub height: usize,
    /// Number of planes.
    pub channels: usize,
    /// Whether the world wraps around, across and down.
    pub periodic: [bool; 2],
    /// The planes of velocity to the right and downwards, if there are any.
    pub velocity: Option<[usize; 2]>,
    /// The plane of the density, if there is one.
    pub density: Option<usize>,
    /// Whether the values are states of an automaton, which an imitator meets exactly or not at all.
    pub discrete: bool,
}

impl Layout {
    /// A torus of planes that are neither velocity nor density nor discrete.
    pub fn torus(width: usize, height: usize, channels: usize) -> Self {
        Self { width, height, channels, periodic: [true; 2], velocity: None, density: None, discrete: false }
    }

    /// Cells of a plane.
    pub fn cells(&self) -> usize {
        self.width * self.height
    }

    fn check(&self) -> Result<(), MetricError> {
        let size = self.width.checked_mul(self.height).and_then(|cells| cells.checked_mul(self.channels));
        if size.is_none_or(|values| values == 0) {
            return Err(unfit(format!("expected at least one plane of one cell, found {}", say(self))));
        }
        let mut planes = self.velocity.iter().flatten().chain(&self.density);
        match planes.find(|plane| **plane >= self.channels) {
            Some(plane) => {
                let found = format!("there are {} planes", self.channels);
                Err(unfit(format!("plane {plane} (counted from 0) is to be velocity or density; {found}")))
            }
            None => Ok(()),
        }
    }
}

fn unfit(why: String) -> MetricError {
    MetricError::Unfit { metric: METRIC, why }
}

fn say(layout: &Layout) -> String {
    format!("{}×{}×{} (planes, rows, columns)", layout.channels, layout.height, layout.width)
}

/// Frames of one world; at least one.
#[derive(Clone, Debug, PartialEq)]
pub struct Rollout {
    layout: Layout,
    /// The last one stands for all that would follow it.
    kept: Vec<Vec<f32>>,
    frames: usize,
    blow_up: Option<usize>,
}

impl Rollout {
    /// A roll-out of the rule, a vector a frame.
    ///
    /// # Errors
    /// A layout without cells or with a plane that does not exist, no frames, a frame of another size, or a value that
    /// is not finite (its position is named).
    pub fn new(layout: Layout, frames: Vec<Vec<f32>>) -> Result<Self, MetricError> {
        check_sizes(&layout, &frames)?;
        if let Some((t, i)) = first_fault(&frames) {
            let (cells, width) = (layout.cells(), layout.width);
            let (plane, row, column) = (i / cells, i % cells / width, i % width);
            let place = format!("frame {t}, plane {plane}, row {row}, column {column} (counted from 0)");
            return Err(unfit(format!("{} in {place}; expected finite numbers", frames[t][i])));
        }
        Ok(Self { layout, frames: frames.len(), kept: frames, blow_up: None })
    }

    /// A roll-out of an imitator, which may diverge: from the first frame with a value that is not finite it is held at
    /// the frame before, so that every metric stays defined; [`Rollout::blow_up`] tells the frame.
    ///
    /// # Errors
    /// As [`Rollout::new`]; values that are not finite only in the first frame.
    pub fn of_imitator(layout: Layout, mut frames: Vec<Vec<f32>>) -> Result<Self, MetricError> {
        check_sizes(&layout, &frames)?;
        let (count, blow_up) = (frames.len(), first_fault(&frames).map(|(t, _)| t));
        if blow_up == Some(0) {
            return Err(unfit("the first frame holds values that are not finite".into()));
        }
        frames.truncate(blow_up.unwrap_or(count));
        Ok(Self { layout, kept: frames, frames: count, blow_up })
    }

    /// The first frame for as long: the forecast that nothing changes.
    pub fn persistence(&self) -> Self {
        let kept = self.kept[..1].to_vec();
        Self { layout: self.layout.clone(), kept, frames: self.frames, blow_up: None }
    }

    /// What a frame holds.
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// Number of frames.
    pub fn frames(&self) -> usize {
        self.frames
    }

    /// All planes of frame `t`.
    pub fn frame(&self, t: usize) -> &[f32] {
        &self.kept[t.min(self.kept.len() - 1)]
    }

    /// One plane of frame `t`, row-major.
    pub fn plane(&self, t: usize, plane: usize) -> &[f32] {
        let cells = self.layout.cells();
        &self.frame(t)[plane * cells..][..cells]
    }

    /// The first frame that was not finite, if there was one.
    pub fn blow_up(&self) -> Option<usize> {
        self.blow_up
    }
}

fn check_sizes(layout: &Layout, frames: &[Vec<f32>]) -> Result<(), MetricError> {
    layout.check()?;
    if frames.is_empty() {
        return Err(MetricError::TooFew { metric: METRIC, what: "frames".into(), least: 1, found: 0 });
    }
    let values = layout.cells() * layout.channels;
    match frames.iter().enumerate().find(|(_, frame)| frame.len() != values) {
        Some((t, frame)) => {
            let (expected, found) = (say(layout), frame.len());
            Err(unfit(format!("expected frames of {expected}, found {found} values in frame {t}")))
        }
        None => Ok(()),
    }
}

/// Frame and index of the first value that is not finite.
fn first_fault(frames: &[Vec<f32>]) -> Option<(usize, usize)> {
    let fault = |(t, frame): (usize, &Vec<f32>)| Some((t, frame.iter().position(|v| !v.is_finite())?));
    frames.iter().enumerate().find_map(fault)
}

/// Checks that two sets hold the same worlds in the same order: as many, of one layout and number of frames.
///
/// # Errors
/// No worlds, sets that differ, or a truth that blew up.
pub fn check_pairs(truth: &[Rollout], candidate: &[Rollout]) -> Result<(), MetricError> {
    let Some(first) = truth.first() else {
        return Err(MetricError::TooFew { metric: METRIC, what: "the truth".into(), least: 1, found: 0 });
    };
    let unlike = |expected, found| Err(MetricError::Unlike { metric: METRIC, expected, found });
    if truth.len() != candidate.len() {
        return unlike(format!("{} worlds", truth.len()), format!("{} worlds", candidate.len()));
    }
    let is_other = |r: &&Rollout| r.layout != first.layout || r.frames != first.frames;
    if let Some(other) = truth.iter().chain(candidate).find(is_other) {
        let words = |r: &Rollout| format!("{} frames of {:?}", r.frames, r.layout);
        return unlike(words(first), words(other));
    }
    match truth.iter().find_map(|r| r.blow_up) {
        Some(t) => Err(unfit(format!("the truth holds values that are not finite from frame {t} on"))),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frames(n: usize) -> Vec<Vec<f32>> {
        (0..n).map(|t| (0..12).map(|i| (100 * t + i) as f32).collect()).collect()
    }

    #[test]
    fn planes_follow_the_documented_order() {
        let r = Rollout::new(Layout::torus(3, 2, 2), frames(4)).unwrap();
        assert_eq!((r.frames(), r.plane(2, 1)[4], r.blow_up()), (4, 210.0, None));
        let still = r.persistence();
        assert_eq!((still.frames(), still.frame(3)), (4, r.frame(0)));
        assert!(check_pairs(std::slice::from_ref(&r), &[still]).is_ok());
    }

    #[test]
    fn invalid_rollouts_are_reported_with_their_position() {
        let say = |layout: Layout, f: Vec<Vec<f32>>| Rollout::new(layout, f).unwrap_err().to_string();
        let layout = || Layout::torus(3, 2, 2);
        assert!(say(Layout::torus(0, 2, 2), frames(1)).contains("at least one plane of one cell"));
        assert!(say(Layout::torus(usize::MAX, 2, 2), frames(1)).contains("at least one plane"));
        assert!(say(layout(), vec![]).contains("at least 1 samples of frames, found 0"));
        assert!(say(Layout::torus(3, 3, 2), frames(2)).contains("found 12 values in frame 0"));
        assert!(say(Layout { density: Some(2), ..layout() }, frames(1)).contains("plane 2"));
        assert!(say(Layout { velocity: Some([0, 5]), ..layout() }, frames(1)).contains("plane 5"));
        let mut bad = frames(3);
        bad[1][6 + 4] = f32::INFINITY;
        assert!(say(layout(), bad).contains("inf in frame 1, plane 1, row 1, column 1"));
    }

    #[test]
    fn an_imitator_that_blows_up_is_held_at_its_last_finite_frame() {
        let mut f = frames(5);
        (f[3][7], f[4][0]) = (f32::NAN, f32::NAN);
        let r = Rollout::of_imitator(Layout::torus(3, 2, 2), f.clone()).unwrap();
        assert_eq!((r.frames(), r.blow_up(), r.frame(4)), (5, Some(3), &f[2][..]));
        f[0][1] = f32::NAN;
        let e = Rollout::of_imitator(Layout::torus(3, 2, 2), f).unwrap_err().to_string();
        assert!(e.contains("the first frame"), "{e}");
        let e = check_pairs(std::slice::from_ref(&r), std::slice::from_ref(&r)).unwrap_err().to_string();
        assert!(e.contains("the truth holds values that are not finite from frame 3 on"), "{e}");
    }

    #[test]
    fn pairs_are_the_same_worlds() {
        let of = |n: usize| Rollout::new(Layout::torus(3, 2, 2), frames(n)).unwrap();
        let flat = Rollout::new(Layout::torus(12, 1, 1), frames(3)).unwrap();
        assert!(check_pairs(&[of(3), of(3)], &[of(3), of(3)]).is_ok());
        let wrong =
            [(vec![], vec![]), (vec![of(3)], vec![]), (vec![of(3)], vec![of(4)]), (vec![of(3)], vec![flat])];
        for (truth, candidate) in wrong {
            assert!(check_pairs(&truth, &candidate).is_err());
        }
    }
}
