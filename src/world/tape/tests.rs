//! Tapes written and read back, and malformed ones.

use super::*;
use crate::system::Phase;

fn tape() -> Tape {
    let mut tape = Tape::new("dawn", 60.0);
    tape.record(0, Event::Set("life.density".into(), 0.1 + 0.2));
    let touch =
        Touch { id: 1, x: 0.1, y: 0.9, dx: 1e-9, dy: 0.0, radius: 0.05, strength: -1.0, phase: Phase::Down };
    tape.record(3, Event::Touch(touch));
    tape.record(3, Event::Signal("judge.novelty".into(), 1.0 / 3.0));
    tape.record(9, Event::Reseed(u64::MAX));
    tape
}

#[test]
fn a_tape_comes_back_bit_for_bit() {
    let mut bytes = Vec::new();
    tape().write(&mut bytes).unwrap();
    assert_eq!(Tape::read(&bytes[..]).unwrap(), tape());
    assert_eq!(tape().at(3).count(), 2);
    assert_eq!(tape().at(4).count(), 0);
}

#[test]
fn a_line_cut_off_by_a_crash_costs_only_itself() {
    let mut bytes = Vec::new();
    tape().write(&mut bytes).unwrap();
    let cut = Tape::read(&bytes[..bytes.len() - 6]).unwrap();
    assert_eq!(cut.events, tape().events[..3]);
}

#[test]
fn malformed_tapes_are_reported() {
    let say = |text: &str| Tape::read(text.as_bytes()).unwrap_err().to_string();
    assert!(say("").contains("empty"));
    assert!(say("hello").contains("line 1"));
    assert!(say("{\"tape\":99,\"scene\":\"x\",\"hash\":1,\"seed\":1}").contains("version 99"));
    let mut bytes = Vec::new();
    tape().write(&mut bytes).unwrap();
    let broken = String::from_utf8(bytes).unwrap().replacen("[3,", "[oops,", 1);
    assert!(say(&broken).contains("line 3"));
}

fn entry() -> SceneEntry {
    SceneEntry {
        name: "dusk".into(),
        folder: "scenes".into(),
        text: "size = [8, 4]\n".into(),
        seed: Some(7),
        size: Some((64, 36)),
        knobs: vec![("a.b".into(), 1.5)],
        way: Transition::Morph,
        ticks: 90,
    }
}

/// The error of a tape with these events, one a line from the second on.
fn rejected(events: &[(u64, Event)]) -> Option<String> {
    let mut bytes = Vec::new();
    Tape { header: TapeHeader::new("dawn", 60.0), events: events.to_vec() }.write(&mut bytes).unwrap();
    // A line with its end is not truncated.
    bytes.extend(b"[9999999999,\"Mark\"]\n");
    Tape::read(&bytes[..]).err().map(|e| e.to_string())
}

#[test]
fn events_are_recorded_in_order_and_found_by_their_tick() {
    let mut tape = Tape::new("dawn", 30.0);
    assert_eq!((tape.end(), tape.at(0).count()), (0, 0));
    for (tick, seed) in [(2, 1), (5, 2), (4, 3), (5, 4), (9, 5)] {
        tape.record(tick, Event::Reseed(seed));
    }
    let at = |tick: u64| tape.at(tick).cloned().collect::<Vec<_>>();
    assert_eq!(at(5), [Event::Reseed(2), Event::Reseed(3), Event::Reseed(4)], "a late event is moved up");
    assert_eq!((at(2).len(), at(3).len(), at(4).len(), at(9).len(), at(10).len()), (1, 0, 0, 1, 0));
    assert_eq!(tape.end(), 9);
    assert_eq!((tape.header.tape, tape.header.scene.as_str(), tape.header.rate), (VERSION, "dawn", 30.0));
}

#[test]
fn decreasing_ticks_are_rejected_with_the_line_and_both_ticks() {
    let events = |ticks: &[u64]| ticks.iter().map(|t| (*t, Event::Reseed(1))).collect::<Vec<_>>();
    assert_eq!(rejected(&events(&[0, 3, 3, 9])), None);
    for (ticks, told) in [
        (&[3, 2][..], "line 3 of the tape: tick 2 comes after tick 3"),
        (&[0, 5, 7, 6, 9], "line 5 of the tape: tick 6 comes after tick 7"),
        (&[0, 5, 5, 0], "line 5 of the tape: tick 0 comes after tick 5"),
    ] {
        assert_eq!(rejected(&events(ticks)).as_deref(), Some(told));
    }
    let late = rejected(&[(limits::TICKS + 1, Event::Mark)]).unwrap();
    assert!(late.starts_with("line 2 of the tape: tick: expected 0 to"), "{late}");
}

#[test]
fn what_exceeds_a_limit_is_rejected_by_its_field() {
    let long = "x".repeat(limits::NAME + 1);
    let knobs = || vec![(long.clone().into(), 1.0)];
    let enter = |entry: SceneEntry| Event::Enter(Box::new(entry));
    let good = [
        Event::Set("a.b".into(), 1.0),
        Event::Link(3, false),
        Event::Signal("osc.x".into(), -1.0),
        Event::Reseed(1),
        Event::Reborn(Box::new(WorldReset { seed: 2, knobs: vec![("a.b".into(), 1.0)] })),
        enter(entry()),
        enter(SceneEntry { size: None, seed: None, knobs: Vec::new(), ..entry() }),
        Event::Swap(Box::new(entry())),
        Event::Hurry(limits::TICKS),
        Event::Mark,
    ];
    let all: Vec<(u64, Event)> = good.into_iter().map(|e| (4, e)).collect();
    assert_eq!(rejected(&all), None);
    let bad = [
        (Event::Set(long.clone().into(), 1.0), "an address"),
        (Event::Signal("a\nb".into(), 1.0), "an address"),
        (Event::Reborn(Box::new(WorldReset { seed: 1, knobs: knobs() })), "an address"),
        (Event::Hurry(limits::TICKS + 1), "ticks"),
        (enter(SceneEntry { name: long.clone(), ..entry() }), "a scene"),
        (enter(SceneEntry { text: "#".repeat(limits::TEXT as usize + 1), ..entry() }), "bytes of a scene"),
        (enter(SceneEntry { ticks: limits::TICKS + 1, ..entry() }), "ticks"),
        (enter(SceneEntry { knobs: knobs(), ..entry() }), "an address"),
        (enter(SceneEntry { size: Some((0, 4)), ..entry() }), "width"),
        (enter(SceneEntry { size: Some((4, 20_000)), ..entry() }), "height"),
        (Event::Swap(Box::new(SceneEntry { size: Some((20_000, 4)), ..entry() })), "width"),
    ];
    for (event, field) in bad {
        let told = rejected(&[(0, Event::Mark), (1, event)]).unwrap();
        assert!(told.starts_with(&format!("line 3 of the tape: {field}:")), "{field}: {told}");
    }
    // JSON has no such numbers; a tape made otherwise is rejected by field.
    assert!(Event::Set("a.b".into(), f64::NAN).check().unwrap_err().contains("a value"));
    assert!(Event::Signal("a.b".into(), f64::INFINITY).check().is_err());
    let Event::Touch(touch) = &tape().events[1].1 else { panic!("a touch") };
    for (place, bad) in [
        Touch { x: f32::NAN, ..*touch },
        Touch { y: f32::NAN, ..*touch },
        Touch { dx: f32::INFINITY, ..*touch },
        Touch { dy: f32::NAN, ..*touch },
        Touch { radius: f32::NAN, ..*touch },
        Touch { strength: f32::NEG_INFINITY, ..*touch },
    ]
    .into_iter()
    .enumerate()
    {
        assert!(Event::Touch(bad).check().unwrap_err().ends_with(&format!("at index {place}")));
    }
    assert_eq!(Event::Touch(*touch).check(), Ok(()));
}

#[test]
fn a_header_is_held_to_its_limits_and_transitions_have_names() {
    let told = |header: TapeHeader| {
        let text = serde_json::to_string(&header).unwrap() + "\n";
        Tape::read(text.as_bytes()).err().map(|e| e.to_string()).unwrap_or_default()
    };
    assert_eq!(told(TapeHeader::new("dawn", 60.0)), "");
    assert!(told(TapeHeader::new("a\nb", 60.0)).contains("line 1 of the tape: a scene"));
    assert!(told(TapeHeader::new("dawn", 0.0)).contains("line 1 of the tape: rate"));
    assert!(
        told(TapeHeader { tape: VERSION - 1, ..TapeHeader::new("dawn", 60.0) })
            .contains("this is tape version 2, expected 3")
    );
    assert_eq!(TapeHeader::new("dawn", 60.0).version, env!("CARGO_PKG_VERSION"));
    assert_eq!(Transition::ALL.map(Transition::name), ["cut", "dissolve", "morph", "black"]);
}

#[test]
fn a_tape_truncated_anywhere_gives_its_whole_lines_or_is_rejected() {
    let mut bytes = Vec::new();
    tape().write(&mut bytes).unwrap();
    let ends: Vec<usize> = bytes.iter().enumerate().filter(|b| *b.1 == b'\n').map(|b| b.0).collect();
    for length in 0..=bytes.len() {
        let read = Tape::read(&bytes[..length]);
        // A line is whole without its end too.
        let whole = ends.iter().filter(|e| **e <= length).count();
        match read {
            Ok(read) => assert_eq!(read.events, tape().events[..whole - 1], "{length}"),
            Err(e) => assert!(whole == 0, "{length}: {e}"),
        }
    }
}
