//! A small comparison for tests.

use super::progress::ProgressObserver;
use super::setup::ComparisonSetup;
use crate::generator::{SampleSpec, SceneGenerator};
use crate::metrics::catalogue::find;
use crate::sets::FeatureExtractor;
use world::scene::Scene;

/// Observes nothing.
pub struct NoProgress;
impl ProgressObserver for NoProgress {}

/// Two metrics by raw statistics, on twelve small grey pictures.
pub fn setup() -> ComparisonSetup {
    ComparisonSetup {
        command: "test".into(),
        n: 12,
        reference_n: 12,
        seed: 1,
        spec: SampleSpec { side: 32, channels: 1, frames: 3, every: 2, warm_up: 30 },
        clips: 1,
        film: 0,
        extractor: FeatureExtractor::Statistics,
        metrics: (["frechet", "precision"].iter().filter_map(|n| find(n)).collect(), false),
        k: 3,
        bins: 8,
        opponents: true,
        watts: crate::price::WATTS,
    }
}

/// A soup of Life.
pub fn soup(settings: &str) -> SceneGenerator {
    const SCENE: &str = "size = [64, 64]\n[node.cells]\nsystem = \"life\"\nsize = [64, 64]\n[[layer]]\nshow = \"cells.alive\"\npalette = \"#000 #fff\"\nhigh = 1\n";
    let scene = Scene::parse(SCENE, "soup", std::path::Path::new("."), systems::CATALOGUE).expect("a scene");
    SceneGenerator::new("soup", scene, settings).expect("settings")
}
