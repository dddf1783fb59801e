//! `play --remote`: the web remote, and its link as text and as a QR code for a phone's camera.

use std::io::IsTerminal;
use std::sync::Arc;

use qrcode::QrCode;
use qrcode::render::unicode::Dense1x2;

use crate::control::web::{Host, Remote, RemoteError, TOKEN, Token};
use crate::show::health::RESTARTS;
use crate::show::{DeviceState, Hub};

/// Opens the remote if requested, and reports where; if it cannot be opened, the show continues without it. `names` are
/// allowed hosts, such as those of proxies.
pub fn open(wanted: Option<&str>, names: &[Host], hub: &Arc<Hub>) -> Option<Remote> {
    let opened = match wanted? {
        "" => Remote::open_anywhere(names, hub.clone()),
        place => Remote::open(place, names, hub.clone()),
    };
    match opened {
        Ok(remote) => {
            print_link(&remote);
            Some(remote)
        }
        Err(e) => {
            eprintln!(
                "{e}; expected a free PORT or HOST:PORT of this machine. Continuing without the remote"
            );
            let word = match e {
                RemoteError::Port { source, .. } if source.kind() == std::io::ErrorKind::AddrInUse => {
                    "the port is taken".into()
                }
                other => other.to_string(),
            };
            let name = wanted.unwrap_or_default().into();
            hub.report_devices("remote", vec![DeviceState { what: "remote", name, fine: false, word }]);
            None
        }
    }
}

/// The QR code is for people with a phone: it is not printed into a file, unless a phone can reach the show, nor after
/// a restart.
fn print_link(remote: &Remote) {
    println!("remote: {}", remote.link());
    let near = remote.address().ip().is_loopback();
    if near {
        println!("(this machine only; --remote 0.0.0.0:{} for a phone)", remote.address().port());
    }
    if std::env::var(RESTARTS).is_ok_and(|n| n != "0") || near && !std::io::stdout().is_terminal() {
        return;
    }
    if let Some(code) = code(remote.link()) {
        println!("{code}");
    }
}

/// A link as a QR code in half blocks, two rows of dots to a line, light on dark.
fn code(link: &str) -> Option<String> {
    let code = QrCode::new(link).ok()?;
    Some(code.render::<Dense1x2>().dark_color(Dense1x2::Light).light_color(Dense1x2::Dark).build())
}

/// `8090`, `0.0.0.0:8090`, `[::1]:0`: what `--remote` takes.
pub fn parse_place(text: &str) -> Result<String, String> {
    let (host, port) = text.rsplit_once(':').unwrap_or(("127.0.0.1", text));
    match text.is_empty() || (!host.is_empty() && port.parse::<u16>().is_ok()) {
        true => Ok(text.into()),
        false => {
            Err("expected PORT or HOST:PORT, such as 8090 or 0.0.0.0:8090 (scenes go before --remote)".into())
        }
    }
}

/// `show.example.org`, `box.lan:8443`: what `--remote-name` takes.
pub fn parse_name(text: &str) -> Result<Host, String> {
    let bare = text.split_once("://").map_or(text, |(_, rest)| rest).trim_end_matches('/');
    Host::parse(bare).ok_or_else(|| "expected a name, such as show.example.org or box.lan:8443".into())
}

/// The access token that a supervisor passes to every run of the show, so that open pages reconnect.
pub fn token() -> Option<(&'static str, String)> {
    Some((TOKEN, Token::kept_or_new().ok()?.text().into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_ports_or_hosts_with_ports() {
        for fine in ["", "0", "8090", "0.0.0.0:8090", "stage.local:80", "[::1]:8090"] {
            assert_eq!(parse_place(fine).as_deref(), Ok(fine));
        }
        for wrong in ["coast", "70000", ":80", "0.0.0.0:", "a:b", "-1"] {
            assert!(parse_place(wrong).unwrap_err().contains("scenes go before"), "{wrong}");
        }
    }

    #[test]
    fn names_are_hosts_however_they_are_written() {
        for (text, host) in
            [("Show.example.org", "show.example.org"), ("https://box.lan:8443/", "box.lan:8443")]
        {
            assert_eq!(parse_name(text).map(|h| h.text()).as_deref(), Ok(host));
        }
        for wrong in ["", "a b", "https://", "a/b", "*.example.org"] {
            assert!(parse_name(wrong).unwrap_err().contains("expected a name"), "{wrong}");
        }
    }

    #[test]
    fn the_code_has_a_quiet_border_and_is_square() {
        let text = code("http://192.168.1.20:8090/?token=0123456789abcdef0123456789abcdef").unwrap();
        let lines: Vec<usize> = text.lines().map(|l| l.chars().count()).collect();
        assert!(lines.iter().all(|n| *n == lines[0]) && lines.len() * 2 >= lines[0]);
        assert!(text.lines().next().unwrap().chars().all(|c| c == '█'), "{text}");
    }

    #[test]
    fn a_port_that_is_taken_is_reported_and_the_show_continues() {
        let (hub, _inbox) = Hub::new();
        let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        assert!(open(Some(&taken.local_addr().unwrap().to_string()), &[], &hub).is_none());
        let devices = hub.devices();
        assert_eq!((devices[0].fine, devices[0].word.as_str()), (false, "the port is taken"));
        let remote = open(Some(""), &[], &hub).unwrap();
        assert!(remote.address().ip().is_loopback() && remote.link().starts_with("http://127.0.0.1:"));
        assert!(open(None, &[], &hub).is_none());
    }
}
