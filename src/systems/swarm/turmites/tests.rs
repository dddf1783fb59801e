//! Against the plane without borders, a slow reimplementation, and what is known of these machines.

use super::colony::{Ant, Ground, Program, run};
use super::plane::{Plane, STEPS};
use super::presets::Preset;
use super::table::{Act, Table, Turn};
use super::*;
use std::collections::BTreeMap;
use std::path::Path;
use world::system::SystemKind;

const CASES: u64 = 60;

fn random_table(r: Rng) -> Table {
    let (states, colours) = (1 + r.below(0, 4) as usize, 1 + r.below(1, 5) as usize);
    let act = |i: u64| Act {
        write: r.below(10 + 3 * i, colours as u64) as u8,
        turn: [Turn::None, Turn::Right, Turn::Back, Turn::Left][r.below(11 + 3 * i, 4) as usize],
        next: r.below(12 + 3 * i, states as u64) as u8,
    };
    let rows: Vec<Vec<Act>> =
        (0..states).map(|s| (0..colours).map(|c| act((s * colours + c) as u64)).collect()).collect();
    Table::new(&rows).unwrap()
}

/// The world after so many steps: colours, and ants.
fn walked(
    table: &Table,
    ants: &[Ant],
    size: [u32; 2],
    torus: bool,
    solid: Option<&[u8]>,
    steps: u64,
) -> (Vec<u8>, Vec<Ant>) {
    let cells = (size[0] * size[1]) as usize;
    let (mut colours, mut left, mut ants) = (vec![0; cells], vec![0; cells], ants.to_vec());
    let mut ground = Ground { size, colours: &mut colours, left: &mut left, solid, torus, tick: 1 };
    run(&mut ants, &Program::new(table, size[0]), &mut ground, steps, &mut Vec::new());
    (colours, ants)
}

/// Langton's highway begins after about ten thousand steps and goes on for ever: 104 steps make two cells along a diagonal.
#[test]
fn langtons_ant_builds_its_highway() {
    let mut plane = Plane::new(Table::ant("RL").unwrap());
    plane.run(12_000);
    let mut before = plane.place();
    for _ in 0..100 {
        plane.run(104);
        let now = plane.place();
        assert_eq!([(now[0] - before[0]).abs(), (now[1] - before[1]).abs()], [2, 2]);
        before = now;
    }
    let mut early = Plane::new(Table::ant("RL").unwrap());
    early.run(9_000);
    let from = early.place();
    early.run(104);
    assert_ne!([(early.place()[0] - from[0]).abs(), (early.place()[1] - from[1]).abs()], [2, 2], "not yet");
}

/// Twins of L and R are mirror images (Propp 1994), and LLRR is symmetric about an axis again and again.
#[test]
fn swapping_left_and_right_mirrors_the_world() {
    for word in ["RL", "LLRR", "LRRRRRLLR", "RNUL"] {
        let mirrored: String = word
            .chars()
            .map(|c| match c {
                'L' => 'R',
                'R' => 'L',
                other => other,
            })
            .collect();
        let [mut a, mut b] = [word, &mirrored].map(|w| Plane::new(Table::ant(w).unwrap()));
        a.run(4321);
        b.run(4321);
        assert_eq!([-a.place()[0], a.place()[1]], b.place());
        assert_eq!(a.counts(), b.counts());
        let [[l, t, r, d], other] = [a.bounds().unwrap(), b.bounds().unwrap()];
        assert_eq!([-r, t, -l, d], other);
    }
}

/// The plane grows as it has to: in any direction, with nothing lost, as a map of cells without borders shows.
#[test]
fn the_plane_has_no_border() {
    let (mut grown, mut far) = (0, [0i64; 4]);
    for k in 0..CASES {
        let table = random_table(Rng::new(k));
        let mut plane = Plane::new(table.clone());
        plane.run(6000);
        let (mut cells, mut place, mut facing, mut state) = (BTreeMap::new(), [0i64; 2], 0u8, 0u8);
        for _ in 0..6000 {
            let act = table.act(state, cells.get(&place).copied().unwrap_or(0));
            cells.insert(place, act.write);
            (state, facing) = (act.next, (facing + act.turn as u8) % 4);
            place = std::array::from_fn(|i| place[i] + STEPS[facing as usize][i]);
        }
        assert_eq!((plane.place(), plane.state()), (place, state), "table {k}");
        cells.retain(|_, colour| *colour != 0);
        assert!(cells.iter().all(|(place, colour)| plane.colour(*place) == *colour), "table {k}");
        assert_eq!(plane.counts().iter().sum::<u64>(), cells.len() as u64, "table {k}");
        grown += (place.iter().any(|p| p.abs() > 200)) as u32;
        far = std::array::from_fn(|i| far[i].max(if i < 2 { place[i] } else { -place[i - 2] }));
    }
    assert!(grown > 3 && far.iter().all(|f| *f > 200), "{grown}, {far:?}");
}

/// One ant on a bounded plane does what it does on the unbounded one, until it comes to the border.
#[test]
fn one_ant_is_the_same_with_and_without_a_border() {
    for k in 0..CASES {
        let table = random_table(Rng::new(k));
        let mut plane = Plane::new(table.clone());
        plane.run(300);
        let ant = Ant { place: [301, 302], facing: 0, state: 0 };
        let (colours, ants) = walked(&table, &[ant], [640, 620], k % 2 == 0, None, 300);
        let place = [ants[0].place[0] as i64 - 301, ants[0].place[1] as i64 - 302];
        assert_eq!((place, ants[0].state), (plane.place(), plane.state()), "table {k}");
        let count = |c: u8| colours.iter().filter(|&&v| v == c).count() as u64;
        assert_eq!((1..table.colours()).map(|c| count(c as u8)).collect::<Vec<_>>(), plane.counts());
    }
}

/// Many ants, step by step, as the rule is written: all read, the highest of what is written to a cell stays, all move.
fn slow(table: &Table, ants: &mut [Ant], colours: &mut [u8], size: [u32; 2], torus: bool, solid: &[u8]) {
    let index = |[x, y]: [u32; 2]| (y * size[0] + x) as usize;
    let acts: Vec<(usize, Act)> =
        ants.iter().map(|a| (index(a.place), table.act(a.state, colours[index(a.place)]))).collect();
    for (cell, colour) in colours.iter_mut().enumerate() {
        if let Some(highest) = acts.iter().filter(|a| a.0 == cell).map(|a| a.1.write).max() {
            *colour = highest;
        }
    }
    for (ant, (_, act)) in ants.iter_mut().zip(&acts) {
        (ant.state, ant.facing) = (act.next, (ant.facing + act.turn as u8) % 4);
        let by = STEPS[ant.facing as usize];
        let next: [i64; 2] = std::array::from_fn(|k| ant.place[k] as i64 + by[k]);
        let inside = (0..2).all(|k| (0..size[k] as i64).contains(&next[k]));
        let wrapped: [u32; 2] = std::array::from_fn(|k| next[k].rem_euclid(size[k] as i64) as u32);
        if (inside || torus) && solid[index(wrapped)] == 0 {
            ant.place = wrapped;
        } else {
            ant.facing = (ant.facing + 2) % 4;
        }
    }
}

#[test]
fn many_ants_agree_with_the_rule_as_written_and_their_order_does_not_matter() {
    for k in 0..CASES {
        let (table, r) = (random_table(Rng::new(k)), Rng::new(k).named("ants"));
        let (size, torus) = ([1 + r.below(0, 9) as u32, 1 + r.below(1, 9) as u32], k % 2 == 0);
        let cells = (size[0] * size[1]) as usize;
        let solid: Vec<u8> = (0..cells).map(|i| (r.unit(900 + i as u64) < 0.1) as u8).collect();
        let ant = |i: u64| Ant {
            place: [r.below(5 * i + 2, size[0] as u64) as u32, r.below(5 * i + 3, size[1] as u64) as u32],
            facing: r.below(5 * i + 4, 4) as u8,
            state: r.below(5 * i + 5, table.states() as u64) as u8,
        };
        let ants: Vec<Ant> = (0..2 + r.below(7, 20)).map(ant).collect();
        let (mut plain, mut colours) = (ants.clone(), vec![0; cells]);
        (0..50).for_each(|_| slow(&table, &mut plain, &mut colours, size, torus, &solid));
        let fast = walked(&table, &ants, size, torus, Some(&solid), 50);
        assert_eq!((&fast.0, &fast.1), (&colours, &plain), "world {k}");
        let mut reversed = ants.clone();
        reversed.reverse();
        let mut other = walked(&table, &reversed, size, torus, Some(&solid), 50);
        other.1.reverse();
        assert_eq!(other, fast, "world {k}, the other way round");
    }
}

/// The sides of Fibonacci's spiral, and the other presets: all are read, have no dead state and use all of their colours.
#[test]
fn presets_are_what_they_are_called() {
    for name in 0..Preset::NAMES.len() {
        let preset = Preset::at(name);
        let table = preset.table();
        assert_eq!(table.unreachable(), Vec::<usize>::new(), "{preset:?}");
        let mut plane = Plane::new(table);
        plane.run(40_000);
        assert!(plane.counts().iter().all(|&n| n > 0), "{preset:?}: {:?}", plane.counts());
    }
}

#[test]
fn texts_that_are_no_table_are_refused_with_their_place() {
    let cases = [
        ("", "1 to 256 turns"),
        ("RLX", "turn 3: expected L, R, N (on) or U (back), found 'X'"),
        ("R2", "turn 2"),
        ("{{{1, 2, 0}}", "braces"),
        ("{{{1, 2, 0}, {0, 8, 0}}, {{1, 2, 0}}}", "state 1 has 1 of the 2 cases"),
        ("{{{1, 2, 0}, {0, 3, 0}}}", "state 0, colour 1: expected a turn"),
        ("{{{2, 2, 0}, {0, 8, 0}}}", "state 0, colour 0: there is no colour 2, expected 0 to 1"),
        ("{{{1, 2, 1}, {0, 8, 0}}}", "there is no state 1"),
        ("{{{1, 2}, {0, 8, 0}}}", "found 2 values"),
        ("{{{1, 2, 0}, {0, 8, 0}}, {{1, 2, 0}, {0, 8, 0}}}", "state 1 is never entered"),
        ("{{{-1, 2, 0}, {0, 8, 0}}}", "colour of 0 to 255, found '-1'"),
        ("{}", "1 to 256 states"),
        ("}{", "braces"),
    ];
    for (text, part) in cases {
        let texts = Texts::default().with("table", text);
        let faults = Turmites::check(&texts);
        assert_eq!(faults.len(), 1, "{text}");
        assert!(faults[0].message.contains(part), "{text}: {}", faults[0].message);
        assert_eq!(faults[0].at, "table");
    }
    let letters = Texts::default().with("table", "{{{1, R, 0}, {0, L, 0}}}");
    assert_eq!(given(&letters), Ok(Some(Table::ant("RL").unwrap())));
}

/// Whatever text comes, there is an answer.
#[test]
fn any_text_is_read_or_refused() {
    let signs = ["{", "}", ",", "1", "2", "0", "R", "L", " ", "é", "-", "8"];
    for k in 0..4000 {
        let r = Rng::new(k);
        let text: String = (0..r.below(0, 24)).map(|i| signs[r.below(1 + i, 12) as usize]).collect();
        if let Ok(table) = Table::parse(&text) {
            assert!(table.acts().len() == table.states() * table.colours(), "{text}");
        }
    }
}

/// Fields and hands: paint appears and goes with the field, and no ant is ever on a solid cell that it was not on before.
#[test]
fn fields_paint_and_bar_the_way() {
    let kind = SystemKind::of::<Turmites>();
    let mut node = kind.instantiate_default(64, 48, 3, Path::new(".")).unwrap();
    let half = |on: f32| {
        let mut field = Field::new(64, 48, 1);
        field.fill_rows(|_, _, row| row[..20].fill(on));
        field
    };
    let (mut shown, mut ants) = (Field::new(64, 48, 1), Field::new(64, 48, 1));
    for tick in 0..40 {
        // The ring of the ants is right of column 20.
        let fields = [half(if tick < 20 { 1.0 } else { 0.0 }), half(1.0)];
        let inputs = [Some(&fields[0]), Some(&fields[1])];
        let rng = Rng::new(1).fork(tick);
        node.step(&Env { tick, dt: 1.0 / 60.0, rng, inputs: &inputs, touches: &[], switches: &[] });
        node.show(0, &View::WHOLE, &mut shown);
        node.show(2, &View::WHOLE, &mut ants);
        let left = |f: &Field| (0..48).map(|y| f.row(0, y)[..20].iter().sum::<f32>()).sum::<f32>();
        assert_eq!(left(&shown), if tick < 20 { 960.0 } else { 0.0 }, "tick {tick}");
        assert_eq!(left(&ants), 0.0, "tick {tick}");
    }
}
