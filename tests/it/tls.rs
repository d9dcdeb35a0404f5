//! TLS and mutual TLS: the certificates that the server and the command line trust, and their errors.

use std::fs;
use std::net::{SocketAddr, TcpStream};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Output;
use std::time::{Duration, Instant, SystemTime};

use palimpsest::server::TlsSettings;
use tonic::transport::{Certificate, Channel, ClientTlsConfig, Endpoint};

use crate::certificates::Authority;
use crate::harness::{RELOADED, TestServer, eventually, eventually_blocking, pass};
use crate::process::{Process, palimpsest, said};

/// A server's files in a folder, and their certificate authority.
struct Files {
    folder: tempfile::TempDir,
    authority: Authority,
}

impl Files {
    fn new() -> Self {
        let (folder, authority) = (tempfile::tempdir().unwrap(), Authority::new());
        authority.write(&folder.path().join("ca.pem"));
        authority.pair_until("localhost", 2100).write(folder.path(), "server");
        Self { folder, authority }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn settings(&self) -> TlsSettings {
        TlsSettings {
            certificate: self.path("server.pem"),
            private_key: self.path("server.key"),
            client_ca: None,
        }
    }

    /// Starts a server as a process. It requires clients' certificates from `client_ca`, if there is one.
    fn serve(&self, client_ca: Option<&Path>) -> Server {
        let mut command = palimpsest();
        command.args(["serve", "--in-memory", "--tls-certificate"]).arg(self.path("server.pem"));
        command.arg("--tls-private-key").arg(self.path("server.key"));
        if let Some(path) = client_ca {
            command.arg("--tls-client-ca").arg(path);
        }
        let process = Process::launch(command);
        let address = process.address.replace("http://127.0.0.1", "https://localhost");
        Server { _process: process, address }
    }
}

struct Server {
    _process: Process,
    address: String,
}

impl Server {
    /// Runs `palimpsest stats` with these additional arguments.
    fn ask(&self, arguments: &[&str]) -> Output {
        ask(&self.address, arguments)
    }
}

fn ask(address: &str, arguments: &[&str]) -> Output {
    palimpsest().args(["stats", "--server", address]).args(arguments).output().unwrap()
}

#[track_caller]
fn refused(output: &Output, parts: &[&str]) {
    assert_eq!(output.status.code(), Some(1), "{}", said(output));
    for part in parts {
        assert!(said(output).contains(part), "{part:?} is not in {}", said(output));
    }
}

#[test]
fn the_command_line_speaks_tls_and_says_what_is_wrong() {
    let files = Files::new();
    let server = files.serve(None);
    let ca = files.path("ca.pem").to_str().unwrap().to_owned();
    let good = server.ask(&["--tls-ca", &ca]);
    assert!(good.status.success(), "{}", said(&good));
    let by_environment =
        palimpsest().args(["stats", "--server", &server.address]).env("PALIMPSEST_TLS_CA", &ca).output();
    assert!(by_environment.unwrap().status.success());
    refused(&server.ask(&[]), &["no trusted authority signed", "--tls-ca"]);
    let other = files.path("other.pem");
    Authority::new().write(&other);
    refused(&server.ask(&["--tls-ca", other.to_str().unwrap()]), &["no trusted authority signed"]);
    let by_number = server.address.replace("localhost", "127.0.0.1");
    refused(&ask(&by_number, &["--tls-ca", &ca]), &["localhost", "--tls-name"]);
    let named = ask(&by_number, &["--tls-ca", &ca, "--tls-name", "localhost"]);
    assert!(named.status.success(), "{}", said(&named));
    let plain = server.address.replace("https:", "http:");
    refused(&ask(&plain, &[]), &["does not speak gRPC without TLS", "https://"]);
}

#[tokio::test]
async fn the_command_line_says_when_a_server_speaks_no_tls() {
    let server = TestServer::start().await;
    let files = Files::new();
    let ca = files.path("ca.pem").to_str().unwrap().to_owned();
    let address = format!("https://{}", server.address);
    let output = tokio::task::spawn_blocking(move || ask(&address, &["--tls-ca", &ca])).await.unwrap();
    refused(&output, &["does not speak TLS", "http://"]);
}

#[test]
fn the_command_line_refuses_files_that_it_cannot_use() {
    let files = Files::new();
    fs::write(files.path("empty.pem"), "").unwrap();
    let path = |name: &str| files.path(name).to_str().unwrap().to_owned();
    Authority::new().pair_until("x", 2100).write(files.folder.path(), "other");
    let (ca, own, other, empty) = (path("ca.pem"), path("server.pem"), path("other.key"), path("empty.pem"));
    for (address, arguments, part) in [
        ("https://localhost:1", &["--tls-ca", "/nowhere.pem"][..], "/nowhere.pem can't be read"),
        ("https://localhost:1", &["--tls-ca", &empty], "holds no certificate"),
        ("https://localhost:1", &["--tls-ca", &ca, "--tls-cert", &own], "belong together"),
        ("https://localhost:1", &["--tls-ca", &ca, "--tls-cert", &own, "--tls-key", &ca], "no private key"),
        (
            "https://localhost:1",
            &["--tls-ca", &ca, "--tls-cert", &own, "--tls-key", &other],
            "--tls-key does not belong to --tls-cert",
        ),
        ("http://localhost:1", &["--tls-ca", &ca], "begin it with https://"),
        ("ftp://localhost:1", &[], "http:// or https://"),
    ] {
        let output = ask(address, arguments);
        assert_eq!(output.status.code(), Some(2), "{}", said(&output));
        assert!(said(&output).contains(part), "{part:?} is not in {}", said(&output));
    }
    // A client's option on the server is an error, so that no server runs without TLS by mistake.
    let output = palimpsest().args(["serve", "--in-memory", "--tls-cert", &own]).output().unwrap();
    assert_eq!(output.status.code(), Some(2), "{}", said(&output));
    assert!(said(&output).contains("serve takes --tls-certificate"), "{}", said(&output));
}

#[test]
fn a_certificate_that_expires_meanwhile_is_named() {
    let files = Files::new();
    let pair = files.authority.pair("localhost", |parameters| {
        parameters.not_after = (SystemTime::now() + Duration::from_secs(3)).into();
    });
    pair.write(files.folder.path(), "server");
    let server = files.serve(None);
    let ca = files.path("ca.pem").to_str().unwrap().to_owned();
    eventually_blocking("the certificate expires", || !server.ask(&["--tls-ca", &ca]).status.success());
    refused(&server.ask(&["--tls-ca", &ca]), &["certificate has expired"]);
}

#[test]
fn with_a_client_ca_only_its_clients_get_in() {
    let files = Files::new();
    let clients = Authority::new();
    clients.write(&files.path("clients.pem"));
    let server = files.serve(Some(&files.path("clients.pem")));
    let path = |name: &str| files.path(name).to_str().unwrap().to_owned();
    let ca = path("ca.pem");
    for (authority, year, taken) in
        [(&clients, 2100, true), (&files.authority, 2100, false), (&clients, 2021, false)]
    {
        authority.pair_until("a client", year).write(files.folder.path(), "client");
        let (certificate, key) = (path("client.pem"), path("client.key"));
        let output = server.ask(&["--tls-ca", &ca, "--tls-cert", &certificate, "--tls-key", &key]);
        if taken {
            assert!(output.status.success(), "{}", said(&output));
        } else {
            refused(&output, &["rejected the client certificate", "--tls-cert"]);
        }
    }
    refused(&server.ask(&["--tls-ca", &ca]), &["asks for a client certificate", "--tls-cert and --tls-key"]);
}

#[test]
fn files_that_cannot_be_used_are_all_named_at_the_start() {
    let files = Files::new();
    let path = |name: &str| files.path(name).to_str().unwrap().to_owned();
    files.authority.pair_until("localhost", 2021).write(files.folder.path(), "old");
    files
        .authority
        .pair("localhost", |parameters| parameters.not_before = rcgen::date_time_ymd(2098, 1, 1))
        .write(files.folder.path(), "early");
    files.authority.pair_until("localhost", 2100).write(files.folder.path(), "other");
    fs::write(files.path("empty.pem"), "").unwrap();
    fs::write(files.path("cut.pem"), &fs::read(files.path("server.pem")).unwrap()[..200]).unwrap();
    for (certificate, key, clients, parts) in [
        (
            "missing.pem",
            "missing.key",
            "empty.pem",
            &["missing.pem can't be read", "missing.key can't be read", "empty.pem holds no certificate"][..],
        ),
        ("old.pem", "old.key", "ca.pem", &["old.pem expired on 2021-12-31", "renew it"]),
        ("early.pem", "early.key", "ca.pem", &["early.pem is not valid before 2098-01-01"]),
        ("server.pem", "other.key", "old.pem", &["does not belong to", "certificate 1 expired on 2021"]),
        ("cut.pem", "server.pem", "ca.pem", &["cut.pem is not well-formed PEM", "holds no private key"]),
    ] {
        for check in [&["--in-memory"][..], &["--in-memory", "--check-config"]] {
            let mut command = palimpsest();
            command.args(["serve", "--worker-threads", "0", "--tls-certificate", &path(certificate)]);
            command.args(["--tls-private-key", &path(key), "--tls-client-ca", &path(clients)]).args(check);
            let output = command.output().unwrap();
            assert_eq!(output.status.code(), Some(2), "{}", said(&output));
            for part in parts.iter().chain(&["worker_threads is 0"]) {
                assert!(said(&output).contains(part), "{part:?} is not in {}", said(&output));
            }
        }
    }
}

/// A connection that trusts only this authority.
async fn connect(address: SocketAddr, ca: &Path) -> Result<Channel, tonic::transport::Error> {
    let ca = Certificate::from_pem(fs::read(ca).unwrap());
    let config = ClientTlsConfig::new().ca_certificate(ca).domain_name("localhost");
    Endpoint::from_shared(format!("https://{address}")).unwrap().tls_config(config).unwrap().connect().await
}

/// Waits until a connection that trusts this authority succeeds, or fails.
async fn wait_until(good: bool, address: SocketAddr, ca: &Path) {
    eventually("new certificates are taken", async || connect(address, ca).await.is_ok() == good).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn new_certificates_are_taken_and_bad_ones_are_not() {
    let files = Files::new();
    let tls = files.settings();
    let server = TestServer::start_with(|settings| settings.tls = Some(tls)).await;
    let first_ca = files.path("ca.pem");
    let mut before = palimpsest::proto::corpus_service_client::CorpusServiceClient::new(
        connect(server.address, &first_ca).await.unwrap(),
    );
    // Bad certificates of several kinds leave the old ones in force.
    for (name, contents) in [("server.pem", "no certificate"), ("server.key", "no key"), ("server.pem", "")] {
        let good = fs::read(files.path(name)).unwrap();
        fs::write(files.path(name), contents).unwrap();
        pass(RELOADED).await;
        connect(server.address, &first_ca).await.unwrap();
        fs::write(files.path(name), good).unwrap();
    }
    let second = Authority::new();
    let second_ca = files.path("second.pem");
    second.write(&second_ca);
    second.pair_until("localhost", 2021).write(files.folder.path(), "server");
    pass(RELOADED).await;
    connect(server.address, &first_ca).await.unwrap();
    second.pair_until("localhost", 2100).write(files.folder.path(), "server");
    wait_until(true, server.address, &second_ca).await;
    assert!(connect(server.address, &first_ca).await.is_err());
    // Existing connections stay open.
    before.get_corpus(palimpsest::proto::GetCorpusRequest {}).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_that_is_swapped_by_a_link_is_noticed() {
    let files = Files::new();
    let second = Authority::new();
    second.write(&files.path("second.pem"));
    for (authority, folder) in [(&files.authority, "one"), (&second, "two")] {
        fs::create_dir(files.path(folder)).unwrap();
        authority.pair_until("localhost", 2100).write(&files.path(folder), "server");
    }
    // Kubernetes lays out a secret in this way.
    symlink("one", files.path("..data")).unwrap();
    for name in ["tls.pem", "tls.key"] {
        symlink(format!("..data/{}", name.replace("tls", "server")), files.path(name)).unwrap();
    }
    let tls = TlsSettings {
        certificate: files.path("tls.pem"),
        private_key: files.path("tls.key"),
        client_ca: None,
    };
    let server = TestServer::start_with(|settings| settings.tls = Some(tls)).await;
    connect(server.address, &files.path("ca.pem")).await.unwrap();
    symlink("two", files.path("..new")).unwrap();
    fs::rename(files.path("..new"), files.path("..data")).unwrap();
    wait_until(true, server.address, &files.path("second.pem")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn peers_that_never_shake_hands_hold_nobody_up_and_are_closed() {
    let files = Files::new();
    let tls = files.settings();
    let server = TestServer::start_with(|settings| {
        settings.tls = Some(tls);
        settings.connections.handshake = Duration::from_secs(2);
    })
    .await;
    let begun = Instant::now();
    let silent: Vec<_> = (0..100).map(|_| TcpStream::connect(server.address).unwrap()).collect();
    connect(server.address, &files.path("ca.pem")).await.unwrap();
    assert!(begun.elapsed() < Duration::from_millis(1900), "{:?}", begun.elapsed());
    tokio::task::spawn_blocking(move || {
        for mut peer in silent {
            peer.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
            assert_eq!(std::io::Read::read(&mut peer, &mut [0; 100]).unwrap_or(0), 0);
        }
    })
    .await
    .unwrap();
    assert!(begun.elapsed() < Duration::from_secs(6), "{:?}", begun.elapsed());
}
