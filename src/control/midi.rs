//! MIDI input: several controllers at once, recognised by name when they are plugged in again.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use midir::{Ignore, MidiInput, MidiInputConnection};

use super::surface::{SharedSurface, SurfaceStatus};
use show::{DeviceState, Worker};

/// Interval of device scans.
const SCAN: Duration = Duration::from_secs(1);
/// Longest wait for a message, after which the thread checks whether to end.
const POLL: Duration = Duration::from_millis(50);

/// A message of a port: controller, bytes, time.
type MidiEvent = (String, Vec<u8>, Instant);

/// Receives MIDI until it is dropped.
pub struct Midi {
    _worker: Option<Worker>,
}

impl Midi {
    /// Opens all controllers, or those whose name contains one of `only`, also when they are plugged in later.
    pub fn open(only: &[String], surface: SharedSurface) -> Self {
        let only = only.to_vec();
        Self { _worker: Worker::start("midi", move |end| Ports::new(only).run(&surface, end)).ok() }
    }
}

/// Names of the connected controllers.
///
/// # Errors
/// The system's error.
pub fn controllers() -> Result<Vec<String>, String> {
    let input = client()?;
    let names = input.ports().iter().filter_map(|p| input.port_name(p).ok()).collect::<Vec<_>>();
    Ok(names.iter().map(|n| plain(n)).filter(|n| !is_own(n)).collect())
}

/// Checks for the sequencer first: without one, its library would print an error on the terminal each time.
fn client() -> Result<MidiInput, String> {
    let sequencer = Path::new("/dev/snd/seq");
    if cfg!(target_os = "linux") && !sequencer.exists() {
        return Err(format!("this machine has no MIDI sequencer ({})", sequencer.display()));
    }
    MidiInput::new("untrained").map_err(|e| e.to_string())
}

/// This program's own ports and the system's loopback are not controllers.
fn is_own(name: &str) -> bool {
    let low = name.to_lowercase();
    low.contains("untrained") || low.contains("midi through")
}

/// ALSA adds numbers that change each time a device is plugged in: `nano:nano MIDI 1 20:0`.
fn plain(name: &str) -> String {
    let cut = name.rsplit_once(' ').filter(|(_, end)| end.chars().all(|c| c.is_ascii_digit() || c == ':'));
    cut.map_or(name, |(head, _)| head).to_string()
}

struct Ports {
    only: Vec<String>,
    open: BTreeMap<String, MidiInputConnection<()>>,
    known: BTreeMap<String, bool>,
    present: Vec<String>,
    sender: Sender<MidiEvent>,
    inbox: Receiver<MidiEvent>,
    error: Option<String>,
}

impl Ports {
    fn new(only: Vec<String>) -> Self {
        let (sender, inbox) = channel();
        let known = only.iter().map(|n| (n.clone(), false)).collect();
        Self { only, open: BTreeMap::new(), known, present: Vec::new(), sender, inbox, error: None }
    }

    fn run(mut self, surface: &SharedSurface, ending: &AtomicBool) {
        let (begun, hub) = (Instant::now(), surface.hub());
        let mut scanned: Option<Instant> = None;
        while !ending.load(Relaxed) && !hub.is_closing() {
            if scanned.is_none_or(|l| l.elapsed() > SCAN) {
                scanned = Some(Instant::now());
                self.scan();
            }
            hub.report_devices("midi", self.states(&surface.status()));
            let Ok(first) = self.inbox.recv_timeout(POLL) else { continue };
            for (device, bytes, at) in std::iter::once(first).chain(self.inbox.try_iter()) {
                surface.take(device, bytes, at.duration_since(begun).as_secs_f64());
            }
        }
    }

    /// Opens new ports, closes those that are gone.
    fn scan(&mut self) {
        let input = match client() {
            Ok(input) => input,
            Err(e) => {
                self.open.clear();
                return self.error = Some(e);
            }
        };
        self.error = None;
        let ports: Vec<_> =
            input.ports().into_iter().filter_map(|p| Some((plain(&input.port_name(&p).ok()?), p))).collect();
        self.open.retain(|name, _| ports.iter().any(|p| p.0 == *name));
        self.present = ports.iter().map(|p| p.0.clone()).filter(|n| !is_own(n)).collect();
        for (name, port) in ports {
            let low = name.to_lowercase();
            let wanted = self.only.is_empty() || self.only.iter().any(|o| low.contains(&o.to_lowercase()));
            if self.open.contains_key(&name) || !wanted || is_own(&name) {
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
        let receive = move |_: u64, bytes: &[u8], _: &mut ()| {
            // It fails only when the thread has ended, which no longer needs the message.
            let _ = sender.send((device.clone(), bytes.to_vec(), Instant::now()));
        };
        input.connect(port, "in", receive, ()).ok()
    }

    fn states(&self, status: &SurfaceStatus) -> Vec<DeviceState> {
        let state = |name: &str, fine: bool, word: String| DeviceState {
            what: "midi",
            name: name.into(),
            fine,
            word,
        };
        let mut all = Vec::new();
        if let Some(error) = self.error.as_ref().filter(|_| !self.only.is_empty()) {
            all.push(state("MIDI", false, error.clone()));
        }
        for (name, once) in &self.known {
            let here = self.open.keys().any(|o| o.to_lowercase().contains(&name.to_lowercase()));
            let mapped = status.entries.iter().filter(|e| e.device == *name).count();
            let word = match (here, once) {
                (true, _) => format!("{mapped} controls mapped"),
                (false, true) => "unplugged; its mappings are kept".into(),
                (false, false) => format!("not plugged in; {}", self.present()),
            };
            if !here || self.open.contains_key(name) {
                all.push(state(name, here, word));
            }
        }
        let maps = status.entries.iter().filter(|e| !e.source.is_pads());
        let mut absent: BTreeMap<&str, usize> = BTreeMap::new();
        maps.filter(|e| !self.known.contains_key(&e.device))
            .for_each(|e| *absent.entry(&e.device).or_default() += 1);
        for (name, count) in absent {
            all.push(state(name, false, format!("not plugged in; {count} of its controls are mapped")));
        }
        if let Some(armed) = &status.learn.armed {
            all.push(state("learn", true, format!("move a control to map it to {armed}")));
        }
        if let Some((address, way)) = status.learn.waiting.first() {
            let way = if *way > 0 { "up" } else { "down" };
            all.push(state("takeover", true, format!("{address}: turn {way} to pick it up")));
        }
        all.extend(status.problem.iter().map(|p| state("map", false, p.clone())));
        all
    }

    fn present(&self) -> String {
        match &self.error {
            Some(error) => error.clone(),
            None if self.present.is_empty() => "no controller is connected".into(),
            None => format!("connected: {}", self.present.join(", ")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::surface::Surface;
    use crate::surface::map::{ControlMap, ControlSource};

    #[test]
    fn names_stay_the_same_when_devices_are_replugged() {
        assert_eq!(plain("nanoKONTROL2:nanoKONTROL2 MIDI 1 20:0"), "nanoKONTROL2:nanoKONTROL2 MIDI 1");
        assert_eq!(plain("Launchpad"), "Launchpad");
    }

    #[test]
    fn a_machine_without_midi_is_no_error_and_missing_controllers_are_reported() {
        let (hub, _inbox) = crate::sample::hub();
        let mut map = ControlMap::default();
        map.learn("launch", ControlSource::Note(0, 36), "cue.1", false);
        let (surface, _thread) = SharedSurface::open(Surface::new(map, None), hub.clone());
        let _midi = Midi::open(&["nano".into()], surface);
        let shown = |name: &str| hub.devices().iter().any(|d| d.what == "midi" && !d.fine && d.name == name);
        let both = (0..400).any(|_| {
            std::thread::sleep(Duration::from_millis(10));
            shown("nano") && shown("launch")
        });
        assert!(both, "{:?}", hub.devices());
    }

    /// Where there is a sequencer, a virtual controller is plugged in, played, unplugged and plugged in again.
    #[cfg(target_os = "linux")]
    #[test]
    fn a_replugged_controller_moves_the_same_knob() {
        use midir::os::unix::VirtualOutput;
        if client().is_err() {
            return crate::skip::skip("sequencer", "ALSA has none here");
        }
        let (hub, inbox) = crate::sample::hub();
        let plug = || midir::MidiOutput::new("nanotest").unwrap().create_virtual("nanotest").unwrap();
        let name = plain("nanotest:nanotest 0:0");
        let mut map = ControlMap::default();
        map.learn(&name, ControlSource::Note(0, 36), "cue.1", false);
        let (surface, _thread) = SharedSurface::open(Surface::new(map, None), hub.clone());
        let _midi = Midi::open(&["nanotest".into()], surface);
        for round in 0..2 {
            let mut port = plug();
            let fired = (0..100).any(|_| {
                let _ = port.send(&[0x90, 36, 100]);
                std::thread::sleep(Duration::from_millis(50));
                inbox.try_iter().any(|c| matches!(c, show::Command::Cue(_)))
            });
            assert!(fired, "round {round}");
            drop(port);
            let gone = || hub.devices().iter().any(|d| !d.fine && d.word.contains("unplugged"));
            assert!((0..100).any(|_| {
                std::thread::sleep(Duration::from_millis(50));
                gone()
            }));
        }
    }
}
