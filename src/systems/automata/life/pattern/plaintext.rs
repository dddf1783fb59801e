//! Drawn patterns: the characters of cells, the separators between them, and whether a text is a drawing at all.

use std::borrow::Cow;

use super::text_position::TextPosition;

/// Characters that people draw live cells with.
pub const ALIVE: &[char] = &['O', 'o', '*', 'x', 'X', '@', '1', '■', '█'];
/// And dead ones.
pub const DEAD: &[char] = &['.', ' ', '-', '_', '0', '·', '□'];
/// Separators that people write between cells.
const BETWEEN: &[char] = &[',', '\t', ' '];

fn is_cell(c: char) -> bool {
    ALIVE.contains(&c) || DEAD.contains(&c)
}

fn is_row(line: &str) -> bool {
    !line.starts_with(['!', '#']) && !line.trim_end().is_empty()
}

/// The rows of a drawing, without comments and empty lines.
fn rows(text: &str) -> impl Iterator<Item = &str> + Clone {
    text.lines().filter(|l| is_row(l)).map(str::trim_end)
}

/// Whether any cell of a drawing is of a kind.
fn any(text: &str, kind: impl Fn(char) -> bool) -> bool {
    rows(text).any(|l| l.contains(&kind))
}

/// A character that certainly means "dead", as a blank may not.
fn says_dead(c: char) -> bool {
    c != ' ' && DEAD.contains(&c)
}

/// Whether a text is a drawing, apart from comments: it has nothing specific to RLE, whose numbers are counts unless
/// there is nothing else.
pub fn is_drawn(text: &str) -> bool {
    rows(text).all(|l| l.chars().all(|c| is_cell(c) && !c.is_ascii_digit()))
        || rows(text).all(|l| l.chars().all(|c| matches!(c, '0' | '1' | ' ')))
}

/// Whether a text is meant as a drawing: it begins with a plaintext comment, or it has rows and nothing specific to
/// RLE.
pub fn is_plaintext(text: &str) -> bool {
    let mut rows = text.lines().map(str::trim_end).filter(|l| !l.starts_with('#') && !l.is_empty());
    let first = rows.clone().next().unwrap_or("");
    let many = rows.clone().nth(1).is_some();
    match first.starts_with('!') {
        true => first.len() > 1 || many,
        false => many && !first.contains('=') && !rows.any(|l| l.contains(['$', '!'])),
    }
}

/// A normalised drawing: without separators, and with O for a 0 that is alive.
pub fn meant(text: &str) -> Cow<'_, str> {
    let indent = rows(text).map(|l| l.len() - l.trim_start_matches(' ').len()).min().unwrap_or(0);
    let cells = |row: &str, between: char| match between {
        ' ' => joined(row.get(indent..).unwrap_or(""), between),
        _ => joined(row, between),
    };
    // Blanks may be dead cells, unless another character is.
    let can_be = |between: char| between != ' ' || any(text, says_dead);
    let found = BETWEEN
        .iter()
        .copied()
        .find(|&b| any(text, |c| c == b) && can_be(b) && rows(text).all(|row| cells(row, b).is_some()));
    let text = match found {
        Some(b) => redrawn(text, |row| cells(row, b).unwrap_or_default()).into(),
        None => Cow::Borrowed(text),
    };
    match zeros_live(&text) {
        true => redrawn(&text, |row| row.replace('0', "O")).into(),
        false => text,
    }
}

/// The cells of a row, single characters between separators; a table may leave dead ones empty.
fn joined(row: &str, between: char) -> Option<String> {
    row.split(between)
        .map(|part| {
            let mut letters = part.trim().chars();
            match (letters.next(), letters.next()) {
                (None, _) if between != ' ' => Some(' '),
                (Some(c), None) if is_cell(c) => Some(c),
                _ => None,
            }
        })
        .collect()
}

/// Whether 0 is typed for O: other characters are dead, and nothing else is alive.
fn zeros_live(text: &str) -> bool {
    let is_other = |c: char| c != '0' && says_dead(c);
    let all_dead = rows(text).all(|l| l.chars().all(|c| DEAD.contains(&c)));
    all_dead && any(text, |c| c == '0') && any(text, is_other)
}

fn redrawn(text: &str, row: impl Fn(&str) -> String) -> String {
    let line = |l| if is_row(l) { row(l.trim_end()) } else { l.to_string() };
    text.lines().map(line).collect::<Vec<_>>().join("\n")
}

/// Rejects a 0 in a drawing with both O and other dead cells, where it may be either.
///
/// # Errors
/// The place of the first such 0.
pub fn reject_ambiguous(text: &str) -> Result<(), String> {
    let is_letter = |c: char| c != '1' && ALIVE.contains(&c);
    if !any(text, is_letter) || !any(text, |c| c != '0' && says_dead(c)) {
        return Ok(());
    }
    let place = |(n, line): (usize, &str)| {
        let column = line.chars().position(|c| c == '0').filter(|_| is_row(line))?;
        Some(TextPosition { line: n + 1, column: column + 1 })
    };
    text.lines().enumerate().find_map(place).map_or(Ok(()), |place| {
        Err(place.fault("ambiguous", "`0` may be a dead cell or an O; draw with . (dead) and O (alive)"))
    })
}
