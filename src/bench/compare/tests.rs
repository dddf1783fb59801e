//! Whole comparisons of a small soup of Life.

use super::beating::Outcome;
use super::report::{Comparison, GeneratorReport};
use super::scale::ITSELF;
use super::setup::{ComparisonSets, ComparisonSetup};
use super::testing::{NoProgress, setup, soup};
use super::{compare, verdict};
use crate::generator::{Clip, Cost, Generator, GeneratorError, ImageFolder, Noise, SampleSpec};
use crate::sets::image_set::ImageSet;
use world::rng::Rng;

/// A model that learned nothing but the brightness.
struct Mud;
impl Generator for Mud {
    fn name(&self) -> &str {
        "mud"
    }
    fn about(&self) -> String {
        "Learned: grey.".into()
    }
    fn cost(&self) -> Cost {
        Cost { training_images: 9, ..Cost::default() }
    }
    fn hash(&self) -> u64 {
        7
    }
    fn sample(&self, seed: u64, spec: &SampleSpec) -> Result<Clip, GeneratorError> {
        let level = Rng::new(seed).range(0, 40.0, 60.0) as u8;
        let frames = vec![vec![level; spec.side * spec.side * spec.channels]; spec.frames];
        let milliseconds = vec![0.0; spec.frames];
        Ok(Clip { frames, side: spec.side, channels: spec.channels, label: None, milliseconds })
    }
}

fn compared(setup: ComparisonSetup) -> Comparison {
    let (reference, twin) = (soup("cells.density=0.3"), soup("cells.density=0.3,cells.spark=0"));
    let sets = ComparisonSets { reference: &reference, train: None, candidates: vec![&twin, &Mud, &Noise] };
    compare(&sets, setup, &NoProgress).unwrap()
}

fn opponent<'a>(c: &'a Comparison, name: &str) -> &'a GeneratorReport {
    c.opponents.iter().find(|p| p.name == name).unwrap_or_else(|| panic!("no {name}"))
}

fn frechet(p: &GeneratorReport) -> f64 {
    p.answer("frechet").unwrap().figure.value
}

#[test]
fn trivial_opponents_are_always_there_and_copiers_are_found_out() {
    let c = compared(setup());
    let names: Vec<&str> = c.opponents.iter().map(|p| p.name.as_str()).collect();
    let five = ["persistence", "tiles", "phase", "gaussian", "nearest"];
    assert_eq!(names[0], "perturbed");
    assert_eq!(names[1..6], five);
    assert_eq!(names[6..], ["blur", "half", "quarter", "noise"]);
    assert!(c.omitted.is_empty() && c.gaps().is_empty(), "{:?} {:?}", c.omitted, c.gaps());
    for name in ["persistence", "nearest"] {
        let copies = opponent(&c, name).copies.as_ref().unwrap();
        assert!(copies.share == 1.0 && opponent(&c, name).is_copier(), "{name}: {copies:?}");
        assert_eq!(copies.known, "training frames of soup");
    }
    for name in ["tiles", "phase", "noise", "perturbed"] {
        assert!(!opponent(&c, name).is_copier(), "{name}: {:?}", opponent(&c, name).copies);
    }
    // A candidate that copies nothing beats the copiers, whatever the distance.
    let twin = &c.candidates[0];
    let outcome =
        |p: &GeneratorReport, name: &str| p.bouts.iter().find(|b| b.opponent == name).unwrap().outcome;
    assert_eq!(outcome(&c.candidates[1], "nearest"), Outcome::Original);
    assert!(outcome(twin, "nearest") != Outcome::NotBeaten);
    assert!(outcome(twin, "noise") == Outcome::Nearer && outcome(twin, "phase") == Outcome::Nearer);
    assert!(twin.not_beaten().is_empty(), "it was not trained");
    assert!(
        verdict::verdict(twin, &c).starts_with("is indistinguishable from soup"),
        "{}",
        verdict::verdict(twin, &c)
    );
}

#[test]
fn a_model_that_beats_no_quilt_is_told_so_everywhere() {
    let c = compared(setup());
    let mud = &c.candidates[1];
    assert!(mud.is_learned && mud.not_beaten().contains(&"tiles"), "{:?}", mud.bouts);
    let warning = format!("mud does not beat the trivial opponents {}", mud.not_beaten().join(", "));
    assert!(c.warnings().contains(&warning), "{:?}", c.warnings());
    assert!(c.lines().contains(&format!("warning: {warning}.")));
    let json = c.json();
    let told = json["generators"][1]["not_beaten"].as_array().unwrap();
    assert!(
        told.iter().any(|n| n == "tiles")
            && json["generators"][0]["not_beaten"].as_array().unwrap().is_empty()
    );
    let page = c.html();
    let (top, rest) = page.split_once("Trivial opponents and anchors").unwrap();
    assert!(top.contains(&warning) && rest.contains(super::beating::DEFINITION.split('.').next().unwrap()));
    assert!(rest.contains("made of 12 frames of 3 runs of soup"));
}

#[test]
fn real_noise_is_the_ceiling_and_the_last_anchor_of_an_ascending_scale() {
    let c = compared(setup());
    let noise = frechet(opponent(&c, "noise"));
    for p in &c.candidates {
        assert_eq!(p.answer("frechet").unwrap().ceiling.unwrap().value, noise, "{}", p.name);
    }
    let scale = c.scale.as_ref().unwrap();
    assert!(scale.anchors.windows(2).all(|pair| pair[0].figure.value <= pair[1].figure.value));
    assert!(
        scale.anchors.iter().any(|a| a.name == ITSELF) && scale.anchors.iter().any(|a| a.name == "noise")
    );
    // Uniform noise as a candidate is at the noise anchor, and far beyond the twin.
    let place = |i: usize| scale.position(frechet(&c.candidates[i])).unwrap();
    let anchor = scale.position(noise).unwrap();
    assert!((place(2) - anchor).abs() < 0.1 && place(0) < 0.5 * anchor, "{} {} {anchor}", place(0), place(2));
    let extremes = c.check.extremes.as_ref().unwrap();
    assert!(extremes.accuracy > 0.95 && extremes.sets == ["soup", "noise"], "{extremes:?}");
    assert_eq!(c.check.neighbours.len(), scale.anchors.len() - 1);
    let eyes: Vec<&str> = c.eyes.iter().map(|e| e.eye.as_str()).collect();
    assert_eq!(eyes, ["statistics", "judge", "random", "pixels"]);
    for eye in &c.eyes {
        assert!(eye.error.is_none() && eye.candidates.len() == 3, "{eye:?}");
        // What the shipped judge makes of noise is not for this test to say.
        assert!(eye.eye == "judge" || eye.itself < eye.noise, "{eye:?}");
    }
}

#[test]
fn the_report_does_not_depend_on_the_thread_count() {
    let json = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let mut json = pool.install(|| compared(setup()).json());
        for of_the_machine in ["measured", "prices", "energy"] {
            json[of_the_machine].take();
        }
        json
    };
    assert_eq!(json(1), json(3));
}

#[test]
fn without_opponents_the_ends_of_the_scale_stay() {
    let c = compared(ComparisonSetup { opponents: false, ..setup() });
    let names: Vec<&str> = c.opponents.iter().map(|p| p.name.as_str()).collect();
    assert_eq!(names, [ITSELF, "noise"]);
    assert_eq!(c.scale.as_ref().unwrap().anchors.len(), 2);
    assert!(c.training.is_none() && c.candidates[1].not_beaten().is_empty());
    assert!(!c.html().contains(super::beating::DEFINITION.split('.').next().unwrap()));
}

#[test]
fn a_training_set_is_what_opponents_are_made_of_and_copies_are_looked_for_in() {
    let folder = |name: &str, first: u64, n: u64| {
        let picture = |seed: u64| {
            let rng = Rng::new(seed);
            let level = |i: u64| {
                100.0 + 80.0 * (i as f32 * rng.range(0, 0.1, 0.9)).sin() + rng.range(9 + i, 0.0, 9.0)
            };
            (0..32 * 32).map(|i| level(i) as u8).collect()
        };
        let pixels = (first..first + n).map(picture).collect();
        let pictures = ImageSet { channels: 1, side: 32, pixels, classes: Vec::new(), labels: Vec::new() };
        ImageFolder::of(name.into(), name.into(), pictures)
    };
    let (reference, train, thief) =
        (folder("held", 0, 12), folder("train", 100, 12), folder("thief", 100, 12));
    let sets = ComparisonSets { reference: &reference, train: Some(&train), candidates: vec![&thief] };
    let c = compare(&sets, setup(), &NoProgress).unwrap();
    let thief = &c.candidates[0];
    assert!(
        thief.is_copier() && thief.copies.as_ref().is_some_and(|t| t.known == "train"),
        "{:?}",
        thief.copies
    );
    assert!(c.training.is_none() && c.known_of(opponent(&c, "tiles")).name == "train");
    // A copier does not beat copiers.
    let lost = thief.bouts.iter().find(|b| b.opponent == "nearest").unwrap();
    assert_eq!(lost.outcome, Outcome::NotBeaten);
    assert!(verdict::verdict(thief, &c).contains("it is a copier: 12 of its samples"));
    assert!(c.omitted.iter().any(|o| o.contains("need a reference that is a scene")));
    // There is nothing to hold out: the floor is an anchor instead.
    let scale = c.scale.as_ref().unwrap();
    assert!(scale.anchors.iter().any(|a| a.name == ITSELF && a.words.contains("half against half")));
}

#[test]
fn clips_are_compared_as_moving_pictures() {
    let spec = SampleSpec { frames: 9, ..setup().spec };
    let c = compared(ComparisonSetup { spec, clips: 2, film: 12, opponents: false, ..setup() });
    let film = |name: &str| c.films.find(name).unwrap_or_else(|| panic!("no {name}: {:?}", c.films.notes));
    assert_eq!(c.films.all.len(), 6, "{:?}", c.films.notes);
    // The first clip goes on as the film, once; the others and what is measured are as long as asked for.
    let motion = c.candidates[0].motion.as_ref().unwrap();
    assert_eq!(motion.clips.iter().map(Vec::len).collect::<Vec<_>>(), [13, 9]);
    assert_eq!(film("soup").curves.memory.len(), 5);
    assert!(!film("mud").starts_alike && film("opponent:first frame kept").starts_alike);
    // A still picture has no changes, noise nothing but changes.
    let value = |name: &str, metric: &str| film(name).result(metric).unwrap().figure.value;
    assert!(value("mud", "flicker") == 0.0 && value("noise", "flicker") > 1.5);
    assert!(value("noise", "autocorrelation-time") <= 1.0);
    assert_eq!(value("noise", "flicker"), value("opponent:noise", "flicker"));
    let page = c.html();
    for words in ["As moving pictures", "class=\"film\"", "--n:13;", "10<small>20 ticks", "Spectrum in time"]
    {
        assert!(page.contains(words), "{words}");
    }
    let json = c.json();
    assert_eq!(json["motion"]["films"]["opponent:first frame kept"]["starts_alike"], true);
    assert!(json["motion"]["films"]["mud"]["metrics"]["flicker"]["value"].is_number());
    assert!(json["generators"][1]["moves"].as_str().unwrap().contains("flickers less than soup"), "{json:#}");
    let said = verdict::verdict(&c.candidates[1], &c);
    assert!(said.contains("As a moving picture it ") && said.contains("A frame costs it "), "{said}");
    let dir = tempfile::tempdir().unwrap();
    c.write_metrics(&dir.path().join("metrics.csv")).unwrap();
    c.write_motion(&dir.path().join("motion.csv")).unwrap();
    let metrics = std::fs::read_to_string(dir.path().join("metrics.csv")).unwrap();
    assert!(metrics.lines().any(|l| l.starts_with("mud,flicker,0,")), "{metrics}");
    assert!(std::fs::read_to_string(dir.path().join("motion.csv")).unwrap().lines().count() > 50);
}

#[test]
fn a_start_that_is_the_references_own_is_followed_frame_by_frame() {
    let spec = SampleSpec { frames: 9, warm_up: 0, ..setup().spec };
    let c = compared(ComparisonSetup { spec, clips: 2, ..setup() });
    for name in ["perturbed", "half"] {
        let film = c.films.find(&format!("opponent:{name}")).unwrap();
        assert!(film.starts_alike && film.curves.correlation.len() == 9, "{name}");
    }
    let touched = &c.films.find("opponent:perturbed").unwrap().curves.correlation;
    let kept = &c.films.find("opponent:first frame kept").unwrap().curves.correlation;
    assert!((touched[0].value - 1.0).abs() < 1e-9 && (kept[0].value - 1.0).abs() < 1e-9);
    assert!(touched[8].value > kept[8].value, "{touched:?} {kept:?}");
    let later = compared(ComparisonSetup { spec: SampleSpec { warm_up: 5, ..spec }, clips: 1, ..setup() });
    assert!(!later.films.find("opponent:half").unwrap().starts_alike);
    assert!(later.films.notes.iter().any(|n| n.contains("--warm-up 0")), "{:?}", later.films.notes);
}
