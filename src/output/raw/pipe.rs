//! The write end of a named pipe, and the presence of a reader.

use std::fs::File;
use std::io::{ErrorKind, Read, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::fs::{FileTypeExt, MetadataExt, OpenOptionsExt};
use std::path::PathBuf;
use std::sync::Arc;

use nix::errno::Errno;
use nix::fcntl::OFlag;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

/// A named pipe that never blocks.
pub struct NamedPipe {
    path: PathBuf,
    end: Option<Arc<File>>,
    /// The last reader has disconnected, and none has connected since.
    left: bool,
    departures: u64,
}

impl NamedPipe {
    /// A pipe that is not open yet.
    pub fn new(path: PathBuf) -> Self {
        Self { path, end: None, left: false, departures: 0 }
    }

    /// Its write end, to wait for room or for its reader to disconnect; none without a reader.
    pub fn end(&self) -> Option<Arc<File>> {
        self.end.clone().filter(|_| !self.left)
    }

    /// Whether there has ever been a reader.
    pub fn was_read(&self) -> bool {
        self.end.is_some()
    }

    /// Readers that have disconnected so far. A frame begun for one of them is not for the next.
    pub fn departures(&self) -> u64 {
        self.departures
    }

    /// Detects that the reader has disconnected. What it left is drained from the pipe, or the next one would start
    /// with the rest of a frame.
    pub fn notice(&mut self) {
        if !self.left && self.end.as_ref().is_some_and(|end| !has_reader(end.as_fd())) {
            self.depart();
        }
    }

    fn depart(&mut self) {
        let Some(end) = &self.end else { return };
        (self.left, self.departures) = (true, self.departures + 1);
        let rest = File::options().read(true).custom_flags(OFlag::O_NONBLOCK.bits()).open(&self.path);
        if let Ok(mut rest) = rest
            && is_same(end, &rest)
        {
            let mut bytes = vec![0; 1 << 16];
            while rest.read(&mut bytes).is_ok_and(|n| n > 0) {}
        }
    }

    /// Whether there is a reader. Without one a pipe cannot be opened; a pipe that was recreated is a different one.
    ///
    /// # Errors
    /// It is no longer a pipe, or may not be written.
    pub fn find_reader(&mut self) -> std::io::Result<bool> {
        self.notice();
        if let Some(end) = &self.end {
            // This only looks for a new reader: a departure is handled elsewhere.
            self.left &= !has_reader(end.as_fd());
            let there = self.path.metadata().and_then(|m| Ok(key(&m) == key(&end.metadata()?)));
            if !self.left || there.unwrap_or(false) {
                return Ok(!self.left);
            }
        }
        self.end = match File::options().write(true).custom_flags(OFlag::O_NONBLOCK.bits()).open(&self.path) {
            Ok(end) if end.metadata()?.file_type().is_fifo() => Some(Arc::new(end)),
            Ok(_) => return Err(std::io::Error::other("it is no longer a named pipe")),
            // No reader, or the pipe is just being recreated.
            Err(e) if e.raw_os_error() == Some(Errno::ENXIO as i32) || e.kind() == ErrorKind::NotFound => {
                None
            }
            Err(e) => return Err(e),
        };
        self.left = false;
        Ok(self.end.is_some())
    }

    /// Writes as much as fits and returns how much, possibly 0. Fails with `BrokenPipe` if the reader has disconnected.
    ///
    /// # Errors
    /// As of [`File`].
    pub fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let Some(end) = self.end.as_ref().filter(|_| !self.left) else {
            return Err(ErrorKind::BrokenPipe.into());
        };
        match (&**end).write(bytes) {
            Err(e) if [ErrorKind::WouldBlock, ErrorKind::Interrupted].contains(&e.kind()) => Ok(0),
            // The next reader may have connected already.
            Err(e) if e.kind() == ErrorKind::BrokenPipe => {
                self.depart();
                Err(e)
            }
            written => written,
        }
    }
}

fn key(m: &std::fs::Metadata) -> (u64, u64) {
    (m.dev(), m.ino())
}

fn is_same(a: &File, b: &File) -> bool {
    matches!((a.metadata(), b.metadata()), (Ok(a), Ok(b)) if key(&a) == key(&b))
}

/// Whether a poll reports that the reader has disconnected.
pub fn is_left(pipe: &PollFd) -> bool {
    let ends = PollFlags::POLLERR | PollFlags::POLLHUP | PollFlags::POLLNVAL;
    pipe.revents().is_some_and(|r| r.intersects(ends))
}

fn has_reader(pipe: BorrowedFd) -> bool {
    let mut one = [PollFd::new(pipe, PollFlags::empty())];
    let _ = poll(&mut one, PollTimeout::ZERO);
    !is_left(&one[0])
}
