//! Which monitor is the stage. The window's own library cannot choose one, so a thread of its own moves the window where
//! it is wanted, by a second line to the X server, and again whenever a monitor comes back: a projector may be switched on
//! after the show, and be lost in the midst of it.

#[cfg(target_os = "linux")]
mod x11;

use std::fmt;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Duration;

use show::log;

/// Between two looks whether the monitors have changed.
const LOOK: Duration = Duration::from_secs(2);

/// A rectangle of the whole desktop, pixels: left, top, width, height.
pub type Rect = [i32; 4];

/// A monitor as the system has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Monitor {
    /// Its name, such as `HDMI-1`.
    pub name: String,
    /// Where it lies.
    pub rect: Rect,
    /// Whether it is the first among them.
    pub primary: bool,
}

impl fmt::Display for Monitor {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let [x, y, w, h] = self.rect;
        write!(f, "{} ({w}×{h} at {x},{y}{})", self.name, if self.primary { ", primary" } else { "" })
    }
}

/// Where the window is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WindowPlacement {
    /// All of a monitor, by its number from 1, its name, or a part of that.
    Monitor(String),
    /// With its left top corner here, on the whole desktop.
    At(i32, i32),
}

/// The monitors there are.
///
/// # Errors
/// One sentence, where the system cannot be asked.
#[cfg(target_os = "linux")]
pub fn monitors() -> Result<Vec<Monitor>, String> {
    x11::Desktop::open().and_then(|d| d.monitors())
}

/// The monitors there are.
///
/// # Errors
/// One sentence, where the system cannot be asked.
#[cfg(not(target_os = "linux"))]
pub fn monitors() -> Result<Vec<Monitor>, String> {
    Err("monitors can be listed and chosen under X11 only".into())
}

/// Monitors in one line, with their numbers.
pub fn listed(all: &[Monitor]) -> String {
    let numbered = all.iter().enumerate().map(|(i, m)| format!("{}: {m}", i + 1));
    if all.is_empty() { "none".into() } else { numbered.collect::<Vec<_>>().join("; ") }
}

/// The monitor that a word names: a number from 1, a name, or a part that only one name has.
///
/// # Errors
/// One sentence with what there is.
pub fn find<'a>(word: &str, all: &'a [Monitor]) -> Result<&'a Monitor, String> {
    let lower = word.to_lowercase();
    let numbered = word.parse().ok().and_then(|n: usize| all.get(n.checked_sub(1)?));
    let named = || all.iter().find(|m| m.name.to_lowercase() == lower);
    let mut part = all.iter().filter(|m| m.name.to_lowercase().contains(&lower));
    let only = || if word.is_empty() { None } else { part.next().filter(|_| part.next().is_none()) };
    numbered
        .or_else(named)
        .or_else(only)
        .ok_or_else(|| format!("there is no monitor `{word}`; there is {}", listed(all)))
}

/// Puts the window where it is wanted, and keeps it there; ends when it is dropped.
pub struct WindowPlacer {
    orders: Sender<bool>,
}

impl WindowPlacer {
    /// Begins. `fill` says whether the window fills a screen all the same where its monitor is not there; `size` is what
    /// it has otherwise. What there is to say is sent to `told`.
    pub fn start(wish: WindowPlacement, fill: bool, size: (usize, usize), told: Sender<String>) -> Self {
        let (orders, inbox) = channel();
        let work = move || {
            if let Err(e) = follow(&wish, fill, size, &inbox, &told) {
                say(&told, format!("{e}; the window stays where the system puts it"));
            }
        };
        // Without the thread the window is where the system puts it.
        let _ = std::thread::Builder::new().name("monitors".into()).spawn(work);
        Self { orders }
    }

    /// The window fills its monitor, or no longer.
    pub fn fill(&self, on: bool) {
        let _ = self.orders.send(on);
    }
}

/// To whoever looks at the picture, and to whoever looks at the terminal.
fn say(told: &Sender<String>, text: String) {
    log::tell(&text);
    // The stage may have ended.
    let _ = told.send(text);
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
    wish: &WindowPlacement,
    fill: bool,
    size: (usize, usize),
    orders: &Receiver<bool>,
    told: &Sender<String>,
) -> Result<(), String> {
    let desktop = x11::Desktop::open()?;
    let window = desktop.own_window()?;
    let word = match wish {
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
            say(told, format!("{e}; the show begins without it, and goes there when it comes"));
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
            let _ = outcome.map_err(|e| say(told, e));
        }
        last = rect;
        match orders.recv_timeout(LOOK) {
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
            let told = name(wrong).unwrap_err();
            assert!(
                told.contains(&format!("`{wrong}`")) && told.contains("2: HDMI-1 (800×600 at 800,0)"),
                "{told}"
            );
        }
        assert!(find("1", &[]).unwrap_err().ends_with("there is none"));
    }
}
