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
