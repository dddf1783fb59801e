//! Sources of a split-screen comparison: two scenes, from arguments of the command line.

use std::path::Path;

use crate::CATALOGUE;
use crate::cli::Failure;
use crate::cli::load::SceneSource;
use crate::learn::File;
use crate::learn::nca::flow::{FLOW, inference::FlowAutomaton};
use crate::learn::nca::{self, inference::Automaton, motion::scale::MotionScale};
use crate::performance::versus::TrainingCost;
use crate::systems::learned::imitators::{IMITATOR, imitator_of};
use crate::systems::learned::world::LearnedWorld;
use crate::systems::learned::{latent::Latent, nca::Nca};
use crate::world::frame::digest;
use crate::world::limits;
use crate::world::system::System;

/// A scene to play, and the bytes that describe it.
pub struct SideSource {
    /// The scene.
    pub source: SceneSource,
    /// Its description.
    pub name: String,
    /// Text of a rule, or weights.
    pub bytes: u64,
    /// Hash of these bytes.
    pub hash: u64,
    /// What its training cost, of one that was trained.
    pub training: Option<TrainingCost>,
}

/// The scene and its imitator: a second scene, a file of weights, `imitator:SCENE`, or, if none is named, the one that
/// is shipped for that scene.
///
/// # Errors
/// One of them does not exist or is no generator (exit code 2).
pub fn side_sources(words: &[String]) -> Result<[SideSource; 2], Failure> {
    let [left, right] = match words {
        [scene] => [scene.clone(), format!("{IMITATOR}{}", SceneSource::find(scene)?.name())],
        [scene, imitator] => [scene.clone(), imitator.clone()],
        _ => return Err(Failure::input("--versus: expected a scene and its imitator")),
    };
    let left = rule(&left)?;
    let rate = left.source.load(CATALOGUE)?.rate;
    Ok([left, imitator(&right, rate)?])
}

fn rule(word: &str) -> Result<SideSource, Failure> {
    let source = SceneSource::find(word)?;
    let text = source.text()?;
    let (bytes, hash) = (text.len() as u64, digest(0, text.as_bytes()));
    Ok(SideSource { name: source.name(), source, bytes, hash, training: None })
}

fn imitator(word: &str, rate: f64) -> Result<SideSource, Failure> {
    let path = Path::new(word);
    if let Some(scene) = word.strip_prefix(IMITATOR) {
        let weights = imitator_of(scene).map_err(|e| {
            Failure::input(format!("{e}; name the weights of one that `untrained learn` trained"))
        })?;
        return made(word, weights, word, word, rate);
    }
    if path.extension().is_none_or(|e| e != "safetensors") {
        return rule(word);
    }
    let weights = limits::read(path, limits::WEIGHTS)
        .map_err(|e| Failure::input(format!("cannot read {}: {e}", path.display())))?;
    let whole = std::path::absolute(path).unwrap_or(path.into());
    let title = path.file_stem().map_or(word.into(), |s| s.to_string_lossy());
    made(word, &weights, &whole.to_string_lossy(), &title, rate)
}

/// A scene with only the generator, showing a single picture; `named` is what the scene calls its file.
fn made(word: &str, weights: &[u8], named: &str, title: &str, rate: f64) -> Result<SideSource, Failure> {
    let file = File::from_bytes(weights, Path::new(word))?;
    let method = file.header.method.as_str();
    let Player { system, knobs, nodes } = player(&file, word)?;
    let about = format!("a {method} trained on {}", file.header.card.data);
    let text = format!(
        "title = {title:?}\nabout = {about:?}\nsize = [1280, 720]\nrate = {rate}\n\n[node.imitator]\nsystem = \"{system}\"\nsize = [640, 360]\n{knobs}file = {named:?}\n\n{nodes}[[layer]]\nshow = \"imitator.picture\"\n"
    );
    let name = format!("{title} ({method})");
    let (bytes, hash) = (weights.len() as u64, digest(0, weights));
    let card = &file.header.card;
    let training = Some(TrainingCost { cpu_seconds: card.seconds[1], images: card.seen });
    Ok(SideSource { source: SceneSource::Generated(title.into(), text), name, bytes, hash, training })
}

/// How a generator is played.
struct Player {
    system: &'static str,
    /// Lines of its table that make it show a single picture.
    knobs: String,
    /// Tables of other nodes, with an empty line after each.
    nodes: String,
}

/// The system that plays a generator: a cellular automaton runs on, any other walks its latent space.
fn player(file: &File, word: &str) -> Result<Player, Failure> {
    let alone = |system, knobs: &str| Player { system, knobs: knobs.into(), nodes: String::new() };
    let wrong = |e: String| Failure::input(format!("{word}: {e}"));
    let method = file.header.method.as_str();
    if method == FLOW.name {
        let flow = FlowAutomaton::open(&file.header, &file.weights).map_err(wrong)?;
        return Ok(stirred(file.header.side, flow.into_parts().1.scale));
    }
    if file.header.world.is_some() {
        return Ok(alone(LearnedWorld::NAME, ""));
    }
    if method != nca::METHOD.name {
        return Ok(alone(Latent::NAME, "columns = 1\n"));
    }
    let rule = Automaton::open(&file.header, &file.weights).map_err(wrong)?;
    let cells = format!("cells = {}\n", file.header.side);
    Ok(alone(Nca::NAME, if rule.is_texture() { &cells } else { "columns = 1\n" }))
}

/// Root mean square of the noise's flow along an axis.
const NOISE_FLOW: f32 = 0.65;

/// A texture that a flow carries. The rule's velocity is not at hand here, so that slow noise stirs it, as strongly as
/// the flow was that it learned from.
fn stirred(side: usize, motion: MotionScale) -> Player {
    let cells = 0.5 * (motion.cells[0].abs() + motion.cells[1].abs());
    let gain = (motion.deviation / (NOISE_FLOW * cells).max(f32::MIN_POSITIVE)).min(1e6);
    let knobs = format!("cells = {}\nflow = {{ from = \"stir.flow\", gain = {gain:?} }}\n", side.max(16));
    let nodes = "[node.stir]\nsystem = \"noise\"\nsize = [160, 90]\nscale = 4\nspeed = 0.15\nwarp = 0\n\n";
    Player { system: Nca::NAME, knobs, nodes: nodes.into() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::learn::dynamics::WorldSpec;
    use crate::learn::header::{ModelCard, ModelHeader};
    use crate::learn::nca::cells::rule::{CellRule, CellShape};
    use crate::systems::learned::imitators::IMITATORS;
    use crate::world::engine::Engine;
    use crate::world::rng::Rng;

    fn words(words: &[&str]) -> Result<[SideSource; 2], Failure> {
        side_sources(&words.iter().map(|w| w.to_string()).collect::<Vec<_>>())
    }

    #[test]
    fn shipped_imitators_are_found_by_their_scene() {
        for (scene, method) in [("street", "vae"), ("ink", "diffusion")] {
            let [rule, imitator] = words(&[scene]).unwrap();
            assert!(rule.name == scene && rule.bytes < 2000 && imitator.bytes > 10_000);
            assert!(imitator.name.contains(method), "{}", imitator.name);
            assert!(rule.training.is_none() && rule.hash != imitator.hash);
            assert!(imitator.training.is_some_and(|t| t.cpu_seconds > 1.0 && t.images > 100));
            let loaded = imitator.source.load(CATALOGUE).unwrap();
            assert_eq!((loaded.nodes.len(), loaded.rate), (1, 60.0));
        }
        let [_, other] = words(&["garden", "harvest"]).unwrap();
        assert_eq!(other.name, "harvest");
    }

    /// What a side shows after some ticks.
    fn shown(side: &SideSource) -> Vec<f32> {
        let scene = side.source.load(CATALOGUE).unwrap();
        let node = scene.node("imitator").unwrap();
        let mut engine = Engine::new(scene, Some(3)).unwrap();
        (0..10).for_each(|_| engine.step(&[]));
        engine.field(node, 0).data().to_vec()
    }

    #[test]
    fn a_shipped_imitator_shows_what_its_own_file_shows() {
        let assets = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets");
        let mut all: Vec<Vec<f32>> = Vec::new();
        for (scene, _) in IMITATORS {
            let file = assets.join(format!("{scene}.safetensors"));
            let [_, shipped] = words(&[scene]).unwrap();
            let [_, named] = words(&[scene, file.to_str().unwrap()]).unwrap();
            assert!(shown(&shipped) == shown(&named), "{scene}");
            all.push(shown(&shipped));
        }
        assert!(all.len() > 2 && (1..all.len()).all(|i| all[..i].iter().all(|other| *other != all[i])));
    }

    /// A rule that was never trained, as `untrained learn flow` would write it.
    fn flow_file(folder: &Path) -> std::path::PathBuf {
        let names = |all: &[&str]| all.iter().map(|n| n.to_string()).collect();
        let world = WorldSpec {
            scene: "ink".into(),
            width: 64,
            height: 64,
            periodic: [true; 2],
            every: 6,
            state: names(&["picture.red", "picture.green", "picture.blue"]),
            given: names(&["basin.velocity.x", "basin.velocity.y"]),
            knobs: Vec::new(),
        };
        let header = ModelHeader {
            method: FLOW.name.into(),
            channels: 3,
            side: 64,
            classes: Vec::new(),
            settings: FLOW.values(&[("channels", 6.0), ("hidden", 8.0)]),
            card: ModelCard::default(),
            world: Some(world),
        };
        let shape = CellShape { channels: 6, given: 2, hidden: 8, far: 0 };
        let mut weights = CellRule::fresh(shape, Rng::new(1)).weights();
        let motion = MotionScale { cells: [18.0, 22.0], deviation: 1.3 };
        motion.weights().iter().for_each(|(n, a)| weights.insert(n, a.clone()));
        let path = folder.join("flowing.safetensors");
        File { header, weights }.save(&path).unwrap();
        path
    }

    #[test]
    fn a_texture_that_a_flow_carries_is_stirred_as_strongly_as_in_training() {
        let dir = tempfile::tempdir().unwrap();
        let path = flow_file(dir.path());
        let [_, made] = words(&["ink", path.to_str().unwrap()]).unwrap();
        assert!(made.name.ends_with("(flow)"), "{}", made.name);
        let loaded = made.source.load(CATALOGUE).unwrap();
        let [it, stir] = ["imitator", "stir"].map(|name| loaded.node(name).unwrap());
        assert_eq!((loaded.nodes[it].kind.name, loaded.nodes[stir].kind.name), ("nca", "noise"));
        let mut engine = Engine::new(loaded, Some(3)).unwrap();
        (0..30).for_each(|_| engine.step(&[]));
        assert!(engine.messages().is_empty(), "{:?}", engine.messages());
        // What it is told: a displacement of about a deviation a frame.
        let flow = engine.field(stir, 1);
        let square = flow.data().iter().map(|v| f64::from(*v) * f64::from(*v)).sum::<f64>();
        let rms = (square / flow.data().len() as f64).sqrt();
        assert!((rms / f64::from(NOISE_FLOW) - 1.0).abs() < 0.15, "{rms}");
    }

    #[test]
    fn missing_imitators_are_reported() {
        for (given, expected) in [
            (vec!["garden"], "street, ink"),
            (vec!["gardn"], "garden"),
            (vec!["ink", "nowhere.safetensors"], "nowhere.safetensors"),
            (vec!["ink", "imitator:coast"], "street, ink"),
        ] {
            let e = words(&given).err().unwrap();
            assert!(e.code == 2 && e.report.to_string().contains(expected), "{given:?}: {}", e.report);
        }
    }
}
