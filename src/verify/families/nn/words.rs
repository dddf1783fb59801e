//! Names of cases in parts: a head, and options with their numbers.

use crate::fault::shown;

/// A word and what is written behind it: `k` and `3` of `k3`.
type Part = (String, String);

/// A name in parts.
#[derive(Clone, Debug)]
pub struct Words {
    name: String,
    parts: Vec<Part>,
}

impl Words {
    /// Splits a name at its underscores. Capitals count as small letters, and `2d` after a word says nothing.
    pub fn new(name: &str) -> Self {
        let small = name.to_lowercase();
        let split = |part: &str| {
            let end = part.find(|c: char| !c.is_alphabetic()).unwrap_or(part.len());
            let (word, rest) = part.split_at(end);
            let rest = rest.strip_prefix("2d").filter(|r| !word.is_empty() && r.is_empty()).unwrap_or(rest);
            (word.to_string(), rest.trim_start_matches('=').to_string())
        };
        let parts = small.split(['_', ',', ' ']).filter(|p| !p.is_empty()).map(split).collect();
        Self { name: name.into(), parts }
    }

    /// Takes the head: the most parts from the first on which together are a word that `known` knows. The number behind the
    /// last is the head's own.
    pub fn head<T>(&mut self, known: impl Fn(&str) -> Option<T>) -> Option<(T, String)> {
        let bare = self.parts.iter().take_while(|p| p.1.is_empty()).count();
        for length in (1..=(bare + 1).min(self.parts.len())).rev() {
            let word: String = self.parts[..length].iter().map(|p| p.0.as_str()).collect();
            if let Some(head) = known(&word) {
                let taken: Vec<Part> = self.parts.drain(..length).collect();
                return Some((head, taken.into_iter().next_back().map_or(String::new(), |p| p.1)));
            }
        }
        None
    }

    /// Takes the option of one of these words, with what is written behind it.
    pub fn take(&mut self, words: &[&str]) -> Option<String> {
        let at = self.parts.iter().position(|p| words.contains(&p.0.as_str()))?;
        Some(self.parts.remove(at).1)
    }

    /// Takes an option that is a word alone.
    pub fn flag(&mut self, words: &[&str]) -> bool {
        let at = self.parts.iter().position(|p| words.contains(&p.0.as_str()) && p.1.is_empty());
        at.map(|at| self.parts.remove(at)).is_some()
    }

    /// Takes an option that is a number. A part without one may have it in the part behind (`b1_0.9`).
    ///
    /// # Errors
    /// It is none, or not from 0 to a million.
    pub fn number(&mut self, words: &[&str]) -> Result<Option<f64>, String> {
        self.take(words).map(|text| self.parse(&text)).transpose()
    }

    /// The number of a text.
    ///
    /// # Errors
    /// As [`Self::number`].
    pub fn parse(&self, text: &str) -> Result<f64, String> {
        let number = text.parse().ok().filter(|v| (0.0..=1e6).contains(v));
        number.ok_or_else(|| self.wrong(&format!("expected a number, found {}", shown(text))))
    }

    /// Takes an option that is a whole number for rows and columns, or one for each (`3x5`).
    ///
    /// # Errors
    /// It is none.
    pub fn pair(&mut self, words: &[&str]) -> Result<Option<[usize; 2]>, String> {
        self.take(words).map(|text| self.parse_pair(&text)).transpose()
    }

    /// The whole numbers of a text.
    ///
    /// # Errors
    /// As [`Self::pair`].
    pub fn parse_pair(&self, text: &str) -> Result<[usize; 2], String> {
        let (rows, columns) = text.split_once('x').unwrap_or((text, text));
        let of = |text: &str| text.parse::<usize>().ok().filter(|n| *n <= 1_000_000);
        match (of(rows), of(columns)) {
            (Some(rows), Some(columns)) => Ok([rows, columns]),
            _ => Err(self.wrong(&format!("expected a whole number, found {}", shown(text)))),
        }
    }

    /// Checks that nothing is left.
    ///
    /// # Errors
    /// An option was not taken.
    pub fn end(self) -> Result<(), String> {
        match self.parts.first() {
            None => Ok(()),
            Some((word, number)) => {
                Err(self.wrong(&format!("nothing is known of {}", shown(&format!("{word}{number}")))))
            }
        }
    }

    /// A message about this name.
    pub fn wrong(&self, message: &str) -> String {
        format!("in the name {}: {message}", shown(&self.name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_a_head_and_options_in_any_order() {
        let known = |word: &str| {
            ["conv", "convt", "upnearest", "gelu", "gelutanh"].contains(&word).then(|| word.to_string())
        };
        let head = |name: &str| Words::new(name).head(known).unwrap_or_default();
        for (name, expected) in [
            ("conv_k3_s1", ("conv", "")),
            ("convT_k4", ("convt", "")),
            ("conv3x3", ("conv", "3x3")),
            ("Conv2d_k3", ("conv", "")),
            ("up_nearest2", ("upnearest", "2")),
            ("gelu_tanh", ("gelutanh", "")),
            ("gelu", ("gelu", "")),
            ("other_k3", ("", "")),
            ("", ("", "")),
        ] {
            assert_eq!(head(name), (expected.0.into(), expected.1.into()), "{name}");
        }
        let mut words = Words::new("conv_p1_circular_k3x5_d=2");
        words.head(known);
        assert_eq!(words.pair(&["k", "kernel"]), Ok(Some([3, 5])));
        assert!(words.flag(&["circular"]) && !words.flag(&["circular"]));
        assert_eq!((words.number(&["d"]), words.number(&["s"])), (Ok(Some(2.0)), Ok(None)));
        assert_eq!(
            words.end().unwrap_err(),
            r#"in the name "conv_p1_circular_k3x5_d=2": nothing is known of "p1""#
        );
        for bad in ["c_k", "c_k-1", "c_k1e9", "c_k3x", "c_k99999999"] {
            assert!(
                Words::new(bad).pair(&["k"]).is_err() && Words::new(bad).number(&["k"]).is_err(),
                "{bad}"
            );
        }
    }
}
