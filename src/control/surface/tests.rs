//! Controllers, driven by their bytes.

use super::*;
use crate::control::sample;
use std::sync::mpsc::Receiver;

fn moves(inbox: &Receiver<Command>) -> Vec<Command> {
    inbox.try_iter().filter(|c| !matches!(c, Command::Event(Event::Signal(..)))).collect()
}

#[test]
fn a_knob_is_learnt_saved_and_moved_with_soft_takeover() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("midi.toml");
    let (hub, inbox) = sample::hub();
    let mut s = Surface::new(Map::default(), Some(file.clone()));
    s.arm(Some("gas.inflow".into()));
    s.take("nano", &[0xb0, 16, 10], 0.0, &hub);
    s.take("nano", &[0xb0, 16, 12], 0.0, &hub);
    assert_eq!(s.armed(), Some("gas.inflow"), "a tremble is not meant");
    s.take("nano", &[0xb0, 16, 20], 0.0, &hub);
    assert_eq!((s.armed(), s.news().0), (None, 1));
    assert_eq!(Map::load(&file).unwrap(), *s.map(), "it is on disk at once");
    // The knob stands at 2 of 0..10: travel 0.2.
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
    let mut map = Map::default();
    map.learn("pads", Source::Note(9, 36), "cue.1", false);
    map.learn("pads", Source::Note(9, 37), "link.0", false);
    map.learn("pads", Source::Control(0, 1), "nothing.here", false);
    let mut s = Surface::new(map, Some(dir.path().join("m.toml")));
    s.take("pads", &[0x99, 36, 100, 36, 0, 37, 1, 0xb0, 1, 127], 0.0, &hub);
    assert_eq!(moves(&inbox), [Command::Cue(crate::show::Cue::To(1)), Command::Event(Event::Link(0, false))]);
    s.take("pads", &[0xb3, 74, 127], 0.0, &hub);
    assert_eq!(inbox.try_iter().last(), Some(Command::Event(Event::Signal("midi.cc74".into(), 1.0))));
}

#[test]
fn endless_knobs_step_and_a_clock_gives_the_tempo() {
    let dir = tempfile::tempdir().unwrap();
    let (hub, inbox) = sample::hub();
    let mut map = Map::default();
    map.learn("enc", Source::Control(0, 3), "gas.inflow", true);
    let mut s = Surface::new(map, Some(dir.path().join("m.toml")));
    s.take("enc", &[0xb0, 3, 127], 0.0, &hub);
    assert_eq!(moves(&inbox), [Command::Travel("gas.inflow".into(), 0.2 - 1.0 / 127.0)]);
    (0..100).for_each(|n| s.take("enc", &[0xf8], n as f64 * 0.5 / 24.0, &hub));
    let sent = moves(&inbox);
    assert!(matches!(sent[0], Command::Tempo(b) if (b - 120.0).abs() < 0.01), "{sent:?}");
    assert_eq!(sent.iter().filter(|c| **c == Command::Beat).count(), 4);
}
