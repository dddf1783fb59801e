//! What takes several frames to open, such as an encoder, is opened on a separate thread.

use std::thread::JoinHandle;

use output::OutputError;

/// Something that is being opened.
pub struct PendingOpen<T>(JoinHandle<Result<T, OutputError>>);

impl<T: Send + 'static> PendingOpen<T> {
    /// Starts opening it.
    ///
    /// # Errors
    /// The thread cannot be started.
    pub fn begin(
        name: &str,
        open: impl FnOnce() -> Result<T, OutputError> + Send + 'static,
    ) -> std::io::Result<Self> {
        std::thread::Builder::new().name(name.into()).spawn(open).map(Self)
    }

    /// What has been opened, or why not; itself again while it is still opening.
    pub fn ready(self) -> Result<Result<T, String>, Self> {
        if self.0.is_finished() { Ok(self.wait()) } else { Err(self) }
    }

    /// Waits for it.
    pub fn wait(self) -> Result<T, String> {
        match self.0.join() {
            Ok(opened) => opened.map_err(|e| e.to_string()),
            Err(_) => Err("opening it crashed".into()),
        }
    }
}
