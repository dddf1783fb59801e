//! Tables of scores: a picture file and a number a line, such as how people rated it (LAION's aesthetic scores, AVA: Murray et
//! al. 2012).

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use csv::{ReaderBuilder, StringRecord, Trim};
use rayon::prelude::*;

use super::DataError;
use super::losses::ReadReport;
use super::picture::{ENDINGS, ReadOptions, fitted};
use super::walk::Skipped;
use world::limits;

/// Pictures with scores.
#[derive(Clone, Debug, PartialEq)]
pub struct ScoreTable {
    /// In the order of the table.
    pub pictures: Vec<ScoredPicture>,
    /// What was skipped or assumed.
    pub notes: Vec<String>,
}

/// A picture with its score.
#[derive(Clone, Debug, PartialEq)]
pub struct ScoredPicture {
    /// The file.
    pub path: PathBuf,
    /// Pixels a side.
    pub side: usize,
    /// RGB, channels last.
    pub pixels: Vec<u8>,
    /// The score; the mean of several lines.
    pub score: f64,
}

/// Which columns of a table count.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ScoreColumns {
    /// The file: a name in the header, or a number from 1; without it what the header suggests.
    pub file: Option<String>,
    /// The score, likewise.
    pub score: Option<String>,
}

/// Names of the column of files, in lower case; the first that is there counts.
const FILES: &[&str] = &[
    "file",
    "filename",
    "file_name",
    "path",
    "filepath",
    "image_path",
    "image",
    "img",
    "image_id",
    "imageid",
    "name",
    "id",
    "url",
];
/// Names of the column of scores.
const SCORES: &[&str] = &[
    "score",
    "aesthetic_score",
    "aesthetic",
    "aesthetics",
    "prediction",
    "rating",
    "mean_score",
    "mean",
    "mos",
    "average",
    "avg",
    "value",
];
/// Columns of AVA's list: number, picture, counts of the votes 1 to 10, two tags, challenge.
const AVA: usize = 15;

/// Reads a table and its pictures, `side` pixels a side; files are relative to `folder`. Names without an ending are tried with
/// those of pictures.
///
/// # Errors
/// The table cannot be read, has no such columns, a score is no number, or too many pictures are missing or unreadable.
pub fn read(
    table: &Path,
    folder: &Path,
    columns: &ScoreColumns,
    side: usize,
    reading: &ReadOptions,
) -> Result<ScoreTable, DataError> {
    let bytes = limits::read(table, limits::ARRAY).map_err(|e| DataError::io("read", table, e))?;
    let (scores, mut notes) = parse(&bytes, columns).map_err(|e| DataError::input(table, e))?;
    let mut missing = Skipped::default();
    let mut found: Vec<(PathBuf, f64)> = Vec::new();
    for (name, score) in scores {
        match located(folder, &name) {
            Some(path) => found.push((path, score)),
            None => missing.add(Path::new(&name)),
        }
    }
    if found.is_empty() {
        let message =
            format!("expected picture files in {}, found none of {}", folder.display(), missing.names());
        return Err(DataError::input(table, message));
    }
    if missing.count() > 0 {
        notes.push(format!("{} pictures of the table are missing: {}", missing.count(), missing.names()));
    }
    let read: Vec<_> = found.par_iter().map(|(path, _)| fitted(path, side, reading)).collect();
    let mut losses = ReadReport::new(vec![String::new()]);
    let mut pictures = Vec::new();
    for ((path, score), read) in found.into_iter().zip(read) {
        if let Some(pixels) = losses.keep(0, &path, read) {
            pictures.push(ScoredPicture { path, side, pixels, score });
        }
    }
    notes.extend(losses.settle(folder, reading.broken)?);
    Ok(ScoreTable { pictures, notes })
}

/// Files with scores, each file once, and what was assumed.
type Scores = (Vec<(String, f64)>, Vec<String>);

fn parse(bytes: &[u8], columns: &ScoreColumns) -> Result<Scores, String> {
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let first = text.split(|b| *b == b'\n').next().unwrap_or_default();
    let delimiter = *b",;\t "
        .iter()
        .max_by_key(|d| (first.iter().filter(|b| b == d).count(), **d != b' '))
        .unwrap_or(&b',');
    let mut reader = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .trim(Trim::All)
        .from_reader(text);
    let rows: Vec<StringRecord> = reader.records().collect::<Result<_, _>>().map_err(|e| e.to_string())?;
    let head = rows.first().ok_or("expected a table of files and scores, found an empty file")?;
    let is_number = |cell: &str| number(cell, delimiter).is_some();
    if head.len() == AVA && head.iter().all(is_number) && *columns == ScoreColumns::default() {
        let scores =
            rows.iter().enumerate().map(|(i, row)| ava(row).map_err(|e| format!("line {}: {e}", i + 1)));
        let scores = merged(scores.collect::<Result<_, _>>()?);
        return Ok((
            scores.0,
            [vec!["read as AVA's list: scores are means of the votes".into()], scores.1].concat(),
        ));
    }
    let has_header = !head.iter().any(is_number);
    let names: Vec<String> = head.iter().map(str::to_lowercase).collect();
    let file = column(&names, columns.file.as_deref(), FILES, has_header, 0, "file")?;
    let score = column(&names, columns.score.as_deref(), SCORES, has_header, 1, "score")?;
    let mut scores = Vec::new();
    for (i, row) in rows.iter().enumerate().skip(usize::from(has_header)) {
        let line = row.position().map_or(i + 1, |p| p.line() as usize);
        let cell = |at: usize| row.get(at).unwrap_or("");
        let value = number(cell(score), delimiter)
            .ok_or_else(|| format!("line {line}: expected a score, found `{}`", cell(score)))?;
        if cell(file).is_empty() {
            return Err(format!("line {line}: expected the name of a picture, found nothing"));
        }
        scores.push((cell(file).to_string(), value));
    }
    let (scores, mut notes) = merged(scores);
    if has_header {
        notes
            .insert(0, format!("pictures from the column `{}`, scores from `{}`", &head[file], &head[score]));
    }
    Ok((scores, notes))
}

/// A finite number; with a decimal comma where commas do not separate columns.
fn number(cell: &str, delimiter: u8) -> Option<f64> {
    let cell = if delimiter == b',' { cell.to_string() } else { cell.replace(',', ".") };
    cell.parse().ok().filter(|v: &f64| v.is_finite())
}

/// Picture and mean vote of a line of AVA's list.
fn ava(row: &StringRecord) -> Result<(String, f64), String> {
    let counts: Vec<f64> = row.iter().skip(2).take(10).filter_map(|c| c.parse().ok()).collect();
    let votes: f64 = counts.iter().sum();
    if row.len() != AVA || counts.len() != 10 || votes <= 0.0 {
        return Err(format!("expected {AVA} numbers with at least one vote, found {} columns", row.len()));
    }
    let mean = counts.iter().zip(1..).map(|(n, vote)| n * f64::from(vote)).sum::<f64>() / votes;
    Ok((row[1].to_string(), mean))
}

/// The index of a column: as asked for, as the header suggests, or by default.
fn column(
    names: &[String],
    asked: Option<&str>,
    known: &[&str],
    has_header: bool,
    default: usize,
    what: &str,
) -> Result<usize, String> {
    let among =
        || if has_header { names.join(", ") } else { format!("{} columns without a header", names.len()) };
    let place = match asked {
        Some(word) => {
            let by_name = || names.iter().position(|n| has_header && *n == word.to_lowercase());
            let by_number =
                || word.parse::<usize>().ok().and_then(|n| n.checked_sub(1)).filter(|n| *n < names.len());
            by_name()
                .or_else(by_number)
                .ok_or_else(|| format!("expected a column `{word}` (--{what}-column), found {}", among()))?
        }
        None if has_header => {
            known.iter().find_map(|k| names.iter().position(|n| n == k)).ok_or_else(|| {
                format!(
                    "expected a column with the {what} ({}, …; or --{what}-column), found {}",
                    known[..3].join(", "),
                    among()
                )
            })?
        }
        None => default,
    };
    match place < names.len() {
        true => Ok(place),
        false => Err(format!("expected a column with the {what}, found {}", among())),
    }
}

/// Each file once, with the mean of its scores.
fn merged(all: Vec<(String, f64)>) -> Scores {
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    let mut sums: Vec<(String, f64, usize)> = Vec::new();
    let lines = all.len();
    for (file, score) in all {
        let place = *places.entry(file.clone()).or_insert(sums.len());
        match sums.get_mut(place) {
            Some(entry) => (entry.1, entry.2) = (entry.1 + score, entry.2 + 1),
            None => sums.push((file, score, 1)),
        }
    }
    let repeated = lines - sums.len();
    let note = format!("{repeated} lines name a picture again; the mean of its scores counts");
    let notes = if repeated > 0 { vec![note] } else { Vec::new() };
    (sums.into_iter().map(|(file, sum, n)| (file, sum / n as f64)).collect(), notes)
}

/// The file of a name within a folder: as it stands, or with an ending.
fn located(folder: &Path, name: &str) -> Option<PathBuf> {
    let own = folder.join(name);
    let with_ending = ENDINGS.iter().map(|e| folder.join(format!("{name}.{e}")));
    std::iter::once(own).chain(with_ending).find(|p| p.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &str) -> Result<Scores, String> {
        parse(text.as_bytes(), &ScoreColumns::default())
    }

    #[test]
    fn columns_are_found_by_their_names_in_any_order() {
        let expected = vec![("a.jpg".to_string(), 5.5), ("b, c.jpg".into(), 6.25)];
        for text in [
            "filename,score\na.jpg,5.5\n\"b, c.jpg\",6.25\n",
            "\u{feff}AESTHETIC_SCORE;note;Path\r\n5,5;x;a.jpg\r\n6,25;y;b, c.jpg\r\n",
            "id\twidth\timage_path\trating\n1\t20\ta.jpg\t5.5\n2\t30\tb, c.jpg\t6.25\n",
            "a.jpg,5.5\n\"b, c.jpg\",6.25",
        ] {
            assert_eq!(plain(text).unwrap().0, expected, "{text}");
        }
        let asked = ScoreColumns { file: Some("2".into()), score: Some("beauty".into()) };
        assert_eq!(parse(b"beauty,picture,score\n3,a.jpg,9\n", &asked).unwrap().0, [("a.jpg".into(), 3.0)]);
        let (scores, notes) = plain("file,score\na,1\nb,2\na,4\n").unwrap();
        assert_eq!(scores, [("a".into(), 2.5), ("b".into(), 2.0)]);
        assert!(notes[0].contains("`file`") && notes[1].contains("1 lines"), "{notes:?}");
    }

    #[test]
    fn the_list_of_ava_has_counts_of_votes() {
        // Two votes of 3 and one of 9.
        let (scores, notes) =
            plain("1 953619 0 0 2 0 0 0 0 0 1 0 1 22 1396\n2 953958 1 0 0 0 0 0 0 0 0 1 15 0 1\n").unwrap();
        assert_eq!(scores, [("953619".into(), 5.0), ("953958".into(), 5.5)]);
        assert!(notes[0].contains("AVA"));
    }

    #[test]
    fn what_is_wrong_with_a_table_is_told() {
        let told = |text: &str| plain(text).unwrap_err();
        assert!(
            told("file,beauty\na,1\n").contains("expected a column with the score"),
            "{}",
            told("file,beauty\na,1\n")
        );
        assert!(told("file,beauty\na,1\n").ends_with("found file, beauty"));
        assert_eq!(told("file,score\na,1\nb,high\n"), "line 3: expected a score, found `high`");
        assert!(
            told("file,score\na,NaN\n").contains("line 2")
                && told("file,score\n,1\n").contains("found nothing")
        );
        assert!(told("").contains("empty") && told("a.jpg\n").contains("found"));
        let asked = ScoreColumns { score: Some("5".into()), ..ScoreColumns::default() };
        assert!(parse(b"a.jpg,5.5\n", &asked).unwrap_err().contains("`5` (--score-column), found 2 columns"));
    }
}
