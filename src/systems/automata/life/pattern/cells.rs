//! Drawn patterns (plaintext and Life 1.05) and lists of cells (Life 1.06).

use super::{LARGEST, Pattern};

/// Whether a text is drawn in `.` (dead) and `O` or `*` (alive), comments aside.
pub fn is_drawn(text: &str) -> bool {
    let mut lines = text.lines().map(str::trim_end).filter(|l| !l.starts_with(['!', '#']) && !l.is_empty());
    lines.all(|l| l.chars().all(|c| matches!(c, '.' | 'O' | '*' | ' ')))
}

/// Plaintext: comments begin with `!`.
pub fn plaintext(text: &str) -> Result<Pattern, String> {
    let rows: Vec<&str> = text.lines().map(str::trim_end).filter(|l| !l.starts_with(['!', '#'])).collect();
    let mut cells = Vec::new();
    let mut corner = (0, 0);
    for (y, row) in rows.iter().enumerate() {
        draw(row, (0, y as i64), &mut cells)?;
        if !row.is_empty() {
            corner = (corner.0.max(row.chars().count()), y + 1);
        }
    }
    super::fits(corner.0 as i64, corner.1 as i64)?;
    let runs = cells.iter().map(|&(x, y)| super::Run { x: x as usize, y: y as usize, len: 1 }).collect();
    Ok(Pattern { runs, width: corner.0.max(1), height: corner.1.max(1), rule: None })
}

/// Life 1.05: blocks of rows, each after its corner `#P x y` (0 0 if left out); `#R 23/3` is the rule, `#N` Conway's.
pub fn life_105(text: &str) -> Result<Pattern, String> {
    let (mut corner, mut cells, mut rule) = ((0, 0), Vec::new(), None);
    for (n, line) in text.lines().enumerate() {
        let line = line.trim();
        let fault = |what: &str| format!("is no Life 1.05 pattern, line {}: {what}", n + 1);
        if let Some(place) = line.strip_prefix("#P") {
            corner = match place.trim() {
                "" => (0, 0),
                place => pair(place).ok_or_else(|| fault("expected `#P x y`"))?,
            };
        } else if let Some(text) = line.strip_prefix("#R") {
            rule = Some(text.trim().to_string());
        } else if !line.starts_with(['#', '!']) && !line.is_empty() {
            draw(line, corner, &mut cells).map_err(|e| fault(&e))?;
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
                format!("is no Life 1.06 pattern, line {}: expected two whole numbers, x and y", n + 1)
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

fn draw(row: &str, corner: (i64, i64), cells: &mut Vec<(i64, i64)>) -> Result<(), String> {
    for (x, c) in row.chars().enumerate() {
        match c {
            'O' | '*' if (x as i64) < LARGEST => cells.push((corner.0 + x as i64, corner.1)),
            'O' | '*' => return Err(format!("a row is longer than {LARGEST} cells")),
            '.' | ' ' => {}
            _ => return Err(format!("`{c}` is neither . (dead) nor * or O (alive)")),
        }
    }
    Ok(())
}
