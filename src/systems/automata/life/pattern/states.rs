//! What the letters of an RLE file mean: two states, or more where the rule has more.

use super::super::rule::Rule;

/// How a file writes its states.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum States {
    /// `b` or `B` dead, `o` or `O` alive; `A` is alive too.
    Two,
    /// `A` is state 1 and so on, `.` and `b` state 0, `o` state 1; of this many states the odd ones are alive (Golly's
    /// History: 1 alive, 2 was alive, 3 and 5 marked alive, 4 marked dead, 6 a border; and Super, which has more).
    Odd(u32),
    /// States of a rule that has two, so that a third is a mistake.
    Letters,
}

impl States {
    /// For a rule, and the whole text: a file of two states that writes capitals has `O`, and no `A`.
    pub fn of(rule: Option<&str>, text: &str) -> Self {
        if let Some(states) = rule.and_then(Rule::history) {
            return Self::Odd(states);
        }
        let letter = |c: char| {
            text.lines().filter(|l| !l.trim_start().starts_with(['#', 'x', 'X'])).any(|l| l.contains(c))
        };
        if letter('A') && !letter('O') { Self::Letters } else { Self::Two }
    }

    /// Whether a state lives, by its letter and the one before it for states above 24.
    pub fn is_alive(self, prefix: Option<char>, c: char) -> Result<bool, String> {
        let state = match (prefix, c) {
            (None, 'b' | '.') => 0,
            (None, 'o') => 1,
            (_, 'A'..='X') => {
                c as u32 - 'A' as u32 + 1 + prefix.map_or(0, |p| 24 * (p as u32 - 'p' as u32 + 1))
            }
            (None, _) => {
                return Err(format!("`{c}` is not one of b (dead), o (alive), $ (end of row), ! (end)"));
            }
            (Some(p), _) => {
                return Err(format!("`{p}{c}` is not a state; states above 24 are written pA to yX"));
            }
        };
        match self {
            Self::Two if prefix.is_none() && c == 'B' => Ok(false),
            Self::Two if prefix.is_none() && c == 'O' => Ok(true),
            Self::Odd(most) if state <= most => Ok(state % 2 == 1),
            Self::Odd(most) => Err(format!("`{c}` is state {state}, and its rule has states 0 to {most}")),
            _ if state < 2 => Ok(state == 1),
            _ => Err(format!(
                "`{c}` is state {state}, and life has two states; a pattern with histories names such a rule, as \
                 LifeHistory"
            )),
        }
    }
}
