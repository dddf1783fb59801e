//! Slime mould, step by step, with the random turns given.

use systems::swarm::physarum::law::Law;
use systems::swarm::physarum::textbook::Colony;

use crate::case::Job;
use crate::check::Check;
use crate::fault::Fault;
use crate::json::Field;

/// Most cells along a side, most agents and most steps.
const SIDE: usize = 2048;
const MOST: usize = 1_000_000;
const STEPS: u64 = 10_000;
/// Of places, headings and trails.
const TOLERANCE: f64 = 1e-9;

/// What is known after some steps.
struct After {
    step: u64,
    agents: Vec<[f64; 3]>,
    trail: Vec<f64>,
    total: Option<f64>,
}

struct Case {
    size: (usize, usize),
    law: Law<f64>,
    deposit: f64,
    decay: f64,
    agents: Vec<[f64; 3]>,
    trail: Vec<f64>,
    coins: Vec<Vec<bool>>,
    after: Vec<After>,
}

/// A case of one colony.
pub fn job(field: &Field) -> Result<Job, Fault> {
    let case = read(field)?;
    let name = format!("physarum, {} agents, sensors at {}°", case.agents.len(), case.law.sensor_angle);
    Ok(Job::one(name, move || Ok(case.answer())))
}

fn agents(field: &Field, n: usize, (w, h): (usize, usize)) -> Result<Vec<[f64; 3]>, Fault> {
    let one = |f: &Field| {
        let parts = f.list_of(3).map_err(|_| f.expected("[x, y, heading]"))?;
        Ok([parts[0].within(0.0..=w as f64)?, parts[1].within(0.0..=h as f64)?, parts[2].within(-1e6..=1e6)?])
    };
    field.list_of(n)?.iter().map(one).collect()
}

fn trail(field: &Field, (w, h): (usize, usize)) -> Result<Vec<f64>, Fault> {
    let mut all = Vec::with_capacity(w * h);
    for row in field.list_of(h)? {
        for value in row.list_of(w)? {
            all.push(value.number()?);
        }
    }
    Ok(all)
}

fn read(field: &Field) -> Result<Case, Fault> {
    let size = (field.get("W").count(1..=SIDE)?, field.get("H").count(1..=SIDE)?);
    let n = field.get("agents").list()?.len();
    if n == 0 || n > MOST {
        return Err(field.get("agents").expected(format!("1 to {MOST} agents")));
    }
    let mut after = Vec::new();
    for (step, state) in field.get("states").numbered()? {
        if !(1..=STEPS).contains(&step) {
            return Err(state.fault(format!("expected a number of steps from 1 to {STEPS}")));
        }
        let total = state.get("total");
        after.push(After {
            step,
            agents: agents(&state.get("agents"), n, size)?,
            trail: trail(&state.get("trail"), size)?,
            total: if total.is_absent() { None } else { Some(total.number()?) },
        });
    }
    let Some(last) = after.last().map(|a| a.step) else {
        return Err(field.get("states").fault("expected states, found none"));
    };
    let bits = field.get("random_bits").list()?;
    if (bits.len() as u64) < last {
        return Err(field.get("random_bits").expected(format!("the bits of {last} steps")));
    }
    let coin = |f: &Field| Ok(f.whole(0..=1)? == 1);
    let coins = |f: &Field| f.list_of(n)?.iter().map(coin).collect::<Result<Vec<bool>, Fault>>();
    let number = |key: &str, most: f64| field.get(key).within(0.0..=most);
    Ok(Case {
        size,
        law: Law {
            reach: number("sensor_offset", 1e5)?,
            sensor_angle: field.get("sensor_angle").within(-360.0..=360.0)?,
            turn_angle: field.get("turn_angle").within(-360.0..=360.0)?,
            step: number("step", 1e5)?,
        },
        deposit: number("deposit", 1e12)?,
        decay: number("decay", 1.0)?,
        agents: agents(&field.get("agents"), n, size)?,
        trail: trail(&field.get("trail"), size)?,
        coins: bits.iter().take(last as usize).map(coins).collect::<Result<_, _>>()?,
        after,
    })
}

impl Case {
    fn answer(&self) -> Vec<Check> {
        let bodies: Vec<([f64; 2], f64)> = self.agents.iter().map(|&[x, y, a]| ([x, y], a)).collect();
        let mut colony = Colony::new(self.size, self.trail.clone(), &bodies);
        let (mut checks, mut taken) = (Vec::new(), 0);
        for after in &self.after {
            for k in taken..after.step {
                colony.step(&self.law, self.deposit, self.decay, &self.coins[k as usize]);
            }
            taken = after.step;
            checks.extend(self.compare(&colony, after));
        }
        checks
    }

    fn compare(&self, colony: &Colony<f64>, after: &After) -> Vec<Check> {
        let around = |d: f64, length: f64| (d - length * (d / length).round()).abs();
        let what = |what: &str, i: usize| format!("{what} {i} after step {}, distance", after.step);
        let place = |(i, at): (usize, &[f64; 3])| {
            let off = [colony.agents.x[i] - at[0], colony.agents.y[i] - at[1]];
            let far = libm::hypot(around(off[0], self.size.0 as f64), around(off[1], self.size.1 as f64));
            Check::absolute(what("position of agent", i), far, 0.0, TOLERANCE)
        };
        let heading = |(i, at): (usize, &[f64; 3])| {
            let off = around(colony.agents.degrees(i) - at[2], 360.0);
            Check::absolute(what("heading of agent", i), off, 0.0, TOLERANCE)
        };
        let cell = |(i, (found, given)): (usize, (&f64, &f64))| {
            Check::above(
                format!("trail of cell {i} after step {}", after.step),
                *found,
                *given,
                TOLERANCE,
                1.0,
            )
        };
        let agents = || after.agents.iter().enumerate();
        let mut checks = Check::of_many(agents().map(place));
        checks.extend(Check::of_many(agents().map(heading)));
        checks.extend(Check::of_many(colony.trail.now.iter().zip(&after.trail).enumerate().map(cell)));
        if let Some(total) = after.total {
            let found = colony.trail.now.iter().sum();
            checks.push(Check::relative(
                format!("whole trail after step {}", after.step),
                found,
                total,
                TOLERANCE,
            ));
        }
        checks
    }
}
