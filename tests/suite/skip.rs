//! A test that cannot run here says so: it is reported as skipped, and where its tool is required it fails.
//!
//! `UNTRAINED_REQUIRE=ffmpeg,xvfb` names tools that must be there, `all` stands for every one, `!shared` exempts one.
//! `UNTRAINED_SKIPPED=FILE` receives a line for each test that was skipped; `script/test` shows them at its end.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Tools that tests need, in the words of `UNTRAINED_REQUIRE`.
pub const TOOLS: &[&str] = &[
    "chromium",  // pages are shown in a browser
    "clippy",    // cargo clippy, to see that it finds what it is to find
    "ffmpeg",    // video and sound
    "full",      // /dev/full
    "jackd",     // a sound server that keeps time
    "mkfifo",    // named pipes
    "mount",     // a small disk: the right to mount one
    "nginx",     // a proxy before the remote, with openssl for its certificate
    "openbox",   // a window manager
    "proc",      // /proc, to find the processes of a show
    "qemu",      // other processors
    "sequencer", // /dev/snd/seq, for MIDI
    "shared",    // the folder of reference material
    "xrandr",    // several monitors, with xwininfo, xwd and xprop to look at them
    "xvfb",      // a window on a virtual screen
];

/// This test is skipped for want of a tool.
///
/// # Panics
/// The tool is required.
pub fn skip(tool: &str, why: &str) {
    assert!(TOOLS.contains(&tool), "no test needs a tool called `{tool}`");
    let test = std::thread::current().name().unwrap_or("a test").to_string();
    let wanted = std::env::var("UNTRAINED_REQUIRE").unwrap_or_default();
    assert!(!required(&wanted, tool), "this test needs {tool}, which is required here: {why}");
    eprintln!("skipped for want of {tool}: {why}");
    if let Some(file) = std::env::var_os("UNTRAINED_SKIPPED") {
        let line = format!("{test}: {tool}: {why}\n");
        let file = std::fs::OpenOptions::new().append(true).create(true).open(file);
        // One write, so that lines of tests that run at once do not mix.
        file.and_then(|mut f| f.write_all(line.as_bytes()))
            .expect("the list of skipped tests can be written");
    }
}

/// The folder of reference material: `UNTRAINED_SHARED`, or `shared` beside the package (or one folder further up).
pub fn shared() -> Option<PathBuf> {
    let named = std::env::var_os("UNTRAINED_SHARED").map(PathBuf::from);
    // The package may be this one or a member below it.
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().skip(1).map(|above| above.join("shared"));
    let found = named.into_iter().chain(beside).find(|p| p.join("reference").is_dir());
    found.or_else(|| {
        skip("shared", "there is no folder of reference material");
        None
    })
}

/// Whether ffmpeg is there, with ffprobe.
pub fn ffmpeg() -> bool {
    let runs = |tool| Command::new(tool).arg("-version").output().is_ok_and(|o| o.status.success());
    there(runs("ffmpeg") && runs("ffprobe"), "ffmpeg", "it is not installed")
}

/// Whether cargo has clippy.
pub fn clippy() -> bool {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or("cargo".into()));
    let runs = cargo.args(["clippy", "--version"]).output().is_ok_and(|o| o.status.success());
    there(runs, "clippy", "it is not installed")
}

/// Whether there is a disk that is always full.
pub fn full() -> bool {
    there(Path::new("/dev/full").exists(), "full", "there is no /dev/full")
}

/// Whether the processes of a show can be found.
pub fn proc() -> bool {
    there(Path::new("/proc/self/task").exists(), "proc", "there is no /proc")
}

/// Makes a named pipe.
pub fn fifo(path: &Path) -> bool {
    let made = Command::new("mkfifo").arg(path).status().is_ok_and(|s| s.success());
    there(made, "mkfifo", "no named pipe can be made")
}

fn there(is: bool, tool: &str, why: &str) -> bool {
    if !is {
        skip(tool, why);
    }
    is
}

/// Whether a list such as `all,!shared` holds a tool.
fn required(list: &str, tool: &str) -> bool {
    let words = || list.split(',').map(str::trim);
    words().any(|w| w == "all" || w == tool) && words().all(|w| w.strip_prefix('!') != Some(tool))
}

#[test]
fn a_required_tool_that_is_missing_is_a_failure_and_any_other_a_line() {
    assert!(
        required("all", "ffmpeg") && required("xvfb, ffmpeg", "ffmpeg") && required("all,!shared", "xvfb")
    );
    assert!(!required("", "ffmpeg") && !required("all,!shared", "shared") && !required("xvfb", "ffmpeg"));
}
