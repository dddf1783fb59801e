//! Opening and closing the window. The rest of the stage runs inside.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex};

use macroquad::miniquad::conf::{Conf, Platform};
use macroquad::window::next_frame;

use super::options::Options;
use super::performance::StageApp;
use show::ShowDriver;

/// Why the stage did not open, or did not end well.
#[derive(Debug, thiserror::Error)]
pub enum StageError {
    /// There is no display to open a window on.
    #[error("there is no display ({0})")]
    NoDisplay(String),
    /// The world stopped or a picture could not be written.
    #[error("{0}")]
    Broken(String),
}

/// Whether there is a display to try.
///
/// # Errors
/// [`StageError::NoDisplay`] with what is missing.
pub fn display() -> Result<(), StageError> {
    if !cfg!(target_os = "linux") {
        return Ok(());
    }
    match std::env::var("DISPLAY") {
        Ok(display) if !display.is_empty() => Ok(()),
        _ => Err(StageError::NoDisplay("DISPLAY is not set".into())),
    }
}

/// Opens the window, runs the show in it, and returns when the performer quits.
///
/// # Errors
/// [`StageError::NoDisplay`] before anything was shown; [`StageError::Broken`] after.
pub fn run(world: Box<dyn ShowDriver>, options: Options) -> Result<(), StageError> {
    display()?;
    let conf = Conf {
        window_title: "untrained".into(),
        window_width: options.size.0.max(320) as i32,
        window_height: options.size.1.max(200) as i32,
        // A window that fills a screen does not move to another.
        fullscreen: options.fullscreen && options.place.is_none(),
        platform: Platform { linux_wm_class: "untrained", swap_interval: Some(1), ..Platform::default() },
        ..Conf::default()
    };
    let outcome: Arc<Mutex<Option<Result<(), String>>>> = Arc::default();
    let inside = outcome.clone();
    let opened = catch_unwind(AssertUnwindSafe(|| {
        macroquad::Window::from_config(conf, async move {
            let mut performance = StageApp::new(world, options);
            let end = loop {
                if let Some(end) = performance.frame() {
                    break end;
                }
                next_frame().await;
            };
            drop(performance);
            *inside.lock().unwrap_or_else(|e| e.into_inner()) = Some(end);
        });
    }));
    let ended = outcome.lock().unwrap_or_else(|e| e.into_inner()).take();
    match (opened, ended) {
        (_, Some(end)) => end.map_err(StageError::Broken),
        // The window was closed from outside.
        (Ok(()), None) => Ok(()),
        (Err(panic), None) => {
            let text = panic.downcast_ref::<&str>().map(|s| s.to_string());
            let text = text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default();
            match text.contains("XOpenDisplay") || text.contains("GLX") || text.contains("EGL") {
                true => Err(StageError::NoDisplay(text)),
                false => Err(StageError::Broken(format!("the stage crashed: {text}"))),
            }
        }
    }
}
