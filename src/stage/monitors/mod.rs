//! Which monitor is the stage. The window library cannot choose one, so a separate thread places the window, over a
//! second connection to the X server, and again whenever a monitor reconnects: a projector may be switched on after the
//! show has started, and be disconnected during it.

mod monitor;
#[cfg(target_os = "linux")]
mod x11;

use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Duration;

pub use monitor::{Monitor, Rect};
use show::log;

/// Between two checks whether the monitors have changed.
const CHECK_EVERY: Duration = Duration::from_secs(2);

/// Where the window is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WindowPlacement {
    /// A whole monitor, by its number from 1, its name, or a part of that.
    Monitor(String),
    /// With its top left corner here, on the whole desktop.
    At(i32, i32),
}

/// The monitors there are.
///
/// # Errors
/// One sentence, if the system cannot be queried.
#[cfg(target_os = "linux")]
pub fn monitors() -> Result<Vec<Monitor>, String> {
    x11::Desktop::open().and_then(|d| d.monitors())
}

/// The monitors there are.
///
/// # Errors
/// One sentence, if the system cannot be queried.
#[cfg(not(target_os = "linux"))]
pub fn monitors() -> Result<Vec<Monitor>, String> {
    Err("monitors can be listed and chosen under X11 only".into())
}

/// Monitors in one line, with their numbers.
pub fn listed(all: &[Monitor]) -> String {
    let numbered = all.iter().enumerate().map(|(i, m)| format!("{}: {m}", i + 1));
    if all.is_empty() { "none".into() } else { numbered.collect::<Vec<_>>().join("; ") }
}

/// The monitor for a word: a number from 1, a name, or a part that occurs in only one name.
///
/// # Errors
/// One sentence with the monitors available.
pub fn find<'a>(word: &str, all: &'a [Monitor]) -> Result<&'a Monitor, String> {
    let lower = word.to_lowercase();
    let numbered = word.parse().ok().and_then(|n: usize| all.get(n.checked_sub(1)?));
    let named = || all.iter().find(|m| m.name.to_lowercase() == lower);
    let mut part = all.iter().filter(|m| m.name.to_lowercase().contains(&lower));
    let only = || if word.is_empty() { None } else { part.next().filter(|_| part.next().is_none()) };
    numbered
        .or_else(named)
        .or_else(only)
        .ok_or_else(|| format!("there is no monitor `{word}`; available: {}", listed(all)))
}

/// Places the window, and keeps it there; ends when it is dropped.
pub struct WindowPlacer {
    commands: Sender<bool>,
}

impl WindowPlacer {
    /// Starts. `fill` says whether the window fills another screen if its monitor is missing; `size` is its size
    /// otherwise. Messages are sent to `messages`.
    pub fn start(
        placement: WindowPlacement,
        fill: bool,
        size: (usize, usize),
        messages: Sender<String>,
    ) -> Self {
        let (commands, inbox) = channel();
        let work = move || {
            if let Err(e) = follow(&placement, fill, size, &inbox, &messages) {
                report(&messages, format!("{e}; the window stays where the system puts it"));
            }
        };
        // Without the thread the window is where the system puts it.
        let _ = std::thread::Builder::new().name("monitors".into()).spawn(work);
        Self { commands }
    }

    /// Fills the monitor, or restores the window size.
    pub fn fill(&self, on: bool) {
        let _ = self.commands.send(on);
    }
}

/// To the overlay, and to the terminal.
fn report(messages: &Sender<String>, text: String) {
    log::status(&text);
    // The stage may have ended.
    let _ = messages.send(text);
}

#[cfg(not(target_os = "linux"))]
fn follow(
    _: &WindowPlacement,
    _: bool,
    _: (usize, usize),
    _: &Receiver<bool>,
    _: &Sender<String>,
) -> Result<(), String> {
    monitors().map(|_| ())
}

#[cfg(target_os = "linux")]
fn follow(
    placement: &WindowPlacement,
    fill: bool,
    size: (usize, usize),
    commands: &Receiver<bool>,
    messages: &Sender<String>,
) -> Result<(), String> {
    let desktop = x11::Desktop::open()?;
    let window = desktop.own_window()?;
    let word = match placement {
        WindowPlacement::At(x, y) => return desktop.move_to(window, (*x, *y)),
        WindowPlacement::Monitor(word) => word,
    };
    let (mut on, mut last, mut missed) = (true, None, false);
    loop {
        let all = desktop.monitors()?;
        let found = find(word, &all);
        if let Err(e) = &found
            && !std::mem::replace(&mut missed, true)
        {
            report(messages, format!("{e}; the window moves there once it is connected"));
            if fill && let Some(first) = all.iter().find(|m| m.primary).or(all.first()) {
                desktop.fill(window, first)?;
            }
        }
        let rect = found.as_ref().ok().map(|m| m.rect);
        if let Ok(monitor) = found
            && last != rect
        {
            missed = false;
            let outcome =
                if on { desktop.fill(window, monitor) } else { desktop.leave(window, monitor, size) };
            let _ = outcome.map_err(|e| report(messages, e));
        }
        last = rect;
        match commands.recv_timeout(CHECK_EVERY) {
            Ok(wanted) => (on, last) = (wanted, None),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_monitor_is_found_by_number_name_or_a_part_that_only_one_has() {
        let monitor = |name: &str, x| Monitor { name: name.into(), rect: [x, 0, 800, 600], primary: x == 0 };
        let all = [monitor("eDP-1", 0), monitor("HDMI-1", 800), monitor("HDMI-2", 1600)];
        let name = |word| find(word, &all).map(|m| m.name.as_str()).map_err(|e| e.to_string());
        assert_eq!(
            [name("1"), name("3"), name("hdmi-1"), name("edp")].map(Result::unwrap),
            ["eDP-1", "HDMI-2", "HDMI-1", "eDP-1"]
        );
        for wrong in ["0", "4", "HDMI", "", "DP-9", "-1"] {
            let message = name(wrong).unwrap_err();
            assert!(
                message.contains(&format!("`{wrong}`")) && message.contains("2: HDMI-1 (800×600 at 800,0)"),
                "{message}"
            );
        }
        assert!(find("1", &[]).unwrap_err().ends_with("available: none"));
    }
}
