//! Problems reported for faulty scenes: each once, and none that follows from another.

use super::*;
use crate::scene::problem::{lines_of, suggest};

fn told(text: &str) -> Vec<(usize, String)> {
    parse(text).unwrap_err().into_iter().map(|p| (p.line, p.message)).collect()
}

#[test]
fn problems_besides_an_unknown_system_are_reported_and_those_that_follow_from_it_are_not() {
    let text = "size = [8, 4]
[node.a]
system = \"cuonter\"
size = [0, 3]
rat = 3
[node.b]
system = \"counter\"
rat = 3
add = \"a.value\"
[node.c]
system = \"counter\"
add = \"b.valu\"
[node.d]
rate = 2
[voice.v]
kind = \"grains\"
read = \"a.value\"
[voice.w]
kind = \"grainz\"
read = \"b.value\"
[[link]]
from = \"a.births\"
to = \"b.start\"
span = [0, 1000]
[[link]]
from = \"b.count\"
to = \"a.rate\"
span = [0, 1000]
[[link]]
from = \"b.count\"
to = \"layer.a-value.opacity\"
[[link]]
from = \"b.cuont\"
to = \"voice.v.level\"
[[link]]
from = \"b.count\"
to = \"voice.w.level\"
[[link]]
from = \"b.count\"
to = \"a\"
mode = \"inhibit\"
[[link]]
from = \"d.count\"
to = \"d.value\"
mode = \"inhibit\"
[[layer]]
show = \"a.value\"
palete = \"bone\"
[[layer]]
show = \"b.value\"
blend = \"ad\"
[curator]
knobs = [\"a.rate\", \"b.rat\"]
";
    let expect: &[(usize, &str)] = &[
        (3, "there is no system `cuonter`; did you mean `counter`?"),
        (4, "`size` of [node.a]"),
        (8, "[node.b] has no `rat`; did you mean `rate`?"),
        (12, "`b.valu`: b does not show `valu`; did you mean `value`?"),
        (13, "[node.d] has no `system`"),
        (19, "there is no kind of voice `grainz`; did you mean `grains`?"),
        (24, "`span` of [[link]] 1"),
        (33, "there is no signal `b.cuont`; did you mean `b.count`?"),
        (48, "[[layer]] 1 has no `palete`; did you mean `palette`?"),
        (51, "`ad`"),
        (53, "there is no knob `b.rat`; did you mean `b.rate`?"),
    ];
    let told = told(text);
    for ((line, words), (at, message)) in expect.iter().zip(&told) {
        assert!(line == at && message.contains(words), "{line}: {words} is not {at}: {message}");
    }
    assert_eq!(told.len(), expect.len(), "{told:#?}");
}

#[test]
fn an_unknown_word_is_reported_without_what_depends_on_it() {
    let text = format!(
        "{HEAD}[node.a]\nsystem = \"counter\"\n{LAYER}[[link]]\nfrom = \"a.count\"\nto = \"a.value\"\nmode = \"inhibt\"\n\
         [curator]\naction = \"mutat\"\n[wave]\nslow = 3\n[[link]]\nfrom = \"wave.slow\"\nto = \"a.shap\"\nspan = [0, 1000]\n"
    );
    let told = told(&text);
    let lines: Vec<usize> = told.iter().map(|p| p.0).collect();
    assert_eq!(lines, [9, 11, 13, 16], "{told:#?}");
}

#[test]
fn duplicate_layer_names_are_reported_at_the_second_even_if_the_output_is_unknown() {
    let a = "[node.a]\nsystem = \"counter\"\n";
    let told = told(&format!("{HEAD}{a}{LAYER}{LAYER}"));
    assert!(matches!(&told[..], [(6, m)] if m.contains("two layers are called `a-value`")), "{told:?}");
    let unknown =
        self::told(&format!("{HEAD}{}{LAYER}{LAYER}[[layer]]\n[[layer]]\n", a.replace("counter", "x")));
    let lines: Vec<usize> = unknown.iter().map(|p| p.0).collect();
    assert_eq!(lines, [3, 6, 8, 9], "{unknown:?}");
}

#[test]
fn no_name_is_listed_twice_and_a_long_list_by_its_prefixes() {
    assert_eq!(
        suggest("speeed", &["speed", "size", "speed"]),
        "did you mean `speed`? (also available: size)"
    );
    assert_eq!(suggest("speeed", &["speed"]), "did you mean `speed`?");
    assert_eq!(suggest("x", &["speed", "size", "speed"]), "available: speed, size");
    assert_eq!(suggest("x", &[]), "none available");
    let many: Vec<String> = (0..60).map(|i| format!("{}.knob{i}", ["air", "men"][i % 2])).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    assert_eq!(suggest("x.y", &many), "available: air.…, men.…");
    assert_eq!(suggest("mn.knob7", &many), "did you mean `men.knob7`?");
}

#[test]
fn an_unknown_signal_or_knob_is_reported_with_its_siblings() {
    let head = format!("{HEAD}[node.a]\nsystem = \"counter\"\n{LAYER}");
    let of = |from: &str, to: &str| {
        let told = told(&format!("{head}[[link]]\nfrom = \"{from}\"\nto = \"{to}\"\n"));
        assert_eq!(told.len(), 1, "{told:?}");
        told[0].1.clone()
    };
    assert_eq!(
        of("a.population", "a.rate"),
        "there is no signal `a.population`; available: a.count, a.value.mean, a.half.mean"
    );
    let heads = of("nobody.count", "a.rate");
    assert!(heads.contains("available: clock.…, touch.…, ") && heads.ends_with("a.…"), "{heads}");
    assert_eq!(
        of("a.count", "a.population"),
        "there is no knob `a.population`; available: a.rate, a.start, a.shape, a.counting"
    );
}

#[test]
fn a_survey_gives_what_it_can_and_a_string_is_found_on_its_line() {
    let text = format!(
        "{HEAD}# \"judge.x\"\n[node.a]\nsystem = \"counter\"\nrat = 1\n{LAYER}[[link]]\nfrom = \"judge.x\"\nto = \"a.rate\"\n"
    );
    let (scene, problems) = Scene::survey(&text, "s", Path::new("."), KINDS);
    assert_eq!((problems.len(), scene.unwrap().signals().collect::<Vec<_>>()), (1, vec!["judge.x"]));
    assert_eq!(lines_of(&text, "judge.x"), [9]);
    let lists = "a = [\"y\", \"x\"]\nb = { c = \"x\" }\n[[d]]\ne = 'x'\n[x]\nx = \"xx\"\n";
    assert_eq!((lines_of(lists, "x"), lines_of("a = = 1", "x")), (vec![1, 2, 4], vec![]));
    let (scene, problems) = Scene::survey("a = = 1", "s", Path::new("."), KINDS);
    assert!(scene.is_none() && problems.len() == 1);
}

#[test]
fn a_scene_names_its_poster_second_and_its_order() {
    let of = |head: &str| parse(&format!("{HEAD}{head}[node.a]\nsystem = \"counter\"\n{LAYER}"));
    let scene = of("poster = 12.5\norder = 3\n").unwrap();
    assert_eq!((scene.poster, scene.order), (Some(12.5), Some(3)));
    let scene = of("").unwrap();
    assert_eq!((scene.poster, scene.order), (None, None));
    for (head, words) in [
        ("poster = -1\n", "`poster` of the scene must be a number in 0..=86400, found -1"),
        ("poster = \"late\"\n", "`poster` of the scene must be a number in 0..=86400"),
        ("order = 0\n", "`order` of the scene must be a whole number in 1..=9999, found 0"),
        ("order = 1.5\n", "`order` of the scene must be a whole number in 1..=9999, found 1.5"),
    ] {
        let told = of(head).unwrap_err();
        assert!(told.len() == 1 && told[0].line == 2 && told[0].message.contains(words), "{told:?}");
    }
}

#[test]
fn without_kinds_of_voices_they_are_skipped_with_their_links() {
    let text = format!(
        "{HEAD}[node.a]\nsystem = \"counter\"\n{LAYER}[voice.v]\nkind = \"gong\"\nread = \"a.value\"\n\
         [[link]]\nfrom = \"a.count\"\nto = \"voice.v.level\"\nspan = [0, 1]\n"
    );
    let scene = Scene::parse(&text, "s", Path::new("."), KINDS).unwrap_or_else(|p| panic!("{p:?}"));
    assert_eq!((scene.voices.len(), scene.links.len()), (0, 0));
    let problems = parse(&text).unwrap_err();
    assert!(problems.len() == 1 && problems[0].message.contains("no kind of voice `gong`"), "{problems:?}");
}
