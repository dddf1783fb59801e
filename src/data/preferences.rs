//! Votes on pairs of pictures: which of two files was preferred, one a line.

use std::path::{Path, PathBuf};

use csv::{ReaderBuilder, StringRecord, Trim};

use super::DataError;
use world::limits;

/// One vote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preference {
    /// The picture that was preferred.
    pub preferred: PathBuf,
    /// The other one.
    pub other: PathBuf,
    /// Who voted; empty if the file does not say.
    pub voter: String,
}

/// Columns of the two pictures, and of the one that tells which was preferred.
enum Columns {
    /// The preferred one, the other.
    Ordered(usize, usize),
    /// Left, right, and a column that says `left`, `right`, `1` or `2`.
    Sides(usize, usize, usize),
}

/// Reads a CSV file with the columns `preferred` and `other`, or `left`, `right` and `choice` (left, right, 1 or 2), and
/// perhaps `voter`. Files are relative to that of the votes.
///
/// # Errors
/// The file cannot be read, has no such columns, or a line that is no vote; the message names it.
pub fn read(path: &Path) -> Result<Vec<Preference>, DataError> {
    let bytes = limits::read(path, limits::ARRAY).map_err(|e| DataError::io("read", path, e))?;
    let mut votes = parse(&bytes).map_err(|e| DataError::input(path, e))?;
    let folder = path.parent().unwrap_or(Path::new(""));
    for vote in &mut votes {
        vote.preferred = folder.join(&vote.preferred);
        vote.other = folder.join(&vote.other);
    }
    Ok(votes)
}

fn parse(bytes: &[u8]) -> Result<Vec<Preference>, String> {
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let first = text.split(|b| *b == b'\n').next().unwrap_or_default();
    let count = |delimiter: u8| first.iter().filter(|b| **b == delimiter).count();
    let delimiter = *b",;\t".iter().max_by_key(|d| count(**d)).unwrap_or(&b',');
    let mut reader = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .trim(Trim::All)
        .from_reader(text);
    let rows: Vec<StringRecord> = reader.records().collect::<Result<_, _>>().map_err(|e| e.to_string())?;
    let head = rows.first().ok_or("expected votes, found an empty file")?;
    let (columns, voter) = columns(head)?;
    let mut votes = Vec::new();
    for (i, row) in rows.iter().enumerate().skip(1) {
        let line = row.position().map_or(i + 1, |p| p.line() as usize);
        votes.push(vote(row, &columns, voter).map_err(|e| format!("line {line}: {e}"))?);
    }
    match votes.is_empty() {
        true => Err("expected votes, found only the names of columns".into()),
        false => Ok(votes),
    }
}

fn columns(head: &StringRecord) -> Result<(Columns, Option<usize>), String> {
    let named = |name: &str| head.iter().position(|h| h.eq_ignore_ascii_case(name));
    let columns = match (named("preferred"), named("other"), named("left"), named("right"), named("choice")) {
        (Some(preferred), Some(other), ..) => Columns::Ordered(preferred, other),
        (_, _, Some(left), Some(right), Some(choice)) => Columns::Sides(left, right, choice),
        _ => {
            let found: Vec<&str> = head.iter().collect();
            return Err(format!(
                "expected the columns preferred and other, or left, right and choice, found {}",
                found.join(", ")
            ));
        }
    };
    Ok((columns, named("voter")))
}

fn vote(row: &StringRecord, columns: &Columns, voter: Option<usize>) -> Result<Preference, String> {
    let cell = |at: usize| row.get(at).unwrap_or("");
    let (preferred, other) = match *columns {
        Columns::Ordered(preferred, other) => (cell(preferred), cell(other)),
        Columns::Sides(left, right, choice) => match cell(choice).to_lowercase().as_str() {
            "left" | "1" => (cell(left), cell(right)),
            "right" | "2" => (cell(right), cell(left)),
            found => return Err(format!("choice: expected left, right, 1 or 2, found `{found}`")),
        },
    };
    if preferred.is_empty() || other.is_empty() {
        return Err("expected two pictures, found only one".into());
    }
    if preferred == other {
        return Err(format!("expected two pictures, found `{preferred}` twice"));
    }
    let voter = voter.map_or("", cell).to_string();
    Ok(Preference { preferred: preferred.into(), other: other.into(), voter })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(preferred: &str, other: &str, voter: &str) -> Preference {
        Preference { preferred: preferred.into(), other: other.into(), voter: voter.into() }
    }

    #[test]
    fn both_ways_to_write_a_vote_are_read() {
        let expected = vec![made("a.png", "b, c.png", "ann"), made("b, c.png", "d.png", "")];
        for text in [
            "preferred,other,voter\na.png,\"b, c.png\",ann\n\"b, c.png\",d.png,\n",
            "\u{feff}Voter;Left;Right;Choice\r\nann;b, c.png;a.png;2\r\n;b, c.png;d.png;left\r\n",
            "choice\tleft\tright\tvoter\nRIGHT\tb, c.png\ta.png\tann\n1\tb, c.png\td.png\n",
        ] {
            assert_eq!(parse(text.as_bytes()).unwrap(), expected, "{text}");
        }
    }

    #[test]
    fn what_is_wrong_with_votes_is_told() {
        let told = |text: &str| parse(text.as_bytes()).unwrap_err();
        assert_eq!(
            told("a,b\n1,2\n"),
            "expected the columns preferred and other, or left, right and choice, found a, b"
        );
        assert_eq!(told("preferred,other\na,b\na,a\n"), "line 3: expected two pictures, found `a` twice");
        assert_eq!(told("preferred,other\na\n"), "line 2: expected two pictures, found only one");
        assert_eq!(
            told("left,right,choice\na,b,both\n"),
            "line 2: choice: expected left, right, 1 or 2, found `both`"
        );
        assert!(told("").contains("empty") && told("preferred,other\n").contains("only the names"));
    }

    #[test]
    fn files_are_relative_to_the_votes() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("votes.csv");
        std::fs::write(&path, "preferred,other\na.png,/b.png\n").unwrap();
        let expected = made(&folder.path().join("a.png").to_string_lossy(), "/b.png", "");
        assert_eq!(read(&path).unwrap(), [expected]);
    }
}
