//! A projector as the second screen: a virtual screen that is divided into monitors, and the position of the window on
//! it. Other programs check: `xwininfo` the window, `xwd` the screen.

use std::process::{Command, Stdio};

use crate::show::{Hall, wait};
use crate::skip;

/// The whole of the virtual screen.
const SCREEN: (usize, usize) = (1280, 720);

fn run(hall: &Hall, program: &str, words: &str) -> Option<Vec<u8>> {
    let mut command = Command::new(program);
    let command =
        command.args(words.split_whitespace()).env("DISPLAY", &hall.screen.display).stderr(Stdio::null());
    command.output().ok().filter(|o| o.status.success()).map(|o| o.stdout)
}

/// A hall whose screen is two monitors: LEFT, 800 × 720, and BEAMER, 480 × 600, right of it and a little lower.
fn divided() -> Option<Hall> {
    let hall = Hall::new()?;
    let tools =
        [("xrandr", "--version"), ("xwininfo", "-root"), ("xprop", "-root"), ("xwd", "-root -silent")];
    if let Some((tool, _)) = tools.iter().find(|(tool, words)| run(&hall, tool, words).is_none()) {
        skip::skip("xrandr", &format!("no {tool} (x11-xserver-utils, x11-utils, x11-apps)"));
        return None;
    }
    run(&hall, "xrandr", "--setmonitor LEFT 800/200x720/180+0+0 screen").unwrap();
    run(&hall, "xrandr", "--setmonitor BEAMER 480/120x600/150+800+40 none").unwrap();
    Some(hall)
}

/// Left, top, width and height of the window.
fn window(hall: &Hall) -> Option<[i32; 4]> {
    let tree = String::from_utf8(run(hall, "xwininfo", "-root -tree")?).unwrap();
    let line =
        tree.lines().find(|l| l.contains("\"untrained\" \"untrained\"") || l.contains("(\"untrained\""))?;
    let id = line.trim().split(' ').next()?;
    let text = String::from_utf8(run(hall, "xwininfo", &format!("-id {id}"))?).unwrap();
    let number = |key: &str| text.split(key).nth(1)?.split_whitespace().next()?.parse::<i32>().ok();
    Some([
        number("Absolute upper-left X:")?,
        number("Absolute upper-left Y:")?,
        number("Width:")?,
        number("Height:")?,
    ])
}

/// The bounding box of what is not black on the whole screen.
fn seen(hall: &Hall) -> Option<[usize; 4]> {
    let dump = run(hall, "xwd", "-root -silent")?;
    let word = |i: usize| u32::from_be_bytes(dump[4 * i..4 * i + 4].try_into().unwrap()) as usize;
    let (head, w, h, line, colours) = (word(0), word(4), word(5), word(12), word(19));
    // Some servers give three bytes a pixel, some four.
    let step = word(11) / 8;
    assert_eq!((w, h), SCREEN);
    assert!([3, 4].contains(&step) && line >= step * w);
    let pixels = &dump[head + 12 * colours..];
    let lit = (0..h).flat_map(|y| (0..w).map(move |x| (x, y)));
    let lit = lit.filter(|(x, y)| pixels[y * line + step * x..][..3].iter().any(|v| *v > 0));
    let grow =
        |r: [usize; 4], (x, y): (usize, usize)| [r[0].min(x), r[1].min(y), r[2].max(x + 1), r[3].max(y + 1)];
    let [left, top, right, bottom] = lit.fold([w, h, 0, 0], grow);
    (right > left).then_some([left, top, right - left, bottom - top])
}

/// Plays until the window is as wanted, or for a minute.
fn plays(
    hall: &Hall,
    words: &str,
    wanted: impl Fn([i32; 4]) -> bool,
) -> (String, Option<[i32; 4]>, Option<[usize; 4]>) {
    let line = format!("play bright.toml --no-judge --no-sound --no-tape --window 320x200 {words}");
    let mut child = hall.command(&line).spawn().unwrap();
    let found = wait(60, || window(hall).filter(|r| wanted(*r)));
    // It takes a moment until a picture of that size is drawn.
    let picture = found
        .and_then(|r| wait(20, || seen(hall).filter(|s| s.map(|v| v as i32) == r)).or_else(|| seen(hall)));
    let _ = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    let ended = wait(30, || child.try_wait().unwrap());
    let _ = child.kill();
    let out = child.wait_with_output().unwrap();
    assert!(ended.is_some_and(|s| s.success()), "{words}");
    (String::from_utf8_lossy(&out.stderr).into_owned(), found, picture)
}

/// Of the shape of the second monitor, and nowhere black.
const BRIGHT: &str = "size = [480, 600]\nbackground = \"#808080\"\n[node.cloud]\nsystem = \"noise\"\n[[layer]]\n\
                      show = \"cloud.value\"\nopacity = 0.5\n";

#[test]
fn the_window_covers_the_monitor_that_is_named_and_nothing_else() {
    let Some(hall) = divided() else { return };
    hall.write("bright.toml", BRIGHT);
    for word in ["BEAMER", "2", "beam"] {
        let (text, found, picture) = plays(&hall, &format!("--monitor {word}"), |r| r == [800, 40, 480, 600]);
        assert_eq!(
            (found, picture),
            (Some([800, 40, 480, 600]), Some([800, 40, 480, 600])),
            "{word}: {text}"
        );
    }
    let doctor = hall.run("doctor");
    assert!(
        doctor.contains("1: LEFT (800×720 at 0,0") && doctor.contains("2: BEAMER (480×600 at 800,40)"),
        "{doctor}"
    );
}

#[test]
fn a_missing_monitor_is_reported_and_waited_for() {
    let Some(hall) = divided() else { return };
    hall.write("bright.toml", BRIGHT);
    let (text, found, _) = plays(&hall, "--monitor HDMI-7", |r| r[2..] == [320, 200]);
    assert!(found.is_some() && text.contains("no monitor `HDMI-7`") && text.contains("2: BEAMER"), "{text}");
    // It is switched on during the show.
    run(&hall, "xrandr", "--delmonitor BEAMER").unwrap();
    let on = std::thread::scope(|s| {
        let hall = &hall;
        s.spawn(move || {
            wait(60, || window(hall)).expect("the window");
            run(hall, "xrandr", "--setmonitor BEAMER 480/120x600/150+800+40 none").unwrap();
        });
        plays(hall, "--monitor BEAMER", |r| r == [800, 40, 480, 600])
    });
    assert_eq!(on.1, Some([800, 40, 480, 600]), "{}", on.0);
}

#[test]
fn the_window_is_placed_as_requested() {
    let Some(hall) = divided() else { return };
    hall.write("bright.toml", BRIGHT);
    let (text, found, _) = plays(&hall, "--window-at 700,-20", |r| r == [700, -20, 320, 200]);
    assert!(found.is_some(), "{text}");
    let wrong = hall.command("play bright.toml --window-at 70").output().unwrap();
    assert_eq!(wrong.status.code(), Some(2));
    let both = hall.command("play bright.toml --window-at 7,7 --monitor 1").output().unwrap();
    assert_eq!(both.status.code(), Some(2));
}

/// A window manager places windows, and has to be asked.
#[test]
fn under_a_window_manager_it_covers_the_monitor_too() {
    let Some(hall) = divided() else { return };
    hall.write("bright.toml", BRIGHT);
    let mut manager = Command::new("openbox");
    manager.env("DISPLAY", &hall.screen.display).stdout(Stdio::null()).stderr(Stdio::null());
    manager.env("HOME", hall.folder.path()).env("XDG_CONFIG_HOME", hall.folder.path());
    let Ok(mut manager) = manager.spawn() else { return skip::skip("openbox", "it is not installed") };
    let managed =
        || run(&hall, "xprop", "-root _NET_SUPPORTING_WM_CHECK").filter(|o| o.windows(2).any(|w| w == b"0x"));
    assert!(wait(30, managed).is_some(), "a window manager");
    let (text, found, _) = plays(&hall, "--monitor BEAMER", |r| r == [800, 40, 480, 600]);
    let _ = manager.kill();
    let _ = manager.wait();
    assert_eq!(found, Some([800, 40, 480, 600]), "{text}");
}
