//! Which knobs worlds are created with, and which worlds are kept.

use super::super::PreparedNodes;
use super::*;
use crate::scene::Address;

#[test]
fn worlds_are_created_with_the_knobs_that_are_set_and_claim_no_others() {
    let mut e = run("[node.a]\nsystem = \"counter\"\nstart = 2\n");
    e.apply(&Event::Set("a.start".into(), 7.0));
    assert_eq!((count(&e, 0), e.get("a.start"), e.now("a.start")), (2.0, Some(7.0), Some(2.0)));
    assert_eq!(e.knob_text(), "", "its picture is of a world created with 2");
    e.apply(&Event::Reseed(9));
    assert_eq!((count(&e, 0), e.now("a.start"), e.seed()), (7.0, Some(7.0), 9));
    assert_eq!(e.knob_text(), "a.start=7");
    let moved: Vec<(String, f64)> = e.created_with().into_iter().map(|(a, v)| (a.to_string(), v)).collect();
    assert_eq!(moved, [("a.start".to_string(), 7.0)]);
    // The same from a scene whose file says so, and from overrides.
    let overridden = Engine::with(e.scene().clone(), Some(9), &e.created_with()).unwrap();
    assert_eq!((count(&overridden, 0), overridden.get("a.start")), (7.0, Some(7.0)));
    // A saved file that says 7 fits the running world; one that still says 2 does not.
    let file = |start: u32| {
        parse(&format!("{HEAD}rate = 30\n[node.a]\nsystem = \"counter\"\nstart = {start}\n{LAYER}")).unwrap()
    };
    e.step(&[]);
    assert_eq!((e.would_instantiate(&file(7)), e.would_instantiate(&file(2))), (vec![false], vec![true]));
    e.swap(file(7), None).unwrap();
    assert_eq!(count(&e, 0), 8.0, "it is kept");
    e.swap(file(2), None).unwrap();
    assert_eq!(count(&e, 0), 2.0, "it restarts");
}

#[test]
fn prepared_nodes_are_taken_over_if_they_are_what_would_be_created() {
    let mut e = run("[node.a]\nsystem = \"counter\"\n[node.b]\nsystem = \"counter\"\n");
    e.step(&[]);
    let start = |v: f64| vec![(Address::from("b.start"), v)];
    for (ready, seed, value) in [(4.0, 5, 4.0), (4.0, 6, 4.0), (3.0, 5, 4.0)] {
        let prepared = PreparedNodes::of(e.scene(), 5, &start(ready), |_| true).unwrap();
        e.restart(seed, &start(value), Some(prepared)).unwrap();
        // Whatever was ready, the outcome is that of a restart now.
        assert_eq!((count(&e, 0), count(&e, 1), e.seed()), (0.0, value as f32, seed));
        assert_eq!(e.get("b.start"), Some(0.0), "what the user has set stays set");
    }
}

#[test]
fn a_reload_keeps_running_worlds_and_takes_new_knobs() {
    let mut e = run("[node.a]\nsystem = \"counter\"\n[node.b]\nsystem = \"counter\"\n");
    (0..5).for_each(|_| e.step(&[]));
    let text = format!(
        "{HEAD}[node.b]\nsystem = \"counter\"\nstart = 3\n[node.a]\nsystem = \"counter\"\nrate = 2\n{LAYER}"
    );
    e.swap(parse(&text).unwrap(), None).unwrap();
    e.step(&[]);
    assert_eq!((count(&e, 1), count(&e, 0)), (7.0, 4.0), "a is kept at its new rate, b restarts");
    assert_eq!(e.tick(), 6);
}

#[test]
fn worlds_that_cannot_be_created_leave_the_old_ones_running() {
    let mut e = run("[node.a]\nsystem = \"counter\"\nword = \"still\"\n[node.b]\nsystem = \"counter\"\n");
    (0..3).for_each(|_| e.step(&[]));
    e.set("a.start", 60.0);
    let told = e.reseed(9).unwrap_err();
    assert!(told[0].message.contains("it is still") && told[0].line == 2, "{told:?}");
    assert_eq!((count(&e, 0), count(&e, 1), e.seed()), (3.0, 3.0, 1));
    let text = e.scene().source.replace("word = \"still\"", "word = \"still\"\nstart = 70");
    assert!(e.swap(parse(&text).unwrap(), None).is_err());
    e.step(&[]);
    assert_eq!((count(&e, 0), count(&e, 1), e.get("a.start")), (4.0, 4.0, Some(60.0)));
}

#[test]
fn an_unknown_address_is_ignored_at_instantiation() {
    let scene = run("[node.a]\nsystem = \"counter\"\n").scene().clone();
    let moved: Vec<(Address, f64)> = [
        ("a.start", 3.0),
        ("a.nothing", 1.0),
        ("z.rate", 1.0),
        ("layer.a-value.opacity", 0.5),
        ("a.rate", 99.0),
    ]
    .map(|(a, v)| (a.into(), v))
    .to_vec();
    let e = Engine::with(scene, None, &moved).unwrap();
    assert_eq!((count(&e, 0), e.get("a.rate"), e.now("layer.a-value.opacity")), (3.0, Some(10.0), Some(0.5)));
}

#[test]
fn an_address_is_found_in_any_scene_that_has_it_and_in_no_other() {
    let e = run("[node.a]\nsystem = \"counter\"\n[node.b]\nsystem = \"counter\"\n");
    let other = run("[node.b]\nsystem = \"counter\"\nrate = 3\n[node.a]\nsystem = \"counter\"\nrate = 4\n");
    let found = e.locate("a.rate").unwrap().address.clone();
    assert_eq!((e.get(&found), other.get(&found)), (Some(1.0), Some(4.0)), "its index there differs");
    let gone = run("[node.c]\nsystem = \"counter\"\n[node.a]\nsystem = \"counter\"\n");
    assert_eq!(gone.get(e.locate("b.rate").unwrap().address.clone()), None);
    let text = serde_json::to_string(&found).unwrap();
    assert_eq!((text.as_str(), serde_json::from_str::<Address>(&text).unwrap()), ("\"a.rate\"", found));
}

#[test]
fn a_world_is_kept_only_if_name_kind_size_texts_and_birth_knobs_are_the_same() {
    let text = |name: &str, size: &str, start: u32, rate: u32, word: &str| {
        format!(
            "{HEAD}[node.{name}]\nsystem = \"counter\"\nsize = {size}\nstart = {start}\nrate = {rate}\nword = \"{word}\"\n\
             [[layer]]\nshow = \"{name}.value\"\n"
        )
    };
    let old = text("a", "[8, 4]", 2, 1, "yes");
    let e = Engine::new(parse(&old).unwrap(), None).unwrap();
    let restarts = |text: String| e.would_instantiate(&parse(&text).unwrap())[0];
    assert!(!restarts(old) && !restarts(text("a", "[8, 4]", 2, 9, "yes")), "other knobs may change");
    assert!(restarts(text("b", "[8, 4]", 2, 1, "yes")) && restarts(text("a", "[8, 5]", 2, 1, "yes")));
    assert!(restarts(text("a", "[8, 4]", 3, 1, "yes")) && restarts(text("a", "[8, 4]", 2, 1, "no")));
}

#[test]
fn a_scene_that_takes_over_brings_its_switches_layers_voices_and_links() {
    let mut e =
        run("[node.a]\nsystem = \"counter\"\n[[link]]\nfrom = \"osc.x\"\nto = \"a.rate\"\nspan = [1, 5]\n");
    e.step(&[Event::Link(0, false), Event::Set("a.counting".into(), 0.0)]);
    let text = e.scene().source.replace(
        "[[link]]",
        "off = [\"counting\"]\n[voice.v]\nkind = \"wind\"\nread = \"a.value\"\n[[link]]",
    );
    let text = text.replace("show = \"a.value\"", "show = \"a.half\"\nopacity = 0.5");
    e.swap(parse(&text).unwrap(), None).unwrap();
    assert!(!e.links()[0].on, "a link with the same declaration stays disabled");
    assert_eq!((e.get("a.counting"), e.now("a.counting")), (Some(0.0), Some(0.0)));
    assert_eq!((e.voices().len(), e.layers()[0].knobs.opacity, e.tick()), (1, 0.5, 1));
    let other = text.replace("off = [\"counting\"]\n", "").replace("span = [1, 5]", "span = [1, 6]");
    e.swap(parse(&other).unwrap(), None).unwrap();
    assert!(e.links()[0].on, "another one starts enabled");
    assert_eq!((e.get("a.counting"), e.now("a.counting")), (Some(1.0), Some(1.0)));
    e.step(&[Event::Signal("osc.x".into(), 1.0)]);
    assert_eq!((e.now("a.rate"), count(&e, 0)), (Some(6.0), 6.0));
}

#[test]
fn prepared_nodes_of_a_changed_scene_are_taken_and_the_rest_are_created() {
    let two = "[node.a]\nsystem = \"counter\"\n[node.b]\nsystem = \"counter\"\nstart = 5\n";
    let ready = |which: fn(usize) -> bool| {
        let mut e = run("[node.c]\nsystem = \"counter\"\n[node.a]\nsystem = \"counter\"\n");
        e.step(&[]);
        let scene = parse(&format!("{HEAD}{two}{LAYER}")).unwrap();
        let prepared = PreparedNodes::of(&scene, e.seed(), &[], which).unwrap();
        e.swap(scene, Some(prepared)).unwrap();
        (count(&e, 0), count(&e, 1))
    };
    let selections: [fn(usize) -> bool; 4] = [|_| true, |i| i == 1, |i| i == 0, |_| false];
    for which in selections {
        assert_eq!(ready(which), (1.0, 5.0), "one is kept, the other is created");
    }
}
