//! Transition tables of turmites: what an ant does, by its state and the colour that it stands on.
//!
//! Two notations are read. An ant of Langton's kind is a word of turns, one a colour (`RL`; Propp 1994): it goes on to the
//! next colour, and has one state. Any other is written as `{{{write, turn, next}, …}, …}`, one triple a colour and one
//! list of them a state, with turns as numbers (1 on, 2 right, 4 back, 8 left: the notation that Golly and Pegg use) or
//! letters (N, R, U, L).

use std::collections::BTreeSet;

/// Most colours, and most states.
pub const MOST: usize = 256;

/// By how many quarters to the right an ant turns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// Straight on.
    None = 0,
    /// Right.
    Right = 1,
    /// Back.
    Back = 2,
    /// Left.
    Left = 3,
}

impl Turn {
    /// The turn of a letter (N or F, R, U or B, L) or number (1, 2, 4, 8).
    pub fn parse(word: &str) -> Option<Self> {
        Some(match word.trim().to_ascii_uppercase().as_str() {
            "N" | "F" | "1" => Self::None,
            "R" | "2" => Self::Right,
            "U" | "B" | "4" => Self::Back,
            "L" | "8" => Self::Left,
            _ => return None,
        })
    }
}

/// What an ant does in one case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Act {
    /// The colour that it leaves.
    pub write: u8,
    /// How it turns before it moves on by one cell.
    pub turn: Turn,
    /// Its next state.
    pub next: u8,
}

/// A transition table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    colours: usize,
    /// State after state, one act a colour.
    acts: Vec<Act>,
}

impl Table {
    /// A table of rows, one a state, each with one act a colour.
    ///
    /// # Errors
    /// No row, rows of different lengths, a colour or state that does not exist, or more than [`MOST`].
    pub fn new(rows: &[Vec<Act>]) -> Result<Self, String> {
        let (states, colours) = (rows.len(), rows.first().map_or(0, Vec::len));
        if colours == 0 || states > MOST || colours > MOST {
            return Err(format!(
                "a table has 1 to {MOST} states and as many colours, this one {states} and {colours}"
            ));
        }
        for (state, row) in rows.iter().enumerate() {
            if row.len() != colours {
                return Err(format!(
                    "state {state} has {} of the {colours} cases that state 0 has: give each state one {{write, turn, \
                     next}} a colour",
                    row.len()
                ));
            }
            for (colour, act) in row.iter().enumerate() {
                let found = [("colour", act.write, colours), ("state", act.next, states)];
                if let Some((what, value, n)) = found.into_iter().find(|f| f.1 as usize >= f.2) {
                    return Err(format!(
                        "state {state}, colour {colour}: there is no {what} {value}, expected 0 to {}",
                        n - 1
                    ));
                }
            }
        }
        Ok(Self { colours, acts: rows.concat() })
    }

    /// An ant of Langton's kind: turn k on colour k, which becomes the next one.
    ///
    /// # Errors
    /// No letter, or one that is no turn.
    pub fn ant(word: &str) -> Result<Self, String> {
        let letters: Vec<char> = word.chars().filter(|c| !c.is_whitespace()).collect();
        if letters.is_empty() || letters.len() > MOST {
            return Err(format!("expected 1 to {MOST} turns (L, R, N, U), found {}", letters.len()));
        }
        let act = |(k, letter): (usize, &char)| {
            let turn = Some(letter).filter(|c| !c.is_ascii_digit()).and_then(|c| Turn::parse(&c.to_string()));
            let turn = turn.ok_or_else(|| {
                format!("turn {}: expected L, R, N (on) or U (back), found '{letter}'", k + 1)
            })?;
            Ok(Act { write: ((k + 1) % letters.len()) as u8, turn, next: 0 })
        };
        let row = letters.iter().enumerate().map(act).collect::<Result<Vec<Act>, String>>()?;
        Self::new(&[row])
    }

    /// Reads either notation.
    ///
    /// # Errors
    /// It is neither; which place is wrong, and what was expected there.
    pub fn parse(text: &str) -> Result<Self, String> {
        if !text.contains('{') {
            return Self::ant(text);
        }
        let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        let inside = text.strip_prefix('{').and_then(|t| t.strip_suffix('}'));
        let inside = inside.ok_or("expected {{{write, turn, next}, …}, …}: the outer braces do not match")?;
        let mut rows = Vec::new();
        for (state, list) in groups(inside)?.into_iter().enumerate() {
            let row = groups(list)?.into_iter().enumerate().map(|(colour, triple)| {
                act(triple).map_err(|e| format!("state {state}, colour {colour}: {e}"))
            });
            rows.push(row.collect::<Result<Vec<Act>, String>>()?);
        }
        Self::new(&rows)
    }

    /// The number of colours.
    pub fn colours(&self) -> usize {
        self.colours
    }

    /// The number of states.
    pub fn states(&self) -> usize {
        self.acts.len() / self.colours
    }

    /// What an ant of a state does on a colour.
    #[inline(always)]
    pub fn act(&self, state: u8, colour: u8) -> Act {
        self.acts[state as usize * self.colours + colour as usize]
    }

    /// All acts, state after state.
    pub fn acts(&self) -> &[Act] {
        &self.acts
    }

    /// States that no ant ever gets into from state 0, whatever it meets.
    pub fn unreachable(&self) -> Vec<usize> {
        let (mut reached, mut open) = (BTreeSet::from([0]), vec![0]);
        while let Some(state) = open.pop() {
            for act in &self.acts[state * self.colours..][..self.colours] {
                if reached.insert(act.next as usize) {
                    open.push(act.next as usize);
                }
            }
        }
        (0..self.states()).filter(|s| !reached.contains(s)).collect()
    }
}

/// The contents of groups in braces, separated by commas.
fn groups(text: &str) -> Result<Vec<&str>, String> {
    let (mut found, mut depth, mut begin) = (Vec::new(), 0usize, 0);
    for (i, c) in text.char_indices() {
        match c {
            '{' => {
                depth += 1;
                if depth == 1 {
                    begin = i + 1;
                }
            }
            '}' => {
                depth = depth.checked_sub(1).ok_or("a brace closes that was not opened")?;
                if depth == 0 {
                    found.push(&text[begin..i]);
                }
            }
            ',' if depth == 0 => {}
            _ if depth == 0 => return Err(format!("expected '{{', found '{c}'")),
            _ => {}
        }
    }
    if depth > 0 {
        return Err(format!("{depth} braces are not closed"));
    }
    Ok(found)
}

fn act(triple: &str) -> Result<Act, String> {
    let words: Vec<&str> = triple.split(',').collect();
    let [write, turn, next] = words[..] else {
        return Err(format!("expected {{write, turn, next}}, found {} values", words.len()));
    };
    let whole = |what: &str, word: &str| {
        word.parse::<u8>().map_err(|_| format!("expected a {what} of 0 to 255, found '{word}'"))
    };
    let turn = Turn::parse(turn)
        .ok_or_else(|| format!("expected a turn (1 or N: on, 2 or R, 4 or U, 8 or L), found '{turn}'"))?;
    Ok(Act { write: whole("colour", write)?, turn, next: whole("state", next)? })
}
