//! The device manager with a mock backend whose devices can be plugged and unplugged.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use rodio::Source;

use super::*;
use crate::{Clip, Played, Synth};
use show::SoundControl;

/// Names of the plugged devices (the first is the default), and the last output peak.
#[derive(Clone, Default)]
struct MockAudio(Arc<Mutex<BTreeSet<String>>>, Arc<Mutex<f32>>);

struct Playing(Arc<AtomicBool>);

impl Drop for Playing {
    fn drop(&mut self) {
        self.0.store(true, Relaxed);
    }
}

impl MockAudio {
    fn plug(&self, name: &str) {
        self.0.lock().unwrap().insert(name.into());
    }
    fn unplug(&self, name: &str) {
        self.0.lock().unwrap().remove(name);
    }
    /// Calls `each` every 5 ms for a device as long as it is plugged in.
    fn run(&self, name: &str, mut each: impl FnMut() + Send + 'static) -> Playing {
        let (backend, name, end) = (self.clone(), name.to_string(), Arc::new(AtomicBool::new(false)));
        let ended = end.clone();
        std::thread::spawn(move || {
            while !ended.load(Relaxed) {
                if backend.0.lock().unwrap().contains(&name) {
                    each();
                }
                std::thread::sleep(Duration::from_millis(5));
            }
        });
        Playing(end)
    }
    fn choose(&self, name: Option<&str>) -> Result<String, String> {
        let backend: Vec<String> = self.0.lock().unwrap().iter().cloned().collect();
        let found = name.map_or(backend.first(), |n| find(&backend, n)).cloned();
        found.ok_or_else(|| format!("there is no device `{}`", name.unwrap_or("default")))
    }
}

impl Backend for MockAudio {
    type Stream = Playing;
    fn speakers(&self) -> Vec<String> {
        self.0.lock().unwrap().iter().cloned().collect()
    }
    fn microphones(&self) -> Vec<String> {
        self.speakers()
    }
    fn play(
        &mut self,
        name: Option<&str>,
        make: &mut dyn FnMut(u32) -> Synth,
        _: Arc<AtomicBool>,
    ) -> Result<(Playing, String), String> {
        let name = self.choose(name)?;
        let (mut block, loud) = (vec![0.0f32; 480], self.1.clone());
        // As for real devices: through rodio's mixer.
        let played = Played::new(make(48_000), 2);
        let (graph, mut out) = rodio::mixer::mixer(played.channels(), played.sample_rate());
        graph.add(played);
        let play = move || {
            block.iter_mut().for_each(|v| *v = out.next().unwrap_or(0.0));
            *loud.lock().unwrap() = block.iter().fold(0.0, |m, v| m.max(v.abs()));
        };
        Ok((self.run(&name, play), name))
    }
    fn listen(
        &mut self,
        name: Option<&str>,
        make: &mut dyn FnMut(u32, usize) -> InputCallback,
        _: Arc<AtomicBool>,
    ) -> Result<(Playing, String), String> {
        let name = self.choose(name)?;
        let (mut input, mut n) = (make(48_000, 2), 0u64);
        let capture = move || {
            for _ in 0..240 {
                n += 1;
                // A balanced line in a stereo jack: both sides are the same in opposite phase.
                let v = 0.5 * crate::math::sine(n as f32 * 440.0 / 48_000.0);
                input.take([v, -v]);
            }
            input.count(240);
        };
        Ok((self.run(&name, capture), name))
    }
}

fn command(speaker: DeviceChoice, microphone: DeviceChoice) -> DeviceCommand {
    DeviceCommand { speaker, microphone, ticks: 60.0, clip: None }
}

/// Waits until a condition holds; returns the seconds it took.
fn until(what: &str, mut holds: impl FnMut() -> bool) -> f64 {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < Duration::from_secs(20), "never: {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
    start.elapsed().as_secs_f64()
}

#[test]
fn a_lost_device_is_replaced_and_restored() {
    let backend = MockAudio::default();
    backend.plug("a laptop");
    backend.plug("big desk USB");
    let live =
        LiveAudio::open(backend.clone(), command(DeviceChoice::Named("desk".into()), DeviceChoice::Nothing));
    let state = || live.devices().first().cloned().unwrap_or_default();
    until("it opens", || state().fine && state().name == "big desk USB");
    backend.unplug("big desk USB");
    let noticed = until("fallback", || state().name == "a laptop");
    assert!(noticed < 1.5, "it took {noticed} s");
    assert!(!state().fine && state().word.contains("desk"), "{:?}", state());
    backend.unplug("a laptop");
    until("silence", || state().word.starts_with("silent"));
    backend.plug("a laptop");
    until("the fallback is back", || state().name == "a laptop");
    backend.plug("big desk USB");
    until("the wanted one is back", || state().name == "big desk USB" && state().fine);
}

#[test]
fn a_microphone_is_analysed_until_it_is_unplugged() {
    let backend = MockAudio::default();
    backend.plug("mic");
    let live = LiveAudio::open(backend.clone(), command(DeviceChoice::Nothing, DeviceChoice::Default));
    let pitch = || live.signals().iter().find(|s| s.0 == "pitch").map_or(0.0, |s| s.1);
    let level = || live.signals().iter().find(|s| s.0 == "rms").map_or(0.0, |s| s.1);
    until("the tone is analysed", || (pitch() - 440.0).abs() < 1.0);
    backend.unplug("mic");
    until("the input is lost", || {
        level() == 0.0 && live.devices().iter().any(|d| d.word.starts_with("no input"))
    });
    backend.plug("mic");
    until("the input is back", || level() > 0.3);
}

#[test]
fn without_any_device_the_sound_is_still_rendered_and_can_be_recorded() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("take.wav");
    let tone: Vec<f32> = (0..96_000).map(|n| 0.3 * crate::math::sine(n as f32 * 0.005)).collect();
    let mut wanted = command(DeviceChoice::Default, DeviceChoice::Nothing);
    wanted.clip = Some(Clip::new(tone));
    let mut live = LiveAudio::open(MockAudio::default(), wanted);
    live.status().write_to(Some(path.clone()));
    let mut engine = crate::tests::engine();
    for tick in 0..90 {
        engine.step(&[]);
        live.tick(&engine, tick, 0.0);
        std::thread::sleep(Duration::from_millis(16));
    }
    assert!(live.devices()[0].word.starts_with("silent"), "{:?}", live.devices());
    live.status().write_to(None);
    let mut clip = None;
    until("the file is complete", || {
        clip = Clip::read(&path).ok();
        clip.is_some()
    });
    let clip = clip.unwrap();
    let loud = clip.samples().iter().fold(0.0f32, |m, v| m.max(v.abs()));
    assert!(clip.seconds() > 0.8 && loud > 0.2, "{} s, peak {loud}", clip.seconds());
    assert_eq!(live.status().lost(), 0);
}

/// The volume bypasses the show's thread.
#[test]
fn the_volume_acts_without_the_show() {
    let backend = MockAudio::default();
    backend.plug("a");
    let mut wanted = command(DeviceChoice::Default, DeviceChoice::Nothing);
    wanted.clip = Some(Clip::new((0..960_000).map(|n| 0.3 * crate::math::sine(n as f32 * 0.005)).collect()));
    let mut live = LiveAudio::open(backend.clone(), wanted);
    let (status, mut engine, mut tick) = (live.status().clone(), crate::tests::engine(), 0);
    until("it opens", || live.devices().iter().any(|d| d.fine));
    assert_eq!(status.volume(), 1.0);
    let mut loud = || {
        engine.step(&[]);
        live.tick(&engine, tick, 0.0);
        tick += 1;
        *backend.1.lock().unwrap()
    };
    until("it is heard", || loud() > 0.2);
    status.set_volume(0.0);
    until("it is not heard", || loud() == 0.0);
    status.set_volume(1.0);
    until("it is heard again", || loud() > 0.2);
    for (set, found) in [(0.25, 0.25), (7.0, 1.0), (-1.0, 0.0)] {
        status.set_volume(set);
        assert_eq!(status.volume(), found);
    }
}

#[test]
fn a_device_choice_is_parsed_from_the_command_line() {
    let words = ["none", "default", "nobody", ""].map(DeviceChoice::from_word);
    assert_eq!(
        words,
        [
            DeviceChoice::Nothing,
            DeviceChoice::Default,
            DeviceChoice::Named("nobody".into()),
            DeviceChoice::Named("".into())
        ]
    );
}
