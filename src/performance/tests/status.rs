//! Notifications to the performer, and the state for panels and pages.

use super::super::sample::{performance, set, with};
use super::super::{Performance, PerformanceSetup, TapeTarget};
use super::{CELLS, CLOUD, folder, state};
use show::program::{ShowProgram, TimeOfDay};
use show::{Command, CueTarget, MasterState, ShowDriver};
use world::tape::{Event, Tape, Transition};

/// The notification of a command; each one has the next number.
fn notification(p: &mut Performance, command: Command) -> String {
    let before = p.notice.0;
    p.command(command);
    assert_eq!(state(p).notice.0, before + 1);
    state(p).notice.1
}

#[test]
fn each_command_notifies_what_it_did_or_that_it_could_do_nothing() {
    let folder = folder();
    let mut p = performance(folder.path(), &[CLOUD, CELLS]);
    assert_eq!(state(&mut p).notice, (0, String::new()));
    assert_eq!(notification(&mut p, Command::Undo), "nothing to undo");
    assert_eq!(notification(&mut p, Command::Redo), "nothing to redo");
    assert_eq!(notification(&mut p, Command::Keep(9)), "preset stored in slot 9");
    assert_eq!(notification(&mut p, Command::Keep(10)), "there is no slot 10");
    assert_eq!(notification(&mut p, Command::Recall(5)), "slot 5 is empty");
    assert_eq!(notification(&mut p, Command::Cue(CueTarget::Go)), "this show has no cues");
    assert_eq!(notification(&mut p, Command::Favourite), "0 favourites, none of a scene of this show");
    assert_eq!(notification(&mut p, Command::Favour), "favourite 1 saved");
    assert_eq!(notification(&mut p, Command::Favour), "favourite 2 saved");
    assert_eq!(notification(&mut p, Command::Favourite), "favourite 1");
    assert_eq!(notification(&mut p, Command::Reset), "reset");
    // A knob that already has the preset's value is not edited.
    p.command(Command::Recall(9));
    assert_eq!(state(&mut p).undo, (0, 0));
    p.command(set("cloud.scale", 2.5));
    p.command(Command::Undo);
    assert_eq!(state(&mut p).undo, (0, 1));
    p.command(Command::Redo);
    assert_eq!((state(&mut p).undo, p.engine().get("cloud.scale")), ((1, 0), Some(2.5)));
}

fn show(more: &str) -> ShowProgram {
    let cue = |scene: u8| format!("[[cue]]\nscene = \"{scene}\"\ntransition = \"cut\"\n");
    ShowProgram::parse(&format!("{more}{}then = {{ after = 600 }}\n{}", cue(0), cue(1)), |_| None).unwrap()
}

#[test]
fn a_show_selects_scenes_by_their_cues_and_a_reset_keeps_the_cue() {
    let folder = folder();
    let mut p = with(folder.path(), &[CLOUD, CELLS], |s| PerformanceSetup { program: Some(show("")), ..s });
    assert_eq!(notification(&mut p, Command::Cue(CueTarget::To(7))), "there is no cue 8");
    assert_eq!(notification(&mut p, Command::Scene(2)), "there is no cue 3");
    assert_eq!(notification(&mut p, Command::Cue(CueTarget::Back)), "there is no cue in that direction");
    let snapshot = state(&mut p);
    assert_eq!(
        (snapshot.cue.now, snapshot.cue.next, snapshot.cue.waits_for.as_str()),
        (Some(0), Some(1), "after 600 s")
    );
    let names: Vec<&str> = snapshot.description.cues.iter().map(|c| c.name.as_str()).collect();
    assert_eq!(
        (names, &snapshot.description.scenes[..], snapshot.description.scene),
        (vec!["0", "1"], &["0".to_string(), "1".into()][..], 0)
    );
    p.command(Command::Scene(1));
    p.until(|p| p.current == 1);
    p.command(Command::Reset);
    p.until(|p| p.generation == 2);
    let snapshot = state(&mut p);
    assert_eq!(
        (snapshot.cue.now, snapshot.cue.next, snapshot.cue.waits_for.as_str(), snapshot.description.scene),
        (Some(1), None, "a key", 1)
    );
    assert!(
        (0.0..600.0).contains(&snapshot.cue.seconds)
            && p.cues.as_ref().unwrap().seconds() as f32 == snapshot.cue.seconds
    );
}

#[test]
fn outside_its_hours_a_show_is_closed() {
    let folder = folder();
    let closed = |from: u32, to: u32| {
        let hours = Some((from % 1440, to % 1440));
        let program = ShowProgram { hours, ..show("") };
        let mut p = with(folder.path(), &[CLOUD, CELLS], |s| PerformanceSetup {
            program: Some(program),
            tape: TapeTarget::None,
            ..s
        });
        state(&mut p).closed
    };
    let now = TimeOfDay::now().minute;
    assert!(closed(now + 120, now + 180) && !closed(now + 1380, now + 60));
}

#[test]
fn stillness_is_a_fault_where_the_scene_or_the_show_says_so() {
    let folder = folder();
    let still = |scene: &str, program: Option<ShowProgram>| {
        let text = format!("{scene}{CLOUD}");
        let mut p = with(folder.path(), &[&text, CELLS], |s| PerformanceSetup {
            program,
            tape: TapeTarget::None,
            ..s
        });
        state(&mut p).still
    };
    assert_eq!(
        [still("", None), still("still = 30\n", None), still("still = 0\n", None)],
        [None, Some(30.0), None]
    );
    let shows = |text: &str| still(text, Some(show("still = 60\n")));
    assert_eq!([shows(""), shows("still = 30\n"), shows("still = 0\n")], [Some(60.0), Some(30.0), None]);
}

#[test]
fn background_failures_are_among_the_problems() {
    let folder = folder();
    let nowhere = |name: &str| Some(std::path::PathBuf::from("/proc/nowhere").join(name));
    let mut p = with(folder.path(), &[CLOUD], |s| PerformanceSetup {
        state: nowhere("s"),
        favourites: nowhere("f"),
        ..s
    });
    p.command(Command::Favour);
    p.refresh();
    p.until(|p| p.favourites.problem().is_some() && p.saver.as_ref().unwrap().problem().is_some());
    let problems = state(&mut p).problems;
    assert!(
        problems.len() == 2
            && problems[0].contains("the state is not saved")
            && problems[1].contains("favourites"),
        "{problems:?}"
    );
    let tape = folder.path().join("t.tape").display().to_string();
    assert_eq!((state(&mut p).tape, p.ticks() > 0), (Some(tape.clone()), true));
    let ticks = p.ticks();
    let unsaved = "the state is not saved: ";
    let (messages, of_tape) = (p.end(), format!("tape: {ticks} ticks in {tape}"));
    assert!(
        messages.len() == 2 && messages[0] == of_tape && messages[1].starts_with(unsaved),
        "{messages:?}"
    );
    assert_eq!((p.end(), state(&mut p).tape), (Vec::new(), None));
}

#[test]
fn a_show_resumes_where_it_left_off_and_says_so() {
    let folder = folder();
    let files = |setup: PerformanceSetup| PerformanceSetup {
        state: Some(folder.path().join("s.json")),
        introduces: true,
        ..setup
    };
    let scenes = &[CLOUD, CELLS];
    let mut p = with(folder.path(), scenes, files);
    assert_eq!(state(&mut p).notice, (1, "0".into()), "it introduces itself");
    p.command(Command::Scene(1));
    p.until(|p| p.current == 1);
    p.command(set("cells.spark", 1.5));
    p.refresh();
    // Too soon to be saved before the end.
    p.command(set("cells.spark", 1.25));
    p.refresh();
    p.end();
    drop(p);
    let mut again = with(folder.path(), scenes, files);
    let snapshot = state(&mut again);
    assert_eq!((again.current, again.engine().get("cells.spark"), snapshot.notice.0), (1, Some(1.25), 2));
    assert_eq!((snapshot.notice.1.as_str(), snapshot.tempo.bpm), ("resumed where the show left off", 0.0));
    // Only what differs is an event.
    drop(again);
    let tape = Tape::read(&std::fs::read(folder.path().join("t.tape")).unwrap()[..]).unwrap();
    let set: Vec<Event> =
        tape.events.into_iter().map(|e| e.1).filter(|e| matches!(e, Event::Set(..))).collect();
    assert_eq!(set, [Event::Set("cells.spark".into(), 1.25)]);
}

#[test]
fn a_show_that_is_cut_off_restores_its_master_state_and_one_that_ends_does_not() {
    let folder = folder();
    let start = || {
        with(folder.path(), &[CLOUD], |s| PerformanceSetup { state: Some(folder.path().join("s.json")), ..s })
    };
    let dark = MasterState { black: true, light: 0.5, volume: 0.25, mute: true, paused: true };
    let mut p = start();
    assert_eq!(p.saved_master(), None);
    p.save_master(dark);
    p.refresh();
    drop(p);
    let mut p = start();
    assert_eq!((p.saved_master(), p.saved_master()), (Some(dark), None));
    assert_eq!(p.notice.1, "resumed where the show left off, blacked out, muted, paused");
    p.refresh();
    drop(p);
    let mut p = start();
    assert_eq!(p.saved_master(), Some(dark), "it was cut off again before anything was saved");
    p.end();
    assert_eq!(start().saved_master(), Some(MasterState::default()));
}

#[test]
fn an_earlier_tape_of_that_name_is_kept() {
    let folder = folder();
    let play = |ticks: u64| {
        let mut p = with(folder.path(), &[CLOUD], |s| s);
        (0..ticks).for_each(|_| p.tick());
        p.end();
    };
    [3, 4, 5].into_iter().for_each(play);
    let length = |name: &str| {
        let bytes = std::fs::read(folder.path().join(name)).unwrap();
        Tape::read(&bytes[..]).unwrap().end()
    };
    assert_eq!(["t-2.tape", "t-3.tape", "t.tape"].map(length), [3, 4, 5]);
}

#[test]
fn a_scene_is_introduced_by_its_title_and_description() {
    let folder = folder();
    let named = format!("title = \"Clouds\"\nabout = \"They pass.\"\n{CLOUD}");
    let rated = format!("rate = 30\n{CELLS}");
    let mut p = with(folder.path(), &[&named, &rated], |s| PerformanceSetup { introduces: true, ..s });
    assert_eq!((state(&mut p).notice.1.as_str(), p.rate()), ("Clouds: They pass.", 60.0));
    p.manual_transition = (Transition::Dissolve, 2.0);
    p.command(Command::Scene(1));
    p.until(|p| p.current == 1);
    assert_eq!((state(&mut p).notice.1.as_str(), p.rate()), ("1", 30.0));
    assert!(p.sound_control().is_none() && p.transition_seconds == 0.0, "the sound has received it");
}

#[test]
fn the_duration_of_a_transition_is_passed_on_once_in_seconds() {
    let folder = folder();
    let mut p = performance(folder.path(), &[CLOUD, &format!("rate = 30\n{CELLS}")]);
    p.manual_transition = (Transition::Dissolve, 4.0);
    p.command(Command::Scene(1));
    while !p.rest() {
        std::thread::sleep(std::time::Duration::from_millis(1));
    }
    assert_eq!((p.transition_seconds, p.current, p.generation), (4.0, 1, 1));
    assert_eq!(p.director.transition(), Some(0.0));
    assert!(!p.rest(), "nothing more was loaded");
    p.tick();
    assert_eq!(p.transition_seconds, 0.0);
}

#[test]
fn a_folder_gets_a_tape_of_its_own_name() {
    let folder = folder();
    let tapes = folder.path().join("tapes");
    let p =
        with(folder.path(), &[CLOUD], |s| PerformanceSetup { tape: TapeTarget::Folder(tapes.clone()), ..s });
    drop(p);
    let all: Vec<String> =
        std::fs::read_dir(&tapes).unwrap().map(|f| f.unwrap().file_name().into_string().unwrap()).collect();
    let [name] = &all[..] else { panic!("{all:?}") };
    assert!(name.ends_with(&format!("-0-{}.tape", std::process::id())), "{name}");
    assert!(name[..8].bytes().all(|b| b.is_ascii_digit()) && name.as_bytes()[8] == b'-', "{name}");
}

/// Worlds that were requested for a scene that has been replaced since are of no use any more.
#[test]
fn worlds_for_a_scene_that_was_replaced_are_discarded() {
    let folder = folder();
    let mut p = performance(folder.path(), &[CLOUD, CELLS]);
    p.command(Command::Event(Event::Reseed(77)));
    p.generation += 1;
    while !p.rest() {
        std::thread::sleep(std::time::Duration::from_millis(1));
    }
    assert_ne!(p.engine().seed(), 77);
    p.command(Command::Event(Event::Reseed(77)));
    p.rest_until(|p| p.engine().seed() == 77);
}
