//! What the documents of the repository name is there: files, and the tests that hold a promise.

use std::path::Path;

/// Documents that speak of the source.
const DOCUMENTS: &[&str] = &[
    "README.md",
    "ARCHITECTURE.md",
    "CONTRIBUTING.md",
    "docs/write-a-system.md",
    "docs/exact.md",
    "docs/physics.md",
];

/// Names of code in a text, without what an author fills in (`NAME`): (line, name).
fn spans(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let prose = text.lines().enumerate().scan(false, |inside, (n, line)| {
        let is_fence = line.starts_with("```");
        *inside ^= is_fence;
        Some((n + 1, if *inside || is_fence { "" } else { line }))
    });
    let spans = prose.flat_map(|(n, line)| line.split('`').skip(1).step_by(2).map(move |span| (n, span)));
    spans.filter(|(_, s)| !s.contains(|c: char| c.is_ascii_uppercase() || c == ' '))
}

fn is_path(span: &str) -> bool {
    span.ends_with(".rs") || ["src/", "tests/", "docs/", "benches/"].iter().any(|f| span.starts_with(f))
}

fn exists(root: &Path, path: &str) -> bool {
    ["", "tests/suite", "src"].iter().any(|folder| root.join(folder).join(path).exists())
}

/// Four words and more, perhaps cut short: no key, flag or address is so long.
fn is_test(span: &str) -> bool {
    let name = span.trim_end_matches('…');
    name.split('_').filter(|w| !w.is_empty()).count() >= 4
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

fn is_defined(sources: &str, span: &str) -> bool {
    match span.strip_suffix('…') {
        Some(begun) => sources.contains(&format!("fn {begun}")),
        None => sources.contains(&format!("fn {span}(")),
    }
}

fn sources(root: &Path) -> String {
    let paths = ["src", "tests"].iter().flat_map(|folder| super::files(&root.join(folder)));
    paths.map(|path| std::fs::read_to_string(path).unwrap()).collect()
}

#[test]
fn files_and_tests_that_the_documents_name_exist() {
    let root = super::root();
    let sources = sources(&root);
    let mut missing = Vec::new();
    let (mut paths, mut tests) = (0, 0);
    for document in DOCUMENTS {
        let text = std::fs::read_to_string(root.join(document)).unwrap();
        for (line, span) in spans(&text) {
            let found = match (is_path(span), is_test(span)) {
                (true, _) => (paths += 1, exists(&root, span)).1,
                (_, true) => (tests += 1, is_defined(&sources, span)).1,
                _ => true,
            };
            if !found {
                missing.push(format!("{document}:{line}: `{span}`"));
            }
        }
    }
    assert!(missing.is_empty(), "not there:\n{}", missing.join("\n"));
    assert!(paths > 50 && tests > 15, "{paths} paths and {tests} tests were looked for");
}

#[test]
fn a_name_that_is_gone_is_found() {
    let text = "Held by `src/gone.rs`, `a_test_that_is_gone`, `b_test_that_…`.\n```\n`not/this.rs`\n```\n";
    let named: Vec<_> = spans(text).collect();
    assert_eq!(named, [(1, "src/gone.rs"), (1, "a_test_that_is_gone"), (1, "b_test_that_…")]);
    assert!(is_path(named[0].1) && !exists(&super::root(), named[0].1));
    assert!(is_test(named[1].1) && !is_defined("fn another() {}", named[1].1));
    assert!(is_defined("fn b_test_that_stays() {}", named[2].1));
}
