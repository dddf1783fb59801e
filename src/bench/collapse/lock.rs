//! Locks between processes that work in one folder. A lock ends with the process that holds it, however that ends.

use std::fs::{File, TryLockError};
use std::path::Path;
use std::time::Duration;

use learn::LearnError;

/// How often a lock that another process holds is tried again.
const PAUSE: Duration = Duration::from_millis(100);

/// A lock, released when it is dropped.
#[derive(Debug)]
pub struct Lock(#[expect(dead_code, reason = "closing the file releases it")] File);

impl Lock {
    /// The lock of this file, which is made if it is missing; `None` if another process or thread holds it. Where the
    /// file system has no locks, every one is granted.
    ///
    /// # Errors
    /// The file cannot be made.
    pub fn attempt(path: &Path) -> Result<Option<Self>, LearnError> {
        let opened = File::options().create(true).append(true).open(path);
        let file = opened.map_err(|e| LearnError::io("write", path, e))?;
        match file.try_lock() {
            Err(TryLockError::WouldBlock) => Ok(None),
            Ok(()) | Err(TryLockError::Error(_)) => Ok(Some(Self(file))),
        }
    }

    /// The same, waiting until it is free; `None` if `stop` says so before.
    ///
    /// # Errors
    /// As [`Self::attempt`].
    pub fn wait(path: &Path, stop: &dyn Fn() -> bool) -> Result<Option<Self>, LearnError> {
        loop {
            if let Some(lock) = Self::attempt(path)? {
                return Ok(Some(lock));
            }
            if stop() {
                return Ok(None);
            }
            std::thread::sleep(PAUSE);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    #[test]
    fn a_lock_is_granted_once_and_again_when_it_is_dropped() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.lock");
        let first = Lock::attempt(&path).unwrap().unwrap();
        assert!(Lock::attempt(&path).unwrap().is_none());
        let asked = Cell::new(0);
        let stop = || {
            asked.set(asked.get() + 1);
            asked.get() > 1
        };
        assert!(Lock::wait(&path, &stop).unwrap().is_none() && asked.get() == 2);
        drop(first);
        assert!(Lock::wait(&path, &|| true).unwrap().is_some());
        assert!(Lock::attempt(&folder.path().join("no/a.lock")).is_err());
    }
}
