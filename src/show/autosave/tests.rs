//! States on disk, whatever happens to the show or to the file.

use super::*;
use std::process::{Command, Stdio};
use std::time::{SystemTime, UNIX_EPOCH};

fn now() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs_f64()
}

/// The process that is killed below: sets knobs to the current time and saves, for ever.
#[test]
#[ignore = "a part of the next test"]
fn victim() {
    let Some(path) = std::env::var_os("UNTRAINED_TEST_VICTIM") else { return };
    let mut saver = Autosave::start(Path::new(&path));
    for i in 0.. {
        let knobs = (0..200).map(|k| (format!("node.knob{k}").into(), now())).collect();
        saver.offer(|| SavedState { seed: i, knobs, ..SavedState::default() });
        std::thread::sleep(Duration::from_millis(4));
    }
}

#[test]
fn a_kill_at_any_moment_loses_at_most_two_seconds() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.json");
    let rng = world::rng::Rng::new(5);
    let one = |i: u64| {
        let path = folder.path().join(format!("{}.json", i % 20));
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "autosave::tests::victim", "--nocapture", "--include-ignored"])
            .env("UNTRAINED_TEST_VICTIM", &path)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        while !path.exists() {
            std::thread::sleep(Duration::from_millis(1));
        }
        std::thread::sleep(Duration::from_secs_f64(rng.unit64(i) * 1.2));
        child.kill().unwrap();
        child.wait().unwrap();
        let killed = now();
        let saved = SavedState::load(&path).unwrap().expect("a whole file");
        assert!(saved.knobs.iter().all(|k| k.1 == saved.knobs[0].1 || (k.1 - saved.knobs[0].1).abs() < 0.1));
        let age = killed - saved.knobs[0].1;
        assert!(age < 2.0, "kill {i}: {age} s old");
        std::fs::remove_file(&path).unwrap();
    };
    // Five lanes of twenty files: the same hundred kills in a fifth of the time.
    std::thread::scope(|s| {
        (0..20u64).for_each(|lane| drop(s.spawn(move || (0..5).for_each(|i| one(i * 20 + lane)))));
    });
    assert!(!path.exists());
}

#[test]
fn invalid_files_and_unwritable_paths_are_reported() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("s.json");
    assert_eq!(SavedState::load(&path), Ok(None));
    for (text, word) in [("{", "EOF"), ("{\"version\":9}", "missing field")] {
        std::fs::write(&path, text).unwrap();
        assert!(SavedState::load(&path).unwrap_err().contains(word));
    }
    let mut saver = Autosave::start(Path::new("/proc/nowhere/s.json"));
    saver.offer(SavedState::default);
    let reported = (0..2000).any(|_| {
        std::thread::sleep(Duration::from_millis(1));
        saver.problem().is_some_and(|p| p.contains("not saved"))
    });
    assert!(reported);
}

fn state(seed: u64) -> SavedState {
    let mut kept = Preset::default();
    kept.keep("ink", 3, vec![("a.b".into(), 0.1 + 0.2)]);
    SavedState {
        version: VERSION,
        scene: "ink".into(),
        cue: Some(2),
        moment: Some(crate::program::TimeOfDay { day: 739_000, minute: 601 }),
        seed,
        born: vec![("a.c".into(), 1.0 / 3.0)],
        knobs: vec![("a.b".into(), -1e-300), ("layer.x.opacity".into(), 0.25)],
        links: vec![true, false],
        kept,
        bpm: 93.7,
        standing: MasterState { black: true, light: 0.25, volume: 0.5, mute: true, paused: true },
    }
}

/// Offers a state now, however recent the last.
fn offer(saver: &mut Autosave, state: &SavedState) {
    saver.last = None;
    saver.offer(|| state.clone());
}

/// Waits until a file holds a state.
fn until(path: &Path, holds: impl Fn(&SavedState) -> bool) {
    let there = (0..20_000).any(|_| {
        std::thread::sleep(Duration::from_millis(1));
        SavedState::load(path).unwrap().is_some_and(|s| holds(&s))
    });
    assert!(there, "it was never saved");
}

#[test]
fn a_truncated_state_is_rejected_and_a_whole_one_round_trips_bit_for_bit() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("s.json");
    let whole = serde_json::to_vec(&state(u64::MAX)).unwrap();
    for length in 0..whole.len() {
        std::fs::write(&path, &whole[..length]).unwrap();
        let reported = SavedState::load(&path).unwrap_err();
        assert!(reported.contains("s.json is ignored"), "{length}: {reported}");
    }
    std::fs::write(&path, &whole).unwrap();
    assert_eq!(SavedState::load(&path), Ok(Some(state(u64::MAX))));
}

#[test]
fn a_state_of_another_version_or_beyond_the_limits_is_rejected_naming_its_field() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("s.json");
    let reported = |saved: SavedState| {
        std::fs::write(&path, serde_json::to_vec(&saved).unwrap()).unwrap();
        SavedState::load(&path).err().unwrap_or_default()
    };
    let good = || state(1);
    assert_eq!(reported(good()), "");
    assert!(reported(SavedState { version: 9, ..good() }).contains("it has version 9, expected 1"));
    assert!(reported(SavedState { scene: "a\nb".into(), ..good() }).contains("the scene"));
    assert!(reported(SavedState { bpm: -1.0, ..good() }).contains("bpm"));
    assert!(reported(SavedState { links: vec![true; limits::ENTRIES + 1], ..good() }).contains("links"));
    let long = || vec![("x".repeat(limits::NAME + 1).into(), 1.0)];
    assert!(reported(SavedState { knobs: long(), ..good() }).contains("an address"));
    let mut kept = Preset::default();
    kept.keep("ink", 0, long());
    assert!(reported(SavedState { kept, ..good() }).contains("an address"));
    let reported = SavedState::load(folder.path()).unwrap_err();
    assert!(reported.contains("cannot read the state") && reported.contains("folder"), "{reported}");
}

#[test]
fn dropping_the_saver_leaves_the_newest_state_on_disk() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("deep/down/s.json");
    let mut saver = Autosave::start(&path);
    // Faster than any disk: those before the last may be skipped.
    for seed in 1..=20 {
        offer(&mut saver, &state(seed));
    }
    drop(saver);
    assert_eq!(SavedState::load(&path), Ok(Some(state(20))));
    assert_eq!(std::fs::read_dir(path.parent().unwrap()).unwrap().count(), 1, "no temporary file is left");
}

#[test]
fn saves_are_rate_limited() {
    let folder = tempfile::tempdir().unwrap();
    let mut saver = Autosave::start(&folder.path().join("s.json"));
    let mut made = 0;
    let mut offered = |saver: &mut Autosave| {
        saver.offer(|| {
            made += 1;
            SavedState::default()
        });
        made
    };
    assert_eq!(offered(&mut saver), 1);
    saver.last = Some(Instant::now() + EVERY);
    assert_eq!(offered(&mut saver), 1, "not yet");
    saver.last = Instant::now().checked_sub(EVERY);
    assert_eq!(offered(&mut saver), 2);
    assert!(saver.last.is_some_and(|t| t.elapsed() < Duration::from_secs(600)));
}

#[test]
fn an_unchanged_state_is_rewritten_only_if_its_file_is_gone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("s.json");
    // First one state; then something is done to the file; then another state.
    let after = |spoil: &dyn Fn(), then: SavedState| {
        let _ = std::fs::remove_file(&path);
        let mut saver = Autosave::start(&path);
        offer(&mut saver, &state(1));
        until(&path, |s| s.seed == 1);
        spoil();
        offer(&mut saver, &then);
        drop(saver);
        std::fs::read_to_string(&path).unwrap_or_default()
    };
    let text = |seed| serde_json::to_string(&state(seed)).unwrap();
    let spoil = || std::fs::write(&path, "mine").unwrap();
    assert_eq!(after(&spoil, state(1)), "mine");
    assert_eq!(after(&spoil, state(2)), text(2));
    assert_eq!(after(&|| std::fs::remove_file(&path).unwrap(), state(1)), text(1));
}

#[test]
fn the_problem_clears_once_the_path_is_writable_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("s.json");
    std::fs::create_dir(&path).unwrap();
    let mut saver = Autosave::start(&path);
    offer(&mut saver, &state(1));
    let reported = |wanted: bool, saver: &Autosave| {
        (0..20_000).any(|_| {
            std::thread::sleep(Duration::from_millis(1));
            saver.problem().is_some() == wanted
        })
    };
    assert!(reported(true, &saver));
    std::fs::remove_dir(&path).unwrap();
    offer(&mut saver, &state(2));
    assert!(reported(false, &saver));
    drop(saver);
    assert_eq!(SavedState::load(&path), Ok(Some(state(2))));
}
