//! A walk through a generator's latent space, and the pictures on it.

use learn::Model;
use world::rng::Rng;

/// What a walk shows.
#[derive(Clone, Copy, Debug)]
pub struct WalkSettings {
    /// Classes of the generator, at least one.
    pub classes: usize,
    /// The class to generate; wraps round after the last.
    pub class: usize,
    /// Whether each point is of the class after that of the one before.
    pub cycle: bool,
    /// Distance of the points from the mean; 1 is as in training.
    pub spread: f32,
    /// Whether a picture of several steps is cross-faded to instead of held.
    pub dissolve: bool,
}

/// One walk.
#[derive(Clone, Debug)]
pub struct Walk {
    rng: Rng,
    /// Distance walked, in points.
    pub way: f64,
    /// Of a method that samples in several steps: what is in the making.
    sampling: Option<Sampling>,
}

/// A picture in the making, and the last two that were finished.
#[derive(Clone, Debug)]
struct Sampling {
    state: Vec<f32>,
    label: usize,
    /// Steps done.
    done: usize,
    finished: [Vec<f32>; 2],
}

impl Walk {
    /// At its start.
    pub fn new(rng: Rng) -> Self {
        Self { rng, way: 0.0, sampling: None }
    }

    /// The next picture. A method of several steps takes one of them, so that no tick waits for all; only the first
    /// picture is finished at once.
    pub fn next(&mut self, model: &dyn Model, settings: &WalkSettings) -> Vec<f32> {
        let steps = model.steps();
        if steps == 1 {
            let (mut point, label) = self.place(model, settings);
            return model.step(&mut point, 0, Some(label));
        }
        let Some(mut sampling) = self.sampling.take() else {
            let (mut state, label) = self.place(model, settings);
            let first = (0..steps).fold(Vec::new(), |_, done| model.step(&mut state, done, Some(label)));
            let (state, label) = self.place(model, settings);
            let finished = [first.clone(), first.clone()];
            self.sampling = Some(Sampling { state, label, done: 0, finished });
            return first;
        };
        let picture = model.step(&mut sampling.state, sampling.done, Some(sampling.label));
        sampling.done += 1;
        let shown = sampling.shown(steps, settings.dissolve);
        if sampling.done == steps {
            let [_, before] = sampling.finished;
            let (state, label) = self.place(model, settings);
            sampling = Sampling { state, label, done: 0, finished: [before, picture] };
        }
        self.sampling = Some(sampling);
        shown
    }

    /// Point and label where the walk is. Between two points it slows down at both, so that each can be seen.
    fn place(&self, model: &dyn Model, settings: &WalkSettings) -> (Vec<f32>, usize) {
        let step = self.way as u64;
        let t = self.way - step as f64;
        let eased = (t * t * (3.0 - 2.0 * t)) as f32;
        let label =
            |k: u64| (settings.class as u64 + if settings.cycle { k } else { 0 }) as usize % settings.classes;
        let point = |k: u64| model.point(Some(label(k)), self.rng.fork(k));
        let mut point = model.between(&point(step), &point(step + 1), eased);
        point.iter_mut().for_each(|v| *v *= settings.spread);
        (point, label(step + (eased > 0.5) as u64))
    }
}

impl Sampling {
    /// The last finished picture, or a cross-fade to it from the one before.
    fn shown(&self, steps: usize, dissolve: bool) -> Vec<f32> {
        let [before, last] = &self.finished;
        let t = if dissolve { self.done as f32 / steps as f32 } else { 1.0 };
        before.iter().zip(last).map(|(a, b)| a + (b - a) * t).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use learn::ImageShape;

    /// Of a point's brightness; grey until the last of its steps.
    struct Slow;

    impl Model for Slow {
        fn shape(&self) -> ImageShape {
            ImageShape { channels: 1, side: 1 }
        }
        fn is_conditional(&self) -> bool {
            false
        }
        fn point(&self, _: Option<usize>, rng: Rng) -> Vec<f32> {
            vec![rng.unit(0)]
        }
        fn between(&self, a: &[f32], b: &[f32], t: f32) -> Vec<f32> {
            vec![a[0] + (b[0] - a[0]) * t]
        }
        fn picture(&self, point: &[f32], _: Option<usize>) -> Vec<f32> {
            vec![point[0] + 10.0]
        }
        fn steps(&self) -> usize {
            4
        }
        fn step(&self, state: &mut Vec<f32>, done: usize, _: Option<usize>) -> Vec<f32> {
            if done == 3 { vec![state[0] + 10.0] } else { vec![0.5] }
        }
    }

    /// What is shown of four pictures, one at each whole point.
    fn seen(dissolve: bool) -> (Vec<f32>, Vec<f32>) {
        let settings = WalkSettings { classes: 1, class: 0, cycle: false, spread: 1.0, dissolve };
        let (mut walk, rng) = (Walk::new(Rng::new(4)), Rng::new(4));
        let mut all = vec![walk.next(&Slow, &settings)[0]];
        for i in 0..16 {
            // Where the next picture begins.
            walk.way = (i / 4 + 1) as f64;
            all.push(walk.next(&Slow, &settings)[0]);
        }
        let points = [0, 0, 1, 2, 3].map(|k| rng.fork(k).unit(0) + 10.0);
        (all, points.to_vec())
    }

    #[test]
    fn only_finished_pictures_are_shown() {
        let (all, points) = seen(false);
        let held: Vec<f32> = std::iter::once(points[0]).chain((0..16).map(|i| points[i / 4])).collect();
        assert_eq!(all, held);
    }

    #[test]
    fn each_is_reached_when_the_next_is_finished() {
        let (all, points) = seen(true);
        for (i, shown) in all.iter().enumerate().skip(1) {
            let (picture, t) = ((i - 1) / 4, ((i - 1) % 4 + 1) as f32 / 4.0);
            let (from, to) = (points[picture.saturating_sub(1)], points[picture]);
            assert!((shown - (from + (to - from) * t)).abs() < 1e-5, "{i}: {shown}, {from} to {to}");
        }
    }
}
