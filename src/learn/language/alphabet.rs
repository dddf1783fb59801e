//! The characters of a text as numbers, and the text in windows.

use std::collections::BTreeMap;

use world::rng::Rng;

/// Characters that a model knows: the most frequent ones of a text. All others become spaces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alphabet(Vec<char>);

impl Alphabet {
    /// Of a text, at most `most` characters, a space always among them.
    pub fn of(text: &str, most: usize) -> Self {
        let mut counts = BTreeMap::from([(' ', usize::MAX)]);
        for c in plain(text).chars().filter(|c| *c != ' ') {
            *counts.entry(c).or_insert(0) += 1;
        }
        let mut all: Vec<(char, usize)> = counts.into_iter().collect();
        all.sort_by_key(|(c, n)| (std::cmp::Reverse(*n), *c));
        Self(all.into_iter().take(most.max(1)).map(|(c, _)| c).collect())
    }

    /// Number of characters.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Never: a space is always among them.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The text as numbers.
    pub fn encode(&self, text: &str) -> Vec<usize> {
        let places: BTreeMap<char, usize> = self.0.iter().enumerate().map(|(i, c)| (*c, i)).collect();
        plain(text).chars().map(|c| places.get(&c).copied().unwrap_or(0)).collect()
    }

    /// The number of a character, that of a space if it is not known.
    pub fn code(&self, c: char) -> usize {
        self.0.iter().position(|known| *known == c).unwrap_or(0)
    }

    /// Numbers as a text.
    pub fn decode(&self, codes: &[usize]) -> String {
        codes.iter().filter_map(|c| self.0.get(*c)).collect()
    }

    /// So many windows of `length` characters of an encoded text, each from the beginning of a word on, drawn at random;
    /// none if the text has no such place.
    pub fn windows(&self, codes: &[usize], length: usize, n: usize, rng: Rng) -> Vec<Vec<usize>> {
        let begins = |i: &usize| codes[*i] != 0 && (*i == 0 || codes[i - 1] == 0);
        let starts: Vec<usize> = (0..(codes.len() + 1).saturating_sub(length)).filter(begins).collect();
        if starts.is_empty() {
            return Vec::new();
        }
        let start = |i: usize| starts[rng.below(i as u64, starts.len() as u64) as usize];
        (0..n).map(|i| codes[start(i)..][..length].to_vec()).collect()
    }
}

/// In lower case, with single spaces.
fn plain(text: &str) -> String {
    text.split_whitespace().map(str::to_lowercase).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod unit {
    use super::*;

    #[test]
    fn a_text_comes_back_as_plain_as_it_is_read() {
        let text = "One  two\nthree; ONE.";
        let alphabet = Alphabet::of(text, 40);
        assert_eq!(alphabet.decode(&alphabet.encode(text)), "one two three; one.");
        assert_eq!(alphabet.encode(" q ").len(), 1, "what is not known is a space");
        let few = Alphabet::of(text, 2);
        assert_eq!((few.len(), few.decode(&few.encode("one"))), (2, "  e".into()));
    }

    #[test]
    fn windows_begin_with_words() {
        let alphabet = Alphabet::of("ab cd efg", 40);
        let codes = alphabet.encode("ab cd efg");
        let windows = alphabet.windows(&codes, 4, 40, Rng::new(1));
        let mut texts: Vec<String> = windows.iter().map(|w| alphabet.decode(w)).collect();
        texts.sort();
        texts.dedup();
        assert_eq!((windows.len(), texts), (40, vec!["ab c".to_string(), "cd e".into()]));
        assert!(alphabet.windows(&codes, 10, 3, Rng::new(1)).is_empty());
    }
}
