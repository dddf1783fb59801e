//! Sets of pictures and tables as people have them, read by the program: those of the reference material if available,
//! and always similar ones made here.

use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use untrained::data::picture::{self, ReadOptions};
use untrained::data::reader;
use untrained::data::sample::Data;

use crate::bad_input::stderr;
use crate::skip;

pub fn untrained(dir: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_untrained"));
    command.args(args).current_dir(dir).env("NO_COLOR", "1").stdin(Stdio::null()).output().unwrap()
}

/// The JSON report of `metrics`, and its messages.
fn metrics(dir: &Path, reference: &str, candidate: &str, more: &[&str]) -> (Value, String) {
    let args = ["metrics", "--reference", reference, "--candidate", candidate, "--json"];
    let output = untrained(dir, &[&args[..], more].concat());
    let said = stderr(&output);
    let value = serde_json::from_slice(&output.stdout);
    (value.unwrap_or_else(|e| panic!("{e}: {said}")), said)
}

fn figure(report: &Value, metric: &str) -> f64 {
    report["metrics"][metric]["value"].as_f64().unwrap_or_else(|| panic!("no {metric}: {report}"))
}

pub fn read(path: &Path) -> Data {
    reader::read(path, &ReadOptions::default()).unwrap_or_else(|e| panic!("{e}"))
}

fn field(name: &str) -> Option<std::path::PathBuf> {
    Some(skip::shared()?.join("field").join(name)).filter(|p| p.exists())
}

/// A busy picture of a tone.
fn picture(side: u32, tone: u8, seed: u32) -> image::RgbImage {
    let mix = |x: u32, y: u32| (x * 7 + y * 13 + seed * 31 + (x * y) % 11) as u8 / 4;
    image::RgbImage::from_fn(side, side, |x, y| image::Rgb([tone / 2 + mix(x, y), mix(y, x), tone]))
}

fn put(path: &Path, picture: &image::RgbImage) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    picture.save(path).unwrap();
}

#[test]
fn folders_with_files_of_jupyter_macos_or_windows() {
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| dir.path().join(name);
    for (class, tone) in [("cats", 40), ("dogs", 200)] {
        for i in 0..3 {
            put(&at("set/train").join(class).join(format!("{i}.jpg")), &picture(40, tone, i));
            std::fs::write(at("set/train").join(class).join(format!("._{i}.jpg")), b"\0\x05\x16\x07")
                .unwrap();
        }
        std::fs::write(at("set/train").join(class).join("Thumbs.db"), b"x").unwrap();
    }
    put(&at("set/train/.ipynb_checkpoints/0-checkpoint.jpg"), &picture(40, 9, 9));
    put(&at("set/__MACOSX/train/cats/0.jpg"), &picture(40, 9, 9));
    let data = read(&at("set"));
    assert_eq!(
        (data.train.classes, data.train.labels),
        (vec!["cats".to_string(), "dogs".into()], vec![0, 0, 0, 1, 1, 1])
    );
    assert_eq!(data.notes, [""; 0]);
    // A folder of loose pictures with the files that a Mac leaves next to each.
    for i in 0..3 {
        put(&at("flat").join(format!("{i}.png")), &picture(40, 90, i));
        std::fs::write(at("flat").join(format!("._{i}.png")), b"\0\x05\x16\x07").unwrap();
    }
    let (report, said) =
        metrics(dir.path(), "flat", "flat", &["--features", "pixels", "--metric", "entropy"]);
    assert_eq!((&report["candidate"]["samples"], said.as_str()), (&3.into(), ""));
    let Some(jupyter) = field("jupyter-folder") else { return };
    for set in ["set", "set2"] {
        let data = read(&jupyter.join(set));
        assert_eq!(
            (data.train.classes, data.train.labels.len()),
            (vec!["cats".to_string(), "dogs".into()], 12)
        );
    }
    let mac = field("mac-copies").unwrap();
    assert_eq!(read(&mac.join("set")).train.len(), 12);
    let flat = mac.join("flat").display().to_string();
    let (report, _) = metrics(dir.path(), &flat, &flat, &["--metric", "entropy"]);
    assert_eq!(report["candidate"]["samples"], 6);
}

#[test]
fn pictures_of_phones_are_upright_for_every_reader() {
    let Some(exif) = field("exif-orientation") else { return };
    let (tagged, upright) = (exif.join("tagged"), exif.join("upright"));
    for i in 0..8 {
        let [a, b] = [tagged.join(format!("{i}.jpg")), upright.join(format!("{i}.png"))]
            .map(|p| picture::rgb(&p, picture::WHITE).unwrap());
        assert_eq!(a.dimensions(), b.dimensions());
        let apart: u64 = a.iter().zip(b.iter()).map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
        assert!(apart < 12 * a.len() as u64, "{i}: {apart}");
    }
    let dir = tempfile::tempdir().unwrap();
    let paths = [&upright, &tagged].map(|p| p.display().to_string());
    // The judge is sensitive to JPEG compression: it is shown the same JPEGs, rotated by hand.
    let turned = dir.path().join("turned");
    for i in 0..8 {
        let lying = image::open(tagged.join(format!("{i}.jpg"))).unwrap();
        put(&turned.join(format!("{i}.png")), &lying.rotate90().to_rgb8());
    }
    for (eye, reference) in [("pixels", &paths[0]), ("judge", &turned.display().to_string())] {
        let (report, _) =
            metrics(dir.path(), reference, &paths[1], &["--features", eye, "--metric", "frechet"]);
        let bound = report["metrics"]["frechet"]["floor"]["value"].as_f64().unwrap();
        assert!(figure(&report, "frechet") <= bound, "{report}");
    }
    let out = untrained(
        dir.path(),
        &["classify", "--json", &format!("{}/0.jpg", paths[1]), &format!("{}/0.png", paths[0])],
    );
    let lines: Vec<Value> =
        String::from_utf8(out.stdout).unwrap().lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    let first = |v: &Value| v["top"].as_object().unwrap().keys().next().unwrap().clone();
    assert_eq!(first(&lines[0]), first(&lines[1]));
}

#[test]
fn hidden_colours_of_transparent_pixels_are_ignored() {
    let dir = tempfile::tempdir().unwrap();
    for (name, hidden) in [("a", [255u8, 255, 255]), ("b", [255, 0, 255])] {
        std::fs::create_dir(dir.path().join(name)).unwrap();
        for i in 0..6u32 {
            let pixel = |x: u32, y: u32| {
                let inside = (x as i32 - 32).pow(2) + (y as i32 - 32).pow(2) < 300 + 60 * i as i32;
                let [r, g, b] = hidden;
                if inside { image::Rgba([200, (y * 3) as u8, 40, 255]) } else { image::Rgba([r, g, b, 0]) }
            };
            let path = dir.path().join(name).join(format!("{i}.png"));
            image::RgbaImage::from_fn(64, 64, pixel).save(path).unwrap();
        }
    }
    let frechet = |more: &[&str]| {
        let args = [&["--features", "pixels", "--metric", "frechet"], more].concat();
        figure(&metrics(dir.path(), "a", "b", &args).0, "frechet")
    };
    assert!(frechet(&[]).abs() < 1e-6);
    assert!(frechet(&["--over", "black"]).abs() < 1e-6);
    let (over_white, over_blue) = (
        metrics(dir.path(), "a", "a", &["--metric", "entropy"]).0,
        metrics(dir.path(), "a", "a", &["--metric", "entropy", "--over", "#0000ff"]).0,
    );
    assert_ne!(over_white["reference"]["hash"], over_blue["reference"]["hash"]);
    let output =
        untrained(dir.path(), &["metrics", "--reference", "a", "--candidate", "b", "--over", "pink"]);
    assert!(output.status.code() == Some(2) && stderr(&output).contains("#rrggbb"), "{}", stderr(&output));
    let Some(cutout) = field("transparency/cutout-white") else { return };
    let [odd, plain] = ["odd", "ref"].map(|n| cutout.join(n).display().to_string());
    let (report, _) = metrics(dir.path(), &plain, &odd, &["--features", "pixels", "--metric", "frechet"]);
    let bound = report["metrics"]["frechet"]["floor"]["value"].as_f64().unwrap();
    assert!(figure(&report, "frechet") <= bound, "{report}");
}

#[test]
fn a_truncated_picture_is_named_wherever_it_is_read() {
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| dir.path().join(name);
    for (class, tone) in [("cats", 40), ("dogs", 200)] {
        (0..10).for_each(|i| put(&at("set").join(class).join(format!("{i}.jpg")), &picture(64, tone, i)));
    }
    let broken = at("set/cats/3.jpg");
    let whole = std::fs::read(&broken).unwrap();
    std::fs::write(&broken, &whole[..whole.len() / 2]).unwrap();
    let rejected = |args: &[&str], words: &[&str]| {
        let output = untrained(dir.path(), args);
        assert_eq!(output.status.code(), Some(2), "{args:?}: {}", stderr(&output));
        words.iter().for_each(|w| assert!(stderr(&output).contains(w), "{args:?}: {}", stderr(&output)));
    };
    let words = ["3.jpg", "cut off", "% of the picture"];
    rejected(&["classify", "set/cats/3.jpg"], &words);
    rejected(&["metrics", "--reference", "set", "--candidate", "set"], &words);
    rejected(&["compare", "set", "--reference", "set", "--n", "3", "--out", "r"], &words);
    rejected(&["learn", "gmm", "set/cats/3.jpg"], &words);
    let scene = "size = [32, 32]\n[node.g]\nsystem = \"lbm\"\nsize = [32, 32]\nmask = \"set/cats/3.jpg\"\n[[layer]]\nshow = \"g.speed\"\n";
    std::fs::write(at("s.toml"), scene).unwrap();
    rejected(&["check", "s.toml"], &["s.toml:5", "3.jpg", "cut off"]);
    // For training one in twenty is skipped; for metrics only if requested, and the report says so.
    let output = untrained(dir.path(), &["learn", "gmm", "set", "--out", "g.safetensors"]);
    assert!(
        output.status.success() && stderr(&output).contains("skipped 1 of 20 pictures"),
        "{}",
        stderr(&output)
    );
    let (report, said) = metrics(dir.path(), "set", "set", &["--skip-broken", "--metric", "entropy"]);
    assert_eq!(report["candidate"]["samples"], 19);
    assert!(report["reference"]["notes"][0].as_str().unwrap().contains("cats/3.jpg"), "{report}");
    assert!(said.contains("skipped 1 of 20"), "{said}");
    let args = [
        "compare",
        "set",
        "--reference",
        "noise",
        "--n",
        "3",
        "--skip-broken",
        "--metric",
        "entropy",
        "--out",
        "r",
    ];
    let output = untrained(dir.path(), &args);
    assert!(stderr(&output).contains("skipped 1 of 20"), "{}", stderr(&output));
    assert!(std::fs::read_to_string(at("r/index.html")).unwrap().contains("kipped 1 of 20 pictures"));
    let Some(truncated) = field("truncated-jpeg") else { return };
    for name in ["half.jpg", "half.png"] {
        let path = truncated.join("one").join(name).display().to_string();
        rejected(&["classify", &path], &[name, "no readable image"]);
    }
    let set = truncated.join("set").display().to_string();
    rejected(&["metrics", "--reference", &set, "--candidate", &set], &["2.jpg", "cut off"]);
}

#[test]
fn formats_splits_and_spellings_of_all_sorts() {
    let Some(folders) = field("folders") else { return };
    let webp = read(&folders.join("webp"));
    assert_eq!((webp.train.len(), webp.notes.len()), (12, 0));
    let forms = read(&folders.join("forms"));
    assert_eq!(forms.train.classes, ["caf\u{e9}", "th\u{e9}"]);
    assert_eq!(
        (forms.train.labels, forms.test.labels),
        ([[0; 5], [1; 5]].concat(), [[0; 5], [1; 5]].concat())
    );
    let missing = read(&folders.join("missing"));
    let held_out = std::fs::read_dir(folders.join("missing/val/cats")).unwrap().count();
    assert_eq!((missing.train.len(), missing.test.labels), (12, vec![0; held_out]));
    assert!(
        missing.notes[0].contains("test split has no pictures of the class `dogs`"),
        "{:?}",
        missing.notes
    );
    let nested = read(&folders.join("nested"));
    assert_eq!((nested.train.classes.len(), nested.train.len()), (2, 12));
}

#[test]
fn output_of_generate_is_read_as_an_image_folder() {
    let dir = tempfile::tempdir().unwrap();
    for class in ["a", "b"] {
        (0..4).for_each(|i| {
            put(&dir.path().join("made").join(class).join(format!("{i}.png")), &picture(28, 90, i))
        });
    }
    put(&dir.path().join("made/sheet.png"), &picture(300, 1, 1));
    let (report, said) = metrics(dir.path(), "made", "made", &["--metric", "entropy"]);
    assert_eq!(report["reference"]["samples"], 8);
    assert!(said.contains("skipped 1 picture beside the class folders: sheet.png"), "{said}");
}

#[test]
fn letters_begin_at_one_and_one_of_several_sets_is_named() {
    let Some(letters) = field("idx-letters") else { return };
    let data = read(&letters.join("letters"));
    assert!(data.train.classes.len() < 27 && data.train.classes[0] != "0", "{:?}", data.train.classes);
    assert_eq!(data.train.len(), 36);
    let many = letters.join("multi");
    let message = reader::read(&many, &ReadOptions::default()).unwrap_err().to_string();
    assert!(
        message.contains("those of 3") && message.contains("emnist-balanced-train-images-idx3-ubyte"),
        "{message}"
    );
    let one = many.join("emnist-letters-train-images-idx3-ubyte");
    assert_eq!(read(&one).train.classes, data.train.classes);
    let dir = tempfile::tempdir().unwrap();
    let one = one.display().to_string();
    let (report, _) = metrics(dir.path(), &one, &one, &["--features", "pixels", "--metric", "entropy"]);
    assert_eq!(report["candidate"]["samples"], 36);
}

#[test]
fn arrays_of_every_kind_are_compared() {
    let Some(npy) = field("npy") else { return };
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| npy.join(name).display().to_string();
    let mut plain = f64::NAN;
    for (name, most) in [("nchw11.npy", f64::MAX), ("one.npz", 1e-12), ("f2.npy", 0.01), ("i1.npy", f64::MAX)]
    {
        let (report, said) = metrics(dir.path(), &path("ref.npy"), &path(name), &["--metric", "frechet"]);
        assert_eq!((&report["candidate"]["samples"], said.as_str()), (&40.into(), ""), "{name}");
        let found = figure(&report, "frechet");
        plain = if plain.is_nan() { found } else { plain };
        assert!((found - plain).abs() <= most, "{name}: {found}, {plain}");
    }
    let pictures = path("images_nhwc.npy");
    let (report, _) = metrics(dir.path(), &pictures, &pictures, &["--features", "pixels"]);
    assert_eq!(
        (&report["reference"]["samples"], figure(&report, "frechet").abs() < 1e-6),
        (&24.into(), true)
    );
    assert!(figure(&report, "entropy") > 0.0);
    // No error mentions gas metrics that were not requested.
    let args = ["metrics", "--reference", &pictures, "--candidate", &path("ref.npy")];
    let said = stderr(&untrained(dir.path(), &args));
    assert!(said.contains("ref.npy") && !said.contains("gas"), "{said}");
}

#[test]
fn tables_of_pandas_excel_and_numpy_are_one() {
    let Some(csv) = field("csv") else { return };
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| csv.join(name).display().to_string();
    let of = |name: &str| {
        let (report, said) = metrics(dir.path(), &path("ref.csv"), &path(name), &["--metric", "frechet"]);
        assert_eq!(report["candidate"]["samples"], 40, "{name}: {said}");
        (figure(&report, "frechet"), said)
    };
    let (plain, _) = of("pandas_default.csv");
    for (name, word) in [
        ("pandas_default.csv", "first column (0, 1, 2, …)"),
        ("pandas_noindex.csv", "first line (0, 1, 2, …)"),
        ("savetxt.csv", "spaces"),
        ("semicolon.csv", "a decimal comma"),
    ] {
        let (found, said) = of(name);
        assert!((found - plain).abs() < 1e-4 && said.contains(word), "{name}: {found}, {said}");
    }
}

#[test]
fn mean_and_covariance_alone_give_the_frechet_distance() {
    use std::io::Write;
    let dir = tempfile::tempdir().unwrap();
    // Corners of a box around a point: mean and covariance are known (eight corners, divided by n − 1).
    let corners = |place: f64, s: [f64; 3]| -> String {
        let row = |i: usize| {
            (0..3)
                .map(|k| (place + if i >> k & 1 == 1 { s[k] } else { -s[k] }).to_string())
                .collect::<Vec<_>>()
                .join(",")
        };
        (0..8).map(|i| row(i) + "\n").collect()
    };
    std::fs::write(dir.path().join("b.csv"), corners(0.5, [2.0, 2.5, 0.5])).unwrap();
    let npy = |shape: &str, values: &[f64]| {
        let text = format!("{{'descr': '<f8', 'fortran_order': False, 'shape': {shape}, }}");
        let text = format!("{text:<117}\n");
        let values = values.iter().flat_map(|v| v.to_le_bytes());
        [&b"\x93NUMPY\x01\x00\x76\x00"[..], text.as_bytes(), &values.collect::<Vec<u8>>()].concat()
    };
    let variance = [1.0f64, 2.0, 3.0].map(|s| s * s * 8.0 / 7.0);
    let sigma: Vec<f64> = (0..9).map(|i| if i % 4 == 0 { variance[i / 4] } else { 0.0 }).collect();
    let mut zip = zip::ZipWriter::new(std::fs::File::create(dir.path().join("a.npz")).unwrap());
    for (name, bytes) in [("mu", npy("(3,)", &[0.0; 3])), ("sigma", npy("(3, 3)", &sigma))] {
        zip.start_file(format!("{name}.npy"), zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(&bytes).unwrap();
    }
    zip.finish().unwrap();
    let (report, _) = metrics(dir.path(), "a.npz", "b.csv", &[]);
    let wanted = 0.75 + (1.0 + 0.25 + 6.25) * 8.0 / 7.0;
    assert!((figure(&report, "frechet") - wanted).abs() < 1e-9, "{report}");
    assert_eq!(report["metrics"].as_object().unwrap().len(), 1);
    let (both, _) = metrics(dir.path(), "a.npz", "a.npz", &[]);
    assert!(
        figure(&both, "frechet").abs() < 1e-9 && both["metrics"]["frechet"]["interval"][0].is_null(),
        "{both}"
    );
    let output = untrained(
        dir.path(),
        &["metrics", "--reference", "a.npz", "--candidate", "b.csv", "--metric", "kid"],
    );
    assert_eq!(output.status.code(), Some(2));
    let said = stderr(&output);
    assert!(said.contains("needs samples, and of `a.npz` only mean and covariance are known"), "{said}");
    let output = untrained(
        dir.path(),
        &[
            "metrics",
            "--reference",
            "a.npz",
            "--candidate",
            "b.csv",
            "--metric",
            "kid",
            "--metric",
            "frechet",
        ],
    );
    assert_eq!(output.status.code(), Some(1), "a part of the report");
    std::fs::write(dir.path().join("two.csv"), "1.5,2.5\n3.5,4.5\n").unwrap();
    let output = untrained(dir.path(), &["metrics", "--reference", "a.npz", "--candidate", "two.csv"]);
    assert_eq!(output.status.code(), Some(2));
    let said = stderr(&output);
    assert!(
        said.contains("`a.npz` has 3 values per sample and `two.csv` has 2: expected the same number"),
        "{said}"
    );
}
