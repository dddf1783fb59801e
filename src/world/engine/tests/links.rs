//! What links do to knobs and outputs.

use super::*;
use crate::audio_signals::SIGNALS;

#[test]
fn links_modulate_suppress_and_inhibit() {
    let mut e =
        run("rate = 10\n[node.a]\nsystem = \"counter\"\n[node.b]\nsystem = \"counter\"\nadd = \"a.value\"\n\
        [[link]]\nfrom = \"sound.level\"\nto = \"a.rate\"\nspan = [1, 5]\n\
        [[link]]\nfrom = \"osc.stop\"\nto = \"a.rate\"\nmode = \"suppress\"\nvalue = 0\nhold = 0.25\n\
        [[link]]\nfrom = \"osc.hush\"\nto = \"a\"\nmode = \"inhibit\"\n");
    e.step(&[]);
    assert_eq!(count(&e, 0), 1.0);
    e.step(&[Event::Signal("sound.level".into(), 0.5)]);
    assert_eq!(count(&e, 0), 4.0, "half of the span is 3");
    assert_eq!((e.get("a.rate"), e.now("a.rate")), (Some(1.0), Some(3.0)));
    e.step(&[Event::Signal("osc.stop".into(), 1.0)]);
    assert_eq!(count(&e, 0), 4.0);
    e.step(&[Event::Signal("osc.stop".into(), 0.0)]);
    e.step(&[]);
    assert_eq!(count(&e, 0), 4.0, "held for 2.5 ticks");
    e.step(&[]);
    assert_eq!(count(&e, 0), 7.0, "released");
    let before = count(&e, 1);
    e.step(&[Event::Signal("osc.hush".into(), 1.0)]);
    assert_eq!(count(&e, 1), before + 1.0, "an inhibited output drives nothing");
    e.step(&[Event::Link(2, false)]);
    assert!(count(&e, 1) > before + 3.0, "a disabled link inhibits nothing");
}

#[test]
fn several_modulations_add_up_and_the_last_active_suppressor_wins() {
    let link = |from: &str, more: &str| {
        format!("[[link]]\nfrom = \"osc.{from}\"\nto = \"a.rate\"\nspan = [1, 5]\n{more}\n")
    };
    let stop = |from: &str, value: i32| {
        format!("[[link]]\nfrom = \"osc.{from}\"\nto = \"a.rate\"\nmode = \"suppress\"\nvalue = {value}\n")
    };
    let text = ["[node.a]\nsystem = \"counter\"\nrate = 2\n".to_string(), link("p", ""), link("q", "")];
    let mut e = run(&(text.concat() + &stop("r", -3) + &stop("s", -4)));
    let says = |e: &mut Engine, said: &[(&str, f64)]| {
        let events: Vec<Event> = said.iter().map(|(n, v)| Event::Signal(format!("osc.{n}"), *v)).collect();
        e.step(&events);
        e.now("a.rate").unwrap()
    };
    // Set to 2; p says 1 + 4·0.5 = 3, q says 5: both deviations from 2 are added.
    assert_eq!(says(&mut e, &[("p", 0.5), ("q", 1.0)]), 2.0 + 1.0 + 3.0);
    assert_eq!(says(&mut e, &[("r", 1.0)]), -3.0);
    assert_eq!(says(&mut e, &[("s", 1.0)]), -4.0, "the last declared one");
    assert_eq!(says(&mut e, &[("s", 0.0)]), -3.0);
    e.step(&[Event::Link(2, false)]);
    assert_eq!(e.now("a.rate"), Some(6.0), "a disabled link does nothing");
    assert_eq!(e.get("a.rate"), Some(2.0), "the set value is unchanged");
}

#[test]
fn curves_bend_and_beats_hold_what_a_link_reads() {
    let text = "[node.a]\nsystem = \"counter\"\n[[link]]\nfrom = \"osc.p\"\nto = \"a.rate\"\nspan = [0, 4]\n";
    let at = |more: &str, value: f64| {
        let mut e = run(&format!("{text}{more}"));
        e.step(&[Event::Signal("osc.p".into(), value)]);
        e.now("a.rate").unwrap()
    };
    assert_eq!(at("", 0.5), 2.0);
    assert_eq!(at("curve = \"smooth\"\n", 0.25), 4.0 * (3.0 * 0.0625 - 2.0 * 0.015625));
    assert_eq!(at("curve = 2\n", 0.5), 1.0);
    assert_eq!(at("range = [0, 2]\n", 0.5), 1.0);
    let mut e = run(&format!("{text}quantise = 1\n"));
    let beat = |beat: f64, phase: f64, value: f64| {
        [("tempo.bpm", 120.0), ("tempo.beat", beat), ("tempo.phase", phase), ("osc.p", value)]
            .map(|(n, v)| Event::Signal(n.into(), v))
    };
    e.step(&beat(3.0, 0.1, 1.0));
    e.step(&beat(3.0, 0.9, 0.0));
    assert_eq!(e.now("a.rate"), Some(4.0), "until the next beat");
    // What it holds survives a reload that does not change the link.
    let text = e.scene().source.replace("rate = 1", "rate = 2");
    e.swap(parse(&text).unwrap(), None).unwrap();
    e.step(&beat(3.0, 0.95, 0.0));
    assert_eq!(e.now("a.rate"), Some(4.0));
    e.step(&beat(4.0, 0.0, 0.0));
    assert_eq!(e.now("a.rate"), Some(0.0));
}

#[test]
fn an_inhibited_layer_disappears_and_returns() {
    let text = "[node.a]\nsystem = \"counter\"\nstart = 60\nrate = 0\n\
                [[link]]\nfrom = \"osc.hush\"\nto = \"a.value\"\nmode = \"inhibit\"\n";
    let mut e = run(text);
    let light = |e: &mut Engine, hush: f64| {
        e.step(&[Event::Signal("osc.hush".into(), hush)]);
        let mut frame = Frame::default();
        e.compose(&mut frame);
        frame.rgba.chunks(4).map(|p| p[0] as u32).sum::<u32>()
    };
    let lit = light(&mut e, 0.0);
    assert!(lit > 1000, "{lit}");
    assert!(light(&mut e, 1.0) < 64, "black but for the dither");
    assert!(e.is_inhibited(0, 0) && !e.is_inhibited(0, 1), "its other output is unaffected");
    assert_eq!(light(&mut e, 0.0), lit);
}

#[test]
fn every_signal_of_a_scene_has_its_value() {
    let mut e = run("rate = 10\n[node.a]\nsystem = \"counter\"\n[wave.slow]\nshape = \"saw\"\nperiod = 2\n\
                     [[link]]\nfrom = \"a.half.mean\"\nto = \"a.shape\"\n");
    let touch =
        Touch { id: 0, x: 0.25, y: 0.5, dx: 0.0, dy: 0.0, radius: 0.1, strength: 1.0, phase: Phase::Move };
    e.step(&[Event::Touch(touch)]);
    (0..4).for_each(|_| e.step(&[]));
    let s = |name: &str| e.signals().get(name);
    // Of the tick that begins at 0.4 s; readouts and means of what that tick made.
    assert_eq!((s("clock.seconds"), s("wave.slow"), s("touch.idle")), (0.4, 0.2, 0.4));
    assert_eq!((s("a.count"), s("a.half.mean"), s("touch.down")), (5.0, 2.5, 1.0));
    assert_eq!(s("nobody.said"), 0.0);
    let names: Vec<&str> = e.signals().iter().map(|s| s.0).collect();
    assert!(
        names.contains(&"a.count") && !names.contains(&"tempo.bpm"),
        "a signal that was never set is not listed: {names:?}"
    );
    assert!(names.is_sorted());
}

#[test]
fn a_touch_is_read_until_it_is_lifted_and_idle_time_counts_from_it() {
    let mut e = run("rate = 10\n[node.a]\nsystem = \"counter\"\n");
    let touch = |x: f32, phase| {
        let (id, y, dx, dy, radius, strength) = (0, 0.75, 0.0, 0.0, 0.1, 1.0);
        Event::Touch(Touch { id, x, y, dx, dy, radius, strength, phase })
    };
    let read = |e: &Engine| ["touch.x", "touch.y", "touch.down", "touch.idle"].map(|n| e.signals().get(n));
    (0..3).for_each(|_| e.step(&[]));
    assert_eq!(read(&e), [0.0, 0.0, 0.0, 0.2], "nobody has touched yet");
    e.step(&[touch(0.25, Phase::Move), touch(0.5, Phase::Move)]);
    assert_eq!(read(&e), [0.5, 0.75, 1.0, 0.0], "the last one counts");
    e.step(&[]);
    let later = read(&e);
    assert!(later[..3] == [0.5, 0.75, 1.0] && (later[3] - 0.1).abs() < 1e-12, "{later:?}");
    e.step(&[touch(0.5, Phase::Up)]);
    assert_eq!(read(&e), [0.5, 0.75, 0.0, 0.0]);
}

#[test]
fn an_unset_signal_is_not_listed_and_nan_reads_zero() {
    let mut e =
        run("[node.a]\nsystem = \"counter\"\n[[link]]\nfrom = \"osc.x\"\nto = \"a.rate\"\nspan = [1, 3]\n");
    let said = |e: &Engine| e.signals().iter().find(|s| s.0 == "osc.x").map(|s| s.1);
    assert_eq!(said(&e), None);
    e.apply(&Event::Signal("osc.x".into(), f64::NAN));
    assert_eq!(said(&e), Some(0.0));
    e.apply(&Event::Signal("osc.x".into(), 0.5));
    e.apply(&Event::Signal("osc.new".into(), 2.0));
    assert_eq!((said(&e), e.signals().get("osc.new")), (Some(0.5), 2.0));
    e.step(&[]);
    assert_eq!(e.now("a.rate"), Some(2.0));
}

#[test]
fn an_inhibitor_acts_on_the_output_that_it_names_and_on_no_other() {
    let link = |to: &str| {
        let text = format!(
            "[node.a]\nsystem = \"counter\"\n[node.b]\nsystem = \"counter\"\n\
             [[link]]\nfrom = \"osc.x\"\nto = \"{to}\"\nmode = \"inhibit\"\n"
        );
        let mut e = run(&text);
        e.step(&[Event::Signal("osc.x".into(), 1.0)]);
        [(0, 0), (0, 1), (1, 0), (1, 1)].map(|(n, p)| e.is_inhibited(n, p))
    };
    assert_eq!(link("a"), [true, true, false, false]);
    assert_eq!(link("b.half"), [false, false, false, true]);
}

#[test]
fn switches_layers_and_voices_are_moved_by_links_and_keep_their_set_values() {
    let link = |to: &str, span: &str| format!("[[link]]\nfrom = \"osc.x\"\nto = \"{to}\"\nspan = {span}\n");
    let text = "[node.a]\nsystem = \"counter\"\n[voice.v]\nkind = \"wind\"\nread = \"a.value\"\nlevel = -30\n"
        .to_string()
        + &link("a.counting", "[1, 0]")
        + &link("layer.a-value.opacity", "[1, 0.25]") + &link("voice.v.level", "[-30, -10]");
    let mut e = run(&text);
    let both = |e: &Engine| {
        ["a.counting", "layer.a-value.opacity", "voice.v.level"]
            .map(|a| (e.get(a).unwrap(), e.now(a).unwrap()))
    };
    e.step(&[]);
    assert_eq!(both(&e), [(1.0, 1.0), (1.0, 1.0), (-30.0, -30.0)]);
    e.step(&[Event::Signal("osc.x".into(), 1.0)]);
    assert_eq!(both(&e), [(1.0, 0.0), (1.0, 0.25), (-30.0, -10.0)]);
    assert_eq!(count(&e, 0), 1.0, "it was paused in the second tick");
    assert_eq!((e.switches(0), e.voices()[0].set[0], e.voices()[0].now[0]), (&[true][..], -30.0, -10.0));
    assert_eq!((e.base_layers()[0].knobs.opacity, e.layers()[0].knobs.opacity), (1.0, 0.25));
    let set: Vec<(String, f64)> = e.set_values().into_iter().map(|(a, v)| (a.to_string(), v)).collect();
    assert_eq!(set.len(), e.directory().iter().count());
    for (address, value) in [("a.rate", 1.0), ("a.counting", 1.0), ("voice.v.level", -30.0)] {
        assert!(set.contains(&(address.to_string(), value)), "{address}");
    }
    assert_eq!((e.links().len(), e.locate("a.nothing").is_none(), e.set("a.nothing", 1.0)), (3, true, None));
    assert_eq!((e.now("a.nothing"), e.get("a.nothing")), (None, None));
}

/// A link without a range takes the usual range of its signal, and silence moves nothing.
#[test]
fn an_audio_signal_moves_a_knob_along_its_usual_range() {
    for signal in &SIGNALS {
        let name = format!("sound.{}", signal.name);
        let mut e = run(&format!(
            "[node.a]\nsystem = \"counter\"\n[[link]]\nfrom = \"{name}\"\nto = \"a.rate\"\nspan = [0, 4]\n"
        ));
        e.step(&[]);
        assert_eq!(e.now("a.rate"), Some(0.0), "{name}: silence");
        let [lo, hi] = signal.range;
        for (share, rate) in [(0.0, 0.0), (0.25, 1.0), (0.5, 2.0), (1.0, 4.0), (1.5, 4.0)] {
            e.step(&[Event::Signal(name.clone(), lo + share * (hi - lo))]);
            assert_eq!(e.now("a.rate"), Some(rate), "{name} at {share} of its range");
        }
    }
    let problems =
        parse("[node.a]\nsystem = \"counter\"\n[[link]]\nfrom = \"sound.lusf\"\nto = \"a.rate\"\n")
            .unwrap_err();
    let told = problems.iter().find(|p| p.message.contains("sound.lusf")).unwrap();
    assert!(told.line == 4 && told.message.contains("sound.lufs"), "{told:?}");
}
