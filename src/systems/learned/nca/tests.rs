use std::path::Path;

use super::*;
use crate::CATALOGUE;
use learn::dynamics::WorldSpec;
use learn::header::{ModelCard, ModelHeader};
use learn::nca::METHOD;
use learn::nca::cells::rule::{CellRule, CellShape};
use learn::net::weights::{WeightArray, Weights};
use world::engine::Engine;
use world::frame::Frame;
use world::scene::Scene;

const FLOWING: &str = "flow = \"air.flow\"\n\n[node.air]\nsystem = \"noise\"\nsize = [32, 32]\n";

fn saved(folder: &Path, name: &str, header: ModelHeader, weights: Weights) {
    learn::File { header, weights }.save(&folder.join(name)).unwrap();
}

fn header(method: &str, settings: &[(&str, f64)], world: Option<WorldSpec>) -> ModelHeader {
    ModelHeader {
        method: method.into(),
        channels: 3,
        side: 32,
        classes: vec!["a".into()],
        settings: settings.iter().map(|(n, v)| (n.to_string(), *v)).collect(),
        card: ModelCard::default(),
        world,
    }
}

/// Saves a rule that a flow carries, one of which it carries the cells and which does nothing else, one that knows none,
/// and a learned world.
fn files(folder: &Path) {
    let names = |all: &[&str]| all.iter().map(|n| n.to_string()).collect();
    let spec = WorldSpec {
        scene: "a".into(),
        width: 32,
        height: 32,
        periodic: [true; 2],
        every: 8,
        state: names(&["picture.red", "picture.green", "picture.blue"]),
        given: names(&["v.x", "v.y"]),
        knobs: Vec::new(),
    };
    let settings = [("goal", 2.0), ("channels", 6.0), ("hidden", 8.0), ("steps", 4.0)];
    for (name, method, given) in [("carried", FLOW.name, 2), ("still", METHOD.name, 0), ("world", "step", 2)]
    {
        let mut rule = CellRule::fresh(CellShape { channels: 6, given, hidden: 8, far: 0 }, Rng::new(1));
        rule.update.iter_mut().for_each(|v| *v *= 30.0);
        let mut weights = rule.weights();
        let motion = MotionScale { cells: [2.0, 3.0], deviation: 0.5 };
        motion.weights().iter().for_each(|(n, a)| weights.insert(n, a.clone()));
        let world = (given > 0).then(|| spec.clone());
        saved(
            folder,
            &format!("{name}.safetensors"),
            header(method, &settings, world.clone()),
            weights.clone(),
        );
        if name == "still" {
            let growing = [&settings[..], &[("goal", 1.0)]].concat();
            saved(folder, "grown.safetensors", header(method, &growing, None), weights.clone());
        }
        if name == "carried" {
            let none = WeightArray { dims: vec![8, 6], values: vec![0.0; 48] };
            weights.insert("update", none);
            let settings = [&settings[..], &[("transport", 1.0)]].concat();
            saved(folder, "swept.safetensors", header(method, &settings, world), weights);
        }
    }
}

/// A scene with one automaton from a file, and more lines of its table.
fn scene(folder: &Path, file: &str, more: &str) -> Result<Scene, String> {
    let text = format!(
        "size = [48, 48]\n[node.it]\nsystem = \"nca\"\nsize = [48, 48]\ncells = 24\nfile = \"{file}.safetensors\"\n{more}\n[[layer]]\nshow = \"it.picture\"\n"
    );
    Scene::parse(&text, "a", folder, CATALOGUE).map_err(|p| format!("{p:?}"))
}

/// The picture after some ticks, and what the system says then.
fn after(folder: &Path, file: &str, more: &str) -> (Vec<u8>, Vec<(String, String)>) {
    let mut engine = Engine::new(scene(folder, file, more).unwrap(), Some(5)).unwrap();
    (0..12).for_each(|_| engine.step(&[]));
    let mut frame = Frame::default();
    engine.compose(&mut frame);
    (frame.rgba, engine.messages())
}

#[test]
fn a_flow_reaches_a_rule_that_was_trained_with_one_as_far_as_it_is_told_to_carry() {
    let dir = tempfile::tempdir().unwrap();
    files(dir.path());
    let at = |file: &str, more: &str| after(dir.path(), file, more);
    let (still, carried) = (at("carried", ""), at("carried", FLOWING));
    assert!(still.0 != carried.0 && carried.1.is_empty() && still.1.is_empty());
    assert!(at("carried", FLOWING) == carried, "the same each time");
    let none = format!("carry = 0\n{FLOWING}");
    assert!(at("carried", &none).0 == still.0, "a flow that carries nothing is none");
}

#[test]
fn any_texture_is_carried_and_what_grows_pictures_says_that_none_carries_it() {
    let dir = tempfile::tempdir().unwrap();
    files(dir.path());
    let at = |file: &str, more: &str| after(dir.path(), file, more);
    let (still, carried) = (at("still", ""), at("still", FLOWING));
    assert!(still.0 != carried.0 && still.1.is_empty() && carried.1.is_empty());
    let (still, carried) = (at("grown", ""), at("grown", FLOWING));
    assert!(still.0 == carried.0 && still.1.is_empty());
    assert!(carried.1.iter().any(|(node, said)| node == "it" && said.contains("untrained learn flow")));
    let refused = scene(dir.path(), "world", "").unwrap_err();
    assert!(refused.contains("`step`") && refused.contains("`learned_world`"), "{refused}");
}

/// What a rule is told: the displacement of a frame of its training, so that the picture moves as far a tick as in the
/// scene, whatever the steps of a tick.
#[test]
fn what_is_told_is_the_displacement_of_a_frame() {
    let dir = tempfile::tempdir().unwrap();
    files(dir.path());
    let texts = Texts { folder: dir.path().into(), ..Texts::default() }.with("file", "carried.safetensors");
    let birth = InitContext { width: 48, height: 24, rng: Rng::new(1), texts: &texts };
    let params = NcaKnobs { cells: 24, carry: 0.25, steps: 2, ..NcaKnobs::default() };
    let nca = Nca::new(&params, &birth).unwrap();
    let mut flow = Field::new(96, 48, 2);
    flow.plane_mut(0).fill(1.0);
    flow.plane_mut(1).fill(-2.0);
    // In the scene it moves by 2 and −6 cells in the 8 ticks of a frame; here a frame takes 4 / 2 ticks, in which a
    // quarter of the scene's speed makes 1/8 and −3/8 cells. A deviation is half a cell.
    let told = nca.given(&nca.moved(Some(&flow), &params), &params);
    assert_eq!(told.len(), 2 * 48 * 24);
    assert!(told[..48 * 24].iter().all(|v| (v - 0.25).abs() < 1e-6), "{}", told[0]);
    assert!(told[48 * 24..].iter().all(|v| (v + 0.75).abs() < 1e-6), "{}", told[48 * 24]);
    assert!(nca.given(&nca.moved(None, &params), &params).iter().all(|v| *v == 0.0));
}

/// Cells that do nothing, under a flow that moves them by a cell to the right and two upwards a tick.
#[test]
fn a_flow_carries_the_cells_of_a_rule_that_was_trained_so() {
    let dir = tempfile::tempdir().unwrap();
    files(dir.path());
    let texts = Texts { folder: dir.path().into(), ..Texts::default() }.with("file", "swept.safetensors");
    let birth = InitContext { width: 48, height: 24, rng: Rng::new(1), texts: &texts };
    let params = NcaKnobs { cells: 24, carry: 0.5, ..NcaKnobs::default() };
    let mut nca = Nca::new(&params, &birth).unwrap();
    // A frame is 8 ticks, in which a velocity of one moves the picture by 2 and 3 cells at full speed.
    let mut flow = Field::new(48, 24, 2);
    flow.plane_mut(0).fill(8.0);
    flow.plane_mut(1).fill(-32.0 / 3.0);
    let before = nca.worlds[0].state.clone();
    let mut step = |flow: &Field| {
        let inputs = [None, Some(flow)];
        nca.step(
            &params,
            &Env { tick: 0, dt: 0.0, rng: Rng::new(3), inputs: &inputs, touches: &[], switches: &[] },
        );
        nca.worlds[0].state.clone()
    };
    for (i, v) in step(&flow).into_iter().enumerate() {
        let (c, y, x) = (i / (48 * 24), i / 48 % 24, i % 48);
        let from = before[(c * 24 + (y + 2) % 24) * 48 + (x + 47) % 48];
        assert!((v - from).abs() < 1e-5, "{i}: {v}, {from}");
    }
    let now = step(&Field::new(48, 24, 2));
    flow.plane_mut(0).fill(f32::NAN);
    flow.plane_mut(1).fill(f32::INFINITY);
    assert!(step(&flow) == now, "what is not finite carries nothing");
}

#[test]
fn a_world_that_is_lost_begins_again_and_says_so() {
    let dir = tempfile::tempdir().unwrap();
    files(dir.path());
    let texts = Texts { folder: dir.path().into(), ..Texts::default() }.with("file", "carried.safetensors");
    let birth = InitContext { width: 48, height: 24, rng: Rng::new(1), texts: &texts };
    let params = NcaKnobs { cells: 24, ..NcaKnobs::default() };
    let mut nca = Nca::new(&params, &birth).unwrap();
    let whole = nca.worlds[0].clone();
    nca.replace_lost(&params);
    assert!(nca.worlds[0] == whole && nca.message().is_none());
    nca.worlds[0].state[7] = f32::NAN;
    nca.replace_lost(&params);
    assert!(nca.worlds[0] == whole && nca.message().is_some_and(|m| m.contains("began again")));
}
