//! The true process of every pixel, and what is learned from it.

use std::path::Path;
use std::process::{Command, Output};

use untrained::data::compose::{Source, compose};
use untrained::data::dataset::{Origin, Row, classes, hash, rows};
use untrained::data::reduce::{SIDE, reduce};
use untrained::systems::{CATALOGUE, find};
use untrained::world::body::Body;
use untrained::world::engine::Engine;
use untrained::world::field::Field;
use untrained::world::frame::Frame;
use untrained::world::rng::Rng;
use untrained::world::scene::Scene;
use untrained::world::system::{Env, InitContext, Node, Texts};
use untrained::world::view::View;

fn run(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_untrained")).args(args).output().unwrap()
}

fn ran(args: &[&str]) -> String {
    let out = run(args);
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    String::from_utf8(out.stdout).unwrap()
}

/// A world as its provenance says.
fn engine(origin: &Origin) -> Engine {
    let scene = Scene::parse(&origin.scene, "again", Path::new("."), CATALOGUE).unwrap();
    let mut engine = Engine::new(scene, Some(origin.seed)).unwrap();
    (0..origin.tick).for_each(|_| engine.step(&[]));
    engine
}

fn picture(origin: &Origin) -> Vec<u8> {
    let mut frame = Frame::default();
    engine(origin).compose(&mut frame);
    reduce(&frame.rgba, frame.width, frame.height, 4)
}

fn made(folder: &Path, more: &[&str]) -> Vec<Row> {
    ran(&[&["dataset", "--masks", "--out", folder.to_str().unwrap()], more].concat());
    rows(folder).unwrap()
}

const SYSTEMS: &str = "life,noise,escape,discs";

#[test]
fn every_composed_frame_is_made_again_from_its_row() {
    let folder = tempfile::tempdir().unwrap();
    let options = ["--each", "4", "--only", SYSTEMS, "--test", "0.4", "--seed", "3", "--compose", "14"];
    let all = made(folder.path(), &options);
    let names = classes(folder.path()).unwrap();
    assert_eq!(names.len(), CATALOGUE.len());
    let class = |label: &str| names.iter().position(|c| c == label).unwrap() as u8;
    let (mut sizes, mut composed) = ([0; 4], 0);
    for row in &all {
        let truth = row.truth.as_ref().unwrap();
        let mask = truth.read_mask(names.len()).unwrap();
        let origins: Vec<&Origin> =
            std::iter::once(&row.origin).chain(truth.parts.iter().map(|p| &p.origin)).collect();
        let pictures: Vec<Vec<u8>> = origins.iter().map(|o| picture(o)).collect();
        let masks: Vec<Vec<u8>> = origins.iter().map(|o| vec![class(&o.label); SIDE * SIDE]).collect();
        let sources: Vec<Source> =
            pictures.iter().zip(&masks).map(|(picture, mask)| Source { picture, mask, boxes: &[] }).collect();
        let regions: Vec<_> = truth.parts.iter().map(|p| p.region).collect();
        let (again, expected) = compose(&sources, &regions);
        assert_eq!((hash(&again), &mask), (row.hash, &expected.mask), "{}", row.path.display());
        sizes[origins.len()] += 1;
        composed += !truth.parts.is_empty() as usize;
        // Parts are of different processes, of the same split, and the label is that of most pixels.
        let mut labels: Vec<&str> = origins.iter().map(|o| o.label.as_str()).collect();
        labels.sort();
        labels.dedup();
        assert_eq!(labels.len(), origins.len());
        let count = |label: &str| mask.iter().filter(|m| **m == class(label)).count();
        assert!(labels.iter().all(|l| count(l) <= count(&row.origin.label) && count(l) > 300));
        assert!(truth.parts.iter().all(|p| p.origin.split == row.origin.split));
    }
    assert!(composed == 14 && sizes[1] == 16 && sizes[2] > 0 && sizes[3] > 0, "{sizes:?}");
    // The same seed makes the same set.
    let other = tempfile::tempdir().unwrap();
    let marks = |rows: &[Row]| rows.iter().map(|r| (r.hash, r.origin.clone())).collect::<Vec<_>>();
    assert_eq!(marks(&made(other.path(), &options)), marks(&all));
}

/// A game of Life in white over noise: what shows which is known cell by cell.
#[test]
fn every_pixel_of_a_scene_belongs_to_the_process_that_made_it() {
    let folder = tempfile::tempdir().unwrap();
    let scene = folder.path().join("two.toml");
    let node = |name: &str, system: &str| format!("[node.{name}]\nsystem = \"{system}\"\nsize = [64, 64]\n");
    let layers = "[[layer]]\nshow = \"ground.value\"\npalette = \"inferno\"\n\
                  [[layer]]\nshow = \"cells.alive\"\npalette = \"bone\"\nblend = \"add\"\n";
    let ground = find("noise").unwrap().outputs[0].name;
    let layers = layers.replace("value", ground);
    let text = format!("size = [64, 64]\n{}{}{layers}", node("ground", "noise"), node("cells", "life"));
    std::fs::write(&scene, text).unwrap();
    let out = folder.path().join("set");
    let options = ["--scene", scene.to_str().unwrap(), "--each", "3", "--warm-up", "5", "--seed", "2"];
    let all = made(&out, &options);
    let names = classes(&out).unwrap();
    let class = |label: &str| names.iter().position(|c| c == label).unwrap() as u8;
    for row in &all {
        let mask = row.truth.as_ref().unwrap().read_mask(names.len()).unwrap();
        let engine = engine(&row.origin);
        let cells = engine.field(engine.scene().node("cells").unwrap(), 0);
        let alive = |i: usize| cells.data()[i] > 0.5;
        let expected: Vec<u8> =
            (0..SIDE * SIDE).map(|i| class(if alive(i) { "life" } else { "noise" })).collect();
        let off = mask.iter().zip(&expected).filter(|(a, b)| a != b).count();
        let both = expected.iter().filter(|c| **c == class("life")).count();
        assert!(off == 0 && both > 100 && both < 4000, "{off} pixels are of the other process, of {both}");
    }
}

fn world(name: &str, knobs: &[(&str, f64)], size: (usize, usize), ticks: u64) -> Box<dyn Node> {
    let kind = find(name).unwrap();
    let value = |k: &untrained::world::params::ParamSpec| {
        knobs.iter().find(|(name, _)| *name == k.name).map_or(k.default, |v| v.1)
    };
    let values: Vec<f64> = kind.knobs.iter().map(value).collect();
    let texts = Texts::default();
    let context = InitContext { width: size.0, height: size.1, rng: Rng::new(4), texts: &texts };
    let mut node = (kind.instantiate)(&values, &context).unwrap();
    for tick in 0..ticks {
        let rng = Rng::new(4).fork(tick);
        node.step(&Env { tick, dt: 1.0 / 60.0, rng, inputs: &[], touches: &[], switches: &[] });
    }
    node
}

fn shown(node: &dyn Node, output: &str, size: (usize, usize)) -> (Field, Vec<Body>) {
    let port = node.kind().outputs.iter().position(|o| o.name == output).unwrap();
    let (mut field, mut bodies) = (Field::new(size.0, size.1, 1), Vec::new());
    node.show(port, &View::WHOLE, &mut field);
    node.bodies(port, &mut bodies);
    (field, bodies)
}

/// The discs that are drawn fill their boxes as discs do.
#[test]
fn boxes_of_discs_are_around_what_is_drawn() {
    let size = (160, 90);
    let node = world("discs", &[("count", 60.0), ("radius", 4.0), ("radius_ratio", 1.5)], size, 30);
    let (field, bodies) = shown(&*node, "discs", size);
    assert!(bodies.len() >= 50, "{}", bodies.len());
    let covered = |x: f32, y: f32| {
        bodies.iter().any(|b| {
            let (u, v) =
                (2.0 * (x - b.left) / (b.right - b.left) - 1.0, 2.0 * (y - b.top) / (b.bottom - b.top) - 1.0);
            u * u + v * v < 1.0
        })
    };
    let at = |i: usize| ((i % size.0) as f32 + 0.5, (i / size.0) as f32 + 0.5);
    let is = |i: usize| covered(at(i).0 / size.0 as f32, at(i).1 / size.1 as f32);
    let (all, off) = (0..size.0 * size.1).fold((0, 0), |(all, off), i| {
        let drawn = field.data()[i] > 0.5;
        (all + drawn as usize, off + (drawn != is(i)) as usize)
    });
    assert!(all > 2000 && off * 100 < all, "{off} of {all}");
}

/// Every liquid cell lies in a box, and every box reaches to liquid at all of its edges.
#[test]
fn boxes_of_drops_are_tight_around_liquid() {
    let size = (96, 54);
    let node = world("drops", &[], size, 80);
    let (phase, bodies) = shown(&*node, "phase", size);
    assert!(!bodies.is_empty());
    let cells: Vec<[isize; 4]> = bodies
        .iter()
        .map(|b| [b.left * 96.0, b.top * 54.0, b.right * 96.0, b.bottom * 54.0].map(|v| v.round() as isize))
        .collect();
    let wet = |x: isize, y: isize| {
        (0..54).contains(&y) && phase.data()[y as usize * 96 + x.rem_euclid(96) as usize] > 0.5
    };
    let liquid: Vec<(isize, isize)> =
        (0..54).flat_map(|y| (0..96).map(move |x| (x, y))).filter(|(x, y)| wet(*x, *y)).collect();
    let inside = |(x, y): &&(isize, isize)| {
        cells.iter().any(|[l, t, r, b]| (l..r).contains(&x) && (t..b).contains(&y))
    };
    // A few cells may be of specks that are no drops.
    let held = liquid.iter().filter(inside).count();
    assert!(liquid.len() > 100 && held * 100 >= liquid.len() * 98, "{held} of {}", liquid.len());
    for &[l, t, r, b] in &cells {
        let near = |x: isize, y: isize| (-1..=1).any(|d| wet(x + d, y) || wet(x, y + d));
        let edge = |fixed: isize, from: isize, to: isize, is_row: bool| {
            (from..to).any(|k| if is_row { near(k, fixed) } else { near(fixed, k) })
        };
        assert!(edge(t, l, r, true) && edge(b - 1, l, r, true), "{l} {t} {r} {b}");
        assert!(edge(l, t, b, false) && edge(r - 1, t, b, false), "{l} {t} {r} {b}");
    }
}

#[test]
fn networks_are_trained_on_masks_and_evaluated() {
    let folder = tempfile::tempdir().unwrap();
    let set = folder.path().join("set");
    made(&set, &["--each", "8", "--only", "life,discs", "--test", "0.3", "--seed", "5", "--compose", "8"]);
    let set = set.to_str().unwrap();
    let small =
        ["--set", "width=8", "--set", "deepest=8", "--set", "patch=4", "--epochs", "1", "--batch", "4"];
    for (task, said) in [("segment", "mean intersection over union"), ("detect", "average precision")] {
        let file = folder.path().join(format!("{task}.safetensors"));
        let out = file.to_str().unwrap();
        let told = ran(&[&["train", set, "--task", task, "--out", out], &small[..]].concat());
        assert!(told.contains(said) && told.contains("test frames"), "{told}");
        let card: serde_json::Value =
            serde_json::from_slice(&std::fs::read(file.with_extension("json")).unwrap()).unwrap();
        assert_eq!(card["model"]["method"], task);
        assert!(!file.with_extension("training").exists() && file.with_extension("png").exists());
        let page = folder.path().join(task);
        let told = ran(&["evaluate", out, set, "--out", page.to_str().unwrap()]);
        assert!(told.contains(said) && told.contains("discs"), "{told}");
        let html = std::fs::read_to_string(page.join("index.html")).unwrap();
        assert!(html.contains("data:image/png") && html.contains("By class"));
        assert!(page.join("evaluation.json").exists());
    }
    // A judge and a set without masks are refused, each in words.
    let plain = folder.path().join("plain");
    ran(&["dataset", "--each", "1", "--only", "life", "--out", plain.to_str().unwrap()]);
    let refused = |args: &[&str], words: &str| {
        let out = run(args);
        let told = String::from_utf8_lossy(&out.stderr).replace(['\n', '│'], " ");
        let told = told.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(out.status.code() == Some(2) && told.contains(words), "{told}");
    };
    refused(&["train", plain.to_str().unwrap(), "--task", "segment", "--out", "none.safetensors"], "--masks");
    refused(&["evaluate", set, set], "folder");
    refused(&["dataset", "--compose", "3", "--out", set], "--masks");
    refused(&["dataset", "--masks", "--out", plain.to_str().unwrap(), "--each", "1"], "no masks");
}

/// The pointing game (Zhang et al. 2016): where a part of a frame is made by a process, its map peaks more often than a
/// random place hits it, by three standard deviations and more.
#[test]
fn the_judge_looks_where_a_process_made_the_picture() {
    use untrained::bench::look::methods::METHODS;
    use untrained::bench::look::pointing::pointing_game;
    use untrained::data::masked;
    use untrained::judge::{Judge, sight::Observer};
    let folder = tempfile::tempdir().unwrap();
    let systems = "life,noise,escape,lbm,subsumption";
    let options = [
        "--each",
        "12",
        "--per-world",
        "1",
        "--only",
        systems,
        "--test",
        "0.4",
        "--seed",
        "31",
        "--compose",
        "60",
    ];
    made(folder.path(), &options);
    let set = masked::read(&[folder.path().to_path_buf()]).unwrap();
    let judge = Judge::shipped().unwrap();
    let observer = Observer::new(&judge).unwrap();
    let frames = [set.train, set.test].concat();
    let quick = METHODS.into_iter().filter(|m| ["grad-cam", "hires-cam", "windows"].contains(&m.name));
    let (quick, layer) = (quick.collect::<Vec<_>>(), observer.usual_layer());
    let found = pointing_game(&observer, &judge.header.classes, layer, (&frames, &set.classes), &quick);
    assert_eq!(found.len(), 3);
    for r in &found {
        let (n, c) = (r.maps as f64, r.chance);
        let share = r.hits as f64 / n;
        assert!(n >= 80.0 && share > c + 3.0 * (c * (1.0 - c) / n).sqrt(), "{r:?}");
    }
}
