//! Fields of a JSON file, each of which knows where it stands.

use std::ops::RangeInclusive;

use serde_json::{Map, Value};

use crate::fault::{Fault, shown};

/// A JSON file.
#[derive(Clone, Debug)]
pub struct Document {
    file: String,
    value: Value,
}

impl Document {
    /// From its name in messages, and its text.
    ///
    /// # Errors
    /// It is not JSON; the message has the line and the column.
    pub fn parse(file: String, text: &str) -> Result<Self, Fault> {
        let value = serde_json::from_str(text.trim_start_matches('\u{feff}'));
        let value = value.map_err(|e| Fault::file(&file, format!("expected JSON: {e}")))?;
        Ok(Self { file, value })
    }

    /// All of it.
    pub fn root(&self) -> Field<'_> {
        Field { file: &self.file, path: String::new(), value: Some(&self.value) }
    }
}

/// A place in a JSON file, and what stands there, if anything does.
#[derive(Clone, Debug)]
pub struct Field<'a> {
    file: &'a str,
    path: String,
    value: Option<&'a Value>,
}

impl<'a> Field<'a> {
    /// Where it is, such as `[1].positions[3]`.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// A mistake here.
    pub fn fault(&self, message: impl std::fmt::Display) -> Fault {
        Fault::Mistake { file: self.file.into(), field: self.path.clone(), message: message.to_string() }
    }

    /// What was expected here, and what is found.
    pub fn expected(&self, what: impl std::fmt::Display) -> Fault {
        let found = match self.value {
            None => "nothing".into(),
            Some(Value::String(text)) => shown(text),
            Some(Value::Array(all)) => format!("a list of {}", all.len()),
            Some(Value::Object(_)) => "an object".into(),
            Some(plain) => plain.to_string(),
        };
        self.fault(format!("expected {what}, found {found}"))
    }

    /// Whether nothing stands here; `null` is something.
    pub fn is_absent(&self) -> bool {
        self.value.is_none()
    }

    /// Whether `null` stands here.
    pub fn is_null(&self) -> bool {
        matches!(self.value, Some(Value::Null))
    }

    /// A part of an object, which need not be there.
    pub fn get(&self, key: &str) -> Self {
        let value = self.value.and_then(|v| v.get(key));
        Self { file: self.file, path: self.below(key), value }
    }

    fn below(&self, key: &str) -> String {
        let plain = !key.is_empty() && key.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-');
        match plain {
            true if self.path.is_empty() => key.into(),
            true => format!("{}.{key}", self.path),
            false => format!("{}[{}]", self.path, shown(key)),
        }
    }

    /// An entry of a list, which need not be there.
    pub fn at(&self, index: usize) -> Self {
        let value = self.value.and_then(|v| v.get(index));
        Self { file: self.file, path: format!("{}[{index}]", self.path), value }
    }

    /// The entries of a list.
    ///
    /// # Errors
    /// It is none.
    pub fn list(&self) -> Result<Vec<Self>, Fault> {
        let all = self.value.and_then(Value::as_array).ok_or_else(|| self.expected("a list"))?;
        Ok((0..all.len()).map(|i| self.at(i)).collect())
    }

    /// The entries of a list of a known length.
    ///
    /// # Errors
    /// It is none, or has another length.
    pub fn list_of(&self, length: usize) -> Result<Vec<Self>, Fault> {
        let list = self.list().map_err(|_| self.expected(format!("a list of {length}")))?;
        match list.len() == length {
            true => Ok(list),
            false => Err(self.expected(format!("a list of {length}"))),
        }
    }

    /// The parts of an object, by their keys.
    ///
    /// # Errors
    /// It is none.
    pub fn object(&self) -> Result<Vec<(&'a str, Self)>, Fault> {
        let all: &'a Map<_, _> =
            self.value.and_then(Value::as_object).ok_or_else(|| self.expected("an object"))?;
        Ok(all.keys().map(|key| (key.as_str(), self.get(key))).collect())
    }

    /// The parts of an object whose keys are whole numbers, ordered by these.
    ///
    /// # Errors
    /// It is none, or a key is not a whole number.
    pub fn numbered(&self) -> Result<Vec<(u64, Self)>, Fault> {
        let of = |(key, field): (&str, Self)| {
            let number = key.parse().map_err(|_| {
                self.fault(format!("expected keys that are whole numbers, found {}", shown(key)))
            });
            Ok((number?, field))
        };
        let mut all = self.object()?.into_iter().map(of).collect::<Result<Vec<_>, Fault>>()?;
        all.sort_by_key(|(number, _)| *number);
        Ok(all)
    }

    /// A finite number; long ones may be written as text.
    ///
    /// # Errors
    /// It is none.
    pub fn number(&self) -> Result<f64, Fault> {
        let written = |text: &str| text.parse::<f64>().ok();
        let number = self.value.and_then(|v| v.as_f64().or_else(|| written(v.as_str()?)));
        number.filter(|n| n.is_finite()).ok_or_else(|| self.expected("a number"))
    }

    /// A number in a range.
    ///
    /// # Errors
    /// It is none, or outside.
    pub fn within(&self, range: RangeInclusive<f64>) -> Result<f64, Fault> {
        let number = self.number()?;
        let (low, high) = (range.start(), range.end());
        match range.contains(&number) {
            true => Ok(number),
            false => Err(self.expected(format!("a number from {low} to {high}"))),
        }
    }

    /// A whole number in a range.
    ///
    /// # Errors
    /// It is none, or outside.
    pub fn whole(&self, range: RangeInclusive<i64>) -> Result<i64, Fault> {
        let exact = |n: f64| (n.fract() == 0.0 && n.abs() < 9e15).then_some(n as i64);
        let number = self.value.and_then(|v| v.as_i64().or_else(|| exact(v.as_f64()?)));
        let (low, high) = (range.start(), range.end());
        let fits = number.filter(|n| range.contains(n));
        fits.ok_or_else(|| self.expected(format!("a whole number from {low} to {high}")))
    }

    /// A whole number that counts something, in a range.
    ///
    /// # Errors
    /// It is none, or outside.
    pub fn count(&self, range: RangeInclusive<usize>) -> Result<usize, Fault> {
        let range = *range.start() as i64..=*range.end() as i64;
        Ok(self.whole(range)? as usize)
    }

    /// A text.
    ///
    /// # Errors
    /// It is none.
    pub fn text(&self) -> Result<&'a str, Fault> {
        self.value.and_then(Value::as_str).ok_or_else(|| self.expected("a text"))
    }

    /// `true` or `false`.
    ///
    /// # Errors
    /// It is neither.
    pub fn flag(&self) -> Result<bool, Fault> {
        self.value.and_then(Value::as_bool).ok_or_else(|| self.expected("true or false"))
    }

    /// One of some words.
    ///
    /// # Errors
    /// It is none of them; the message names them.
    pub fn choice<T: Copy>(&self, words: &[(&str, T)]) -> Result<T, Fault> {
        let found = self.value.and_then(Value::as_str).and_then(|t| words.iter().find(|w| w.0 == t));
        let known = || words.iter().map(|w| w.0).collect::<Vec<_>>().join(", ");
        found.map(|w| w.1).ok_or_else(|| self.expected(format!("one of {}", known())))
    }

    /// The numbers of a list.
    ///
    /// # Errors
    /// It is none, or one is not a number.
    pub fn numbers(&self) -> Result<Vec<f64>, Fault> {
        self.list()?.iter().map(Self::number).collect()
    }

    /// Two numbers.
    ///
    /// # Errors
    /// They are not, or one is outside of the range.
    pub fn pair(&self, range: RangeInclusive<f64>) -> Result<[f64; 2], Fault> {
        let list = self.list_of(2).map_err(|_| self.expected("two numbers"))?;
        let two = [list[0].number()?, list[1].number()?];
        let (low, high) = (range.start(), range.end());
        match two.iter().all(|n| range.contains(n)) {
            true => Ok(two),
            false => Err(self.fault(format!("expected two numbers from {low} to {high}, found {two:?}"))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told<T: std::fmt::Debug>(result: Result<T, Fault>) -> String {
        result.unwrap_err().to_string()
    }

    #[test]
    fn every_mistake_is_told_with_its_file_and_place() {
        let text = r#"[{"a": [[1, 2], ["x", 3]], "n": 1.5, "a b": "1e-3", "k": {"1": 0, "x": 0}, "big": 7}]"#;
        let document = Document::parse("dir/f.json".into(), text).unwrap();
        let case = document.root().at(0);
        assert_eq!(case.get("a").at(0).pair(0.0..=9.0), Ok([1.0, 2.0]));
        assert_eq!(case.get("a b").number(), Ok(1e-3));
        for (found, expected) in [
            (told(case.get("n").pair(0.0..=9.0)), "[0].n: expected two numbers, found 1.5"),
            (told(case.get("a").at(1).pair(0.0..=9.0)), r#"[0].a[1][0]: expected a number, found "x""#),
            (
                told(case.get("a").at(0).pair(0.0..=1.5)),
                "[0].a[0]: expected two numbers from 0 to 1.5, found [1.0, 2.0]",
            ),
            (told(case.get("a").at(1).at(0).number()), r#"[0].a[1][0]: expected a number, found "x""#),
            (told(case.get("n").whole(0..=9)), "[0].n: expected a whole number from 0 to 9, found 1.5"),
            (told(case.get("big").count(0..=6)), "[0].big: expected a whole number from 0 to 6, found 7"),
            (told(case.get("m").number()), "[0].m: expected a number, found nothing"),
            (told(case.get("a b").list()), r#"[0]["a b"]: expected a list, found "1e-3""#),
            (told(case.get("a").object()), "[0].a: expected an object, found a list of 2"),
            (told(case.get("k").numbered()), r#"[0].k: expected keys that are whole numbers, found "x""#),
            (
                told(case.get("n").choice(&[("HPP", 1), ("FHP", 2)])),
                "[0].n: expected one of HPP, FHP, found 1.5",
            ),
            (told(document.root().object()), "expected an object, found a list of 1"),
        ] {
            assert_eq!(found, format!("dir/f.json: {expected}"));
        }
    }

    #[test]
    fn what_is_not_json_is_told_with_its_line() {
        for (text, word) in [
            ("", "EOF"),
            ("[1, 2", "EOF while parsing a list at line 1 column 5"),
            ("{\"a\":\nNaN}", "line 2 column 1"),
            ("[1e999]", "out of range"),
            ("[1] x", "trailing characters"),
            (&"[".repeat(5000), "recursion limit"),
        ] {
            let e = told(Document::parse("f.json".into(), text));
            assert!(e.starts_with("f.json: expected JSON: ") && e.contains(word), "{e}");
        }
    }

    #[test]
    fn texts_that_read_as_no_finite_number_are_none() {
        let document =
            Document::parse("f".into(), r#"["nan", "inf", "-infinity", "", "1e400", null]"#).unwrap();
        assert!(document.root().list().unwrap().iter().all(|f| f.number().is_err()));
    }
}
