//! Image metrics against those of scikit-image, sewar, esda and NumPy.

use crate::skip;
use serde_json::Value;
use std::path::{Path, PathBuf};
use untrained::bench::metrics::image::*;

const RELATIVE: f64 = 1e-6;
/// The deflate of this package compared with that of the C library.
const ZLIB: f64 = 0.03;

fn values() -> Option<(PathBuf, Value)> {
    let folder = skip::shared()?.join("reference/metrics");
    let text = std::fs::read_to_string(folder.join("image_metrics.json")).unwrap();
    Some((folder.join("images"), serde_json::from_str(&text).unwrap()))
}

fn entries(of: &Value) -> impl Iterator<Item = (&String, &Value)> {
    of.as_object().unwrap().iter()
}

fn numbers(of: &Value) -> Vec<f64> {
    of.as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect()
}

fn sizes(of: &Value) -> Vec<usize> {
    numbers(of).iter().map(|&v| v as usize).collect()
}

fn close(what: &str, found: f64, expected: &Value) {
    let expected = expected.as_f64().unwrap_or_else(|| panic!("{what}: {expected}"));
    let scale = expected.abs().max(1e-9);
    assert!((found - expected).abs() <= RELATIVE * scale, "{what}: found {found}, expected {expected}");
}

fn same(what: &str, found: i64, expected: &Value) {
    assert_eq!(Some(found), expected.as_i64(), "{what}");
}

fn camera(images: &Path, name: &str) -> Grey {
    let picture = image::open(images.join(format!("camera256_{name}.png"))).unwrap().to_luma8();
    Grey::from_levels(picture.width() as usize, picture.height() as usize, picture.as_raw()).unwrap()
}

fn drawn(side: usize, f: impl Fn(usize, usize) -> f64) -> Grey {
    Grey::new(side, side, (0..side * side).map(|i| f(i % side, i / side)).collect()).unwrap()
}

/// A packed bitmap (PBM, P4): rows filled up to whole bytes, 1 is lit.
fn bitmap(path: &Path) -> Mask {
    let bytes = std::fs::read(path).unwrap();
    let is_break = |b: &u8| b.is_ascii_whitespace();
    let ends: Vec<usize> =
        bytes.iter().enumerate().filter(|(_, b)| is_break(b)).map(|(i, _)| i).take(3).collect();
    let number =
        |a: usize, b: usize| std::str::from_utf8(&bytes[a + 1..b]).unwrap().parse::<usize>().unwrap();
    assert_eq!(&bytes[..ends[0]], b"P4");
    let (w, h) = (number(ends[0], ends[1]), number(ends[1], ends[2]));
    let rows = bytes[ends[2] + 1..].chunks_exact(w.div_ceil(8));
    let lit = rows.flat_map(|row| (0..w).map(|x| row[x / 8] >> (7 - x % 8) & 1 == 1)).collect();
    Mask::new(w, h, lit).unwrap()
}

#[test]
fn pairs_measure_as_in_scikit_image_and_sewar() {
    let Some((images, json)) = values() else { return };
    let reference = camera(&images, "ref");
    for (name, expected) in entries(&json["full_reference_vs_ref"]) {
        let copy = camera(&images, name);
        let at = |key: &str| (format!("{name} {key}"), &expected[key]);
        let check = |key: &str, found: f64| close(&at(key).0, found, at(key).1);
        check("mse", mse(&reference, &copy).unwrap());
        let psnr = psnr(&reference, &copy).unwrap();
        if expected["psnr_dr255"].is_null() {
            assert_eq!(psnr, f64::INFINITY);
        } else {
            check("psnr_dr255", psnr);
        }
        check("nrmse", nrmse(&reference, &copy).unwrap());
        check("nmi", nmi(&reference, &copy).unwrap());
        let ssim = |window| ssim(&reference, &copy, window).unwrap();
        check("ssim_uniform7_samplecov(default)", ssim(SsimWindow::Uniform7).index);
        check("ssim_gaussian1.5_popcov(Wang2004)", ssim(SsimWindow::Gaussian).index);
        let uniform = ssim(SsimWindow::Uniform11);
        check("ssim_uniform11_popcov", uniform.index);
        let parts = &expected["sewar_ssim(cs tuple)"];
        close(&at("sewar_ssim").0, uniform.index, &parts[0]);
        close(&at("sewar_ssim cs").0, uniform.contrast_structure, &parts[1]);
        close(&at("ms_ssim").0, ms_ssim(&reference, &copy).unwrap(), &expected["sewar_msssim_complex"][0]);
        check("sewar_uqi", uqi_sewar(&reference, &copy).unwrap());
        check("sewar_vifp", vif(&reference, &copy).unwrap());
    }
}

#[test]
fn single_pictures_measure_as_in_scikit_image_and_scipy() {
    let Some((images, json)) = values() else { return };
    for (name, expected) in entries(&json["no_reference"]) {
        let picture = camera(&images, name);
        let check = |key: &str, found: f64| close(&format!("{name} {key}"), found, &expected[key]);
        check("shannon_entropy_bits", entropy(&picture));
        check("sobel_mean", edge_density(&picture));
        check("laplace_var_reflect", laplacian_variance(&picture));
        check("radial_power_slope_k2_119", power_slope(&picture, 2..=119).unwrap());
        let power = radial_power(&picture).unwrap();
        for (k, ring) in numbers(&expected["radial_power_first10"]).into_iter().enumerate() {
            // Ring 0 holds the mean that was taken off: rounding only.
            let allowed = if k == 0 { 1e-6 } else { RELATIVE * ring };
            assert!((power[k] - ring).abs() <= allowed, "{name} ring {k}: {} {ring}", power[k]);
        }
        let zlib = expected["zlib9_bytes"].as_f64().unwrap();
        let bytes = compressed_size(&picture).unwrap() as f64;
        assert!((bytes / zlib - 1.0).abs() < ZLIB, "{name}: {bytes} bytes, zlib {zlib}");
        let patterns = local_patterns(&picture).map(|n| n as f64);
        assert_eq!(patterns.to_vec(), numbers(&expected["lbp_uniform_P8R1_hist10"]), "{name}");
    }
}

#[test]
fn grey_level_pairs_are_those_of_scikit_image() {
    let Some((images, json)) = values() else { return };
    for (name, expected) in entries(&json["no_reference"]) {
        let expected = &expected["glcm16_d1_props_angles0_45_90_135"];
        for (i, found) in cooccurrence(&camera(&images, name)).unwrap().into_iter().enumerate() {
            let check = |key: &str, found: f64| close(&format!("{name} {key} {i}"), found, &expected[key][i]);
            check("contrast", found.contrast);
            check("dissimilarity", found.dissimilarity);
            check("homogeneity", found.homogeneity);
            check("ASM", found.asm);
            check("energy", found.energy);
            check("correlation", found.correlation);
        }
    }
}

#[test]
fn shapes_above_the_threshold_are_those_of_scikit_image() {
    let Some((images, json)) = values() else { return };
    for (name, expected) in entries(&json["no_reference"]) {
        let picture = camera(&images, name);
        let check = |key: &str, found: i64| same(&format!("{name} {key}"), found, &expected[key]);
        let threshold = otsu(&picture).unwrap();
        check("otsu", threshold.into());
        let lit = Mask::above(&picture, threshold);
        check("components_gt_otsu_conn1", components(&lit, Neighbours::Four) as i64);
        check("components_gt_otsu_conn2", components(&lit, Neighbours::Eight) as i64);
        check("euler_gt_otsu_conn1", euler_number(&lit, Neighbours::Four));
        check("euler_gt_otsu_conn2", euler_number(&lit, Neighbours::Eight));
        close(name, perimeter(&lit), &expected["perimeter_gt_otsu_n4"]);
    }
}

#[test]
fn neighbours_are_as_alike_as_in_esda() {
    let Some((images, json)) = values() else { return };
    let reference = camera(&images, "ref");
    let random = std::fs::read_to_string(images.join("random32_seed3.csv")).unwrap();
    let random: Vec<f64> = random.split([',', '\n']).filter_map(|v| v.trim().parse().ok()).collect();
    let pictures = [
        ("camera64", drawn(64, |x, y| reference.values()[(4 * y) * 256 + 4 * x])),
        ("checkerboard32", drawn(32, |x, y| ((x + y) % 2) as f64)),
        ("random32_seed3", drawn(32, |x, y| random[y * 32 + x])),
        ("gradient32", drawn(32, |x, _| x as f64)),
    ];
    assert_eq!(random.len(), 1024);
    for (name, picture) in pictures {
        for (kind, neighbours) in [("rook", Neighbours::Four), ("queen", Neighbours::Eight)] {
            let name = format!("{name}_{kind}_binary");
            let expected = &json["spatial_autocorrelation(esda, no wrap)"][&name];
            let found = moran(&picture, neighbours).unwrap();
            close(&format!("{name} I"), found.index, &expected["moran_I"]);
            close(&format!("{name} EI"), found.expected, &expected["EI"]);
            close(&format!("{name} VI"), found.variance, &expected["VI_norm"]);
            close(&format!("{name} z"), found.z, &expected["z_norm"]);
            close(&format!("{name} C"), geary(&picture, neighbours).unwrap(), &expected["geary_C"]);
        }
    }
}

#[test]
fn exact_fractals_have_their_counts() {
    let Some((images, json)) = values() else { return };
    for (name, expected) in entries(&json["fractal_rasters"]) {
        let mask = bitmap(&images.join(format!("{name}.pbm")));
        same(name, mask.count() as i64, &expected["lit_pixels"]);
        let check = |of: &Value, sides: &str, counts: &str| {
            let sides = sizes(&of[sides]);
            let found: Vec<_> = sides.iter().map(|&s| box_count(&mask, s).unwrap()).collect();
            assert_eq!(found, sizes(&of[counts]), "{name}");
            close(name, box_dimension(&mask, &sides).unwrap(), &of["ols_slope"]);
        };
        check(expected, "box_sizes", "counts");
        check(&expected["generic_sizes"], "sizes", "counts_grid_at_origin_partial_boxes_kept");
        let exact = box_dimension(&mask, &sizes(&expected["box_sizes"])).unwrap();
        assert!((exact - expected["theory_dimension"].as_f64().unwrap()).abs() < 1e-12, "{name}");
        for (side, gaps) in entries(&expected["lacunarity_gliding_box"]) {
            close(name, lacunarity(&mask, side.parse().unwrap()).unwrap(), gaps);
        }
    }
}
