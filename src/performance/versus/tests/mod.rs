//! Two worlds that share a picture.

mod blind;

use super::cost::Turn;
use super::*;
use show::source::SceneSource;
use world::engine::Engine;

/// Small worlds of two scenes.
fn setup(words: [&str; 2]) -> VersusSetup {
    let part = |word: &str| {
        let source = SceneSource::find(word).unwrap();
        let bytes = source.text().unwrap().len() as u64;
        let setup = PerformanceSetup {
            size: Some((64, 36)),
            ..PerformanceSetup::of(systems::CATALOGUE, vec![source])
        };
        SideSetup { name: word.into(), bytes, hash: 7, training: None, setup }
    };
    VersusSetup { sides: words.map(part), watts: 10.0, blind: None }
}

fn versus(words: [&str; 2]) -> Versus {
    Versus::start(setup(words)).unwrap()
}

fn half(frame: &Frame, side: usize) -> Vec<u8> {
    let w = frame.width / 2 * 4;
    frame.rgba.chunks_exact(frame.width * 4).flat_map(|r| r[side * w..][..w].to_vec()).collect()
}

#[test]
fn each_side_is_what_it_is_alone_from_the_same_seed_on_the_same_clock() {
    let mut both = versus(["julia", "skin"]);
    let mut alone: Vec<Engine> = both
        .sides
        .iter()
        .map(|s| {
            Engine::new(s.played.engine().scene().clone(), Some(both.sides[0].played.engine().seed()))
                .unwrap()
        })
        .collect();
    for _ in 0..5 {
        both.tick();
        alone.iter_mut().for_each(|e| e.step(&[]));
    }
    let (mut frame, mut single) = (Frame::default(), Frame::default());
    both.picture(&mut frame);
    assert_eq!((frame.width, frame.height, frame.provenance.tick), (128, 36, 5));
    for (side, engine) in alone.iter_mut().enumerate() {
        engine.compose(&mut single);
        assert!(half(&frame, side) == single.rgba, "side {side}");
    }
    let [left, right] = [half(&frame, 0), half(&frame, 1)];
    both.command(Command::Turn(SplitCommand::Swap));
    both.picture(&mut frame);
    assert!(half(&frame, 0) == right && half(&frame, 1) == left);
}

#[test]
fn commands_change_the_split_mode_and_the_share_within_its_limits() {
    let mut both = versus(["ants", "garden"]);
    let mut state = ShowState::default();
    both.command(Command::Turn(SplitCommand::Way));
    (0..20).for_each(|_| both.command(Command::Turn(SplitCommand::On)));
    both.state(&mut state);
    assert_eq!((state.way, state.share, state.sides.len()), (SplitMode::Wipe, 1.0, 2));
    both.command(Command::Turn(SplitCommand::Way));
    (0..20).for_each(|_| both.command(Command::Turn(SplitCommand::Back)));
    let (mut frame, mut left) = (Frame::default(), Frame::default());
    both.picture(&mut frame);
    both.sides[0].played.picture(&mut left);
    assert!(frame.rgba == left.rgba);
    both.command(Command::Event(Event::Reseed(77)));
    both.tick();
    assert!(both.sides.iter().all(|s| s.played.engine().seed() == 77));
}

#[test]
fn scene_changes_are_ignored_and_the_panel_is_the_left_sides() {
    let mut both = versus(["julia", "skin"]);
    let scale = |v: &Versus, side: usize, address: &str| v.sides[side].played.engine().get(address);
    let old = scale(&both, 0, "set.zoom").unwrap();
    both.command(Command::Travel("set.zoom".into(), 0.5));
    assert_ne!(scale(&both, 0, "set.zoom"), Some(old));
    both.command(Command::Undo);
    assert_eq!(scale(&both, 0, "set.zoom"), Some(old));
    for command in [Command::Scene(0), Command::Reset, Command::Favourite] {
        both.command(command);
    }
    for _ in 0..20 {
        both.tick();
        std::thread::sleep(std::time::Duration::from_millis(2));
    }
    assert!(both.sides.iter().all(|s| s.played.ticks() == 20 && s.played.engine().tick() == 20));
    both.pause(true);
    both.command(Command::Tempo(90.0));
    assert!(both.sides.iter().all(|s| s.played.paused && s.played.tempo.bpm() == 90.0));
    assert!(both.rate() == 60.0 && both.end().is_empty());
}

#[test]
fn what_both_cost_is_known_from_their_first_frame_on() {
    let mut parts = setup(["ants", "garden"]);
    parts.sides[1].training = Some(TrainingCost { cpu_seconds: 30.0, images: 500 });
    let mut both = Versus::start(parts).unwrap();
    both.take_turns(1, |_, _| std::thread::sleep(std::time::Duration::from_millis(5)));
    assert!(both.sides.iter().all(|s| s.spent[1].milliseconds >= 5.0 && s.spent[0].milliseconds == 0.0));
    for (side, cpu) in [(0, [3.0, 1.0]), (1, [0.5, 0.5])] {
        for (turn, cpu_milliseconds) in both.sides[side].spent.iter_mut().zip(cpu) {
            *turn = Turn { milliseconds: 2.0, cpu_milliseconds };
        }
    }
    let mut state = ShowState::default();
    both.state(&mut state);
    let [rule, rival] = &state.sides[..] else { panic!("{:?}", state.sides) };
    assert_eq!((rule.name.as_str(), rule.milliseconds, rule.cpu_milliseconds), ("ants", 4.0, 4.0));
    assert_eq!(rule.bytes, SceneSource::find("ants").unwrap().text().unwrap().len() as u64);
    assert_eq!((rule.ruled, rival.ruled, state.watts), (Some(true), Some(false), 10.0));
    assert!((rule.joules - 0.04).abs() < 1e-9 && (rival.joules - 0.01).abs() < 1e-9);
    assert!(rule.training.is_none() && rule.break_even.is_empty());
    let training = rival.training.unwrap();
    assert_eq!((training.cpu_seconds, training.images, training.joules), (30.0, 500, 300.0));
    // 300 J, 0.03 J a frame saved.
    assert!(rival.break_even.starts_with("after 10,00"), "{}", rival.break_even);
    assert!(rule.verdict.is_none() && rule.problems.is_empty());
}

#[test]
fn the_distance_of_both_pictures_is_shown_live() {
    let seen = |words: [&str; 2]| {
        let mut both = versus(words);
        let (mut frame, mut state) = (Frame::default(), ShowState::default());
        both.state(&mut state);
        assert!(state.distance.is_none());
        (0..4).for_each(|_| both.tick());
        both.picture(&mut frame);
        both.state(&mut state);
        state.distance.unwrap()
    };
    assert_eq!(seen(["julia", "julia"]), show::PictureDistance { rms: 0.0, correlation: Some(1.0) });
    assert!(seen(["julia", "skin"]).rms > 0.02);
}

#[test]
fn split_modes_cycle_and_each_step_is_an_eighth() {
    let mut both = versus(["ants", "garden"]);
    let mut turned = |turn| {
        both.turn(turn);
        (both.way, both.share)
    };
    assert_eq!(turned(SplitCommand::On), (SplitMode::Beside, 0.625));
    assert_eq!(
        [turned(SplitCommand::Way).0, turned(SplitCommand::Way).0, turned(SplitCommand::Way).0],
        [SplitMode::Wipe, SplitMode::Blend, SplitMode::Beside]
    );
    assert_eq!((turned(SplitCommand::Back).1, turned(SplitCommand::Back).1), (0.5, 0.375));
}

#[test]
fn a_touch_acts_on_the_side_it_is_on_and_a_change_of_either_side_is_reported() {
    use world::system::{Phase, Touch};
    let mut both = versus(["ants", "garden"]);
    let (y, dx, dy, radius, strength) = (0.5, 0.0, 0.0, 0.1, 1.0);
    let touch =
        |id, x, phase| Command::Event(Event::Touch(Touch { id, x, y, dx, dy, radius, strength, phase }));
    let felt = |both: &mut Versus| [0, 1].map(|i| both.sides[i].played.touches.take().len());
    both.command(touch(1, 0.75, Phase::Down));
    assert_eq!(felt(&mut both), [0, 1]);
    both.command(touch(1, 0.25, Phase::Move));
    assert_eq!(felt(&mut both), [0, 1], "it stays on the side where it began");
    both.command(Command::Turn(SplitCommand::Swap));
    both.command(touch(1, 0.25, Phase::Move));
    assert_eq!(felt(&mut both), [1, 0], "a swap forgets the touches");
    both.command(Command::Turn(SplitCommand::Way));
    both.command(touch(2, 0.25, Phase::Down));
    assert_eq!(felt(&mut both), [1, 1]);
    both.tick();
    // A change of one side is enough to be reported, and both rest.
    both.pause(true);
    assert!(!both.rest());
    for side in [0, 1] {
        both.sides[side].played.request_restart(5);
        let any = (0..20_000).any(|_| {
            std::thread::sleep(std::time::Duration::from_millis(1));
            both.rest()
        });
        assert!(any && both.sides[side].played.engine().seed() == 5);
    }
}
