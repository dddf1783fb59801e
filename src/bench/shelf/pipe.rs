//! A program that reads requests, one line of JSON each, and writes pictures: for each frame the length of its file, 4
//! bytes with the lowest first, then the file.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender, SyncSender, TryRecvError};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::request::{Answer, Request};
use super::tail::Tail;
use output::tool;
use world::limits::{PICTURE_FILE, size};

/// Pictures that are read ahead.
const AHEAD: usize = 2;

/// A program behind a pipe. It is asked by one thread at a time.
pub struct Pipe {
    program: PathBuf,
    arguments: Vec<String>,
    folder: PathBuf,
    keep: bool,
    timeout: Duration,
    running: Mutex<Option<Running>>,
}

impl Pipe {
    /// A command (at least the program) that is started in a folder when it is first asked. With `keep` it answers one
    /// request after another, otherwise it is started for each. `timeout` is the longest time to wait for a picture.
    pub fn new(command: &[String], folder: &Path, keep: bool, timeout: Duration) -> Self {
        let (program, arguments) = command.split_first().map_or(("", &[][..]), |(p, a)| (p.as_str(), a));
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        // It is started in its folder, where a relative path would lead elsewhere.
        let program = match program.contains('/') {
            true => std::path::absolute(folder.join(program)).unwrap_or_else(|_| program.into()),
            false => program.into(),
        };
        let running = Mutex::new(None);
        Self { program, arguments: arguments.to_vec(), folder: folder.into(), keep, timeout, running }
    }

    /// Asks for frames. After a failure the program is ended, and started anew for the next request.
    ///
    /// # Errors
    /// The program cannot be started, ends, is too slow, or answers with something else.
    pub fn ask(&self, request: &Request) -> Result<Vec<Answer>, String> {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        let answers = self.answers(&mut running, request);
        if answers.is_err() || !self.keep {
            *running = None;
        }
        answers
    }

    fn answers(&self, running: &mut Option<Running>, request: &Request) -> Result<Vec<Answer>, String> {
        let mut clock = Instant::now();
        let program = match running {
            Some(program) => program,
            None => running.insert(self.start()?),
        };
        program.check_silence()?;
        program.send(request.json() + "\n", self.keep);
        let one = |_| {
            let bytes = program.receive(self.timeout)?;
            let milliseconds = clock.elapsed().as_secs_f64() * 1e3;
            clock = Instant::now();
            Ok(Answer { bytes, milliseconds })
        };
        (0..request.frames).map(one).collect()
    }

    fn start(&self) -> Result<Running, String> {
        let mut command = tool(&self.program);
        command.args(&self.arguments).current_dir(&self.folder);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        // Its own process group: Ctrl-C reaches this program only, which then ends it.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let started = command.spawn().map_err(|e| format!("cannot start {}: {e}", self.program.display()));
        let mut child = started?;
        let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let (requests, lines) = mpsc::channel();
        let (sender, frames) = mpsc::sync_channel(AHEAD);
        let running = Running {
            tail: Tail::of(
                stderr.map_or(Box::new(std::io::empty()) as Box<dyn Read + Send>, |e| Box::new(e)),
            ),
            child,
            requests: Some(requests),
            frames,
        };
        let thread = || std::thread::Builder::new().name("shelf pipe".into());
        let failed = |e: std::io::Error| format!("cannot read what {} writes: {e}", self.program.display());
        // Neither is waited for: what it started in turn may hold the pipes open.
        thread().spawn(move || stdin.into_iter().for_each(|pipe| write(pipe, &lines))).map_err(failed)?;
        thread().spawn(move || stdout.into_iter().for_each(|pipe| read(pipe, &sender))).map_err(failed)?;
        Ok(running)
    }
}

/// A program that was started.
struct Running {
    child: Child,
    /// Lines to its input, which is closed with this.
    requests: Option<Sender<String>>,
    /// What it answers, and at last why there is no more.
    frames: Receiver<Result<Vec<u8>, String>>,
    tail: Tail,
}

impl Running {
    /// Nothing may have come since the last answer: it would be taken for the next one.
    fn check_silence(&mut self) -> Result<(), String> {
        match self.frames.try_recv() {
            Err(TryRecvError::Empty) => Ok(()),
            Ok(Ok(_)) => Err("it answered with more pictures than it was asked for".into()),
            Ok(Err(why)) => Err(self.ended(&why)),
            Err(TryRecvError::Disconnected) => Err(self.ended("it closed its output")),
        }
    }

    fn send(&mut self, line: String, keep: bool) {
        // It may have ended: then the answer that does not come tells so.
        let _ = self.requests.as_ref().map(|r| r.send(line));
        if !keep {
            self.requests = None;
        }
    }

    fn receive(&mut self, timeout: Duration) -> Result<Vec<u8>, String> {
        match self.frames.recv_timeout(timeout) {
            Ok(Ok(frame)) => Ok(frame),
            Ok(Err(why)) => Err(self.ended(&why)),
            Err(RecvTimeoutError::Timeout) => Err(format!("no picture within {} s", timeout.as_secs_f64())),
            Err(RecvTimeoutError::Disconnected) => Err(self.ended("it closed its output")),
        }
    }

    fn ended(&mut self, why: &str) -> String {
        format!("{why}{}", self.tail.last_words(&mut self.child))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        // Reaps it, so that it does not stay a zombie.
        let _ = self.child.wait();
    }
}

fn write(mut pipe: ChildStdin, lines: &Receiver<String>) {
    let put = |line: String| pipe.write_all(line.as_bytes()).and_then(|()| pipe.flush());
    // A program need not read to the end.
    let _ = lines.iter().try_for_each(put);
}

fn read(mut pipe: impl Read, frames: &SyncSender<Result<Vec<u8>, String>>) {
    loop {
        let frame = frame(&mut pipe);
        let is_last = frame.is_err();
        if frames.send(frame).is_err() || is_last {
            return;
        }
    }
}

/// One picture's file.
fn frame(pipe: &mut impl Read) -> Result<Vec<u8>, String> {
    let failed = |e: std::io::Error| format!("its output cannot be read: {e}");
    let mut head = Vec::new();
    pipe.by_ref().take(4).read_to_end(&mut head).map_err(failed)?;
    let Some(head) = head.first_chunk::<4>() else {
        return Err(match head.len() {
            0 => "it closed its output".into(),
            n => format!("it closed its output after {n} of 4 bytes of a picture's length"),
        });
    };
    let length = u64::from(u32::from_le_bytes(*head));
    if length == 0 || length > PICTURE_FILE {
        let most = size(PICTURE_FILE);
        let found = match head.iter().all(|b| b.is_ascii_graphic() || b.is_ascii_whitespace()) {
            true => format!(
                "the text {:?}: what is no picture belongs to its standard error",
                String::from_utf8_lossy(head)
            ),
            false => size(length),
        };
        return Err(format!(
            "expected the length of a picture's file (4 bytes, lowest first) of up to {most}, found {found}"
        ));
    }
    let mut bytes = Vec::new();
    pipe.by_ref().take(length).read_to_end(&mut bytes).map_err(failed)?;
    match (bytes.len() as u64) < length {
        true => Err(format!("it closed its output after {} of {length} bytes of a picture", bytes.len())),
        false => Ok(bytes),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn frames_are_read_one_after_another_and_what_is_none_is_explained() {
        let mut pipe = &b"\x03\0\0\0abc\x01\0\0\0d"[..];
        assert_eq!([frame(&mut pipe).unwrap(), frame(&mut pipe).unwrap()], [b"abc".to_vec(), b"d".to_vec()]);
        assert_eq!(frame(&mut pipe).unwrap_err(), "it closed its output");
        for (bytes, words) in [
            (&b"\x03\0"[..], "after 2 of 4 bytes"),
            (b"\x05\0\0\0abc", "after 3 of 5 bytes of a picture"),
            (b"\0\0\0\0", "found 0 bytes"),
            (b"\xff\xff\xff\xff", "up to 1.0 GiB, found 4.0 GiB"),
            (b"Loading pipeline", "the text \"Load\""),
        ] {
            let why = frame(&mut &bytes[..]).unwrap_err();
            assert!(why.contains(words), "{bytes:?}: {why}");
        }
    }

    proptest! {
        #[test]
        fn any_output_is_frames_and_then_a_reason(bytes in proptest::collection::vec(any::<u8>(), 0..60), zeros: bool) {
            // Half of them begin with a whole frame.
            let bytes: Vec<u8> = if zeros { [&[4, 0, 0, 0, 1, 2, 3, 4][..], &bytes].concat() } else { bytes };
            let mut pipe = &bytes[..];
            let mut read = 0;
            while let Ok(frame) = frame(&mut pipe) {
                prop_assert!(!frame.is_empty());
                read += 4 + frame.len();
                prop_assert_eq!(bytes.len() - pipe.len(), read);
            }
            prop_assert!(!zeros || read >= 8);
        }
    }
}
