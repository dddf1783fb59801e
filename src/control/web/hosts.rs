//! Allowed hosts: a page requested under any other name is a DNS rebinding attack, or comes through a proxy that has to
//! be named.

use std::net::IpAddr;

/// Longest host name, bytes.
const LONGEST: usize = 253;

/// The names of this machine, and further allowed hosts.
#[derive(Clone, Debug, Default)]
pub struct AllowedHosts {
    own: Vec<String>,
    allowed: Vec<Host>,
    /// The port that it listens on.
    port: u16,
}

/// A host as a browser writes it: its name in lower case, without a trailing dot, and its port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Host {
    /// `box.local`, `192.168.0.7`, `::1`.
    pub name: String,
    /// `None` if it is not given.
    pub port: Option<u16>,
}

impl Host {
    /// Reads `NAME`, `NAME:PORT`, `[::1]:PORT`.
    pub fn parse(text: &str) -> Option<Self> {
        let (name, port) = match text.strip_prefix('[') {
            Some(rest) => {
                let (name, port) = rest.split_once(']')?;
                (name, port.strip_prefix(':').or(port.is_empty().then_some(""))?)
            }
            None => text.split_once(':').unwrap_or((text, "")),
        };
        let port = match port {
            // A colon with nothing after it is not a port.
            "" if text.ends_with(':') => return None,
            "" => None,
            port => Some(port.parse().ok()?),
        };
        let fine = |c: char| c.is_ascii_alphanumeric() || "-._".contains(c);
        let known = match text.starts_with('[') {
            true => name.parse::<std::net::Ipv6Addr>().is_ok(),
            false => !name.is_empty() && name.len() <= LONGEST && name.chars().all(fine),
        };
        let name = name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase();
        (known && !name.is_empty()).then_some(Self { name, port })
    }

    /// As written in a URL.
    pub fn text(&self) -> String {
        let name = if self.name.contains(':') { format!("[{}]", self.name) } else { self.name.clone() };
        self.port.map_or(name.clone(), |port| format!("{name}:{port}"))
    }
}

impl AllowedHosts {
    /// This machine's own names, that of the bound address `bound`, and the allowed ones.
    pub fn new(bound: &str, port: u16, allowed: &[Host]) -> Self {
        let mut own = machine();
        own.extend(Host::parse(bound).map(|h| h.name));
        Self { own, allowed: allowed.to_vec(), port }
    }

    /// Whether a proxy has forwarded a host without its port, as many do: a browser that connects directly names ours.
    pub fn lacks_port(&self, host: &Host) -> bool {
        host.port.is_none() && self.port != 80
    }

    /// Whether a host is this machine. Any IP address is: it cannot be rebound.
    pub fn is_own(&self, host: &Host) -> bool {
        host.name.parse::<IpAddr>().is_ok() || host.name == "localhost" || self.own.contains(&host.name)
    }

    /// Whether a host was allowed when the show was started; an allowed host without a port matches any port.
    pub fn is_allowed(&self, host: &Host) -> bool {
        self.allowed.iter().any(|a| a.name == host.name && (a.port.is_none() || a.port == host.port))
    }
}

/// The host name, short and long, and its variants in name services: with `.local` (multicast DNS, RFC 6762), as in
/// `/etc/hosts`, and with the search domains.
fn machine() -> Vec<String> {
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    names_of(&hostname(), &read("/etc/hosts"), &read("/etc/resolv.conf"))
}

#[cfg(unix)]
fn hostname() -> String {
    nix::unistd::gethostname().ok().and_then(|n| n.into_string().ok()).unwrap_or_default()
}

#[cfg(not(unix))]
fn hostname() -> String {
    std::env::var("COMPUTERNAME").unwrap_or_default()
}

fn names_of(hostname: &str, hosts: &str, resolv: &str) -> Vec<String> {
    let Some(long) = Host::parse(hostname).map(|h| h.name) else { return Vec::new() };
    let short = long.split('.').next().unwrap_or(&long).to_string();
    let mut all = vec![long.clone(), short.clone(), format!("{short}.local")];
    let words = |line: &str| -> Vec<String> {
        let line = line.split('#').next().unwrap_or("");
        line.split_whitespace().map(str::to_ascii_lowercase).collect()
    };
    for line in hosts.lines().map(words).filter(|l| l.contains(&long) || l.contains(&short)) {
        all.extend(line.into_iter().skip(1));
    }
    for line in resolv.lines().map(words) {
        if matches!(line.first().map(String::as_str), Some("search" | "domain")) {
            let domains = line.iter().skip(1).map(|d| d.trim_matches('.')).filter(|d| !d.is_empty());
            all.extend(domains.map(|d| format!("{short}.{d}")));
        }
    }
    all.sort();
    all.dedup();
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host(text: &str) -> Host {
        Host::parse(text).unwrap_or_else(|| panic!("{text}"))
    }

    #[test]
    fn hosts_are_read_as_browsers_write_them() {
        let read = |text: &str| Host::parse(text).map(|h| (h.name, h.port));
        assert_eq!(read("Box.local.:8090"), Some(("box.local".into(), Some(8090))));
        assert_eq!(read("[::1]:80"), Some(("::1".into(), Some(80))));
        assert_eq!(read("10.0.0.2"), Some(("10.0.0.2".into(), None)));
        for wrong in [
            "",
            "a b",
            "a:",
            ":80",
            "a:x",
            "a:70000",
            "[::1",
            "[::1]80",
            "[x]:1",
            "1.2.3.4\r\nX: y",
            "a/b",
            ".",
        ] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
        assert_eq!([host("[::1]:80").text(), host("A.b").text()], ["[::1]:80", "a.b"]);
    }

    #[test]
    fn a_machine_is_known_by_all_its_names() {
        let hosts = "127.0.0.1 localhost\n127.0.1.1 box.example.org box # me\n10.0.0.9 printer\n";
        let found = names_of("box", hosts, "nameserver 1.1.1.1\nsearch lan. example.net\n");
        let own = ["box", "box.example.net", "box.example.org", "box.lan", "box.local"];
        assert_eq!(found, own);
        assert_eq!(names_of("Box.studio.lan", "", ""), ["box", "box.local", "box.studio.lan"]);
        assert!(names_of("", "127.0.0.1 a", "search b").is_empty());

        let names = AllowedHosts {
            own: found,
            port: 8090,
            allowed: vec![host("show.example.org"), host("b.example.org:8443")],
        };
        for ours in ["box.local:8090", "BOX", "127.0.0.1:1", "[::1]", "localhost", "10.1.2.3"] {
            assert!(names.is_own(&host(ours)), "{ours}");
        }
        for foreign in ["printer", "evil.example", "box.local.evil.example", "show.example.org"] {
            assert!(!names.is_own(&host(foreign)), "{foreign}");
        }
        let allowed = |h: &str| names.is_allowed(&host(h));
        assert!(
            allowed("show.example.org") && allowed("Show.example.org:444") && allowed("b.example.org:8443")
        );
        assert!(!allowed("b.example.org") && !allowed("box.local"));
    }

    #[test]
    fn this_machine_knows_its_own_name() {
        let own = AllowedHosts::new("stage.example:80", 80, &[]);
        assert!(own.is_own(&host("stage.example")));
        if let Some(name) = Host::parse(&hostname()) {
            assert!(
                own.is_own(&name)
                    && own.is_own(&host(&format!("{}.local", name.name.split('.').next().unwrap())))
            );
        }
    }
}
