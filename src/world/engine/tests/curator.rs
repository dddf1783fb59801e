//! What a bored curator does.

use super::*;

#[test]
fn a_bored_curator_mutates_only_when_it_has_heard_low_values_for_long() {
    let mut e = run("rate = 10\n[node.a]\nsystem = \"counter\"\n\
        [curator]\nbelow = 0.3\nseconds = 1\naction = \"mutate\"\namount = 0.5\nknobs = [\"a.rate\"]\n");
    let novelty = |v| [Event::Signal("judge.novelty".into(), v)];
    (0..30).for_each(|_| e.step(&[]));
    assert_eq!(e.curator_acts(), 0, "no verdict is not boredom");
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
fn a_curator_bears_anew_asks_for_the_next_scene_and_flips_switches() {
    let bored = |action: &str, more: &str| {
        let text = format!(
            "rate = 10\n[node.a]\nsystem = \"counter\"\n[curator]\nwatch = \"osc.x\"\nbelow = 0.3\nseconds = 0.5\n\
             action = \"{action}\"\n{more}"
        );
        let mut e = run(&text);
        (0..7).for_each(|_| e.step(&[Event::Signal("osc.x".into(), 0.0)]));
        e
    };
    let anew = bored("reseed", "");
    assert!(anew.curator_acts() == 1 && anew.seed() != 1 && count(&anew, 0) < 7.0);
    let mut next = bored("next", "");
    assert_eq!((next.seed(), count(&next, 0)), (1, 7.0));
    assert!(next.take_wish_for_next() && !next.take_wish_for_next());
    let flips = bored("mutate", "amount = 1.0\nknobs = [\"a.counting\"]\n");
    assert_eq!(flips.get("a.counting"), Some(0.0));
}
