//! Cue lists with every trigger, clock and end.

use super::*;
use world::tape::Transition;

fn list(then: Vec<CueTrigger>) -> CueList {
    of(vec![then, Vec::new(), Vec::new()])
}

/// A list of cues, in the first of them.
fn of(all: Vec<Vec<CueTrigger>>) -> CueList {
    let plan = |then| CueSpec {
        name: "x".into(),
        scene: "ink".into(),
        way: Transition::Cut,
        seconds: 0.0,
        then,
        still: None,
    };
    let cues = all.into_iter().map(plan).collect();
    let mut list = CueList::new(ShowProgram { cues, ..ShowProgram::default() });
    list.begin(0);
    list
}

fn moment(day: i32, hour: u32, minute: u32) -> TimeOfDay {
    TimeOfDay { day, minute: hour * 60 + minute }
}

/// Reads the clock once; the cue that is due.
fn read_clock(list: &mut CueList, moment: TimeOfDay) -> Option<usize> {
    list.tick(&TriggerInputs { dt: 0.01, moment, ..TriggerInputs::default() })
}

/// The tick, from 1, at which the next cue is due.
fn due(mut list: CueList, inputs: impl Fn(u32) -> TriggerInputs) -> Option<u32> {
    (1..10_000).find(|&t| list.tick(&inputs(t)) == Some(1))
}

#[test]
fn each_trigger_fires_when_due_and_not_before() {
    let inputs = |t: u32| TriggerInputs {
        dt: 0.01,
        beats: 7.0 + t as f64 * 0.02,
        moment: moment(3, 10, t / 6000),
        ..TriggerInputs::default()
    };
    assert_eq!(due(list(vec![CueTrigger::After(2.0)]), inputs), Some(200));
    assert_eq!(due(list(vec![CueTrigger::Beats(8.0)]), inputs), Some(401));
    assert_eq!(due(list(vec![CueTrigger::At(601)]), inputs), Some(6000));
    assert_eq!(due(list(vec![CueTrigger::At(600)]), inputs), None, "the time has passed already");
    assert_eq!(due(list(Vec::new()), inputs), None, "only a key");
    // Silence that lasted before the cue began does not count for it.
    let quiet = |t: u32| TriggerInputs { quiet: 50.0, ..inputs(t) };
    assert_eq!(due(list(vec![CueTrigger::Quiet(3.0)]), quiet), Some(300));
    let bored = |t: u32| TriggerInputs { bored: t as f64 * 0.01 - 10.0, ..inputs(t) };
    assert_eq!(due(list(vec![CueTrigger::Idle(1.0), CueTrigger::Bored(3.0)]), bored), Some(1300));
}

const TEN: CueTrigger = CueTrigger::At(600);
const SIX: CueTrigger = CueTrigger::At(18 * 60);

#[test]
fn a_time_that_the_clock_jumps_over_is_due_and_stays_so_until_a_cue_begins() {
    for (last, now) in [((9, 59), (10, 0)), ((9, 59), (10, 1)), ((8, 0), (12, 30)), ((4, 1), (10, 0))] {
        let mut l = of(vec![vec![TEN], vec![SIX], vec![]]);
        assert_eq!(read_clock(&mut l, moment(7, last.0, last.1)), None);
        for later in 0..5 {
            assert_eq!(read_clock(&mut l, moment(7, now.0, now.1 + later)), Some(1), "it is returned again");
        }
        l.begin(1);
        assert_eq!(read_clock(&mut l, moment(7, now.0, now.1 + 9)), None);
    }
    // Over midnight too.
    let mut l = of(vec![vec![CueTrigger::At(5)], vec![]]);
    assert_eq!((read_clock(&mut l, moment(7, 23, 58)), read_clock(&mut l, moment(8, 0, 6))), (None, Some(1)));
}

#[test]
fn a_clock_that_is_set_back_triggers_nothing_twice_within_the_day() {
    let mut l = of(vec![vec![TEN]]);
    l.program.repeats = true;
    let mut day = |day: i32| {
        let mut times = Vec::new();
        let spring_back = (0..1440).chain(590..660).chain(300..620).chain(620..1440);
        for m in spring_back {
            if read_clock(&mut l, moment(day, 0, m)).is_some() {
                times.push(m);
                l.begin(0);
            }
        }
        times
    };
    assert_eq!([day(5), day(6), day(7)], [[600], [600], [600]]);
    // A clock that ran years ahead and is corrected is trusted.
    let mut l = of(vec![vec![TEN], vec![]]);
    read_clock(&mut l, moment(5000, 3, 0));
    read_clock(&mut l, moment(7, 9, 0));
    assert_eq!(read_clock(&mut l, moment(7, 10, 0)), Some(1));
}

#[test]
fn several_times_in_one_jump_lead_to_the_last_and_a_first_setting_to_the_scheduled_cue() {
    let all = || of(vec![vec![TEN], vec![CueTrigger::At(602)], vec![SIX], vec![]]);
    let mut l = all();
    read_clock(&mut l, moment(7, 9, 58));
    assert_eq!(read_clock(&mut l, moment(7, 10, 3)), Some(2));
    // While that one is loading, the next time may pass.
    assert_eq!(
        (read_clock(&mut l, moment(7, 14, 0)), read_clock(&mut l, moment(7, 18, 1))),
        (Some(2), Some(3))
    );
    // A machine that boots in 1970 and then gets the time.
    let mut l = all();
    read_clock(&mut l, moment(-9000, 0, 1));
    assert_eq!(read_clock(&mut l, moment(7, 10, 3)), Some(2));
    l.begin(2);
    assert_eq!(read_clock(&mut l, moment(7, 10, 4)), None);
    let mut l = all();
    read_clock(&mut l, moment(-9000, 0, 1));
    assert_eq!(read_clock(&mut l, moment(7, 9, 3)), None, "it plays already");
    // A night's suspend changes nothing without times of day, after a manual choice, or at the end.
    let asleep = |then: Vec<Vec<CueTrigger>>, cue: usize, repeats: bool| {
        let mut l = of(then);
        l.program.repeats = repeats;
        l.begin(cue);
        read_clock(&mut l, moment(7, 20, 0));
        read_clock(&mut l, moment(8, 9, 0))
    };
    assert_eq!(asleep(vec![vec![CueTrigger::After(99.0)], vec![CueTrigger::Quiet(99.0)]], 1, true), None);
    assert_eq!(asleep(vec![vec![TEN], vec![], vec![CueTrigger::At(60)], vec![]], 3, true), None);
    assert_eq!(asleep(vec![vec![TEN], vec![SIX], vec![]], 2, false), None);
    assert_eq!(
        asleep(vec![vec![TEN], vec![SIX], vec![CueTrigger::At(1200)]], 2, true),
        Some(0),
        "but a new day begins"
    );
}

#[test]
fn a_resumed_show_catches_up_on_cues_that_became_due() {
    let mut l = of(vec![vec![TEN], vec![SIX], vec![]]);
    l.resume(0, Some(moment(7, 9, 50)));
    assert_eq!(read_clock(&mut l, moment(7, 10, 3)), Some(1), "off from ten to ten until three past");
    l.resume(0, Some(moment(7, 10, 2)));
    assert_eq!(read_clock(&mut l, moment(7, 10, 3)), None, "somebody went back to it by hand");
    l.resume(0, None);
    assert_eq!(read_clock(&mut l, moment(7, 10, 4)), None);
}

#[test]
fn the_still_limit_of_a_cue_overrides_its_scene_and_that_the_show() {
    let mut l = of(vec![vec![], vec![], vec![]]);
    assert_eq!((l.still(None), l.still(Some(9.0)), l.still(Some(0.0))), (None, Some(9.0), None));
    l.program.still = Some(60.0);
    l.program.cues[1].still = Some(5.0);
    l.program.cues[2].still = Some(0.0);
    assert_eq!((l.still(None), l.still(Some(9.0)), l.still(Some(0.0))), (Some(60.0), Some(9.0), None));
    l.begin(1);
    assert_eq!((l.still(None), l.still(Some(9.0))), (Some(5.0), Some(5.0)));
    l.begin(2);
    assert_eq!((l.still(None), l.still(Some(9.0))), (None, None));
}

#[test]
fn a_list_ends_unless_it_repeats_and_attract_returns_to_the_first_cue() {
    let mut l = list(Vec::new());
    assert!(l.begin(2) && !l.begin(3));
    assert_eq!((l.next(), l.before()), (None, Some(1)));
    l.program.repeats = true;
    assert_eq!(l.next(), Some(0));
    l.program.attract = Some(5.0);
    let idle = TriggerInputs { dt: 1.0, idle: 100.0, ..TriggerInputs::default() };
    let home = (0..10).find(|_| l.tick(&idle) == Some(0));
    assert_eq!(home, Some(4), "after five seconds in the cue");
}

#[test]
fn the_previous_and_the_next_cue_wrap_only_in_a_list_that_repeats() {
    let mut l = CueList::new(of(vec![vec![], vec![], vec![]]).program);
    assert_eq!((l.now(), l.next(), l.before(), l.plan()), (None, Some(0), None, None));
    l.begin(0);
    assert_eq!((l.now(), l.next(), l.before()), (Some(0), Some(1), None));
    l.program.repeats = true;
    assert_eq!((l.next(), l.before()), (Some(1), Some(2)));
    l.begin(2);
    assert_eq!((l.next(), l.before()), (Some(0), Some(1)));
    l.program.cues[2].name = "last".into();
    assert_eq!((l.plan().unwrap().name.as_str(), l.program().cues.len()), ("last", 3));
    let empty = CueList::new(ShowProgram { repeats: true, ..ShowProgram::default() });
    assert_eq!((empty.next(), empty.before()), (None, None));
}

#[test]
fn seconds_are_those_of_the_cue() {
    let mut l = list(Vec::new());
    assert!((0..3).all(|_| l.tick(&TriggerInputs { dt: 0.5, ..TriggerInputs::default() }).is_none()));
    assert_eq!(l.seconds(), 1.5);
    l.begin(1);
    assert_eq!(l.seconds(), 0.0);
}

#[test]
fn attract_needs_idle_time_and_time_in_the_cue_and_leaves_the_first_alone() {
    let at = |cue: usize, idle: f64, seconds: f64| {
        let mut l = list(Vec::new());
        l.program.attract = Some(5.0);
        l.begin(cue);
        l.tick(&TriggerInputs { dt: seconds, idle, ..TriggerInputs::default() })
    };
    assert_eq!((at(1, 5.0, 5.0), at(2, 9.0, 9.0)), (Some(0), Some(0)));
    assert_eq!((at(1, 4.9, 9.0), at(1, 9.0, 4.9), at(0, 9.0, 9.0)), (None, None, None));
}

#[test]
fn idle_bored_and_quiet_trigger_independently() {
    let inputs = |t: u32| TriggerInputs { dt: 0.01, idle: t as f64 * 0.01 - 5.0, ..TriggerInputs::default() };
    assert_eq!(due(list(vec![CueTrigger::Idle(1.0)]), inputs), Some(600));
    let inputs = |t: u32| TriggerInputs {
        dt: 0.01,
        idle: 99.0,
        bored: 99.0,
        quiet: t as f64 * 0.01 - 2.0,
        ..TriggerInputs::default()
    };
    assert_eq!(
        due(list(vec![CueTrigger::Idle(3.0)]), inputs),
        Some(300),
        "what was before the cue does not count"
    );
    assert_eq!(due(list(vec![CueTrigger::Bored(3.0)]), inputs), Some(300));
    assert_eq!(due(list(vec![CueTrigger::Quiet(3.0)]), inputs), Some(500));
    let mut last = list(Vec::new());
    last.program.cues[2].then = vec![CueTrigger::After(0.0)];
    last.begin(2);
    assert_eq!(last.tick(&inputs(1)), None, "there is nothing after it");
}
