//! Monitors and windows over a separate connection to the X server (RandR 1.5, and the Extended Window Manager Hints).

use std::time::{Duration, Instant};

use x11rb::connection::Connection;
use x11rb::protocol::randr::ConnectionExt as _;
use x11rb::protocol::res::{ClientIdMask, ClientIdSpec, ConnectionExt as _};
use x11rb::protocol::xproto::{
    AtomEnum, ClientMessageEvent, ConfigureWindowAux, ConnectionExt as _, EventMask, StackMode, Window,
};
use x11rb::rust_connection::RustConnection;

use super::monitor::{Monitor, Rect};

/// The class of the window.
const CLASS: &[u8] = b"untrained";
/// How long the window may take to appear, and to reach its place.
const TIMEOUT: Duration = Duration::from_secs(3);
/// Between two checks of it.
const CHECK_EVERY: Duration = Duration::from_millis(50);
/// Messages to the window manager come from a program, not from a pager.
const SOURCE: u32 = 1;

/// A connection to the X server.
pub struct Desktop {
    connection: RustConnection,
    root: Window,
}

fn unexpected(e: impl std::fmt::Display) -> String {
    format!("unexpected reply from the X server: {e}")
}

impl Desktop {
    /// Opens a connection.
    ///
    /// # Errors
    /// There is no X server.
    pub fn open() -> Result<Self, String> {
        let none = |e| format!("monitors can be chosen under X11 only, and no X server answers ({e})");
        let (connection, screen) = x11rb::connect(None).map_err(none)?;
        let root = connection.setup().roots.get(screen).ok_or("the X server has no screen")?.root;
        Ok(Self { connection, root })
    }

    /// All monitors, in the order of the server; the whole screen if it reports none.
    pub fn monitors(&self) -> Result<Vec<Monitor>, String> {
        let asked = self.connection.randr_get_monitors(self.root, true).map_err(unexpected)?;
        let mut all = Vec::new();
        for m in asked.reply().map(|r| r.monitors).unwrap_or_default() {
            let name =
                self.connection.get_atom_name(m.name).map_err(unexpected)?.reply().map_err(unexpected)?.name;
            let rect = [m.x as i32, m.y as i32, m.width as i32, m.height as i32];
            all.push(Monitor { name: String::from_utf8_lossy(&name).into_owned(), rect, primary: m.primary });
        }
        if all.is_empty() {
            let whole =
                self.connection.get_geometry(self.root).map_err(unexpected)?.reply().map_err(unexpected)?;
            let rect = [0, 0, whole.width as i32, whole.height as i32];
            all.push(Monitor { name: "screen".into(), rect, primary: true });
        }
        Ok(all)
    }

    /// The window of this process, as soon as it exists.
    pub fn own_window(&self) -> Result<Window, String> {
        let begun = Instant::now();
        loop {
            let mut named = Vec::new();
            self.named(self.root, 0, &mut named);
            let own = named.iter().find(|w| self.process_of(**w) == Some(std::process::id()));
            // A server in another container does not know this process by its number.
            let only = if named.len() == 1 && begun.elapsed() > TIMEOUT / 2 { named.first() } else { None };
            match own.or(only) {
                Some(window) => return Ok(*window),
                None if begun.elapsed() > TIMEOUT => {
                    return Err("the X server does not list this window".into());
                }
                None => std::thread::sleep(CHECK_EVERY),
            }
        }
    }

    /// Windows of this program, in whatever frames a window manager has put them.
    fn named(&self, under: Window, depth: usize, into: &mut Vec<Window>) {
        let children =
            self.connection.query_tree(under).ok().and_then(|c| c.reply().ok()).map(|t| t.children);
        for window in children.unwrap_or_default() {
            let class = self.property(window, AtomEnum::WM_CLASS.into(), AtomEnum::STRING.into());
            if class.is_some_and(|c| c.split(|b| *b == 0).any(|word| word == CLASS)) {
                into.push(window);
            } else if depth < 3 {
                self.named(window, depth + 1, into);
            }
        }
    }

    fn process_of(&self, window: Window) -> Option<u32> {
        let spec = ClientIdSpec { client: window, mask: ClientIdMask::LOCAL_CLIENT_PID };
        let ids = self.connection.res_query_client_ids(&[spec]).ok()?.reply().ok()?.ids;
        ids.first()?.value.first().copied()
    }

    fn property(&self, of: Window, name: u32, kind: u32) -> Option<Vec<u8>> {
        let asked = self.connection.get_property(false, of, name, kind, 0, 4096).ok()?;
        Some(asked.reply().ok()?.value).filter(|v| !v.is_empty())
    }

    fn atom(&self, name: &str) -> Result<u32, String> {
        let asked = self.connection.intern_atom(false, name.as_bytes()).map_err(unexpected)?;
        Ok(asked.reply().map_err(unexpected)?.atom)
    }

    /// The hints that the window manager supports, as atoms; `None` without a window manager.
    fn manager(&self) -> Option<Vec<u32>> {
        #[expect(clippy::host_endian_bytes, reason = "the server uses this machine's byte order")]
        let words = |bytes: Vec<u8>| -> Vec<u32> {
            bytes.as_chunks::<4>().0.iter().map(|b| u32::from_ne_bytes(*b)).collect()
        };
        let check = self.atom("_NET_SUPPORTING_WM_CHECK").ok()?;
        let of = |window| self.property(window, check, AtomEnum::WINDOW.into()).map(words);
        // It points to itself as long as it exists.
        let window = *of(self.root)?.first()?;
        of(window).filter(|w| w.first() == Some(&window))?;
        let supported = self.atom("_NET_SUPPORTED").ok()?;
        Some(self.property(self.root, supported, AtomEnum::ATOM.into()).map(words).unwrap_or_default())
    }

    /// Where a window is on the desktop.
    fn rect(&self, window: Window) -> Result<Rect, String> {
        let size = self.connection.get_geometry(window).map_err(unexpected)?.reply().map_err(unexpected)?;
        let place = self.connection.translate_coordinates(window, self.root, 0, 0).map_err(unexpected)?;
        let place = place.reply().map_err(unexpected)?;
        Ok([place.dst_x as i32, place.dst_y as i32, size.width as i32, size.height as i32])
    }

    fn configure(&self, window: Window, to: &ConfigureWindowAux) -> Result<(), String> {
        self.connection.configure_window(window, to).map_err(unexpected)?.check().map_err(unexpected)
    }

    fn send(&self, window: Window, what: &str, data: [u32; 5]) -> Result<(), String> {
        let message = ClientMessageEvent::new(32, window, self.atom(what)?, data);
        let mask = EventMask::SUBSTRUCTURE_REDIRECT | EventMask::SUBSTRUCTURE_NOTIFY;
        self.connection
            .send_event(false, self.root, mask, message)
            .map_err(unexpected)?
            .check()
            .map_err(unexpected)
    }

    fn full_screen(&self, window: Window, on: bool) -> Result<(), String> {
        let state = self.atom("_NET_WM_STATE_FULLSCREEN")?;
        self.send(window, "_NET_WM_STATE", [on as u32, state, 0, SOURCE, 0])
    }

    /// Moves the window's top left corner.
    pub fn move_to(&self, window: Window, (x, y): (i32, i32)) -> Result<(), String> {
        self.configure(window, &ConfigureWindowAux::new().x(x).y(y))
    }

    /// Makes the window cover one monitor, and nothing of another.
    ///
    /// # Errors
    /// One sentence: where it is instead.
    pub fn fill(&self, window: Window, monitor: &Monitor) -> Result<(), String> {
        let [x, y, w, h] = monitor.rect;
        let corner = ConfigureWindowAux::new().x(x).y(y);
        let manager = self.manager();
        for round in 0..2 {
            match &manager {
                None => {
                    let whole = corner.width(w as u32).height(h as u32).border_width(0);
                    self.configure(window, &whole.stack_mode(StackMode::ABOVE))?;
                }
                Some(known) => {
                    // A window that fills one screen already does not move to another.
                    if round > 0 || self.rect(window)? != monitor.rect {
                        self.full_screen(window, false)?;
                        self.configure(window, &corner)?;
                    }
                    self.choose(window, monitor, known)?;
                    self.full_screen(window, true)?;
                }
            }
            if self.reaches(window, monitor.rect)? {
                return Ok(());
            }
        }
        let [x, y, w, h] = self.rect(window)?;
        Err(format!("the window cannot be moved to {monitor}; it is {w}×{h} at {x},{y}"))
    }

    /// Tells the window manager which monitor is meant, if it supports that.
    fn choose(&self, window: Window, monitor: &Monitor, known: &[u32]) -> Result<(), String> {
        let word = "_NET_WM_FULLSCREEN_MONITORS";
        let place = self.monitors()?.iter().position(|m| m.rect == monitor.rect);
        if let (Some(i), true) = (place, known.contains(&self.atom(word)?)) {
            self.send(window, word, [i as u32, i as u32, i as u32, i as u32, SOURCE])?;
        }
        Ok(())
    }

    fn reaches(&self, window: Window, rect: Rect) -> Result<bool, String> {
        let begun = Instant::now();
        while begun.elapsed() < TIMEOUT {
            if self.rect(window)? == rect {
                return Ok(true);
            }
            std::thread::sleep(CHECK_EVERY);
        }
        Ok(false)
    }

    /// Restores the window's own size, in the middle of a monitor.
    pub fn leave(&self, window: Window, monitor: &Monitor, size: (usize, usize)) -> Result<(), String> {
        let [x, y, w, h] = monitor.rect;
        let (own_w, own_h) = ((size.0 as i32).clamp(1, w), (size.1 as i32).clamp(1, h));
        if self.manager().is_some() {
            self.full_screen(window, false)?;
        }
        let middle = ConfigureWindowAux::new().x(x + (w - own_w) / 2).y(y + (h - own_h) / 2);
        self.configure(window, &middle.width(own_w as u32).height(own_h as u32))
    }
}
