//! Features from files: CSV (rows = samples) and NumPy's `.npy`.

use std::path::Path;

use super::SetError;
use crate::bench::metrics::Table;

/// Reads a `.csv` or `.npy` file.
///
/// # Errors
/// No such file, another ending, or contents that are no table of finite numbers; the line or row is named.
pub fn read(path: &Path) -> Result<Table, SetError> {
    let ending = path.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default();
    let bytes = std::fs::read(path).map_err(|e| SetError::input(path, format!("cannot be read: {e}")))?;
    let (columns, values) = match ending.as_str() {
        "csv" => csv(path, &bytes)?,
        "npy" => npy(path, &bytes)?,
        _ => {
            let message =
                "expected a folder of pictures, or features in a .csv or .npy file (rows = samples)";
            return Err(SetError::input(path, message));
        }
    };
    Table::new(columns, values).map_err(|e| SetError::table(path, e))
}

fn csv(path: &Path, bytes: &[u8]) -> Result<(usize, Vec<f64>), SetError> {
    let text = std::str::from_utf8(bytes).map_err(|_| SetError::input(path, "is no text"))?;
    let lines = || text.lines().enumerate().filter(|(_, l)| !l.trim().is_empty());
    let cells = |line: &str| line.split(',').map(|c| c.trim().parse::<f64>()).collect::<Result<Vec<_>, _>>();
    // A first line without any number is the columns' names.
    let named = lines().next().is_some_and(|(_, l)| l.split(',').all(|c| c.trim().parse::<f64>().is_err()));
    let (mut columns, mut values) = (0, Vec::new());
    for (i, line) in lines().skip(named as usize) {
        let row = cells(line).map_err(|_| {
            let bad = line.split(',').find(|c| c.trim().parse::<f64>().is_err()).unwrap_or("").trim();
            SetError::input(path, format!("line {}: expected numbers, found `{bad}`", i + 1))
        })?;
        if columns > 0 && row.len() != columns {
            let message = format!("line {}: expected {columns} numbers, found {}", i + 1, row.len());
            return Err(SetError::input(path, message));
        }
        columns = row.len();
        values.extend(row);
    }
    match values.is_empty() {
        true => Err(SetError::input(path, "holds no numbers")),
        false => Ok((columns, values)),
    }
}

fn npy(path: &Path, bytes: &[u8]) -> Result<(usize, Vec<f64>), SetError> {
    let bad = |e: std::io::Error| SetError::input(path, format!("no readable .npy array: {e}"));
    let file = npyz::NpyFile::new(bytes).map_err(bad)?;
    let (rows, columns) = match file.shape() {
        [rows, columns] => (*rows as usize, *columns as usize),
        other => {
            let message = format!("expected an array of two axes (samples, features), found {other:?}");
            return Err(SetError::input(path, message));
        }
    };
    let (order, kind) = (file.order(), file.dtype().descr());
    let kind: String = kind.chars().filter(char::is_ascii_alphanumeric).collect();
    let values: Vec<f64> = match kind.as_str() {
        "f8" => file.into_vec::<f64>().map_err(bad)?,
        "f4" => file.into_vec::<f32>().map_err(bad)?.into_iter().map(f64::from).collect(),
        "i8" => file.into_vec::<i64>().map_err(bad)?.into_iter().map(|v| v as f64).collect(),
        "i4" => file.into_vec::<i32>().map_err(bad)?.into_iter().map(f64::from).collect(),
        "u1" => file.into_vec::<u8>().map_err(bad)?.into_iter().map(f64::from).collect(),
        other => {
            let message = format!("expected numbers of type f8, f4, i8, i4 or u1, found {other}");
            return Err(SetError::input(path, message));
        }
    };
    let values = match order {
        npyz::Order::C => values,
        npyz::Order::Fortran => {
            (0..rows * columns).map(|i| values[i % columns * rows + i / columns]).collect()
        }
    };
    Ok((columns, values))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(name: &str, bytes: &[u8]) -> Result<Table, String> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        read(&path).map_err(|e| e.to_string().rsplit(name).next().unwrap().to_string())
    }

    /// What `numpy.save` writes, version 1.0.
    fn saved(descr: &str, fortran: bool, shape: &str, data: &[u8]) -> Vec<u8> {
        let order = if fortran { "True" } else { "False" };
        let mut header = format!("{{'descr': '{descr}', 'fortran_order': {order}, 'shape': {shape}, }}");
        while (10 + header.len() + 1) % 64 != 0 {
            header.push(' ');
        }
        header.push('\n');
        let mut out = b"\x93NUMPY\x01\x00".to_vec();
        out.extend((header.len() as u16).to_le_bytes());
        out.extend(header.bytes());
        out.extend(data);
        out
    }

    #[test]
    fn csv_with_and_without_names_is_a_table() {
        let expected = Table::new(2, vec![1.0, 2.5, -3.0, 4e-3]).unwrap();
        assert_eq!(parse("a.csv", b"1,2.5\n-3, 4e-3\n").unwrap(), expected);
        assert_eq!(parse("a.CSV", b"left,right\r\n1,2.5\r\n-3,4e-3").unwrap(), expected);
    }

    #[test]
    fn arrays_of_either_order_and_any_type_are_one_table() {
        let expected = Table::new(3, vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0]).unwrap();
        let bytes = |v: &[f64]| v.iter().flat_map(|v| v.to_le_bytes()).collect::<Vec<u8>>();
        let c = saved("<f8", false, "(2, 3)", &bytes(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]));
        let f = saved("<f8", true, "(2, 3)", &bytes(&[1.0, 4.0, 2.0, 5.0, 3.0, 6.0]));
        let small = saved("|u1", false, "(2, 3)", &[1, 2, 3, 4, 5, 6]);
        let single: Vec<u8> = (1..7).flat_map(|v| (v as f32).to_le_bytes()).collect();
        for bytes in [c, f, small, saved("<f4", false, "(2, 3)", &single)] {
            assert_eq!(parse("a.npy", &bytes).unwrap(), expected);
        }
    }

    #[test]
    fn what_is_no_table_is_told_with_its_place() {
        let says = |name: &str, bytes: &[u8], words: &str| {
            let e = parse(name, bytes).unwrap_err();
            assert!(e.contains(words), "{e}");
        };
        says("a.csv", b"1,2\n3\n", "line 2: expected 2 numbers, found 1");
        says("a.csv", b"1,2\n3,x\n", "line 2: expected numbers, found `x`");
        says("a.csv", b"1,2\n3,nan\n", "NaN in row 2, column 2");
        says("a.csv", b"a,b\n", "holds no numbers");
        says("a.txt", b"1,2", ".csv or .npy");
        says("a.npy", b"1,2", "no readable .npy");
        says("a.npy", &saved("<f8", false, "(2,)", &[0; 16]), "two axes");
        says("a.npy", &saved("<f8", false, "(2, 3)", &[0; 16]), "no readable .npy");
        says("a.npy", &saved("<c16", false, "(1, 1)", &[0; 16]), "found c16");
    }
}
