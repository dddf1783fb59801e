//! One number changed in a file: the case that it belongs to fails, and no other.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::folders::{copy, failed, results};

/// Changes a JSON file at a pointer (`/0/energy`).
fn change(path: &Path, pointer: &str, f: impl Fn(f64) -> Value) {
    let mut all: Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    let place = all.pointer_mut(pointer).unwrap_or_else(|| panic!("nothing at {pointer}"));
    let old = place.as_f64().or_else(|| place.as_str()?.parse().ok()).unwrap_or(0.0);
    *place = f(old);
    fs::write(path, serde_json::to_string(&all).unwrap()).unwrap();
}

/// What fails after a change at a pointer, of the cases whose names have a part; the file is restored.
pub fn fails(path: &Path, pointer: &str, case: &str, f: impl Fn(f64) -> Value) -> Vec<String> {
    let before = fs::read(path).unwrap();
    change(path, pointer, f);
    let told = failed(&results(path.parent().unwrap().parent().unwrap(), case));
    fs::write(path, before).unwrap();
    told
}

/// Every number below a value, as pointers.
fn leaves(value: &Value, at: &str, into: &mut Vec<String>) {
    match value {
        Value::Object(all) => all.iter().for_each(|(k, v)| {
            leaves(v, &format!("{at}/{}", k.replace('~', "~0").replace('/', "~1")), into);
        }),
        Value::Array(all) => all.iter().enumerate().for_each(|(i, v)| leaves(v, &format!("{at}/{i}"), into)),
        Value::Number(_) => into.push(at.into()),
        _ => {}
    }
}

pub fn all_leaves(path: &Path) -> Vec<String> {
    let mut all = Vec::new();
    leaves(&serde_json::from_slice(&fs::read(path).unwrap()).unwrap(), "", &mut all);
    all
}

/// A little more: beyond what any tolerance allows, within what any range does.
fn more(v: f64) -> Value {
    match v.fract() == 0.0 && v.abs() < 1e12 {
        true => Value::from(v as i64 + (v.abs() as i64 / 10).max(1)),
        false => Value::from(1.1 * v),
    }
}

#[test]
fn each_number_of_the_claims_about_tables_counts() {
    let Some(dir) = copy("lattice_gas") else { return };
    let path = dir.path().join("lattice_gas/table_checks.json");
    let all = all_leaves(&path);
    assert!(all.len() > 30);
    for pointer in all {
        let model = pointer.split('/').nth(1).unwrap();
        let told = fails(&path, &pointer, "table_checks", more);
        assert!(
            told.len() == 1 && told[0].starts_with(&format!("table_checks.json, {model}:")),
            "{pointer}: {told:?}"
        );
    }
    for flag in ["mass", "bijective", "mirror_swaps_chirality"] {
        let told = fails(&path, &format!("/FHP-II/{flag}"), "", |_| Value::from(false));
        assert_eq!(told, [format!("table_checks.json, FHP-II: {flag}")]);
    }
}

#[test]
fn each_entry_of_a_table_counts() {
    let Some(dir) = copy("lattice_gas") else { return };
    let path = dir.path().join("lattice_gas/table_FHP-III.csv");
    let text = fs::read_to_string(&path).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    for (line, column) in [(1, 1), (40, 2), (77, 3), (90, 4), (128, 5)] {
        let mut fields: Vec<String> = lines[line].split(',').map(String::from).collect();
        let old: i64 = fields[column].parse().unwrap();
        fields[column] = if old == 0 { "1".into() } else { (old - 1).to_string() };
        let mut changed: Vec<String> = lines.iter().map(|l| l.to_string()).collect();
        changed[line] = fields.join(",");
        fs::write(&path, changed.join("\n")).unwrap();
        let told = failed(&results(dir.path(), ""));
        let name = lines[0].split(',').nth(column).unwrap();
        let expected = format!("table_FHP-III.csv: entries of {name}, first in line {}", line + 1);
        assert_eq!(told, [expected]);
    }
    fs::write(&path, lines[..100].join("\n")).unwrap();
    let told = failed(&results(dir.path(), ""));
    assert!(told.len() == 1 && told[0].contains("expected all 128 states"), "{told:?}");
}

#[test]
fn each_cell_of_an_evolution_counts() {
    let Some(dir) = copy("lattice_gas") else { return };
    let path = dir.path().join("lattice_gas/evolution_16x16.json");
    for (pointer, told) in [
        ("/0/states/10/3", "g0, HPP: cells at step 10"),
        ("/4/states/100/15", "g4, FHP-I: cells at step 100"),
        ("/8/states/1/0", "g8, FHP-III: cells at step 1"),
        ("/6/chirality_first_steps/2/5", "g6, FHP-II: chirality bits of step 2"),
    ] {
        let before = fs::read(&path).unwrap();
        let mut all: Value = serde_json::from_slice(&before).unwrap();
        let row = all.pointer_mut(pointer).unwrap();
        let text = row.as_str().unwrap();
        let digit = u8::from_str_radix(&text[1..2], 16).unwrap() ^ 1;
        *row = format!("{}{digit:x}{}", &text[..1], &text[2..]).into();
        fs::write(&path, serde_json::to_string(&all).unwrap()).unwrap();
        assert_eq!(failed(&results(dir.path(), "")), [told], "{pointer}");
        fs::write(&path, before).unwrap();
    }
    for pointer in ["/1/conserved/particles", "/1/conserved/py_down", "/1/conserved/px"] {
        let told = fails(&path, pointer, "", more);
        assert!(told.len() == 1 && told[0].starts_with("g1, HPP: "), "{pointer}: {told:?}");
    }
    assert!(!fails(&path, "/5/salt", "", more).is_empty());
}

#[test]
fn each_number_about_discs_counts() {
    let Some(dir) = copy("hard_discs") else { return };
    let path = dir.path().join("hard_discs/collisions.json");
    let used = |p: &String| {
        let step = |i: usize| p.split('/').nth(i).unwrap_or("");
        let early = |n: &str| n.parse::<usize>().is_ok_and(|n| n < 30);
        match step(2) {
            "collisions" => early(step(3)) && step(4) != "k",
            "velocities_after" | "positions_wrapped_at" => ["1", "10", "30"].contains(&step(3)),
            of => {
                !["N", "box", "diameter", "smallest_gap_to_next_candidate"].contains(&of)
                    && !of.starts_with("f64")
            }
        }
    };
    let all: Vec<String> = all_leaves(&path).into_iter().filter(used).collect();
    assert!(all.len() > 400, "{}", all.len());
    for pointer in all.iter().step_by(17) {
        let case = format!("hard_discs/g{}", pointer[1..2].parse::<usize>().unwrap() + 1);
        let told = fails(&path, pointer, "collisions", more);
        let mistake = format!("collisions.json[{}]", &pointer[1..2]);
        let right = told.len() == 1 && (told[0].starts_with(&case[11..]) || told[0].starts_with(&mistake));
        assert!(right, "{pointer}: {told:?}");
    }
    for (file, pointer, case) in [
        ("equilibrium.json", "/eos/1/Z_henderson", "pressure at density 0.1"),
        ("equilibrium.json", "/eos/1/contact_g", "pressure at density 0.1"),
        ("equilibrium.json", "/finite_N/kurtosis/32", "kurtosis of 32 discs"),
        ("md_check.json", "/0/Z_measured", "100 discs at density 0.1"),
        ("md_check.json", "/0/enskog", "100 discs at density 0.1"),
    ] {
        let path = dir.path().join("hard_discs").join(file);
        let told = fails(&path, pointer, case, |v| Value::from(1.02 * v));
        assert!(told.len() == 1 && told[0].starts_with(case), "{pointer}: {told:?}");
    }
}

#[test]
fn each_number_of_a_list_of_patterns_counts() {
    let Some(dir) = copy("golly") else { return };
    let path = dir.path().join("golly/cases.csv");
    let text = fs::read_to_string(&path).unwrap();
    let names: Vec<&str> = text.lines().next().unwrap().split(',').collect();
    let line = text
        .lines()
        .find(|l| l.contains("gun-p165mwss.rle") && l.contains(",B3/S23,file,178,218,100,"))
        .unwrap();
    for (column, what) in [
        ("population", "population"),
        ("pop0", "population at the start"),
        ("bbox_w", "width"),
        ("bbox_h", "height"),
    ] {
        let mut fields: Vec<String> = line.split(',').map(String::from).collect();
        let at = names.iter().position(|n| *n == column).unwrap();
        fields[at] = (fields[at].parse::<u64>().unwrap() + 1).to_string();
        fs::write(&path, text.replace(line, &fields.join(","))).unwrap();
        let told = failed(&results(dir.path(), "gun-p165mwss"));
        assert!(
            told.len() == 1 && told[0].ends_with(&format!("generation 100: {what}")),
            "{column}: {told:?}"
        );
    }
    // A pattern that is another one.
    fs::write(&path, &text).unwrap();
    fs::write(dir.path().join("golly/patterns/Life/Guns/gun-p165mwss.rle"), "bo$2bo$3o!").unwrap();
    let told = failed(&results(dir.path(), "gun-p165mwss"));
    assert!(told.len() >= 2 && told.iter().all(|t| t.contains("expected SHA-256")), "{told:?}");
}

#[test]
fn each_value_of_a_metric_counts() {
    let Some(dir) = copy("metrics") else { return };
    let features = dir.path().join("metrics/feature_metrics.json");
    let pictures = dir.path().join("metrics/image_metrics.json");
    let skipped = ["max_imag", "gamma", "column", "edges"];
    for (path, stride) in [(&features, 23), (&pictures, 19)] {
        let used = |p: &String| {
            let imaginary = p.contains("msssim") && p.ends_with("/1");
            !imaginary && !skipped.iter().any(|s| p.contains(s))
        };
        let all: Vec<String> = all_leaves(path).into_iter().filter(used).collect();
        assert!(all.len() > 400, "{}", all.len());
        for pointer in all.iter().step_by(stride) {
            let steps: Vec<String> = pointer.split('/').map(|s| s.replace("~1", "/")).collect();
            let case = match steps[1].as_str() {
                "pairs" => format!("{}, {}", steps[2], steps[3]),
                "vendi" => format!("vendi, {}, {}", steps[2], steps[3]),
                "no_reference" => format!("metrics/camera256_{}", steps[2]),
                "full_reference_vs_ref" => format!("camera256_{} against", steps[2]),
                _ => steps[2].clone(),
            };
            let told = fails(path, pointer, &case, more);
            assert!(
                !told.is_empty()
                    && told.iter().all(|t| t.contains(&case[case.find('/').map_or(0, |i| i + 1)..])
                        || t.contains("expected")),
                "{pointer}: {told:?}"
            );
        }
    }
    // A table that is not the one that the values are of.
    let table = dir.path().join("metrics/gaussB_500x64.csv");
    let text = fs::read_to_string(&table).unwrap();
    let (first, rest) = text.split_once(',').unwrap();
    fs::write(&table, format!("{},{rest}", first.parse::<f64>().unwrap() + 1.0)).unwrap();
    let told = failed(&results(dir.path(), "frechet"));
    assert!(told.len() == 1 && told[0].starts_with("gaussA_vs_gaussB, frechet"), "{told:?}");
}

#[test]
fn each_number_about_fluids_counts() {
    let Some(dir) = copy("stable_fluids") else { return };
    let path = dir.path().join("stable_fluids/projection.json");
    for (pointer, case) in [
        ("/spectral/u/3/4", "spectral"),
        ("/mac_5point/v/31/0", "mac_5point"),
        ("/stam_collocated/max_remaining_central_divergence", "stam_collocated"),
        ("/vorticity_confinement/vorticity/7/7", "vorticity_confinement"),
        ("/implicit_diffusion/u/0/0", "implicit_diffusion"),
        ("/energy_before", "energy_before"),
    ] {
        let told = fails(&path, pointer, "o", |v| Value::from(v + 1e-5));
        let told =
            if case == "spectral" { fails(&path, pointer, case, |v| Value::from(v + 1e-5)) } else { told };
        assert!(told.len() == 1 && told[0].starts_with(case), "{pointer}: {told:?}");
    }
    let discs = dir.path().join("stable_fluids/zalesak.json");
    let told = fails(&discs, "/4/L1_relative", "sl, 100 cells, 157", more);
    assert_eq!(told, ["sl, 100 cells, 157 steps: L1_relative"]);
}

#[test]
fn each_number_about_water_counts() {
    let Some(dir) = copy("water") else { return };
    let path = dir.path().join("water/water_waves.json");
    let stepped = |p: &String| p.starts_with("/leapfrog_2d") && (p.contains("omega") || p.ends_with("after"));
    let used = |p: &String| p.starts_with("/dam_break") || p.starts_with("/standing_waves") || stepped(p);
    for pointer in all_leaves(&path).iter().filter(|p| used(p)).step_by(4) {
        let told = fails(&path, pointer, "", |v| Value::from(if v == 0.0 { 0.01 } else { 1.05 * v }));
        // Where water is level it is so a little farther, too.
        let level = pointer.contains("/profile/") && pointer.ends_with("/0");
        assert!(told.len() == 1 || level && told.is_empty(), "{pointer}: {told:?}");
    }
}

#[test]
fn each_number_about_convection_counts() {
    let Some(dir) = copy("rayleigh_benard") else { return };
    let path = dir.path().join("rayleigh_benard/rayleigh_benard.json");
    for (pointer, case) in [
        ("/steady_rolls_Pr_0_71/5/Nu", "steady_rolls_Pr_0_71[5]"),
        ("/steady_rolls_Pr_0_71/5/v_max_kappa_over_d", "steady_rolls_Pr_0_71[5]"),
        ("/converged_checks/3/Nu_from_dissipation", "converged_checks[3]"),
    ] {
        let told = fails(&path, pointer, case, |v| Value::from(1.05 * v));
        assert!(told.len() == 1 && told[0].starts_with(case), "{pointer}: {told:?}");
    }
    let told = fails(&path, "/critical/rigid-rigid/Ra_c", "onset", |v| Value::from(1.05 * v));
    assert_eq!(told, ["onset, rigid-rigid: Ra_c"]);
}
