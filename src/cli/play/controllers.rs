//! The controllers of a performance: MIDI, OSC input and output, TUIO, gamepads, key mappings. What cannot be opened is
//! reported, and the show continues without it.

use std::path::PathBuf;

/// Which controllers to open.
#[derive(Clone, Default, clap::Args)]
pub struct Args {
    /// Receive OSC on a port of this machine, or on HOST:PORT. Every knob has an address: /NODE/KNOB value.
    #[arg(long, value_name = "PORT")]
    pub osc: Option<String>,
    /// Send feedback to an OSC controller, so that its faders and LEDs follow. May be given several times.
    #[arg(long, value_name = "HOST:PORT")]
    pub osc_out: Vec<String>,
    /// Receive TUIO (tracking tables, touch walls) on a port of this machine (3333), or on HOST:PORT.
    #[arg(long, value_name = "PORT", num_args = 0..=1, default_missing_value = "3333")]
    pub tuio: Option<String>,
    /// Use only MIDI controllers whose name contains this. May be given several times; without it all that are plugged
    /// in are used.
    #[arg(long, value_name = "NAME")]
    pub midi: Vec<String>,
    /// Play without MIDI.
    #[arg(long)]
    pub no_midi: bool,
    /// File of the controller mapping (untrained/midi.toml in the settings folder).
    #[arg(long, value_name = "FILE")]
    pub midi_map: Option<PathBuf>,
    /// File of key mappings (untrained/keys.toml in the settings folder, if it exists).
    #[arg(long, value_name = "FILE")]
    pub keys_map: Option<PathBuf>,
}

/// Path of a settings file.
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
    use crate::stage::keys;

    /// All controllers that were opened; each is closed when this is dropped.
    #[derive(Default)]
    pub struct Controllers {
        #[cfg(feature = "network")]
        _network: (Option<Osc>, Option<OscOut>, Option<Listener>),
        #[cfg(feature = "midi")]
        _midi: Option<crate::control::midi::Midi>,
        #[cfg(feature = "pad")]
        _pad: Option<crate::control::pad::Pads>,
        /// Dropped after the inputs, so that the last mapping learnt is saved.
        #[cfg(any(feature = "midi", feature = "pad"))]
        _keeper: Option<crate::control::surface::SurfaceThread>,
    }

    impl Controllers {
        /// Opens what is requested and available.
        pub fn open(args: &Args, hub: &Arc<Hub>) -> Self {
            let mut controllers = Self::default();
            #[cfg(feature = "network")]
            controllers.open_network(args, hub);
            #[cfg(any(feature = "midi", feature = "pad"))]
            controllers.open_controllers(args, hub);
            #[cfg(not(feature = "network"))]
            if args.osc.is_some() || args.tuio.is_some() || !args.osc_out.is_empty() {
                without("this program was built without the `network` feature", "OSC and TUIO");
            }
            controllers
        }

        #[cfg(feature = "network")]
        fn open_network(&mut self, args: &Args, hub: &Arc<Hub>) {
            let osc = args.osc.as_deref().and_then(|a| opened(Osc::listen(a, hub.clone()), "OSC"));
            osc.iter().for_each(|o| println!("OSC: listening on {}", o.address()));
            let refresh = osc.as_ref().map(Osc::refresh).unwrap_or_default();
            let surfaces = osc.as_ref().map(Osc::feedback).unwrap_or_default();
            let open = || opened(OscOut::open(&args.osc_out, refresh, surfaces, hub.clone()), "OSC out");
            let out = if args.osc_out.is_empty() { None } else { open() };
            let tuio = args.tuio.as_deref().and_then(|a| opened(tuio::listen(a, hub.clone()), "TUIO"));
            tuio.iter().for_each(|t| println!("TUIO: listening on {}", t.address()));
            self._network = (osc, out, tuio);
        }

        /// MIDI and gamepads share one control map and one MIDI learn.
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
                    wrong.into_iter().for_each(|e| without(e, "that map; the file is left as it is"));
                    surface
                }
            };
            surface.map().conflicts().iter().for_each(|c| eprintln!("controllers: {c}"));
            let (desk, keeper) = SharedSurface::open(surface, hub.clone());
            self._keeper = Some(keeper);
            hub.attach_mapping(Arc::new(desk.clone()));
            #[cfg(feature = "midi")]
            if !args.no_midi {
                report_missing(&args.midi, &desk.status().entries);
                self._midi = Some(crate::control::midi::Midi::open(&args.midi, desk.clone()));
            }
            #[cfg(feature = "pad")]
            {
                self._pad = opened(crate::control::pad::Pads::open(desk), "gamepads");
            }
        }
    }

    /// Reports controllers that were named, or that the map uses, and that are not plugged in; they may still be.
    #[cfg(feature = "midi")]
    fn report_missing(wanted: &[String], entries: &[crate::control::surface::map::ControlMapping]) {
        let there = crate::control::midi::controllers();
        let names = there.as_deref().unwrap_or_default();
        let word = match &there {
            Err(e) => e.clone(),
            Ok(names) if names.is_empty() => "available: none".into(),
            Ok(names) => format!("available: {}", names.join(", ")),
        };
        let has = |w: &&String| names.iter().any(|n| n.to_lowercase().contains(&w.to_lowercase()));
        for name in wanted.iter().filter(|w| !has(w)) {
            eprintln!("no MIDI controller called `{name}` is plugged in; {word}; starting without it");
        }
        let map = crate::control::surface::map::ControlMap { entries: entries.to_vec() };
        for name in map.controllers().into_iter().filter(|m| names.iter().all(|n| n != m)) {
            eprintln!(
                "the map has controls of `{name}`, which is not plugged in; {word}; starting without it"
            );
        }
    }

    /// The key mappings.
    pub fn keys(args: &Args, blind: bool) -> Keys {
        let own = || setting("keys.toml").filter(|f| f.exists());
        let file = args.keys_map.clone().or_else(own);
        let keys = file.and_then(|f| opened(Keys::load(&f, &keys::known(blind)), "that map"));
        keys.unwrap_or_default()
    }

    fn opened<T, E: Display>(result: Result<T, E>, what: &str) -> Option<T> {
        result.map_err(|e| without(e, what)).ok()
    }

    fn without(why: impl Display, what: &str) {
        eprintln!("{why}; continuing without {what}");
    }
}
