//! Live output: `cargo bench --bench feed`. Raw 1080p RGBA through a named pipe, unthrottled and at sixty frames a
//! second as in a show, into a plain reader, `cat` and ffmpeg. Bounds and peers from the same run: copying a frame in
//! memory, a bare pipe between two threads, `head | cat` and `pv` into the same reader.

#![allow(clippy::disallowed_types, reason = "a bench measures time")]

use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use untrained::output::{Format, RawPipe, Sink};
use untrained::show::Recorder;
use untrained::world::frame::Frame;

const SIZE: (usize, usize) = (1920, 1080);
const BYTES: usize = SIZE.0 * SIZE.1 * 4;
const FRAMES: u64 = 600;
const SECONDS: u64 = 10;

fn picture(number: u64) -> Frame {
    let mut frame = Frame::new(SIZE.0, SIZE.1);
    frame.rgba.chunks_exact_mut(8).for_each(|p| p.copy_from_slice(&number.to_le_bytes()));
    frame
}

/// The reading end: a thread, which returns the bytes it read, or a program.
enum Reader {
    Plain(JoinHandle<u64>),
    Program(Child),
}

impl Reader {
    fn plain(path: &Path) -> Self {
        let path = path.to_path_buf();
        Self::Plain(std::thread::spawn(move || drain(File::open(path).expect("the pipe"))))
    }

    /// Runs a command line in which `PIPE` stands for the pipe.
    fn program(words: &str, pipe: &Path) -> Option<Self> {
        let mut words =
            words.split(' ').map(|w| if w == "PIPE" { pipe.as_os_str().into() } else { w.into() });
        let words: Vec<std::ffi::OsString> = words.by_ref().collect();
        let mut command = Command::new(&words[0]);
        let child =
            command.args(&words[1..]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        child.spawn().ok().map(Self::Program)
    }

    fn end(self) {
        match self {
            Self::Plain(thread) => drop(thread.join()),
            Self::Program(mut child) => drop(child.wait()),
        }
    }
}

fn drain(mut from: impl Read) -> u64 {
    let (mut bytes, mut sum) = (vec![0; 1 << 16], 0);
    while let Ok(n) = from.read(&mut bytes) {
        if n == 0 {
            break;
        }
        sum += n as u64;
    }
    sum
}

fn report(what: &str, frames: u64, begun: Instant) {
    let rate = frames as f64 / begun.elapsed().as_secs_f64();
    println!("{what:<58} {rate:>7.0} frames/s {:>6.2} GB/s", rate * BYTES as f64 / 1e9);
}

fn bounds() {
    let (from, mut to) = (picture(1), picture(2));
    let begun = Instant::now();
    (0..FRAMES)
        .for_each(|_| std::hint::black_box(&mut to).rgba.copy_from_slice(&std::hint::black_box(&from).rgba));
    report("a copy in memory", FRAMES, begun);
    let (reader, mut writer) = std::io::pipe().expect("a pipe");
    let reading = std::thread::spawn(move || drain(reader));
    let begun = Instant::now();
    (0..FRAMES).for_each(|_| writer.write_all(&from.rgba).expect("the pipe"));
    drop(writer);
    let _ = reading.join();
    report("a bare pipe between two threads", FRAMES, begun);
}

fn peer(words: &str, pipe: &Path) {
    let reader = Reader::plain(pipe);
    let line = words.replace("BYTES", &(FRAMES * BYTES as u64).to_string());
    let line = line.replace("PIPE", &pipe.display().to_string());
    let begun = Instant::now();
    let done = Command::new("sh").args(["-c", &line]).stderr(Stdio::null()).status();
    if !done.is_ok_and(|s| s.success()) {
        // The reader is waiting for a writer.
        drop(File::options().write(true).open(pipe));
    }
    reader.end();
    report(&format!("peer: {words}"), FRAMES, begun);
}

fn whole(name: &str, reader: Option<Reader>, pipe: &Path) {
    let Some(reader) = reader else { return println!("{name}: not installed") };
    let mut raw = RawPipe::whole(pipe, Format { width: SIZE.0, height: SIZE.1, rate: 60.0 });
    let frame = picture(3);
    raw.frame(&frame).expect("the pipe");
    let begun = Instant::now();
    (1..FRAMES).for_each(|_| raw.frame(&frame).expect("the pipe"));
    Box::new(raw).finish().expect("the pipe");
    report(&format!("unthrottled, into {name}"), FRAMES - 1, begun);
    reader.end();
}

/// As on stage: a picture each sixtieth of a second, never waiting for the reader.
fn paced(name: &str, reader: Option<Reader>, pipe: &Path) {
    let Some(reader) = reader else { return println!("{name}: not installed") };
    let mut recorder = Recorder::start(pipe, SIZE, 60.0).expect("the pipe");
    let (pictures, begun) = ([picture(1), picture(2)], Instant::now());
    // The reader takes a moment to start.
    let first = 60;
    let mut before = 0;
    let mut longest = Duration::ZERO;
    for i in 0..first + SECONDS * 60 {
        let due = begun + Duration::from_secs(1) * i as u32 / 60;
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
        let now = Instant::now();
        recorder.offer((now - begun).as_secs_f64(), |f| f.copy(&pictures[i as usize % 2]));
        longest = longest.max(now.elapsed());
        if i == first {
            before = recorder.state().dropped;
        }
    }
    let state = recorder.finish();
    let (lost, longest) = (state.dropped - before, longest.as_secs_f64() * 1e3);
    println!(
        "sixty a second, into {name:<37} {lost} of {} dropped, {longest:.1} ms at most to submit one",
        SECONDS * 60
    );
    reader.end();
}

fn main() {
    let folder = std::env::temp_dir().join(format!("untrained-feed-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let pipe = folder.join("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().is_ok_and(|s| s.success()), "no mkfifo");
    println!(
        "1920×1080 RGBA, {:.1} MB a frame; 60 frames/s are {:.2} GB/s",
        BYTES as f64 / 1e6,
        BYTES as f64 * 60.0 / 1e9
    );
    bounds();
    peer("head -c BYTES /dev/zero | cat > PIPE", &pipe);
    peer("head -c BYTES /dev/zero | pv -q > PIPE", &pipe);
    let ffmpeg = "ffmpeg -v error -f rawvideo -pix_fmt rgba -s 1920x1080 -r 60 -i PIPE -f null -";
    let x264 = "ffmpeg -v error -f rawvideo -pix_fmt rgba -s 1920x1080 -r 60 -i PIPE -c:v libx264 -preset ultrafast -f null -";
    for run in [whole, paced] {
        run("a plain reader", Some(Reader::plain(&pipe)), &pipe);
        run("cat", Reader::program("cat PIPE", &pipe), &pipe);
        run("ffmpeg, discarding", Reader::program(ffmpeg, &pipe), &pipe);
        run("ffmpeg, encoding (ultrafast)", Reader::program(x264, &pipe), &pipe);
    }
    let _ = std::fs::remove_dir_all(folder);
}
