//! Problems of a scene file, each with its line, in the author's terms.

use std::ops::Range;

use toml_edit::{Item, TableLike, Value};

/// One thing wrong with a scene file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Line in the file, from 1.
    pub line: usize,
    /// Bytes of the file that it is about.
    pub span: Range<usize>,
    /// What was found, what was expected.
    pub message: String,
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "line {}: {}", self.line, self.message)
    }
}

/// Collects problems while a text is read.
pub struct Problems<'a> {
    text: &'a str,
    list: Vec<Problem>,
}

impl<'a> Problems<'a> {
    /// For a text without problems so far.
    pub fn new(text: &'a str) -> Self {
        Self { text, list: Vec::new() }
    }

    /// Adds one.
    pub fn add(&mut self, span: Option<Range<usize>>, message: impl Into<String>) {
        let span = span.unwrap_or(0..0);
        let line =
            self.text.as_bytes()[..span.start.min(self.text.len())].iter().filter(|&&b| b == b'\n').count();
        self.list.push(Problem { line: line + 1, span, message: printable(message.into()) });
    }

    /// All of them, from the top of the file.
    pub fn into_sorted(mut self) -> Vec<Problem> {
        self.list.sort_by(|a, b| (a.span.start, &a.message).cmp(&(b.span.start, &b.message)));
        self.list.dedup();
        self.list
    }
}

/// A message on one line, whatever it quotes: control characters are escaped as in Rust.
pub fn printable(message: String) -> String {
    match message.contains(char::is_control) {
        true => message
            .chars()
            .flat_map(|c| if c.is_control() { c.escape_default().collect() } else { vec![c] })
            .collect(),
        false => message,
    }
}

/// Longer lists of names are shortened to their prefixes (`air.…`), or omitted after a suggestion.
const MANY: usize = 40;

/// "did you mean `name`? (also available: size)", or all that is available. No name is listed twice.
pub fn suggest(found: &str, valid: &[&str]) -> String {
    // A word of a very different length is not a misspelling, and comparing costs the product of both lengths.
    let (length, apart) = (found.chars().count(), |v: &str| 1.max(v.len() / 3));
    let alike = valid.iter().filter(|v| v.chars().count().abs_diff(length) <= apart(v));
    let near = alike.map(|v| (strsim::damerau_levenshtein(found, v), *v)).min();
    let near = near.filter(|(d, v)| *d <= apart(v)).map(|(_, v)| v);
    let others = each_once(valid.iter().filter(|v| Some(**v) != near).map(|v| v.to_string()));
    match near {
        Some(v) if others.is_empty() || others.len() > MANY => format!("did you mean `{v}`?"),
        Some(v) => format!("did you mean `{v}`? (also available: {})", others.join(", ")),
        None if others.is_empty() => "none available".into(),
        None if others.len() > MANY => format!("available: {}", prefixes(&others).join(", ")),
        None => format!("available: {}", others.join(", ")),
    }
}

/// Prefixes of names: `air.…`.
fn prefixes(names: &[String]) -> Vec<String> {
    each_once(names.iter().map(|n| n.split_once('.').map_or(n.clone(), |(head, _)| format!("{head}.…"))))
}

fn each_once(names: impl Iterator<Item = String>) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for name in names {
        if !all.contains(&name) {
            all.push(name);
        }
    }
    all
}

/// Lines of a scene's text, from 1, with a string of exactly this value; comments and keys do not count.
pub fn lines_of(text: &str, word: &str) -> Vec<usize> {
    let Ok(document) = toml_edit::Document::parse(text) else { return Vec::new() };
    let mut spans = Vec::new();
    strings(document.as_item(), &mut |said, span| {
        if said == word {
            spans.push(span.start);
        }
    });
    spans.sort_unstable();
    let line = |start: usize| 1 + text.as_bytes()[..start].iter().filter(|&&b| b == b'\n').count();
    let mut lines: Vec<usize> = spans.into_iter().map(line).collect();
    lines.dedup();
    lines
}

/// Every string in an item, with its place.
fn strings(item: &Item, say: &mut dyn FnMut(&str, Range<usize>)) {
    match item {
        Item::Value(value) => strings_of_value(value, say),
        Item::Table(table) => table.iter().for_each(|(_, i)| strings(i, say)),
        Item::ArrayOfTables(list) => {
            list.iter().flat_map(|t| t.iter()).for_each(|(_, i)| strings(i, say));
        }
        Item::None => {}
    }
}

fn strings_of_value(value: &Value, say: &mut dyn FnMut(&str, Range<usize>)) {
    match value {
        Value::String(s) => say(s.value(), value.span().unwrap_or_default()),
        Value::Array(list) => list.iter().for_each(|v| strings_of_value(v, say)),
        Value::InlineTable(table) => table.iter().for_each(|(_, v)| strings_of_value(v, say)),
        _ => {}
    }
}

/// One table of a scene file, read key by key; unknown keys are problems.
pub struct Section<'a> {
    table: &'a dyn TableLike,
    what: String,
    span: Option<Range<usize>>,
    known: Vec<String>,
}

impl<'a> Section<'a> {
    /// A table called `what` in messages.
    pub fn new(table: &'a dyn TableLike, what: impl Into<String>, span: Option<Range<usize>>) -> Self {
        Self { table, what: what.into(), span, known: Vec::new() }
    }

    /// The table in an item, or a problem.
    pub fn of(item: &'a Item, what: &str, p: &mut Problems) -> Option<Self> {
        match item.as_table_like() {
            Some(table) => Some(Self::new(table, what, item.span())),
            None => {
                p.add(item.span(), format!("{what} must be a table, found {}", item.type_name()));
                None
            }
        }
    }

    /// Name of this section in messages.
    pub fn what(&self) -> &str {
        &self.what
    }

    /// Where the section is.
    pub fn span(&self) -> Option<Range<usize>> {
        self.span.clone()
    }

    /// Where a key is; the section itself if it is not there.
    pub fn span_of(&self, key: &str) -> Option<Range<usize>> {
        let (key, item) = self.table.get_key_value(key)?;
        key.span().or_else(|| item.span()).or_else(|| self.span.clone())
    }

    /// The item under a key, which is then known.
    pub fn item(&mut self, key: &str) -> Option<&'a Item> {
        self.known.push(key.into());
        self.table.get(key)
    }

    /// Whether a key is there.
    pub fn has(&self, key: &str) -> bool {
        self.table.contains_key(key)
    }

    /// Every key with its item.
    pub fn entries(&self) -> impl Iterator<Item = (&'a str, &'a Item)> {
        self.table.iter()
    }

    /// Marks a key as known without reading it.
    pub fn know(&mut self, key: &str) {
        self.known.push(key.into());
    }

    /// A string.
    pub fn text(&mut self, key: &str, p: &mut Problems) -> Option<&'a str> {
        let item = self.item(key)?;
        let text = item.as_str();
        if text.is_none() {
            self.wrong(key, item, "a string in quotes", p);
        }
        text
    }

    /// `true` or `false`.
    pub fn truth(&mut self, key: &str, p: &mut Problems) -> Option<bool> {
        let item = self.item(key)?;
        let truth = item.as_bool();
        if truth.is_none() {
            self.wrong(key, item, "true or false", p);
        }
        truth
    }

    /// A string that must be there.
    pub fn needed(&mut self, key: &str, p: &mut Problems) -> Option<&'a str> {
        if self.table.get(key).is_none() {
            p.add(self.span.clone(), format!("{} has no `{key}`", self.what));
        }
        self.text(key, p)
    }

    /// A number in `lo..=hi`.
    pub fn number(&mut self, key: &str, lo: f64, hi: f64, p: &mut Problems) -> Option<f64> {
        let item = self.item(key)?;
        match item.as_value().and_then(number) {
            Some(v) if (lo..=hi).contains(&v) => Some(v),
            _ => {
                self.wrong(key, item, &format!("a number in {lo}..={hi}"), p);
                None
            }
        }
    }

    /// A whole number in `lo..=hi`.
    pub fn whole(&mut self, key: &str, lo: u32, hi: u32, p: &mut Problems) -> Option<u32> {
        let item = self.item(key)?;
        let found = item.as_value().and_then(number).filter(|v| v.fract() == 0.0);
        let found = found.filter(|v| (lo as f64..=hi as f64).contains(v));
        if found.is_none() {
            self.wrong(key, item, &format!("a whole number in {lo}..={hi}"), p);
        }
        found.map(|v| v as u32)
    }

    /// Two numbers.
    pub fn pair(&mut self, key: &str, p: &mut Problems) -> Option<[f64; 2]> {
        let item = self.item(key)?;
        let pair = item.as_array().and_then(|a| match (a.get(0), a.get(1), a.len()) {
            (Some(a), Some(b), 2) => Some([number(a)?, number(b)?]),
            _ => None,
        });
        if pair.is_none() {
            self.wrong(key, item, "two numbers like [0, 1]", p);
        }
        pair
    }

    /// A list of strings, with the place of each.
    pub fn words(&mut self, key: &str, p: &mut Problems) -> Vec<(&'a str, Option<Range<usize>>)> {
        let Some(item) = self.item(key) else { return Vec::new() };
        let words: Option<Vec<_>> =
            item.as_array().and_then(|a| a.iter().map(|v| v.as_str().map(|s| (s, v.span()))).collect());
        words.unwrap_or_else(|| {
            self.wrong(key, item, "a list of strings like [\"a\", \"b\"]", p);
            Vec::new()
        })
    }

    /// One of `names`, as its index.
    pub fn one_of(&mut self, key: &str, names: &[&str], p: &mut Problems) -> Option<usize> {
        let found = self.text(key, p)?;
        let index = names.iter().position(|n| *n == found);
        if index.is_none() {
            let span = self.table.get(key).and_then(Item::span);
            p.add(span, format!("{} has no {key} `{found}`; {}", self.what, suggest(found, names)));
        }
        index
    }

    /// A problem at a key whose value is of the wrong kind.
    pub fn wrong(&self, key: &str, item: &Item, expected: &str, p: &mut Problems) {
        let found =
            item.as_value().map_or(item.type_name().to_string(), |v| v.to_string().trim().to_string());
        p.add(item.span(), format!("`{key}` of {} must be {expected}, found {found}", self.what));
    }

    /// Reports every unknown key. `also` names what else would have been valid.
    pub fn finish(self, also: &[&str], p: &mut Problems) {
        let mut valid: Vec<&str> = Vec::new();
        for key in self.known.iter().map(String::as_str).chain(also.iter().copied()) {
            if !valid.contains(&key) {
                valid.push(key);
            }
        }
        for (key, _) in self.table.iter() {
            if !self.known.iter().any(|k| k == key) {
                p.add(self.span_of(key), format!("{} has no `{key}`; {}", self.what, suggest(key, &valid)));
            }
        }
    }
}

/// A whole or real number.
pub fn number(v: &Value) -> Option<f64> {
    v.as_float().or_else(|| v.as_integer().map(|i| i as f64)).filter(|v| !v.is_nan())
}

/// A TOML item as JSON, for texts that systems read themselves.
pub fn to_json(item: &Item) -> serde_json::Value {
    use serde_json::Value as J;
    match item {
        Item::Value(v) => value_to_json(v),
        Item::Table(t) => J::Object(t.iter().map(|(k, v)| (k.into(), to_json(v))).collect()),
        Item::ArrayOfTables(a) => J::Array(
            a.iter().map(|t| J::Object(t.iter().map(|(k, v)| (k.into(), to_json(v))).collect())).collect(),
        ),
        Item::None => J::Null,
    }
}

fn value_to_json(v: &Value) -> serde_json::Value {
    use serde_json::Value as J;
    match v {
        Value::String(s) => J::String(s.value().clone()),
        Value::Integer(i) => J::from(*i.value()),
        Value::Float(f) => J::from(*f.value()),
        Value::Boolean(b) => J::Bool(*b.value()),
        Value::Datetime(d) => J::String(d.value().to_string()),
        Value::Array(a) => J::Array(a.iter().map(value_to_json).collect()),
        Value::InlineTable(t) => J::Object(t.iter().map(|(k, v)| (k.into(), value_to_json(v))).collect()),
    }
}
