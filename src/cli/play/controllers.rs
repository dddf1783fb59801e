//! The hands of a performance: MIDI, OSC in and out, TUIO, gamepads, keys with a meaning of their own. What cannot be
//! opened is told, and the show goes on without it.

use std::path::PathBuf;

/// Which hands are wanted.
#[derive(Clone, Default, clap::Args)]
pub struct Args {
    /// Listen for OSC on a port of this machine, or on HOST:PORT. Every knob is an address: /NODE/KNOB value.
    #[arg(long, value_name = "PORT")]
    pub osc: Option<String>,
    /// Tell an OSC surface what changes, so that its faders and lamps follow. May be given several times.
    #[arg(long, value_name = "HOST:PORT")]
    pub osc_out: Vec<String>,
    /// Listen for TUIO (tracking tables, touch walls) on a port of this machine (3333), or on HOST:PORT.
    #[arg(long, value_name = "PORT", num_args = 0..=1, default_missing_value = "3333")]
    pub tuio: Option<String>,
    /// Listen only to MIDI controllers whose name holds this. May be given several times; all that are plugged in are
    /// heard unless it is given.
    #[arg(long, value_name = "NAME")]
    pub midi: Vec<String>,
    /// Play without MIDI.
    #[arg(long)]
    pub no_midi: bool,
    /// Where it is kept which control moves what (untrained/midi.toml in the folder for settings).
    #[arg(long, value_name = "FILE")]
    pub midi_map: Option<PathBuf>,
    /// Keys with a meaning of their own (untrained/keys.toml in the folder for settings, if it is there).
    #[arg(long, value_name = "FILE")]
    pub keys_map: Option<PathBuf>,
}

/// Where settings lie.
#[cfg(feature = "stage")]
fn setting(name: &str) -> Option<PathBuf> {
    let filled = |name: &str| std::env::var_os(name).filter(|v| !v.is_empty()).map(PathBuf::from);
    let folder = filled("XDG_CONFIG_HOME").or_else(|| Some(filled("HOME")?.join(".config")))?;
    Some(folder.join("untrained").join(name))
}

#[cfg(feature = "stage")]
pub use open::{Controllers, keys};

#[cfg(feature = "stage")]
mod open {
    use std::fmt::Display;
    use std::sync::Arc;

    use super::{Args, setting};
    use crate::control::keys::Keys;
    #[cfg(feature = "network")]
    use crate::control::osc::{Osc, out::OscOut};
    #[cfg(feature = "network")]
    use crate::control::{tuio, udp::Listener};
    use crate::show::Hub;
    use crate::stage::labels;

    /// All hands that were opened; each is let go when this is dropped.
    #[derive(Default)]
    pub struct Controllers {
        #[cfg(feature = "network")]
        _network: (Option<Osc>, Option<OscOut>, Option<Listener>),
        #[cfg(feature = "midi")]
        _midi: Option<crate::control::midi::Midi>,
        #[cfg(feature = "pad")]
        _pad: Option<crate::control::pad::Pads>,
        /// Dropped after what it hears from: then the last that was learnt is written.
        #[cfg(any(feature = "midi", feature = "pad"))]
        _keeper: Option<crate::control::surface::SurfaceThread>,
    }

    impl Controllers {
        /// Opens what is wanted and can be.
        pub fn open(args: &Args, hub: &Arc<Hub>) -> Self {
            let mut hands = Self::default();
            #[cfg(feature = "network")]
            hands.open_network(args, hub);
            #[cfg(any(feature = "midi", feature = "pad"))]
            hands.open_controllers(args, hub);
            #[cfg(not(feature = "network"))]
            if args.osc.is_some() || args.tuio.is_some() || !args.osc_out.is_empty() {
                without("this program was built without the `network` feature", "OSC and TUIO");
            }
            hands
        }

        #[cfg(feature = "network")]
        fn open_network(&mut self, args: &Args, hub: &Arc<Hub>) {
            let osc = args.osc.as_deref().and_then(|a| told(Osc::listen(a, hub.clone()), "OSC"));
            osc.iter().for_each(|o| println!("OSC is heard on {}", o.address()));
            let refresh = osc.as_ref().map(Osc::refresh).unwrap_or_default();
            let surfaces = osc.as_ref().map(Osc::told).unwrap_or_default();
            let tell = || told(OscOut::open(&args.osc_out, refresh, surfaces, hub.clone()), "OSC out");
            let out = if args.osc_out.is_empty() { None } else { tell() };
            let tuio = args.tuio.as_deref().and_then(|a| told(tuio::listen(a, hub.clone()), "TUIO"));
            tuio.iter().for_each(|t| println!("TUIO is heard on {}", t.address()));
            self._network = (osc, out, tuio);
        }

        /// MIDI and gamepads share one map, and are learnt at one desk.
        #[cfg(any(feature = "midi", feature = "pad"))]
        fn open_controllers(&mut self, args: &Args, hub: &Arc<Hub>) {
            use crate::control::surface::{SharedSurface, Surface, map::ControlMap};
            if args.no_midi && cfg!(not(feature = "pad")) {
                return;
            }
            let surface = match args.midi_map.clone().or_else(|| setting("midi.toml")) {
                None => Surface::new(ControlMap::default(), None),
                Some(file) => {
                    let (surface, wrong) = Surface::open(&file);
                    wrong.into_iter().for_each(|e| without(e, "that map, and leaves the file as it is"));
                    surface
                }
            };
            surface.map().conflicts().iter().for_each(|c| eprintln!("controllers: {c}"));
            let (desk, keeper) = SharedSurface::open(surface, hub.clone());
            self._keeper = Some(keeper);
            hub.attach_mapping(Arc::new(desk.clone()));
            #[cfg(feature = "midi")]
            if !args.no_midi {
                tell_missing(&args.midi, &desk.seen().entries);
                self._midi = Some(crate::control::midi::Midi::open(&args.midi, desk.clone()));
            }
            #[cfg(feature = "pad")]
            {
                self._pad = told(crate::control::pad::Pads::open(desk), "gamepads");
            }
        }
    }

    /// A controller that was named, or that the map is about, and that is not there is told at once; it may still be
    /// plugged in.
    #[cfg(feature = "midi")]
    fn tell_missing(wanted: &[String], entries: &[crate::control::surface::map::ControlMapping]) {
        let there = crate::control::midi::controllers();
        let names = there.as_deref().unwrap_or_default();
        let word = match &there {
            Err(e) => e.clone(),
            Ok(names) if names.is_empty() => "there is none at all".into(),
            Ok(names) => format!("there is {}", names.join(", ")),
        };
        let has = |w: &&String| names.iter().any(|n| n.to_lowercase().contains(&w.to_lowercase()));
        for name in wanted.iter().filter(|w| !has(w)) {
            eprintln!("no MIDI controller called `{name}` is plugged in; {word}; the show begins without it");
        }
        let map = crate::control::surface::map::ControlMap { entries: entries.to_vec() };
        for name in map.controllers().into_iter().filter(|m| names.iter().all(|n| n != m)) {
            eprintln!(
                "the map has controls of `{name}`, which is not plugged in; {word}; the show begins without it"
            );
        }
    }

    /// Keys with a meaning of their own.
    pub fn keys(args: &Args) -> Keys {
        let own = || setting("keys.toml").filter(|f| f.exists());
        let file = args.keys_map.clone().or_else(own);
        let keys = file.and_then(|f| told(Keys::load(&f, &labels::known()), "that map"));
        keys.unwrap_or_default()
    }

    fn told<T, E: Display>(opened: Result<T, E>, what: &str) -> Option<T> {
        opened.map_err(|e| without(e, what)).ok()
    }

    fn without(why: impl Display, what: &str) {
        eprintln!("{why}; the show goes on without {what}");
    }
}
