//! Controllers, driven by their bytes.

use super::*;
use crate::sample;
use show::CommandReceiver;
use std::time::Duration;

/// Waits until the file is written, and merges what was found there.
fn settle(s: &mut Surface) {
    let until = std::time::Instant::now() + Duration::from_secs(20);
    while s.store.as_ref().is_some_and(Store::is_busy) {
        assert!(std::time::Instant::now() < until, "the file is never written");
        std::thread::sleep(Duration::from_millis(1));
        s.poll();
    }
}

fn moves(inbox: &CommandReceiver) -> Vec<Command> {
    inbox.try_iter().filter(|c| !matches!(c, Command::Event(Event::Signal(..)))).collect()
}

#[test]
fn a_knob_is_learnt_saved_and_moved_with_soft_takeover() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("midi.toml");
    let (hub, inbox) = sample::hub();
    let mut s = Surface::new(ControlMap::default(), Some(file.clone()));
    s.arm(Some("gas.inflow".into()));
    s.take("nano", &[0xb0, 16, 10], 0.0, &hub);
    s.take("nano", &[0xb0, 16, 12], 0.0, &hub);
    assert_eq!(s.armed(), Some("gas.inflow"), "jitter does not count");
    s.take("nano", &[0xb0, 16, 20], 0.0, &hub);
    assert_eq!((s.armed(), s.news().0), (None, 1));
    settle(&mut s);
    assert_eq!(ControlMap::load(&file).unwrap(), *s.map(), "it is on disk at once");
    // The knob is at 2 of 0..10, normalised 0.2.
    s.take("nano", &[0xb0, 16, 5], 0.0, &hub);
    assert!(moves(&inbox).is_empty());
    assert_eq!(s.waiting(&hub), [("gas.inflow".to_string(), 1)]);
    s.take("nano", &[0xb0, 16, 30], 0.0, &hub);
    assert_eq!(moves(&inbox), [Command::Travel("gas.inflow".into(), 30.0 / 127.0)]);
    s.take("other", &[0xb0, 16, 90], 0.0, &hub);
    assert!(moves(&inbox).is_empty(), "another controller has controls of its own");
}

#[test]
fn pads_fire_cues_and_switch_links() {
    let dir = tempfile::tempdir().unwrap();
    let (hub, inbox) = sample::hub();
    let mut map = ControlMap::default();
    map.learn("pads", ControlSource::Note(9, 36), "cue.1", false);
    map.learn("pads", ControlSource::Note(9, 37), "link.0", false);
    map.learn("pads", ControlSource::Control(0, 1), "nothing.here", false);
    let mut s = Surface::new(map, Some(dir.path().join("m.toml")));
    s.take("pads", &[0x99, 36, 100, 36, 0, 37, 1, 0xb0, 1, 127], 0.0, &hub);
    assert_eq!(moves(&inbox), [Command::Cue(show::CueTarget::To(1)), Command::Event(Event::Link(0, false))]);
    s.take("pads", &[0xb3, 74, 127], 0.0, &hub);
    assert_eq!(inbox.try_iter().last(), Some(Command::Event(Event::Signal("midi.cc74".into(), 1.0))));
}

#[test]
fn relative_encoders_step_and_a_clock_gives_the_tempo() {
    let dir = tempfile::tempdir().unwrap();
    let (hub, inbox) = sample::hub();
    let mut map = ControlMap::default();
    map.learn("enc", ControlSource::Control(0, 3), "gas.inflow", true);
    let mut s = Surface::new(map, Some(dir.path().join("m.toml")));
    s.take("enc", &[0xb0, 3, 127], 0.0, &hub);
    assert_eq!(moves(&inbox), [Command::Travel("gas.inflow".into(), 0.2 - 1.0 / 127.0)]);
    (0..100).for_each(|n| s.take("enc", &[0xf8], n as f64 * 0.5 / 24.0, &hub));
    let sent = moves(&inbox);
    assert!(matches!(sent[0], Command::Tempo(b) if (b - 120.0).abs() < 0.01), "{sent:?}");
    assert_eq!(sent.iter().filter(|c| **c == Command::Beat).count(), 4);
}

#[test]
fn mappings_are_learnt_saved_and_used_after_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("settings/midi.toml");
    let (hub, inbox) = sample::hub();
    let learnt = |s: &mut Surface, to: &str, device: &str, bytes: &[&[u8]]| {
        s.arm(Some(to.into()));
        bytes.iter().for_each(|b| s.take(device, b, 0.0, &hub));
        assert_eq!(s.armed(), None, "{to}");
    };
    let (mut s, wrong) = Surface::open(&file);
    assert!(wrong.is_none());
    // Two controllers whose controls have the same numbers, and one fader for a knob in each scene.
    learnt(&mut s, "dawn.gas.inflow", "nano", &[&[0xb0, 16, 0], &[0xb0, 16, 9]]);
    learnt(&mut s, "dusk.gas.inflow", "nano", &[&[0xb0, 16, 0], &[0xb0, 16, 9]]);
    learnt(&mut s, "layer.smoke.opacity", "launch", &[&[0xb0, 16, 0], &[0xb0, 16, 9]]);
    learnt(&mut s, "cue.storm", "launch", &[&[0x90, 36, 100]]);
    learnt(&mut s, "gas.reach", "enc", &[&[0xb0, 1, 1], &[0xb0, 1, 127]]);
    assert_eq!(s.news().1, "enc control 1 now moves gas.reach");
    drop((s, inbox.try_iter().count()));

    let (mut s, wrong) = Surface::open(&file);
    assert!(wrong.is_none() && s.map().entries.len() == 5 && s.map().conflicts().is_empty());
    // The knob is at 0.2: a fader above it waits, comes down to it, and picks it up.
    let mut turn = |device: &str, bytes: &[u8]| {
        s.take(device, bytes, 0.0, &hub);
        moves(&inbox)
    };
    assert_eq!(turn("nano", &[0xb0, 16, 100]), []);
    assert_eq!(turn("nano", &[0xb0, 16, 20]), [Command::Travel("gas.inflow".into(), 20.0 / 127.0)]);
    assert_eq!(turn("launch", &[0xb0, 16, 127]), [Command::Travel("layer.smoke.opacity".into(), 1.0)]);
    assert_eq!(turn("launch", &[0x90, 36, 1, 36, 0]), [Command::Cue(show::CueTarget::To(1))]);
    assert!(
        matches!(&turn("enc", &[0xb0, 1, 2])[..], [Command::Travel(a, t)] if a == "gas.reach" && *t > 0.5)
    );
    assert_eq!(turn("nobody", &[0xb0, 16, 20]), []);
    // In the other scene the same fader moves that scene's knob.
    let mut state = show::ShowState::clone(&hub.state());
    state.description = std::sync::Arc::new(show::SceneDescription { scene: 1, ..sample::description() });
    hub.publish(state);
    assert_eq!(turn("nano", &[0xb0, 16, 25]), [Command::Travel("gas.inflow".into(), 25.0 / 127.0)]);
    s.forget("dusk.gas.inflow");
    settle(&mut s);
    assert_eq!(ControlMap::load(&file).unwrap().entries.len(), 4);
}

#[test]
fn a_map_with_errors_is_left_as_it_is() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("midi.toml");
    let text = "# by hand\n[[\"pads\"]]\nnote = 300\nto = \"show.go\"\n";
    std::fs::write(&file, text).unwrap();
    let (hub, _inbox) = sample::hub();
    let (mut s, wrong) = Surface::open(&file);
    let said = wrong.unwrap().to_string();
    assert!(said.contains("midi.toml") && said.contains("line 2") && said.contains("300"), "{said}");
    s.arm(Some("show.go".into()));
    s.take("pads", &[0x90, 36, 100], 0.0, &hub);
    assert_eq!((s.news().0, s.map().entries.len()), (1, 1), "new mappings last for this show");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), text);
    assert!(s.problem().is_some());
}

#[test]
fn edits_of_the_file_during_a_show_survive_learning() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("midi.toml");
    let both = "[[nano]]\ncontrol = 1\nto = \"gas.inflow\"\n[[nano]]\ncontrol = 2\nto = \"show.back\"\n";
    std::fs::write(&file, both).unwrap();
    let (hub, _inbox) = sample::hub();
    let (mut s, _) = Surface::open(&file);
    // One entry is removed by hand, one added.
    let by_hand = "[[nano]]\ncontrol = 1\nto = \"gas.inflow\"\n# New.\n[[pads]]\nnote = 7\nto = \"cue.1\"\n";
    std::fs::write(&file, by_hand).unwrap();
    let learn = |s: &mut Surface, note: u8| {
        s.arm(Some("show.go".into()));
        s.take("pads", &[0x90, note, 100], 0.0, &hub);
        settle(s);
    };
    learn(&mut s, 36);
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(text.contains("# New.") && text.contains("note = 36") && !text.contains("show.back"), "{text}");
    assert_eq!(s.map().entries.len(), 3);
    // An error in between is reported; once it is fixed everything is written.
    std::fs::write(&file, "[[nano").unwrap();
    learn(&mut s, 37);
    assert!(s.problem().is_some_and(|p| p.contains("line 1")));
    std::fs::write(&file, &text).unwrap();
    learn(&mut s, 38);
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(text.contains("note = 37") && text.contains("note = 38") && s.problem().is_none(), "{text}");
}

#[test]
fn a_fader_fires_a_cue_once_at_its_middle_and_a_pad_sets_a_knob_by_velocity() {
    let (hub, inbox) = sample::hub();
    let mut map = ControlMap::default();
    map.learn("nano", ControlSource::Control(0, 1), "show.go", false);
    map.learn("pads", ControlSource::Note(0, 40), "gas.inflow", false);
    let mut s = Surface::new(map, None);
    [10, 70, 90, 127, 60, 20, 80].iter().for_each(|&v| s.take("nano", &[0xb0, 1, v], 0.0, &hub));
    assert_eq!(moves(&inbox).len(), 2);
    s.take("pads", &[0x90, 40, 127, 40, 0], 0.0, &hub);
    assert_eq!(moves(&inbox), [Command::Travel("gas.inflow".into(), 1.0)]);
}
