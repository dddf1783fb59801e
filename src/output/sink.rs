//! What takes frames.

use std::path::PathBuf;

use super::error::OutputError;
use world::frame::Frame;

/// Takes frames in order and writes a file or a folder.
///
/// ```
/// use output::{Done, OutputError, Sink};
/// use world::frame::Frame;
///
/// /// Counts frames and writes none.
/// #[derive(Default)]
/// struct Counter(u64);
///
/// impl Sink for Counter {
///     fn frame(&mut self, _: &Frame) -> Result<(), OutputError> {
///         self.0 += 1;
///         Ok(())
///     }
///     fn finish(self: Box<Self>) -> Result<Done, OutputError> {
///         Ok(Done { path: "nothing".into(), frames: self.0 })
///     }
/// }
///
/// let mut sink: Box<dyn Sink> = Box::new(Counter::default());
/// let frame = Frame::new(16, 9);
/// sink.frame(&frame)?;
/// sink.again(&frame)?;
/// assert_eq!((sink.dropped(), sink.finish()?.frames), (0, 2));
/// # Ok::<(), OutputError>(())
/// ```
pub trait Sink: Send {
    /// The next frame. After an error nothing more is taken; what was finished stays.
    fn frame(&mut self, frame: &Frame) -> Result<(), OutputError>;
    /// Repeats the last frame, to keep time.
    ///
    /// # Errors
    /// As [`Self::frame`].
    fn again(&mut self, frame: &Frame) -> Result<(), OutputError> {
        self.frame(frame)
    }
    /// Whether it never blocks, because frames that do not fit are dropped.
    fn never_waits(&self) -> bool {
        false
    }
    /// Writes everything and gives it its final name; also after an interruption, with the frames so far.
    fn finish(self: Box<Self>) -> Result<Done, OutputError>;
    /// Frames that were dropped because the reader was too slow.
    fn dropped(&self) -> u64 {
        0
    }
}

/// What a sink has written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Done {
    /// The file or folder.
    pub path: PathBuf,
    /// Number of frames in it.
    pub frames: u64,
}

/// What is known before the first frame.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Format {
    /// Pixels across.
    pub width: usize,
    /// Pixels down.
    pub height: usize,
    /// Frames a second.
    pub rate: f64,
}
