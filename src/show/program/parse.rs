//! Reading a show file: every problem at once, each with its line.

use toml_edit::Document;

use super::{CueSpec, CueTrigger, ShowProgram};
use world::scene::problem::{Problems, Section};
use world::scene::{Problem, tables};
use world::tape::Transition;

impl ShowProgram {
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
            still: s.number("still", 0.0, 86400.0, &mut p),
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

fn cue(mut s: Section, scene: &impl Fn(&str) -> Option<String>, p: &mut Problems) -> Option<CueSpec> {
    let place = s.span_of("scene");
    let word = s.needed("scene", p).map(str::to_string);
    if let Some(wrong) = word.as_deref().and_then(scene) {
        p.add(place, format!("{}: {wrong}", s.what()));
    }
    let name = s.text("name", p).map(str::to_string);
    let way =
        s.one_of("transition", Transition::NAMES, p).map_or(Transition::Dissolve, |i| Transition::ALL[i]);
    let seconds = s.number("seconds", 0.0, 600.0, p).unwrap_or(2.0);
    let then = then(&mut s, p);
    let still = s.number("still", 0.0, 86400.0, p);
    s.finish(&[], p);
    let scene = word?;
    Some(CueSpec { name: name.unwrap_or_else(|| scene.clone()), scene, way, seconds, then, still })
}

fn then(s: &mut Section, p: &mut Problems) -> Vec<CueTrigger> {
    let what = format!("`then` of {}", s.what());
    let Some(mut t) = s.item("then").and_then(|i| Section::of(i, &what, p)) else { return Vec::new() };
    let mut all = Vec::new();
    let mut number = |key: &str, most: f64, make: fn(f64) -> CueTrigger, p: &mut Problems| {
        all.extend(t.number(key, 0.0, most, p).map(make));
    };
    number("after", 86400.0, CueTrigger::After, p);
    number("beats", 1e5, CueTrigger::Beats, p);
    number("bored", 86400.0, CueTrigger::Bored, p);
    number("quiet", 86400.0, CueTrigger::Quiet, p);
    number("idle", 86400.0, CueTrigger::Idle, p);
    let place = t.span_of("at");
    if let Some(text) = t.text("at", p) {
        match minute(text) {
            Some(m) => all.push(CueTrigger::At(m)),
            None => p.add(place, format!("`at` of {what} must be a time like \"21:30\", found \"{text}\"")),
        }
    }
    t.finish(&[], p);
    all
}

/// `hours = ["10:00", "18:00"]`.
fn hours(s: &mut Section, p: &mut Problems) -> Option<(u32, u32)> {
    let place = s.span_of("hours");
    let words: Vec<&str> = s.words("hours", p).into_iter().map(|w| w.0).collect();
    if words.is_empty() {
        return None;
    }
    // A day ends at 24:00, and does not begin then.
    let end = |text: &str| if text == "24:00" { Some(24 * 60) } else { minute(text) };
    match words[..] {
        [from, to] if minute(from).is_some() && end(to).is_some() => minute(from).zip(end(to)),
        _ => {
            let found = words.iter().map(|w| format!("\"{w}\"")).collect::<Vec<_>>().join(", ");
            let like = "two times, such as [\"10:00\", \"18:00\"], the second up to \"24:00\"";
            p.add(place, format!("`hours` of the show must be {like}; found [{found}]"));
            None
        }
    }
}

/// Minutes since midnight of `HH:MM`.
fn minute(text: &str) -> Option<u32> {
    let number = |text: &str, most: u32| {
        let digits = (1..=2).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        digits.then(|| text.parse::<u32>().ok()).flatten().filter(|n| *n <= most)
    };
    let (h, m) = text.split_once(':')?;
    Some(number(h, 23)? * 60 + number(m, 59)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parse(text: &str) -> Result<ShowProgram, Vec<Problem>> {
        ShowProgram::parse(text, |w| (w == "nowhere").then(|| "there is no scene `nowhere`".into()))
    }

    #[test]
    fn a_show_is_read_whole() {
        let show = parse(
            "title = \"Evening\"\nloop = true\nhours = [\"10:00\", \"18:30\"]\nlocked = true\nallow = [\"cue.*\"]\n\
             [[cue]]\nscene = \"ink\"\ntransition = \"black\"\nseconds = 4\nthen = { after = 90, at = \"23:05\" }\n\
             [[cue]]\nname = \"Sea\"\nscene = \"coast\"\nthen = { beats = 64 }\n[[cue]]\nscene = \"garden\"\n",
        )
        .unwrap();
        assert_eq!(show.cues[0].then, [CueTrigger::After(90.0), CueTrigger::At(23 * 60 + 5)]);
        assert_eq!((show.cues[1].name.as_str(), show.cues[1].way), ("Sea", Transition::Dissolve));
        assert_eq!(show.cues[2].about(), "dissolve 2 s, then a key");
        assert!(show.is_open(600) && !show.is_open(18 * 60 + 30));
        assert_eq!((show.locked, &show.allow[..]), (true, &["cue.*".to_string()][..]));
    }

    #[test]
    fn hours_may_end_at_24_and_invalid_times_are_reported() {
        let hours =
            |text: &str| parse(&format!("hours = {text}\n[[cue]]\nscene = \"ink\"\n")).map(|s| s.hours);
        assert_eq!(hours("[\"00:00\", \"24:00\"]"), Ok(Some((0, 1440))));
        assert_eq!(hours("[\"18:00\", \"24:00\"]"), Ok(Some((1080, 1440))));
        assert_eq!(hours("[\"00:00\", \"00:00\"]"), Ok(Some((0, 0))));
        assert_eq!(hours("[\"9:05\", \"18:00\"]"), Ok(Some((545, 1080))));
        for wrong in [
            "[\"24:00\", \"06:00\"]",
            "[\"10:00\", \"24:01\"]",
            "[\"10:00\"]",
            "[\"10:00\", \"+8:00\"]",
            "[\"10\", \"18:00\"]",
            "[\"10:00\", \"18:0000\"]",
        ] {
            let reported = hours(wrong).unwrap_err();
            assert!(
                reported[0].message.contains("24:00") && reported[0].message.contains("found ["),
                "{wrong}: {reported:?}"
            );
        }
    }

    #[test]
    fn each_trigger_transition_and_limit_is_read_as_written() {
        let cue = "[[cue]]\nscene = \"ink\"\n";
        let show = parse(&format!(
            "attract = 30\n{cue}transition = \"cut\"\nthen = {{ after = 1, beats = 2, bored = 3, quiet = 4, idle = 5, at = \"23:59\" }}\n\
             {cue}transition = \"dissolve\"\n{cue}transition = \"morph\"\nseconds = 0.5\n{cue}transition = \"black\"\n"
        ))
        .unwrap();
        use CueTrigger::{After, At, Beats, Bored, Idle, Quiet};
        assert_eq!(show.cues[0].then, [After(1.0), Beats(2.0), Bored(3.0), Quiet(4.0), Idle(5.0), At(1439)]);
        assert_eq!(show.cues.iter().map(|c| c.way).collect::<Vec<_>>(), Transition::ALL);
        assert_eq!(show.cues.iter().map(|c| c.seconds).collect::<Vec<_>>(), [2.0, 2.0, 0.5, 2.0]);
        assert_eq!(
            (show.attract, show.repeats, show.locked, show.title.as_str()),
            (Some(30.0), false, false, "")
        );
        assert_eq!((&show.cues[1].name, &show.cues[1].scene), (&"ink".to_string(), &"ink".to_string()));
        assert!(show.allow.is_empty() && show.hours.is_none() && show.cues[1].then.is_empty());
        for wrong in ["23:60", "24:00", "1:2:3", "12", ":30", "12:", " 1:00"] {
            let reported = parse(&format!("{cue}then = {{ at = \"{wrong}\" }}\n")).unwrap_err();
            assert!(
                reported[0].line == 3 && reported[0].message.contains(&format!("found \"{wrong}\"")),
                "{reported:?}"
            );
        }
        let none = parse("title = \"x\"\n").unwrap_err();
        assert!(none.len() == 1 && none[0].message.contains("no cues"), "{none:?}");
    }

    #[test]
    fn still_is_read_for_the_show_and_for_a_cue() {
        let show =
            parse("still = 60\n[[cue]]\nscene = \"ink\"\nstill = 0\n[[cue]]\nscene = \"ink\"\n").unwrap();
        assert_eq!((show.still, show.cues[0].still, show.cues[1].still), (Some(60.0), Some(0.0), None));
        assert!(parse("still = -1\n[[cue]]\nscene = \"ink\"\nstill = \"x\"\n").unwrap_err().len() == 2);
    }

    #[test]
    fn every_mistake_is_reported_with_its_line() {
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
        fn a_damaged_show_can_play_or_is_reported_with_its_lines(at in 0usize..300, with in "[\\PC\\n]{0,6}") {
            let text = "title = \"x\"\nhours = [\"10:00\", \"18:30\"]\n[[cue]]\nscene = \"ink\"\ntransition = \"black\"\n\
                        seconds = 4\nthen = { after = 90, at = \"23:05\", idle = 3 }\n";
            prop_assert_eq!(parse(text).unwrap().cues.len(), 1);
            let chars: Vec<char> = text.chars().collect();
            let cut = at.min(chars.len());
            let mutated: String =
                chars[..cut].iter().copied().chain(with.chars()).chain(chars[cut..].iter().skip(with.len() / 2).copied()).collect();
            match parse(&mutated) {
                Ok(show) => {
                    prop_assert!(!show.cues.is_empty() && show.hours.is_none_or(|(a, b)| a < 1440 && b <= 1440));
                    for cue in &show.cues {
                        prop_assert!((0.0..=600.0).contains(&cue.seconds), "{cue:?}");
                        let valid = |start: &CueTrigger| match *start {
                            CueTrigger::At(minute) => minute < 1440,
                            CueTrigger::After(v) | CueTrigger::Beats(v) | CueTrigger::Bored(v) | CueTrigger::Quiet(v) | CueTrigger::Idle(v) => v >= 0.0,
                        };
                        prop_assert!(cue.then.iter().all(valid), "{cue:?}");
                    }
                }
                Err(problems) => {
                    let lines = 1 + mutated.matches('\n').count();
                    prop_assert!(!problems.is_empty() && problems.windows(2).all(|w| w[0].line <= w[1].line));
                    for p in problems {
                        prop_assert!((1..=lines).contains(&p.line), "{p:?} of {mutated}");
                        prop_assert!(!p.message.is_empty() && !p.message.contains('\n'), "{p:?} of {mutated}");
                    }
                }
            }
        }
    }
}
