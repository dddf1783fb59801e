//! Loads in sequence, dropped, stalled and failed.

use super::*;
use systems::CATALOGUE;

fn incoming(place: usize, text: &str) -> LoadRequest {
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
        .expect("a load within twenty seconds")
}

#[test]
fn two_hundred_requests_create_two_worlds_and_the_newest_is_last() {
    let mut loader = SceneLoader::new(CATALOGUE);
    (0..200).for_each(|i| loader.request(incoming(i, SCENE)));
    let mut places = Vec::new();
    while loader.is_scene_loading() {
        match wait(&mut loader).request {
            LoadRequest::Scene(incoming) => places.push(incoming.place),
            _ => panic!("nothing else was requested"),
        }
    }
    // The first may have started before the last was requested; those in between were never started.
    assert!(places.len() <= 2 && places.last() == Some(&199), "{places:?}");
}

#[test]
fn a_failed_load_is_reported_and_the_next_one_succeeds() {
    let mut loader = SceneLoader::new(CATALOGUE);
    loader.request(incoming(0, &SCENE.replace("noise", "nosie")));
    let problems = wait(&mut loader).ready.err().expect("it cannot be created");
    assert!(problems[0].contains("nosie"), "{problems:?}");
    loader.request(incoming(1, SCENE));
    assert!(wait(&mut loader).ready.is_ok() && !loader.is_scene_loading());
}

#[test]
fn a_load_that_never_ends_does_not_block_those_after_it() {
    let mut loader = SceneLoader::new(CATALOGUE);
    // As if the worker had been at it for long.
    let since = Instant::now().checked_sub(TIMEOUT * 2).unwrap_or_else(Instant::now);
    let stalled = since.elapsed() > TIMEOUT;
    loader.lock().busy = Some((0, since, 0));
    loader.request(incoming(7, SCENE));
    if !stalled {
        return;
    }
    assert!(matches!(wait(&mut loader).request, LoadRequest::Scene(c) if c.place == 7));
    assert_eq!(loader.abandoned, 1);
}

#[test]
fn requests_for_the_active_scene_are_dropped_when_it_is_replaced() {
    let mut loader = SceneLoader::new(CATALOGUE);
    loader.lock().busy = Some((0, Instant::now(), 0));
    let source = SceneSource::Generated("s".into(), SCENE.into());
    let scene = source.load(CATALOGUE).unwrap();
    let reset = WorldReset { seed: 4, knobs: Vec::new() };
    loader.request(LoadRequest::Restart(Box::new(WorldRestart { scene, reset, generation: 0 })));
    loader.request(incoming(3, SCENE));
    assert_eq!(loader.lock().requests.len(), 2, "requests of two kinds are queued side by side");
    loader.forget_front();
    loader.lock().busy = None;
    loader.shared.changed.notify_all();
    assert!(matches!(wait(&mut loader).request, LoadRequest::Scene(_)));
    assert!(loader.ready().is_none() && !loader.is_scene_loading());
}

#[test]
fn each_kind_of_request_is_served_and_a_changed_scene_creates_only_what_is_needed() {
    let mut loader = SceneLoader::new(CATALOGUE);
    let source = SceneSource::Generated(
        "s".into(),
        SCENE.replace("[[layer]]", "[node.b]\nsystem = \"life\"\n[[layer]]"),
    );
    let scene = source.load(CATALOGUE).unwrap();
    let LoadRequest::Scene(incoming) = incoming(2, SCENE) else { panic!("a scene") };
    let (entry, _) = entry(CATALOGUE, &incoming).unwrap();
    let changed = |which: Vec<bool>| {
        let (entry, scene) = (entry.clone(), scene.clone());
        LoadRequest::Changed(Box::new(ChangedScene { entry, scene, seed: 5, which, generation: 3 }))
    };
    for (which, born) in
        [(vec![true, false], [true, false]), (vec![false], [false, true]), (vec![], [true, true])]
    {
        loader.request(changed(which));
        assert!(!loader.is_scene_loading());
        let Ok(PreparedScene::Changed(of, prepared)) = wait(&mut loader).ready else {
            panic!("a changed scene")
        };
        assert_eq!(of, entry);
        assert_eq!([0, 1].map(|place| prepared.holds(place)), born);
    }
    let reset = WorldReset { seed: 4, knobs: vec![("b.density".into(), 1.0)] };
    loader.request(LoadRequest::Restart(Box::new(WorldRestart {
        scene: scene.clone(),
        reset: reset.clone(),
        generation: 0,
    })));
    let Ok(PreparedScene::Restart(restarted, prepared)) = wait(&mut loader).ready else {
        panic!("restarted worlds")
    };
    assert_eq!(restarted, reset);
    let mut engine = Engine::new(scene, Some(1)).unwrap();
    engine.restart(4, &reset.knobs, Some(prepared)).unwrap();
    assert_eq!((engine.seed(), engine.field(1, 0).mean(0)), (4, 1.0));
}

#[test]
fn a_worker_is_abandoned_only_after_the_timeout_and_up_to_the_limit() {
    let Some(long_ago) = Instant::now().checked_sub(TIMEOUT * 2) else { return };
    let abandoned = |since: Instant, left: usize| {
        let mut loader = SceneLoader::new(CATALOGUE);
        loader.abandoned = left;
        loader.lock().busy = Some((0, since, 0));
        loader.request(incoming(1, SCENE));
        let queue = loader.lock();
        (loader.abandoned, queue.worker)
    };
    assert_eq!(abandoned(Instant::now(), 0), (0, 0), "it is at work");
    assert_eq!(abandoned(long_ago, 0), (1, 1));
    assert_eq!(
        (abandoned(long_ago, MAX_ABANDONED - 1), abandoned(long_ago, MAX_ABANDONED)),
        ((MAX_ABANDONED, 1), (MAX_ABANDONED, 0))
    );
}

#[test]
fn the_outcome_of_an_abandoned_worker_is_discarded() {
    let mut loader = SceneLoader::new(CATALOGUE);
    loader.lock().worker = 1;
    let outcome = || LoadOutcome { request: incoming(1, SCENE), ready: Err(vec!["late".into()]) };
    loader.sender.send((0, outcome())).unwrap();
    assert!(loader.ready().is_none());
    loader.lock().busy = Some((0, Instant::now(), 1));
    loader.sender.send((0, outcome())).unwrap();
    loader.sender.send((1, outcome())).unwrap();
    assert!(loader.ready().is_some() && loader.lock().busy.is_none());
}

#[test]
fn a_scene_is_loading_while_queued_and_while_being_created() {
    let mut loader = SceneLoader::new(CATALOGUE);
    assert!(!loader.is_scene_loading());
    loader.lock().busy = Some((1, Instant::now(), 0));
    loader.request(incoming(1, SCENE));
    assert!(loader.is_scene_loading(), "it waits for other worlds");
    loader.lock().requests.clear();
    assert!(!loader.is_scene_loading());
    loader.lock().busy = Some((0, Instant::now(), 0));
    assert!(loader.is_scene_loading());
    let shared = loader.shared.clone();
    drop(loader);
    assert!(next(&shared, 0).is_none(), "a waiting worker ends");
}

#[test]
fn an_entry_holds_all_that_its_scene_needs() {
    let LoadRequest::Scene(incoming) = incoming(2, &format!("seed = 9\nrate = 30\n{SCENE}")) else {
        panic!("a scene")
    };
    let knobs = vec![("a.scale".into(), 2.0)];
    let incoming = IncomingScene {
        way: Transition::Dissolve,
        seconds: 4.0,
        seed: Some(3),
        size: Some((40, 20)),
        knobs,
        ..*incoming
    };
    let (entry, scene) = entry(CATALOGUE, &incoming).unwrap();
    assert_eq!(
        (entry.name.as_str(), entry.ticks, entry.seed, entry.size),
        ("s2", 120, Some(3), Some((40, 20)))
    );
    assert_eq!((entry.way, &entry.knobs, scene.size), (Transition::Dissolve, &incoming.knobs, (40, 20)));
    assert_eq!((entry.text.as_str(), &entry.folder), (scene.source.as_str(), &scene.folder));
    let bad = IncomingScene { source: SceneSource::File("/nowhere/a.toml".into()), ..incoming };
    assert!(super::entry(CATALOGUE, &bad).unwrap_err()[0].contains("/nowhere/a.toml"));
}
