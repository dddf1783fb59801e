//! Child processes: what they inherit.

use std::process::Command;

/// An ffmpeg that writes down its environment, first on the path, as a show that is supervised would start it.
#[cfg(unix)]
#[test]
fn no_child_inherits_the_access_token_of_the_remote() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().unwrap();
    let dump = dir.path().join("environment");
    for tool in ["ffmpeg", "ffprobe"] {
        let script = dir.path().join(tool);
        let text = format!("#!/bin/sh\nenv >> {}\ncat > /dev/null\nexit 1\n", dump.display());
        std::fs::write(&script, text).unwrap();
        std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o755)).unwrap();
    }
    let path = format!("{}:{}", dir.path().display(), std::env::var("PATH").unwrap_or_default());
    let odd = dir.path().join("odd.opus");
    std::fs::write(&odd, "no sound").unwrap();
    let film = dir.path().join("film.mp4");
    let run = |args: &[&str]| {
        let mut program = Command::new(env!("CARGO_BIN_EXE_untrained"));
        program.env("PATH", &path).env("UNTRAINED_REMOTE_TOKEN", "0123456789abcdef0123456789abcdef");
        program.env("UNTRAINED_HEARTBEAT", "secret-place").args(args).output().unwrap();
        std::fs::read_to_string(&dump).unwrap_or_default()
    };
    let film = film.to_str().unwrap();
    for args in [
        &["render", "garden", "--seconds", "0.2", "--size", "64x36", "--no-judge", "--only", "--out", film][..],
        &[
            "render",
            "garden",
            "--seconds",
            "0.2",
            "--no-judge",
            "--listen",
            odd.to_str().unwrap(),
            "--out",
            "x.png",
        ],
        &["doctor"],
    ] {
        let environment = run(args);
        assert!(environment.contains("PATH="), "{args:?} started no child");
        assert!(
            !environment.contains("UNTRAINED") && !environment.contains("0123456789abcdef"),
            "{environment}"
        );
        std::fs::remove_file(&dump).unwrap();
    }
}

fn sources(folder: &std::path::Path, into: &mut Vec<std::path::PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true if !path.ends_with("tests") => sources(&path, into),
            false if path.extension().is_some_and(|e| e == "rs") && !path.ends_with("tests.rs") => {
                into.push(path)
            }
            _ => {}
        }
    }
}

/// What the test above cannot run is checked in the source: only one place starts other programs, and two start this
/// one.
#[test]
fn other_programs_are_started_in_one_place_only() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut all = Vec::new();
    sources(&root, &mut all);
    let starts = |path: &std::path::PathBuf| {
        let text = std::fs::read_to_string(path).unwrap();
        let own = text.split("#[cfg(test)]\n").next().unwrap();
        (own.contains("Command::new(") && own.contains("process::"))
            .then(|| path.strip_prefix(&root).unwrap().display().to_string())
    };
    let mut found: Vec<String> = all.iter().filter_map(starts).collect();
    found.sort();
    assert_eq!(found, ["cli/play/supervise.rs", "cli/soak/run.rs", "output/tool.rs"]);
}
