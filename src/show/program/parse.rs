//! Reading a show file: every problem at once, each with its line.

use toml_edit::Document;

use super::{Plan, Program, Start};
use crate::world::scene::problem::{Problems, Section};
use crate::world::scene::{Problem, tables};
use crate::world::tape::Passage;

impl Program {
    /// Reads a show file. `scene` says what is wrong with a scene's name, if anything.
    ///
    /// # Errors
    /// Every problem of the text, from top to bottom.
    pub fn parse(text: &str, scene: impl Fn(&str) -> Option<String>) -> Result<Self, Vec<Problem>> {
        let mut p = Problems::new(text);
        let document = match Document::parse(text.to_string()) {
            Ok(document) => document,
            Err(e) => {
                p.add(e.span(), format!("this is not TOML: {}", e.message().trim().replace('\n', "; ")));
                return Err(p.into_sorted());
            }
        };
        let mut s = Section::new(document.as_table(), "the show", None);
        let mut program = Self {
            title: s.text("title", &mut p).unwrap_or("").into(),
            repeats: s.truth("loop", &mut p).unwrap_or(false),
            locked: s.truth("locked", &mut p).unwrap_or(false),
            allow: s.words("allow", &mut p).into_iter().map(|(w, _)| w.into()).collect(),
            attract: s.number("attract", 1.0, 86400.0, &mut p),
            hours: hours(&mut s, &mut p),
            cues: Vec::new(),
        };
        for table in tables(&mut s, "cue", &mut p) {
            program.cues.extend(cue(table, &scene, &mut p));
        }
        if s.item("cue").is_none() {
            p.add(None, "the show has no cues; it needs at least one [[cue]] with `scene = \"NAME\"`");
        }
        s.finish(&[], &mut p);
        let problems = p.into_sorted();
        if problems.is_empty() { Ok(program) } else { Err(problems) }
    }
}

fn cue(mut s: Section, scene: &impl Fn(&str) -> Option<String>, p: &mut Problems) -> Option<Plan> {
    let place = s.span_of("scene");
    let word = s.needed("scene", p).map(str::to_string);
    if let Some(wrong) = word.as_deref().and_then(scene) {
        p.add(place, format!("{}: {wrong}", s.what()));
    }
    let name = s.text("name", p).map(str::to_string);
    let way = s.one_of("transition", Passage::NAMES, p).map_or(Passage::Dissolve, |i| Passage::ALL[i]);
    let seconds = s.number("seconds", 0.0, 600.0, p).unwrap_or(2.0);
    let then = then(&mut s, p);
    s.finish(&[], p);
    let scene = word?;
    Some(Plan { name: name.unwrap_or_else(|| scene.clone()), scene, way, seconds, then })
}

fn then(s: &mut Section, p: &mut Problems) -> Vec<Start> {
    let what = format!("`then` of {}", s.what());
    let Some(mut t) = s.item("then").and_then(|i| Section::of(i, &what, p)) else { return Vec::new() };
    let mut all = Vec::new();
    let mut number = |key: &str, most: f64, make: fn(f64) -> Start, p: &mut Problems| {
        all.extend(t.number(key, 0.0, most, p).map(make));
    };
    number("after", 86400.0, Start::After, p);
    number("beats", 1e5, Start::Beats, p);
    number("bored", 86400.0, Start::Bored, p);
    number("quiet", 86400.0, Start::Quiet, p);
    number("idle", 86400.0, Start::Idle, p);
    let place = t.span_of("at");
    if let Some(text) = t.text("at", p) {
        match minute(text) {
            Some(m) => all.push(Start::At(m)),
            None => p.add(place, format!("`at` of {what} must be a time like \"21:30\", found \"{text}\"")),
        }
    }
    t.finish(&[], p);
    all
}

/// `hours = ["10:00", "18:00"]`.
fn hours(s: &mut Section, p: &mut Problems) -> Option<(u32, u32)> {
    let place = s.span_of("hours");
    let words = s.words("hours", p);
    if words.is_empty() {
        return None;
    }
    match words.iter().map(|w| minute(w.0)).collect::<Option<Vec<u32>>>().as_deref() {
        Some([from, to]) => Some((*from, *to)),
        _ => {
            p.add(place, "`hours` of the show must be two times, such as [\"10:00\", \"18:00\"]");
            None
        }
    }
}

/// Minutes since midnight of `HH:MM`.
fn minute(text: &str) -> Option<u32> {
    let (h, m) = text.split_once(':')?;
    let (h, m): (u32, u32) = (h.parse().ok()?, m.parse().ok()?);
    (h < 24 && m < 60).then_some(h * 60 + m)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parse(text: &str) -> Result<Program, Vec<Problem>> {
        Program::parse(text, |w| (w == "nowhere").then(|| "there is no scene `nowhere`".into()))
    }

    #[test]
    fn a_show_is_read_whole() {
        let show = parse(
            "title = \"Evening\"\nloop = true\nhours = [\"10:00\", \"18:30\"]\nlocked = true\nallow = [\"cue.*\"]\n\
             [[cue]]\nscene = \"ink\"\ntransition = \"black\"\nseconds = 4\nthen = { after = 90, at = \"23:05\" }\n\
             [[cue]]\nname = \"Sea\"\nscene = \"coast\"\nthen = { beats = 64 }\n[[cue]]\nscene = \"garden\"\n",
        )
        .unwrap();
        assert_eq!(show.cues[0].then, [Start::After(90.0), Start::At(23 * 60 + 5)]);
        assert_eq!((show.cues[1].name.as_str(), show.cues[1].way), ("Sea", Passage::Dissolve));
        assert_eq!(show.cues[2].about(), "dissolve 2 s, then a key");
        assert!(show.is_open(600) && !show.is_open(18 * 60 + 30));
        assert_eq!((show.locked, &show.allow[..]), (true, &["cue.*".to_string()][..]));
    }

    #[test]
    fn hours_may_pass_midnight() {
        let show = Program { hours: Some((20 * 60, 2 * 60)), ..Program::default() };
        assert!(show.is_open(23 * 60) && show.is_open(60) && !show.is_open(12 * 60));
    }

    #[test]
    fn every_mistake_is_told_with_its_line() {
        let problems = parse(
            "[[cue]]\nscene = \"nowhere\"\n[[cue]]\nsceen = \"ink\"\n[[cue]]\nscene = \"ink\"\ntransition = \"disolve\"\n\
             then = { after = -3, at = \"25:00\" }\nhours = 3\n",
        )
        .unwrap_err();
        let text: Vec<String> = problems.iter().map(|p| format!("{}: {}", p.line, p.message)).collect();
        let has = |line: usize, word: &str| {
            assert!(
                text.iter().any(|t| t.starts_with(&format!("{line}:")) && t.contains(word)),
                "{line} {word}: {text:#?}"
            );
        };
        has(2, "nowhere");
        has(4, "sceen");
        has(7, "disolve");
        has(8, "after");
        has(8, "25:00");
        assert!(parse("title = 3").unwrap_err().len() >= 2);
        assert!(parse("[[cue").unwrap_err()[0].message.contains("TOML"));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(3000))]
        #[test]
        fn no_text_breaks_the_reader(at in 0usize..300, with in "[\\PC\\n]{0,6}") {
            let text = "title = \"x\"\nhours = [\"10:00\", \"18:30\"]\n[[cue]]\nscene = \"ink\"\ntransition = \"black\"\n\
                        seconds = 4\nthen = { after = 90, at = \"23:05\", idle = 3 }\n";
            let chars: Vec<char> = text.chars().collect();
            let cut = at.min(chars.len());
            let mutated: String =
                chars[..cut].iter().copied().chain(with.chars()).chain(chars[cut..].iter().skip(with.len() / 2).copied()).collect();
            let _ = parse(&mutated);
        }
    }
}
