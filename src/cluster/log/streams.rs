//! The streams of a corpus: how they are configured, and how they are created.

use std::time::Duration;

use serde_json::{Map, Value, json};
use tokio::time::{Instant, sleep};

use super::{Log, LogError, LogId, codes};

/// The version of what the messages of a stream mean.
const FORMAT: &str = "1";

/// The key of a stream's metadata with the version of its format.
const FORMAT_KEY: &str = "palimpsest.format";

/// The key of a stream's metadata with the number of partitions of the corpus.
pub(super) const PARTITIONS_KEY: &str = "palimpsest.partitions";

/// How long a stream knows the ids of its messages. It is the server's default; a longer one takes memory.
pub(super) const DUPLICATE_WINDOW: Duration = Duration::from_mins(2);

/// How long the creation of a stream is tried: servers that have just started refuse it until they know each
/// other.
const CREATE_WITHIN: Duration = Duration::from_secs(30);

/// Between two attempts.
const RETRY_EVERY: Duration = Duration::from_millis(250);

impl Log {
    /// Creates the streams that are missing, and checks all as [`Log::verify_streams`] does. Several callers
    /// may do so at once. A stream that exists is not changed.
    ///
    /// # Errors
    ///
    /// As [`Log::verify_streams`]; [`LogError::Refused`], among other reasons if there are fewer servers than
    /// replicas.
    pub(crate) async fn create_streams(&self, partitions: u16) -> Result<(), LogError> {
        for log in LogId::all(partitions) {
            self.create_stream(log, partitions).await?;
        }
        self.verify_streams(partitions).await
    }

    /// Checks that each stream of the corpus exists and is configured as the log needs it. Changes nothing.
    ///
    /// # Errors
    ///
    /// [`LogError::NoStream`], [`LogError::StreamDiffers`]
    pub(crate) async fn verify_streams(&self, partitions: u16) -> Result<(), LogError> {
        for log in LogId::all(partitions) {
            let found = Value::Object(self.info(log).await?.config);
            verify(&self.stream(log), &found, &self.configuration(log, partitions))?;
        }
        Ok(())
    }

    async fn create_stream(&self, log: LogId, partitions: u16) -> Result<(), LogError> {
        let end = Instant::now() + CREATE_WITHIN;
        let call = format!("STREAM.CREATE.{}", self.stream(log));
        let configuration = self.configuration(log, partitions);
        loop {
            let result = match self.info(log).await {
                Err(LogError::NoStream { .. }) => {
                    self.call::<Value>(&call, &configuration).await.map(|_created| ())
                }
                other => other.map(|_exists| ()),
            };
            match result {
                Ok(()) | Err(LogError::Refused { error_code: codes::OTHER_STREAM, .. }) => return Ok(()),
                Err(error) if error.is_transient() && Instant::now() + RETRY_EVERY < end => {
                    sleep(RETRY_EVERY).await;
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// The configuration of a stream.
    fn configuration(&self, log: LogId, partitions: u16) -> Value {
        json!({
            "name": self.stream(log),
            "description": "changes of a Palimpsest corpus: every message is needed",
            "subjects": [self.subjects(log)],
            "retention": "limits",
            "storage": "file",
            "num_replicas": self.shared.settings.replicas,
            "discard": "new",
            "max_msgs": -1,
            "max_bytes": -1,
            "max_age": 0,
            "max_msgs_per_subject": -1,
            "max_msg_size": -1,
            "max_consumers": -1,
            "duplicate_window": u64::try_from(DUPLICATE_WINDOW.as_nanos()).unwrap_or(u64::MAX),
            "allow_direct": true,
            "allow_atomic": true,
            "metadata": { FORMAT_KEY: FORMAT, PARTITIONS_KEY: partitions.to_string() },
        })
    }
}

/// Fields that have to be as they were created, each with the value of a field that is absent.
fn exact_fields() -> [(&'static str, Value); 12] {
    [
        ("subjects", Value::Null),
        ("retention", json!("limits")),
        ("storage", json!("file")),
        ("discard", json!("old")),
        ("max_msgs", json!(-1)),
        ("max_age", json!(0)),
        ("max_msgs_per_subject", json!(-1)),
        ("max_msg_size", json!(-1)),
        ("duplicate_window", Value::Null),
        ("allow_direct", json!(false)),
        ("allow_atomic", json!(false)),
        ("name", Value::Null),
    ]
}

/// Fields that are not set at creation and would lose, hide or change messages, each with its harmless value.
fn forbidden_fields() -> [(&'static str, Value); 12] {
    [
        ("sealed", json!(false)),
        ("no_ack", json!(false)),
        // Sources that are deleted for good are erased.
        ("deny_delete", json!(false)),
        ("allow_rollup_hdrs", json!(false)),
        ("allow_msg_ttl", json!(false)),
        ("allow_msg_counter", json!(false)),
        ("allow_msg_schedules", json!(false)),
        // "async" acknowledges before a message is written.
        ("persist_mode", json!("default")),
        ("mirror", Value::Null),
        ("sources", Value::Null),
        ("subject_transform", Value::Null),
        ("discard_new_per_subject", json!(false)),
    ]
}

/// Compares the configuration of a stream with the one it needs. A limit of bytes is accepted: with `discard`
/// it refuses new messages and drops none. So are more replicas.
///
/// # Errors
///
/// [`LogError::StreamDiffers`] for the first field that differs.
fn verify(stream: &str, found: &Value, wanted: &Value) -> Result<(), LogError> {
    let differs = |field: &'static str, found: &Value, wanted: String| {
        Err(LogError::StreamDiffers {
            stream: stream.to_owned(),
            field,
            found: if found.is_null() { "not set".to_owned() } else { found.to_string() },
            wanted,
        })
    };
    for key in [FORMAT_KEY, PARTITIONS_KEY] {
        let [found, wanted] = [found, wanted].map(|config| field(&config["metadata"], key));
        if found != wanted {
            return differs(key, found, wanted.to_string());
        }
    }
    for (name, absent) in exact_fields() {
        let found = field(found, name);
        let found = if found.is_null() { &absent } else { found };
        if found != field(wanted, name) {
            return differs(name, found, field(wanted, name).to_string());
        }
    }
    for (name, harmless) in forbidden_fields() {
        let found = field(found, name);
        if !found.is_null() && *found != harmless {
            let wanted = if harmless.is_null() { "not set".to_owned() } else { harmless.to_string() };
            return differs(name, found, wanted);
        }
    }
    let replicas = |config: &Value| field(config, "num_replicas").as_u64().unwrap_or(1);
    if replicas(found) < replicas(wanted) {
        return differs(
            "num_replicas",
            field(found, "num_replicas"),
            format!("at least {}", replicas(wanted)),
        );
    }
    Ok(())
}

/// A field of an object; null if it is absent.
fn field<'a>(object: &'a Value, name: &str) -> &'a Value {
    object.as_object().and_then(|object: &Map<String, Value>| object.get(name)).unwrap_or(&Value::Null)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted() -> Value {
        json!({
            "name": "t-p00", "subjects": ["t.log.p00.>"], "retention": "limits", "storage": "file", "num_replicas": 3,
            "discard": "new", "max_msgs": -1, "max_bytes": -1, "max_age": 0, "max_msgs_per_subject": -1,
            "max_msg_size": -1, "duplicate_window": 120_000_000_000_u64, "allow_direct": true, "allow_atomic": true,
            "metadata": { FORMAT_KEY: "1", PARTITIONS_KEY: "16" },
        })
    }

    #[test]
    fn what_the_server_adds_is_accepted() {
        let mut found = wanted();
        found["max_bytes"] = json!(1_000_000);
        found["num_replicas"] = json!(5);
        found["sealed"] = json!(false);
        found["compression"] = json!("none");
        found["metadata"]["_nats.ver"] = json!("2.15.1");
        assert!(verify("t-p00", &found, &wanted()).is_ok());
    }

    #[test]
    fn a_difference_is_named() {
        for (name, value) in [
            ("subjects", json!(["t.>"])),
            ("storage", json!("memory")),
            ("num_replicas", json!(1)),
            ("discard", json!("old")),
            ("max_age", json!(1)),
            ("max_msgs", json!(10)),
            ("allow_direct", Value::Null),
            ("sealed", json!(true)),
            ("persist_mode", json!("async")),
            ("mirror", json!({"name": "x"})),
            ("allow_msg_ttl", json!(true)),
        ] {
            let mut found = wanted();
            found[name] = value;
            let error = verify("t-p00", &found, &wanted()).unwrap_err().to_string();
            assert!(error.contains(&format!("t-p00 has {name} ")), "{error}");
        }
        let mut found = wanted();
        found["metadata"][PARTITIONS_KEY] = json!("8");
        let error = verify("t-p00", &found, &wanted()).unwrap_err().to_string();
        assert!(error.contains("palimpsest.partitions \"8\" and needs \"16\""), "{error}");
        found["metadata"] = Value::Null;
        let error = verify("t-p00", &found, &wanted()).unwrap_err().to_string();
        assert!(error.contains("palimpsest.format not set"), "{error}");
    }
}
