//! MIDI in: several controllers at once, found again by name when they are plugged in anew.

mod clock;
pub mod map;
pub mod message;
mod surface;
mod takeover;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use midir::{Ignore, MidiInput, MidiInputConnection};

use crate::show::{DeviceState, Hub};
use map::{Map, MapError};
pub use surface::Surface;

/// Between two looks which controllers there are.
const LOOK: Duration = Duration::from_secs(1);
/// Between two looks whether to end.
const ROUND: Duration = Duration::from_millis(50);

/// What a port heard: controller, bytes, time.
type Heard = (String, Vec<u8>, Instant);

/// Listens until it is dropped.
pub struct Midi {
    surface: Arc<Mutex<Surface>>,
    ending: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Midi {
    /// Listens to all controllers, or to those whose name holds one of `only`. Those that are not there yet are awaited.
    ///
    /// # Errors
    /// The map cannot be used: file, line, what was expected.
    pub fn open(file: &Path, only: &[String], hub: Arc<Hub>) -> Result<Self, MapError> {
        let map = Map::load(file)?;
        map.conflicts().iter().for_each(|c| eprintln!("MIDI: {c}"));
        let surface = Arc::new(Mutex::new(Surface::new(map, file.into())));
        let ending = Arc::new(AtomicBool::new(false));
        let (end, own, only) = (ending.clone(), surface.clone(), only.to_vec());
        let listen = move || Ports::new(only).run(&own, &hub, &end);
        let thread = std::thread::Builder::new().name("midi".into()).spawn(listen).ok();
        Ok(Self { surface, ending, thread })
    }

    /// The next control that is moved will move this address; `None` disarms.
    pub fn learn(&self, address: Option<String>) {
        lock(&self.surface).arm(address);
    }
    /// The address that waits for a control.
    pub fn armed(&self) -> Option<String> {
        lock(&self.surface).armed().map(String::from)
    }
    /// Nothing moves an address any more.
    pub fn forget(&self, address: &str) {
        lock(&self.surface).forget(address);
    }
}

impl Drop for Midi {
    fn drop(&mut self) {
        self.ending.store(true, Relaxed);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Names of the controllers that there are; or why none can be seen.
///
/// # Errors
/// What the system says.
pub fn controllers() -> Result<Vec<String>, String> {
    let input = MidiInput::new("untrained").map_err(|e| e.to_string())?;
    Ok(input.ports().iter().filter_map(|p| input.port_name(p).ok()).map(|n| plain(&n)).collect())
}

fn lock(surface: &Mutex<Surface>) -> std::sync::MutexGuard<'_, Surface> {
    surface.lock().unwrap_or_else(|e| e.into_inner())
}

/// ALSA adds numbers that change with every plugging in: `nano:nano MIDI 1 20:0`.
fn plain(name: &str) -> String {
    let cut = name.rsplit_once(' ').filter(|(_, end)| end.chars().all(|c| c.is_ascii_digit() || c == ':'));
    cut.map_or(name, |(head, _)| head).to_string()
}

struct Ports {
    only: Vec<String>,
    open: BTreeMap<String, MidiInputConnection<()>>,
    known: BTreeMap<String, bool>,
    sender: Sender<Heard>,
    inbox: Receiver<Heard>,
    trouble: Option<String>,
}

impl Ports {
    fn new(only: Vec<String>) -> Self {
        let (sender, inbox) = channel();
        let known = only.iter().map(|n| (n.clone(), false)).collect();
        Self { only, open: BTreeMap::new(), known, sender, inbox, trouble: None }
    }

    fn run(mut self, surface: &Mutex<Surface>, hub: &Arc<Hub>, ending: &AtomicBool) {
        let begun = Instant::now();
        let mut looked: Option<Instant> = None;
        while !ending.load(Relaxed) && !hub.is_closing() {
            if looked.is_none_or(|l| l.elapsed() > LOOK) {
                looked = Some(Instant::now());
                self.look();
            }
            hub.tell_devices("midi", self.states(&lock(surface), hub));
            let Ok(first) = self.inbox.recv_timeout(ROUND) else { continue };
            let mut own = lock(surface);
            for (device, bytes, at) in std::iter::once(first).chain(self.inbox.try_iter()) {
                own.take(&device, &bytes, at.duration_since(begun).as_secs_f64(), hub);
            }
        }
    }

    /// Opens what is new, lets go what is gone.
    fn look(&mut self) {
        let input = match MidiInput::new("untrained") {
            Ok(input) => input,
            Err(e) => return self.trouble = Some(e.to_string()),
        };
        self.trouble = None;
        let ports: Vec<_> =
            input.ports().into_iter().filter_map(|p| Some((plain(&input.port_name(&p).ok()?), p))).collect();
        self.open.retain(|name, _| ports.iter().any(|p| p.0 == *name));
        for (name, port) in ports {
            let low = name.to_lowercase();
            let wanted = self.only.is_empty() || self.only.iter().any(|o| low.contains(&o.to_lowercase()));
            // What this program opens itself, and the system's loop, are no controllers.
            let own = low.contains("untrained") || low.contains("midi through");
            if self.open.contains_key(&name) || !wanted || own {
                continue;
            }
            if let Some(connection) = self.connect(&name, &port) {
                self.open.insert(name, connection);
            }
        }
        self.known.extend(self.open.keys().map(|n| (n.clone(), true)));
    }

    fn connect(&self, name: &str, port: &midir::MidiInputPort) -> Option<MidiInputConnection<()>> {
        let mut input = MidiInput::new("untrained").ok()?;
        input.ignore(Ignore::SysexAndActiveSense);
        let (device, sender) = (name.to_string(), self.sender.clone());
        let hear = move |_: u64, bytes: &[u8], _: &mut ()| {
            // Without a listener nothing is lost but what nobody hears.
            let _ = sender.send((device.clone(), bytes.to_vec(), Instant::now()));
        };
        input.connect(port, "in", hear, ()).ok()
    }

    fn states(&self, surface: &Surface, hub: &Hub) -> Vec<DeviceState> {
        let state = |name: &str, fine: bool, word: String| DeviceState {
            what: "midi",
            name: name.into(),
            fine,
            word,
        };
        let mut all = Vec::new();
        if let Some(trouble) = self.trouble.as_ref().filter(|_| !self.only.is_empty()) {
            all.push(state("MIDI", false, trouble.clone()));
        }
        for (name, once) in &self.known {
            let here = self.open.keys().any(|o| o.to_lowercase().contains(&name.to_lowercase()));
            let mapped = surface.map().entries.iter().filter(|e| e.device == *name).count();
            let word = match (here, once) {
                (true, _) => format!("{mapped} controls mapped"),
                (false, true) => "unplugged; its map is kept".into(),
                (false, false) => format!("not there; there is {}", self.there()),
            };
            if !here || self.open.contains_key(name) {
                all.push(state(name, here, word));
            }
        }
        if let Some(armed) = surface.armed() {
            all.push(state("learn", true, format!("move a control for {armed}")));
        }
        let waiting = surface.waiting(hub);
        if let Some((address, way)) = waiting.first() {
            let way = if *way > 0 { "up" } else { "down" };
            all.push(state("takeover", true, format!("{address}: turn {way} until it is met")));
        }
        all.extend(surface.problem().map(|p| state("map", false, p.into())));
        all
    }

    fn there(&self) -> String {
        match controllers() {
            Ok(names) if names.is_empty() => "none".into(),
            Ok(names) => names.join(", "),
            Err(e) => e,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_the_same_after_every_plugging_in() {
        assert_eq!(plain("nanoKONTROL2:nanoKONTROL2 MIDI 1 20:0"), "nanoKONTROL2:nanoKONTROL2 MIDI 1");
        assert_eq!(plain("Launchpad"), "Launchpad");
    }

    #[test]
    fn a_machine_without_midi_is_no_fault() {
        let dir = tempfile::tempdir().unwrap();
        let (hub, _inbox) = crate::control::sample::hub();
        let midi = Midi::open(&dir.path().join("m.toml"), &["nano".into()], hub.clone()).unwrap();
        let told = (0..400).any(|_| {
            std::thread::sleep(Duration::from_millis(10));
            hub.devices().iter().any(|d| d.what == "midi" && !d.fine)
        });
        assert!(told, "a controller that is not there is told");
        midi.learn(Some("gas.inflow".into()));
        assert_eq!(midi.armed().as_deref(), Some("gas.inflow"));
    }
}
