//! Which names a system may have.

/// Keywords of Rust, which cannot name a module.
const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate", "do", "dyn",
    "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop",
    "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return", "self", "static",
    "struct", "super", "trait", "true", "try", "type", "typeof", "unsafe", "unsized", "use", "virtual",
    "where", "while", "yield",
];

/// Signals of verdicts besides the classes, which are named after systems.
const VERDICTS: &[&str] = &["confidence", "entropy", "novelty", "unsure"];

/// Types of Rust's prelude.
const EVERYWHERE: &[&str] = &[
    "Box", "Clone", "Copy", "Debug", "Default", "Drop", "Err", "From", "Into", "Iterator", "None", "Option",
    "Result", "Send", "Sized", "Some", "String", "Sync", "Vec",
];

/// Says why a name cannot be used; the names that the template uses are taken too.
pub fn check(name: &str, template: &str) -> Result<(), String> {
    let fits = name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    let begins = name.bytes().next().is_some_and(|b| b.is_ascii_lowercase());
    let halves = name.contains("__") || name.ends_with('_');
    if !fits || !begins || halves || name.len() > 40 {
        let rule = "up to 40 lower-case letters, digits and single _, a letter first, such as slow_frost";
        return Err(format!("a system cannot be called `{name}`: expected {rule}"));
    }
    if KEYWORDS.contains(&name) {
        return Err(format!("a system cannot be called `{name}`: it is a keyword of Rust"));
    }
    if VERDICTS.contains(&name) {
        return Err(format!("a system cannot be called `{name}`: `judge.{name}` is already a signal"));
    }
    let kind = camel(name);
    let code = template.lines().map(|line| line.split_once("//").map_or(line, |(code, _)| code));
    let taken = code.flat_map(words).any(|word| word == kind);
    match taken || EVERYWHERE.contains(&kind.as_str()) {
        true => Err(format!("a system cannot be called `{name}`: its code uses `{kind}` for something else")),
        false => Ok(()),
    }
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric() && c != '_')
}

/// A template with some words replaced, all at once: what is put in is not replaced again.
pub fn filled(template: &str, replacements: &[(&str, &str)]) -> String {
    let (mut text, mut rest) = (String::new(), template);
    for word in words(template).filter(|w| !w.is_empty()) {
        let Some((before, after)) = rest.split_once(word) else { break };
        let new = replacements.iter().find(|r| r.0 == word).map_or(word, |r| r.1);
        text.extend([before, new]);
        rest = after;
    }
    text + rest
}

/// `slow_frost` as `SlowFrost`.
pub fn camel(name: &str) -> String {
    name.split('_').map(capital).collect()
}

/// `slow_frost` as `Slow frost`.
pub fn title(name: &str) -> String {
    capital(&name.replace('_', " "))
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or(String::new(), |first| first.to_ascii_uppercase().to_string() + letters.as_str())
}
