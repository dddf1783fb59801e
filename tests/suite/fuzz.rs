//! Files that a person, a crash or a bad disk has damaged: whatever they hold, they are read to an answer, and nothing
//! breaks. Sizes are the numbers of inputs; packets, MIDI bytes, maps, web messages and sound files have theirs beside
//! their readers.

use std::path::Path;

use proptest::prelude::*;
use untrained::cli::load::Source;
use untrained::show::program::Program;
use untrained::show::saved::Saved;
use untrained::systems::CATALOGUE;
use untrained::world::scene::Scene;
use untrained::world::tape::Tape;

/// One change: where (as a share of the text), how much goes, what comes.
#[derive(Clone, Debug)]
struct Cut {
    at: f64,
    length: usize,
    put: String,
}

fn cuts() -> impl Strategy<Value = Vec<Cut>> {
    let words = prop::sample::select(vec![
        "",
        "\"",
        "[",
        "]",
        "[[",
        "=",
        "\n",
        "0",
        "-1",
        "1e309",
        "nan",
        "inf",
        "99999999999999999999",
        "true",
        "#",
        "{",
        "}",
        "[node.x]\n",
        "[[layer]]\n",
        "system = \"life\"\n",
        "\u{0}",
        "é",
        "size = [1, 1]\n",
        "....",
        "link",
        "x.y",
        "''",
        "\"\"\"",
    ]);
    let put = prop_oneof![3 => words.prop_map(String::from), 1 => "\\PC{0,12}"];
    let cut = (0.0..1.0f64, 0usize..40, put).prop_map(|(at, length, put)| Cut { at, length, put });
    prop::collection::vec(cut, 1..5)
}

fn damaged(text: &str, cuts: &[Cut]) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    for cut in cuts {
        let at = (cut.at * chars.len() as f64) as usize;
        let end = (at + cut.length).min(chars.len());
        chars.splice(at..end, cut.put.chars());
    }
    chars.into_iter().collect()
}

const SHOW: &str = "title = \"x\"\nloop = true\nlocked = true\nallow = [\"cue.*\", \"touch\"]\nattract = 60\nhours = [\"10:00\", \
                    \"18:30\"]\n[[cue]]\nname = \"a\"\nscene = \"ink\"\ntransition = \"black\"\nseconds = 4\nthen = { after = 90, at \
                    = \"23:05\", idle = 3, beats = 4, bored = 2, quiet = 8 }\n[[cue]]\nscene = \"coast\"\n";

const TAPE: &str = "{\"tape\":2,\"version\":\"0.1.0\",\"scene\":\"a\",\"rate\":60.0}\n[0,{\"Set\":[\"a.b\",0.5]}]\n[3,{\"Link\":[1,true]}]\n\
                    [3,{\"Signal\":[\"judge.novelty\",0.25]}]\n[9,{\"Reseed\":7}]\n[9,\"Mark\"]\n";

const STATE: &str = "{\"version\":1,\"scene\":\"a\",\"cue\":null,\"seed\":7,\"knobs\":[[\"a.b\",0.5]],\"links\":[true],\"kept\":{\"a\":{\"0\":\
                     [[\"a.b\",1.0]]}},\"bpm\":120.0}";

proptest! {
    #![proptest_config(ProptestConfig { cases: 20_000, max_shrink_iters: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn twenty_thousand_damaged_scenes(which in 0usize..1000, cuts in cuts()) {
        let all = Source::all();
        let text = all[which % all.len()].text().unwrap();
        let text = damaged(&text, &cuts);
        if let Err(problems) = Scene::parse(&text, "x", Path::new("scenes"), CATALOGUE) {
            prop_assert!(!problems.is_empty());
            let lines = text.lines().count() + 1;
            prop_assert!(problems.iter().all(|p| p.line <= lines && !p.message.is_empty()));
        }
    }

    #[test]
    fn twenty_thousand_damaged_shows(cuts in cuts()) {
        let text = damaged(SHOW, &cuts);
        if let Err(problems) = Program::parse(&text, |_| None) {
            prop_assert!(!problems.is_empty());
        }
    }

    #[test]
    fn twenty_thousand_damaged_tapes(cuts in cuts()) {
        let text = damaged(TAPE, &cuts);
        if let Ok(tape) = Tape::read(text.as_bytes()) {
            prop_assert!(tape.events.windows(2).all(|w| w[0].0 <= w[1].0));
        }
    }
}

#[test]
fn two_thousand_damaged_states() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("s.json");
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig {
        cases: 2_000,
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    let outcome = runner.run(&cuts(), |cuts| {
        let text = damaged(STATE, &cuts);
        std::fs::write(&path, &text).unwrap();
        if let Err(word) = Saved::load(&path) {
            prop_assert!(word.contains("not used") || word.contains("cannot read"), "{}", word);
        }
        Ok(())
    });
    outcome.unwrap();
}
