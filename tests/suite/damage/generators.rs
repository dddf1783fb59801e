//! Generators made from scratch: each method's weights are those that its reader expects.

use std::path::Path;

use proptest::prelude::*;
use untrained::learn::LearnError;
use untrained::learn::file::File;
use untrained::learn::header::{ModelCard, ModelHeader};
use untrained::learn::method::Method;
use untrained::learn::methods::METHODS;
use untrained::learn::model::bytes;
use untrained::learn::net::weights::{WeightArray, Weights};
use untrained::world::rng::Rng;

use super::{Change, Cut, Opened, changes, cut, cuts, over};

const KEY: &str = "untrained-generator";

/// The smallest generator of a method, with weights around zero.
pub fn least(method: &str, classes: usize, settings: &[(&str, f64)]) -> File {
    let spec = METHODS.iter().find(|m| m.name == method).unwrap();
    let mut all: std::collections::BTreeMap<String, f64> =
        spec.settings.iter().map(|s| (s.name.to_string(), s.lo)).collect();
    all.extend(settings.iter().map(|(n, v)| (n.to_string(), *v)));
    let header = ModelHeader {
        method: method.into(),
        channels: 1,
        side: 8,
        classes: (0..classes).map(|i| format!("class {i}")).collect(),
        settings: all,
        card: ModelCard { version: "0".into(), data: "made".into(), ..ModelCard::default() },
        world: None,
    };
    let mut file = File { header, weights: Weights::default() };
    if method == "gmm" {
        file.weights.insert("means", array(&[classes, 2, 2]));
    }
    filled(file, |f| f.open(Path::new("x")).map(|_| ()))
}

/// A file with the weights that its reader reports as missing, one after another.
pub fn filled(mut file: File, open: impl Fn(&File) -> Result<(), LearnError>) -> File {
    for _ in 0..500 {
        let Err(lacks) = open(&file) else { return file };
        let lacks = lacks.to_string();
        let name = lacks.split('`').nth(1).unwrap_or_else(|| panic!("{lacks}"));
        let dims = lacks.split_once("of [").unwrap_or_else(|| panic!("{lacks}")).1.split(']').next().unwrap();
        let dims: Vec<usize> = dims.split(", ").map(|n| n.parse().unwrap()).collect();
        file.weights.insert(name.to_string(), array(&dims));
    }
    panic!("{} lacks weights without end", file.header.method);
}

fn array(dims: &[usize]) -> WeightArray {
    let n: usize = dims.iter().product();
    let r = Rng::new(1);
    WeightArray { dims: dims.into(), values: (0..n as u64).map(|i| 0.1 + 0.2 * r.normal(i)).collect() }
}

/// Generates pictures with whatever was read, as `generate`, the bench and the stage do.
fn put_to_use(file: &File) -> Result<(), TestCaseError> {
    let Ok(model) = file.open(Path::new("x")) else { return Ok(()) };
    let shape = model.shape();
    prop_assert!(shape.len() <= 3 * 128 * 128 && shape.len() >= 64);
    let classes = file.header.classes.len();
    for (i, label) in [None, Some(0), Some(classes - 1), Some(usize::MAX)].into_iter().enumerate() {
        let (a, b) = (model.point(label, Rng::new(1)), model.point(label, Rng::new(2)));
        let mut state = model.between(&a, &b, 0.5);
        // All steps of a method with few; some of one with many.
        let picture = match model.steps() {
            1..4 => model.picture(&state, label),
            _ if i > 1 => continue,
            _ => model.step(&mut state, 0, label),
        };
        prop_assert_eq!(picture.len(), shape.len());
        prop_assert_eq!(bytes(&picture, shape).len(), shape.len());
        if shape.side > 16 {
            break;
        }
    }
    Ok(())
}

/// Class names may be anything, and do not lead out of the folder.
fn named(file: &File) -> Result<(), TestCaseError> {
    let folders = untrained::world::names::components(&file.header.classes, &["sheet.png"]);
    for name in &folders {
        let mut parts = Path::new(name).components();
        let plain = matches!(parts.next(), Some(std::path::Component::Normal(_))) && parts.next().is_none();
        prop_assert!(plain, "{name:?}");
    }
    prop_assert_eq!(
        folders.iter().collect::<std::collections::BTreeSet<_>>().len(),
        file.header.classes.len()
    );
    Ok(())
}

/// The smallest generator of each method, with two steps where pictures are made in steps; the automaton with each of
/// its goals.
fn all() -> Vec<Opened> {
    let few = |m: &Method| m.settings.iter().find(|s| s.name == "steps").map(|s| (s.name, s.lo.max(2.0)));
    let each = METHODS.iter().map(|m| least(m.name, 2, few(m).as_slice()));
    let goals = [1.0, 2.0].map(|goal| least("nca", 1, &[("goal", goal)]));
    each.chain(goals).map(|f| Opened::of(&f.to_bytes().unwrap(), KEY)).collect()
}

type Case = (usize, Vec<Change>, Vec<Change>, Vec<Cut>);

fn cases() -> impl Strategy<Value = Case> {
    let head = prop_oneof![3 => Just(Vec::new()), 1 => changes()];
    (0..METHODS.len() + 2, head, changes(), cuts())
}

fn run(cases: u32) {
    let all = all();
    over(cases, &self::cases(), |(which, head, card, cuts)| {
        let bytes = cut(all[which].changed(&head, &card), &cuts);
        match File::from_bytes(&bytes, Path::new("x")) {
            Ok(file) => named(&file).and_then(|()| put_to_use(&file)),
            Err(e) => {
                prop_assert!(e.is_input() && e.to_string().len() < 20_000);
                Ok(())
            }
        }
    });
}

#[test]
fn generators_as_they_are_make_pictures() {
    for opened in all() {
        let file = File::from_bytes(&opened.changed(&[], &[]), Path::new("x")).unwrap();
        file.open(Path::new("x")).unwrap();
        put_to_use(&file).unwrap();
    }
}

#[test]
fn eight_thousand_damaged_generators() {
    run(8_000);
}

#[test]
#[ignore = "half an hour"]
fn three_hundred_thousand_damaged_generators() {
    run(300_000);
}

/// Through the program: names of classes that lead out of the folder.
#[test]
fn no_name_of_a_class_writes_outside_of_the_folder() {
    let dir = tempfile::tempdir().unwrap();
    let mut file = least("gmm", 7, &[]);
    let names = ["../out", "..", "/tmp/abs", "a/b", "", "con", "sheet.png"];
    file.header.classes = names.map(String::from).to_vec();
    let (model, out) = (dir.path().join("g.safetensors"), dir.path().join("inner/made"));
    file.save(&model).unwrap();
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_untrained"));
    command.arg("generate").arg(&model).args(["--n", "1", "--out"]).arg(&out);
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(said.contains("the class \"../out\" is in the folder `_._out`"), "{said}");
    let names = |folder: &Path| {
        let mut all: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|e| e.unwrap().file_name().into_string().unwrap())
            .collect();
        all.sort();
        all
    };
    assert_eq!(names(dir.path()), ["g.safetensors", "inner"]);
    assert_eq!(names(&dir.path().join("inner")), ["made"]);
    assert_eq!(names(&out), ["_", "_._out", "__", "_con", "_tmp_abs", "a_b", "sheet.png", "sheet.png 2"]);
}
