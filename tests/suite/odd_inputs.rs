//! More real-world input: sets on network drives, in wrapper folders and with links into themselves, tables with
//! thousands separators, arrays as models write them. All of it is made here.

use std::path::Path;

use serde_json::Value;
use untrained::data::picture::ReadOptions;
use untrained::data::reader;

use crate::bad_input::stderr;
use crate::inputs::{read, untrained};

/// Pictures of two classes below a folder, three of each.
fn classes(at: &Path, names: [&[u8]; 2]) {
    for (n, name) in names.into_iter().enumerate() {
        let folder = at.join(of_bytes(name));
        std::fs::create_dir_all(&folder).unwrap();
        for i in 0..3u32 {
            let pixel = |x: u32, y: u32| image::Rgb([(x * 3 + i) as u8, (y * 3) as u8, 80 * n as u8]);
            image::RgbImage::from_fn(40, 40, pixel).save(folder.join(format!("{i}.png"))).unwrap();
        }
    }
}

#[cfg(unix)]
fn of_bytes(name: &[u8]) -> &std::ffi::OsStr {
    std::os::unix::ffi::OsStrExt::from_bytes(name)
}

#[cfg(not(unix))]
fn of_bytes(name: &[u8]) -> &str {
    std::str::from_utf8(name).unwrap()
}

const PETS: [&[u8]; 2] = [b"cats", b"dogs"];

#[test]
fn files_left_by_network_drives_and_programs_are_no_class() {
    let dir = tempfile::tempdir().unwrap();
    classes(dir.path(), PETS);
    let left = [
        "#recycle",
        "@Recycle",
        "@eaDir",
        "$RECYCLE.BIN",
        "System Volume Information",
        "lost+found",
        "__pycache__",
        ".git",
    ];
    left.iter().for_each(|name| classes(&dir.path().join(name), PETS));
    let data = read(dir.path());
    assert_eq!(
        (data.train.classes, data.train.labels),
        (vec!["cats".to_string(), "dogs".into()], vec![0, 0, 0, 1, 1, 1])
    );
    assert_eq!(data.notes, [""; 0]);
}

#[test]
#[cfg(unix)]
fn a_link_upwards_mixes_no_classes() {
    let dir = tempfile::tempdir().unwrap();
    classes(dir.path(), PETS);
    let link = |to: &Path, at: &str| std::os::unix::fs::symlink(to, dir.path().join(at)).unwrap();
    link(Path::new(".."), "cats/up");
    link(dir.path(), "dogs/all");
    link(&dir.path().join("dogs"), "wolves");
    let data = read(dir.path());
    assert_eq!(data.train.classes, ["cats", "dogs", "wolves"]);
    assert_eq!(data.train.labels, [0, 0, 0, 1, 1, 1, 2, 2, 2]);
}

#[test]
fn a_set_in_wrapper_folders_is_found_and_reported() {
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| dir.path().join(name);
    classes(&at("zip/data/pets/train"), PETS);
    classes(&at("zip/data/pets/test"), PETS);
    std::fs::write(at("zip/README.md"), "hello").unwrap();
    let data = read(&at("zip"));
    assert_eq!((data.train.len(), data.test.len(), data.name.as_str()), (6, 6, "zip"));
    assert_eq!(
        data.notes[0],
        format!("read from the only folder in it, {}", Path::new("data").join("pets").display())
    );
    // As torchvision lays out MNIST.
    let raw = at("root/MNIST/raw");
    std::fs::create_dir_all(&raw).unwrap();
    let images = [&[0u8, 0, 8, 3, 0, 0, 0, 4, 0, 0, 0, 2, 0, 0, 0, 2][..], &[200; 16]].concat();
    std::fs::write(raw.join("train-images-idx3-ubyte"), images).unwrap();
    std::fs::write(raw.join("train-labels-idx1-ubyte"), [0u8, 0, 8, 1, 0, 0, 0, 4, 0, 1, 0, 1]).unwrap();
    assert_eq!(read(&at("root")).train.labels, [0, 1, 0, 1]);
    // A single class of pictures in folders is a class, if one is enough.
    classes(&at("one/cats/2023"), [b"may", b"june"]);
    let data = reader::read_classes(&at("one"), 1, &ReadOptions::default()).unwrap();
    assert_eq!((data.train.len(), data.train.classes), (6, vec!["cats".to_string()]));
    let found = reader::read(&at("one/cats"), &ReadOptions::default()).map(|d| d.train.classes);
    assert_eq!(found.unwrap(), ["june", "may"]);
}

#[test]
fn of_several_held_out_parts_the_test_part_is_read_and_the_others_reported() {
    let dir = tempfile::tempdir().unwrap();
    for part in ["train", "dev", "eval", "test", "val"] {
        classes(&dir.path().join(part), PETS);
    }
    std::fs::remove_dir_all(dir.path().join("test/dogs")).unwrap();
    let data = read(dir.path());
    assert_eq!((data.train.len(), data.test.len()), (6, 3));
    assert!(
        data.notes[0].contains("folders ignored beside the train and test splits: dev, eval, val"),
        "{:?}",
        data.notes
    );
    std::fs::remove_dir_all(dir.path().join("test")).unwrap();
    std::fs::remove_dir_all(dir.path().join("val")).unwrap();
    assert_eq!(read(dir.path()).test.len(), 6);
}

/// Hours of training must not end in unreadable weights.
#[test]
#[cfg(unix)]
fn classes_of_any_name_are_learned_and_read_again() {
    let dir = tempfile::tempdir().unwrap();
    classes(&dir.path().join("set"), [b"two\nlines", b"caf\xe9, \"it's\""]);
    let output = untrained(dir.path(), &["learn", "gmm", "set", "--epochs", "1", "--out", "g.safetensors"]);
    assert!(output.status.success(), "{}", stderr(&output));
    let output = untrained(dir.path(), &["generate", "g.safetensors", "--n", "2", "--out", "made"]);
    assert!(output.status.success(), "{}", stderr(&output));
    let made = read(&dir.path().join("made"));
    assert_eq!((made.train.classes.len(), made.train.len()), (2, 4));
    let data = read(&dir.path().join("set"));
    assert_eq!(data.train.classes, ["caf\u{e9}, \"it's\"", "two_lines"]);
    // Too long a name is reported before training.
    classes(&dir.path().join("long"), [&[0xe9; 200], b"b"]);
    let output = untrained(dir.path(), &["learn", "gmm", "long", "--epochs", "1", "--out", "h.safetensors"]);
    assert!(output.status.code() == Some(2) && stderr(&output).contains("a class"), "{}", stderr(&output));
    assert!(!dir.path().join("h.safetensors").exists());
}

#[test]
fn a_set_without_a_picture_is_rejected() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(
        dir.path().join("train-images-idx3-ubyte"),
        [0u8, 0, 8, 3, 0, 0, 0, 0, 0, 0, 0, 28, 0, 0, 0, 28],
    )
    .unwrap();
    std::fs::write(dir.path().join("train-labels-idx1-ubyte"), [0u8, 0, 8, 1, 0, 0, 0, 0]).unwrap();
    let output = untrained(dir.path(), &["learn", "gmm", "."]);
    assert!(
        output.status.code() == Some(2) && stderr(&output).contains("holds no images"),
        "{}",
        stderr(&output)
    );
    std::fs::write(dir.path().join("a.csv"), "1,2\n").unwrap();
    let head = format!("{:<117}\n", "{'descr': '<f8', 'fortran_order': False, 'shape': (0, 2), }");
    std::fs::write(dir.path().join("none.npy"), [b"\x93NUMPY\x01\x00\x76\x00", head.as_bytes()].concat())
        .unwrap();
    let output = untrained(dir.path(), &["metrics", "--reference", "a.csv", "--candidate", "none.npy"]);
    assert!(output.status.code() == Some(2) && stderr(&output).contains("no samples"), "{}", stderr(&output));
}

/// One table, as five programs write it, is at no distance from itself; what was assumed is in the report.
#[test]
fn tables_of_large_numbers_from_many_countries_are_one() {
    let dir = tempfile::tempdir().unwrap();
    let rows: Vec<[f64; 2]> =
        (0..12).map(|i| [1234.5 * f64::from(i * i - 20), 0.25 * f64::from(7 * i % 5)]).collect();
    let grouped = |v: f64, apart: &str, point: &str| {
        let (whole, part) = (v.abs().trunc() as u64, (v.abs().fract() * 100.0).round() as u64);
        let thousands = if whole >= 1000 {
            format!("{}{apart}{:03}", whole / 1000, whole % 1000)
        } else {
            whole.to_string()
        };
        format!("{}{thousands}{point}{part:02}", if v < 0.0 { "-" } else { "" })
    };
    let write = |name: &str, separator: &str, cell: &dyn Fn(f64) -> String| {
        let text: String =
            rows.iter().map(|r| format!("{}{separator}{}\n", cell(r[0]), cell(r[1]))).collect();
        std::fs::write(dir.path().join(name), format!("a{separator}b\n{text}")).unwrap();
    };
    write("plain.csv", ",", &|v| v.to_string());
    write("english.csv", ",", &|v| format!("\"{}\"", grouped(v, ",", ".")));
    write("german.csv", ";", &|v| grouped(v, ".", ","));
    write("swiss.csv", ";", &|v| grouped(v, "'", "."));
    write("french.csv", ";", &|v| grouped(v, "\u{202f}", ","));
    for name in ["english.csv", "german.csv", "swiss.csv", "french.csv"] {
        let args =
            ["metrics", "--reference", "plain.csv", "--candidate", name, "--metric", "frechet", "--json"];
        let output = untrained(dir.path(), &args);
        let report: Value =
            serde_json::from_slice(&output.stdout).unwrap_or_else(|e| panic!("{e}: {}", stderr(&output)));
        assert_eq!(report["candidate"]["hash"], report["reference"]["hash"], "{name}");
        assert!(report["candidate"]["notes"].to_string().contains("thousands"), "{name}: {report}");
    }
}
