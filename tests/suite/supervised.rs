//! What a supervisor takes for a fault and what not, in whole runs; and a stage that nothing external can block.

use std::io::{Read, Write};
use std::os::fd::OwnedFd;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::Duration;

use serde_json::Value;

use crate::show::{Family, Hall, wait};

/// A picture that never moves.
const STILL: &str = "size = [320, 200]\n[node.set]\nsystem = \"escape\"\n[[layer]]\nshow = \"set.smooth\"\n";

/// A world of which a tick takes one thread ten seconds and more.
const HANGS: &str = r#"
size = [320, 200]

[node.cloud]
system = "noise"
size = [2048, 2048]
kind = "ridged"
basis = "worley"
octaves = 8
detail = 1
warp = 4

[[layer]]
show = "cloud.value"
"#;

impl Hall {
    fn supervise(&self, line: &str) -> Family {
        let line =
            format!("{line} --no-judge --no-sound --no-tape --window 320x200 --supervise --health h.json");
        Family(self.command(&line).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap())
    }

    fn health(&self) -> Option<Value> {
        serde_json::from_slice(&std::fs::read(self.folder.path().join("h.json")).ok()?).ok()
    }

    /// Waits until one run has drawn for this many seconds; false if another run began meanwhile.
    fn lasts(&self, family: &Family, seconds: f64) -> bool {
        let lived = |h: &Value| {
            h["seconds"].as_f64() > Some(seconds) && h["frame_times"]["count"].as_u64() > Some(60)
        };
        wait(120, || self.health().filter(lived)).expect("it plays");
        self.health().unwrap()["restarts"] == 0 && family.child().is_some()
    }

    /// Waits for another run.
    fn comes_back(&self) -> bool {
        wait(240, || self.health().filter(|h| h["restarts"].as_u64() > Some(0))).is_some()
    }
}

/// Regression: it was killed every twenty seconds for ever.
#[test]
fn a_still_picture_plays_on_for_ever_unless_its_scene_says_that_it_may_not() {
    let Some(hall) = Hall::new() else { return };
    hall.write("still.toml", STILL);
    let family = hall.supervise("play still.toml");
    assert!(hall.lasts(&family, 23.0));
    drop(family);
    hall.write("never.toml", &format!("still = 1\n{STILL}"));
    // A pause or a blackout is intentional.
    for keys in ["space@9", "b@9"] {
        let _ = std::fs::remove_file(hall.folder.path().join("h.json"));
        let family = hall.supervise(&format!("play never.toml --state {}.json --keys {keys}", &keys[..1]));
        assert!(hall.lasts(&family, 6.0), "{keys}");
    }
    let _ = std::fs::remove_file(hall.folder.path().join("h.json"));
    let family = hall.supervise("play never.toml --state b.json");
    assert!(hall.lasts(&family, 6.0), "cut off in a blackout it comes back in one");
    drop(family);
    let _ = std::fs::remove_file(hall.folder.path().join("h.json"));
    let _family = hall.supervise("play never.toml");
    assert!(hall.comes_back());
}

#[test]
fn a_cue_sets_how_long_a_picture_may_stand_still() {
    let Some(hall) = Hall::new() else { return };
    hall.write("still.toml", STILL);
    let cue = "[[cue]]\nscene = \"still\"\n";
    hall.write("calm.toml", &format!("still = 1\n{cue}still = 0\n"));
    let family = hall.supervise("play --show calm.toml");
    assert!(hall.lasts(&family, 5.0));
    drop(family);
    let _ = std::fs::remove_file(hall.folder.path().join("h.json"));
    hall.write("strict.toml", &format!("{cue}still = 1\n"));
    let _family = hall.supervise("play --show strict.toml");
    assert!(hall.comes_back());
}

#[test]
fn worlds_that_hang_are_noticed_while_the_window_still_draws() {
    let Some(hall) = Hall::new() else { return };
    hall.write("heavy.toml", HANGS);
    hall.write(
        "hangs.toml",
        "[[cue]]\nscene = \"a\"\nthen = { after = 1 }\n[[cue]]\nscene = \"heavy\"\ntransition = \"cut\"\n",
    );
    let _family = hall.supervise("play --show hangs.toml");
    assert!(hall.comes_back());
}

/// A full pipe.
fn full_pipe() -> (std::io::PipeReader, OwnedFd) {
    let (reader, mut writer) = std::io::pipe().unwrap();
    // The thread that fills it blocks in the end, and is left there.
    let copy = writer.try_clone().unwrap();
    std::thread::spawn(move || while writer.write(&[b'.'; 4096]).is_ok() {});
    std::thread::sleep(Duration::from_millis(300));
    (reader, copy.into())
}

fn ends(child: &mut Child, seconds: u64) -> Option<bool> {
    let ended = wait(seconds, || child.try_wait().unwrap()).map(|status| status.success());
    let _ = child.kill();
    ended
}

/// Regression: the first printed line blocked the show.
#[test]
fn a_terminal_that_nobody_reads_does_not_stop_the_stage() {
    let Some(hall) = Hall::new() else { return };
    let (_reader, full) = full_pipe();
    let keys: Vec<String> = (10..60).map(|f| format!("l@{f}")).collect();
    let line = format!(
        "play a.toml --no-judge --no-sound --no-tape --window 320x200 --frames 90 --screenshot s.png --keys {}",
        keys.join("~")
    );
    let mut child = hall.command(&line).stderr(full).spawn().unwrap();
    assert_eq!(ends(&mut child, 90), Some(true));
    let mut said = String::new();
    child.stdout.take().unwrap().read_to_string(&mut said).unwrap();
    assert!(said.contains("shown: tick"), "{said}");
    assert!(Path::new(&hall.folder.path().join("s.png")).exists());
}
