//! Against the exact projections of the reference folder.

use super::super::{projection, textbook};
use crate::real::Real;

/// Two planes of a record of the reference.
pub fn planes(record: &serde_json::Value) -> [Vec<f64>; 2] {
    ["u", "v"].map(|name| plane(&record[name]))
}

/// One plane.
pub fn plane(rows: &serde_json::Value) -> Vec<f64> {
    let rows = rows.as_array().expect("rows").iter();
    rows.flat_map(|row| row.as_array().expect("a row").iter().map(|v| v.as_f64().expect("a number")))
        .collect()
}

/// The reference, if it is there.
pub fn reference(name: &str) -> Option<serde_json::Value> {
    let file = crate::skip::shared()?.join("reference/stable_fluids").join(name);
    Some(serde_json::from_slice(&std::fs::read(file).expect("the reference")).expect("JSON"))
}

/// Greatest difference of two planes.
pub fn apart<T: Real>(found: &[T], expected: &[f64]) -> f64 {
    assert_eq!(found.len(), expected.len());
    found.iter().zip(expected).map(|(a, b)| (a.wide() - b).abs()).fold(0.0, f64::max)
}

fn narrow<T: Real>(plane: &[f64]) -> Vec<T> {
    plane.iter().map(|&v| T::of(v)).collect()
}

fn error<T: Real>(data: &serde_json::Value, name: &str, project: impl Fn(&mut [T], &mut [T])) -> f64 {
    let [u, v] = planes(data);
    let (mut u, mut v) = (narrow::<T>(&u), narrow::<T>(&v));
    project(&mut u, &mut v);
    let [a, b] = planes(&data[name]);
    apart(&u, &a).max(apart(&v, &b))
}

#[test]
fn the_three_projections_are_those_of_the_reference() {
    let Some(data) = reference("projection.json") else { return };
    let size = (32, 32);
    let mac = error::<f64>(&data, "mac_5point", |u, v| {
        projection::periodic(u, v, size, 1e-12);
    });
    let narrow = error::<f32>(&data, "mac_5point", |u, v| {
        projection::periodic(u, v, size, 1e-6);
    });
    let stam = error::<f64>(&data, "stam_collocated", |u, v| textbook::collocated(u, v, size, 1e-12));
    let waves = error::<f64>(&data, "spectral", |u, v| textbook::spectral(u, v, size));
    println!("{mac:e} {narrow:e} {stam:e} {waves:e}");
    // The reference gives nine digits of the input.
    assert!(mac < 2e-8 && stam < 2e-8 && waves < 2e-8, "{mac:e} {stam:e} {waves:e}");
    assert!(narrow < 1e-5, "{narrow:e}");
}

#[test]
fn confinement_is_that_of_the_reference() {
    use super::super::confine::{Cells, confine, vorticity};
    let Some(data) = reference("projection.json") else { return };
    let [u, v] = planes(&data);
    let record = &data["vorticity_confinement"];
    let amount = record["eps"].as_f64().unwrap() * record["dt"].as_f64().unwrap();
    let cells = Cells { size: (32, 32), wraps: [true; 2] };
    let mut flow: Vec<[f64; 2]> = u.iter().zip(&v).map(|(&u, &v)| [u, v]).collect();
    let mut curl = vec![0.0; flow.len()];
    vorticity(cells, &flow, &mut curl);
    confine(cells, &curl, amount, &mut flow);
    let parts: [Vec<f64>; 2] = [0, 1].map(|c| flow.iter().map(|v| v[c]).collect());
    let [a, b] = planes(record);
    let errors = [apart(&curl, &plane(&record["vorticity"])), apart(&parts[0], &a), apart(&parts[1], &b)];
    println!("{errors:?}");
    assert!(errors.iter().all(|&e| e < 1e-7), "{errors:?}");
}

#[test]
fn implicit_diffusion_is_that_of_the_reference() {
    use super::super::diffuse::{End, Grid, Work, diffuse, iterations};
    let Some(data) = reference("projection.json") else { return };
    let record = &data["implicit_diffusion"];
    let a = record["a"].as_f64().unwrap();
    let grid = Grid { size: (32, 32), ends: [End::Wrap(32); 4] };
    let [mut field, _] = planes(&data);
    diffuse(grid, &mut field, None, a, iterations(a, 1e-12), &mut Work::default());
    let error = apart(&field, &plane(&record["u"]));
    println!("{error:e} in {}", iterations(a, 1e-12));
    assert!(error < 1e-8, "{error:e}");
}
