//! Fields of a card.

use world::limits::NAME;
use world::scene::problem::{Problems, Section};

/// The largest stated number.
const MOST: f64 = 1e18;

/// A table that must be there.
pub fn table<'a>(s: &mut Section<'a>, key: &str, holds: &str, p: &mut Problems) -> Option<Section<'a>> {
    match s.item(key) {
        Some(item) => Section::of(item, &format!("[shelf.{key}]"), p),
        None => {
            p.add(s.span(), format!("[shelf] has no table [shelf.{key}] with {holds}"));
            None
        }
    }
}

/// A number that is stated: of bytes, pictures, seconds or joules.
pub fn number(s: &mut Section, key: &str, p: &mut Problems) -> Option<f64> {
    s.number(key, 0.0, MOST, p)
}

/// A whole number that is stated.
pub fn whole(s: &mut Section, key: &str, p: &mut Problems) -> Option<u64> {
    let found = number(s, key, p)?;
    if found.fract() != 0.0 {
        p.add(s.span_of(key), format!("`{key}` of {} must be a whole number, found {found}", s.what()));
        return None;
    }
    // At most 10¹⁸, so nothing is lost.
    Some(found as u64)
}

/// A text on one line.
pub fn line(s: &mut Section, key: &str, most: usize, p: &mut Problems) -> Option<String> {
    let text = s.text(key, p)?;
    let flaw = match text {
        t if t.trim().is_empty() => "it is empty".to_string(),
        t if t.len() > most => format!("it has {} bytes", t.len()),
        t if t.chars().any(char::is_control) => "it has control characters".to_string(),
        t => return Some(t.to_string()),
    };
    p.add(
        s.span_of(key),
        format!("`{key}` of {} must be a text on one line of at most {most} bytes; {flaw}", s.what()),
    );
    None
}

/// A text on one line that must be there.
pub fn needed(s: &mut Section, key: &str, p: &mut Problems) -> Option<String> {
    if !s.has(key) {
        p.add(s.span(), format!("{} has no `{key}`", s.what()));
    }
    line(s, key, NAME, p)
}
