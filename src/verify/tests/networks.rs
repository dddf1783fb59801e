//! Neural networks against values of PyTorch that are kept here (`nn.json`: arrays with their values, else as in a reference
//! folder): all pass; each value that is changed fails its case; what is wrong with a file is told once.

use std::fs;
use std::path::Path;

use serde_json::{Map, Value, json};
use tempfile::TempDir;

use super::folders::{failed, results};
use crate::case::{CaseResult, Status};

const VALUES: &str = include_str!("nn.json");

/// The values that are kept.
fn kept() -> Map<String, Value> {
    serde_json::from_str(VALUES).unwrap()
}

fn floats(entry: &Value) -> Vec<f32> {
    entry["values"].as_array().unwrap().iter().map(|v| v.as_f64().unwrap() as f32).collect()
}

fn write(dir: &Path, name: &str, values: &[f32]) {
    let bytes: Vec<u8> = values.iter().flat_map(|v| v.to_le_bytes()).collect();
    fs::write(dir.join(format!("nn/{name}.f32le.bin")), bytes).unwrap();
}

fn entries(dir: &Path, f: impl FnOnce(&mut Map<String, Value>)) {
    let path = dir.join("nn/nn_reference.json");
    let mut all: Map<String, Value> = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    f(&mut all);
    fs::write(path, serde_json::to_string(&all).unwrap()).unwrap();
}

/// A reference folder of the entries that are wanted; `stated` says whether sums and first values are given, too.
pub fn folder(dir: &Path, stated: bool, wanted: impl Fn(&str) -> bool) {
    fs::create_dir_all(dir.join("nn")).unwrap();
    let mut all = Map::new();
    for (name, entry) in kept().into_iter().filter(|(name, _)| wanted(name)) {
        let entry = match entry.get("values") {
            None => entry,
            Some(_) => {
                let values = floats(&entry);
                write(dir, &name, &values);
                let sum: f64 = values.iter().map(|v| f64::from(*v)).sum();
                let first: Vec<f32> = values.iter().copied().take(4).collect();
                match stated {
                    true => json!({"shape": entry["shape"], "sum": sum, "first4": first}),
                    false => json!({"shape": entry["shape"]}),
                }
            }
        };
        all.insert(name, entry);
    }
    fs::write(dir.join("nn/nn_reference.json"), serde_json::to_string(&all).unwrap()).unwrap();
    bands(&dir.join("data/bands"));
}

/// Twelve pictures of bands in three classes, for training and for testing.
fn bands(dir: &Path) {
    fs::create_dir_all(dir).unwrap();
    let of = |i: usize, y: usize, x: usize| (5 * i + (1 + i % 3) * y + (2 - i % 3) * x * 3 + i * i % 7) % 17;
    let pixels = (0..12 * 64).map(|k| of(k / 64, k / 8 % 8, k % 8) as u8);
    let images: Vec<u8> =
        [0, 0, 8, 3, 0, 0, 0, 12, 0, 0, 0, 8, 0, 0, 0, 8].into_iter().chain(pixels).collect();
    let labels: Vec<u8> = [0, 0, 8, 1, 0, 0, 0, 12].into_iter().chain((0..12).map(|i| i % 3)).collect();
    for part in ["train", "test"] {
        fs::write(dir.join(format!("{part}-images-idx3-ubyte")), &images).unwrap();
        fs::write(dir.join(format!("{part}-labels-idx1-ubyte")), &labels).unwrap();
    }
}

fn made(stated: bool) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    folder(dir.path(), stated, |_| true);
    dir
}

fn with_status(all: &[CaseResult], status: Status) -> Vec<&str> {
    all.iter().filter(|r| r.status() == status).map(|r| r.name.as_str()).collect()
}

#[test]
fn layers_losses_and_optimisers_are_those_of_pytorch() {
    let dir = made(true);
    let all = results(dir.path(), "");
    assert_eq!(failed(&all), Vec::<String>::new());
    assert_eq!(with_status(&all, Status::NotCovered), Vec::<&str>::new());
    let trained = all.iter().filter(|r| r.name.starts_with("net.after12.")).count();
    assert_eq!((trained, all.len() > 40), (13, true), "{}", all.len());
}

/// Of each array of results the value in the middle, moved by a fiftieth of the largest.
#[test]
fn each_array_of_results_counts() {
    let dir = made(false);
    let mut seen = 0;
    for (name, entry) in kept() {
        let at = name.find(".grad").or_else(|| name.rfind('.'));
        let parts = at.map(|at| (&name[..at], &name[at + 1..]));
        let Some((case, role)) = parts.filter(|_| entry.get("values").is_some()) else {
            continue;
        };
        let is_result = ["y", "gx", "gw", "gb", "grad", "y_train", "y_eval", "running_mean", "running_var"]
            .contains(&role)
            || role.starts_with("grad_")
            || name.contains(".after12.");
        if !is_result {
            continue;
        }
        let before = floats(&entry);
        let largest = before.iter().fold(0f32, |m, v| m.max(v.abs()));
        let mut values = before.clone();
        values[before.len() / 2] += 0.02 * largest;
        write(dir.path(), &name, &values);
        let case = if name.contains(".after12.") { case.rsplit_once('.').unwrap().0 } else { case };
        let told = failed(&results(dir.path(), &format!("nn/{case}")));
        write(dir.path(), &name, &before);
        assert!(told.len() == 1 && told[0].starts_with(&format!("{case}: ")), "{name}: {told:?}");
        seen += 1;
    }
    assert!(seen > 100, "{seen}");
}

/// Inputs, weights and gradients from above change what is computed; numbers of losses are compared.
#[test]
fn what_results_come_from_counts() {
    let dir = made(false);
    for (name, case) in [
        ("conv_k3_s1_p1.w", "conv_k3_s1_p1"),
        ("conv_k3_s1_p1.b", "conv_k3_s1_p1"),
        ("gap.gy", "gap"),
        ("bn.w", "bn"),
        ("ce.logits", "ce"),
        ("mse.target", "mse"),
    ] {
        let before = floats(&kept()[name]);
        let mut values = before.clone();
        values[0] += 0.1;
        write(dir.path(), name, &values);
        let told = failed(&results(dir.path(), ""));
        write(dir.path(), name, &before);
        assert!(told.len() == 1 && told[0].starts_with(&format!("{case}: ")), "{name}: {told:?}");
    }
    for (pointer, case) in [
        ("/ce/loss_mean", "ce: loss_mean"),
        ("/ce/loss_sum", "ce: loss_sum"),
        ("/ce/loss_label_smoothing_0.1", "ce: loss_label_smoothing_0.1"),
        ("/huber_delta0.5/loss_mean", "huber_delta0.5: loss_mean"),
        (
            "/net_training/nadam_lr0.003_wd0.01/losses_12_steps/11",
            "net.after12.nadam_lr0.003_wd0.01: loss of step 12",
        ),
    ] {
        let before = fs::read(dir.path().join("nn/nn_reference.json")).unwrap();
        let mut all: Value = serde_json::from_slice(&before).unwrap();
        let place = all.pointer_mut(pointer).unwrap();
        *place = Value::from(place.as_f64().unwrap() * 1.01);
        fs::write(dir.path().join("nn/nn_reference.json"), serde_json::to_string(&all).unwrap()).unwrap();
        let told = failed(&results(dir.path(), ""));
        fs::write(dir.path().join("nn/nn_reference.json"), before).unwrap();
        assert_eq!(told, [case], "{pointer}");
    }
    // Another optimiser than the one in the name.
    entries(dir.path(), |all| {
        let names: Vec<String> =
            all.keys().filter(|k| k.contains("adamax_lr0.003_wd0.01")).cloned().collect();
        for name in names {
            let other = name.replace("_wd0.01", "_wd0.5");
            fs::rename(
                dir.path().join(format!("nn/{name}.f32le.bin")),
                dir.path().join(format!("nn/{other}.f32le.bin")),
            )
            .unwrap();
            let entry = all.remove(&name).unwrap();
            all.insert(other, entry);
        }
    });
    let told = failed(&results(dir.path(), "adamax"));
    assert!(told.iter().any(|t| t.starts_with("net.after12.adamax_lr0.003_wd0.5: ")), "{told:?}");
}

#[test]
fn what_is_stated_of_values_counts() {
    let dir = made(true);
    for (name, key, case, told) in [
        ("silu.gx", "sum", "silu", "sum of silu.gx"),
        ("x", "sum", "x", "sum of x"),
        ("net.init.c1.weight", "sum", "net.init", "sum of net.init.c1.weight"),
        ("ce.grad", "first4", "ce", "value 2 of ce.grad"),
    ] {
        let before = fs::read(dir.path().join("nn/nn_reference.json")).unwrap();
        entries(dir.path(), |all| {
            let place = &mut all.get_mut(name).unwrap()[key];
            let place = if key == "sum" { place } else { &mut place[2] };
            *place = Value::from(place.as_f64().unwrap() + 1e-3);
        });
        let found = failed(&results(dir.path(), ""));
        fs::write(dir.path().join("nn/nn_reference.json"), before).unwrap();
        assert_eq!(found, [format!("{case}: {told}")]);
    }
}

#[test]
fn what_is_wrong_with_a_file_is_told_once_and_the_rest_is_run() {
    let dir = made(true);
    let (at, passed) = (dir.path(), with_status(&results(dir.path(), ""), Status::Passed).len());
    let path = |name: &str| at.join(format!("nn/{name}.f32le.bin"));
    let short = |name: &str| fs::write(path(name), [0; 6]).unwrap();
    short("conv_k3_s1_p1.gy");
    fs::remove_file(path("gap.gx")).unwrap();
    write(at, "bn.running_var", &[1.0, f32::NAN]);
    short("net.after12.adam_lr0.003_wd0.01.c1.weight");
    fs::write(path("stray.y"), [0; 4]).unwrap();
    entries(at, |all| {
        all.get_mut("leaky0.2.y").unwrap().as_object_mut().unwrap().remove("shape");
        all.get_mut("silu.y").unwrap()["shape"] = json!([1u64 << 20, 1u64 << 20]);
        all.get_mut("linear.w").unwrap()["shape"] = json!([24, 3]);
        all.get_mut("mse.target").unwrap()["shape"] = json!([0, 12]);
        all["ce"]["labels"] = json!([0, 3, 4]);
    });
    let all = results(at, "");
    let mut told = failed(&all);
    told.sort();
    let expected = [
        "bn: nn/bn.running_var.f32le.bin: value 1: expected a finite number, found NaN",
        "ce: nn/nn_reference.json: ce.labels[2]: expected a whole number from 0 to 3, found 4",
        "conv_k3_s1_p1: nn/conv_k3_s1_p1.gy.f32le.bin: expected 192 bytes for [2, 2, 3, 4], found 6",
        "gap: nn/gap.gx.f32le.bin: cannot be read: No such file or directory (os error 2)",
        "leaky0.2: nn/nn_reference.json: [\"leaky0.2.y\"].shape: expected a list, found nothing",
        "linear: nn/nn_reference.json: linear: expected a weight of [_, 24] or [_, 4], found [24, 3]",
        "mse: nn/nn_reference.json: [\"mse.target\"].shape[0]: expected a whole number from 1 to 1048576, found 0",
        "net.after12.adam_lr0.003_wd0.01: nn/net.after12.adam_lr0.003_wd0.01.c1.weight.f32le.bin: expected 72 bytes for [2, 1, 3, 3], found 6",
        "silu: nn/nn_reference.json: [\"silu.y\"].shape: expected at most 16777216 values, found more",
        "stray.y.f32le.bin: nn/stray.y.f32le.bin: expected an entry with its shape, found none",
    ];
    assert_eq!(told, expected);
    assert_eq!(with_status(&all, Status::Passed).len(), passed - 9);
    // What all need.
    short("x");
    let all = results(at, "");
    let told = failed(&all);
    assert_eq!(told.iter().filter(|t| t.contains("x.f32le.bin: expected")).count(), 1, "{told:?}");
    let needs =
        |r: &&CaseResult| r.answer.as_ref().is_err_and(|e| e.to_string() == "needs x, which cannot be used");
    assert!(all.iter().filter(needs).count() > 15);
}

#[test]
fn kinds_that_are_not_known_are_named_and_not_run() {
    let dir = made(true);
    let at = dir.path();
    let rename = |all: &mut Map<String, Value>, from: &str, to: &str| {
        let roles: Vec<String> = all.keys().filter(|k| k.starts_with(&format!("{from}."))).cloned().collect();
        for name in roles {
            let other = name.replacen(from, to, 1);
            fs::rename(at.join(format!("nn/{name}.f32le.bin")), at.join(format!("nn/{other}.f32le.bin")))
                .unwrap();
            let entry = all.remove(&name).unwrap();
            all.insert(other, entry);
        }
    };
    entries(at, |all| {
        rename(all, "silu", "snake");
        rename(all, "conv_k3_s2_p1", "conv_k3_s2_p1_spectral");
        rename(all, "net.after12.adamax_lr0.003_wd0.01", "net.after12.newton_lr0.003");
        rename(all, "gap.gx", "gap.hx");
        all["ce"]["loss_weighted"] = json!(1.0);
        let losses = all["net_training"].as_object_mut().unwrap();
        losses.remove("adamax_lr0.003_wd0.01");
    });
    let _ = fs::rename(at.join("nn/gap.gx.f32le.bin"), at.join("nn/gap.hx.f32le.bin"));
    entries(at, |all| {
        if let Some(entry) = all.remove("gap.gx") {
            all.insert("gap.hx".into(), entry);
        }
    });
    let all = results(at, "");
    assert_eq!(failed(&all), Vec::<String>::new());
    let told: Vec<(String, String)> = all
        .iter()
        .filter(|r| r.status() == Status::NotCovered)
        .map(|r| (r.name.clone(), r.answer.as_ref().unwrap_err().to_string()))
        .collect();
    for (name, word) in [
        ("snake", "known are conv, convT, maxpool"),
        ("conv_k3_s2_p1_spectral", "nothing is known of \"spectral\""),
        ("net.after12.newton_lr0.003", "expected one of sgd, momentum"),
        ("gap.hx", "nothing is known of arrays called \"hx\""),
        ("ce.loss_weighted", "nothing is known of \"loss_weighted\""),
    ] {
        assert!(told.iter().any(|(n, why)| n == name && why.contains(word)), "{name}: {told:?}");
    }
    assert_eq!(told.len(), 5, "{told:?}");
}

#[test]
fn a_data_set_that_is_not_there_is_named_and_its_cases_are_not_run() {
    let dir = made(true);
    let data = dir.path().join("data/bands");
    let told = || {
        let all = results(dir.path(), "net");
        assert_eq!(failed(&all), Vec::<String>::new());
        let why: Vec<String> =
            all.iter().filter_map(|r| Some(r.answer.as_ref().err()?.to_string())).collect();
        (why.len(), why[0].clone())
    };
    fs::remove_file(data.join("train-labels-idx1-ubyte")).unwrap();
    assert_eq!(
        told(),
        (14, "needs train-labels-idx1-ubyte in the data set `bands`, which is not there".into())
    );
    fs::remove_dir_all(&data).unwrap();
    assert!(told().1.contains("needs the data set `bands` (IDX: train-images-idx3-ubyte"), "{:?}", told());
    fs::create_dir_all(&data).unwrap();
    bands(&data);
    fs::write(data.join("train-images-idx3-ubyte"), [0, 0, 8, 3, 0, 0]).unwrap();
    let all = results(dir.path(), "net");
    assert_eq!(failed(&all).len(), 1, "{:?}", failed(&all));
}
