//! A child `ffmpeg` that encodes raw bytes from a pipe into a file, which is renamed to its final name once complete.

use std::fs::File;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::thread::JoinHandle;

use super::error::OutputError;
use super::part::{make_parent, part_of};

/// A running encoder.
pub struct Encoder {
    path: PathBuf,
    child: Child,
    pipe: Option<ChildStdin>,
    stderr: Option<JoinHandle<String>>,
    /// The file while it is incomplete; a device has none.
    part: Option<PathBuf>,
    /// Lock on the file while it is being written, released when this process ends.
    _hold: Option<File>,
}

/// Locks a file until the returned handle is dropped or this process ends. `None` if the file system has no locks.
pub fn hold(path: &Path) -> Option<File> {
    // Another process that only checks the lock holds it for a moment.
    (0..10).find_map(|i| {
        std::thread::sleep(std::time::Duration::from_millis(i));
        held_now(path)
    })
}

/// Whether a file is locked, or may be.
pub fn is_held(path: &Path) -> bool {
    path.exists() && held_now(path).is_none()
}

fn held_now(path: &Path) -> Option<File> {
    let file = File::options().append(true).open(path).ok()?;
    file.try_lock().is_ok().then_some(file)
}

impl Encoder {
    /// Starts a program that writes a file.
    ///
    /// # Errors
    /// The path cannot be written, or there is no such program.
    pub fn to_file(mut command: Command, path: &Path) -> Result<Self, OutputError> {
        make_parent(path)?;
        let part = part_of(path);
        // ffmpeg would report an unwritable path only at the first frame.
        File::options().create(true).append(true).open(&part).map_err(OutputError::write(path))?;
        let hold = hold(&part);
        command.arg(&part);
        Self::start(command, path, Some(part), hold)
    }

    /// Starts a program that writes to a device, which must exist.
    ///
    /// # Errors
    /// The device cannot be written, or there is no such program.
    pub fn to_device(mut command: Command, path: &Path) -> Result<Self, OutputError> {
        File::options().write(true).open(path).map_err(OutputError::write(path))?;
        command.arg(path);
        Self::start(command, path, None, None)
    }

    fn start(
        mut command: Command,
        path: &Path,
        part: Option<PathBuf>,
        hold: Option<File>,
    ) -> Result<Self, OutputError> {
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
        // Its own process group: Ctrl-C reaches this program only, which then finishes the file properly.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let mut child = command.spawn().map_err(|e| {
            part.iter().for_each(|p| drop(std::fs::remove_file(p)));
            match e.kind() {
                std::io::ErrorKind::NotFound => OutputError::NoFfmpeg,
                _ => OutputError::Write { path: command.get_program().into(), source: e },
            }
        })?;
        let (pipe, mut errors) = (child.stdin.take(), child.stderr.take());
        let stderr = std::thread::spawn(move || {
            let mut text = Vec::new();
            // Whatever can be read of its error output is reported.
            let _ = errors.as_mut().map(|e| e.read_to_end(&mut text));
            String::from_utf8_lossy(&text).into_owned()
        });
        Ok(Self { path: path.into(), child, pipe, stderr: Some(stderr), part, _hold: hold })
    }

    /// Sends bytes; blocks until the encoder takes them.
    ///
    /// # Errors
    /// The encoder has failed, with its last error output.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), OutputError> {
        let written = self.pipe.as_mut().map_or(Ok(()), |pipe| pipe.write_all(bytes));
        written.or_else(|source| {
            self.end()?;
            Err(OutputError::Write { path: self.path.clone(), source })
        })
    }

    /// Closes the pipe and waits for the end. The file gets its final name if `kept`, and is removed otherwise.
    ///
    /// # Errors
    /// The encoder has failed, with its last error output.
    pub fn finish(mut self, kept: bool) -> Result<PathBuf, OutputError> {
        self.end()?;
        match self.part.take() {
            Some(part) if kept => {
                // It cannot be recorded again: it is synced to disk before it is renamed.
                let whole = File::open(&part).and_then(|f| f.sync_all());
                whole
                    .and_then(|()| std::fs::rename(part, &self.path))
                    .map_err(OutputError::write(&self.path))?
            }
            Some(part) => drop(std::fs::remove_file(part)),
            None => {}
        }
        Ok(self.path.clone())
    }

    /// Kills it.
    #[cfg(test)]
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
    }

    /// Closes the pipe, waits, and reports what went wrong.
    fn end(&mut self) -> Result<(), OutputError> {
        self.pipe = None;
        let status = self.child.wait().map_err(OutputError::write(&self.path))?;
        let said = self.stderr.take().and_then(|s| s.join().ok()).unwrap_or_default();
        // If the disk fills up while the file is closed, ffmpeg reports it but still exits with success.
        let write_errors = ["No space left", "av_interleaved_write_frame", "Error writing", "Error closing"];
        let lost = said.lines().find(|l| write_errors.iter().any(|e| l.contains(e)));
        if status.success() && lost.is_none() {
            return Ok(());
        }
        let full = said.lines().find(|l| l.contains("No space left on device")).or(lost);
        let last = said.lines().rfind(|l| !l.trim().is_empty()).unwrap_or("no reason given");
        let reason = format!("ffmpeg said: {} ({status})", full.unwrap_or(last).trim());
        Err(OutputError::Encoder {
            path: self.path.clone(),
            part: self.part.clone().unwrap_or(self.path.clone()),
            reason,
        })
    }
}

impl Drop for Encoder {
    fn drop(&mut self) {
        if self.stderr.is_some() {
            // Dropped before its end: the encoder closes the .part file, and errors are ignored.
            let _ = self.end();
        }
    }
}
