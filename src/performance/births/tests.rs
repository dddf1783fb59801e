//! Births one after the other, forgotten, stuck and told.

use super::*;
use systems::CATALOGUE;

fn coming(place: usize, text: &str) -> Order {
    let source = Source::Made(format!("s{place}"), text.into());
    let (way, knobs, then) = (Passage::Cut, Vec::new(), Vec::new());
    let (cue, seconds, seed, size) = (None, 0.0, None, None);
    Order::Scene(Box::new(Coming { source, place, cue, way, seconds, seed, size, knobs, then }))
}

const SCENE: &str = "size = [16, 9]\n[node.a]\nsystem = \"noise\"\n[[layer]]\nshow = \"a.value\"\n";

fn wait(births: &mut Births) -> Outcome {
    (0..20_000)
        .find_map(|_| {
            std::thread::sleep(Duration::from_millis(1));
            births.ready()
        })
        .expect("a birth within twenty seconds")
}

#[test]
fn two_hundred_orders_make_two_worlds_and_the_newest_comes() {
    let mut births = Births::new(CATALOGUE);
    (0..200).for_each(|i| births.order(coming(i, SCENE)));
    let mut places = Vec::new();
    while births.is_scene_coming() {
        match wait(&mut births).order {
            Order::Scene(coming) => places.push(coming.place),
            _ => panic!("nothing else was ordered"),
        }
    }
    // The first may have begun before the last was ordered; what came between was never begun.
    assert!(places.len() <= 2 && places.last() == Some(&199), "{places:?}");
}

#[test]
fn what_cannot_be_born_is_told_and_the_next_is_born() {
    let mut births = Births::new(CATALOGUE);
    births.order(coming(0, &SCENE.replace("noise", "nosie")));
    let told = wait(&mut births).ready.err().expect("it cannot be born");
    assert!(told[0].contains("nosie"), "{told:?}");
    births.order(coming(1, SCENE));
    assert!(wait(&mut births).ready.is_ok() && !births.is_scene_coming());
}

#[test]
fn a_birth_that_never_ends_does_not_hold_up_those_after_it() {
    let mut births = Births::new(CATALOGUE);
    // As if the worker had been at it for long.
    let since = Instant::now().checked_sub(PATIENCE * 2).unwrap_or_else(Instant::now);
    let stuck = since.elapsed() > PATIENCE;
    births.lock().busy = Some((0, since, 0));
    births.order(coming(7, SCENE));
    if !stuck {
        return;
    }
    assert!(matches!(wait(&mut births).order, Order::Scene(c) if c.place == 7));
    assert_eq!(births.left, 1);
}

#[test]
fn orders_for_the_scene_in_front_are_forgotten_when_it_is_left() {
    let mut births = Births::new(CATALOGUE);
    births.lock().busy = Some((0, Instant::now(), 0));
    let source = Source::Made("s".into(), SCENE.into());
    let scene = source.load(CATALOGUE).unwrap();
    let reborn = Reborn { seed: 4, knobs: Vec::new() };
    births.order(Order::Anew(Box::new(Anew { scene, reborn, generation: 0 })));
    births.order(coming(3, SCENE));
    assert_eq!(births.lock().orders.len(), 2, "orders of two kinds wait beside each other");
    births.forget_front();
    births.lock().busy = None;
    births.shared.news.notify_all();
    assert!(matches!(wait(&mut births).order, Order::Scene(_)));
    assert!(births.ready().is_none() && !births.is_scene_coming());
}

#[test]
fn each_kind_of_order_comes_to_its_own_and_a_changed_scene_bears_only_what_is_asked() {
    let mut births = Births::new(CATALOGUE);
    let source =
        Source::Made("s".into(), SCENE.replace("[[layer]]", "[node.b]\nsystem = \"life\"\n[[layer]]"));
    let scene = source.load(CATALOGUE).unwrap();
    let Order::Scene(coming) = coming(2, SCENE) else { panic!("a scene") };
    let (entry, _) = entry(CATALOGUE, &coming).unwrap();
    let changed = |which: Vec<bool>| {
        let (entry, scene) = (entry.clone(), scene.clone());
        Order::Changed(Box::new(Changed { entry, scene, seed: 5, which, generation: 3 }))
    };
    for (which, born) in
        [(vec![true, false], [true, false]), (vec![false], [false, true]), (vec![], [true, true])]
    {
        births.order(changed(which));
        assert!(!births.is_scene_coming());
        let Ok(Ready::Changed(of, litter)) = wait(&mut births).ready else { panic!("a changed scene") };
        assert_eq!(of, entry);
        assert_eq!([0, 1].map(|place| litter.holds(place)), born);
    }
    let reborn = Reborn { seed: 4, knobs: vec![("b.density".into(), 1.0)] };
    births.order(Order::Anew(Box::new(Anew { scene: scene.clone(), reborn: reborn.clone(), generation: 0 })));
    let Ok(Ready::Anew(told, litter)) = wait(&mut births).ready else { panic!("worlds anew") };
    assert_eq!(told, reborn);
    let mut engine = Engine::new(scene, Some(1)).unwrap();
    engine.rebirth(4, &reborn.knobs, Some(litter)).unwrap();
    assert_eq!((engine.seed(), engine.field(1, 0).mean(0)), (4, 1.0));
}

#[test]
fn a_worker_is_left_to_itself_only_after_its_time_and_not_more_often_than_there_may_be() {
    let Some(long_ago) = Instant::now().checked_sub(PATIENCE * 2) else { return };
    let orders = |since: Instant, left: usize| {
        let mut births = Births::new(CATALOGUE);
        births.left = left;
        births.lock().busy = Some((0, since, 0));
        births.order(coming(1, SCENE));
        let desk = births.lock();
        (births.left, desk.worker)
    };
    assert_eq!(orders(Instant::now(), 0), (0, 0), "it is at work");
    assert_eq!(orders(long_ago, 0), (1, 1));
    assert_eq!((orders(long_ago, LEFT - 1), orders(long_ago, LEFT)), ((LEFT, 1), (LEFT, 0)));
}

#[test]
fn what_a_worker_brings_that_was_left_to_itself_is_not_taken() {
    let mut births = Births::new(CATALOGUE);
    births.lock().worker = 1;
    let outcome = || Outcome { order: coming(1, SCENE), ready: Err(vec!["late".into()]) };
    births.sender.send((0, outcome())).unwrap();
    assert!(births.ready().is_none());
    births.lock().busy = Some((0, Instant::now(), 1));
    births.sender.send((0, outcome())).unwrap();
    births.sender.send((1, outcome())).unwrap();
    assert!(births.ready().is_some() && births.lock().busy.is_none());
}

#[test]
fn a_scene_is_coming_while_it_waits_and_while_it_is_born() {
    let mut births = Births::new(CATALOGUE);
    assert!(!births.is_scene_coming());
    births.lock().busy = Some((1, Instant::now(), 0));
    births.order(coming(1, SCENE));
    assert!(births.is_scene_coming(), "it waits for other worlds");
    births.lock().orders.clear();
    assert!(!births.is_scene_coming());
    births.lock().busy = Some((0, Instant::now(), 0));
    assert!(births.is_scene_coming());
    let shared = births.shared.clone();
    drop(births);
    assert!(next(&shared, 0).is_none(), "whoever waits for orders goes home");
}

#[test]
fn an_entry_tells_all_that_its_scene_needs() {
    let Order::Scene(coming) = coming(2, &format!("seed = 9\nrate = 30\n{SCENE}")) else { panic!("a scene") };
    let knobs = vec![("a.scale".into(), 2.0)];
    let coming = Coming {
        way: Passage::Dissolve,
        seconds: 4.0,
        seed: Some(3),
        size: Some((40, 20)),
        knobs,
        ..*coming
    };
    let (entry, scene) = entry(CATALOGUE, &coming).unwrap();
    assert_eq!(
        (entry.name.as_str(), entry.ticks, entry.seed, entry.size),
        ("s2", 120, Some(3), Some((40, 20)))
    );
    assert_eq!((entry.way, &entry.knobs, scene.size), (Passage::Dissolve, &coming.knobs, (40, 20)));
    assert_eq!((entry.text.as_str(), &entry.folder), (scene.source.as_str(), &scene.folder));
    let bad = Coming { source: Source::File("/nowhere/a.toml".into()), ..coming };
    assert!(super::entry(CATALOGUE, &bad).unwrap_err()[0].contains("/nowhere/a.toml"));
}
