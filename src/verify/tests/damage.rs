//! Files that are damaged at random: nothing breaks the program.

use std::fs;

use proptest::prelude::*;

use super::folders::{copy, results};
use crate::case::BROKE;

/// Pieces that take the place of something in a file.
const PIECES: &[&str] = &[
    "",
    "0",
    "-1",
    "1e308",
    "1e-320",
    "NaN",
    "null",
    "true",
    "\"x\"",
    "[]",
    "{}",
    "[[[]]]",
    ",",
    "\n",
    "\"",
    "9223372036854775807",
    "18446744073709551616",
    "99999999999999999999999999",
    "0.5",
    "\u{0}",
    "é",
    "1e5",
    "[1,2]",
    "-",
    "1,2",
    "\"FHP-II\"",
    "\"7f7f\"",
];

#[derive(Clone, Debug)]
struct Damage {
    at: usize,
    length: usize,
    piece: usize,
}

fn damage() -> impl Strategy<Value = Vec<Damage>> {
    let one = (any::<u32>(), 0usize..12, 0..PIECES.len());
    let one = one.prop_map(|(at, length, piece)| Damage { at: at as usize, length, piece });
    proptest::collection::vec(one, 1..4)
}

/// A file with other pieces in it; sometimes cut short.
fn damaged(mut bytes: Vec<u8>, all: &[Damage], cut: bool) -> Vec<u8> {
    for d in all {
        // Where a token begins, so that what comes of it is often still JSON.
        let from = d.at % bytes.len().max(1);
        let start = bytes[from..].iter().position(|b| b" ,:[\n".contains(b)).map_or(from, |k| from + k + 1);
        let end = bytes[start.min(bytes.len())..]
            .iter()
            .position(|b| b",]}\n".contains(b))
            .map_or(bytes.len(), |k| start + k);
        let end = if d.length == 0 { end } else { (start + d.length).min(bytes.len()) };
        bytes.splice(start.min(end)..end, PIECES[d.piece].bytes());
    }
    if cut {
        bytes.truncate(all[0].at % (bytes.len() + 1));
    }
    bytes
}

/// Small folders of every family, for files to be damaged in.
fn small() -> Option<tempfile::TempDir> {
    let dir = copy("lattice_gas")?;
    let at = dir.path();
    for (family, file) in [
        ("hard_discs", "collisions.json"),
        ("water", "water_waves.json"),
        ("stable_fluids", "projection.json"),
        ("swarm", "boids.json"),
        ("swarm", "vicsek.json"),
        ("swarm", "physarum.json"),
        ("swarm", "particle_life.json"),
        ("automata", "turmites.json"),
    ] {
        let from = copy(family)?;
        fs::create_dir_all(at.join(family)).unwrap();
        fs::write(at.join(family).join(file), fs::read(from.path().join(family).join(file)).unwrap())
            .unwrap();
    }
    // Patterns and tables of a few lines.
    fs::create_dir_all(at.join("golly/patterns")).unwrap();
    fs::write(at.join("golly/patterns/a.rle"), "x = 3, y = 3, rule = B3/S23\nbo$2bo$3o!\n").unwrap();
    let head = "id,family,file,format,sha256,rule,rule_source,header_w,header_h,generation,pop0,population,bbox_w,bbox_h,bbox_x,bbox_y,algo,note";
    let row = |rule: &str| format!("1,life,a.rle,RLE,0,{rule},file,3,3,64,5,5,3,3,,,auto,");
    fs::write(
        at.join("golly/cases.csv"),
        [head, &row("B3/S23"), &row("B017/S01"), &row("B3/S23:T30,0")].join("\n"),
    )
    .unwrap();
    fs::create_dir_all(at.join("metrics/images")).unwrap();
    let table =
        |k: usize| (0..12).map(|i| format!("{},{}\n", (i * k) % 7, (i * i + k) % 5)).collect::<String>();
    (1..3).for_each(|k| fs::write(at.join(format!("metrics/s{k}_12x2.csv")), table(k)).unwrap());
    fs::write(at.join("metrics/projections_2x2.csv"), "1,0\n0,1\n").unwrap();
    let features = r#"{"pairs": {"p": {"X": "s1_12x2", "Y": "s2_12x2", "frechet": {"fid_eigh": 1, "fid_sqrtm": 1, "mean_term": 1, "trace1": 1, "trace2": 1},
        "kid_poly3_unbiased_full": 0.5, "mmd_rbf_sigma4": {"gamma": 0.03, "unbiased": 1, "biased": 1}, "prdc_k3_real=X_fake=Y": {"precision": 1, "recall": 1, "density": 1, "coverage": 1},
        "wasserstein1_1d_per_column": [1, 2], "energy_distance_per_column_first2": [1, 2], "ks_2samp_col0": {"D": 0.1, "p": 1}, "sliced_wasserstein_p2": 1,
        "emd2_uniform_euclidean_first10": 1, "sinkhorn2_reg5_sqeuclidean_first10": 1,
        "hist": {"column": 0, "edges": [0, 2, 4, 8], "p_counts": [1, 2, 3], "q_counts": [1, 2, 3], "KL_pq_nats": 1, "chi2_stat": 1}}},
        "vendi": {"s1": {"cosine_score_K(q=1)": 2, "rbf_sigma4_score_K": 2}}}"#;
    fs::write(at.join("metrics/feature_metrics.json"), features).unwrap();
    fs::write(
        at.join("metrics/images/dot.pbm"),
        b"P4 9 9\n\x80\x00\x40\x00\x20\x00\x10\x00\x08\x00\x04\x00\x02\x00\x01\x00\x00\x80",
    )
    .unwrap();
    let picture: Vec<u8> =
        b"P5 16 16 255\n".iter().copied().chain((0..=255u8).map(|i| i.wrapping_mul(37))).collect();
    fs::write(at.join("metrics/images/camera256_ref.pgm"), picture).unwrap();
    let pictures = r#"{"full_reference_vs_ref": {"ref": {"mse": 0, "nmi": 2, "psnr_dr255": null, "sewar_uqi": 1}},
        "no_reference": {"ref": {"shannon_entropy_bits": 8, "otsu": 100, "glcm16_d1_props_angles0_45_90_135": {"contrast": [1, 2, 3, 4]}, "radial_power_first10": [0, 1], "radial_power_slope_k2_5": 1, "lbp_uniform_P8R1_hist10": [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]}},
        "spatial_autocorrelation(esda, no wrap)": {"camera8_rook_binary": {"moran_I": 1, "EI": 1, "VI_norm": 1, "z_norm": 1, "geary_C": 1}},
        "fractal_rasters": {"dot": {"theory_dimension": 1, "box_sizes": [1, 3, 9], "counts": [9, 3, 1], "ols_slope": 1, "lit_pixels": 9, "lacunarity_gliding_box": {"2": 1}}}}"#;
    fs::write(at.join("metrics/image_metrics.json"), pictures).unwrap();
    #[cfg(feature = "judge")]
    super::networks::folder(at, true, |name| {
        let few =
            ["x", "conv_k3_s1_p1.", "maxpool3", "bn.", "ce", "net.init", "net_", "net.after12.sgd_lr0.1"];
        few.iter().any(|of| name.starts_with(of))
    });
    Some(dir)
}

/// Files that are damaged, below the folder.
const FILES: &[&str] = &[
    "lattice_gas/evolution_16x16.json",
    "lattice_gas/table_checks.json",
    "lattice_gas/table_FHP-I.csv",
    "hard_discs/collisions.json",
    "water/water_waves.json",
    "stable_fluids/projection.json",
    "swarm/boids.json",
    "swarm/vicsek.json",
    "swarm/physarum.json",
    "swarm/particle_life.json",
    "automata/turmites.json",
    "golly/cases.csv",
    "golly/patterns/a.rle",
    "metrics/feature_metrics.json",
    "metrics/image_metrics.json",
    "metrics/s1_12x2.csv",
    "metrics/projections_2x2.csv",
    "metrics/images/dot.pbm",
    "metrics/images/camera256_ref.pgm",
    #[cfg(feature = "judge")]
    "nn/nn_reference.json",
    #[cfg(feature = "judge")]
    "nn/conv_k3_s1_p1.w.f32le.bin",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, max_shrink_iters: 200, ..ProptestConfig::default() })]

    #[test]
    fn no_damage_breaks_the_program(file in 0..FILES.len(), all in damage(), cut in proptest::bool::weighted(0.1)) {
        thread_local!(static SMALL: Option<tempfile::TempDir> = small());
        SMALL.with(|small| {
            let Some(dir) = small else { return Ok(()) };
            let path = dir.path().join(FILES[file]);
            let before = fs::read(&path).unwrap();
            fs::write(&path, damaged(before.clone(), &all, cut)).unwrap();
            let family = path.strip_prefix(dir.path()).unwrap().iter().next().unwrap();
            let all = results(&dir.path().join(family), "");
            fs::write(&path, before).unwrap();
            prop_assert!(!all.is_empty());
            for result in &all {
                if let Err(fault) = &result.answer {
                    let told = fault.to_string();
                    prop_assert!(!told.contains(BROKE) && !told.is_empty() && !told.contains('\n'), "{}: {}", result.name, told);
                }
            }
            Ok(())
        })?;
    }
}
