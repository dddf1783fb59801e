//! The switch of vector widths, as users see it.

use std::process::{Command, Output};

use untrained::world::frame::Frame;
use untrained::world::vectors::{VARIABLE, Vectors};

fn doctor(vectors: &str) -> Output {
    let mut program = Command::new(env!("CARGO_BIN_EXE_untrained"));
    program.arg("doctor").env(VARIABLE, vectors).output().unwrap()
}

#[test]
fn the_environment_chooses_the_vectors_and_missing_ones_are_reported() {
    for v in Vectors::ALL {
        let run = doctor(v.name());
        let (out, complaint) = (String::from_utf8_lossy(&run.stdout), String::from_utf8_lossy(&run.stderr));
        if v.is_available() {
            assert!(run.status.success() && out.contains(&format!("{v} vectors")), "{out}");
        } else {
            assert_eq!(run.status.code(), Some(2), "{out}");
            assert!(complaint.contains(&format!("no {v} vectors")), "{complaint}");
        }
    }
    let run = doctor("mmx");
    assert_eq!(run.status.code(), Some(2));
    let complaint = String::from_utf8_lossy(&run.stderr);
    assert!(complaint.contains("expected plain, avx2 or avx512"), "{complaint}");
    assert!(doctor("").status.success(), "empty is as if it were not there");
}

/// What a processor that is emulated has; see `golden::machines`.
#[test]
fn the_expected_vectors_are_in_use() {
    if let Some(expected) = std::env::var_os("UNTRAINED_EXPECT").filter(|e| !e.is_empty()) {
        assert_eq!(Vectors::in_use().name(), expected.to_string_lossy());
    }
}

fn render(more: &[&str]) -> Command {
    let mut program = Command::new(env!("CARGO_BIN_EXE_untrained"));
    program.args(["render", "breath", "--seconds", "0.2", "--fps", "15", "--size", "160x90"]).args(more);
    program
}

/// One line per picture and one for the sound, the same at any width and number of threads, and equal to those of the
/// pictures that are written.
#[test]
fn a_render_prints_the_hashes_of_its_pictures() {
    let hashes = |vectors: &str, threads: &str| {
        let mut program = render(&["--hash"]);
        let out = program.env(VARIABLE, vectors).env("RAYON_NUM_THREADS", threads).output().unwrap();
        assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
        String::from_utf8(out.stdout).unwrap()
    };
    let plain = hashes("plain", "1");
    let lines: Vec<Vec<&str>> = plain.lines().map(|l| l.split(' ').collect()).collect();
    assert_eq!(lines.iter().map(|l| l[0]).collect::<Vec<_>>(), ["tick", "tick", "tick", "sound"]);
    assert_eq!(lines[..3].iter().map(|l| l[1]).collect::<Vec<_>>(), ["4", "8", "12"]);
    for v in Vectors::available() {
        assert_eq!(hashes(v.name(), "3"), plain, "{v}");
    }
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("pictures");
    assert!(render(&["--only", "--out", out.to_str().unwrap()]).output().unwrap().status.success());
    let mut files: Vec<_> = std::fs::read_dir(&out).unwrap().map(|e| e.unwrap().path()).collect();
    files.retain(|f| f.extension().is_some_and(|e| e == "png"));
    files.sort();
    for (file, line) in files.iter().zip(&lines[..3]) {
        let picture = image::open(file).unwrap().to_rgba8();
        let mut frame = Frame::new(picture.width() as usize, picture.height() as usize);
        frame.rgba = picture.into_raw();
        assert_eq!(format!("{:016x}", frame.hash()), line[2], "{}", file.display());
    }
    assert_eq!(files.len(), 3);
    assert_eq!(render(&["--hash", "--out", "x"]).output().unwrap().status.code(), Some(2));
    assert_eq!(render(&[]).output().unwrap().status.code(), Some(2), "one of the two is needed");
}
