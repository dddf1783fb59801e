//! Rule strings of life-like automata: `B3/S23` (born / survives), or the older `23/3` (survives / born).

use std::fmt;

/// An outer-totalistic rule on two states and the eight neighbours of the square grid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Bit n: a dead cell with n live neighbours is born.
    pub born: u16,
    /// Bit n: a live cell with n live neighbours survives.
    pub survive: u16,
}

impl Rule {
    /// Conway's Life, B3/S23 (Gardner, Scientific American 223, 1970).
    pub const CONWAY: Self = Self { born: 1 << 3, survive: 1 << 2 | 1 << 3 };

    /// Reads a rule string; the error is one sentence with the cure.
    ///
    /// `B3/S23`, `b3s23`, `S23/B3`, `B3` (nothing survives) and `23/3` are understood.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let upper = text.to_ascii_uppercase();
        if text.is_empty() {
            return Err("the rule is empty; write B3/S23 for Conway's Life".into());
        }
        if upper.starts_with(['B', 'S']) {
            return lettered(text, &upper);
        }
        let Some((survive, born)) = upper.split_once('/') else {
            return Err(format!("`{text}` is no rule: expected B…/S… such as B3/S23, or S/B such as 23/3"));
        };
        Ok(Self { born: counts(text, born)?, survive: counts(text, survive)? })
    }

    /// Whether a cell in this state with so many live neighbours (0..=8) lives in the next generation.
    pub fn lives(&self, alive: bool, neighbours: u32) -> bool {
        (if alive { self.survive } else { self.born }) >> neighbours & 1 == 1
    }
}

fn lettered(text: &str, upper: &str) -> Result<Rule, String> {
    let (mut born, mut survive) = (None, None);
    for part in split_letters(upper) {
        let (side, digits) = part.split_at(1);
        let side = if side == "B" { &mut born } else { &mut survive };
        let digits = digits.trim_end_matches('/');
        if side.replace(counts(text, digits)?).is_some() {
            return Err(format!("rule `{text}` says {} twice", &part[..1]));
        }
    }
    match (born, survive) {
        (None, None) => Err(format!("`{text}` is no rule: expected B…/S… such as B3/S23")),
        (b, s) => Ok(Rule { born: b.unwrap_or(0), survive: s.unwrap_or(0) }),
    }
}

/// `B3/S23` as `B3/` and `S23`.
fn split_letters(upper: &str) -> impl Iterator<Item = &str> {
    let starts: Vec<usize> = upper.match_indices(['B', 'S']).map(|(i, _)| i).collect();
    let ends: Vec<usize> = starts.iter().skip(1).copied().chain([upper.len()]).collect();
    starts.into_iter().zip(ends).map(|(a, b)| &upper[a..b])
}

fn counts(rule: &str, digits: &str) -> Result<u16, String> {
    digits.chars().try_fold(0u16, |bits, c| match c.to_digit(9) {
        Some(n) => Ok(bits | 1 << n),
        None => Err(format!(
            "rule `{rule}`: `{}` is no number of neighbours; B and S take digits 0 to 8, as in B3/S23",
            c.to_ascii_lowercase()
        )),
    })
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let digits = |bits: u16| (0..9).filter(move |n| bits >> n & 1 == 1).map(|n| n.to_string());
        write!(f, "B{}/S{}", digits(self.born).collect::<String>(), digits(self.survive).collect::<String>())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn all_spellings_of_life() {
        for text in ["B3/S23", "b3/s23", "B3S23", "S23/B3", "s23b3", "23/3", " B3/S32 "] {
            assert_eq!(Rule::parse(text), Ok(Rule::CONWAY), "{text}");
        }
        assert_eq!(Rule::parse("B234").unwrap(), Rule { born: 0b11100, survive: 0 });
        assert_eq!(Rule::parse("/2").unwrap(), Rule { born: 4, survive: 0 });
        assert_eq!(Rule::parse("B/S").unwrap(), Rule { born: 0, survive: 0 });
    }

    #[test]
    fn what_is_no_rule_is_said_to_be_none() {
        let fault = Rule::parse("B3/S2x").unwrap_err();
        assert_eq!(
            fault,
            "rule `B3/S2x`: `x` is no number of neighbours; B and S take digits 0 to 8, as in B3/S23"
        );
        for text in ["", "life", "B3/S23/B4", "B9/S23", "3", "B3/S2-a", "23/3/3", "B3/S23:T200,200", "é/3"] {
            assert!(Rule::parse(text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(born in 0u16..512, survive in 0u16..512) {
            let rule = Rule { born, survive };
            prop_assert_eq!(Rule::parse(&rule.to_string()), Ok(rule));
            let digits = |b: u16| (0..9).filter(|n| b >> n & 1 == 1).map(|n| n.to_string()).collect::<String>();
            prop_assert_eq!(Rule::parse(&format!("{}/{}", digits(survive), digits(born))), Ok(rule));
        }

        #[test]
        fn no_text_panics(text in ".*") {
            let _ = Rule::parse(&text);
        }
    }
}
