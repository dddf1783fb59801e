//! The control surface, shared by several threads: a thread of its own handles the requests of controllers and panels
//! in order, and publishes its status. Nothing waits for it.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender, channel, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

use arc_swap::ArcSwap;

use super::Surface;
use super::map::{ControlMapping, ControlSource};
use show::{Hub, MappingControl, MappingState};

/// Interval at which the show's knobs and the file are polled.
const POLL: Duration = Duration::from_millis(50);

enum SurfaceRequest {
    Arm(Option<String>),
    Forget(String),
    Bytes(String, Vec<u8>, f64),
    Control(String, ControlSource, f64, i16),
    Settle(SyncSender<()>),
    End,
}

/// Status of the surface.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SurfaceStatus {
    /// The state of mapping, for panels.
    pub learn: MappingState,
    /// The control map.
    pub entries: Vec<ControlMapping>,
    /// The error of the last save, if any.
    pub problem: Option<String>,
}

/// One surface, shared by the ports and the panels.
#[derive(Clone)]
pub struct SharedSurface {
    requests: Sender<SurfaceRequest>,
    latest: Arc<ArcSwap<SurfaceStatus>>,
    hub: Arc<Hub>,
}

/// The surface's thread; dropping it saves the map.
pub struct SurfaceThread {
    requests: Sender<SurfaceRequest>,
    thread: Option<JoinHandle<()>>,
}

impl SharedSurface {
    /// Shares a surface.
    pub fn open(mut surface: Surface, hub: Arc<Hub>) -> (Self, SurfaceThread) {
        let (requests, inbox) = channel();
        let latest = Arc::new(ArcSwap::from_pointee(status(&mut surface, &hub)));
        let (shared, target) = (latest.clone(), hub.clone());
        let run = move || run(surface, &inbox, &shared, &target);
        let thread = std::thread::Builder::new().name("learn".into()).spawn(run).ok();
        (Self { requests: requests.clone(), latest, hub }, SurfaceThread { requests, thread })
    }

    /// The latest status.
    pub fn status(&self) -> Arc<SurfaceStatus> {
        self.latest.load_full()
    }

    /// The hub that gets its commands.
    pub fn hub(&self) -> &Arc<Hub> {
        &self.hub
    }

    /// Handles bytes of a controller received at `now`, s.
    pub fn take(&self, device: String, bytes: Vec<u8>, now: f64) {
        self.request(SurfaceRequest::Bytes(device, bytes, now));
    }

    /// Handles a control of a device at `travel` (0..1), which is `raw` in steps of 127.
    pub fn control(&self, device: String, source: ControlSource, travel: f64, raw: i16) {
        self.request(SurfaceRequest::Control(device, source, travel, raw));
    }

    /// Waits until all requests have been handled.
    pub fn settle(&self) {
        let (done, wait) = sync_channel(1);
        self.request(SurfaceRequest::Settle(done));
        // If the thread has ended there is nothing to wait for.
        let _ = wait.recv();
    }

    /// After the end of the show the thread is gone, and requests are dropped.
    fn request(&self, request: SurfaceRequest) {
        let _ = self.requests.send(request);
    }
}

impl Drop for SurfaceThread {
    fn drop(&mut self) {
        let _ = self.requests.send(SurfaceRequest::End);
        self.thread.take().into_iter().for_each(|t| drop(t.join()));
    }
}

impl MappingControl for SharedSurface {
    fn arm(&self, address: Option<String>) {
        self.request(SurfaceRequest::Arm(address));
    }

    fn forget(&self, address: &str) {
        self.request(SurfaceRequest::Forget(address.into()));
    }

    fn state(&self) -> MappingState {
        self.latest.load().learn.clone()
    }
}

/// The surface's thread. It ends with its [`SurfaceThread`], or when all handles are dropped.
fn run(mut surface: Surface, inbox: &Receiver<SurfaceRequest>, latest: &ArcSwap<SurfaceStatus>, hub: &Hub) {
    loop {
        let first = match inbox.recv_timeout(POLL) {
            Ok(request) => Some(request),
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => return,
        };
        let mut waiting = Vec::new();
        for request in first.into_iter().chain(inbox.try_iter()) {
            match request {
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
        let now = status(&mut surface, hub);
        if **latest.load() != now {
            latest.store(Arc::new(now));
        }
        for done in waiting {
            // The requester may be gone.
            let _ = done.send(());
        }
    }
}

fn status(own: &mut Surface, hub: &Hub) -> SurfaceStatus {
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

/// ALSA repeats the name of a controller: `nano:nano MIDI 1`.
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

    /// The map's file is a pipe without a reader, so writing blocks for ever.
    #[cfg(unix)]
    #[test]
    fn a_file_that_blocks_delays_neither_stage_nor_controllers() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("midi.toml");
        if !crate::skip::fifo(&file) {
            return;
        }
        let (hub, inbox) = sample::hub();
        let (shared, thread) =
            SharedSurface::open(Surface::new(ControlMap::default(), Some(file.clone())), hub);
        let learn = |note: u8, to: &str| {
            shared.arm(Some(to.into()));
            shared.take("pads".into(), vec![0x90, note, 100], 0.0);
            shared.take("pads".into(), vec![0x90, note, 100], 0.0);
        };
        learn(36, "cue.1");
        learn(37, "cue.0");
        learn(38, "gas.inflow");
        shared.forget("gas.inflow");
        shared.settle();
        assert_eq!(shared.state().moved.len(), 2);
        let cues = inbox.try_iter().filter(|c| matches!(c, Command::Cue(_))).count();
        assert_eq!(cues, 2, "what was learnt moves at once");
        // The pipe becomes a file: the last mappings are in it when the show ends.
        let begun = Instant::now();
        let reader = std::fs::OpenOptions::new().read(true).write(true).open(&file).unwrap();
        std::fs::remove_file(&file).unwrap();
        drop(reader);
        drop(thread);
        assert!(begun.elapsed() < super::super::TIMEOUT * 3);
        let targets = |m: ControlMap| m.entries.iter().map(|e| e.to.clone()).collect::<Vec<_>>();
        assert_eq!(targets(ControlMap::load(&file).unwrap()), ["cue.1", "cue.0"]);
    }

    #[test]
    fn waiting_faders_are_reported_without_a_message_from_them() {
        let (hub, _inbox) = sample::hub();
        let mut map = ControlMap::default();
        map.learn("nano", ControlSource::Control(0, 16), "gas.inflow", false);
        let (shared, _thread) = SharedSurface::open(Surface::new(map, None), hub.clone());
        shared.take("nano".into(), vec![0xb0, 16, 5], 0.0);
        shared.settle();
        assert_eq!(shared.state().waiting, [("gas.inflow".to_string(), 1)]);
        let mut state = show::ShowState::clone(&hub.state());
        state.nodes[0].set[0] = 0.0;
        hub.publish(state);
        let turned = (0..2000).any(|_| {
            std::thread::sleep(Duration::from_millis(5));
            shared.state().waiting == [("gas.inflow".to_string(), -1)]
        });
        assert!(turned, "{:?}", shared.state().waiting);
    }
}
