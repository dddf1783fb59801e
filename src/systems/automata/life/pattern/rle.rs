//! Run-length encoding: `x = 3, y = 3, rule = B3/S23` and then `bo$2bo$3o!`. Files of two states write `b` and `o`, or
//! capitals; files of more write `.` for state 0 and `A` to `X` for states 1 to 24 (with `p` to `y` before them for
//! more).

use super::runs::{LARGEST, Pattern, Run, fits};
use super::states::States;
use super::text_position::{RuleText, TextPosition};

/// Reads RLE, with or without its header line.
pub fn parse(text: &str) -> Result<Pattern, String> {
    let mut pattern = Pattern { width: 1, height: 1, ..Pattern::default() };
    let mut body: Option<Body> = None;
    let (mut sized, mut noted) = (false, None);
    for (n, line) in text.lines().enumerate() {
        let place = |column: usize| TextPosition { line: n + 1, column: column + 1 };
        let indent = line.chars().take_while(|c| c.is_whitespace()).count();
        let trimmed = line.trim();
        if trimmed.starts_with('#') {
            // `#r 23/3` names a rule, `#R x y` a position.
            if let Some(rule) = trimmed.strip_prefix("#r").map(str::trim).filter(|r| !r.is_empty()) {
                noted = Some(RuleText { text: rule.into(), place: place(indent) });
            }
            continue;
        }
        if body.is_none() && !sized && trimmed.contains('=') {
            let (width, height, rule) =
                header(trimmed).map_err(|e| place(indent).fault("not an RLE pattern", &e))?;
            fits(width, height)?;
            (pattern.width, pattern.height) = (width.max(1) as usize, height.max(1) as usize);
            sized = width > 0 && height > 0;
            pattern.rule = rule.map(|(at, text)| RuleText { text, place: place(indent + at) });
            continue;
        }
        if trimmed.is_empty() {
            continue;
        }
        if pattern.rule.is_none() {
            pattern.rule = noted.take();
        }
        let body = body.get_or_insert_with(|| Body::new(&pattern, text));
        let ended = body.line(line, &mut pattern);
        if ended.map_err(|(at, e)| place(at).fault("not an RLE pattern", &e))? {
            return finished(pattern, body);
        }
    }
    match body {
        Some(body) => finished(pattern, &body),
        None if sized => Err("is not a complete RLE pattern: its header has no cells after it".into()),
        None => Err("holds no pattern: there are only comments in it".into()),
    }
}

/// Marks that are all dead are taken for a mistake.
fn finished(pattern: Pattern, body: &Body) -> Result<Pattern, String> {
    match body.marks > 0 && pattern.runs.is_empty() {
        true => Err("holds no live cell: all its states are dead under its rule".into()),
        false => Ok(pattern),
    }
}

/// Size and rule; the rule with its column.
type RleHeader = (i64, i64, Option<(usize, String)>);

fn header(line: &str) -> Result<RleHeader, String> {
    let (size, rule) = match line.to_ascii_lowercase().find("rule") {
        Some(at) => {
            let rest = line[at + 4..].trim_start().trim_start_matches('=').trim_start();
            let column = line[..line.len() - rest.len()].chars().count();
            let (rule, after) = rest.split_at(size_after(rest).unwrap_or(rest.len()));
            let rule = rule.trim().trim_end_matches(',').trim().trim_matches('"');
            (if at == 0 { after } else { &line[..at] }, Some((column, rule.to_string())))
        }
        None => (line, None),
    };
    let number = |key: &str| {
        let fields = size.split(',').filter_map(|field| field.split_once('='));
        let text = fields.filter(|(k, _)| k.trim().eq_ignore_ascii_case(key)).map(|(_, v)| v.trim()).next();
        let text = text.ok_or_else(|| format!("the header lacks `{key} =`"))?;
        match text.parse::<i64>() {
            Ok(n) if n >= 0 => Ok(n),
            _ => Err(format!("`{key} = {text}` is not a size")),
        }
    };
    Ok((number("x")?, number("y")?, rule.filter(|r| !r.1.is_empty())))
}

/// Where the size begins after a rule, which may contain commas.
fn size_after(text: &str) -> Option<usize> {
    let is_size = |part: &str| part.trim_start().starts_with(['x', 'X', 'y', 'Y']) && part.contains('=');
    text.match_indices(',').map(|(at, _)| at + 1).find(|at| is_size(&text[*at..]))
}

struct Body {
    x: i64,
    y: i64,
    count: Option<i64>,
    states: States,
    /// The first of two letters of a state above 24.
    prefix: Option<char>,
    /// Tags other than "dead".
    marks: u64,
}

impl Body {
    fn new(pattern: &Pattern, text: &str) -> Self {
        let states = States::of(pattern.rule.as_ref().map(|r| r.text.as_str()), text);
        Self { x: 0, y: 0, count: None, states, prefix: None, marks: 0 }
    }

    /// Reads a line; true if the pattern ends in it. A fault comes with its column, from 0.
    fn line(&mut self, line: &str, pattern: &mut Pattern) -> Result<bool, (usize, String)> {
        for (at, c) in line.chars().enumerate() {
            if let Some(digit) = c.to_digit(10) {
                self.count = Some((self.count.unwrap_or(0) * 10 + digit as i64).min(LARGEST + 1));
                continue;
            }
            if c.is_whitespace() {
                continue;
            }
            if self.prefix.is_none() && ('p'..='y').contains(&c) {
                self.prefix = Some(c);
                continue;
            }
            if self.tag(c, pattern).map_err(|e| (at, e))? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn tag(&mut self, c: char, pattern: &mut Pattern) -> Result<bool, String> {
        let count = self.count.take().unwrap_or(1);
        let prefix = self.prefix.take();
        match (prefix, c) {
            (None, '$') => (self.x, self.y) = (0, self.y + count),
            (None, '!') => return Ok(true),
            _ => {
                let alive = self.states.is_alive(prefix, c)?;
                self.marks += (count > 0 && !matches!(c, 'b' | '.')) as u64;
                if alive { self.live(count, pattern)? } else { self.x += count }
            }
        }
        fits(self.x, self.y)?;
        Ok(false)
    }

    fn live(&mut self, count: i64, pattern: &mut Pattern) -> Result<(), String> {
        fits(self.x + count, self.y + 1)?;
        if count > 0 {
            let run = Run { x: self.x as usize, y: self.y as usize, len: count as usize };
            pattern.runs.push(run);
            pattern.width = pattern.width.max(run.x + run.len);
            pattern.height = pattern.height.max(run.y + 1);
        }
        self.x += count;
        Ok(())
    }
}
