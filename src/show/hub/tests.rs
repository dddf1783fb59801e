//! What control inputs, the stage and panels find at the hub.

use super::super::log::tests::{alone, is_alone};
use super::*;

#[test]
fn previews_come_only_while_somebody_asks() {
    let (hub, _inbox) = Hub::new();
    let long_ago = Instant::now() - Duration::from_secs(9);
    let frame = Frame::new(1280, 720);
    let mut last = long_ago;
    hub.offer(&frame, &mut last);
    assert_eq!(hub.preview().number, 0);
    hub.offer(&frame, &mut last);
    let made = hub.preview();
    assert_eq!((made.width, made.height, made.number, made.rgb.len()), (480, 270, 1, 480 * 270 * 3));
    hub.offer(&frame, &mut last);
    assert_eq!(hub.preview().number, 1, "the next one only after a while");
}

#[test]
fn a_reset_releases_the_master_even_if_nobody_takes_commands() {
    let (hub, inbox) = Hub::new();
    drop(inbox);
    hub.master().blackout(true);
    hub.send(Command::Reset);
    assert!(!hub.master().is_black());
}

#[test]
fn a_preview_is_the_picture_reduced_and_is_renewed_while_it_is_asked_for() {
    let (hub, _inbox) = Hub::new();
    let mut frame = Frame::new(960, 540);
    for y in 0..540 {
        for x in 0..960 {
            frame.rgba[(y * 960 + x) * 4..][..3].copy_from_slice(&[
                x as u8,
                y as u8,
                (x / 256 + 8 * (y / 256)) as u8,
            ]);
        }
    }
    hub.preview();
    let long_ago = Instant::now() - Duration::from_secs(9);
    hub.offer(&frame, &mut long_ago.clone());
    let made = hub.preview();
    assert_eq!((made.width, made.height), (480, 270));
    for (x, y) in [(0, 0), (479, 0), (0, 269), (479, 269), (123, 45)] {
        let at = (y * 480 + x) * 3;
        assert_eq!(made.rgb[at..at + 3], frame.pixel(2 * x + 1, 2 * y + 1), "{x} {y}");
    }
    hub.offer(&frame, &mut long_ago.clone());
    assert_eq!(hub.preview().number, 2);
    let none = Frame::default();
    hub.offer(&none, &mut long_ago.clone());
    assert_eq!(hub.preview().number, 2, "a frame of no size has no preview");
}

#[test]
fn a_preview_that_nobody_has_asked_for_within_two_seconds_is_not_made() {
    let Some((hub, _inbox)) = aged() else { return };
    let (frame, long_ago) = (Frame::new(16, 9), Instant::now() - Duration::from_secs(9));
    let made = |asked: u64| {
        let before = hub.preview.load().number;
        hub.asked.store(asked, Relaxed);
        hub.offer(&frame, &mut long_ago.clone());
        hub.preview.load().number - before
    };
    let now = hub.milliseconds();
    assert_eq!([made(now + 60_000), made(now - PREVIEW_ASKED - 1), made(50), made(0)], [1, 0, 0, 0]);
    let preview = hub.preview();
    assert_eq!((preview.width, preview.height), (16, 9), "a small frame is not made larger");
}

#[test]
fn a_very_flat_picture_keeps_one_row_and_each_pixel_is_sampled_at_its_centre() {
    let mut frame = Frame::new(4 * PREVIEW, 2);
    let w = frame.width;
    for (i, p) in frame.rgba.chunks_exact_mut(4).enumerate() {
        p[..3].copy_from_slice(&[(i % w / 8) as u8, (i % w % 8) as u8, (i / w) as u8]);
    }
    let made = shrunk(&frame, 7);
    assert_eq!((made.width, made.height, made.number), (PREVIEW, 1, 7));
    for x in [0, 1, 77, PREVIEW - 1] {
        assert_eq!(made.rgb[3 * x..][..3], frame.pixel(4 * x + 2, 1), "{x}");
    }
}

/// A hub created a minute ago; `None` on a machine that booted later.
fn aged() -> Option<(Arc<Hub>, CommandReceiver)> {
    let (mut hub, inbox) = Hub::new();
    Arc::get_mut(&mut hub)?.started = Instant::now().checked_sub(Duration::from_secs(60))?;
    Some((hub, inbox))
}

#[test]
fn silence_is_counted_in_seconds_since_the_last_round() {
    let Some((hub, _inbox)) = aged() else { return };
    let silent = hub.silent_for();
    assert!((60.0..1000.0).contains(&silent), "{silent}");
    hub.beat();
    assert!(hub.silent_for() < silent);
    hub.ticked.store(hub.milliseconds() - 4500, Relaxed);
    assert!((4.5..60.0).contains(&hub.silent_for()));
}

/// Records its calls.
#[derive(Default)]
struct MockSound {
    volumes: Mutex<Vec<f32>>,
    files: Mutex<Vec<Option<PathBuf>>>,
}

impl SoundControl for MockSound {
    fn set_volume(&self, volume: f32) {
        self.volumes.lock().unwrap().push(volume);
    }
    fn write_to(&self, file: Option<PathBuf>) {
        self.files.lock().unwrap().push(file);
    }
    fn lost(&self) -> u64 {
        5
    }
}

#[test]
fn sound_follows_at_once_where_there_is_any() {
    let (hub, _inbox) = Hub::new();
    hub.set_volume(0.5, false);
    assert!(!hub.write_sound(Some("a.wav".into())) && hub.sound_lost() == 0);
    let sound = Arc::new(MockSound::default());
    hub.attach_sound(sound.clone());
    hub.set_volume(0.25, false);
    hub.set_volume(0.25, true);
    assert_eq!(
        *sound.volumes.lock().unwrap(),
        [0.25, 0.0625, 0.0],
        "squares of the fader, from the first on"
    );
    assert!(hub.write_sound(Some("a.wav".into())) && hub.write_sound(None));
    assert_eq!(*sound.files.lock().unwrap(), [Some("a.wav".into()), None]);
    assert_eq!(hub.sound_lost(), 5);
}

struct MockMapping;

impl MappingControl for MockMapping {
    fn arm(&self, _: Option<String>) {}
    fn forget(&self, _: &str) {}
    fn state(&self) -> crate::MappingState {
        crate::MappingState { armed: Some("a.b".into()), ..Default::default() }
    }
}

#[test]
fn devices_of_each_kind_are_as_last_reported_and_mapping_exists_once_attached() {
    let (hub, _inbox) = Hub::new();
    assert!(hub.learn().is_none() && hub.devices().is_empty());
    hub.attach_mapping(Arc::new(MockMapping));
    assert_eq!(hub.learn().unwrap().state().armed.as_deref(), Some("a.b"));
    let device = |name: &str| DeviceState { name: name.into(), ..DeviceState::default() };
    hub.report_devices("osc", vec![device("o")]);
    hub.report_devices("midi", vec![device("a"), device("b")]);
    hub.report_devices("midi", vec![device("c")]);
    let names: Vec<String> = hub.devices().into_iter().map(|d| d.name).collect();
    assert_eq!(names, ["c", "o"]);
}

#[test]
fn the_stage_is_as_last_reported_and_the_exit_report_comes_last() {
    let (hub, _inbox) = Hub::new();
    let stage = |held: u64| StageState { limiter: LimiterState { held, ..Default::default() }, record: None };
    hub.report(stage(3));
    let first = hub.stage();
    hub.report(stage(3));
    assert!(Arc::ptr_eq(&first, &hub.stage()), "an unchanged state is not published again");
    hub.report(stage(4));
    assert_eq!((first.limiter.held, hub.stage().limiter.held), (3, 4));
    assert!(hub.exit_report().is_empty() && hub.rejected() == 0);
    hub.set_exit_report(vec!["a".into()]);
    assert_eq!(hub.exit_report(), ["a"]);
}

#[test]
fn a_locked_hub_lets_nothing_through_that_is_not_allowed() {
    let (hub, inbox) = Hub::new();
    hub.lock().lock(&["show.undo".into()]);
    assert!(hub.permits(&Command::Undo) && !hub.permits(&Command::Redo));
    hub.master().blackout(true);
    [Command::Undo, Command::Reset, Command::Record(true), Command::Limiter(false)]
        .into_iter()
        .for_each(|c| hub.send(c));
    assert_eq!(inbox.take(), [Command::Undo]);
    assert!(hub.master().is_black() && !hub.requests().record() && hub.requests().limiter());
}

/// The part of the next test that runs alone.
#[test]
#[ignore = "a part of the next test"]
fn the_limiter_switched_twice_each_way() {
    if !is_alone() {
        return;
    }
    let (hub, _inbox) = Hub::new();
    [true, false, false, true, true].into_iter().for_each(|on| hub.send(Command::Limiter(on)));
    crate::log::flush(Duration::from_secs(60));
}

#[test]
fn each_switch_of_the_limiter_leaves_one_line_in_the_log() {
    let run = alone("hub::tests::the_limiter_switched_twice_each_way").output().unwrap();
    let errors = String::from_utf8_lossy(&run.stderr).into_owned();
    let lines: Vec<&str> = errors.lines().filter(|l| l.contains("limiter")).collect();
    assert_eq!(lines, ["the flash limiter was switched off", "the flash limiter was switched on"]);
}

#[test]
fn the_heartbeat_counts_what_was_drawn_taken_and_published_and_which_stillness_is_meant() {
    let (hub, _inbox) = Hub::new();
    (0..3).for_each(|_| hub.took());
    hub.drew(None, true, false);
    hub.drew(None, true, false);
    hub.drew(None, false, false);
    hub.publish(ShowState { tick: 77, paused: true, still: Some(9.0), ..ShowState::default() });
    let heartbeat = hub.heartbeat();
    assert_eq!((heartbeat.handed, heartbeat.drawn, heartbeat.changed, heartbeat.rounds), (3, 3, 2, 0));
    assert_eq!((heartbeat.ticks, heartbeat.paused, heartbeat.still), (77, true, Some(9.0)));
    assert!(!heartbeat.meant && !heartbeat.ending);
    let meant = |ask: &dyn Fn(&Master), intended: bool| {
        let (hub, _inbox) = Hub::new();
        ask(hub.master());
        hub.drew(None, false, intended);
        hub.heartbeat().meant
    };
    assert!(!meant(&|_| (), false) && meant(&|_| (), true));
    assert!(meant(&|m| m.blackout(true), false) && meant(&|m| m.close(true), false));
    assert!(meant(&|m| m.freeze(true), false) && meant(&|m| m.fade(0.0, 1.0), false));
    assert!(!meant(&|m| m.fade(0.1, 1.0), false));
}

#[test]
fn requests_to_the_stage_act_at_once_and_the_heartbeat_counts() {
    let (hub, inbox) = Hub::new();
    assert!(!hub.requests().record() && hub.requests().limiter());
    hub.send(Command::Record(true));
    hub.send(Command::Limiter(false));
    assert!(hub.requests().record() && !hub.requests().limiter());
    hub.send(Command::Limiter(true));
    hub.send(Command::Record(false));
    assert!(!hub.requests().record() && hub.requests().limiter());
    assert_eq!(inbox.take().len(), 4, "and the show receives them too");
    let before = hub.heartbeat();
    hub.beat();
    hub.drew(Some(5.0), true, false);
    hub.drew(None, false, false);
    let after = hub.heartbeat();
    assert_eq!((after.rounds, after.drawn), (before.rounds + 1, before.drawn + 2));
    assert_eq!(hub.frames().count(), 1, "the first frame has no time before it");
    hub.close();
    assert!(hub.is_closing() && hub.heartbeat().ending);
}
