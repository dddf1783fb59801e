//! Births one after the other, forgotten, stuck and told.

use super::*;
use systems::CATALOGUE;

fn coming(place: usize, text: &str) -> LoadRequest {
    let source = SceneSource::Generated(format!("s{place}"), text.into());
    let (way, knobs, then) = (Transition::Cut, Vec::new(), Vec::new());
    let (cue, seconds, seed, size) = (None, 0.0, None, None);
    LoadRequest::Scene(Box::new(IncomingScene { source, place, cue, way, seconds, seed, size, knobs, then }))
}

const SCENE: &str = "size = [16, 9]\n[node.a]\nsystem = \"noise\"\n[[layer]]\nshow = \"a.value\"\n";

fn wait(loader: &mut SceneLoader) -> LoadOutcome {
    (0..20_000)
        .find_map(|_| {
            std::thread::sleep(Duration::from_millis(1));
            loader.ready()
        })
        .expect("a birth within twenty seconds")
}

#[test]
fn two_hundred_orders_make_two_worlds_and_the_newest_comes() {
    let mut loader = SceneLoader::new(CATALOGUE);
    (0..200).for_each(|i| loader.order(coming(i, SCENE)));
    let mut places = Vec::new();
    while loader.is_scene_coming() {
        match wait(&mut loader).order {
            LoadRequest::Scene(coming) => places.push(coming.place),
            _ => panic!("nothing else was ordered"),
        }
    }
    // The first may have begun before the last was ordered; what came between was never begun.
    assert!(places.len() <= 2 && places.last() == Some(&199), "{places:?}");
}

#[test]
fn what_cannot_be_born_is_told_and_the_next_is_born() {
    let mut loader = SceneLoader::new(CATALOGUE);
    loader.order(coming(0, &SCENE.replace("noise", "nosie")));
    let told = wait(&mut loader).ready.err().expect("it cannot be born");
    assert!(told[0].contains("nosie"), "{told:?}");
    loader.order(coming(1, SCENE));
    assert!(wait(&mut loader).ready.is_ok() && !loader.is_scene_coming());
}

#[test]
fn a_birth_that_never_ends_does_not_hold_up_those_after_it() {
    let mut loader = SceneLoader::new(CATALOGUE);
    // As if the worker had been at it for long.
    let since = Instant::now().checked_sub(PATIENCE * 2).unwrap_or_else(Instant::now);
    let stuck = since.elapsed() > PATIENCE;
    loader.lock().busy = Some((0, since, 0));
    loader.order(coming(7, SCENE));
    if !stuck {
        return;
    }
    assert!(matches!(wait(&mut loader).order, LoadRequest::Scene(c) if c.place == 7));
    assert_eq!(loader.left, 1);
}

#[test]
fn orders_for_the_scene_in_front_are_forgotten_when_it_is_left() {
    let mut loader = SceneLoader::new(CATALOGUE);
    loader.lock().busy = Some((0, Instant::now(), 0));
    let source = SceneSource::Generated("s".into(), SCENE.into());
    let scene = source.load(CATALOGUE).unwrap();
    let reborn = WorldReset { seed: 4, knobs: Vec::new() };
    loader.order(LoadRequest::Restart(Box::new(WorldRestart { scene, reborn, generation: 0 })));
    loader.order(coming(3, SCENE));
    assert_eq!(loader.lock().orders.len(), 2, "orders of two kinds wait beside each other");
    loader.forget_front();
    loader.lock().busy = None;
    loader.shared.news.notify_all();
    assert!(matches!(wait(&mut loader).order, LoadRequest::Scene(_)));
    assert!(loader.ready().is_none() && !loader.is_scene_coming());
}

#[test]
fn each_kind_of_order_comes_to_its_own_and_a_changed_scene_bears_only_what_is_asked() {
    let mut loader = SceneLoader::new(CATALOGUE);
    let source = SceneSource::Generated(
        "s".into(),
        SCENE.replace("[[layer]]", "[node.b]\nsystem = \"life\"\n[[layer]]"),
    );
    let scene = source.load(CATALOGUE).unwrap();
    let LoadRequest::Scene(coming) = coming(2, SCENE) else { panic!("a scene") };
    let (entry, _) = entry(CATALOGUE, &coming).unwrap();
    let changed = |which: Vec<bool>| {
        let (entry, scene) = (entry.clone(), scene.clone());
        LoadRequest::Changed(Box::new(ChangedScene { entry, scene, seed: 5, which, generation: 3 }))
    };
    for (which, born) in
        [(vec![true, false], [true, false]), (vec![false], [false, true]), (vec![], [true, true])]
    {
        loader.order(changed(which));
        assert!(!loader.is_scene_coming());
        let Ok(PreparedScene::Changed(of, prepared)) = wait(&mut loader).ready else {
            panic!("a changed scene")
        };
        assert_eq!(of, entry);
        assert_eq!([0, 1].map(|place| prepared.holds(place)), born);
    }
    let reborn = WorldReset { seed: 4, knobs: vec![("b.density".into(), 1.0)] };
    loader.order(LoadRequest::Restart(Box::new(WorldRestart {
        scene: scene.clone(),
        reborn: reborn.clone(),
        generation: 0,
    })));
    let Ok(PreparedScene::Restart(told, prepared)) = wait(&mut loader).ready else { panic!("worlds anew") };
    assert_eq!(told, reborn);
    let mut engine = Engine::new(scene, Some(1)).unwrap();
    engine.rebirth(4, &reborn.knobs, Some(prepared)).unwrap();
    assert_eq!((engine.seed(), engine.field(1, 0).mean(0)), (4, 1.0));
}

#[test]
fn a_worker_is_left_to_itself_only_after_its_time_and_not_more_often_than_there_may_be() {
    let Some(long_ago) = Instant::now().checked_sub(PATIENCE * 2) else { return };
    let orders = |since: Instant, left: usize| {
        let mut loader = SceneLoader::new(CATALOGUE);
        loader.left = left;
        loader.lock().busy = Some((0, since, 0));
        loader.order(coming(1, SCENE));
        let desk = loader.lock();
        (loader.left, desk.worker)
    };
    assert_eq!(orders(Instant::now(), 0), (0, 0), "it is at work");
    assert_eq!(orders(long_ago, 0), (1, 1));
    assert_eq!((orders(long_ago, LEFT - 1), orders(long_ago, LEFT)), ((LEFT, 1), (LEFT, 0)));
}

#[test]
fn what_a_worker_brings_that_was_left_to_itself_is_not_taken() {
    let mut loader = SceneLoader::new(CATALOGUE);
    loader.lock().worker = 1;
    let outcome = || LoadOutcome { order: coming(1, SCENE), ready: Err(vec!["late".into()]) };
    loader.sender.send((0, outcome())).unwrap();
    assert!(loader.ready().is_none());
    loader.lock().busy = Some((0, Instant::now(), 1));
    loader.sender.send((0, outcome())).unwrap();
    loader.sender.send((1, outcome())).unwrap();
    assert!(loader.ready().is_some() && loader.lock().busy.is_none());
}

#[test]
fn a_scene_is_coming_while_it_waits_and_while_it_is_born() {
    let mut loader = SceneLoader::new(CATALOGUE);
    assert!(!loader.is_scene_coming());
    loader.lock().busy = Some((1, Instant::now(), 0));
    loader.order(coming(1, SCENE));
    assert!(loader.is_scene_coming(), "it waits for other worlds");
    loader.lock().orders.clear();
    assert!(!loader.is_scene_coming());
    loader.lock().busy = Some((0, Instant::now(), 0));
    assert!(loader.is_scene_coming());
    let shared = loader.shared.clone();
    drop(loader);
    assert!(next(&shared, 0).is_none(), "whoever waits for orders goes home");
}

#[test]
fn an_entry_tells_all_that_its_scene_needs() {
    let LoadRequest::Scene(coming) = coming(2, &format!("seed = 9\nrate = 30\n{SCENE}")) else {
        panic!("a scene")
    };
    let knobs = vec![("a.scale".into(), 2.0)];
    let coming = IncomingScene {
        way: Transition::Dissolve,
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
    assert_eq!((entry.way, &entry.knobs, scene.size), (Transition::Dissolve, &coming.knobs, (40, 20)));
    assert_eq!((entry.text.as_str(), &entry.folder), (scene.source.as_str(), &scene.folder));
    let bad = IncomingScene { source: SceneSource::File("/nowhere/a.toml".into()), ..coming };
    assert!(super::entry(CATALOGUE, &bad).unwrap_err()[0].contains("/nowhere/a.toml"));
}
