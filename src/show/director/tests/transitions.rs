//! Transitions: how long they take, what of the outgoing scene keeps running, and what of it is visible.

use super::*;
use systems::CATALOGUE;

fn enter(entry: SceneEntry) -> Event {
    Event::Enter(Box::new(entry))
}

fn picture(director: &mut Director) -> Frame {
    let mut frame = Frame::default();
    director.compose(&mut frame);
    frame
}

#[test]
fn a_transition_takes_its_seconds_but_is_never_so_short_that_luminance_jumps() {
    let of = |way, seconds| ticks(way, seconds, 60.0);
    assert_eq!(
        (of(Transition::Cut, 9.0), of(Transition::Dissolve, 9.0), of(Transition::Morph, 2.5)),
        (0, 540, 150)
    );
    assert_eq!(
        (of(Transition::Dissolve, 0.1), of(Transition::Morph, 0.0), of(Transition::Black, 0.1)),
        (38, 38, 75)
    );
    assert_eq!(of(Transition::Dissolve, -1.0), 38);
}

#[test]
fn a_fade_through_black_is_black_half_way() {
    let mut director = Director::new(CATALOGUE, &entry("a", "#888", 3.0, Transition::Cut, 0), None).unwrap();
    let lit = picture(&mut director).mean_luminance();
    let light = lights(&mut director, &[(0, enter(entry("b", "#888", 3.0, Transition::Black, 80)))], 80);
    assert!(light[39] < 1e-3 && lit > 0.1, "{} of {lit}", light[39]);
    assert!((light[19] - light[59]).abs() < 0.01 && light[79] > 0.99 * lit, "both halves are symmetric");
}

#[test]
fn a_shortened_transition_still_completes() {
    let mut director = Director::new(CATALOGUE, &alive("a", 2.0, Transition::Cut, 0), None).unwrap();
    director.step(&[enter(alive("b", 8.0, Transition::Morph, 60))]).unwrap();
    (0..9).for_each(|_| director.advance());
    director.step(&[Event::Hurry(20)]).unwrap();
    assert_eq!(director.transition(), Some(31.0 / 60.0));
    let spec = director.front().locate("cloud.scale").unwrap().spec.unwrap();
    let t = 31.0 / 60.0;
    let [a, b] = [2.0, 8.0].map(|v| spec.position_of(v));
    let there = spec.value_at(a + (b - a) * t * t * (3.0 - 2.0 * t));
    let found = |e: &Engine| e.get("cloud.scale").unwrap();
    assert!((found(director.front()) - there).abs() < 1e-9, "{} {there}", found(director.front()));
    assert_eq!(found(director.outgoing[0].engine()), found(director.front()), "the old scene moves along");
    director.apply(&Event::Hurry(u64::MAX)).unwrap();
    assert!(director.transition().is_some_and(|t| t < 1.0), "it ends with a tick");
    director.advance();
    assert_eq!((director.transition(), found(director.front())), (None, 8.0));
    assert_eq!(director.tick(), 12, "the clock is not hurried");
    director.step(&[Event::Hurry(5)]).unwrap();
    assert_eq!(director.transition(), None);
}

#[test]
fn a_knob_that_takes_effect_on_restart_is_not_morphed() {
    let life = |name: &str, density: f64, way, ticks| SceneEntry {
        text: format!(
            "size = [32, 18]\n[node.cells]\nsystem = \"life\"\ndensity = {density}\nspark = {density}\n\
             [[layer]]\nshow = \"cells.alive\"\n"
        ),
        ..alive(name, 1.0, way, ticks)
    };
    let mut director = Director::new(CATALOGUE, &life("a", 0.25, Transition::Cut, 0), None).unwrap();
    director.step(&[enter(life("b", 0.75, Transition::Morph, 40))]).unwrap();
    let of = |d: &Director, knob: &str| d.front().get(format!("cells.{knob}")).unwrap();
    assert_eq!(of(&director, "density"), 0.75);
    assert!(of(&director, "spark") < 0.3);
}

#[test]
fn an_outgoing_scene_receives_signals_and_reports_what_it_reads_until_it_is_gone() {
    let linked = |name: &str, signal: &str, quantise: f64, way, ticks| {
        let e = alive(name, 2.0, way, ticks);
        let link = format!("[[link]]\nfrom = \"{signal}\"\nto = \"cloud.scale\"\nquantise = {quantise}\n");
        SceneEntry { text: e.text + "\n" + &link, ..e }
    };
    let mut director =
        Director::new(CATALOGUE, &linked("a", "osc.x", 4.0, Transition::Cut, 0), None).unwrap();
    assert!(director.reads("osc.x") && !director.reads("osc.y") && director.is_quantised());
    director.apply(&enter(linked("b", "osc.y", 0.0, Transition::Dissolve, 50))).unwrap();
    assert!(director.reads("osc.x") && director.reads("osc.y") && director.is_quantised());
    director.step(&[Event::Signal("osc.x".into(), 0.7), Event::Touch(touch(0.25))]).unwrap();
    let old = director.outgoing[0].engine().signals();
    assert_eq!((old.get("osc.x"), old.get("touch.x")), (0.7, 0.25));
    assert_eq!(director.front().signals().get("touch.x"), 0.25);
    (0..49).for_each(|_| director.advance());
    assert!(!director.reads("osc.x") && director.reads("osc.y") && !director.is_quantised());
}

#[test]
fn at_most_three_scenes_are_outgoing_at_once() {
    let mut director = Director::new(CATALOGUE, &alive("0", 2.0, Transition::Cut, 0), None).unwrap();
    for i in 1..=5 {
        director.step(&[enter(alive(&i.to_string(), 2.0, Transition::Dissolve, 100))]).unwrap();
    }
    let names: Vec<&str> = director.outgoing.iter().map(|l| l.engine().scene().name.as_str()).collect();
    assert_eq!((names, director.front().scene().name.as_str()), (vec!["2", "3", "4"], "5"));
    director.step(&[enter(alive("6", 2.0, Transition::Cut, 0))]).unwrap();
    assert!(director.outgoing.is_empty(), "a cut leaves nothing");
}

#[test]
fn scenes_of_two_sizes_mix_at_the_incoming_size_and_provenance_says_so() {
    let mut director = Director::new(CATALOGUE, &entry("a", "#fff", 3.0, Transition::Cut, 0), None).unwrap();
    let small = entry("b", "#000", 3.0, Transition::Dissolve, 100);
    let small = SceneEntry { text: small.text.replace("[64, 36]", "[32, 18]"), ..small };
    director.apply(&enter(small)).unwrap();
    (0..50).for_each(|_| director.advance());
    let half = picture(&mut director);
    assert_eq!((half.width, half.height), (32, 18));
    assert!((half.mean_luminance() - 0.5).abs() < 0.01, "{}", half.mean_luminance());
    assert!(half.provenance.knobs.ends_with("[dissolve 0.500]"), "{}", half.provenance.knobs);
}

#[test]
fn a_prepared_scene_is_used_only_for_the_event_that_names_it() {
    let mut director = Director::new(CATALOGUE, &alive("a", 2.0, Transition::Cut, 0), None).unwrap();
    let (b, c) = (alive("b", 5.0, Transition::Cut, 0), alive("c", 6.0, Transition::Cut, 0));
    // Worlds that have run for a while, so that they can be recognised.
    let aged = |entry: &SceneEntry| {
        let mut engine = instantiate(CATALOGUE, entry, None).unwrap();
        (0..9).for_each(|_| engine.step(&[]));
        PreparedScene::Scene(entry.clone(), engine)
    };
    director.prepare(aged(&b));
    director.apply(&enter(c.clone())).unwrap();
    assert_eq!((director.front().scene().name.as_str(), director.front().tick()), ("c", 0));
    director.apply(&enter(b.clone())).unwrap();
    assert_eq!((director.front().scene().name.as_str(), director.front().tick()), ("b", 9));
    director.apply(&enter(b)).unwrap();
    assert_eq!(director.front().tick(), 0, "it is used once");
    director.prepare(aged(&c));
    let other = SceneEntry { seed: Some(8), ..c };
    director.apply(&enter(other)).unwrap();
    assert_eq!((director.front().tick(), director.front().seed()), (0, 8));
}

/// Every pixel a different colour.
fn chart(width: usize, height: usize, seed: u64) -> Frame {
    let rng = world::rng::Rng::new(seed);
    let mut frame = Frame::new(width, height);
    frame
        .rgba
        .iter_mut()
        .enumerate()
        .for_each(|(i, v)| *v = if i % 4 == 3 { 255 } else { rng.bits(i as u64) as u8 });
    frame
}

#[test]
fn a_picture_of_another_size_is_resampled_by_nearest_neighbour() {
    for ((w, h), (width, height)) in [((4, 2), (2, 1)), ((3, 2), (6, 6)), ((8, 3), (5, 7)), ((4, 4), (4, 2))]
    {
        let (old, mut left, mut incoming) = (chart(w, h, 1), chart(w, h, 1), chart(width, height, 2));
        fit_and_mix(&mut left, &mut incoming, 0.0);
        for (x, y) in (0..width).flat_map(|x| (0..height).map(move |y| (x, y))) {
            assert_eq!(incoming.pixel(x, y), old.pixel(x * w / width, y * h / height), "{w} {h}: {x} {y}");
        }
    }
}

#[test]
fn each_transition_blends_in_its_own_way() {
    let blended = |way, done| {
        let (mut old, mut new) = (chart(8, 4, 1), chart(8, 4, 2));
        blend(&mut old, &mut new, way, done);
        new
    };
    let mixed = |weight: f32| {
        let mut new = chart(8, 4, 2);
        mix(&chart(8, 4, 1), &mut new, weight);
        new
    };
    let dimmed = |seed, light: f32| {
        let mut frame = chart(8, 4, seed);
        dim(&mut frame, light);
        frame
    };
    assert_eq!(blended(Transition::Cut, 0.25).rgba, chart(8, 4, 2).rgba);
    // 3t² − 2t³ at a quarter, and at three quarters.
    for way in [Transition::Dissolve, Transition::Morph] {
        assert_eq!(blended(way, 0.25).rgba, mixed(0.156_25).rgba);
        assert_eq!(blended(way, 0.75).rgba, mixed(0.843_75).rgba);
    }
    assert_eq!(blended(Transition::Black, 0.125).rgba, dimmed(1, 0.843_75).rgba);
    assert_eq!(blended(Transition::Black, 0.5).rgba, dimmed(2, 0.0).rgba);
    assert_eq!(blended(Transition::Black, 0.625).rgba, dimmed(2, 0.156_25).rgba);
}

#[test]
fn several_outgoing_scenes_are_composited_from_the_oldest_up() {
    let mut director = Director::new(CATALOGUE, &alive("a", 2.0, Transition::Cut, 0), None).unwrap();
    director.apply(&enter(alive("b", 5.0, Transition::Dissolve, 40))).unwrap();
    (0..10).for_each(|_| director.advance());
    director.apply(&enter(alive("c", 9.0, Transition::Black, 40))).unwrap();
    (0..5).for_each(|_| director.advance());
    let seen = picture(&mut director);
    let of = |engine: &mut dyn FnMut(&mut Frame)| {
        let mut frame = Frame::default();
        engine(&mut frame);
        frame
    };
    let [mut a, mut b] = [0, 1].map(|i| of(&mut |f| director.outgoing[i].compose(f)));
    let mut c = of(&mut |f| director.front.compose(f));
    blend(&mut a, &mut b, Transition::Dissolve, 15.0 / 40.0);
    blend(&mut b, &mut c, Transition::Black, 5.0 / 40.0);
    assert_eq!(seen.rgba, c.rgba);
    assert!(seen.provenance.knobs.ends_with("[black 0.125]"), "{}", seen.provenance.knobs);
    assert_eq!(director.transition(), Some(0.125), "the newest one");
}

#[test]
fn knobs_of_one_name_and_two_kinds_are_not_morphed() {
    let scene = |name: &str, system: &str, show: &str, speed: f64, way, ticks| SceneEntry {
        text: format!(
            "size = [32, 18]\n[node.a]\nsystem = \"{system}\"\nspeed = {speed}\n[[layer]]\nshow = \"a.{show}\"\n"
        ),
        ..alive(name, 1.0, way, ticks)
    };
    let mut director =
        Director::new(CATALOGUE, &scene("a", "noise", "value", 0.5, Transition::Cut, 0), None).unwrap();
    director.apply(&enter(scene("b", "life", "alive", 8.0, Transition::Morph, 40))).unwrap();
    assert_eq!(director.front().get("a.speed"), Some(8.0), "it is another knob");
    assert_eq!(director.outgoing[0].engine().get("a.speed"), Some(0.5));
    director.apply(&enter(scene("c", "life", "alive", 2.0, Transition::Morph, 40))).unwrap();
    assert_eq!(director.front().get("a.speed"), Some(8.0), "this one is the same");
    assert_eq!(director.front().get("layer.a-alive.opacity"), Some(1.0));
}

#[test]
fn using_a_prepared_scene_drops_those_prepared_before_it() {
    let mut director = Director::new(CATALOGUE, &alive("a", 2.0, Transition::Cut, 0), None).unwrap();
    let entries = ["b", "c", "d"].map(|n| alive(n, 3.0, Transition::Cut, 0));
    entries.iter().for_each(|e| {
        director.prepare(PreparedScene::Scene(e.clone(), instantiate(CATALOGUE, e, None).unwrap()))
    });
    director.apply(&enter(entries[1].clone())).unwrap();
    assert_eq!(director.ready.len(), 1);
    director.apply(&enter(entries[2].clone())).unwrap();
    assert!(director.ready.is_empty());
    // Nodes prepared for a reload or a restart are used by the events that name them.
    let changed = alive("d", 4.0, Transition::Cut, 0);
    let prepared =
        |seed| PreparedNodes::of(&scene(CATALOGUE, &changed, None).unwrap(), seed, &[], |_| true).unwrap();
    director.prepare(PreparedScene::Changed(changed.clone(), prepared(7)));
    director.apply(&Event::Swap(Box::new(changed.clone()))).unwrap();
    assert_eq!((director.ready.len(), director.front().get("cloud.scale")), (0, Some(4.0)));
    let reset = WorldReset { seed: 9, knobs: Vec::new() };
    director.prepare(PreparedScene::Restart(reset.clone(), prepared(9)));
    director.apply(&Event::Reborn(Box::new(reset))).unwrap();
    assert_eq!((director.ready.len(), director.front().seed()), (0, 9));
}

#[test]
fn a_canvas_resizes_only_the_picture_and_an_entry_size_its_worlds() {
    let sized = SceneEntry { size: Some((48, 20)), ..alive("a", 2.0, Transition::Cut, 0) };
    let size = |entry: &SceneEntry, canvas| {
        let scene = scene(CATALOGUE, entry, canvas).unwrap();
        (scene.size, scene.nodes[0].size)
    };
    assert_eq!(size(&sized, None), ((48, 20), (48, 20)));
    assert_eq!(size(&sized, Some((10, 6))), ((10, 6), (48, 20)));
    assert_eq!(size(&SceneEntry { size: None, ..sized }, None), ((64, 36), (64, 36)));
}
