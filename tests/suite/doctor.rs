//! `untrained doctor` is right: what it finds is there, and what is removed it reports as missing.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};

use untrained::cli::load::SHIPPED;

use crate::window::Screen;

/// Its findings: (whether it is good, its text).
type Findings = BTreeMap<String, (bool, String)>;

fn doctor(prepare: impl FnOnce(&mut Command) -> &mut Command) -> Findings {
    let mut program = Command::new(env!("CARGO_BIN_EXE_untrained"));
    program
        .arg("doctor")
        .env_remove("DISPLAY")
        .env_remove("RAYON_NUM_THREADS")
        .env_remove("UNTRAINED_VECTORS");
    prepare(&mut program);
    let out = program.output().unwrap();
    let text = String::from_utf8(out.stdout).unwrap();
    assert!(out.status.success(), "{text}");
    let line = |line: &str| {
        let (mark, rest) = line.split_once(' ').unwrap();
        let (what, words) = rest.trim().split_once(' ').unwrap();
        assert!(["good", "missing"].contains(&mark), "{line}");
        (what.to_string(), (mark == "good", words.trim().to_string()))
    };
    text.lines().map(line).collect()
}

#[cfg(unix)]
fn script(folder: &Path, name: &str, text: &str) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::write(folder.join(name), format!("#!/bin/sh\n{text}\n")).unwrap();
    std::fs::set_permissions(folder.join(name), std::fs::Permissions::from_mode(0o755)).unwrap();
}

#[cfg(unix)]
#[test]
fn ffmpeg_is_found_where_the_path_has_one_that_runs() {
    let folder = tempfile::tempdir().unwrap();
    let with = |path: &Path| doctor(|p| p.env("PATH", path))["video"].clone();
    let missing =
        |(good, words): (bool, String)| !good && words.contains("no ffmpeg") && words.contains("apt-get");
    assert!(missing(with(folder.path())));
    script(folder.path(), "ffmpeg", "echo ffmpeg version 0\nexit 3");
    assert!(missing(with(folder.path())), "one that does not run is none");
    script(folder.path(), "ffmpeg", "echo ffmpeg version 77 of a test\necho more");
    assert_eq!(with(folder.path()), (true, "ffmpeg version 77 of a test".into()));
    if crate::skip::ffmpeg() {
        let version = Command::new("ffmpeg").arg("-version").output().unwrap().stdout;
        let version = String::from_utf8_lossy(&version).lines().next().unwrap().to_string();
        assert_eq!(doctor(|p| p)["video"], (true, version));
    }
}

/// Regression: a display without a server was reported as good.
#[test]
fn a_display_is_good_only_if_a_server_answers() {
    for display in [None, Some(""), Some(":9731"), Some("nonsense")] {
        let found = doctor(|p| match display {
            Some(display) => p.env("DISPLAY", display),
            None => p,
        });
        let (good, words) = &found["window"];
        assert!(!good && words.contains("renders to a folder"), "{display:?}: {words}");
        assert!(!found["monitors"].0, "{display:?}: {}", found["monitors"].1);
    }
    let Some(screen) = Screen::open() else { return };
    let found = doctor(|p| p.env("DISPLAY", &screen.display));
    assert_eq!(found["window"], (true, format!("X display {}", screen.display)));
    let (good, monitors) = &found["monitors"];
    assert!(*good && monitors.starts_with("1: ") && !monitors.contains("2: "), "{monitors}");
    assert!(monitors.contains("1280") && monitors.contains("720"), "the size of the screen: {monitors}");
}

#[test]
fn threads_vectors_scenes_and_the_judge_are_those_in_use() {
    let found = doctor(|p| p.env("RAYON_NUM_THREADS", "3").env("UNTRAINED_VECTORS", "plain"));
    let (good, words) = &found["processor"];
    let threads = std::thread::available_parallelism().unwrap();
    let begins = format!("{threads} threads, 3 used by the worlds, plain vectors");
    assert!(*good && words.starts_with(&begins), "{words}, expected {begins}");
    let (good, words) = &found["scenes"];
    let mut named: Vec<&str> = words.split(", ").collect();
    let mut shipped: Vec<&str> = SHIPPED.iter().map(|s| s.0).collect();
    named.sort_unstable();
    shipped.sort_unstable();
    assert!(*good && named == shipped, "{words}");
    let card = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/judge.json");
    let card: serde_json::Value = serde_json::from_slice(&std::fs::read(card).unwrap()).unwrap();
    let right = format!(
        "{} weights, {:.2} % right on {} test pictures",
        card["weights"],
        100.0 * card["accuracy"].as_f64().unwrap(),
        card["pictures"][2]
    );
    let (good, words) = &found["judge"];
    assert!(*good && words.starts_with(&right), "{words}, expected {right}");
}

#[test]
fn a_folder_is_good_where_it_can_be_written_and_is_left_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    assert!(doctor(|p| p.current_dir(folder.path()))["folder"].0);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    if crate::skip::proc() {
        // Not writable for any user.
        let (good, words) = doctor(|p| p.current_dir("/proc"))["folder"].clone();
        assert!(!good && words.contains("cannot be saved here"), "{words}");
    }
}

/// The default device is a null device, and then there is none at all, by a configuration of ALSA.
#[cfg(feature = "sound")]
#[test]
fn sound_devices_are_those_of_the_system() {
    let folder = tempfile::tempdir().unwrap();
    let own = folder.path().join("asound.conf");
    let with = |text: &str| {
        std::fs::write(&own, text).unwrap();
        doctor(|p| p.env("ALSA_CONFIG_PATH", &own))
    };
    let found = with("pcm.default { type null }\nctl.default { type null }\n");
    for what in ["speakers", "listens"] {
        let (good, words) = &found[what];
        assert!(*good && words.contains("default"), "{what}: {words}");
    }
    let found = with("# nothing\n");
    for (what, cure) in [("speakers", "silent"), ("listens", "--listen FILE")] {
        let (good, words) = &found[what];
        assert!(!good && words.contains(cure), "{what}: {words}");
    }
}

#[cfg(feature = "midi")]
#[test]
fn midi_is_missing_where_the_system_has_no_sequencer() {
    let (good, words) = doctor(|p| p)["midi"].clone();
    match Path::new("/dev/snd/seq").exists() {
        false => assert!(!good && words.contains("no MIDI sequencer"), "{words}"),
        true => assert!(!words.contains("no MIDI sequencer"), "{words}"),
    }
}

#[test]
fn graphics_names_the_packages_that_are_not_there() {
    let (good, words) = doctor(|p| p)["graphics"].clone();
    let cache = Command::new("/sbin/ldconfig").arg("-p").stderr(Stdio::null()).output();
    let Ok(cache) = cache.map(|o| String::from_utf8_lossy(&o.stdout).into_owned()) else { return };
    let libraries = [
        ("libGL.so.1", "libgl1"),
        ("libX11.so.6", "libx11-6"),
        ("libXi.so.6", "libxi6"),
        ("libxkbcommon.so.0", "libxkbcommon0"),
    ];
    for (library, package) in libraries {
        let there = cache.lines().any(|l| l.trim_start().starts_with(library));
        assert_eq!(!there, words.contains(package), "{library}: {words}");
    }
    assert_eq!(good, !words.contains("install:"), "{words}");
}
