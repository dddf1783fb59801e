//! What a performer and a gallery rely on besides the picture: show mode, favourites, automatic tapes, health metrics,
//! live output for other programs, disks that fill up, long runs.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::seen::pictures;
use crate::show::{Hall, shown};

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut all: Vec<PathBuf> =
        std::fs::read_dir(folder).into_iter().flatten().flatten().map(|e| e.path()).collect();
    all.sort();
    all
}

/// Pixels of a screenshot that are grey and not of the palette: letters and panels.
fn greys(path: &Path) -> usize {
    let picture = image::open(path).unwrap().to_rgb8();
    let flat =
        |p: &&image::Rgb<u8>| p.0[0] > 60 && p.0[0].abs_diff(p.0[1]) < 9 && p.0[1].abs_diff(p.0[2]) < 9;
    picture.pixels().filter(flat).count()
}

fn captures(hall: &Hall) -> usize {
    files(&hall.folder.path().join("captures")).len()
}

#[test]
fn show_mode_hides_every_control_and_locks_what_is_not_allowed() {
    let Some(hall) = Hall::new() else { return };
    let shot = |name: &str| hall.folder.path().join(name);
    let json = |name: &str| -> serde_json::Value {
        serde_json::from_slice(&std::fs::read(hall.folder.path().join(name)).unwrap()).unwrap()
    };
    let keys = "--keys tab@20~h@22~2@24~f9@50~r@60~s@70";
    // The state is saved every 0.8 s, which is 48 frames at the most.
    let play = "play a.toml b.toml --no-judge --no-sound --window 1000x600 --frames 170 --transition cut:0";
    let open = hall.run(&format!("{play} {keys} --screenshot open.png --state open.json --health oh.json"));
    assert_eq!(shown(&open).0, "b");
    assert_eq!(captures(&hall), 1);
    let more = "--screenshot locked.png --state locked.json --health lh.json --locked";
    let locked = hall.run(&format!("{play} {keys} {more}"));
    assert_eq!(shown(&locked).0, "a", "the key for another scene is locked");
    assert!(greys(&shot("open.png")) > 2_000, "{}", greys(&shot("open.png")));
    assert!(greys(&shot("locked.png")) < 50, "{}", greys(&shot("locked.png")));
    // What was rejected had no effect, and is counted: panel, help, scene, slot, seed, picture.
    assert!(json("open.json")["kept"]["b"]["0"].is_array() && json("open.json")["seed"] != 1);
    assert_eq!(
        (&json("locked.json")["kept"], &json("locked.json")["seed"]),
        (&serde_json::json!({}), &1.into())
    );
    assert_eq!(captures(&hall), 1, "no picture was kept in show mode");
    assert_eq!((&json("oh.json")["locked"], &json("oh.json")["locked_out"]), (&false.into(), &0.into()));
    assert_eq!((&json("lh.json")["locked"], &json("lh.json")["locked_out"]), (&true.into(), &6.into()));
    // What is allowed works, and L twice unlocks.
    let some = hall.run(&format!("{play} --keys 2@24 --screenshot s.png --locked --allow scene.*"));
    assert_eq!(shown(&some).0, "b");
    let freed = hall.run(&format!("{play} --keys l@20~l@24~2@30 --screenshot f.png --locked"));
    assert_eq!(shown(&freed).0, "b");
    assert!(freed.contains("show mode was switched off"), "{freed}");
}

#[test]
fn every_performance_is_recorded_on_a_tape_and_favourites_are_recalled() {
    let Some(hall) = Hall::new() else { return };
    let own = hall.folder.path().join("own/untrained");
    let play =
        "play a.toml b.toml --no-judge --no-sound --window 320x200 --transition cut:0 --screenshot s.png";
    let first = hall.run(&format!("{play} --seed 5 --frames 110 --keys s@8~2@10~a@40~s@45~1@60~s@109"));
    assert_eq!(shown(&first).0, "a");
    let tapes = files(&own.join("tapes"));
    assert_eq!(tapes.len(), 1, "{first}");
    hall.run(&format!("render --tape {} --out again --only", tapes[0].display()));
    let again = pictures(&hall.folder.path().join("again"));
    let kept = pictures(&hall.folder.path().join("captures"));
    assert_eq!(kept.len(), 3);
    for k in &kept {
        let twin = again.iter().find(|p| (&p.scene, p.seed, p.tick) == (&k.scene, k.seed, k.tick));
        assert!(twin.is_some_and(|t| t.image == k.image && t.seed == 5), "tick {} of {}", k.tick, k.scene);
    }
    let kept = std::fs::read_to_string(own.join("favourites.json")).unwrap();
    let kept: serde_json::Value = serde_json::from_str(&kept).unwrap();
    let moment = &kept.as_array().or(kept["favourites"].as_array()).expect("a list")[0];
    assert_eq!((&moment["scene"], &moment["seed"]), (&"b".into(), &5.into()), "{kept}");
    let second = hall.run(&format!("{play} --seed 9 --frames 90 --keys g@20 --no-tape --health h.json"));
    assert_eq!(shown(&second).0, "b", "another run brings the favourite back");
    let health = std::fs::read_to_string(hall.folder.path().join("h.json")).unwrap();
    let health: serde_json::Value = serde_json::from_str(&health).unwrap();
    assert_eq!(health["seed"], "5", "with its seed: {health}");
    assert!(health["frame_times"]["count"].as_u64() > Some(30) && health["memory"].as_u64() > Some(1 << 20));
    assert_eq!(files(&own.join("tapes")).len(), 1);
}

#[test]
fn live_output_never_waits_for_its_reader() {
    let Some(hall) = Hall::new() else { return };
    let pipe = hall.folder.path().join("pipe");
    if !crate::skip::fifo(&pipe) {
        return;
    }
    // Without a reader the show continues.
    hall.run("play a.toml --no-judge --no-sound --window 320x200 --frames 40 --feed pipe");
    // A frame is sixty times what a pipe holds.
    let reader = std::thread::spawn(move || {
        let mut bytes = vec![0u8; 1280 * 720 * 4];
        let mut pipe = std::fs::File::open(pipe).unwrap();
        let mut colours = std::collections::BTreeSet::new();
        let mut frames = 0;
        while frames < 20 && pipe.read_exact(&mut bytes).is_ok() {
            frames += 1;
            assert!(bytes.chunks_exact(4).all(|p| p[3] == 255), "frame {frames} is whole and opaque");
            colours.extend(bytes.chunks_exact(4).step_by(37).map(|p| [p[0], p[1], p[2]]));
        }
        (frames, colours.len())
    });
    hall.run("play a.toml --no-judge --no-sound --size 1280x720 --window 320x200 --frames 120 --feed pipe");
    let (frames, colours) = reader.join().unwrap();
    assert!(frames == 20 && colours > 40, "{frames} frames, {colours} colours");
}

#[test]
fn a_disk_that_fills_up_while_recording_ends_the_recording_and_not_the_show() {
    let Some(hall) = Hall::new() else { return };
    if !crate::skip::ffmpeg() {
        return;
    }
    let small = hall.folder.path().join("small");
    std::fs::create_dir(&small).unwrap();
    let mount = Command::new("mount").args(["-t", "tmpfs", "-o", "size=128k", "tmpfs"]).arg(&small).status();
    if !mount.is_ok_and(|s| s.success()) {
        return crate::skip::skip("mount", "no small disk can be mounted here");
    }
    let play =
        "play a.toml --no-judge --no-sound --window 320x200 --record small/film.mp4 --frames 500 --no-tape";
    let outcome = hall.command(&format!("{play} --screenshot s.png --health h.json")).output();
    let _ = Command::new("umount").arg(&small).status();
    let out = outcome.unwrap();
    let text = format!("{}{}", String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr));
    assert!(out.status.success() && shown(&text).1 > 100, "{text}");
    let health = std::fs::read_to_string(hall.folder.path().join("h.json")).unwrap();
    assert!(health.contains("No space left"), "{health}");
}

#[test]
fn a_short_soak_reports_times_memory_and_losses() {
    let Some(hall) = Hall::new() else { return };
    let out =
        hall.command("soak a.toml --minutes 0.4 --alone 0.1 --size 320x200 --out soaked").output().unwrap();
    let text = format!("{}{}", String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr));
    let read = |name: &str| std::fs::read_to_string(hall.folder.path().join("soaked").join(name)).unwrap();
    let figures: serde_json::Value = serde_json::from_str(&read("soak.json")).unwrap();
    // An encoder that cannot keep up on a busy machine drops video frames, which is reported; nothing else may be lost.
    let lost = figures["lost"].as_array().unwrap();
    assert!(lost.iter().all(|l| l.as_str().unwrap().contains("video frames were dropped")), "{text}");
    assert_eq!(out.status.code(), Some(if lost.is_empty() { 0 } else { 1 }), "{text}");
    for run in ["off", "on"] {
        assert!(figures[run]["frame_times"]["count"].as_u64() > Some(20), "{figures:#}");
        assert!(figures[run]["frame_times"]["p999_ms"].as_f64() > Some(0.0));
    }
    assert!(read("soak.csv").lines().count() >= 5);
    assert!(read("soak.html").contains("Resident memory"));
    if cfg!(feature = "network") {
        assert!(
            figures["hand"]["moves"].as_u64() > Some(20) && figures["hand"]["previews"].as_u64() > Some(5),
            "{text}"
        );
    }
}

#[test]
fn a_tape_reproduces_the_sound_too() {
    let Some(hall) = Hall::new() else { return };
    let voice = "[voice.wind]\nkind = \"wind\"\nread = \"cloud.value\"\nlevel = 0\n";
    let scene = std::fs::read_to_string(hall.folder.path().join("a.toml")).unwrap();
    hall.write("a.toml", &scene.replace("[[layer]]", &format!("{voice}[[layer]]")));
    hall.run("play a.toml --no-judge --speaker none --window 320x200 --frames 90 --tape t.tape --keys z@10~down:0.3,0.5@30~up@40");
    std::fs::remove_file(hall.folder.path().join("a.toml")).unwrap();
    let heard = |name: &str| {
        hall.run(&format!("render --tape t.tape --out {name}.png --only --seconds 0.8 --wav {name}.wav"));
        std::fs::read(hall.folder.path().join(format!("{name}.wav"))).unwrap()
    };
    let first = heard("once");
    assert!(first == heard("twice"), "to the bit");
    let clip = untrained::sound::Clip::decode(first, "wav").unwrap();
    let peak = clip.samples().iter().fold(0.0f32, |m, v| m.max(v.abs()));
    assert!((clip.seconds() - 0.8).abs() < 0.02 && peak > 0.01, "{} s, {peak}", clip.seconds());
}

#[test]
fn a_missing_device_is_reported_with_those_that_exist_and_the_show_continues() {
    let Some(hall) = Hall::new() else { return };
    let play = "play a.toml --no-judge --window 320x200 --frames 30 --speaker nowhere --listen nothing --health h.json";
    let text = hall.run(play);
    for word in ["output device is called `nowhere`", "input device is called `nothing`", "available: "] {
        assert!(text.contains(word), "expected `{word}` in: {text}");
    }
    let health = std::fs::read_to_string(hall.folder.path().join("h.json")).unwrap();
    assert!(health.contains("silent: "), "{health}");
}

/// `script/test slow` runs it. It checks what must not depend on the speed of the machine.
#[test]
#[ignore = "takes twelve minutes; script/test slow"]
fn ten_minutes_with_everything_on_lose_nothing_and_take_no_more_memory() {
    let Some(hall) = Hall::new() else { return };
    let text = hall.run("soak garden --minutes 10 --alone 1.5 --out soaked");
    println!("{text}");
    assert!(text.contains("lost: nothing"), "{text}");
    let figures = std::fs::read_to_string(hall.folder.path().join("soaked/soak.json")).unwrap();
    let figures: serde_json::Value = serde_json::from_str(&figures).unwrap();
    let slope = figures["memory_slope_bytes_an_hour"].as_f64().unwrap();
    assert!(slope < 60e6, "memory grows by {:.1} MB an hour", slope / 1e6);
}
