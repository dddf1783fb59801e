//! Run-length encoding: `x = 3, y = 3, rule = B3/S23` and then `bo$2bo$3o!`.

use super::{LARGEST, Pattern, Run, fits};

/// Reads RLE, with or without its header line.
pub fn parse(text: &str) -> Result<Pattern, String> {
    let mut pattern = Pattern { width: 1, height: 1, ..Pattern::default() };
    let mut body = Body::default();
    for (n, line) in text.lines().enumerate() {
        let at = |message: String| format!("is no RLE pattern, line {}: {message}", n + 1);
        let trimmed = line.trim();
        if trimmed.starts_with('#') {
            continue;
        }
        if body.is_untouched() && trimmed.starts_with(['x', 'X']) && trimmed.contains('=') {
            let (width, height, rule) = header(trimmed).map_err(at)?;
            fits(width, height)?;
            (pattern.width, pattern.height, pattern.rule) =
                (width.max(1) as usize, height.max(1) as usize, rule);
            continue;
        }
        if body.line(trimmed, &mut pattern).map_err(at)? {
            return Ok(pattern);
        }
    }
    Ok(pattern)
}

fn header(line: &str) -> Result<(i64, i64, Option<String>), String> {
    let (size, rule) = match line.to_ascii_lowercase().find("rule") {
        Some(at) => {
            (&line[..at], Some(line[at + 4..].trim_start().trim_start_matches('=').trim().to_string()))
        }
        None => (line, None),
    };
    let number = |key: &str| {
        let fields = size.split(',').filter_map(|field| field.split_once('='));
        let text = fields.filter(|(k, _)| k.trim().eq_ignore_ascii_case(key)).map(|(_, v)| v.trim()).next();
        let text = text.ok_or_else(|| format!("the header lacks `{key} =`"))?;
        match text.parse::<i64>() {
            Ok(n) if n >= 0 => Ok(n),
            _ => Err(format!("`{key} = {text}` is no size")),
        }
    };
    Ok((number("x")?, number("y")?, rule.filter(|r| !r.is_empty())))
}

#[derive(Default)]
struct Body {
    x: i64,
    y: i64,
    count: Option<i64>,
}

impl Body {
    fn is_untouched(&self) -> bool {
        (self.x, self.y, self.count) == (0, 0, None)
    }

    /// Reads a line; true if the pattern ends in it.
    fn line(&mut self, line: &str, pattern: &mut Pattern) -> Result<bool, String> {
        for c in line.chars() {
            if let Some(digit) = c.to_digit(10) {
                self.count = Some((self.count.unwrap_or(0) * 10 + digit as i64).min(LARGEST + 1));
                continue;
            }
            if c.is_whitespace() {
                continue;
            }
            let count = self.count.take().unwrap_or(1);
            match c {
                'b' | '.' => self.x += count,
                'o' | 'O' | 'A' => self.live(count, pattern)?,
                '$' => (self.x, self.y) = (0, self.y + count),
                '!' => return Ok(true),
                _ => return Err(format!("`{c}` is not one of b (dead), o (alive), $ (end of row), ! (end)")),
            }
            fits(self.x, self.y)?;
        }
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
