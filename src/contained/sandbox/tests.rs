//! Whether what a child gives up is really out of reach. The test program runs itself, since nothing comes back.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::os::fd::AsFd as _;
use std::os::unix::net::UnixStream;
use std::process::{Command, Stdio};

use super::super::process::ENVIRONMENT;
use super::{Coverage, Resources, close_files, limit_resources, restrict_calls};

/// What the helper is to give up: `landlock`, `seccomp` or `resources`.
const GIVEN_UP: &str = "PALIMPSEST_TEST_GIVEN_UP";

/// The process that the helper tries to kill.
const VICTIM: &str = "PALIMPSEST_TEST_VICTIM";

/// What the helper writes after its attempts.
const MARK: &str = "attempts that succeeded: ";

/// Not a test but the helper, if it is asked for.
#[test]
fn helper() {
    let Some(given_up) = std::env::var_os(GIVEN_UP) else { return };
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (pair, _other) = UnixStream::pair().unwrap();
    let open = File::open("/proc/self/status").unwrap();
    let victim: i32 = std::env::var(VICTIM).unwrap().parse().unwrap();
    let is_in_force = match given_up.to_str().unwrap() {
        "landlock" => close_files() == Coverage::Full,
        "seccomp" => restrict_calls(),
        _ => limit_resources(Resources { memory_bytes: 256 << 20, cpu_seconds: 100 }),
    };
    let mut succeeded = String::new();
    let mut attempt = |name: &str, has_succeeded: bool| {
        if has_succeeded {
            write!(succeeded, "{name} ").unwrap();
        }
    };
    attempt("open", File::open("/proc/self/status").is_ok());
    attempt("create", File::create("/tmp/palimpsest-test-created").is_ok());
    attempt(
        "list",
        fs::read_dir("/").is_ok_and(|mut entries| entries.next().is_some_and(|entry| entry.is_ok())),
    );
    attempt("connect", TcpStream::connect(address).is_ok());
    attempt("listen", TcpListener::bind("127.0.0.1:0").is_ok());
    attempt("udp", UdpSocket::bind("127.0.0.1:0").is_ok());
    attempt("read", rustix::io::read(open.as_fd(), &mut [0; 10]).is_ok());
    attempt("write", rustix::io::write(pair.as_fd(), b"x").is_ok());
    attempt("spawn", Command::new("/bin/true").stdout(Stdio::null()).status().is_ok());
    attempt("thread", std::thread::Builder::new().spawn(|| ()).is_ok());
    attempt("kill", kill(victim));
    attempt("allocate", Vec::<u8>::with_capacity(1).capacity() > 0);
    attempt("allocate_much", Vec::<u8>::new().try_reserve_exact(300 << 20).is_ok());
    attempt("clock", std::time::SystemTime::now().elapsed().is_ok());
    // Written in one call, as Rust's own output takes a lock that other threads may hold.
    let line = format!("\n{MARK}{is_in_force} {succeeded}\n");
    rustix::io::write(rustix::stdio::stdout(), line.as_bytes()).unwrap();
    std::process::exit(0);
}

fn kill(victim: i32) -> bool {
    let pid = rustix::process::Pid::from_raw(victim).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::TERM).is_ok()
}

/// What succeeded in a process that has given something up; `None` if this system doesn't have the restriction.
fn succeeded(given_up: &str) -> Option<BTreeSet<String>> {
    let mut victim = Command::new("sleep").arg("1000").spawn().unwrap();
    let helper = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "contained::sandbox::tests::helper", "--nocapture"])
        .envs(ENVIRONMENT)
        .env(GIVEN_UP, given_up)
        .env(VICTIM, victim.id().to_string())
        .output()
        .unwrap();
    let _ = victim.kill();
    victim.wait().unwrap();
    let said = String::from_utf8_lossy(&helper.stdout).into_owned();
    let line = said.lines().find_map(|line| line.strip_prefix(MARK));
    let mut words = line.unwrap_or_else(|| panic!("{helper:?}")).split_whitespace().map(str::to_owned);
    (words.next().unwrap() == "true").then(|| words.collect())
}

fn set(words: &str) -> BTreeSet<String> {
    words.split_whitespace().map(str::to_owned).collect()
}

#[test]
fn landlock_takes_files_connections_and_other_processes_away() {
    if let Some(succeeded) = succeeded("landlock") {
        let left = "udp read write thread allocate allocate_much clock";
        assert_eq!(succeeded, set(left));
    }
}

#[test]
fn seccomp_takes_everything_away_but_memory() {
    if let Some(succeeded) = succeeded("seccomp") {
        assert_eq!(succeeded, set("allocate allocate_much clock"));
    }
}

#[test]
fn resources_are_limited() {
    let succeeded = succeeded("resources").unwrap();
    for refused in ["open", "connect", "spawn", "allocate_much"] {
        assert!(!succeeded.contains(refused), "{refused} in {succeeded:?}");
    }
    assert!(succeeded.contains("allocate") && succeeded.contains("thread"), "{succeeded:?}");
}
