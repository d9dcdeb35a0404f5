//! The real server as its own process, on a data directory.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Output, Stdio};

use tonic::transport::Endpoint;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::{HealthCheckRequest, health_client::HealthClient};

use crate::harness::eventually;

/// The program, with no settings from the environment.
pub fn palimpsest() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_palimpsest"));
    command.env_remove("PALIMPSEST_SERVER").env_remove("PALIMPSEST_KEY").env("NO_COLOR", "1");
    // The tests have no load balancer that needs time to notice that a server stops.
    command.env("PALIMPSEST_DRAIN_PAUSE_MS", "20");
    command
}

/// Runs a command of the program to its end.
pub fn run(arguments: &[&OsStr], server: &str) -> Output {
    let mut command = palimpsest();
    command.env("PALIMPSEST_SERVER", server).stdin(Stdio::null());
    command.args(arguments);
    command.output().unwrap()
}

/// The output of a command, from both channels.
pub fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

/// `palimpsest serve`, killed when dropped.
pub struct Process {
    child: Child,
    pub address: String,
}

impl Process {
    /// Starts a server on a data directory, and waits until it serves.
    pub async fn start(folder: &Path) -> Self {
        let mut command = palimpsest();
        command.args(["serve", "--data-dir"]).arg(folder);
        Self::start_command(command).await
    }

    /// Starts `command`, which ends with the arguments of a server, and waits until it serves.
    pub async fn start_command(command: Command) -> Self {
        let process = Self::launch(command);
        process.wait_until_serving().await;
        process
    }

    /// Starts `command`, and waits until it listens.
    pub fn launch(mut command: Command) -> Self {
        let mut child = command
            .args(["--listen", "127.0.0.1:0", "--log-format", "json"])
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let mut said = String::new();
        let address = lines.by_ref().map_while(Result::ok).find_map(|line| {
            said.push_str(&line);
            let line: serde_json::Value = serde_json::from_str(&line).ok()?;
            (line["message"] == "listening").then(|| line["address"].as_str().unwrap().to_owned())
        });
        // The server may not write to a pipe that has no reader.
        std::thread::spawn(move || lines.for_each(drop));
        let address = format!("http://{}", address.unwrap_or_else(|| panic!("no server: {said}")));
        Self { child, address }
    }

    /// True if the health service answers `SERVING`.
    pub async fn is_serving(&self) -> bool {
        let endpoint = Endpoint::from_shared(self.address.clone()).unwrap();
        let mut health = HealthClient::new(endpoint.connect().await.unwrap());
        let status = health.check(HealthCheckRequest::default()).await.unwrap().into_inner().status();
        status == ServingStatus::Serving
    }

    pub async fn wait_until_serving(&self) {
        eventually("the server serves", async || self.is_serving().await).await;
    }

    /// Resident memory, in bytes.
    pub fn resident_bytes(&self) -> usize {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim().trim_end_matches(" kB").parse::<usize>().unwrap() << 10
    }

    /// The process's id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Kills the process with SIGKILL.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Stops the process with SIGTERM, and waits for it.
    pub fn stop(mut self) -> ExitStatus {
        assert!(Command::new("kill").arg(self.child.id().to_string()).status().unwrap().success());
        self.child.wait().unwrap()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
