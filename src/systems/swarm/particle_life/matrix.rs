//! How much each kind is drawn to each: written by hand, or drawn from the seed.

use world::rng::Rng;
use world::system::Fault;

use super::force::MOST_KINDS;

/// Strongest attraction or aversion that can be written.
pub const STRONGEST: f32 = 10.0;

/// A square matrix, `rows[i][j]`: how much kind i is drawn to kind j; 0 beyond `kinds`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Matrix {
    /// Kinds, 1..=16.
    pub kinds: usize,
    /// The rows.
    pub rows: [[f32; MOST_KINDS]; MOST_KINDS],
}

impl Matrix {
    /// Reads rows separated by `;` or line breaks, of numbers separated by blanks or commas.
    pub fn parse(key: &str, text: &str) -> Result<Self, Fault> {
        let lines: Vec<&str> =
            text.split([';', '\n']).map(str::trim).filter(|line| !line.is_empty()).collect();
        let kinds = lines.len();
        if !(1..=MOST_KINDS).contains(&kinds) {
            return Err(Fault::at(
                key,
                format!("{key} has {kinds} rows; expected 1 to {MOST_KINDS}, as many as kinds"),
            ));
        }
        let mut rows = [[0.0; MOST_KINDS]; MOST_KINDS];
        for (i, (row, line)) in rows.iter_mut().zip(&lines).enumerate() {
            let numbers =
                numbers(line).map_err(|what| Fault::at(key, format!("row {} of {key}: {what}", i + 1)))?;
            if numbers.len() != kinds {
                let found = numbers.len();
                let message =
                    format!("row {} of {key} has {found} numbers; expected {kinds}, as many as rows", i + 1);
                return Err(Fault::at(key, message));
            }
            row[..kinds].copy_from_slice(&numbers);
        }
        Ok(Self { kinds, rows })
    }

    /// At random: each kind likes its own, and most like what follows them better than what they follow, so that they
    /// chase each other.
    pub fn drawn(kinds: usize, rng: Rng) -> Self {
        let kinds = kinds.clamp(1, MOST_KINDS);
        let mut rows = [[0.0; MOST_KINDS]; MOST_KINDS];
        for (i, row) in rows.iter_mut().enumerate().take(kinds) {
            for (j, value) in row.iter_mut().enumerate().take(kinds) {
                let any = rng.fork(i as u64).range(j as u64, -1.0, 1.0);
                *value = match (j + kinds - i) % kinds {
                    0 => 0.55 + 0.35 * any,
                    1 => 0.25 + 0.5 * any,
                    ahead if ahead + 1 == kinds => -0.15 + 0.5 * any,
                    _ => 0.6 * any - 0.1,
                };
            }
        }
        Self { kinds, rows }
    }

    /// Between this and another, 0..1.
    pub fn mixed(&self, other: &Self, share: f32) -> [[f32; MOST_KINDS]; MOST_KINDS] {
        let mix = |i: usize, j: usize| self.rows[i][j] + share * (other.rows[i][j] - self.rows[i][j]);
        std::array::from_fn(|i| std::array::from_fn(|j| mix(i, j)))
    }
}

fn numbers(line: &str) -> Result<Vec<f32>, String> {
    let words = line.split(|c: char| c == ',' || c.is_whitespace()).filter(|word| !word.is_empty());
    words
        .map(|word| match word.parse::<f32>() {
            Ok(value) if value.abs() <= STRONGEST => Ok(value),
            Ok(value) => Err(format!("{value} is beyond ±{STRONGEST}")),
            Err(_) => Err(format!("`{word}` is no number")),
        })
        .collect()
}
