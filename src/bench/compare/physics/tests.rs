//! Flows whose physics is known.

use std::path::Path;

use super::super::testing::{NoProgress, setup, soup};
use super::super::{Comparison, ComparisonSets, ComparisonSetup, compare};
use super::Row;
use crate::generator::{Generator, SampleSpec, SceneGenerator};
use crate::metrics::catalogue::MetricResult;
use world::scene::Scene;

/// A world of a system with settings, 48 × 32 cells.
fn scene(name: &str, settings: &str) -> SceneGenerator {
    let text = format!(
        "size = [48, 32]\n[node.flow]\nsize = [48, 32]\n{settings}\n[[layer]]\nshow = \"flow.speed\"\nhigh = 1\n"
    );
    let scene = Scene::parse(&text, name, Path::new("."), systems::CATALOGUE).expect("a scene");
    SceneGenerator::new(name, scene, "").expect("settings")
}

fn compared(reference: &dyn Generator, candidates: &[&dyn Generator]) -> Comparison {
    let spec = SampleSpec { frames: 6, every: 2, warm_up: 20, ..setup().spec };
    let setup = ComparisonSetup { spec, clips: 2, n: 6, reference_n: 6, ..setup() };
    let sets = ComparisonSets { reference, train: None, candidates: candidates.to_vec() };
    compare(&sets, setup, &NoProgress).unwrap()
}

fn row<'a>(c: &'a Comparison, name: &str) -> &'a Row {
    c.physics.rows.iter().find(|r| r.name == name).unwrap_or_else(|| panic!("no {name}"))
}

fn of<'a>(row: &'a Row, metric: &str) -> &'a MetricResult {
    row.results.iter().find(|(m, _)| m.name == metric).expect(metric).1.as_ref().expect(metric)
}

const POOL: &str = "system = \"water\"\nhills = 0\nrain = 0\nsprings = 0\nevaporation = 0\nstones = 200";

#[test]
fn water_that_is_taken_away_is_seen_to_go() {
    let (pool, leak) =
        (scene("pool", POOL), scene("leak", &POOL.replace("evaporation = 0", "evaporation = 2")));
    let c = compared(&pool, &[&leak]);
    let source = c.physics.source.as_ref().unwrap();
    assert_eq!((source.velocity.as_str(), source.density.as_deref()), ("flow.velocity", Some("flow.depth")));
    let names: Vec<&str> = c.physics.rows.iter().map(|r| r.name.as_str()).collect();
    assert_eq!(names, ["leak", "other starts", "perturbed", "half", "quarter"], "{:?}", c.physics.notes);
    let drift = of(row(&c, "leak"), "mass-drift");
    assert!(drift.of_reference.unwrap() < 1e-6 && drift.figure.interval[0] > 1e-5, "{drift:?}");
    let again = of(row(&c, "other starts"), "kinetic-energy");
    assert_ne!(again.of_reference.unwrap(), again.figure.value, "the same starts");
    let json = c.json();
    assert_eq!(json["physics"]["flows"]["leak"]["metrics"]["mass-drift"]["value"], drift.figure.value);
    assert!(c.html().contains("The physics of the flow"));
}

#[test]
fn an_incompressible_flow_has_no_divergence_and_no_mass_to_lose() {
    let smoke = "system = \"smoke\"\nburners = 2\nburner_fuel = 0\nburner_heat = 500\nexpansion = 0";
    let c = compared(&scene("smoke", smoke), &[&scene("gas", "system = \"lbm\"\ndisc = 0")]);
    let other = row(&c, "other starts");
    let divergence = of(other, "divergence");
    assert!(divergence.figure.value < 0.3 * divergence.ceiling.unwrap().value, "{divergence:?}");
    assert!(other.results.iter().all(|(m, _)| m.name != "mass-drift"));
    assert!(c.physics.notes.iter().any(|n| n.contains("units may differ")), "{:?}", c.physics.notes);
    // The gas is slower by far.
    let energy = of(row(&c, "gas"), "kinetic-energy");
    assert!(energy.figure.value < 0.5 * energy.of_reference.unwrap(), "{energy:?}");
}

#[test]
fn where_nothing_flows_nothing_is_said() {
    let cells = soup("cells.density=0.3");
    let c = compared(&cells, &[&scene("gas", "system = \"lbm\"")]);
    assert!(c.physics.source.is_none() && c.physics.rows.is_empty());
    assert!(!c.html().contains("The physics of the flow") && c.json()["physics"].is_null());
    assert!(cells.flow(1, &setup().spec, (8, 8)).unwrap_err().to_string().contains("nothing flows"));
}
