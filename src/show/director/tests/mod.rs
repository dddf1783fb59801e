//! Transitions between scenes, and tapes that replay.

use super::*;
use systems::CATALOGUE;
use world::frame::Mean;
use world::tape::Tape;

mod transitions;

/// A noise whose palette is a single grey: its luminance is constant.
fn entry(name: &str, grey: &str, scale: f64, way: Transition, ticks: u64) -> SceneEntry {
    let text = format!(
        "size = [64, 36]\n[node.cloud]\nsystem = \"noise\"\nscale = {scale}\nspeed = 0\n[[layer]]\nshow = \"cloud.value\"\n\
         palette = \"{grey} {grey}\"\n"
    );
    let (seed, size, knobs) = (Some(7), None, Vec::new());
    SceneEntry { name: name.into(), folder: ".".into(), text, seed, size, knobs, way, ticks }
}

fn alive(name: &str, scale: f64, way: Transition, ticks: u64) -> SceneEntry {
    let e = entry(name, "#fff", scale, way, ticks);
    SceneEntry { text: e.text.replace("#fff #fff", "inferno"), ..e }
}

fn touch(x: f32) -> world::system::Touch {
    let (id, y, dx, dy, radius, strength) = (0, 0.5, 0.0, 0.0, 0.2, 1.0);
    world::system::Touch { id, x, y, dx, dy, radius, strength, phase: world::system::Phase::Move }
}

/// Mean luminance of each tick's picture.
fn lights(director: &mut Director, events: &[(u64, Event)], ticks: u64) -> Vec<f64> {
    let mut frame = Frame::default();
    let of = |t: u64| events.iter().filter(|e| e.0 == t).map(|e| e.1.clone()).collect::<Vec<_>>();
    (0..ticks)
        .map(|t| {
            director.step(&of(t)).unwrap();
            director.compose(&mut frame);
            frame.mean_luminance()
        })
        .collect()
}

#[test]
fn luminance_never_jumps_in_a_transition_from_black_to_white() {
    for way in [Transition::Dissolve, Transition::Morph, Transition::Black] {
        let mut director =
            Director::new(CATALOGUE, &entry("night", "#000", 3.0, Transition::Cut, 0), None).unwrap();
        let n = ticks(way, 0.1, 60.0);
        let there = Event::Enter(Box::new(entry("day", "#fff", 3.0, way, n)));
        let back = Event::Enter(Box::new(entry("night", "#000", 3.0, way, n)));
        // The way back starts in mid-transition, from the mixture.
        let light = lights(&mut director, &[(5, there), (5 + n * 3 / 4, back)], 3 * n);
        let step = light.windows(2).map(|w| (w[1] - w[0]).abs()).fold(0.0, f64::max);
        // 0.04 a tick is what the documents say; near white a byte is 0.009 of linear light, and half of it rounding.
        assert!(step <= 0.049, "{way:?}: a step of {step}");
        let most = light.iter().copied().fold(0.0, f64::max);
        assert!(most > 0.25 && light[light.len() - 1] < 1e-3, "{way:?}: {most}");
        assert_eq!(director.transition(), None);
    }
}

#[test]
fn both_scenes_run_during_a_transition() {
    let mut director = Director::new(CATALOGUE, &alive("a", 2.0, Transition::Cut, 0), None).unwrap();
    director.step(&[Event::Enter(Box::new(alive("b", 5.0, Transition::Dissolve, 100)))]).unwrap();
    (0..49).for_each(|_| director.step(&[]).unwrap());
    assert_eq!((director.outgoing[0].engine().tick(), director.front().tick()), (50, 50));
    assert_eq!(director.transition(), Some(0.5));
    // Half way, the picture is the mean light of what both show alone.
    let (mut a, mut b, mut both) = (Frame::default(), Frame::default(), Frame::default());
    director.outgoing[0].compose(&mut a);
    director.front.compose(&mut b);
    director.compose(&mut both);
    mix(&a, &mut b, 0.5);
    assert_eq!(both.rgba, b.rgba);
}

#[test]
fn a_morph_moves_shared_knobs_by_normalised_value_and_leaves_edited_ones_alone() {
    let mut director = Director::new(CATALOGUE, &alive("a", 2.0, Transition::Cut, 0), None).unwrap();
    let enter = Event::Enter(Box::new(alive("b", 8.0, Transition::Morph, 40)));
    director.step(&[enter]).unwrap();
    assert!(director.front().get("cloud.scale").unwrap() < 2.1);
    (0..19).for_each(|_| director.step(&[]).unwrap());
    let spec = director.front().locate("cloud.scale").unwrap().spec.unwrap();
    let middle = spec.value_at((spec.position_of(2.0) + spec.position_of(8.0)) / 2.0);
    assert!((director.front().get("cloud.scale").unwrap() - middle).abs() < 1e-9);
    let mut other = Director::new(CATALOGUE, &alive("a", 2.0, Transition::Cut, 0), None).unwrap();
    other.step(&[Event::Enter(Box::new(alive("b", 8.0, Transition::Morph, 40)))]).unwrap();
    other.step(&[Event::Set("cloud.scale".into(), 3.0)]).unwrap();
    (0..60).for_each(|_| {
        director.step(&[]).unwrap();
        other.step(&[]).unwrap();
    });
    assert_eq!(director.front().get("cloud.scale"), Some(8.0));
    assert_eq!(other.front().get("cloud.scale"), Some(3.0));
}

#[test]
fn an_entry_that_cannot_be_created_leaves_the_old_scene_playing() {
    let mut director = Director::new(CATALOGUE, &alive("a", 2.0, Transition::Cut, 0), None).unwrap();
    let mut bad = alive("b", 2.0, Transition::Cut, 0);
    bad.text = bad.text.replace("\"noise\"", "\"nosie\"");
    let problems = director.step(&[Event::Enter(Box::new(bad))]).unwrap_err();
    assert!(problems[0].message.contains("nosie"), "{}", problems[0].message);
    assert_eq!((director.front().scene().name.as_str(), director.tick()), ("a", 1));
}

/// A tape with everything on it, through text and back, gives the same pictures; at another size the same worlds.
#[test]
fn a_tape_of_a_whole_performance_replays_bit_for_bit() {
    let first = alive("a", 2.0, Transition::Cut, 0);
    let events = [
        (0, Event::Enter(Box::new(first.clone()))),
        (4, Event::Set("cloud.scale".into(), 0.1 + 3.2)),
        (6, Event::Touch(touch(0.3))),
        (7, Event::Link(0, false)),
        (8, Event::Signal("osc.x".into(), 1.0 / 3.0)),
        (10, Event::Enter(Box::new(alive("b", 5.0, Transition::Morph, 30)))),
        (17, Event::Set("layer.cloud-value.opacity".into(), 0.3)),
        (25, Event::Enter(Box::new(alive("c", 1.5, Transition::Black, 20)))),
        (28, Event::Hurry(7)),
        (33, Event::Reseed(99)),
        (40, Event::Reborn(Box::new(WorldReset { seed: 98, knobs: vec![("cloud.scale".into(), 0.7)] }))),
        (60, Event::Swap(Box::new(alive("c", 2.5, Transition::Cut, 0)))),
        (80, Event::Mark),
    ];
    let mut tape = Tape::new("a", 60.0);
    events.iter().for_each(|(t, e)| tape.record(*t, e.clone()));
    let mut bytes = Vec::new();
    tape.write(&mut bytes).unwrap();
    let read = Tape::read(&bytes[..]).unwrap();
    let run = |tape: &Tape, canvas| {
        let mut director = Director::new(CATALOGUE, &first, canvas).unwrap();
        let mut frame = Frame::default();
        let mut hashes = Vec::new();
        for t in 0..tape.end() {
            let now: Vec<Event> = tape.at(t).skip((t == 0) as usize).cloned().collect();
            director.step(&now).unwrap();
            director.compose(&mut frame);
            hashes.push(frame.hash());
        }
        (hashes, director.front().field(0, 0))
    };
    let (live, field) = run(&tape, None);
    assert_eq!(run(&read, None).0, live);
    let mut without = tape.clone();
    without.events.retain(|e| e.0 != 4);
    let without = run(&without, None).0;
    assert!(live[..4] == without[..4] && live[4] != without[4], "a knob change is visible from its tick on");
    let small = run(&read, Some((32, 18)));
    assert_eq!(small.1, field, "another canvas shows the same world");
}
