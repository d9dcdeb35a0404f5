//! Variables of the environment that look like settings and are none.

use clap::{Command, CommandFactory as _};

use super::Cli;
use crate::server::nearest_name;

/// What the names of all variables begin with.
const PREFIX: &str = "PALIMPSEST_";

/// Variables that are read where no argument of clap names them.
const OTHERS: [&str; 5] = [
    "PALIMPSEST_SERVER",
    "PALIMPSEST_TLS_CA",
    "PALIMPSEST_TLS_CERT",
    "PALIMPSEST_TLS_KEY",
    "PALIMPSEST_TLS_NAME",
];

/// A warning for each variable that is like a known one, but is not. Others may be another program's.
pub(super) fn warnings() -> Vec<String> {
    let names = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok());
    let mut names: Vec<String> = names.filter(|name| name.starts_with(PREFIX)).collect();
    if names.is_empty() {
        return Vec::new();
    }
    names.sort_unstable();
    let known = known(&Cli::command());
    names.iter().filter_map(|name| warning(name, &known)).collect()
}

/// The names of all variables that a command and its subcommands read.
fn known(command: &Command) -> Vec<String> {
    let own = command.get_arguments().filter_map(|argument| argument.get_env()?.to_str().map(str::to_owned));
    let below = command.get_subcommands().flat_map(known);
    own.chain(below).chain(OTHERS.map(str::to_owned)).collect()
}

fn warning(name: &str, known: &[String]) -> Option<String> {
    let short = name.strip_prefix(PREFIX)?;
    // Kubernetes names such variables after a service.
    if known.iter().any(|known| known == name) || short.starts_with("SERVICE_") || short.starts_with("PORT") {
        return None;
    }
    let near = nearest_name(short, known.iter().filter_map(|name| name.strip_prefix(PREFIX)))?;
    Some(format!(
        "{name} in the environment is not a setting and has no effect; did you mean {PREFIX}{near}?"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistyped_variable_gets_the_nearest_name() {
        let known = known(&Cli::command());
        let near = |name: &str| warning(name, &known).unwrap_or_default();
        assert!(near("PALIMPSEST_LISEN").ends_with("did you mean PALIMPSEST_LISTEN?"));
        assert!(near("PALIMPSEST_SERVR").ends_with("did you mean PALIMPSEST_SERVER?"));
        assert!(near("PALIMPSEST_MAX_TEXT_SIZE").contains("PALIMPSEST_MAX_TEXT_"));
        for name in [
            "PALIMPSEST_LISTEN",
            "PALIMPSEST_KEY",
            "PALIMPSEST_SERVICE_HOST",
            "PALIMPSEST_PORT",
            "PALIMPSEST_XYZ",
        ] {
            assert_eq!(near(name), "", "{name}");
        }
    }
}
