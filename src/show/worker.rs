//! A background thread that runs until its handle is dropped.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread::JoinHandle;

/// Runs until dropped; dropping joins it.
pub struct Worker {
    ending: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Worker {
    /// Starts it with a name. `work` polls the flag, and returns soon after it has become true.
    ///
    /// # Errors
    /// The thread cannot be started.
    pub fn start(name: &str, work: impl FnOnce(&AtomicBool) + Send + 'static) -> std::io::Result<Self> {
        let ending = Arc::new(AtomicBool::new(false));
        let end = ending.clone();
        let thread = std::thread::Builder::new().name(name.into()).spawn(move || work(&end))?;
        Ok(Self { ending, thread: Some(thread) })
    }

    /// Whether it has ended by itself.
    pub fn is_finished(&self) -> bool {
        self.thread.as_ref().is_none_or(|t| t.is_finished())
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.ending.store(true, Relaxed);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn it_runs_until_dropped_and_is_then_joined() {
        let ended = Arc::new(AtomicBool::new(false));
        let flag = ended.clone();
        let worker = Worker::start("w", move |ending| {
            while !ending.load(Relaxed) {
                std::thread::sleep(Duration::from_millis(1));
            }
            std::thread::sleep(Duration::from_millis(30));
            flag.store(true, Relaxed);
        })
        .unwrap();
        std::thread::sleep(Duration::from_millis(20));
        assert!(!worker.is_finished() && !ended.load(Relaxed));
        drop(worker);
        assert!(ended.load(Relaxed));
    }

    #[test]
    fn one_that_ends_by_itself_says_so() {
        let worker = Worker::start("w", |_| ()).unwrap();
        let finished = (0..20_000).any(|_| {
            std::thread::sleep(Duration::from_millis(1));
            worker.is_finished()
        });
        assert!(finished);
    }
}
