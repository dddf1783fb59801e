//! Drawn patterns (plaintext and Life 1.05) and lists of cells (Life 1.06).

use super::plaintext::{ALIVE, DEAD};
use super::runs::{LARGEST, Pattern, Run, fits};
use super::text_position::{RuleText, TextPosition};

/// Plaintext: comments begin with `!`.
pub fn plaintext(text: &str) -> Result<Pattern, String> {
    let (mut cells, mut corner, mut y) = (Vec::new(), (0, 0), 0);
    for (n, line) in text.lines().enumerate() {
        let row = line.trim_end();
        if row.starts_with(['!', '#']) {
            continue;
        }
        draw(row, (0, y), &mut cells).map_err(|(column, e)| {
            TextPosition { line: n + 1, column: column + 1 }.fault("not a plaintext pattern", &e)
        })?;
        y += 1;
        if !row.is_empty() {
            corner = (corner.0.max(row.chars().count()), y as usize);
        }
    }
    fits(corner.0 as i64, corner.1 as i64)?;
    if corner.1 == 0 {
        return Err("holds no pattern: there are only comments in it".into());
    }
    let runs = cells.iter().map(|&(x, y)| Run { x: x as usize, y: y as usize, len: 1 }).collect();
    Ok(Pattern { runs, width: corner.0.max(1), height: corner.1.max(1), rule: None })
}

/// Life 1.05: blocks of rows, each after its corner `#P x y` (0 0 if omitted); `#R 23/3` is the rule, `#N` Conway's.
pub fn life_105(text: &str) -> Result<Pattern, String> {
    let (mut corner, mut cells, mut rule) = ((0, 0), Vec::new(), None);
    for (n, line) in text.lines().enumerate() {
        let line = line.trim_end();
        let fault = |column: usize, what: &str| {
            TextPosition { line: n + 1, column: column + 1 }.fault("not a Life 1.05 pattern", what)
        };
        if let Some(place) = line.strip_prefix("#P") {
            corner = match place.trim() {
                "" => (0, 0),
                place => pair(place).ok_or_else(|| fault(0, "expected `#P x y`"))?,
            };
        } else if let Some(named) = named_rule(line, n) {
            rule = Some(named);
        } else if !line.starts_with(['#', '!']) && !line.is_empty() {
            draw(line, corner, &mut cells).map_err(|(column, e)| fault(column, &e))?;
            corner.1 += 1;
        }
    }
    Pattern::from_cells(&cells, rule)
}

/// Life 1.06: one live cell `x y` per line; `#R 23/3` is the rule, as in Life 1.05.
pub fn life_106(text: &str) -> Result<Pattern, String> {
    let (mut cells, mut rule) = (Vec::new(), None);
    for (n, line) in text.lines().enumerate() {
        if let Some(named) = named_rule(line, n) {
            rule = Some(named);
        } else if is_cell(line) {
            let cell = pair(line);
            cells.push(cell.ok_or_else(|| {
                let place = TextPosition { line: n + 1, column: 1 };
                place.fault("not a Life 1.06 pattern", "expected two whole numbers, x and y")
            })?);
        }
    }
    Pattern::from_cells(&cells, rule)
}

/// Whether a text without a header is Life 1.06: two integers per line. A text of zeros and ones alone may be a drawing
/// as well.
pub fn are_coordinates(text: &str) -> bool {
    let mut lines = text.lines().filter(|l| is_cell(l)).peekable();
    let drawn = |l: &str| l.chars().all(|c| matches!(c, '0' | '1' | ',') || c.is_whitespace());
    let plain = |n: &str| n.parse::<i64>().is_ok_and(|v| v.to_string() == n);
    let is_pair = |l: &str| pair(l).is_some() && numbers(l).all(plain);
    lines.peek().is_some() && lines.clone().all(is_pair) && !lines.all(drawn)
}

/// Whether a line of Life 1.06 is a cell.
fn is_cell(line: &str) -> bool {
    !line.starts_with(['#', '!']) && !line.trim().is_empty()
}

/// The rule that a line `#R 23/3` names; one that continues with letters is a comment.
fn named_rule(line: &str, n: usize) -> Option<RuleText> {
    let text = line.strip_prefix("#R").or_else(|| line.strip_prefix("#r"))?;
    let is_rule = !text.starts_with(|c: char| !c.is_whitespace() && !c.is_ascii_digit());
    is_rule.then(|| RuleText { text: text.trim().into(), place: TextPosition { line: n + 1, column: 1 } })
}

/// Whether a drawing without a header has what only Life 1.05 has: a corner, or a rule.
pub fn is_life_105(text: &str) -> bool {
    text.lines().any(|l| l.starts_with("#P") || l.starts_with("#R ") && named_rule(l, 0).is_some())
}

fn numbers(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| c.is_whitespace() || c == ',').filter(|n| !n.is_empty())
}

fn pair(text: &str) -> Option<(i64, i64)> {
    let mut numbers = numbers(text).map(|n| n.parse::<i64>());
    let (x, y) = (numbers.next()?.ok()?, numbers.next()?.ok()?);
    let sane = |n: i64| n.abs() <= 1 << 40;
    (numbers.next().is_none() && sane(x) && sane(y)).then_some((x, y))
}

/// A row; a fault comes with its column, from 0.
fn draw(row: &str, corner: (i64, i64), cells: &mut Vec<(i64, i64)>) -> Result<(), (usize, String)> {
    for (x, c) in row.chars().enumerate() {
        match c {
            c if DEAD.contains(&c) => {}
            c if !ALIVE.contains(&c) => {
                let what = if c == '\t' { "a tab".into() } else { format!("`{}`", c.escape_debug()) };
                return Err((x, format!("{what} is neither . (dead) nor O or * (alive)")));
            }
            _ if x as i64 >= LARGEST => return Err((x, format!("a row is longer than {LARGEST} cells"))),
            _ => cells.push((corner.0 + x as i64, corner.1)),
        }
    }
    Ok(())
}
