//! The student's goals against sampling itself, and a student that is trained.

use super::Settings;
use super::pipeline::{DEFAULTS, distil, task};
use super::trajectories::{trajectories, velocity};
use crate::diffusion::METHOD;
use crate::diffusion::data::{DiffusionRates, time};
use crate::diffusion::inference::{Denoising, Diffusion};
use crate::model::normals;
use crate::training::{Losses, TrainingCallback, TrainingConfig, TrainingRun};
use crate::{File, ImageShape, LearnError, Model, trials};
use std::collections::BTreeMap;
use world::params::Params as _;
use world::rng::Rng;

const SHAPE: ImageShape = ImageShape { channels: 1, side: 28 };

struct Quiet;

impl TrainingCallback for Quiet {
    fn step(&mut self, _: usize, _: usize, _: &Losses) {}
    fn epoch(&mut self, _: &TrainingRun) -> Result<(), LearnError> {
        Ok(())
    }
    fn checkpoint(&mut self, _: &TrainingRun) -> Result<(), LearnError> {
        Ok(())
    }
}

fn teacher(training: usize) -> File {
    taught(training, 0.0)
}

fn taught(training: usize, mirror: f64) -> File {
    let settings = [("width", 16.0), ("steps", 8.0), ("average", 0.8), ("guidance", 2.0), ("mirror", mirror)];
    let samples = trials::pictures(SHAPE, 2, 32);
    let mut trainer = trials::trainer(&METHOD, &samples, &settings);
    trials::steps(&mut *trainer, &samples, &METHOD.plan, 0..training);
    let mut header = trials::header(&METHOD, SHAPE, 2, &[]);
    header.settings = METHOD.values(&settings);
    (header.card.seen, header.card.seconds) = (960, [10.0, 20.0]);
    File { header, weights: trainer.weights() }
}

fn values(given: &[(&str, f64)]) -> BTreeMap<String, f64> {
    let own = Settings::SPECS.iter().map(|s| (s.name, s.default));
    own.chain(given.iter().copied()).map(|(n, v)| (n.to_string(), v)).collect()
}

/// A step of DDIM by the goal's velocity leads from a state to the next, wherever the implied picture is in range.
#[test]
fn the_goal_leads_to_the_next_state() {
    for (steps, step) in [(4, 0), (4, 1), (4, 3), (1, 0), (7, 5)] {
        let now = DiffusionRates::at(time(step, steps));
        let next = DiffusionRates::at(time(step + 1, steps));
        let picture: Vec<f32> =
            normals(Rng::new(1), 200).iter().map(|v| (0.4 * v).clamp(-0.95, 0.95)).collect();
        let from: Vec<f32> = picture
            .iter()
            .zip(normals(Rng::new(2), 200))
            .map(|(p, e)| now.signal * p + now.noise * e)
            .collect();
        // What DDIM makes of that picture, in the sampler's own words.
        let last = step + 1 == steps;
        let noise = |x: f32, p: f32| (x - now.signal * p) / now.noise;
        let to = |(x, p): (&f32, &f32)| if last { *p } else { next.signal * p + next.noise * noise(*x, *p) };
        let to: Vec<f32> = from.iter().zip(&picture).map(to).collect();
        let found = velocity(&from, &to, step, steps);
        for ((v, x), p) in found.iter().zip(&from).zip(&picture) {
            let implied = now.signal * x - now.noise * v;
            assert!((implied - p).abs() < 2e-4, "step {step} of {steps}: {implied} for {p}");
        }
        let far: Vec<f32> = to.iter().map(|y| y + 9.0).collect();
        let pictures = velocity(&from, &far, step, steps);
        let implied = pictures.iter().zip(&from).map(|(v, x)| now.signal * x - now.noise * v);
        assert!(implied.map(f32::abs).fold(0.0, f32::max) < 1.0 + 1e-4);
    }
}

#[test]
fn trajectories_are_the_teachers_own_sampling() {
    let file = teacher(0);
    let model = Diffusion::of(&file.header, &file.weights).unwrap();
    let all = trajectories(&model, 2, [4, 2, 3], Rng::new(5), &|| false, &|| ());
    assert_eq!((all.len(), all[0].states.len(), all[1].label), (3, 5, 1));
    for (i, t) in all.iter().enumerate() {
        let point = model.point(Some(t.label), Rng::new(5).fork(i as u64));
        let mut at = Denoising { state: point.clone(), before: Vec::new(), done: 0 };
        assert_eq!(t.states[0], point);
        (0..2).for_each(|_| drop(model.step(&mut at, Some(t.label), &mut |_, _| {})));
        assert_eq!(t.states[1], at.state);
        let picture: Vec<f32> = t.states[4].iter().map(|v| v * 0.5 + 0.5).collect();
        let own = model.picture(&point, Some(t.label));
        assert!(picture.iter().zip(&own).all(|(a, b)| (a - b).abs() < 1e-6));
    }
    assert!(trajectories(&model, 2, [4, 2, 3], Rng::new(5), &|| true, &|| ()).is_empty());
}

/// Root mean square distance of a file's pictures from the teacher's, of the same noise.
fn apart(file: &File, teacher: &File) -> f64 {
    let [a, b] = [file, teacher].map(|f| Diffusion::of(&f.header, &f.weights).unwrap());
    let mut sum = 0.0;
    for i in 0..16 {
        let (label, point) = (Some(i % 2), a.point(None, Rng::new(77).fork(i as u64)));
        let pairs = a.picture(&point, label).into_iter().zip(b.picture(&point, label));
        sum += pairs.map(|(p, q)| f64::from(p - q).powi(2)).sum::<f64>();
    }
    (sum / (16.0 * SHAPE.len() as f64)).sqrt()
}

/// The student in two steps is nearer to its teacher's pictures than the teacher itself in two steps.
#[test]
fn the_student_follows_its_teacher_in_fewer_steps() {
    follows(0.0, 0.6);
    // Mirrored noise doubles what is to be learned in the same training.
    follows(1.0, 0.95);
}

fn follows(mirror: f64, share: f64) {
    let teacher = taught(150, mirror);
    let plan = TrainingConfig { epochs: 6, batch: 8, rate: 0.002, ..DEFAULTS };
    let task =
        task(&teacher, &values(&[("steps", 2.0), ("trajectories", 160.0), ("average", 0.95)]), plan).unwrap();
    let count = std::sync::atomic::AtomicUsize::new(0);
    let sampled = || {
        count.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    };
    let student = distil(&teacher, &task, None, &|| false, &sampled, &mut Quiet).unwrap().unwrap();
    assert_eq!(count.into_inner(), 160);
    let mut hasty = teacher.clone();
    hasty.header.settings.extend([("steps".to_string(), 2.0)]);
    let [mine, theirs] = [&student, &hasty].map(|f| apart(f, &teacher));
    assert!(mine < share * theirs, "{mine} against {theirs}");
    let model = student.open(std::path::Path::new("student")).unwrap();
    assert_eq!((model.steps(), student.header.method.as_str()), (2, "diffusion"));
    let card = &student.header.card;
    assert!(card.seconds[1] >= 20.0 && card.seen == 960 + 6 * 39 * 8, "{}", card.seen);
    assert!(card.validation_loss.is_some_and(|v| v < theirs));
}

#[test]
fn an_interrupted_sampling_leaves_nothing_and_other_methods_are_named() {
    let mut file = teacher(0);
    let task = |file: &File| task(file, &values(&[("trajectories", 4.0)]), DEFAULTS);
    let made = distil(&file, &task(&file).unwrap(), None, &|| true, &|| (), &mut Quiet);
    assert!(made.unwrap().is_none());
    file.header.method = "vae".into();
    let message = task(&file).unwrap_err().to_string();
    assert_eq!(message, "expected a generator by diffusion, found one by vae");
}

/// 100,000 pictures of 28 × 28 in 100 steps are 32 GB of states.
#[test]
fn too_many_states_are_refused_before_any_is_made() {
    let given = values(&[("trajectories", 1e5), ("steps", 100.0)]);
    let message = task(&teacher(0), &given, DEFAULTS).unwrap_err().to_string();
    assert_eq!(message, "trajectories=100000: expected states of at most 8192 MiB, found 30206 MiB");
}
