//! Drawn patterns (plaintext and Life 1.05) and lists of cells (Life 1.06).

use super::{LARGEST, Pattern, Place, RuleText};

/// Letters that people draw live cells with.
const ALIVE: &[char] = &['O', 'o', '*', 'x', 'X', '@', '1', '■', '█'];
/// And dead ones.
const DEAD: &[char] = &['.', ' ', '-', '_', '0', '·', '□'];

/// Whether a text is drawn, remarks aside: nothing in it is RLE's own, whose numbers are counts unless there is nothing
/// else.
pub fn is_drawn(text: &str) -> bool {
    let rows = || text.lines().map(str::trim_end).filter(|l| !l.starts_with(['!', '#']) && !l.is_empty());
    let cell = |c: char| ALIVE.contains(&c) || DEAD.contains(&c);
    rows().all(|l| l.chars().all(|c| cell(c) && !c.is_ascii_digit()))
        || rows().all(|l| l.chars().all(|c| matches!(c, '0' | '1' | ' ')))
}

/// Whether a text is meant to be drawn: it begins with a remark of plaintext, or it has rows and nothing of RLE's.
pub fn is_plaintext(text: &str) -> bool {
    let mut rows = text.lines().map(str::trim_end).filter(|l| !l.starts_with('#') && !l.is_empty());
    let first = rows.clone().next().unwrap_or("");
    let many = rows.clone().nth(1).is_some();
    match first.starts_with('!') {
        true => first.len() > 1 || many,
        false => many && !first.contains('=') && !rows.any(|l| l.contains(['$', '!'])),
    }
}

/// Plaintext: remarks begin with `!`.
pub fn plaintext(text: &str) -> Result<Pattern, String> {
    let (mut cells, mut corner, mut y) = (Vec::new(), (0, 0), 0);
    for (n, line) in text.lines().enumerate() {
        let row = line.trim_end();
        if row.starts_with(['!', '#']) {
            continue;
        }
        draw(row, (0, y), &mut cells).map_err(|(column, e)| {
            Place { line: n + 1, column: column + 1 }.fault("no plaintext pattern", &e)
        })?;
        y += 1;
        if !row.is_empty() {
            corner = (corner.0.max(row.chars().count()), y as usize);
        }
    }
    super::fits(corner.0 as i64, corner.1 as i64)?;
    if corner.1 == 0 {
        return Err("holds no pattern: there are only remarks in it".into());
    }
    let runs = cells.iter().map(|&(x, y)| super::Run { x: x as usize, y: y as usize, len: 1 }).collect();
    Ok(Pattern { runs, width: corner.0.max(1), height: corner.1.max(1), rule: None })
}

/// Life 1.05: blocks of rows, each after its corner `#P x y` (0 0 if left out); `#R 23/3` is the rule, `#N` Conway's.
pub fn life_105(text: &str) -> Result<Pattern, String> {
    let (mut corner, mut cells, mut rule) = ((0, 0), Vec::new(), None);
    for (n, line) in text.lines().enumerate() {
        let line = line.trim_end();
        let fault = |column: usize, what: &str| {
            Place { line: n + 1, column: column + 1 }.fault("no Life 1.05 pattern", what)
        };
        if let Some(place) = line.strip_prefix("#P") {
            corner = match place.trim() {
                "" => (0, 0),
                place => pair(place).ok_or_else(|| fault(0, "expected `#P x y`"))?,
            };
        } else if let Some(text) = line.strip_prefix("#R") {
            rule = Some(RuleText { text: text.trim().to_string(), place: Place { line: n + 1, column: 1 } });
        } else if !line.starts_with(['#', '!']) && !line.is_empty() {
            draw(line, corner, &mut cells).map_err(|(column, e)| fault(column, &e))?;
            corner.1 += 1;
        }
    }
    Pattern::from_cells(&cells, rule)
}

/// Life 1.06: a live cell `x y` a line.
pub fn life_106(text: &str) -> Result<Pattern, String> {
    let mut cells = Vec::new();
    for (n, line) in text.lines().enumerate() {
        if !line.starts_with('#') && !line.trim().is_empty() {
            let cell = pair(line);
            cells.push(cell.ok_or_else(|| {
                let place = Place { line: n + 1, column: 1 };
                place.fault("no Life 1.06 pattern", "expected two whole numbers, x and y")
            })?);
        }
    }
    Pattern::from_cells(&cells, None)
}

fn pair(text: &str) -> Option<(i64, i64)> {
    let mut numbers = text.split_whitespace().map(|n| n.parse::<i64>());
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
