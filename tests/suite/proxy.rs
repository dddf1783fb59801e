//! The web remote behind a real reverse proxy: below a path, under another host name, with TLS; used by a plain client
//! and by a browser.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use untrained::control::web::{Host, Remote};
use untrained::show::Hub;

use crate::browser::Browser;

/// The test's own nginx; it ends with the test.
struct Proxy {
    child: Child,
    plain: u16,
    secret: u16,
    _folder: tempfile::TempDir,
}

impl Drop for Proxy {
    fn drop(&mut self) {
        let _ = Command::new("kill").arg(self.child.id().to_string()).status();
        let _ = self.child.wait();
    }
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn there(tool: &str, ask: &str) -> bool {
    let run =
        Command::new(tool).arg(ask).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
    run.is_ok_and(|s| s.success())
}

impl Proxy {
    /// `header` is how it forwards the requested host. None where nginx or openssl are missing.
    fn start(remote: u16, header: &str) -> Option<Self> {
        if !there("nginx", "-v") || !there("openssl", "version") {
            crate::skip::skip("nginx", "it or openssl is not installed");
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        let dir = folder.path().display().to_string();
        let made = Command::new("openssl")
            .args(
                "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -keyout key.pem -out cert.pem"
                    .split(' '),
            )
            .current_dir(folder.path())
            .stderr(Stdio::null())
            .status();
        assert!(made.unwrap().success());
        let (plain, secret) = (free_port(), free_port());
        let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
        let temporary: String = temporary.iter().map(|t| format!("{t}_temp_path {dir}/{t};\n")).collect();
        let text = format!(
            "daemon off;\nmaster_process off;\npid {dir}/pid;\nerror_log {dir}/error.log;\nevents {{}}\nhttp {{\naccess_log off;\n{temporary}\
             server {{\nlisten 127.0.0.1:{plain};\nlisten 127.0.0.1:{secret} ssl;\nssl_certificate {dir}/cert.pem;\n\
             ssl_certificate_key {dir}/key.pem;\nlocation /stage/ {{\nproxy_pass http://127.0.0.1:{remote}/;\n\
             proxy_http_version 1.1;\nproxy_set_header Upgrade $http_upgrade;\nproxy_set_header Connection upgrade;\n{header}}}\n\
             location /unstripped {{\nproxy_pass http://127.0.0.1:{remote};\n{header}}}\n}}\n}}\n"
        );
        std::fs::write(folder.path().join("nginx.conf"), text).unwrap();
        let error = std::fs::File::create(folder.path().join("said")).unwrap();
        let child = Command::new("nginx")
            .args(["-p", &dir, "-e", &format!("{dir}/error.log"), "-c", &format!("{dir}/nginx.conf")])
            .stderr(error)
            .spawn()
            .unwrap();
        let proxy = Self { child, plain, secret, _folder: folder };
        let begun = Instant::now();
        while TcpStream::connect(("127.0.0.1", secret)).is_err() {
            let said =
                || read(&proxy._folder.path().join("said")) + &read(&proxy._folder.path().join("error.log"));
            assert!(begun.elapsed() < Duration::from_secs(20), "nginx does not start: {}", said());
            std::thread::sleep(Duration::from_millis(20));
        }
        Some(proxy)
    }
}

fn read(file: &Path) -> String {
    std::fs::read_to_string(file).unwrap_or_default()
}

/// A proxy of a few lines, for where there is no nginx: it strips the path `/stage` and forwards the requested host as
/// `header` says; if that is empty, the remote's own address.
fn small(remote: u16, header: &'static str) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for line in listener.incoming().flatten() {
            std::thread::spawn(move || pass(line, remote, header));
        }
    });
    port
}

fn pass(mut line: TcpStream, remote: u16, header: &str) {
    let (mut head, mut byte) = (Vec::new(), [0]);
    while !head.ends_with(b"\r\n\r\n") {
        if line.read_exact(&mut byte).is_err() {
            return;
        }
        head.push(byte[0]);
    }
    let text = String::from_utf8_lossy(&head).replacen(" /stage/", " /", 1);
    let asked = text.lines().find_map(|l| l.strip_prefix("Host: ")).unwrap_or("").to_string();
    let own = format!("127.0.0.1:{remote}");
    let without_port = asked.split(':').next().unwrap_or("");
    let (host, more) = match header {
        h if h.contains("X-Forwarded-Host") => (own.as_str(), format!("X-Forwarded-Host: {asked}\r\n")),
        h if h.contains("$http_host") => (asked.as_str(), String::new()),
        h if h.contains("$host") => (without_port, "X-Forwarded-Proto: http\r\n".into()),
        _ => (own.as_str(), String::new()),
    };
    let text = text.replace(&format!("Host: {asked}\r\n"), &format!("Host: {host}\r\n{more}"));
    let mut there = TcpStream::connect(("127.0.0.1", remote)).unwrap();
    there.write_all(text.as_bytes()).unwrap();
    let (mut back, mut answer) = (line.try_clone().unwrap(), there.try_clone().unwrap());
    std::thread::spawn(move || {
        let _ = std::io::copy(&mut answer, &mut back);
        let _ = back.shutdown(std::net::Shutdown::Both);
    });
    let _ = std::io::copy(&mut line, &mut there);
    let _ = there.shutdown(std::net::Shutdown::Both);
}

/// Whether a page of `origin` gets its WebSocket through a plain port.
fn enters(port: u16, token: &str, origin: &str) -> bool {
    let stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let url = format!("ws://localhost:{port}/stage/socket?token={token}");
    let mut request = tungstenite::client::IntoClientRequest::into_client_request(url).unwrap();
    request.headers_mut().insert("Origin", origin.parse().unwrap());
    let Ok((mut socket, _)) = tungstenite::client(request, stream) else { return false };
    socket.read().is_ok_and(|m| m.is_text())
}

/// All usual ways of setting up a proxy.
#[test]
fn a_proxy_that_forwards_the_host_is_enough_and_one_that_does_not_is_allowed_by_name() {
    let http_host = "proxy_set_header Host $http_host;\n";
    let without_port = "proxy_set_header Host $host;\nproxy_set_header X-Forwarded-Proto $scheme;\n";
    let forwarded = "proxy_set_header X-Forwarded-Host $http_host;\n";
    for (header, names) in
        [(http_host, vec![]), (without_port, vec![]), (forwarded, vec![]), ("", vec!["localhost"])]
    {
        let (hub, _inbox) = Hub::new();
        let names: Vec<Host> = names.into_iter().filter_map(Host::parse).collect();
        let remote = Remote::open("0", &names, hub).unwrap();
        let token = remote.link().split("token=").nth(1).unwrap().to_string();
        let nginx = Proxy::start(remote.address().port(), header);
        let ports = [Some(small(remote.address().port(), header)), nginx.as_ref().map(|p| p.plain)];
        for port in ports.into_iter().flatten() {
            let own = format!("http://localhost:{port}");
            assert!(enters(port, &token, &own), "{header}");
            assert!(!enters(port, &token, "http://evil.example"), "{header}");
            assert!(!enters(port, &"0".repeat(32), &own), "{header}");
        }
    }
    let (hub, _inbox) = Hub::new();
    let remote = Remote::open("0", &[], hub).unwrap();
    let token = remote.link().split("token=").nth(1).unwrap().to_string();
    let port = small(remote.address().port(), "");
    assert!(!enters(port, &token, &format!("http://localhost:{port}")), "the requested host is lost");
}

/// The page itself, in a browser, below a path and over TLS.
#[test]
fn a_page_over_tls_below_a_path_finds_its_socket_and_its_figures() {
    let (hub, _inbox) = Hub::new();
    let remote = Remote::open("0", &[], hub).unwrap();
    let token = remote.link().split("token=").nth(1).unwrap().to_string();
    let header = "proxy_set_header Host $http_host;\nproxy_set_header X-Forwarded-Proto $scheme;\n";
    let Some(proxy) = Proxy::start(remote.address().port(), header) else { return };
    let Some(mut browser) = Browser::open() else { return };
    for place in [
        format!("https://localhost:{}/stage/", proxy.secret),
        format!("http://localhost:{}/stage/", proxy.plain),
        format!("http://localhost:{}/unstripped", proxy.plain),
    ] {
        browser.visit(&format!("{place}?token={token}"));
        if place.ends_with("unstripped") {
            // This location forwards no WebSocket; the page is below its own path all the same.
            browser.wait("location.pathname === '/unstripped/'");
            browser.wait("document.getElementById('health-link') !== null");
            continue;
        }
        browser.wait("typeof line !== 'undefined' && line.isOpen && show.face !== null");
        let health = browser.look("document.getElementById('health-link').href");
        assert!(health.as_str().unwrap().starts_with(&format!("{place}health?")), "{health}");
        browser.visit(&format!("{place}health?token={token}"));
        browser.wait("document.querySelectorAll('.facts dt').length > 5");
    }
    assert_eq!(remote.dropped(), 0);
}
