//! Scene files as the engine's small systems see them: printed, and with mistakes.

use super::*;

#[test]
fn a_printed_scene_keeps_comments_and_takes_the_knobs() {
    let mut e = run("# mine\n[node.a]\nsystem = \"counter\" # counts\nrate = 2\n");
    e.set("a.rate", 4.5);
    e.set("a.shape", 1.0);
    let text = e.scene().print(&e.knobs());
    assert!(text.contains("# mine") && text.contains("# counts"), "{text}");
    let again = parse(&text).unwrap();
    assert_eq!(again.nodes[0].knobs, [4.5, 0.0, 1.0]);
    assert!(!text.contains("start"));
}

#[test]
fn a_scene_says_whether_it_is_dithered() {
    let shades = |head: &str| {
        let scene = "[node.a]\nsystem = \"counter\"\n[[layer]]\nshow = \"a.value\"\npalette = \"#000 #fff\"\nhigh = 100\n";
        let mut e = Engine::new(parse(&format!("size = [8, 8]\n{head}{scene}")).unwrap(), None).unwrap();
        (0..3).for_each(|_| e.step(&[]));
        let mut frame = Frame::default();
        e.compose(&mut frame);
        let mut bytes: Vec<u8> = frame.rgba.chunks(4).map(|p| p[0]).collect();
        bytes.sort();
        bytes.dedup();
        bytes.len()
    };
    assert_eq!((shades(""), shades("dither = true\n"), shades("dither = false\n")), (2, 2, 1));
    let problems = parse("dither = 1\n").unwrap_err();
    assert!(
        problems.iter().any(|p| p.message.contains("`dither` of the scene must be true or false")),
        "{problems:?}"
    );
}

#[test]
fn broken_toml_and_empty_scenes_are_reported_with_a_line() {
    let problems = parse("size = [8, 4]\nnode = = 3\n").unwrap_err();
    assert_eq!(problems[0].line, 2);
    assert!(problems[0].message.contains("not TOML"));
    let all = parse("").unwrap_err().iter().map(|p| p.message.clone()).collect::<String>();
    assert!(all.contains("no nodes") && all.contains("shows nothing"));
}

#[test]
fn a_scene_has_a_background_switches_that_start_off_and_knobs_that_list_their_changes() {
    let text = "background = \"#800000\"\n[node.a]\nsystem = \"counter\"\noff = [\"counting\"]\n\
                [voice.v]\nkind = \"wind\"\nread = \"a.value\"\n";
    let mut e = run(text);
    e.step(&[]);
    assert_eq!((count(&e, 0), e.get("a.counting")), (0.0, Some(0.0)));
    e.set("layer.a-value.opacity", 0.0);
    let mut frame = Frame::default();
    e.compose(&mut frame);
    assert!(
        frame.rgba.chunks(4).all(|p| p[0].abs_diff(128) <= 1 && p[1..3] == [0, 0]),
        "{:?}",
        &frame.rgba[..4]
    );
    e.set("voice.v.level", -20.0);
    e.set("a.shape", 1.0);
    assert_eq!(e.knob_text(), "a.shape=square layer.a-value.opacity=0 voice.v.level=-20");
}

#[test]
fn rounding_a_number_of_the_file_is_no_change() {
    let mut e = run("[node.a]\nsystem = \"counter\"\nrate = 0.1\n");
    e.step(&[]);
    assert_eq!((e.knob_text(), e.now("a.rate")), (String::new(), Some(0.1f32 as f64)));
    e.set("a.rate", 0.25);
    assert_eq!(e.knob_text(), "a.rate=0.25");
    let moved: Vec<(String, f64)> = e.moved().into_iter().map(|(a, v)| (a.to_string(), v)).collect();
    assert_eq!((moved, e.created_with().len()), (vec![("a.rate".to_string(), 0.25)], 0));
    assert_eq!((e.in_force(0), e.knobs()), (vec![0.25, 0.0, 0.0], vec![vec![0.25, 0.0, 0.0]]));
}

#[test]
fn a_picture_has_its_provenance() {
    let mut e = run("rate = 50\n[node.a]\nsystem = \"counter\"\n");
    (0..5).for_each(|_| e.step(&[]));
    e.set("a.rate", 2.0);
    let told = e.provenance();
    assert_eq!(
        (told.scene.as_str(), told.scene_hash, told.seed, told.tick),
        ("test", e.scene().hash, e.seed(), 5)
    );
    assert_eq!((told.width, told.height, told.version.as_str()), (8, 4, env!("CARGO_PKG_VERSION")));
    assert_eq!((told.knobs.as_str(), e.seconds()), ("a.rate=2", 0.1));
    let mut frame = Frame::default();
    e.compose(&mut frame);
    assert_eq!((frame.width, frame.height, frame.provenance.tick), (8, 4, 5));
    let field = e.field(0, 1);
    assert_eq!((field.data().len(), field.data()[31]), (32, 2.5));
    assert!(e.messages().is_empty(), "a counter has no message");
}

#[test]
fn a_status_message_is_listed_under_the_name_of_its_node() {
    let mut e =
        run("[node.b]\nsystem = \"counter\"\n[node.a]\nsystem = \"counter\"\nstart = 99\nrate = 0.5\n");
    e.step(&[]);
    assert!(e.messages().is_empty());
    e.step(&[]);
    assert_eq!(e.messages(), [("a".to_string(), "a hundred".to_string())]);
}
