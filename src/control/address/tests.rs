//! Every address is found, moved and read back as an independent reading of the command says.

use proptest::prelude::*;

use super::*;
use crate::control::sample::{face, hub, state};
use crate::show::{Command, Cue};
use crate::world::frame::LayerKnobs;
use crate::world::params::Params;
use crate::world::tape::Event;

#[test]
fn the_list_holds_every_address_once_and_each_is_found_with_its_kind() {
    let face = face();
    let all = list(&face);
    let mut names: Vec<&str> = all.iter().map(|a| a.name.as_str()).collect();
    for a in &all {
        assert_eq!(Place::find(&face, &a.name).map(|p| p.kind()), Some(a.kind), "{}", a.name);
        assert!(!a.about.is_empty() && a.about.ends_with('.'), "{}: {}", a.name, a.about);
    }
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), count);
    let knobs = face.nodes[0].kind.knobs.len() * 2 + LayerKnobs::SPECS.len();
    assert_eq!(count, FIXED.len() + 2 + 2 + 2 * SLOTS + knobs + 1 + 1);
}

#[test]
fn what_is_not_there_is_named_with_the_nearest_that_is() {
    let (hub, inbox) = hub();
    let say = |a: &str| told(&apply(&hub, a, Move::Press).unwrap_err(), &hub.state().face);
    assert_eq!(say("gas.inflo"), "nothing lies at `gas.inflo`; did you mean `gas.inflow`?");
    assert_eq!(say("utter nonsense"), "nothing lies at `utter nonsense`");
    ["link.1", "cue.2", "scene.9", "keep.10", "link.-1", "layer.smoke", "", "."]
        .iter()
        .for_each(|a| drop(say(a)));
    assert!(apply(&hub, "gas.inflow", Move::Travel(f64::NAN)).is_err());
    assert!(apply(&hub, "master.fade", Move::Value(f64::INFINITY)).is_err());
    assert!(inbox.try_recv().is_err(), "none of these sent anything");
}

#[test]
fn an_address_that_leads_nowhere_costs_no_more_than_its_length() {
    let (hub, _inbox) = hub();
    let long = "gas.".repeat(250_000);
    assert_eq!(apply(&hub, &long, Move::Press), Err(AddressError::Long(1_000_000)));
    assert_eq!(near(&face(), &long), None);
    // What is compared letter by letter is only what could be meant: work is counted, not timed.
    let work = |address: &str| {
        let names = || list(&face()).into_iter().map(|a| a.name);
        alike(address, names()).map(|n| n.len() * address.len()).sum::<usize>()
    };
    assert_eq!([work(&long), work(&"x".repeat(LONGEST))], [0, 0]);
    assert!(work("gas.inflo") > 0);
    assert_eq!(apply(&hub, "gas.inflo", Move::Press), Err(AddressError::Unknown("gas.inflo".into())));
}

#[test]
fn a_move_becomes_the_command_that_it_means() {
    let (hub, inbox) = hub();
    let made = |a: &str, to: Move| {
        apply(&hub, a, to).unwrap();
        inbox.try_recv().ok()
    };
    let set = |a: &str, v: f64| Some(Command::Event(Event::Set(a.into(), v)));
    assert_eq!(made("gas.inflow", Move::Travel(0.25)), Some(Command::Travel("gas.inflow".into(), 0.25)));
    assert_eq!(made("gas.inflow", Move::Value(99.0)), set("gas.inflow", 10.0));
    assert_eq!(made("gas.inflow", Move::Press), set("gas.inflow", 2.0));
    assert_eq!(made("gas.count", Move::Value(3.4)), set("gas.count", 3.0));
    assert_eq!(made("gas.runs", Move::Press), set("gas.runs", 0.0));
    assert_eq!(made("gas.wander", Move::Press), set("gas.wander", 0.0));
    assert_eq!(made("voice.hum.reach", Move::Value(50.0)), set("voice.hum.reach", 50.0));
    assert_eq!(made("layer.smoke.opacity", Move::Value(0.5)), set("layer.smoke.opacity", 0.5));
    assert_eq!(made("link.0", Move::Press), Some(Command::Event(Event::Link(0, false))));
    assert_eq!(made("cue.1", Move::Press), Some(Command::Cue(Cue::To(1))));
    assert_eq!(made("cue.storm", Move::Travel(1.0)), Some(Command::Cue(Cue::To(1))));
    assert_eq!(made("scene.dusk", Move::Press), Some(Command::Scene(1)));
    assert_eq!(made("show.reseed", Move::Press), Some(Command::Event(Event::Reseed(8))));
    assert_eq!(made("show.reseed", Move::Value(42.0)), Some(Command::Event(Event::Reseed(42))));
    assert_eq!(made("tempo.bpm", Move::Value(128.0)), Some(Command::Tempo(128.0)));
    assert_eq!(made("show.go", Move::Travel(0.0)), None, "a button let go fires nothing");
}

/// The lock knows commands by names of its own; they must be those by which hands ask for them.
#[test]
fn show_mode_knows_every_command_by_the_address_that_asks_for_it() {
    let ((hub, inbox), face) = (hub(), face());
    let lock = crate::show::lock::Lock::default();
    let mut asked = 0;
    for a in list(&face) {
        apply(&hub, &a.name, Move::Travel(1.0)).unwrap();
        let Ok(command) = inbox.try_recv() else { continue };
        lock.lock(std::slice::from_ref(&a.name));
        assert!(lock.lets(&command, &face), "{}: {command:?}", a.name);
        lock.lock(&[]);
        assert!(!lock.lets(&command, &face), "{}: {command:?}", a.name);
        asked += 1;
    }
    let at_once = 5;
    assert_eq!(asked, list(&face).len() - at_once);
}

#[test]
fn show_mode_allows_by_any_name_and_a_learnt_fader_is_none_other() {
    let (hub, inbox) = hub();
    hub.lock()
        .lock(&["dawn.gas.*", "voice.hum.reach", "cue.storm", "scene.dusk", "master.fade"].map(String::from));
    for a in ["dawn.gas.inflow", "gas.inflow", "dawn.voice.hum.reach", "cue.1", "cue.storm", "scene.1"] {
        apply(&hub, a, Move::Travel(1.0)).unwrap();
        assert!(inbox.try_recv().is_ok(), "{a}");
    }
    apply(&hub, "master.fade", Move::Travel(0.5)).unwrap();
    for a in ["layer.smoke.opacity", "dawn.layer.smoke.opacity", "cue.0", "scene.dawn", "master.blackout"] {
        let refused = apply(&hub, a, Move::Travel(1.0)).unwrap_err();
        assert_eq!(refused.to_string(), format!("`{a}` is locked in show mode"));
    }
    assert!(inbox.try_recv().is_err() && !hub.master().is_black());
    assert_eq!(hub.lock().refused(), 5);
}

#[test]
fn the_master_acts_at_once_and_reads_back() {
    let (hub, inbox) = hub();
    apply(&hub, "master.blackout", Move::Press).unwrap();
    apply(&hub, "master.freeze", Move::Value(1.0)).unwrap();
    apply(&hub, "master.fade", Move::Travel(0.25)).unwrap();
    assert!(hub.master().is_black() && hub.master().is_frozen() && hub.master().goal().0 == 0.25);
    let read = |a: &str| Place::find(&face(), a).and_then(|p| p.value(&state(), hub.master()));
    assert_eq!([read("master.blackout"), read("master.fade")], [Some(1.0), Some(0.25)]);
    assert_eq!(read("show.go"), None);
    apply(&hub, "master.blackout", Move::Press).unwrap();
    assert!(!hub.master().is_black() && inbox.try_recv().is_err());
}

#[test]
fn a_face_whose_state_is_not_there_yet_reads_nothing() {
    let (hub, _inbox) = Hub::new();
    for a in list(&face()) {
        let place = Place::find(&face(), &a.name).unwrap();
        let empty = State::default();
        let (value, now) = (place.value(&empty, hub.master()), place.now(&empty, hub.master()));
        assert!(value.is_none() || a.name.contains('.') && now == value, "{}", a.name);
        place.travel(&empty, hub.master());
    }
}

#[test]
fn an_address_with_its_scene_in_front_is_the_same_one_and_leads_nowhere_in_another() {
    let (hub, inbox) = hub();
    let made = |a: &str, to: Move| {
        apply(&hub, a, to).unwrap();
        inbox.try_recv().ok()
    };
    assert_eq!(
        made("dawn.gas.inflow", Move::Travel(0.25)),
        Some(Command::Travel("gas.inflow".into(), 0.25)),
        "the show hears the plain address"
    );
    let sent = Some(Command::Event(Event::Set("layer.smoke.opacity".into(), 0.5)));
    assert_eq!(made("dawn.layer.smoke.opacity", Move::Value(0.5)), sent);
    assert_eq!(made("dawn.link.0", Move::Press), Some(Command::Event(Event::Link(0, false))));
    let (face, state) = (face(), state());
    let read = |a: &str| Place::find(&face, a).and_then(|p| p.value(&state, hub.master()));
    assert_eq!(read("dawn.gas.reach"), read("gas.reach"));
    let said = apply(&hub, "dusk.gas.inflow", Move::Press).unwrap_err().to_string();
    assert_eq!(said, "`dusk.gas.inflow` lies in the scene dusk, which is not in front");
    assert!(Place::find(&face, "dusk.gas.inflow").is_none() && inbox.try_recv().is_err());
    // What belongs to the whole show belongs to no scene.
    assert!(Place::find(&face, "dawn.master.fade").is_none() && Place::find(&face, "dawn.cue.1").is_none());
    assert_eq!(in_scene(&face, "gas.inflow"), "dawn.gas.inflow");
    assert_eq!(in_scene(&face, "master.fade"), "master.fade");
    assert_eq!([scene_of("dawn.gas.inflow"), scene_of("layer.smoke.opacity")], [Some("dawn"), None]);
    assert_eq!(scene_of("gas.inflow"), None);
}

proptest! {
    #[test]
    fn an_address_that_is_nearly_right_leads_to_one_that_is_listed_or_is_told(
        i in 0usize..200, at in 0usize..30, put in "[a-z.0-9]{0,2}|.{0,3}", cut in 0usize..3, pure in 0u8..4,
        noise in ".{0,40}", v in any::<f64>(),
    ) {
        let (hub, inbox) = hub();
        let (face, all) = (face(), list(&face()));
        let mut letters: Vec<char> = all[i % all.len()].name.chars().collect();
        let at = at.min(letters.len());
        letters.splice(at..(at + cut).min(letters.len()), put.chars());
        let address: String = if pure == 0 { noise } else { letters.into_iter().collect() };
        let found = Place::find(&face, &address);
        if let Some(place) = found {
            let listed = all.iter().find(|a| Place::find(&face, &a.name) == Some(place));
            prop_assert_eq!(listed.map(|a| a.kind), Some(place.kind()), "{}", address);
        }
        for to in [Move::Travel(v), Move::Value(v), Move::Press] {
            match apply(&hub, &address, to) {
                Ok(()) => prop_assert!(found.is_some(), "{address}"),
                Err(e) => {
                    let no_number = to != Move::Press && !v.is_finite();
                    prop_assert!(found.is_none() || no_number, "{address}: {e}");
                    prop_assert!(e.to_string().contains(&address), "{e}");
                }
            }
            for command in inbox.try_iter() {
                let sane = match &command {
                    Command::Event(Event::Set(name, v)) => v.is_finite() && face.directory.find(name).is_some(),
                    Command::Travel(name, t) => (0.0..=1.0).contains(t) && face.directory.find(name).is_some(),
                    Command::Tempo(v) => v.is_finite(),
                    _ => true,
                };
                prop_assert!(sane, "{command:?} from {address}");
            }
        }
    }

    #[test]
    fn every_address_takes_any_finite_number_and_sends_a_value_in_range(i in 0usize..200, v in -1e12f64..1e12) {
        let (hub, inbox) = hub();
        let all = list(&face());
        let a = &all[i % all.len()];
        prop_assert!(apply(&hub, &a.name, Move::Value(v)).is_ok());
        if let (Kind::Knob(spec), Ok(Command::Event(Event::Set(name, sent)))) = (a.kind, inbox.try_recv()) {
            prop_assert_eq!(&*name, a.name.as_str());
            prop_assert!(sent >= spec.lo && sent <= spec.hi && spec.clamp(sent) == sent);
        }
    }
}
