//! Sound through the program and through a clocked sound server that comes and goes.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

fn program() -> Command {
    Command::new(env!("CARGO_BIN_EXE_untrained"))
}

fn render(args: &[&str], out: &Path) -> std::process::Output {
    program()
        .arg("render")
        .args(args)
        .args(["--no-judge", "--only", "--size", "160x90", "--out"])
        .arg(out)
        .output()
        .unwrap()
}

#[test]
fn a_render_sounds_the_same_at_any_thread_count() {
    let dir = tempfile::tempdir().unwrap();
    let wav = |threads: &str, n: u32| {
        let (wav, png) = (dir.path().join(format!("{n}.wav")), dir.path().join(format!("{n}.png")));
        let mut command = program();
        command.env("RAYON_NUM_THREADS", threads).args(["render", "garden", "--seconds", "2", "--fps", "2"]);
        command.args(["--no-judge", "--only", "--size", "160x90", "--out"]).arg(png).arg("--wav").arg(&wav);
        assert!(command.output().unwrap().status.success());
        std::fs::read(wav).unwrap()
    };
    let first = wav("1", 0);
    assert!(first == wav("2", 1), "one thread and two sound the same");
    let clip = untrained::sound::Clip::read(&dir.path().join("0.wav")).unwrap();
    assert_eq!(clip.seconds(), 2.0);
    let peak = clip.samples().iter().fold(0.0f32, |m, v| m.max(v.abs()));
    assert!((0.02..1.0).contains(&peak), "{peak}");
    // There is sound from beginning to end, and it changes: no two tenths of it are the same.
    let tenths: Vec<&[f32]> = clip.samples().chunks(9600).collect();
    let heard = |t: &[f32]| t.iter().any(|v| v.abs() > 1e-3);
    assert!(tenths[2..].iter().all(|t| heard(t)), "silent tenths");
    assert!((0..tenths.len()).all(|i| (0..i).all(|j| tenths[i] != tenths[j])));
}

const LISTENS: &str = "size = [64, 36]\n[node.a]\nsystem = \"noise\"\n[[link]]\nfrom = \"sound.rms\"\nto = \"a.scale\"\n\
                       span = [1, 9]\n[[layer]]\nshow = \"a.value\"\n";

/// The audio signals of a file are a function of file and tick: the same pictures and the same sound, with any number
/// of threads.
#[test]
fn an_audio_input_file_gives_the_same_bytes_each_time() {
    let dir = tempfile::tempdir().unwrap();
    let scene = dir.path().join("a.toml");
    std::fs::write(&scene, LISTENS).unwrap();
    let song = dir.path().join("song.wav");
    let mut wav = untrained::sound::WavWriter::create(&song, 44_100).unwrap();
    let voice = |n: usize| 0.4 * ((n as f32 * 0.013).sin() * (n as f32 * 0.0001).sin());
    wav.add(&(0..2 * 66_150).map(voice).collect::<Vec<f32>>()).unwrap();
    wav.finish().unwrap();
    let mut songs = vec![song.clone()];
    // ffmpeg is asked for the samples that it decodes identically everywhere.
    let (coded, how) = (dir.path().join("song.opus"), ["-loglevel", "error", "-i"]);
    let made = Command::new("ffmpeg").args(how).arg(&song).args(["-c:a", "libopus"]).arg(&coded).status();
    match made.is_ok_and(|s| s.success()) {
        true => songs.push(coded),
        false => crate::skip::skip("ffmpeg", "without libopus"),
    }
    for song in songs {
        let run = |threads: &str, n: u32| {
            let out = dir.path().join(format!("{n}"));
            let mut command = program();
            command.env("RAYON_NUM_THREADS", threads).arg("render").arg(&scene).arg("--listen").arg(&song);
            command.args(["--seconds", "4", "--fps", "10", "--no-judge", "--out"]).arg(&out);
            let done = command.output().unwrap();
            assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
            let files =
                ["signals.csv", "sound.wav", "sheet.png"].map(|f| std::fs::read(out.join(f)).unwrap());
            std::fs::remove_dir_all(out).unwrap();
            files
        };
        let first = run("1", 0);
        assert!(first == run("8", 1) && first == run("8", 2), "{}", song.display());
    }
}

/// Pictures of a scene that a song moves.
fn pictures_of(scene: &str, song: Option<&Path>) -> Vec<Vec<u8>> {
    let dir = tempfile::tempdir().unwrap();
    let (file, out) = (dir.path().join("a.toml"), dir.path().join("out"));
    std::fs::write(&file, scene).unwrap();
    let mut command = program();
    command.arg("render").arg(&file).args(["--seconds", "1", "--fps", "10", "--no-judge", "--only"]);
    if let Some(song) = song {
        command.arg("--listen").arg(song);
    }
    let done = command.arg("--out").arg(&out).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let of = |i: usize| image::open(out.join(format!("frame-{i:06}.png"))).unwrap().to_rgb8().into_raw();
    (0..10).map(of).collect()
}

/// The RMS of a square wave is its amplitude, so the knob's value is known.
#[test]
fn audio_input_moves_the_knob_by_its_rms() {
    let dir = tempfile::tempdir().unwrap();
    let song = |name: &str, height: f32| {
        let file = dir.path().join(name);
        let mut wav = untrained::sound::WavWriter::create(&file, 48_000).unwrap();
        let square = |n: usize| if (n / 96).is_multiple_of(2) { height } else { -height };
        wav.add(&(0..2 * 96_000).map(square).collect::<Vec<f32>>()).unwrap();
        wav.finish().unwrap();
        file
    };
    let fixed = |scale: &str| {
        let cut = LISTENS.find("[[link]]").unwrap();
        let rest = &LISTENS[LISTENS.find("[[layer]]").unwrap()..];
        pictures_of(&format!("{}scale = {scale}\n{rest}", &LISTENS[..cut]), None)
    };
    let silent = pictures_of(LISTENS, Some(&song("silent.wav", 0.0)));
    assert!(silent == fixed("1"), "silence is the lower end of the span");
    let loud = pictures_of(LISTENS, Some(&song("loud.wav", 0.5)));
    // The analysis window is 43 ms: after that the knob is at 1 + 8 · 0.5.
    let (near, far) = (fixed("5"), fixed("4"));
    let apart = |a: &[u8], b: &[u8]| {
        a.iter().zip(b).map(|(a, b)| a.abs_diff(*b) as f64).sum::<f64>() / a.len() as f64
    };
    for (i, picture) in loud.iter().enumerate().skip(2) {
        let (right, wrong) = (apart(picture, &near[i]), apart(picture, &far[i]));
        assert!(right < 2.0 && wrong > 5.0 * right.max(0.5), "picture {i}: {right} from 5, {wrong} from 4");
    }
}

/// Expected values of users' files; similar ones are made in the tests of the library.
#[test]
fn sound_files_of_users_are_decoded() {
    use untrained::sound::{Clip, ClipAnalyser};
    let Some(folder) = crate::skip::shared().map(|d| d.join("field/sound")) else { return };
    for (name, seconds) in [
        ("adpcm_ima.wav", 2.0),
        ("centre51.wav", 2.0),
        ("chained.ogg", 4.0),
        ("odd_list.wav", 2.0),
        ("opus.opus", 2.0),
        ("riff_short.wav", 2.0),
    ] {
        if name == "opus.opus" && !crate::skip::ffmpeg() {
            continue;
        }
        let whole = Clip::read(&folder.join(name)).unwrap_or_else(|e| panic!("{e}"));
        assert!((whole.seconds() - seconds).abs() < 0.1, "{name}: {} s", whole.seconds());
        let mut listening = ClipAnalyser::new(&Clip::open(&folder.join(name)).unwrap(), 60.0);
        let heard: Vec<f64> = (0..100).map(|t| listening.tick(t).find(|s| s.0 == "rms").unwrap().1).collect();
        let loud = whole.samples().iter().fold(0.0f32, |m, v| m.max(v.abs()));
        assert!(heard[20..].iter().all(|v| *v > 0.01) && loud > 0.05, "{name}: {heard:?}");
    }
}

/// If it is missing, the message names the remedy.
#[test]
fn without_ffmpeg_the_message_says_what_would_decode_a_sound() {
    let dir = tempfile::tempdir().unwrap();
    let odd = dir.path().join("song.m4a");
    std::fs::write(&odd, b"\0\0\0\x20ftypM4A \0\0\0\0M4A mp42isom").unwrap();
    let mut command = program();
    command
        .env("PATH", dir.path())
        .args(["render", "room", "--seconds", "1", "--no-judge", "--listen"])
        .arg(&odd);
    let done = command.args(["--out"]).arg(dir.path().join("x.png")).output().unwrap();
    let said = String::from_utf8_lossy(&done.stderr).replace(['\n', ' ', '│'], "");
    assert_eq!(done.status.code(), Some(2), "{said}");
    assert!(said.contains("song.m4a") && said.contains("apt-getinstallffmpeg"), "{said}");
}

/// The cosine similarity of two sounds: 1 if they are the same up to volume.
fn likeness(a: &[f64], b: &[f64]) -> f64 {
    let n = a.len().min(b.len());
    let inner = |a: &[f64], b: &[f64]| a[..n].iter().zip(&b[..n]).map(|(a, b)| a * b).sum::<f64>();
    inner(a, b) / (inner(a, a) * inner(b, b)).sqrt().max(1e-12)
}

#[test]
fn a_video_has_the_sound_of_its_worlds_and_of_their_audio_input() {
    if !crate::skip::ffmpeg() {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let beat = dir.path().join("beat.wav");
    let mut wav = untrained::sound::WavWriter::create(&beat, 48_000).unwrap();
    let click = |n: usize| if n % 48_000 < 2000 { 0.5 * ((n % 97) as f32 / 48.0 - 1.0) } else { 0.0 };
    wav.add(&(0..96_000).map(click).collect::<Vec<f32>>()).unwrap();
    wav.finish().unwrap();
    let film = dir.path().join("room.mp4");
    let done = render(&["room", "--seconds", "2", "--listen", beat.to_str().unwrap()], &film);
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let probe = Command::new("ffprobe")
        .args(["-v", "error", "-show_entries", "stream=codec_type,duration", "-of", "csv=p=0"])
        .arg(&film)
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&probe.stdout).into_owned();
    assert!(text.contains("video,2.0") && text.contains("audio,2.0"), "{text}");
    // The sound of the video is the sound of the worlds, with the clicks of the file at their times.
    let (wav, alone) = (dir.path().join("room.wav"), dir.path().join("alone.wav"));
    let png = dir.path().join("x.png");
    let more = ["room", "--seconds", "2", "--listen", beat.to_str().unwrap(), "--wav", wav.to_str().unwrap()];
    assert!(render(&more, &png).status.success());
    let mut decode = Command::new("ffmpeg");
    decode.args(["-v", "error", "-i"]).arg(&film).args(["-vn", "-ar", "48000", "-ac", "2"]).arg(&alone);
    assert!(decode.status().unwrap().success());
    let left = |file: &Path| -> Vec<f64> {
        let clip = untrained::sound::Clip::read(file).unwrap();
        clip.samples().iter().step_by(2).map(|v| *v as f64).collect()
    };
    let (wanted, filmed) = (left(&wav), left(&alone));
    let at = |lag: usize| likeness(&wanted, filmed.get(lag..).unwrap_or_default());
    let best =
        (0..2400).step_by(8).map(|lag| (at(lag), lag)).fold((0.0, 0), |a, b| if b.0 > a.0 { b } else { a });
    assert!(best.0 > 0.9 && best.1 < 1100, "likeness {} at a lag of {} samples", best.0, best.1);
    let loud = |from: usize| wanted[from..from + 1500].iter().map(|v| v * v).sum::<f64>();
    for click in [0, 48_000] {
        assert!(loud(click) > 3.0 * loud(click + 20_000), "the click at {click} is heard");
    }
    [wav, alone, png].iter().for_each(|f| drop(std::fs::remove_file(f)));
    let left: Vec<PathBuf> = std::fs::read_dir(dir.path()).unwrap().flatten().map(|e| e.path()).collect();
    assert_eq!(left.len(), 2, "nothing unfinished is left: {left:?}");
}

#[test]
fn an_invalid_sound_is_reported_with_exit_code_2() {
    let dir = tempfile::tempdir().unwrap();
    let bad = dir.path().join("bad.flac");
    std::fs::write(&bad, "fLaC but nothing more").unwrap();
    for file in [bad.to_str().unwrap(), "nowhere.wav"] {
        let done = render(&["room", "--seconds", "1", "--listen", file], &dir.path().join("x.png"));
        let said = String::from_utf8_lossy(&done.stderr).into_owned();
        assert_eq!(done.status.code(), Some(2), "{said}");
        assert!(
            said.replace(['\n', ' ', '│'], "")
                .contains(Path::new(file).file_name().unwrap().to_str().unwrap()),
            "{said}"
        );
    }
}

/// A sound server with a clock and no hardware; it ends when this is dropped.
#[cfg(feature = "sound")]
struct Server(Child);

#[cfg(feature = "sound")]
impl Server {
    fn start(name: &str) -> Option<Self> {
        let mut command = Command::new("jackd");
        command.args(["-n", name, "-r", "-d", "dummy", "-r", "48000", "-p", "512"]);
        let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().ok()?;
        std::thread::sleep(Duration::from_millis(800));
        Some(Self(child))
    }
}

#[cfg(feature = "sound")]
/// Terminated cleanly, so that it leaves no entry among the eight servers that a machine can have.
impl Drop for Server {
    fn drop(&mut self) {
        let _ = Command::new("kill").arg(self.0.id().to_string()).status();
        let _ = self.0.wait();
    }
}

#[cfg(feature = "sound")]
#[test]
fn a_sound_server_that_dies_and_returns_is_reconnected() {
    use untrained::sound::live::{DeviceChoice, DeviceCommand, LiveAudio};
    let plugin = ["/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64"];
    let plugin = plugin.iter().any(|p| Path::new(p).join("alsa-lib/libasound_module_pcm_jack.so").is_file());
    let jackd = Command::new("jackd").arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    if jackd.is_err() || !plugin {
        return crate::skip::skip("jackd", "it, or the ALSA plugin for it, is not installed");
    }
    let dir = tempfile::tempdir().unwrap();
    let name = format!("untrained{}", std::process::id());
    let config = dir.path().join("asound.conf");
    let text = "pcm.!default { type plug slave { pcm \"jack\" rate 48000 } hint { show on description \"jack\" } }\n\
                pcm.jack { type jack\n playback_ports { 0 system:playback_1 1 system:playback_2 }\n\
                capture_ports { 0 system:capture_1 1 system:capture_2 } }\n";
    std::fs::write(&config, text).unwrap();
    // SAFETY: every test runs in its own process, and no other thread exists yet.
    unsafe {
        std::env::set_var("ALSA_CONFIG_PATH", format!("/usr/share/alsa/alsa.conf:{}", config.display()));
        std::env::set_var("JACK_NO_START_SERVER", "1");
        std::env::set_var("JACK_DEFAULT_SERVER", &name);
    }
    let Some(mut server) = Server::start(&name) else {
        return crate::skip::skip("jackd", "it does not start");
    };
    let order = DeviceCommand {
        speaker: DeviceChoice::Default,
        microphone: DeviceChoice::Nothing,
        ticks: 60.0,
        clip: None,
    };
    let live = LiveAudio::open(untrained::sound::device::SystemAudio, order);
    let fine = || live.devices().first().is_some_and(|d| d.fine);
    let until = |wanted: bool, most: f64| {
        let start = Instant::now();
        while fine() != wanted && start.elapsed().as_secs_f64() < most {
            std::thread::sleep(Duration::from_millis(5));
        }
        start.elapsed().as_secs_f64()
    };
    until(true, 10.0);
    if !fine() {
        return crate::skip::skip("jackd", &format!("it cannot be reached: {:?}", live.devices()));
    }
    std::thread::sleep(Duration::from_secs(1));
    assert!(fine(), "it keeps playing: {:?}", live.devices());
    // The next one takes over the state that this one leaves behind.
    let _ = server.0.kill();
    drop(server);
    let noticed = until(false, 10.0);
    println!("loss noticed after {noticed:.2} s: {:?}", live.devices());
    assert!(!fine(), "it is noticed: {:?}", live.devices());
    let _again = Server::start(&name).expect("the server started before");
    let back = until(true, 20.0);
    println!("back after {back:.2} s: {:?}", live.devices());
    assert!(fine(), "{:?}", live.devices());
}
