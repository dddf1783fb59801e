//! Actions of the curator.

use super::*;

#[test]
fn a_curator_mutates_only_after_the_signal_has_been_low_for_long() {
    let mut e = run("rate = 10\n[node.a]\nsystem = \"counter\"\n\
        [curator]\nbelow = 0.3\nseconds = 1\naction = \"mutate\"\namount = 0.5\nknobs = [\"a.rate\"]\n");
    let novelty = |v| [Event::Signal("judge.novelty".into(), v)];
    (0..30).for_each(|_| e.step(&[]));
    assert_eq!(e.curator_acts(), 0, "no verdict is not a low one");
    (0..10).for_each(|_| e.step(&novelty(0.1)));
    e.step(&novelty(0.9));
    (0..10).for_each(|_| e.step(&novelty(0.1)));
    assert_eq!((e.curator_acts(), e.get("a.rate")), (0, Some(1.0)));
    e.step(&novelty(0.1));
    assert_eq!(e.curator_acts(), 1);
    let moved = e.get("a.rate").unwrap();
    assert!(moved != 1.0 && (moved - 1.0).abs() <= 10.0);
}

#[test]
fn a_curator_reseeds_requests_the_next_scene_and_flips_switches() {
    let triggered = |action: &str, more: &str| {
        let text = format!(
            "rate = 10\n[node.a]\nsystem = \"counter\"\n[curator]\nwatch = \"osc.x\"\nbelow = 0.3\nseconds = 0.5\n\
             action = \"{action}\"\n{more}"
        );
        let mut e = run(&text);
        (0..7).for_each(|_| e.step(&[Event::Signal("osc.x".into(), 0.0)]));
        e
    };
    let reseeded = triggered("reseed", "");
    assert!(reseeded.curator_acts() == 1 && reseeded.seed() != 1 && count(&reseeded, 0) < 7.0);
    let mut next = triggered("next", "");
    assert_eq!((next.seed(), count(&next, 0)), (1, 7.0));
    assert!(next.take_next_request() && !next.take_next_request());
    let flips = triggered("mutate", "amount = 1.0\nknobs = [\"a.counting\"]\n");
    assert_eq!(flips.get("a.counting"), Some(0.0));
}

#[test]
fn a_value_at_the_threshold_does_not_trigger_and_each_act_starts_a_new_wait() {
    let text = "rate = 10\n[node.a]\nsystem = \"counter\"\n\
                [curator]\nwatch = \"osc.x\"\nbelow = 0.25\nseconds = 0.5\naction = \"next\"\n";
    let acts = |value: f64, ticks: u64| {
        let mut e = run(text);
        (0..ticks).for_each(|_| e.step(&[Event::Signal("osc.x".into(), value)]));
        e.curator_acts()
    };
    assert_eq!((acts(0.25, 60), acts(0.24, 5), acts(0.24, 6)), (0, 0, 1));
    // Half a second after each act the next, and no sooner.
    assert_eq!((acts(0.0, 10), acts(0.0, 11), acts(0.0, 21)), (1, 2, 4));
}

#[test]
fn a_mutation_moves_each_knob_by_its_own_draw_of_its_travel() {
    let text = "[node.a]\nsystem = \"counter\"\n[node.b]\nsystem = \"counter\"\nrate = 3\n";
    let names = ["a.rate", "a.nothing", "b.rate", "a.counting"].map(String::from);
    let (mut on, mut off) = (0, 0);
    for seed in 0..40 {
        let rng = crate::rng::Rng::new(seed);
        let mut e = run(text);
        let amount = 0.3;
        e.mutate(&names, amount, rng);
        let moved = |place: u64, old: f64| {
            let spec = e.locate("a.rate").unwrap().spec.unwrap();
            spec.value_at(spec.position_of(old) + (2.0 * rng.unit64(place) - 1.0) * amount)
        };
        assert_eq!((e.get("a.rate"), e.get("b.rate")), (Some(moved(0, 1.0)), Some(moved(2, 3.0))));
        let flips = rng.unit64(3) < amount;
        assert_eq!(e.get("a.counting"), Some(!flips as u8 as f64));
        e.set("a.counting", 0.0);
        e.mutate(&names, amount, rng);
        assert_eq!(e.get("a.counting"), Some(flips as u8 as f64));
        (on, off) = (on + flips as u8, off + !flips as u8);
    }
    assert!(on > 4 && off > 4, "both happen");
}
