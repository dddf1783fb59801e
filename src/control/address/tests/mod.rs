//! Every address is found, moved and read back, checked against commands written out by hand.

mod any;

use super::*;
use crate::sample::{description, hub, state};
use show::{Command, CueTarget, ShowState, SplitCommand, TasteCommand, VoteCommand};
use world::frame::LayerKnobs;
use world::params::Params;
use world::tape::Event;
use world::votes::{VoteSide, Voter};

#[test]
fn the_list_holds_every_address_once_and_each_is_found_with_its_kind() {
    let description = description();
    let all = list(&description);
    let mut names: Vec<&str> = all.iter().map(|a| a.name.as_str()).collect();
    for a in &all {
        assert_eq!(AddressTarget::find(&description, &a.name).map(|p| p.kind()), Some(a.kind), "{}", a.name);
        assert!(!a.about.is_empty() && a.about.ends_with('.'), "{}: {}", a.name, a.about);
    }
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), count);
    let knobs = description.nodes[0].kind.knobs.len() * 2 + LayerKnobs::SPECS.len();
    assert_eq!(count, FIXED.len() + 2 + 2 + 2 * SLOTS + knobs + 1 + 1);
}

#[test]
fn unknown_addresses_are_reported_with_the_closest_valid_one() {
    let (hub, inbox) = hub();
    let say =
        |a: &str| with_hint(&apply(&hub, a, ControlInput::Press).unwrap_err(), &hub.state().description);
    assert_eq!(say("gas.inflo"), "unknown address `gas.inflo`; did you mean `gas.inflow`?");
    assert_eq!(say("utter nonsense"), "unknown address `utter nonsense`");
    for a in ["link.1", "cue.2", "scene.9", "keep.10", "recall.10", "link.-1", "layer.smoke", "", "."] {
        assert_eq!(apply(&hub, a, ControlInput::Press), Err(AddressError::Unknown(a.into())));
    }
    for (a, to) in
        [("gas.inflow", ControlInput::Travel(f64::NAN)), ("master.fade", ControlInput::Value(f64::INFINITY))]
    {
        assert_eq!(apply(&hub, a, to), Err(AddressError::NotFinite(a.into())));
    }
    assert!(inbox.try_recv().is_err(), "none of these sent anything");
}

#[test]
fn an_unknown_address_costs_no_more_than_its_length() {
    let (hub, _inbox) = hub();
    let long = "gas.".repeat(250_000);
    assert_eq!(apply(&hub, &long, ControlInput::Press), Err(AddressError::TooLong(1_000_000)));
    assert_eq!(near(&description(), &long), None);
    // Only plausible candidates are compared letter by letter: work is counted, not timed.
    let work = |address: &str| {
        let names = || list(&description()).into_iter().map(|a| a.name);
        candidates(address, names()).map(|n| n.len() * address.len()).sum::<usize>()
    };
    assert_eq!([work(&long), work(&"x".repeat(LONGEST))], [0, 0]);
    assert!(work("gas.inflo") > 0);
    assert_eq!(apply(&hub, "gas.inflo", ControlInput::Press), Err(AddressError::Unknown("gas.inflo".into())));
}

#[test]
fn an_input_becomes_its_command() {
    let (hub, inbox) = hub();
    let made = |a: &str, to: ControlInput| {
        apply(&hub, a, to).unwrap();
        inbox.try_recv().ok()
    };
    let set = |a: &str, v: f64| Some(Command::Event(Event::Set(a.into(), v)));
    assert_eq!(
        made("gas.inflow", ControlInput::Travel(0.25)),
        Some(Command::Travel("gas.inflow".into(), 0.25))
    );
    assert_eq!(made("gas.inflow", ControlInput::Value(99.0)), set("gas.inflow", 10.0));
    assert_eq!(made("gas.inflow", ControlInput::Press), set("gas.inflow", 2.0));
    assert_eq!(made("gas.count", ControlInput::Value(3.4)), set("gas.count", 3.0));
    assert_eq!(made("gas.runs", ControlInput::Press), set("gas.runs", 0.0));
    assert_eq!(made("gas.wander", ControlInput::Press), set("gas.wander", 0.0));
    assert_eq!(made("voice.hum.reach", ControlInput::Value(50.0)), set("voice.hum.reach", 50.0));
    assert_eq!(made("layer.smoke.opacity", ControlInput::Value(0.5)), set("layer.smoke.opacity", 0.5));
    assert_eq!(made("link.0", ControlInput::Press), Some(Command::Event(Event::Link(0, false))));
    assert_eq!(made("cue.1", ControlInput::Press), Some(Command::Cue(CueTarget::To(1))));
    assert_eq!(made("cue.storm", ControlInput::Travel(1.0)), Some(Command::Cue(CueTarget::To(1))));
    assert_eq!(made("scene.dusk", ControlInput::Press), Some(Command::Scene(1)));
    assert_eq!(made("show.reseed", ControlInput::Press), Some(Command::Event(Event::Reseed(8))));
    assert_eq!(made("show.reseed", ControlInput::Value(42.0)), Some(Command::Event(Event::Reseed(42))));
    assert_eq!(made("tempo.bpm", ControlInput::Value(128.0)), Some(Command::Tempo(128.0)));
    assert_eq!(made("show.go", ControlInput::Travel(0.0)), None, "a released button fires nothing");
}

/// The lock has its own names for commands; they must be the addresses that send them.
#[test]
fn show_mode_knows_every_command_by_the_address_that_sends_it() {
    let ((hub, inbox), description) = (hub(), description());
    let lock = show::lock::Lock::default();
    let mut checked = 0;
    for a in list(&description) {
        apply(&hub, &a.name, ControlInput::Travel(1.0)).unwrap();
        let Ok(command) = inbox.try_recv() else { continue };
        lock.lock(std::slice::from_ref(&a.name));
        assert!(lock.permits(&command, &description), "{}: {command:?}", a.name);
        lock.lock(&[]);
        assert!(!lock.permits(&command, &description), "{}: {command:?}", a.name);
        checked += 1;
    }
    let at_once = 5;
    assert_eq!(checked, list(&description).len() - at_once);
}

#[test]
fn show_mode_allows_an_address_under_all_its_names() {
    let (hub, inbox) = hub();
    hub.lock()
        .lock(&["dawn.gas.*", "voice.hum.reach", "cue.storm", "scene.dusk", "master.fade"].map(String::from));
    for a in ["dawn.gas.inflow", "gas.inflow", "dawn.voice.hum.reach", "cue.1", "cue.storm", "scene.1"] {
        apply(&hub, a, ControlInput::Travel(1.0)).unwrap();
        assert!(inbox.try_recv().is_ok(), "{a}");
    }
    apply(&hub, "master.fade", ControlInput::Travel(0.5)).unwrap();
    for a in ["layer.smoke.opacity", "dawn.layer.smoke.opacity", "cue.0", "scene.dawn", "master.blackout"] {
        let rejected = apply(&hub, a, ControlInput::Travel(1.0)).unwrap_err();
        assert_eq!(rejected.to_string(), format!("`{a}` is locked in show mode"));
    }
    assert!(inbox.try_recv().is_err() && !hub.master().is_black());
    assert_eq!(hub.lock().rejected(), 5);
}

#[test]
fn the_master_acts_at_once_and_reads_back() {
    let (hub, inbox) = hub();
    apply(&hub, "master.blackout", ControlInput::Press).unwrap();
    apply(&hub, "master.freeze", ControlInput::Value(1.0)).unwrap();
    apply(&hub, "master.fade", ControlInput::Travel(0.25)).unwrap();
    assert!(hub.master().is_black() && hub.master().is_frozen() && hub.master().goal().0 == 0.25);
    let read = |a: &str| AddressTarget::find(&description(), a).and_then(|p| p.value(&state(), hub.master()));
    assert_eq!([read("master.blackout"), read("master.fade")], [Some(1.0), Some(0.25)]);
    assert_eq!(read("show.go"), None);
    apply(&hub, "master.blackout", ControlInput::Press).unwrap();
    assert!(!hub.master().is_black() && inbox.try_recv().is_err());
}

#[test]
fn a_description_without_its_state_reads_only_the_master() {
    let (hub, _inbox) = Hub::new();
    let empty = ShowState::default();
    for a in list(&description()) {
        let place = AddressTarget::find(&description(), &a.name).unwrap();
        let read = (place.value(&empty, hub.master()), place.now(&empty, hub.master()));
        let travel = place.travel(&empty, hub.master());
        let wanted = match a.name.as_str() {
            "master.fade" | "master.volume" => Some(1.0),
            name if a.kind != AddressKind::Trigger && FIXED.iter().any(|f| f.name == name) => Some(0.0),
            _ => None,
        };
        assert_eq!((read, travel), ((wanted, wanted), wanted), "{}", a.name);
    }
}

#[test]
fn values_are_those_of_the_state_and_travel_is_normalised() {
    let (hub, _inbox) = hub();
    let mut state = state();
    state.nodes[0].set[1] = 1.0;
    state.nodes[0].now[1] = 10.0;
    state.links[0].on = false;
    (state.limiter.on, state.paused, state.tempo.bpm) = (true, true, 100.0);
    state.record = Some(Default::default());
    hub.set_volume(0.5, true);
    let read = |a: &str| {
        let place = AddressTarget::find(&description(), a).unwrap();
        let round = |v: f64| (v * 1e9).round() / 1e9;
        let found = [
            place.value(&state, hub.master()),
            place.now(&state, hub.master()),
            place.travel(&state, hub.master()),
        ];
        found.map(|v| v.map(round))
    };
    // From a tenth to a thousand in equal ratios.
    assert_eq!(read("gas.reach"), [1.0, 10.0, 0.25].map(Some));
    assert_eq!(read("gas.inflow"), [2.0, 2.0, 0.2].map(Some));
    assert_eq!(read("gas.wander"), [Some(1.0); 3]);
    assert_eq!(read("link.0"), [Some(0.0); 3]);
    assert_eq!(read("voice.hum.count"), [Some(5.0), Some(5.0), Some(0.5)]);
    for on in ["master.limiter", "master.record", "master.mute", "show.pause"] {
        assert_eq!(read(on), [Some(1.0); 3], "{on}");
    }
    assert_eq!((read("master.volume"), read("tempo.bpm")), ([Some(0.5); 3], [100.0, 100.0, 0.25].map(Some)));
    for none in ["show.go", "scene.0", "cue.1", "keep.3", "recall.3"] {
        assert_eq!(read(none), [None; 3], "{none}");
    }
}

/// The action of each fixed address: at 1, at 0, and pressed.
#[test]
fn each_fixed_address_has_its_own_command() {
    let (hub, _inbox) = hub();
    let send = |c: Command| Some(ControlAction::Send(c));
    let switch = |on: fn(bool) -> ControlAction| [Some(on(true)), Some(on(false)), Some(on(true))];
    let trigger = |c: Command| [send(c.clone()), None, send(c)];
    let prefer = |side, voter| Command::Taste(TasteCommand::Prefer(side, voter, None));
    let table: &[(&str, [Option<ControlAction>; 3])] = &[
        ("master.blackout", switch(ControlAction::Black)),
        ("master.freeze", switch(ControlAction::Freeze)),
        (
            "master.fade",
            [
                Some(ControlAction::Fade(1.0, 0.15)),
                Some(ControlAction::Fade(0.0, 0.15)),
                Some(ControlAction::Fade(0.0, 0.15)),
            ],
        ),
        (
            "master.volume",
            [
                Some(ControlAction::Volume(1.0, false)),
                Some(ControlAction::Volume(0.0, false)),
                Some(ControlAction::Volume(0.0, false)),
            ],
        ),
        (
            "master.mute",
            [
                Some(ControlAction::Volume(1.0, true)),
                Some(ControlAction::Volume(1.0, false)),
                Some(ControlAction::Volume(1.0, true)),
            ],
        ),
        ("master.limiter", switch(|on| ControlAction::Send(Command::Limiter(on)))),
        ("master.record", switch(|on| ControlAction::Send(Command::Record(on)))),
        ("show.go", trigger(Command::Cue(CueTarget::Go))),
        ("show.back", trigger(Command::Cue(CueTarget::Back))),
        ("show.pause", switch(|on| ControlAction::Send(Command::Pause(on)))),
        ("show.step", trigger(Command::Step)),
        ("show.undo", trigger(Command::Undo)),
        ("show.redo", trigger(Command::Redo)),
        ("show.favour", trigger(Command::Favour)),
        ("show.favourite", trigger(Command::Favourite)),
        ("show.gaze", switch(|on| ControlAction::Send(Command::Look(on)))),
        ("show.reset", trigger(Command::Reset)),
        ("show.reseed", trigger(Command::Event(Event::Reseed(8)))),
        ("tempo.tap", trigger(Command::Tap)),
        ("tempo.bpm", [send(Command::Tempo(400.0)), send(Command::Tempo(0.0)), send(Command::Tap)]),
        ("sides.swap", trigger(Command::Turn(SplitCommand::Swap))),
        ("sides.way", trigger(Command::Turn(SplitCommand::Way))),
        ("sides.less", trigger(Command::Turn(SplitCommand::Back))),
        ("sides.more", trigger(Command::Turn(SplitCommand::On))),
        ("vote.left", trigger(Command::Vote(VoteCommand::Cast(VoteSide::Left, Voter::Local)))),
        ("vote.right", trigger(Command::Vote(VoteCommand::Cast(VoteSide::Right, Voter::Local)))),
        ("vote.reveal", trigger(Command::Vote(VoteCommand::Reveal))),
        ("vote.next", trigger(Command::Vote(VoteCommand::Next))),
        ("taste.left", trigger(prefer(VoteSide::Left, Voter::Local))),
        ("taste.right", trigger(prefer(VoteSide::Right, Voter::Local))),
        ("taste.skip", trigger(Command::Taste(TasteCommand::Skip(None)))),
    ];
    let names: Vec<&str> = table.iter().map(|t| t.0).collect();
    assert_eq!(names, FIXED.iter().map(|f| f.name).collect::<Vec<_>>());
    for (address, wanted) in table {
        let found = [ControlInput::Travel(1.0), ControlInput::Travel(0.0), ControlInput::Press]
            .map(|to| act(&hub, address, to).unwrap());
        assert_eq!(&found, wanted, "{address}");
    }
    // A press toggles.
    hub.master().blackout(true);
    hub.master().fade(0.25, 0.0);
    hub.set_volume(0.25, true);
    let pressed = |a: &str| act(&hub, a, ControlInput::Press).unwrap().unwrap();
    assert_eq!(
        (pressed("master.blackout"), pressed("master.fade")),
        (ControlAction::Black(false), ControlAction::Fade(1.0, 0.15))
    );
    assert_eq!(
        (pressed("master.mute"), pressed("master.volume")),
        (ControlAction::Volume(0.25, false), ControlAction::Volume(1.0, true))
    );
    let reseed = |v: f64| act(&hub, "show.reseed", ControlInput::Value(v)).unwrap();
    let event = |seed| send(Command::Event(Event::Reseed(seed)));
    assert_eq!(
        [reseed(0.4), reseed(1.0), reseed(2.0)],
        [None, event(8), event(2)],
        "1 is what a button sends"
    );
    let vote = |v: f64| act(&hub, "vote.right", ControlInput::Value(v)).unwrap();
    let cast = |voter| send(Command::Vote(VoteCommand::Cast(VoteSide::Right, voter)));
    assert_eq!([vote(0.4), vote(1.0), vote(17.2)], [None, cast(Voter::Local), cast(Voter::Number(17))]);
    let seventh = act(&hub, "taste.left", ControlInput::Value(7.0)).unwrap();
    assert_eq!(seventh, send(prefer(VoteSide::Left, Voter::Number(7))));
}

#[test]
fn actions_reach_the_master_and_the_show() {
    let (hub, inbox) = hub();
    [
        ControlAction::Black(true),
        ControlAction::Freeze(true),
        ControlAction::Fade(0.5, 2.0),
        ControlAction::Volume(0.25, true),
        ControlAction::Send(Command::Undo),
    ]
    .into_iter()
    .for_each(|a| a.apply(&hub));
    let master = hub.master();
    assert!(master.is_black() && master.is_frozen() && master.goal() == (0.5, 2.0));
    assert!(master.volume() == 0.25 && master.is_mute());
    assert_eq!(inbox.take(), [Command::Undo]);
}

#[test]
fn close_addresses_differ_in_few_letters_and_length_is_limited() {
    let description = description();
    assert_eq!(near(&description, "gas.inxxxx").as_deref(), Some("gas.inflow"), "four of ten");
    assert_eq!(near(&description, "gas.ixxxxx"), None, "five are another word");
    assert_eq!(near(&description, "gas.inflow").as_deref(), Some("gas.inflow"));
    let (hub, _inbox) = hub();
    let long = |n: usize| "x".repeat(n);
    let both = |a: &str| [apply(&hub, a, ControlInput::Press), act(&hub, a, ControlInput::Press).map(drop)];
    assert_eq!(both(&long(LONGEST)), [0; 2].map(|_| Err(AddressError::Unknown(long(LONGEST)))));
    assert_eq!(both(&long(LONGEST + 1)), [0; 2].map(|_| Err(AddressError::TooLong(LONGEST + 1))));
    assert_eq!(
        with_hint(&AddressError::TooLong(300), &description),
        "an address of 300 bytes was given, expected at most 255"
    );
}

#[test]
fn ranges_are_printed_with_units_and_addresses_with_scenes() {
    let kind = |a: &str| range_text(AddressTarget::find(&description(), a).unwrap().kind());
    assert_eq!(
        (kind("gas.inflow"), kind("gas.reach")),
        ("a number in 0..=10 cells/s".into(), "a number in 0.1..=1000".into())
    );
    assert_eq!((kind("gas.wander"), kind("master.fade")), ("0 or 1".into(), "a number in 0..=1".into()));
    assert_eq!(
        (kind("show.go"), kind("tempo.bpm")),
        ("pressed".into(), "a number in 0..=400 beats a minute".into())
    );
    let edge = kind("gas.edge");
    assert!(["torus", "bounded", "open"].iter().all(|w| edge.contains(w)), "{edge}");
    let description = description();
    assert_eq!(
        (plain(&description, "dawn.gas.inflow"), plain(&description, "gas.inflow")),
        ("gas.inflow", "gas.inflow")
    );
    assert_eq!(
        (plain(&description, "dawn.master.fade"), plain(&description, "dusk.gas.inflow")),
        ("dawn.master.fade", "dusk.gas.inflow")
    );
    assert_eq!(
        (in_scene(&description, "nobody.knows"), in_scene(&description, "link.0")),
        ("nobody.knows".into(), "dawn.link.0".into())
    );
    assert_eq!(
        [scene_of("a"), scene_of("a.b"), scene_of("a.b.c"), scene_of("voice.b.c")],
        [None, None, Some("a"), None]
    );
}

#[test]
fn an_address_with_its_scene_in_front_is_the_same_one_and_unknown_in_another() {
    let (hub, inbox) = hub();
    let made = |a: &str, to: ControlInput| {
        apply(&hub, a, to).unwrap();
        inbox.try_recv().ok()
    };
    assert_eq!(
        made("dawn.gas.inflow", ControlInput::Travel(0.25)),
        Some(Command::Travel("gas.inflow".into(), 0.25)),
        "the show gets the plain address"
    );
    let sent = Some(Command::Event(Event::Set("layer.smoke.opacity".into(), 0.5)));
    assert_eq!(made("dawn.layer.smoke.opacity", ControlInput::Value(0.5)), sent);
    assert_eq!(made("dawn.link.0", ControlInput::Press), Some(Command::Event(Event::Link(0, false))));
    let (description, state) = (description(), state());
    let read = |a: &str| AddressTarget::find(&description, a).and_then(|p| p.value(&state, hub.master()));
    assert_eq!(read("dawn.gas.reach"), read("gas.reach"));
    let said = apply(&hub, "dusk.gas.inflow", ControlInput::Press).unwrap_err().to_string();
    assert_eq!(said, "`dusk.gas.inflow` belongs to scene dusk, which is not active");
    assert!(AddressTarget::find(&description, "dusk.gas.inflow").is_none() && inbox.try_recv().is_err());
    // What belongs to the whole show belongs to no scene.
    assert!(
        AddressTarget::find(&description, "dawn.master.fade").is_none()
            && AddressTarget::find(&description, "dawn.cue.1").is_none()
    );
    assert_eq!(in_scene(&description, "gas.inflow"), "dawn.gas.inflow");
    assert_eq!(in_scene(&description, "master.fade"), "master.fade");
    assert_eq!([scene_of("dawn.gas.inflow"), scene_of("layer.smoke.opacity")], [Some("dawn"), None]);
    assert_eq!(scene_of("gas.inflow"), None);
}
