//! Programs behind a pipe: small scripts of the shell that answer with prepared files.

use std::path::Path;
use std::time::{Duration, Instant};

use super::{LINE, card, drawn, frames, open, png};

/// Frames as a program writes them: length and file.
fn answer(seed: u64, frames: u64) -> Vec<u8> {
    let one = |f| {
        let bytes = png(&drawn(seed, f));
        [&(bytes.len() as u32).to_le_bytes()[..], &bytes].concat()
    };
    (0..frames).flat_map(one).collect()
}

/// Answers each request with the file of its seed, and notes when it was started.
const MODEL: &str = "echo x >> started\nwhile read -r line; do\nseed=${line#*\\\"seed\\\":}\n\
                     echo \"asked: $line\" >&2\ncat \"${seed%%,*}.answer\"\ndone\n";

fn prepare(folder: &Path, seeds: std::ops::Range<u64>, frames: u64) {
    std::fs::write(folder.join("model.sh"), MODEL).unwrap();
    seeds.for_each(|s| std::fs::write(folder.join(format!("{s}.answer")), answer(s, frames)).unwrap());
}

fn starts(folder: &Path) -> usize {
    std::fs::read_to_string(folder.join("started")).unwrap().lines().count()
}

#[test]
fn a_program_answers_one_request_after_another_or_is_started_for_each() {
    for (keep, expected) in [("true", 1), ("false", 6)] {
        let dir = tempfile::tempdir().unwrap();
        prepare(dir.path(), 0..5, 3);
        let path = card(dir.path(), "a.toml", &format!("pipe = [\"sh\", \"model.sh\"]\nkeep = {keep}"));
        let shelf = open(&path).unwrap();
        for seed in [3, 0, 4, 3, 1, 2] {
            let expected: Vec<Vec<u8>> = (0..3).map(|f| drawn(seed, f).into_raw()).collect();
            assert_eq!(frames(&shelf, seed, 3).unwrap(), expected, "seed {seed}");
        }
        assert_eq!(starts(dir.path()), expected, "keep = {keep}");
    }
}

#[test]
fn a_program_that_ended_is_reported_and_started_anew() {
    let dir = tempfile::tempdir().unwrap();
    prepare(dir.path(), 0..3, 1);
    let once = MODEL.replace("done\n", "exit 0\ndone\n");
    std::fs::write(dir.path().join("model.sh"), once).unwrap();
    let shelf = open(&card(dir.path(), "a.toml", "pipe = [\"sh\", \"model.sh\"]")).unwrap();
    assert_eq!(frames(&shelf, 0, 1).unwrap(), [drawn(0, 0).into_raw()]);
    let why = frames(&shelf, 1, 1).unwrap_err();
    assert!(why.contains("it closed its output") && why.contains("exit status: 0"), "{why}");
    assert_eq!(frames(&shelf, 2, 1).unwrap(), [drawn(2, 0).into_raw()]);
    assert_eq!(starts(dir.path()), 2);
}

#[test]
fn what_a_program_does_wrong_is_said_with_its_last_words() {
    let dir = tempfile::tempdir().unwrap();
    prepare(dir.path(), 1..2, 1);
    let whole = answer(1, 1);
    let write = |name: &str, bytes: &[u8]| std::fs::write(dir.path().join(name), bytes).unwrap();
    write("half", &whole[..whole.len() - 9]);
    write("small", &[&5u32.to_le_bytes()[..], b"hello"].concat());
    write("long", &[0, 0, 0, 0x60, 1]);
    for (command, words) in [
        (
            &["sh", "-c", "echo no weights >&2; exit 3"][..],
            &["closed its output", "exit status: 3", "no weights"][..],
        ),
        (
            &["sh", "-c", "echo Loading the model; exec cat 1.answer"],
            &["the text \"Load\"", "standard error"],
        ),
        (&["sh", "-c", "exec cat half"], &["of a picture", "closed its output after"]),
        (&["sh", "-c", "exec cat small"], &["frame 0", "no readable image"]),
        (&["sh", "-c", "exec cat long"], &["up to 1.0 GiB", "found 1.5 GiB"]),
        (&["sh", "-c", "exec sleep 20"], &["no picture within 0.5 s"]),
        (&["sh", "-c", "exec cat"], &["the text \"{\\\"se\""]),
        (&["./nowhere"], &["cannot start", "nowhere"]),
    ] {
        let pipe = command.iter().map(|w| format!("{w:?}")).collect::<Vec<_>>().join(", ");
        let seconds = if words[0].contains("0.5 s") { 0.5 } else { 20.0 };
        let source = format!("pipe = [{pipe}]\ntimeout = {seconds:.1}");
        let shelf = open(&card(dir.path(), "bad.toml", &source)).unwrap();
        let start = Instant::now();
        let why = frames(&shelf, 1, 1).unwrap_err();
        words.iter().for_each(|w| assert!(why.contains(w), "{pipe}: {w}: {why}"));
        assert!(why.contains(&format!("bad.toml:{LINE}: `pipe`: ")), "{why}");
        assert!(start.elapsed() < Duration::from_secs(10), "{pipe}");
    }
}

#[test]
fn a_surplus_picture_is_not_taken_for_the_next_answer() {
    let dir = tempfile::tempdir().unwrap();
    prepare(dir.path(), 0..2, 2);
    let shelf = open(&card(dir.path(), "a.toml", "pipe = [\"sh\", \"model.sh\"]")).unwrap();
    assert_eq!(frames(&shelf, 0, 1).unwrap(), [drawn(0, 0).into_raw()]);
    std::thread::sleep(Duration::from_millis(500));
    let why = frames(&shelf, 1, 1).unwrap_err();
    assert!(why.contains("more pictures than it was asked for"), "{why}");
}
