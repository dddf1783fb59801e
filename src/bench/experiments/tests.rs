//! Results with a known answer, at tiny size; and the catalogue.

use std::collections::BTreeSet;

use super::setup::Setup;
use super::*;
use crate::runs::{Arm, RunRecord, Watch};

/// One seed of few pictures.
fn tiny(folder: &std::path::Path, pictures: usize, epochs: usize) -> Setup {
    Setup { seeds: 1, pictures: Some(pictures), epochs: Some(epochs), ..Setup::own(folder.into()) }
}

#[test]
fn each_is_named_once_cites_its_source_and_has_its_place_in_the_manual() {
    let mut names = BTreeSet::new();
    for e in EXPERIMENTS {
        let plain = |c: char| c.is_ascii_lowercase() || c == '-';
        assert!(names.insert(e.name) && e.name.chars().all(plain), "{}", e.name);
        let years = e.about.split(|c: char| !c.is_ascii_digit()).filter(|n| n.len() == 4);
        assert!(
            years.count() > 0 && e.about.contains('?'),
            "{}: no question with a source in `{}`",
            e.name,
            e.about
        );
        assert_eq!(find(e.name).map(|f| f.name), Ok(e.name));
    }
    let manual = include_str!("../../../docs/experiments.md");
    let rows = manual.lines().skip_while(|l| !l.starts_with("| experiment |")).skip(2);
    let rows: Vec<&str> = rows.map_while(|l| l.strip_prefix("| `")?.split('`').next()).collect();
    assert_eq!(EXPERIMENTS.iter().map(|e| e.name).collect::<Vec<_>>(), rows);
    let error = find("nonsense").err().unwrap();
    assert!(error.contains("overfit") && error.contains("`nonsense`"), "{error}");
}

/// Belkin et al. 2019: the error on other pictures peaks where the layer has as many units as there are pictures.
#[test]
fn the_error_peaks_where_the_pictures_are_just_fitted() {
    let setup = Setup::own("unused".into());
    let own = setup.exactly(80, 200, 1);
    let found = double_descent::sweep(&own.train, &own.test, 1, &|| false, &|| {}).unwrap();
    let peak = found.iter().max_by(|a, b| a.1.square.total_cmp(&b.1.square)).unwrap();
    let ratio = peak.0 as f64 / 80.0;
    assert!((0.8..=1.25).contains(&ratio), "{ratio}");
    let (first, last) = (found[3].1, found[found.len() - 1].1);
    assert!(peak.1.square > 3.0 * first.square && peak.1.square > 3.0 * last.square, "{found:?}");
    assert!(last.training == 0.0 && first.training > 0.0, "{found:?}");
}

/// A training of an experiment with its first seed, without keeping anything.
fn trained(arms: &[Arm], arm: usize) -> RunRecord {
    let watch = Watch { stop: &|| false, plan: &|_| {}, step: &|_| {} };
    (arms[arm].run)(1).trained(watch).unwrap().unwrap()
}

/// Accuracy after the last epoch.
fn at_end(record: &RunRecord, set: &str) -> f64 {
    let at = record.sets.iter().position(|s| s == set).unwrap();
    record.epochs.last().unwrap().accuracy[at]
}

/// A pixel that gives a label away is read: all training pictures are right, others as long as it tells the truth, and none
/// once it lies. Labels that mean nothing are memorised, and tell nothing of others (Zhang et al. 2016).
#[test]
fn a_pixel_that_tells_the_label_is_read_and_labels_without_meaning_are_memorised() {
    let setup = Setup { epochs: Some(12), ..Setup::own("unused".into()) };
    let arms = overfit::arms(&setup);
    let cheat = trained(&arms, 2);
    assert!(at_end(&cheat, "training") > 0.99, "{:?}", cheat.epochs);
    assert!(at_end(&cheat, "test, pixel kept") > 0.95 && at_end(&cheat, "test") < 0.1);
    let few = tiny(std::path::Path::new("unused"), 150, 30);
    let random = trained(&overfit::arms(&few), 1);
    assert!(at_end(&random, "training") > 0.9, "{:?}", random.epochs);
    assert!((0.04..0.17).contains(&at_end(&random, "test")), "chance is a tenth of 400");
}

/// McCloskey and Cohen 1989: the first lesson is forgotten after the last; not if all are mixed.
#[test]
fn lessons_one_after_another_are_forgotten() {
    let setup = tiny(std::path::Path::new("unused"), 400, 12);
    let arms = ordered::arms(&setup);
    let [mixed, plain] = [0, 1].map(|arm| trained(&arms, arm));
    let first = plain.sets.iter().position(|s| s == "lesson 1").unwrap();
    assert!(plain.epochs[11].accuracy[first] > 0.9, "it was learned: {:?}", plain.epochs[11]);
    assert!(at_end(&plain, "lesson 1") < 0.1 && at_end(&plain, "lesson 5") > 0.7, "{:?}", plain.epochs);
    assert!(at_end(&mixed, "lesson 1") > 0.4 && at_end(&mixed, "test") > 0.4, "{:?}", mixed.epochs);
}

/// A whole experiment: resumed without training anything again, and told on a page.
#[test]
fn an_interrupted_experiment_goes_on_and_tells_what_it_saw() {
    use std::cell::Cell;
    let folder = tempfile::tempdir().unwrap();
    let setup = tiny(folder.path(), 40, 1);
    let experiment = find("underfit").unwrap();
    let steps = Cell::new(0u64);
    let run = |last: u64| {
        steps.set(0);
        let (stop, step) = (|| steps.get() >= last, |_: &str| steps.set(steps.get() + 1));
        (experiment.run)(&setup, Watch { stop: &stop, plan: &|_| {}, step: &step }).unwrap()
    };
    assert!(run(3).is_none(), "one training is finished, three are not begun");
    let found = run(u64::MAX).unwrap();
    assert_eq!(steps.get(), 6, "three trainings of two steps");
    let again = run(0).unwrap();
    assert_eq!((steps.get(), &again.said, &again.json), (0, &found.said, &found.json));
    let page = page(experiment, &found, &setup, true, "untrained experiment underfit");
    assert!(found.said.iter().all(|s| page.contains(s.as_str())), "{:?}", found.said);
    assert!(page.contains("untrained experiment underfit") && !page.contains("NaN"));
}
