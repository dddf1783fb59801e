//! `untrained doctor`: what this machine has, what is missing, and how to get it.

use std::path::Path;
use std::process::Stdio;

use super::Outcome;
use super::load::SceneSource;
use crate::world::vectors::{VARIABLE, Vectors};

/// Arguments of `doctor`.
#[derive(clap::Args)]
pub struct Args {}

enum State {
    Good,
    /// The program runs without it, with less.
    Missing,
}

/// Prints one line per finding.
pub fn run(_: &Args) -> Outcome {
    let [speakers, microphones] = sound();
    let seen = [processor(), display(), monitors(), gl(), judge(), ffmpeg()];
    let findings = seen.into_iter().chain([speakers, microphones, midi(), scenes(), writable()]);
    for (state, what, detail) in findings {
        let mark = match state {
            State::Good => "good   ",
            State::Missing => "missing",
        };
        println!("{mark}  {what:<10} {detail}");
    }
    Ok(())
}

type Finding = (State, &'static str, String);

fn processor() -> Finding {
    let threads = std::thread::available_parallelism().map_or(1, |n| n.get());
    let pool = rayon::current_num_threads();
    (State::Good, "processor", format!("{threads} threads, {pool} used by the worlds, {}", vectors()))
}

/// The vector width in use; others available, and how to select them.
fn vectors() -> String {
    let used = Vectors::in_use();
    let others: Vec<&str> = Vectors::available().filter(|v| *v != used).map(Vectors::name).collect();
    match others.is_empty() {
        true => format!("{used} vectors"),
        false => format!("{used} vectors (or, with {VARIABLE}, {}: the same bits)", others.join(", ")),
    }
}

fn display() -> Finding {
    if !cfg!(feature = "stage") {
        return (
            State::Missing,
            "window",
            "built without the `stage` feature; build with its default features".into(),
        );
    }
    let without = |why: String| {
        (
            State::Missing,
            "window",
            format!(
                "{why}, so `play` renders to a folder; log in to a desktop, or try \
                 `xvfb-run -s '-screen 0 1280x720x24' untrained play` (package xvfb)"
            ),
        )
    };
    match std::env::var("DISPLAY") {
        Ok(name) if !name.is_empty() => match answers() {
            true => (State::Good, "window", format!("X display {name}")),
            false => without(format!("no X server answers at DISPLAY {name}")),
        },
        _ => without("no DISPLAY".into()),
    }
}

/// Whether an X server answers at the display that is named.
fn answers() -> bool {
    #[cfg(all(feature = "stage", target_os = "linux"))]
    return crate::stage::monitors::monitors().is_ok();
    #[cfg(not(all(feature = "stage", target_os = "linux")))]
    true
}

/// Monitors by the numbers and names that `--monitor` takes.
#[cfg(feature = "stage")]
fn monitors() -> Finding {
    use crate::stage::monitors::{listed, monitors};
    match monitors() {
        Ok(all) => (State::Good, "monitors", listed(&all)),
        Err(why) => (State::Missing, "monitors", why),
    }
}

#[cfg(not(feature = "stage"))]
fn monitors() -> Finding {
    (State::Missing, "monitors", "built without the `stage` feature; build with its default features".into())
}

/// Libraries that the window loads at run time, with the Debian package of each.
const LIBRARIES: &[(&str, &str)] = &[
    ("libGL.so.1", "libgl1"),
    ("libX11.so.6", "libx11-6"),
    ("libXi.so.6", "libxi6"),
    ("libxkbcommon.so.0", "libxkbcommon0"),
];

fn gl() -> Finding {
    let folders =
        ["/usr/lib", "/usr/lib64", "/lib", "/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu"];
    let there = |name: &str| folders.iter().any(|f| Path::new(f).join(name).exists());
    let gone: Vec<&str> = LIBRARIES.iter().filter(|l| !there(l.0)).map(|l| l.1).collect();
    match gone.is_empty() {
        true => (State::Good, "graphics", "OpenGL and X libraries are installed".into()),
        false => (State::Missing, "graphics", format!("install: sudo apt-get install {}", gone.join(" "))),
    }
}

fn judge() -> Finding {
    match crate::judge::shipped() {
        Ok(card) => (State::Good, "judge", card),
        Err(message) => (State::Missing, "judge", message.to_string()),
    }
}

fn ffmpeg() -> Finding {
    let run =
        crate::output::tool("ffmpeg").arg("-version").stdin(Stdio::null()).stderr(Stdio::null()).output();
    match run {
        Ok(out) if out.status.success() => {
            let text = String::from_utf8_lossy(&out.stdout);
            (State::Good, "video", text.lines().next().unwrap_or("ffmpeg").to_string())
        }
        _ => (State::Missing, "video", "no ffmpeg, so no MP4; install: sudo apt-get install ffmpeg".into()),
    }
}

/// Devices by the names that `--speaker` and `--listen` take.
#[cfg(feature = "sound")]
fn sound() -> [Finding; 2] {
    use crate::sound::device::{defaults, listed, names};
    let (speakers, microphones) = names();
    let finding = |what, own: Result<String, String>, names, without| {
        let names = listed(names).join("; ");
        let by_name = if names.is_empty() { String::new() } else { format!("; by name: {names}") };
        match own {
            Ok(own) => (State::Good, what, format!("{own}{by_name}")),
            Err(why) => (State::Missing, what, format!("{why}, so {without}{by_name}")),
        }
    };
    let [plays, listens] = defaults();
    [
        finding("speakers", plays, speakers, "shows are silent; recordings and renders have their sound"),
        finding(
            "listens",
            listens,
            microphones,
            "scenes have no live audio input; --listen FILE gives them a sound file",
        ),
    ]
}

#[cfg(not(feature = "sound"))]
fn sound() -> [Finding; 2] {
    let without = "built without the `sound` feature; build with its default features";
    ["speakers", "listens"].map(|what| (State::Missing, what, without.to_string()))
}

#[cfg(feature = "midi")]
fn midi() -> Finding {
    match crate::control::midi::controllers() {
        Ok(names) if names.is_empty() => (
            State::Missing,
            "midi",
            "no controller is plugged in; one plugged in later is found within a second".into(),
        ),
        Ok(names) => (State::Good, "midi", names.join(", ")),
        Err(why) => (State::Missing, "midi", format!("{why}, so no MIDI controllers; OSC still works")),
    }
}

#[cfg(not(feature = "midi"))]
fn midi() -> Finding {
    (State::Missing, "midi", "built without the `midi` feature; build with its default features".into())
}

fn scenes() -> Finding {
    let names: Vec<String> = SceneSource::all().iter().map(SceneSource::name).collect();
    (State::Good, "scenes", names.join(", "))
}

fn writable() -> Finding {
    let probe = Path::new(".untrained-probe");
    let free = std::fs::write(probe, b"x").and_then(|()| std::fs::remove_file(probe));
    match free {
        Ok(()) => (State::Good, "folder", "pictures can be saved here".into()),
        Err(e) => (
            State::Missing,
            "folder",
            format!("pictures cannot be saved here: {e}; run it in another folder"),
        ),
    }
}
