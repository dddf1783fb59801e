//! The surface as several threads share it, and as panels see it: a thread of its own has it, takes what controllers and
//! panels send in the order in which it comes, and publishes how it stands. Nobody waits for it.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender, channel, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

use arc_swap::ArcSwap;

use super::Surface;
use super::map::{ControlMapping, ControlSource};
use show::{Hub, MappingControl, MappingState};

/// Between two looks at what the show does to the knobs, and at the file.
const ROUND: Duration = Duration::from_millis(50);

enum SurfaceRequest {
    Arm(Option<String>),
    Forget(String),
    Bytes(String, Vec<u8>, f64),
    Control(String, ControlSource, f64, i16),
    Settle(SyncSender<()>),
    End,
}

/// How the surface stands.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SurfaceStatus {
    /// What panels show.
    pub learn: MappingState,
    /// What moves what.
    pub entries: Vec<ControlMapping>,
    /// What went wrong when the map was saved.
    pub problem: Option<String>,
}

/// One surface, shared by the ports and the panels.
#[derive(Clone)]
pub struct SharedSurface {
    asks: Sender<SurfaceRequest>,
    seen: Arc<ArcSwap<SurfaceStatus>>,
    hub: Arc<Hub>,
}

/// Has the surface; when it is dropped, what was learnt is on the disk.
pub struct SurfaceThread {
    asks: Sender<SurfaceRequest>,
    thread: Option<JoinHandle<()>>,
}

impl SharedSurface {
    /// Shares a surface.
    pub fn open(mut surface: Surface, hub: Arc<Hub>) -> (Self, SurfaceThread) {
        let (asks, inbox) = channel();
        let seen = Arc::new(ArcSwap::from_pointee(look(&mut surface, &hub)));
        let (told, moved) = (seen.clone(), hub.clone());
        let keep = move || keep(surface, &inbox, &told, &moved);
        let thread = std::thread::Builder::new().name("learn".into()).spawn(keep).ok();
        (Self { asks: asks.clone(), seen, hub }, SurfaceThread { asks, thread })
    }

    /// How the surface stood when it was looked at last.
    pub fn seen(&self) -> Arc<SurfaceStatus> {
        self.seen.load_full()
    }

    /// Where its moves go.
    pub fn hub(&self) -> &Arc<Hub> {
        &self.hub
    }

    /// Bytes from a controller at `now`, seconds.
    pub fn take(&self, device: String, bytes: Vec<u8>, now: f64) {
        self.ask(SurfaceRequest::Bytes(device, bytes, now));
    }

    /// A control of a device stands at `travel` (0..1), which is `raw` in steps of 127.
    pub fn control(&self, device: String, source: ControlSource, travel: f64, raw: i16) {
        self.ask(SurfaceRequest::Control(device, source, travel, raw));
    }

    /// Waits until everything that was asked for is done.
    pub fn settle(&self) {
        let (done, wait) = sync_channel(1);
        self.ask(SurfaceRequest::Settle(done));
        // If the keeper has gone there is nothing to wait for.
        let _ = wait.recv();
    }

    /// After the end of the show nobody is there, and nothing is missed.
    fn ask(&self, ask: SurfaceRequest) {
        let _ = self.asks.send(ask);
    }
}

impl Drop for SurfaceThread {
    fn drop(&mut self) {
        let _ = self.asks.send(SurfaceRequest::End);
        self.thread.take().into_iter().for_each(|t| drop(t.join()));
    }
}

impl MappingControl for SharedSurface {
    fn arm(&self, address: Option<String>) {
        self.ask(SurfaceRequest::Arm(address));
    }

    fn forget(&self, address: &str) {
        self.ask(SurfaceRequest::Forget(address.into()));
    }

    fn state(&self) -> MappingState {
        self.seen.load().learn.clone()
    }
}

/// The surface's own thread. It ends with its keeper, or when nobody can ask any more.
fn keep(mut surface: Surface, inbox: &Receiver<SurfaceRequest>, seen: &ArcSwap<SurfaceStatus>, hub: &Hub) {
    loop {
        let first = match inbox.recv_timeout(ROUND) {
            Ok(ask) => Some(ask),
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => return,
        };
        let mut waiting = Vec::new();
        for ask in first.into_iter().chain(inbox.try_iter()) {
            match ask {
                SurfaceRequest::Arm(address) => surface.arm(address),
                SurfaceRequest::Forget(address) => surface.forget(&address),
                SurfaceRequest::Bytes(device, bytes, now) => surface.take(&device, &bytes, now, hub),
                SurfaceRequest::Control(device, source, travel, raw) => {
                    surface.control(&device, source, travel, raw, hub)
                }
                SurfaceRequest::Settle(done) => waiting.push(done),
                SurfaceRequest::End => return,
            }
        }
        surface.poll();
        let now = look(&mut surface, hub);
        if **seen.load() != now {
            seen.store(Arc::new(now));
        }
        for done in waiting {
            // Whoever asked may have gone.
            let _ = done.send(());
        }
    }
}

fn look(own: &mut Surface, hub: &Hub) -> SurfaceStatus {
    let waiting = own.waiting(hub);
    let entries = own.map().entries.iter();
    let moved = entries.map(|e| (e.to.clone(), format!("{} · {}", e.source.short(), brief(&e.device))));
    let learn = MappingState {
        armed: own.armed().map(String::from),
        moved: moved.collect(),
        conflicts: own.map().conflicts(),
        waiting,
        news: own.news().clone(),
    };
    SurfaceStatus { learn, entries: own.map().entries.clone(), problem: own.problem().map(String::from) }
}

/// ALSA calls a controller by its maker's name twice: `nano:nano MIDI 1`.
fn brief(device: &str) -> &str {
    device.split(':').next().filter(|d| !d.is_empty()).unwrap_or(device)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;
    use crate::surface::map::ControlMap;
    use show::Command;
    use std::time::Instant;

    /// The map lies where writing waits for ever: a pipe that nobody reads.
    #[cfg(unix)]
    #[test]
    fn a_file_that_blocks_holds_up_neither_stage_nor_controllers() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("midi.toml");
        if !crate::skip::fifo(&file) {
            return;
        }
        let (hub, inbox) = sample::hub();
        let (desk, keeper) =
            SharedSurface::open(Surface::new(ControlMap::default(), Some(file.clone())), hub);
        let learn = |note: u8, to: &str| {
            desk.arm(Some(to.into()));
            desk.take("pads".into(), vec![0x90, note, 100], 0.0);
            desk.take("pads".into(), vec![0x90, note, 100], 0.0);
        };
        learn(36, "cue.1");
        learn(37, "cue.0");
        learn(38, "gas.inflow");
        desk.forget("gas.inflow");
        desk.settle();
        assert_eq!(desk.state().moved.len(), 2);
        let cues = inbox.try_iter().filter(|c| matches!(c, Command::Cue(_))).count();
        assert_eq!(cues, 2, "what was learnt moves at once");
        // The pipe becomes a file: what was learnt last is in it when the show ends.
        let begun = Instant::now();
        let reader = std::fs::OpenOptions::new().read(true).write(true).open(&file).unwrap();
        std::fs::remove_file(&file).unwrap();
        drop(reader);
        drop(keeper);
        assert!(begun.elapsed() < super::super::PATIENCE * 3);
        let told = |m: ControlMap| m.entries.iter().map(|e| e.to.clone()).collect::<Vec<_>>();
        assert_eq!(told(ControlMap::load(&file).unwrap()), ["cue.1", "cue.0"]);
    }

    #[test]
    fn faders_that_wait_are_seen_without_a_message_from_them() {
        let (hub, _inbox) = sample::hub();
        let mut map = ControlMap::default();
        map.learn("nano", ControlSource::Control(0, 16), "gas.inflow", false);
        let (desk, _keeper) = SharedSurface::open(Surface::new(map, None), hub.clone());
        desk.take("nano".into(), vec![0xb0, 16, 5], 0.0);
        desk.settle();
        assert_eq!(desk.state().waiting, [("gas.inflow".to_string(), 1)]);
        let mut state = show::ShowState::clone(&hub.state());
        state.nodes[0].set[0] = 0.0;
        hub.publish(state);
        let turned = (0..2000).any(|_| {
            std::thread::sleep(Duration::from_millis(5));
            desk.state().waiting == [("gas.inflow".to_string(), -1)]
        });
        assert!(turned, "{:?}", desk.state().waiting);
    }
}
