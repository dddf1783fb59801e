//! A thread that works beside the show until whoever started it lets it go.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread::JoinHandle;

/// Works until it is dropped, which waits for its end.
pub struct Worker {
    ending: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Worker {
    /// Starts it under a name. `work` looks at the flag often, and returns soon after it has become true.
    ///
    /// # Errors
    /// The system gives no thread.
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
    fn it_works_until_it_is_let_go_and_then_its_end_is_waited_for() {
        let ended = Arc::new(AtomicBool::new(false));
        let told = ended.clone();
        let worker = Worker::start("w", move |ending| {
            while !ending.load(Relaxed) {
                std::thread::sleep(Duration::from_millis(1));
            }
            std::thread::sleep(Duration::from_millis(30));
            told.store(true, Relaxed);
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
