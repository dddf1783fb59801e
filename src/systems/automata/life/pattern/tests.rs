use std::io::Write;

use proptest::prelude::*;

use super::*;

/// The glider of every format, as sorted cells.
const GLIDER: [(usize, usize); 5] = [(0, 2), (1, 0), (1, 2), (2, 1), (2, 2)];

fn cells(pattern: &Pattern) -> Vec<(usize, usize)> {
    let mut all: Vec<_> = pattern.runs.iter().flat_map(|r| (r.x..r.x + r.len).map(|x| (x, r.y))).collect();
    all.sort();
    all
}

#[test]
fn a_glider_is_one_in_every_format() {
    for text in [
        "x = 3, y = 3, rule = B3/S23\nbo$2bo$3o!",
        "#C a comment\n#N Glider\nx=3,y=3\nbo$2b\no$\n3\no!\nwhat follows does not count",
        "bob$2bo$3o",
        "bA$..A$3A!",
        "!Name: Glider\n!\n.O\n..O\nOOO\n",
        ".*.\n..*\n***",
        "#Life 1.05\n#D Glider\n#N\n#P -1 -1\n.*.\n..*\n***\n",
        "#Life 1.05\n#P 4 6\n***\n#P 5 4\n*\n.*\n",
        "#Life 1.06\n0 -1\n1 0\n-1 1\n0 1\n1 1\n",
        "#life 1.06\r0 -1\r1 0\r-1 1\r0 1\r1 1\r",
        "#C c\rx = 3, y = 3, rule = B3/S23\rbo$2bo$3o!\r",
        "\u{feff}#C c\r\n#CXRLE Pos=-1,-2 Gen=3\r\nx = 3,\ty = 3\r\nb\to$2bo$\r\n3o!\r\n",
        "#r 23/3\n\n  x = 3, y = 3\n  bo$2b\n\n  o$3o",
        "x = 3, y = 3, rule = B3/S23\nBO$2BO$3O!",
        "y = 3, x = 3, rule = B3/S23\nbo$2bo$3o!",
        "rule = B3/S23:T20,20, x = 3, y = 3\nbo$2bo$3o!",
        "x = 3, y = 3, rule = \"B3/S23\",\nbo$2bo$3o!",
        "x = 3, y = 3\nBO$2BO$3O!",
        "x = 3, y = 3, rule = LifeHistory\n.A$2.A$3A!",
        "x = 3, y = 3, rule = B3/S23History\nBA$2DC$E2A!",
        "x = 3, y = 3, rule = HighLifeSuper\nBA$2.A$A2C!",
        "!Name: Glider\n.o.\n..o\nooo\n",
        "!Name: Glider\r.o.\r..o\rooo\r",
        ".x.\n..x\nxxx",
        "-X-\n--X\nXXX",
        "_@_\n__@\n@@@",
        "010\n001\n111\n",
        " * \n  *\n***",
    ] {
        let pattern = Pattern::parse(text).unwrap_or_else(|e| panic!("{text}: {e}"));
        assert_eq!(cells(&pattern), GLIDER, "{text}");
        assert_eq!((pattern.width, pattern.height), (3, 3), "{text}");
    }
}

#[test]
fn rules_are_taken_from_the_text() {
    let rule = |text: &str| Pattern::parse(text).unwrap().rule.map(|r| r.text);
    assert_eq!(rule("x = 1, y = 1, rule = B36/S23:T200,100\no!").as_deref(), Some("B36/S23:T200,100"));
    assert_eq!(rule("#Life 1.05\n#R 125/36\n#P 0 0\n*").as_deref(), Some("125/36"));
    assert_eq!(rule("#Life 1.06\n#R 23/36\n0 -1\n1 0").as_deref(), Some("23/36"));
    assert_eq!(rule("#R 23/36\n0 -1\n1 0").as_deref(), Some("23/36"));
    assert_eq!(rule("#R 23/36\n.*.\n").as_deref(), Some("23/36"));
    assert_eq!(rule("#Life 1.06\n#Random cells\n0 -1"), None);
    assert_eq!(rule("x = 1, y = 1\no!"), None);
    assert_eq!(
        rule("rule = R5,C0,M1,S1..2,B3..4,NM, y = 1, x = 1\no!").as_deref(),
        Some("R5,C0,M1,S1..2,B3..4,NM")
    );
    assert_eq!(rule("x = 1, y = 1, rule = B3/S23,\no!").as_deref(), Some("B3/S23"));
    assert_eq!(rule("x = 1, y = 1, rule = \"23/3\"\no!").as_deref(), Some("23/3"));
}

#[test]
fn invalid_patterns_are_reported_in_one_sentence() {
    for (text, part) in [
        ("", "empty"),
        ("x = 3, y = 3\nbo$2bq$3o!", "line 2, column 7: `q$`"),
        ("x = 3, y = 3\rbo$2b;$3o!", "line 2, column 6: `;`"),
        ("!N\n.o.\n.#o", "line 3, column 2: `#`"),
        (".o.\n\t.o", "line 2, column 1: a tab"),
        ("!N\n.o.\n\t.o", "line 3, column 1: a tab"),
        ("x = 5, y = 3, rule = LifeHistory\n.B2.D$2.2B$3.F!", "no live cell"),
        ("x = 5, y = 3, rule = LifeHistory\n.A.G!", "column 4: `G` is state 7"),
        ("x = 3, y = 3, rule = B3/S23\n.A$.C!", "column 5: `C` is state 3"),
        ("x = 3, y = 3\n.A$.pA!", "`A` is state 25"),
        ("x = 3, y = 3, rule = B3/S23\n", "no cells after it"),
        ("#C only\r#C remarks\r", "only comments"),
        ("!only remarks\n!\n", "only comments"),
        ("<!DOCTYPE html><html>", "web"),
        ("@RULE Turn\n", "rule of Golly"),
        ("x = 3\nbo!", "lacks `y =`"),
        ("x = three, y = 3\nbo!", "`x = three`"),
        ("999999999999999999999o!", "too large"),
        ("16384$16384$o!", "too large"),
        ("\n\n#Life 1.06\n0 0\n1 a", "line 5"),
        ("#Life 1.06\n0 0\n9000000000 1", "too large"),
        ("#Life 1.05\n#P one\n*", "line 2"),
        ("[M2] (golly)\n", "macrocell"),
        ("hello, world", "line 1, column 1: `h`"),
    ] {
        let fault = Pattern::parse(text).unwrap_err();
        assert!(fault.contains(part) && !fault.contains('\n'), "{text:?}: {fault}");
    }
}

#[test]
fn marks_of_a_history_are_alive_where_they_are_odd() {
    let text = "x = 6, y = 1, rule = B36/S23History\nABCDEF!";
    assert_eq!(cells(&Pattern::parse(text).unwrap()), [(0, 0), (2, 0), (4, 0)]);
}

#[test]
fn separators_between_cells_are_ignored() {
    for text in [
        "0 1 0\n0 0 1\n1 1 1",
        ". O .\n. . O\nO O O\n",
        "! a table\n.\tO\t.\n.\t.\tO\nO\tO\tO",
        "0,1,0\n0,0,1\n1,1,1\n",
        "0, 1, 0\n0, 0, 1\n1, 1, 1",
        ",x\n,,x\nx,x,x",
        "    . O\n    . . O\n    O O O\n",
        "#Life 1.05\n#P -1 -1\n. * .\n. . *\n* * *\n",
    ] {
        let pattern = Pattern::parse(text).unwrap_or_else(|e| panic!("{text}: {e}"));
        assert_eq!(cells(&pattern), GLIDER, "{text}");
        assert_eq!((pattern.width, pattern.height), (3, 3), "{text}");
    }
    // A blank is a dead cell if no other character is, or where it is in place of one.
    for (text, alive) in [
        ("* *\n* *", vec![(0, 0), (0, 1), (2, 0), (2, 1)]),
        ("11 11", vec![(0, 0), (1, 0), (3, 0), (4, 0)]),
        (". O.\n.O .", vec![(1, 1), (2, 0)]),
    ] {
        assert_eq!(cells(&Pattern::parse(text).unwrap()), alive, "{text}");
    }
}

#[test]
fn a_list_of_cells_needs_no_header() {
    for text in ["0 -1\n1 0\n-1 1\n0 1\n1 1", "! cells\n1 0\n2 1\n0 2\n1 2\n2 2\n", "4,1\n5,2\n3,3\n4,3\n5,3"]
    {
        assert_eq!(cells(&Pattern::parse(text).unwrap()), GLIDER, "{text}");
    }
    assert_eq!(cells(&Pattern::parse("1 0\n0 1").unwrap()), [(0, 0), (1, 1)], "may be drawn");
    assert_eq!(cells(&Pattern::parse("11 11\n11 11").unwrap()).len(), 8, "may be drawn");
}

#[test]
fn a_zero_typed_for_an_o_lives() {
    for text in
        [".0.\n..0\n000", "!N\n-0\n--0\n000", ". 0 .\n. . 0\n0 0 0", "#Life 1.05\n#P 0 0\n.0.\n..0\n000"]
    {
        assert_eq!(cells(&Pattern::parse(text).unwrap()), GLIDER, "{text}");
    }
    assert_eq!(cells(&Pattern::parse("0O0\n00O\nOOO").unwrap()), GLIDER, "dead if nothing else is");
    let fault = Pattern::parse("!N\n.O.\n..0\nOOO").unwrap_err();
    assert!(fault.contains("line 3, column 3: `0` may be"), "{fault}");
}

#[test]
fn a_pattern_without_a_live_cell_is_none() {
    let head = "x = 3, y = 3, rule = B3/S23\n";
    for text in [
        &format!("{head}3b$3b!"),
        &format!("{head}!"),
        "x = 0, y = 0, rule = B3/S23\n!",
        "3b$3b!",
        "$",
        "...\n...",
        "0 0\n0 0",
        "#Life 1.05\n#P 0 0\n..",
        "#Life 1.06\n#D nobody\n",
    ] {
        let fault = Pattern::parse(text).unwrap_err();
        assert!(fault.contains("no live cell"), "{text:?}: {fault}");
    }
}

#[test]
fn other_text_encodings_are_read_too() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("glider.cells");
    let units = |to: fn(u16) -> [u8; 2]| {
        "\u{feff}!N\r\n.O\r\n..O\r\nOOO".encode_utf16().flat_map(to).collect::<Vec<u8>>()
    };
    for bytes in [units(u16::to_le_bytes), units(u16::to_be_bytes)] {
        std::fs::write(&path, bytes).unwrap();
        assert_eq!(cells(&Pattern::read(&path).unwrap()), GLIDER);
    }
}

#[test]
fn files_may_be_gzipped_but_not_cut_short() {
    let folder = tempfile::tempdir().unwrap();
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gzip.write_all(b"x = 3, y = 3\nbo$2bo$3o!\n").unwrap();
    let packed = gzip.finish().unwrap();
    let path = folder.path().join("glider.rle.gz");
    std::fs::write(&path, &packed).unwrap();
    assert_eq!(cells(&Pattern::read(&path).unwrap()), GLIDER);
    for cut in 2..packed.len() {
        std::fs::write(&path, &packed[..cut]).unwrap();
        let fault = Pattern::read(&path).unwrap_err();
        assert!(fault.contains("cut short") && fault.contains("glider.rle.gz"), "{cut}: {fault}");
    }
    let mut damaged = packed.clone();
    damaged[12] ^= 0xff;
    std::fs::write(&path, &damaged).unwrap();
    assert!(Pattern::read(&path).is_err());
    assert!(Pattern::read(&folder.path().join("none.rle")).unwrap_err().contains("none.rle"));
}

proptest! {
    #[test]
    fn any_text_is_a_pattern_within_its_frame_or_an_error(
        head in prop::sample::select(vec!["", "#Life 1.05\n", "#Life 1.06\n", "x = 5, y = 5\n", "!\n"]),
        text in "[bo$!0-9xy=, .*OABCFpx#PRLife\n\r\t-]{0,80}|.{0,60}",
    ) {
        match Pattern::parse(&format!("{head}{text}")) {
            Ok(p) => prop_assert!(!p.runs.is_empty() && p.runs.iter().all(|r| r.len > 0 && r.x + r.len <= p.width && r.y < p.height)),
            Err(e) => prop_assert!(!e.is_empty() && !e.contains('\n'), "{e:?}"),
        }
    }
}
