//! The arguments of commands that ask the log of a cluster, as `serve` has them.

use std::path::PathBuf;

use super::check::SettingsProblems;
use super::cluster::ClusterSettings;
use super::{SettingsError, SettingsLayer, read};
use crate::cluster::LogSettings;

/// The log of a cluster. Names and variables are those of `palimpsest serve`, so that a node's environment or settings file serves
/// both.
#[derive(Debug, Clone, Default, clap::Args)]
pub(crate) struct LogArgs {
    /// A node's settings file in TOML, for what is not given here
    #[arg(long, env = "PALIMPSEST_CONFIG", value_name = "FILE", help_heading = "Cluster")]
    config: Option<PathBuf>,
    /// NATS servers, separated by commas, that have the log of the cluster
    #[arg(
        long,
        env = "PALIMPSEST_CLUSTER",
        value_name = "URLS",
        value_delimiter = ',',
        help_heading = "Cluster"
    )]
    cluster: Option<Vec<String>>,
    /// The name of the cluster's corpus, which begins the names of its streams [default: palimpsest]
    #[arg(long, env = "PALIMPSEST_CLUSTER_CORPUS", value_name = "NAME", help_heading = "Cluster")]
    cluster_corpus: Option<String>,
    /// A file with the credentials of a NATS user (.creds)
    #[arg(long, env = "PALIMPSEST_CLUSTER_CREDENTIALS", value_name = "FILE", help_heading = "Cluster")]
    cluster_credentials: Option<PathBuf>,
    /// A PEM file with the CA certificates of the NATS servers, in place of those of the system
    #[arg(long, env = "PALIMPSEST_CLUSTER_CA", value_name = "FILE", help_heading = "Cluster")]
    cluster_ca: Option<PathBuf>,
    /// A PEM file with the certificate to present to the NATS servers
    #[arg(long, env = "PALIMPSEST_CLUSTER_CERTIFICATE", value_name = "FILE", help_heading = "Cluster")]
    cluster_certificate: Option<PathBuf>,
    /// A PEM file with the private key of that certificate
    #[arg(long, env = "PALIMPSEST_CLUSTER_PRIVATE_KEY", value_name = "FILE", help_heading = "Cluster")]
    cluster_private_key: Option<PathBuf>,
    /// Monitoring ports of the NATS servers, separated by commas: each must say that its server syncs always
    #[arg(long, env = "PALIMPSEST_CLUSTER_MONITORS", value_name = "URLS", value_delimiter = ',')]
    #[arg(help_heading = "Cluster")]
    cluster_monitors: Option<Vec<String>>,
}

impl LogArgs {
    /// What the log is reached with.
    ///
    /// # Errors
    ///
    /// [`SettingsError`], with all problems: of the settings of the cluster alone.
    pub(crate) fn settings(self) -> Result<LogSettings, SettingsError> {
        let file = read(self.config)?;
        let flags = SettingsLayer {
            cluster: self.cluster,
            cluster_corpus: self.cluster_corpus,
            cluster_credentials: self.cluster_credentials,
            cluster_ca: self.cluster_ca,
            cluster_certificate: self.cluster_certificate,
            cluster_private_key: self.cluster_private_key,
            cluster_monitors: self.cluster_monitors,
            ..SettingsLayer::default()
        };
        let layer = flags.or(file);
        if layer.cluster.as_ref().is_none_or(Vec::is_empty) {
            let problem = "cluster is not set; name its NATS servers, as --cluster nats://host:4222";
            return Err(SettingsError::Invalid(vec![problem.to_owned()]));
        }
        let mut problems = SettingsProblems::default();
        let settings = ClusterSettings::of(&layer, &mut problems).unwrap_or_default();
        settings.check(&mut problems);
        problems.into_result(settings.log())
    }
}

#[cfg(test)]
mod tests {
    use clap::{Args as _, Command};

    use super::*;
    use crate::server::ServeArgs;

    #[test]
    fn names_and_variables_are_those_of_serve() {
        let serve = ServeArgs::augment_args(Command::new("serve"));
        let own = LogArgs::augment_args(Command::new("status"));
        assert_eq!(own.get_arguments().count(), 8);
        for argument in own.get_arguments() {
            let of_serve = serve.get_arguments().find(|other| other.get_id() == argument.get_id()).unwrap();
            assert_eq!(argument.get_long(), of_serve.get_long());
            assert_eq!(argument.get_env(), of_serve.get_env());
            assert_eq!(argument.get_value_names(), of_serve.get_value_names());
            assert_eq!(argument.get_value_delimiter(), of_serve.get_value_delimiter());
        }
    }

    #[test]
    fn a_settings_file_has_what_is_not_given() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let text =
            "listen = '127.0.0.1:1'\ncluster = ['nats://a:1']\ncluster_corpus = 'b'\nreplica_group = '1/3'";
        std::fs::write(file.path(), text).unwrap();
        let args = LogArgs { config: Some(file.path().to_owned()), ..LogArgs::default() };
        let args = LogArgs { cluster: Some(vec!["tls://c:2".to_owned()]), ..args };
        let settings = args.settings().unwrap();
        assert_eq!((settings.servers, settings.corpus), (vec!["tls://c:2".to_owned()], "b".to_owned()));
        assert!(settings.tls.required);
    }

    #[test]
    fn mistakes_are_named() {
        let of = |cluster: &str, corpus: &str| LogArgs {
            cluster: Some(vec![cluster.to_owned()]),
            cluster_corpus: Some(corpus.to_owned()),
            ..LogArgs::default()
        };
        for (args, part) in [
            (LogArgs::default(), "cluster is not set"),
            (of("http://a:1", "b"), "no NATS server"),
            (of("nats://a:1", "b.c"), "cluster_corpus"),
            (LogArgs { cluster_certificate: Some("c".into()), ..of("nats://a:1", "b") }, "set both"),
        ] {
            let error = args.settings().unwrap_err().to_string();
            assert!(error.contains(part), "{part}: {error}");
        }
    }
}
