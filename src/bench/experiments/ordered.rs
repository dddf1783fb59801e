//! Classes one after another instead of mixed: a network forgets what it is no longer shown (McCloskey and Cohen 1989).

use maud::html;

use super::declaration::{Experiment, Findings, Reads, Section};
use super::setup::Setup;
use super::show::{self, interval};
use crate::collapse::statistics::Band;
use crate::runs::RunRecord;
use crate::runs::arm::run_all;
use crate::runs::{Arm, Group, Watch};
use data::sample::{Samples, shuffled};
use judge::JudgeError;
use judge::layer_options::Norm;
use judge::training_config::TrainingConfig;
use world::rng::Rng;

/// The experiment.
pub const EXPERIMENT: Experiment = Experiment {
    name: "ordered",
    reads: Reads::Pictures,
    about: "What becomes of the first lesson after the last, if classes come one after another? (McCloskey and Cohen 1989; French 1999; Robins 1995)",
    run,
};

/// Lessons.
const LESSONS: usize = 5;
/// Share of a lesson that rehearses earlier ones.
const REHEARSED: f64 = 0.1;

/// Learning rate.
const RATE: f64 = 0.05;

/// The lesson that a class belongs to.
fn lesson(class: usize, classes: usize) -> usize {
    class * LESSONS.min(classes) / classes.max(1)
}

/// The pictures of each lesson.
fn by_lesson(samples: &Samples) -> Vec<Samples> {
    let classes = samples.classes.len();
    let of = |l: usize| {
        (0..samples.len()).filter(|i| lesson(samples.labels[*i], classes) == l).collect::<Vec<_>>()
    };
    (0..LESSONS.min(classes)).map(|l| samples.pick(&of(l))).collect()
}

/// The same pictures in lessons of all classes.
fn mixed(samples: &Samples, rng: Rng) -> Vec<Samples> {
    let order = shuffled(samples.len(), rng);
    let each = samples.len().div_ceil(LESSONS.min(samples.classes.len()));
    order.chunks(each).map(|places| samples.pick(places)).collect()
}

/// Each lesson with some pictures of those before it.
fn rehearsed(lessons: Vec<Samples>, rng: Rng) -> Vec<Samples> {
    let mut before: Option<Samples> = None;
    let mut all = Vec::new();
    for (l, own) in lessons.into_iter().enumerate() {
        let with = match &before {
            None => own.clone(),
            Some(earlier) => {
                let mut places = shuffled(earlier.len(), rng.fork(l as u64));
                places.truncate((REHEARSED * earlier.len() as f64).ceil() as usize);
                joined(&own, &earlier.pick(&places))
            }
        };
        before = Some(before.map_or_else(|| own.clone(), |b| joined(&b, &own)));
        all.push(with);
    }
    all
}

fn joined(a: &Samples, b: &Samples) -> Samples {
    let mut all = a.clone();
    let pictures = b.pictures.iter().zip(&b.labels).zip(&b.origins);
    pictures.for_each(|((p, l), o)| all.push(p.clone(), *l, Some(*o)));
    all
}

/// Mixed, one after another, and one after another with rehearsal.
pub fn arms(setup: &Setup) -> Vec<Arm<'_>> {
    let with = move |seed: u64, how: fn(&Samples, Rng) -> Vec<Samples>, name: &str| {
        let own = setup.pictures(600, 500, seed);
        // Adam, or labels learned with certainty, and the shock of a new lesson alone ends all learning: every unit of the
        // embedding falls silent.
        let plan =
            TrainingConfig { optimiser: "sgd".into(), rate: RATE, smoothing: 0.1, ..setup.plan(12, seed) };
        let mut run = own.run(name, plan);
        // Normalised by groups of channels: running means of the batches would change with the classes, and be forgotten too.
        run.architecture.layers.norm = Some(Norm::Group);
        run.phases = how(&own.train, Rng::new(seed).named("lessons"));
        run.watched = vec![("test".into(), own.test.clone())];
        let lessons = by_lesson(&own.test).into_iter().enumerate();
        run.watched.extend(lessons.map(|(i, set)| (format!("lesson {}", i + 1), set)));
        run
    };
    vec![
        Arm::new("mixed", move |seed| with(seed, mixed, "ordered mixed")),
        Arm::new("one after another", move |seed| with(seed, |s, _| by_lesson(s), "ordered plain")),
        Arm::new("one after another, with rehearsal", move |seed| {
            with(seed, |s, r| rehearsed(by_lesson(s), r), "ordered rehearsed")
        }),
    ]
}

fn run(setup: &Setup, watch: Watch) -> Result<Option<Findings>, JudgeError> {
    let arms = arms(setup);
    let Some(groups) = run_all(&arms, setup.all_seeds(), &setup.folder, watch)? else { return Ok(None) };
    let shown = (arms[0].run)(setup.seed);
    Ok(Some(Findings {
        done: format!(
            "A network was trained on {} pictures of {} in {} lessons of {} epochs each, one after another, each going on from the weights of the \
             last: lessons of all classes mixed; lessons of a few classes each; and the same with a tenth of all earlier pictures shown again in \
             each lesson.",
            shown.phases.iter().map(|p| p.len()).sum::<usize>(),
            setup.named(),
            shown.phases.len(),
            shown.plan.epochs
        ),
        said: said(&groups, shown.plan.epochs),
        sections: vec![
            Section {
                title: "What is known, lesson by lesson".into(),
                text: format!(
                    "Accuracy on the test pictures of the classes of each lesson; a lesson is {} epochs long.",
                    shown.plan.epochs
                ),
                body: html! { div.charts { @for g in &groups { (chart(g)) } (show::learning("On all classes", &groups, "test")) } },
            },
            Section {
                title: "After the last epoch".into(),
                text: String::new(),
                body: show::table(
                    &groups,
                    &["test", "lesson 1", "lesson 2", "lesson 3", "lesson 4", "lesson 5"],
                ),
            },
            Section {
                title: "What it was shown".into(),
                text: "Training pictures, those of a class in a column.".into(),
                body: show::pictures(&shown.phases[0], 3, "training pictures"),
            },
        ],
        json: show::json_of(&groups),
        seconds: show::seconds(&groups),
    }))
}

/// Accuracy on a lesson's test pictures right after that lesson, over the seeds.
fn just_after(g: &Group, lesson: usize, epochs: usize) -> Option<Band> {
    let at = |r: &RunRecord| r.epochs.get((lesson + 1) * epochs - 1)?.accuracy.get(lesson + 1).copied();
    g.band(at, [0.0, 1.0])
}

fn said(groups: &[Group], epochs: usize) -> Vec<String> {
    let [mixed, plain, rehearsed] = groups else { return Vec::new() };
    let first = "lesson 1";
    let (then, now) = (just_after(plain, 0, epochs), plain.accuracy(first));
    let lost = then.zip(now).map_or(f64::NAN, |(t, n)| t.mean - n.mean);
    vec![
        format!(
            "Right after the first lesson the network knew its classes: {} of their test pictures were right. After the last lesson {} were. {}",
            interval(then),
            interval(now),
            match lost {
                l if l > 0.5 => "It had forgotten them: nothing in the later lessons asked for them.",
                l if l > 0.2 => "It had forgotten much of them.",
                _ => "It had kept most of them.",
            }
        ),
        format!(
            "Over all classes that makes {} at the end, against {} with the same pictures mixed.",
            interval(plain.accuracy("test")),
            interval(mixed.accuracy("test"))
        ),
        format!(
            "With a tenth of the earlier pictures shown again: {} over all classes, {} on those of the first lesson.",
            interval(rehearsed.accuracy("test")),
            interval(rehearsed.accuracy(first))
        ),
    ]
}

/// Accuracy on every lesson's classes by epoch.
fn chart(g: &Group) -> maud::Markup {
    let sets = g.records.first().map(|r| r.sets.clone()).unwrap_or_default();
    let all: Vec<_> = sets
        .iter()
        .skip(1)
        .enumerate()
        .map(|(i, s)| (format!("classes of {s}"), i, g.accuracies(s)))
        .collect();
    show::curves(&g.name, ["epoch", "accuracy on test pictures"], [false; 2], &all)
}
