use proptest::prelude::*;

use super::*;

fn read(text: &str) -> Numbers {
    parse(text.as_bytes()).unwrap_or_else(|e| panic!("{e}: {text}"))
}

fn error(text: &str) -> String {
    parse(text.as_bytes()).unwrap_err()
}

const TABLE: [[f64; 3]; 4] = [[0.5, -1.25, 3.0], [2.0, 0.0, -0.125], [1e-3, 7.5, 4.75], [-2.5, 1.0, 0.25]];

/// The table as written by some program.
fn written(
    separator: &str,
    number: impl Fn(f64) -> String,
    head: Option<&str>,
    index: Option<fn(usize) -> String>,
) -> String {
    let row = |(i, r): (usize, &[f64; 3])| {
        let cells = index.map(|f| f(i)).into_iter().chain(r.iter().map(|v| number(*v)));
        cells.collect::<Vec<_>>().join(separator)
    };
    let rows = TABLE.iter().enumerate().map(row);
    head.map(String::from).into_iter().chain(rows).map(|l| l + "\n").collect()
}

fn point(v: f64) -> String {
    format!("{v:.6}")
}

fn comma(v: f64) -> String {
    point(v).replace('.', ",")
}

/// The same table written by many programs is read as the same table; assumptions are noted.
#[test]
fn tables_of_many_programs_are_read_alike() {
    let number = |i: usize| i.to_string();
    let file = |i: usize| format!("\"a {i}.png\"");
    let cases: &[(&str, String, &[&str])] = &[
        ("plain", written(",", point, None, None), &[]),
        ("short numbers", written(", ", |v| v.to_string(), None, None), &[]),
        ("pandas", written(",", point, Some(",0,1,2"), Some(number)), &["first column (0, 1, 2, …)"]),
        ("pandas, no index", written(",", point, Some("0,1,2"), None), &["first line (0, 1, 2)"]),
        ("pandas, no header", written(",", point, None, Some(number)), &["first column"]),
        (
            "pandas, read again",
            written(",", point, Some("Unnamed: 0,0,1,2"), Some(number)),
            &["first column"],
        ),
        ("names", written(",", point, Some("left,\"right, or not\",far"), None), &[]),
        (
            "named rows",
            written(",", point, Some("file,a,b,c"), Some(file)),
            &["(a 0.png, a 1.png, a 2.png, …)"],
        ),
        (
            "R, write.csv",
            written(",", point, Some("\"\",\"V1\",\"V2\",\"V3\""), Some(|i| format!("\"{}\"", i + 1))),
            &["first column (1, 2, 3, …)"],
        ),
        (
            "R, write.table",
            written(" ", point, Some("\"V1\" \"V2\" \"V3\""), Some(|i| format!("\"{}\"", i + 1))),
            &["spaces", "first column"],
        ),
        ("Excel, German", written(";", comma, None, None), &["`;` between cells and a decimal comma"]),
        ("Excel, German, names", written(";", comma, Some("länge;breite;höhe"), None), &["decimal comma"]),
        ("sep", format!("sep=;\r\n{}", written(";", point, None, None)), &["`;`"]),
        ("tabs", written("\t", point, Some("a\tb\tc"), None), &["tabs"]),
        ("tabs, commas", written("\t", comma, None, None), &["tabs", "decimal comma"]),
        ("savetxt", written(" ", |v| format!("{v:.18e}"), None, None), &["spaces"]),
        (
            "savetxt, header",
            format!("# a b c\n{}", written(" ", |v| format!("{v:25.18e}"), None, None)),
            &["spaces"],
        ),
        (
            "trailing",
            written(",", point, Some("a,b,c,"), None).replace("\n", ",\n").replacen(",,\n", ",\n", 1),
            &[],
        ),
        ("old Mac", written(",", point, None, None).replace('\n', "\r"), &[]),
        ("Windows", written(",", point, None, None).replace('\n', "\r\n"), &[]),
        ("quoted", written(",", |v| format!("\"{v}\""), Some("\"a\",\"b\",\"c\""), None), &[]),
        ("numbers from 1", written(",", point, Some("1,2,3"), None), &["first line (1, 2, 3)"]),
        ("years", written(",", point, Some("2021,2022,2023"), None), &["first line (2021, 2022, 2023)"]),
        (
            "trailing in rows",
            written(",", point, Some("a,b,c"), None).replace("\n", ",\n").replacen(",\n", "\n", 1),
            &[],
        ),
        (
            "quoted commas",
            written(",", |v| format!("\"{}\"", comma(v)), Some("a,b,c"), None),
            &["`,` between cells and a decimal comma"],
        ),
        ("minus signs", written(",", |v| point(v).replace('-', "\u{2212}"), None, None), &[]),
        (
            "Fortran",
            written(" ", |v| format!("{v:.6E}").replacen('E', "D+", 1).replace("+-", "-"), None, None),
            &["spaces"],
        ),
        ("matlab", format!("% a b c\n{}", written(",", point, None, None)), &[]),
        ("slashes", format!("// a\n{}// the end\n", written(",", point, Some("a,b,c"), None)), &[]),
        ("called", written(",", point, Some("id,a,b,c"), Some(number)), &["first column"]),
    ];
    for (name, text, notes) in cases {
        let found = read(text);
        assert_eq!((found.columns, found.values.as_slice()), (3, TABLE.as_flattened()), "{name}:\n{text}");
        let said = found.notes.join("\n");
        assert_eq!(said.is_empty(), notes.is_empty(), "{name}: {said}");
        notes.iter().for_each(|n| assert!(said.contains(n), "{name}: {said}"));
    }
}

/// Thousands and millions as written in several countries.
#[test]
fn thousands_separators_are_read() {
    let wanted = [[1234567.25, -3455.5], [84.125, 9999.0], [12345.0, 0.5]];
    let cases = [
        ("a,b\n\"1,234,567.25\",\"-3,455.5\"\n84.125,\"9,999\"\n\"12,345\",0.5\n", "1,234,567.25"),
        ("a;b\n1.234.567,25;-3.455,5\n84,125;9.999\n12.345;0,5\n", "1.234.567,25"),
        ("a;b\n1'234'567.25;-3'455.5\n84.125;9'999\n12'345;0.5\n", "1'234'567.25"),
        (
            "a;b\n1\u{202f}234\u{202f}567,25;\u{2212}3\u{a0}455,5\n84,125;9 999\n12 345;0,5\n",
            "1\u{202f}234\u{202f}567,25",
        ),
    ];
    for (text, first) in cases {
        let found = read(text);
        assert_eq!((found.columns, found.values.as_slice()), (2, wanted.as_flattened()), "{text}");
        let said = found.notes.join("\n");
        assert!(said.contains(&format!("numbers such as `{first}` were read with thousands")), "{said}");
    }
    for not in ["1,23,456", "0,123", "12,34", "1234,567", "1,,234", ",123", "1,234,"] {
        let text = format!("a;b\n{not};1.5\n2.5;3.5\n");
        assert_eq!(error(&text), format!("line 2: expected numbers, found `{not}`"));
    }
}

#[test]
fn encodings_are_detected() {
    let text = written(";", comma, Some("länge;breite;höhe"), None);
    let wide = |f: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(f).collect::<Vec<u8>>();
    let (le, be) = (wide(u16::to_le_bytes), wide(u16::to_be_bytes));
    let one: Vec<u8> = text.chars().map(|c| c as u8).collect();
    for bytes in [
        [b"\xef\xbb\xbf", text.as_bytes()].concat(),
        [b"\xff\xfe", &le[..]].concat(),
        [b"\xfe\xff", &be[..]].concat(),
        one,
    ] {
        assert_eq!(parse(&bytes).unwrap().values, TABLE.as_flattened());
    }
    assert_eq!(parse(&wide(u16::to_le_bytes)[..0]).unwrap_err(), "holds no numbers");
    assert_eq!(parse(b"1,2\n\0,4").unwrap_err(), "is not text");
}

#[test]
fn possible_samples_are_kept() {
    let plain = |text: &str, columns: usize, rows: usize| {
        let found = read(text);
        assert_eq!(
            (found.columns, found.values.len() / columns),
            (columns, rows),
            "{text}: {:?}",
            found.notes
        );
    };
    // Integers that happen to count, among integers.
    plain("0,1\n5,3\n2,2\n", 2, 3);
    plain("0,1,2\n5,3,1\n2,2,2\n", 3, 3);
    plain("0\n1\n2\n", 1, 3);
    // A first column that counts, but has a name.
    plain("x,y\n0,0.5\n1,0.25\n2,0.125\n", 2, 3);
    plain("0,5\n1,3\n2,8\n", 2, 3);
    plain("0.5\n0.25\n", 1, 2);
    plain("1\n", 1, 1);
    // One column with a decimal comma: −0 and 05 are not usual integers.
    let german = read("0,25\n-0,5\n1,05\n");
    assert_eq!((german.columns, german.values), (1, vec![0.25, -0.5, 1.05]));
    // A number in another dialect or NaN does not make a name.
    plain("1,2,3\n4,nan,6\n", 3, 2);
    plain("1,2,3\n4,5.5,6\n", 3, 2);
    // Above pictures of integers, pandas' column names are recognised.
    let pixels = "0,1,2,3,4,5\n0,0,7,255,0,3\n1,2,3,4,5,6\n";
    assert_eq!((read(pixels).values.len(), read(pixels).notes.len()), (12, 1));
}

#[test]
fn errors_name_the_line() {
    assert_eq!(error("1,2\n3\n"), "line 2: expected 2 numbers, found 1");
    assert_eq!(error("# x\n\n1,2\n3,x\n"), "line 4: expected numbers, found `x`");
    // Blank lines and comments before a row count.
    assert_eq!(error("1,2\n\n\n# x\n3,x\n"), "line 5: expected numbers, found `x`");
    assert_eq!(error("% a\n1,2\r\n\r\n3\r\n"), "line 4: expected 2 numbers, found 1");
    assert_eq!(error("1 2\n\n\n3 x\n"), "line 4: expected numbers, found `x`");
    assert_eq!(error("1,x\n3,4\n"), "line 1: expected numbers, found `x`");
    assert_eq!(error("a,b\n1,2\n3,\n"), "line 3: expected numbers, found nothing in column 2");
    assert_eq!(error("a,b\n"), "holds no numbers");
    assert_eq!(error(""), "holds no numbers");
    assert_eq!(error("1.234,5;2\n1,5;3\n1,5;x\n"), "line 3: expected numbers, found `x`");
    // A named last column is not the result of trailing separators.
    assert_eq!(error("a,b\n1,\n3,\n"), "line 2: expected numbers, found nothing in column 2");
    assert_eq!(error(",w,x\n0,1.5,\n1,2.5,\n"), "line 2: expected numbers, found nothing in column 3");
}

/// 12,345 is twelve and a bit unless something proves that it is twelve thousand.
#[test]
fn a_comma_before_three_digits_is_a_decimal_comma() {
    let of = |text: &str| {
        let found = read(text);
        (found.columns, found.values)
    };
    for between in [";", "\t", " ", "|"] {
        let german = |rows: &str| of(&rows.replace(';', between));
        assert_eq!(german("a;b\n12,345;123,456\n10,100;4,567\n"), (2, vec![12.345, 123.456, 10.1, 4.567]));
        assert_eq!(german("12,345;7\n13,456;8\n"), (2, vec![12.345, 7.0, 13.456, 8.0]));
        assert_eq!(german("7;12,345\n8;13,456\n"), (2, vec![7.0, 12.345, 8.0, 13.456]));
        assert_eq!(german("1,234;0,345\n1,567;3,5\n"), (2, vec![1.234, 0.345, 1.567, 3.5]));
        assert_eq!(german("1,5;2\n3,5;4\n"), (2, vec![1.5, 2.0, 3.5, 4.0]));
        assert_eq!(german("1.234;2.345\n3.456;4.567\n"), (2, vec![1.234, 2.345, 3.456, 4.567]));
    }
    let thousands = [12_345.0, 13_456.0];
    for (proof, last) in
        [("1,234.5;3", [1234.5, 3.0]), ("1,234,567;3", [1_234_567.0, 3.0]), ("7.25;3", [7.25, 3.0])]
    {
        // The proof may come late.
        let text = format!("a;b\n{}{proof}\n", "12,345;13,456\n".repeat(300));
        let (columns, values) = of(&text);
        assert_eq!((columns, &values[..2], &values[600..]), (2, &thousands[..], &last[..]), "{proof}");
    }
    // If commas separate cells, a quoted one separates thousands, unless others prove it a decimal comma.
    assert_eq!(of("\"12,345\",\"13,456\"\n1,2\n"), (2, vec![12_345.0, 13_456.0, 1.0, 2.0]));
    assert_eq!(of("\"12,345\",\"0,456\"\n1,2\n"), (2, vec![12.345, 0.456, 1.0, 2.0]));
}

/// A header shorter by one is not always R's: decimal commas, a title, names with another separator.
#[test]
fn values_are_not_mistaken_for_names() {
    let of = |text: &str| {
        let found = read(text);
        (found.columns, found.values, found.notes.join("\n"))
    };
    for (text, wanted) in [
        ("wert\n12,50\n13,75\n14,25\n", vec![12.5, 13.75, 14.25]),
        ("\"wert\"\n2,5146\n-10,7134\n14\n", vec![2.5146, -10.7134, 14.0]),
        ("wert\n0,05\n1,10\n2,15\n", vec![0.05, 1.1, 2.15]),
        ("sep=;\n12,50\n13,75\n", vec![12.5, 13.75]),
    ] {
        let (columns, values, said) = of(text);
        assert!(
            columns == 1 && values == wanted && said.contains("a decimal comma"),
            "{text}: {values:?}, {said}"
        );
    }
    // Row names as written by R.
    for text in ["\"x\"\n\"5\",12\n\"2\",15\n\"9\",1\n", "x\n1,12\n2,15\n3,1\n", "x\na,12\nb,15\nc,1\n"] {
        let (columns, values, said) = of(text);
        assert!(columns == 1 && values == [12.0, 15.0, 1.0] && said.contains("row names"), "{text}: {said}");
    }
    for text in [
        "\"sep=;\"\n1,5;2,5\n3,5;4,5\n",
        "\"sep=\t\"\r\n1.5\t2.5\r\n3.5\t4.5\r\n",
        "x,y\n1,5;2,5\n3,5;4,5\n",
        "a title\n1.5,2.5\n3.5,4.5\n",
    ] {
        let (columns, values, said) = of(text);
        assert!(columns == 2 && values == [1.5, 2.5, 3.5, 4.5], "{text}: {values:?}");
        assert_eq!(said.contains("read as a heading"), !text.contains("sep="), "{said}");
    }
    // Two columns or one, and how to specify which.
    let (columns, _, said) = of("12,50\n13,75\n14,25\n");
    assert!(columns == 2 && said.contains("put `sep=;` as the first line"), "{said}");
    assert_eq!(of("sep=,\n12,50\n13,75\n"), (2, vec![12.0, 50.0, 13.0, 75.0], String::new()));
}

#[test]
fn floats_that_count_are_names_above_fractions_only() {
    let named = |text: &str, rows: usize| {
        let found = read(text);
        assert_eq!(found.values.len() / found.columns, rows, "{text}");
        let said = found.notes.join("\n");
        assert_eq!(said.contains("column names"), text.starts_with("0.0") && rows == 2, "{said}");
    };
    named("0.0,1.0,2.0\n0.1,0.2,0.3\n0.4,0.3,0.2\n", 2);
    named("0.0,1.0,2.0,3.0,4.0\n0.0,0.0,1.0,0.25,0.0\n1.0,0.0,0.0,0.0,0.0\n", 2);
    named(",0.0,1.0\n0,5.0,3.0\n1,7.0,2.0\n", 2);
    // Samples.
    named("0.0,1.0,2.0\n3.0,4.0,5.0\n6.0,7.5,8.0\n", 3);
    named("0.0,1.0,2.0,3.0,4.0\n5.0,6.0,7.0,8.0,9.0\n0.0,0.0,0.0,0.0,1.0\n", 3);
    named("1.0,2.0,3.0\n4.5,5.5,6.5\n7.5,8.5,9.5\n", 3);
    named("0.0,1.0\n0.5,0.25\n0.75,0.5\n", 3);
    named("0.0\n0.5\n0.25\n", 3);
}

proptest! {
    #[test]
    fn any_table_round_trips_in_any_dialect(
        rows in prop::collection::vec(prop::collection::vec(-1e6f64..1e6, 4), 2..20),
        which in 0usize..DIALECTS.len(),
        named: bool,
        indexed: bool,
    ) {
        let d = DIALECTS[which];
        let quote = if d.separator == d.decimal { "\"" } else { "" };
        let number = |v: &f64| format!("{quote}{v:?}{quote}").replace('.', &(d.decimal as char).to_string());
        let sep = (d.separator as char).to_string();
        let line = |(i, r): (usize, &Vec<f64>)| {
            let first = indexed.then(|| format!("row{i}"));
            first.into_iter().chain(r.iter().map(number)).collect::<Vec<_>>().join(&sep)
        };
        let head = named.then(|| (0..4 + usize::from(indexed)).map(|c| format!("c{c}")).collect::<Vec<_>>().join(&sep));
        let text: Vec<String> = head.into_iter().chain(rows.iter().enumerate().map(line)).collect();
        let found = parse(text.join("\n").as_bytes()).unwrap();
        prop_assert_eq!(found.values, rows.concat());
    }

    #[test]
    fn any_bytes_give_a_table_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..200), text in "[-0-9.,; \t\"\n#a|]{0,120}") {
        for bytes in [&bytes[..], text.as_bytes()] {
            match parse(bytes) {
                Ok(found) => prop_assert!(found.columns > 0 && found.values.len() % found.columns == 0),
                Err(message) => {
                    prop_assert!(!message.is_empty() && !message.contains(char::is_control), "{:?}", message);
                }
            }
        }
    }
}
