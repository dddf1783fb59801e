//! One turmite on an unbounded plane, at the checkpoints that are given.

use systems::swarm::turmites::plane::Plane;
use systems::swarm::turmites::table::{Act, MOST, Table, Turn};

use crate::case::Job;
use crate::check::Check;
use crate::fault::{Fault, shown};
use crate::json::Field;

/// Most steps: some seconds, and a highway of it still fits the memory.
const STEPS: i64 = 20_000_000;
/// Farthest that a place may be.
const FAR: i64 = 1 << 40;

/// What is known after some steps.
struct Checkpoint {
    step: u64,
    place: [i64; 2],
    facing: char,
    state: i64,
    counts: Vec<i64>,
    bounds: Option<[i64; 4]>,
}

/// A case of a table.
pub fn job(field: &Field) -> Result<Job, Fault> {
    let (name, table) = (field.get("name").text()?.to_string(), table(&field.get("table"))?);
    let given = field.get("checkpoints").list()?;
    let mut checkpoints =
        given.iter().map(|f| checkpoint(f, table.colours())).collect::<Result<Vec<_>, Fault>>()?;
    checkpoints.sort_by_key(|c| c.step);
    let Some(last) = checkpoints.last() else {
        return Err(field.get("checkpoints").fault("expected checkpoints, found none"));
    };
    let name = format!("{name}, {} steps", last.step);
    Ok(Job::one(name, move || Ok(answer(&table, &checkpoints))))
}

fn table(field: &Field) -> Result<Table, Fault> {
    let act = |f: &Field| {
        let parts = f.list_of(3).map_err(|_| f.expected("[colour, turn, state]"))?;
        let turn = parts[1].text()?;
        let turn = match turn {
            "R" | "L" | "N" | "U" => Turn::parse(turn),
            _ => None,
        };
        Ok(Act {
            write: parts[0].count(0..=MOST - 1)? as u8,
            turn: turn.ok_or_else(|| parts[1].expected("one of R, L, N, U"))?,
            next: parts[2].count(0..=MOST - 1)? as u8,
        })
    };
    let row = |f: &Field| f.list()?.iter().map(act).collect::<Result<Vec<Act>, Fault>>();
    let rows = field.list()?.iter().map(row).collect::<Result<Vec<_>, Fault>>()?;
    Table::new(&rows).map_err(|e| field.fault(e))
}

fn checkpoint(field: &Field, colours: usize) -> Result<Checkpoint, Fault> {
    let whole = |f: Field| f.whole(-FAR..=FAR);
    let facing = field.get("dir").text()?;
    let mut letters = facing.chars();
    let (Some(letter), None) = (letters.next().filter(|c| "NESW".contains(*c)), letters.next()) else {
        return Err(field.get("dir").fault(format!("expected one of N, E, S, W, found {}", shown(facing))));
    };
    let counts = field.get("counts").list_of(colours - 1)?.into_iter().map(whole);
    let bounds = field.get("bbox");
    let bounds = match bounds.is_absent() || bounds.is_null() {
        true => None,
        false => {
            let sides = bounds.list_of(4)?.into_iter().map(whole).collect::<Result<Vec<i64>, Fault>>()?;
            Some([sides[0], sides[1], sides[2], sides[3]])
        }
    };
    Ok(Checkpoint {
        step: field.get("step").whole(0..=STEPS)? as u64,
        place: [whole(field.get("x"))?, whole(field.get("y"))?],
        facing: letter,
        state: whole(field.get("state"))?,
        counts: counts.collect::<Result<_, Fault>>()?,
        bounds,
    })
}

fn answer(table: &Table, checkpoints: &[Checkpoint]) -> Vec<Check> {
    let (mut plane, mut taken, mut checks) = (Plane::new(table.clone()), 0, Vec::new());
    for c in checkpoints {
        plane.run(c.step - taken);
        taken = c.step;
        let same = |what: &str, found: i64, expected: i64| {
            Check::same(format!("{what} after step {taken}"), found.into(), expected.into())
        };
        for (k, axis) in ["x", "y"].into_iter().enumerate() {
            checks.push(same(axis, plane.place()[k], c.place[k]));
        }
        checks.push(same("direction", plane.facing() as i64, c.facing as i64));
        checks.push(same("state", plane.state().into(), c.state));
        for (k, (found, expected)) in plane.counts().into_iter().zip(&c.counts).enumerate() {
            checks.push(same(&format!("cells of colour {}", k + 1), found as i64, *expected));
        }
        if let Some(expected) = c.bounds {
            let found = plane.bounds().unwrap_or([i64::MIN; 4]);
            let sides = ["left", "top", "right", "bottom"].into_iter().zip(found.into_iter().zip(expected));
            checks.extend(sides.map(|(what, (found, expected))| same(what, found, expected)));
        }
    }
    checks
}
