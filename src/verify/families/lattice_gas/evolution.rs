//! Whole runs: every given state cell by cell, what is conserved, chirality bits, and the way back to the start.

use systems::gas::lattice_gas::chirality::Chirality;
use systems::gas::lattice_gas::gas::Gas;
use systems::gas::lattice_gas::model::Model;

use crate::case::Job;
use crate::check::Check;
use crate::fault::{Fault, shown};
use crate::json::Field;

/// Most cells along a side.
const LARGEST: usize = 4096;
/// Most cells times steps: some seconds.
const MOST_UPDATES: u64 = 1_000_000_000;

/// A run as a file gives it.
struct Evolution {
    model: Model,
    salt: u32,
    width: usize,
    /// Cells by step; the first is the start.
    states: Vec<(u64, Vec<u8>)>,
    particles: i64,
    momentum: [i64; 2],
    /// Words of a row by step, the bit of the first column highest.
    chirality: Vec<(u64, Vec<u64>)>,
}

/// The case of one run.
pub fn job(case: &Field, models: &[(&str, Model)]) -> Result<Job, Fault> {
    let (id, evolution) = (case.get("id").text()?, read(case, models)?);
    Ok(Job::one(format!("{id}, {}", case.get("model").text()?), move || Ok(evolution.checks())))
}

fn read(case: &Field, models: &[(&str, Model)]) -> Result<Evolution, Fault> {
    let model = case.get("model").choice(models)?;
    let salt = case.get("salt").whole(0..=i64::from(u32::MAX))? as u32;
    let states = case.get("states");
    let all = states.numbered()?;
    let Some((0, first)) = all.first() else {
        return Err(states.fault("expected the state of step 0, found none"));
    };
    let (width, start) = cells(first, model, None)?;
    let most = MOST_UPDATES / start.len() as u64;
    let one = |(step, state): &(u64, Field)| match *step > most {
        true => Err(state.fault(format!("expected a step up to {most} for this size, found {step}"))),
        false => Ok((*step, cells(state, model, Some((width, start.len() / width)))?.1)),
    };
    let states = all.iter().map(one).collect::<Result<Vec<_>, _>>()?;
    let conserved = case.get("conserved");
    let whole = |key: &str| conserved.get(key).whole(-1_000_000_000..=1_000_000_000);
    let momentum = if model == Model::Hpp { ["px", "py_down"] } else { ["p_e0", "p_e1"] };
    let bits = case.get("chirality_first_steps");
    let height = start.len() / width;
    let chirality = match bits.is_absent() || bits.is_null() {
        true => Vec::new(),
        false => bits
            .numbered()?
            .iter()
            .map(|(t, f)| Ok((*t, words(f, width, height)?)))
            .collect::<Result<_, Fault>>()?,
    };
    Ok(Evolution {
        model,
        salt,
        width,
        states,
        particles: whole("particles")?,
        momentum: [whole(momentum[0])?, whole(momentum[1])?],
        chirality,
    })
}

/// Rows of cells, one hexadecimal digit each for HPP, two for FHP: (width, cells).
fn cells(state: &Field, model: Model, size: Option<(usize, usize)>) -> Result<(usize, Vec<u8>), Fault> {
    let digits = if model == Model::Hpp { 1 } else { 2 };
    let rows = match size {
        Some((_, height)) => state.list_of(height)?,
        None => state.list()?,
    };
    let (mut width, mut all) = (size.map(|s| s.0), Vec::new());
    if rows.is_empty() || rows.len() > LARGEST {
        return Err(state.expected(format!("1 to {LARGEST} rows")));
    }
    for row in &rows {
        let text = row.text()?;
        let wide = *width.get_or_insert(text.len() / digits);
        if wide == 0
            || wide > LARGEST
            || text.len() != wide * digits
            || !text.bytes().all(|b| b.is_ascii_hexdigit())
        {
            let wide = wide.clamp(1, LARGEST);
            return Err(row.expected(format!("{wide} cells of {digits} hexadecimal digits")));
        }
        for pair in text.as_bytes().chunks_exact(digits) {
            let value = pair.iter().fold(0, |v, b| 16 * v + (*b as char).to_digit(16).unwrap_or(0));
            if value >= 1 << model.planes() {
                let found = shown(&String::from_utf8_lossy(pair));
                return Err(
                    row.fault(format!("expected states below {}, found {found}", 1 << model.planes()))
                );
            }
            all.push(value as u8);
        }
    }
    Ok((width.unwrap_or(1), all))
}

/// One hexadecimal word a row.
fn words(field: &Field, width: usize, height: usize) -> Result<Vec<u64>, Fault> {
    let word = |row: &Field| {
        let text = row.text()?;
        let word =
            u64::from_str_radix(text, 16).ok().filter(|_| text.len() == width.div_ceil(4) && width <= 64);
        let word = word.filter(|w| width == 64 || w >> width == 0);
        word.ok_or_else(|| row.expected(format!("a hexadecimal word of {width} bits")))
    };
    field.list_of(height)?.iter().map(word).collect()
}

impl Evolution {
    fn checks(&self) -> Vec<Check> {
        let start = &self.states[0].1;
        let height = start.len() / self.width;
        let mut gas = Gas::new(self.model, self.width, height, Chirality::PerCell { salt: self.salt });
        for (i, state) in start.iter().enumerate() {
            gas.set_cell(i % self.width, i / self.width, *state);
        }
        let (mut checks, mut done) = (Vec::new(), 0);
        for (step, expected) in &self.states {
            gas.run((step - done) as usize);
            done = *step;
            checks.push(self.cells(format!("cells at step {step}"), &gas, expected));
            let [p, q] = gas.whole_momentum();
            for (what, found, given) in [
                ("particles", gas.particles() as i64, self.particles),
                ("momentum, first part,", p, self.momentum[0]),
                ("momentum, second part,", q, self.momentum[1]),
            ] {
                checks.push(Check::same(format!("{what} at step {step}"), found.into(), given.into()));
            }
        }
        gas.turn_round();
        gas.run(done as usize);
        gas.turn_round();
        checks.push(self.cells(format!("cells after {done} steps back"), &gas, start));
        checks.extend(self.chirality.iter().map(|(step, words)| self.bits(&gas, *step, words)));
        checks
    }

    fn cells(&self, what: String, gas: &Gas, expected: &[u8]) -> Check {
        let differs = |(i, state): &(usize, &u8)| gas.cell(i % self.width, i / self.width) != **state;
        Check::none_differ(what, expected.iter().enumerate().filter(differs).count(), expected.len())
    }

    fn bits(&self, gas: &Gas, step: u64, words: &[u64]) -> Check {
        let layout = gas.layout();
        let mut row = vec![0; gas.mask().len()];
        let mut differ = 0;
        for (y, expected) in words.iter().enumerate() {
            Chirality::PerCell { salt: self.salt }.row(step, y, false, &layout, &mut row);
            for x in 0..self.width {
                let (i, bit) = layout.place(x);
                differ += usize::from(row[i] >> bit & 1 != expected >> (self.width - 1 - x) & 1);
            }
        }
        Check::none_differ(format!("chirality bits of step {step}"), differ, self.width * words.len())
    }
}
