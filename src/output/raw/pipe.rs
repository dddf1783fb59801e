//! The end of a named pipe that is written to, and whoever reads at the other.

use std::fs::File;
use std::io::{ErrorKind, Read, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::fs::{FileTypeExt, MetadataExt, OpenOptionsExt};
use std::path::PathBuf;
use std::sync::Arc;

use nix::errno::Errno;
use nix::fcntl::OFlag;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

/// A named pipe that is never waited for.
pub struct NamedPipe {
    path: PathBuf,
    end: Option<Arc<File>>,
    /// The last reader has left, and nobody has come since.
    left: bool,
    departures: u64,
}

impl NamedPipe {
    /// A pipe that is not open yet.
    pub fn new(path: PathBuf) -> Self {
        Self { path, end: None, left: false, departures: 0 }
    }

    /// Its end, to wait for room or for its reader to leave; none without a reader.
    pub fn end(&self) -> Option<Arc<File>> {
        self.end.clone().filter(|_| !self.left)
    }

    /// Whether somebody has ever read.
    pub fn was_read(&self) -> bool {
        self.end.is_some()
    }

    /// Readers that have left so far. What was begun for one of them is not for the next.
    pub fn departures(&self) -> u64 {
        self.departures
    }

    /// Notices that the reader has left. What it leaves behind is taken out of the pipe, or the next one would begin with
    /// the rest of a frame.
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

    /// Whether somebody reads. Without a reader a pipe cannot be opened; one that was made anew is another.
    ///
    /// # Errors
    /// It is no pipe any more, or may not be written.
    pub fn find_reader(&mut self) -> std::io::Result<bool> {
        self.notice();
        if let Some(end) = &self.end {
            // Only whoever comes is looked for: a departure has its own consequences.
            self.left &= !has_reader(end.as_fd());
            let there = self.path.metadata().and_then(|m| Ok(key(&m) == key(&end.metadata()?)));
            if !self.left || there.unwrap_or(false) {
                return Ok(!self.left);
            }
        }
        self.end = match File::options().write(true).custom_flags(OFlag::O_NONBLOCK.bits()).open(&self.path) {
            Ok(end) if end.metadata()?.file_type().is_fifo() => Some(Arc::new(end)),
            Ok(_) => return Err(std::io::Error::other("it is no named pipe any more")),
            // Nobody reads, or whoever makes the pipe anew is not done yet.
            Err(e) if e.raw_os_error() == Some(Errno::ENXIO as i32) || e.kind() == ErrorKind::NotFound => {
                None
            }
            Err(e) => return Err(e),
        };
        self.left = false;
        Ok(self.end.is_some())
    }

    /// Writes as much as finds room: how much; nothing where that is none. Fails with `BrokenPipe` if the reader has left.
    ///
    /// # Errors
    /// As of [`File`].
    pub fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let Some(end) = self.end.as_ref().filter(|_| !self.left) else {
            return Err(ErrorKind::BrokenPipe.into());
        };
        match (&**end).write(bytes) {
            Err(e) if [ErrorKind::WouldBlock, ErrorKind::Interrupted].contains(&e.kind()) => Ok(0),
            // The next one may have come already.
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

/// Whether what was waited for is that the reader has left.
pub fn is_left(pipe: &PollFd) -> bool {
    let ends = PollFlags::POLLERR | PollFlags::POLLHUP | PollFlags::POLLNVAL;
    pipe.revents().is_some_and(|r| r.intersects(ends))
}

fn has_reader(pipe: BorrowedFd) -> bool {
    let mut one = [PollFd::new(pipe, PollFlags::empty())];
    let _ = poll(&mut one, PollTimeout::ZERO);
    !is_left(&one[0])
}
