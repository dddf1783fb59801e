//! A test that cannot run here says so: it is reported as skipped, and where its tool is required it fails.
//!
//! `UNTRAINED_REQUIRE=ffmpeg,xvfb` names tools that must be there, `all` stands for every one, `!shared` takes one out
//! again. `UNTRAINED_SKIPPED=FILE` gets a line for each test that was skipped; `script/test` shows them at its end.

use std::io::Write;

/// Tools that tests need, in the words of `UNTRAINED_REQUIRE`.
pub const TOOLS: &[&str] = &[
    "chromium",  // pages are shown in a browser
    "ffmpeg",    // films and sound
    "full",      // /dev/full
    "jackd",     // a sound server that keeps time
    "mkfifo",    // named pipes
    "mount",     // a small disk: the right to mount one
    "nginx",     // a proxy before the remote
    "proc",      // /proc, to find the processes of a show
    "qemu",      // other processors
    "sequencer", // /dev/snd/seq, for MIDI
    "shared",    // the folder of reference material
    "xrandr",    // several monitors
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
        file.and_then(|mut f| f.write_all(line.as_bytes())).expect("the list of skipped tests can be written");
    }
}

/// Whether a list such as `all,!shared` holds a tool.
fn required(list: &str, tool: &str) -> bool {
    let words = || list.split(',').map(str::trim);
    words().any(|w| w == "all" || w == tool) && words().all(|w| w.strip_prefix('!') != Some(tool))
}

#[test]
fn a_required_tool_that_is_missing_is_a_failure_and_any_other_a_line() {
    assert!(required("all", "ffmpeg") && required("xvfb, ffmpeg", "ffmpeg") && required("all,!shared", "xvfb"));
    assert!(!required("", "ffmpeg") && !required("all,!shared", "shared") && !required("xvfb", "ffmpeg"));
}
