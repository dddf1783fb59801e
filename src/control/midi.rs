//! MIDI in: several controllers at once, found again by name when they are plugged in anew.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use midir::{Ignore, MidiInput, MidiInputConnection};

use super::surface::{SharedSurface, SurfaceStatus};
use show::{DeviceState, Worker};

/// Between two looks which controllers there are.
const LOOK: Duration = Duration::from_secs(1);
/// Between two looks whether to end.
const ROUND: Duration = Duration::from_millis(50);

/// What a port heard: controller, bytes, time.
type MidiEvent = (String, Vec<u8>, Instant);

/// Listens until it is dropped.
pub struct Midi {
    _worker: Option<Worker>,
}

impl Midi {
    /// Listens to all controllers, or to those whose name holds one of `only`. Those that are not there yet are awaited.
    pub fn open(only: &[String], desk: SharedSurface) -> Self {
        let only = only.to_vec();
        Self { _worker: Worker::start("midi", move |end| Ports::new(only).run(&desk, end)).ok() }
    }
}

/// Names of the controllers that there are; or why none can be seen.
///
/// # Errors
/// What the system says.
pub fn controllers() -> Result<Vec<String>, String> {
    let input = client()?;
    let names = input.ports().iter().filter_map(|p| input.port_name(p).ok()).collect::<Vec<_>>();
    Ok(names.iter().map(|n| plain(n)).filter(|n| !is_own(n)).collect())
}

/// The sequencer is looked for first: where there is none, its library would complain on the terminal each time.
fn client() -> Result<MidiInput, String> {
    let sequencer = Path::new("/dev/snd/seq");
    if cfg!(target_os = "linux") && !sequencer.exists() {
        return Err(format!("this machine has no MIDI sequencer ({})", sequencer.display()));
    }
    MidiInput::new("untrained").map_err(|e| e.to_string())
}

/// What this program opens itself, and the system's loop, are no controllers.
fn is_own(name: &str) -> bool {
    let low = name.to_lowercase();
    low.contains("untrained") || low.contains("midi through")
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
    there: Vec<String>,
    sender: Sender<MidiEvent>,
    inbox: Receiver<MidiEvent>,
    trouble: Option<String>,
}

impl Ports {
    fn new(only: Vec<String>) -> Self {
        let (sender, inbox) = channel();
        let known = only.iter().map(|n| (n.clone(), false)).collect();
        Self { only, open: BTreeMap::new(), known, there: Vec::new(), sender, inbox, trouble: None }
    }

    fn run(mut self, desk: &SharedSurface, ending: &AtomicBool) {
        let (begun, hub) = (Instant::now(), desk.hub());
        let mut looked: Option<Instant> = None;
        while !ending.load(Relaxed) && !hub.is_closing() {
            if looked.is_none_or(|l| l.elapsed() > LOOK) {
                looked = Some(Instant::now());
                self.look();
            }
            hub.tell_devices("midi", self.states(&desk.seen()));
            let Ok(first) = self.inbox.recv_timeout(ROUND) else { continue };
            for (device, bytes, at) in std::iter::once(first).chain(self.inbox.try_iter()) {
                desk.take(device, bytes, at.duration_since(begun).as_secs_f64());
            }
        }
    }

    /// Opens what is new, lets go what is gone.
    fn look(&mut self) {
        let input = match client() {
            Ok(input) => input,
            Err(e) => {
                self.open.clear();
                return self.trouble = Some(e);
            }
        };
        self.trouble = None;
        let ports: Vec<_> =
            input.ports().into_iter().filter_map(|p| Some((plain(&input.port_name(&p).ok()?), p))).collect();
        self.open.retain(|name, _| ports.iter().any(|p| p.0 == *name));
        self.there = ports.iter().map(|p| p.0.clone()).filter(|n| !is_own(n)).collect();
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
        let hear = move |_: u64, bytes: &[u8], _: &mut ()| {
            // Without a listener nothing is lost but what nobody hears.
            let _ = sender.send((device.clone(), bytes.to_vec(), Instant::now()));
        };
        input.connect(port, "in", hear, ()).ok()
    }

    fn states(&self, seen: &SurfaceStatus) -> Vec<DeviceState> {
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
            let mapped = seen.entries.iter().filter(|e| e.device == *name).count();
            let word = match (here, once) {
                (true, _) => format!("{mapped} controls mapped"),
                (false, true) => "unplugged; its map is kept".into(),
                (false, false) => format!("not there; there is {}", self.there()),
            };
            if !here || self.open.contains_key(name) {
                all.push(state(name, here, word));
            }
        }
        let maps = seen.entries.iter().filter(|e| !e.source.is_pads());
        let mut absent: BTreeMap<&str, usize> = BTreeMap::new();
        maps.filter(|e| !self.known.contains_key(&e.device))
            .for_each(|e| *absent.entry(&e.device).or_default() += 1);
        for (name, count) in absent {
            all.push(state(name, false, format!("not plugged in; {count} of its controls are mapped")));
        }
        if let Some(armed) = &seen.learn.armed {
            all.push(state("learn", true, format!("move a control for {armed}")));
        }
        if let Some((address, way)) = seen.learn.waiting.first() {
            let way = if *way > 0 { "up" } else { "down" };
            all.push(state("takeover", true, format!("{address}: turn {way} until it is met")));
        }
        all.extend(seen.problem.iter().map(|p| state("map", false, p.clone())));
        all
    }

    fn there(&self) -> String {
        match &self.trouble {
            Some(trouble) => trouble.clone(),
            None if self.there.is_empty() => "none".into(),
            None => self.there.join(", "),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::surface::Surface;
    use crate::surface::map::{ControlMap, ControlSource};

    #[test]
    fn names_are_the_same_after_every_plugging_in() {
        assert_eq!(plain("nanoKONTROL2:nanoKONTROL2 MIDI 1 20:0"), "nanoKONTROL2:nanoKONTROL2 MIDI 1");
        assert_eq!(plain("Launchpad"), "Launchpad");
    }

    #[test]
    fn a_machine_without_midi_is_no_fault_and_what_is_missing_is_told() {
        let (hub, _inbox) = crate::sample::hub();
        let mut map = ControlMap::default();
        map.learn("launch", ControlSource::Note(0, 36), "cue.1", false);
        let (desk, _keeper) = SharedSurface::open(Surface::new(map, None), hub.clone());
        let _midi = Midi::open(&["nano".into()], desk);
        let told = |name: &str| hub.devices().iter().any(|d| d.what == "midi" && !d.fine && d.name == name);
        let both = (0..400).any(|_| {
            std::thread::sleep(Duration::from_millis(10));
            told("nano") && told("launch")
        });
        assert!(both, "{:?}", hub.devices());
    }

    /// Where there is a sequencer, a virtual controller is plugged in, played, pulled out and plugged in again.
    #[cfg(target_os = "linux")]
    #[test]
    fn a_controller_that_is_plugged_in_anew_moves_the_same_knob() {
        use midir::os::unix::VirtualOutput;
        if client().is_err() {
            return crate::skip::skip("sequencer", "ALSA has none here");
        }
        let (hub, inbox) = crate::sample::hub();
        let plug = || midir::MidiOutput::new("nanotest").unwrap().create_virtual("nanotest").unwrap();
        let name = plain("nanotest:nanotest 0:0");
        let mut map = ControlMap::default();
        map.learn(&name, ControlSource::Note(0, 36), "cue.1", false);
        let (desk, _keeper) = SharedSurface::open(Surface::new(map, None), hub.clone());
        let _midi = Midi::open(&["nanotest".into()], desk);
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
