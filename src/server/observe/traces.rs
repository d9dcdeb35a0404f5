//! Traces, sent by OTLP to a collector if one is set: a span for each call, with spans for what the call waits for. Only spans
//! with their declared fields are sent, never log lines.

use std::time::Duration;

use http::HeaderMap;
use opentelemetry::propagation::{Extractor, TextMapPropagator as _};
use opentelemetry::trace::{TraceContextExt as _, TracerProvider as _};
use opentelemetry_otlp::{ExporterBuildError, SpanExporter, WithExportConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing::level_filters::LevelFilter;
use tracing::{Span, Subscriber};
use tracing_opentelemetry::OpenTelemetrySpanExt as _;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::registry::LookupSpan;

/// The target of the spans of calls.
pub(super) const TARGET: &str = "palimpsest::call";

/// Maximum time for sending one batch of spans.
const EXPORT_TIMEOUT: Duration = Duration::from_secs(5);

/// Maximum time for sending the last spans when the server ends.
const FLUSH_TIMEOUT: Duration = Duration::from_secs(2);

/// Sends spans to a collector, from a thread of its own. Spans are dropped if the collector is slow or unreachable.
#[derive(Debug)]
pub(super) struct Traces {
    provider: SdkTracerProvider,
}

impl Traces {
    /// Starts to send spans to the collector at `endpoint`, which need not be reachable yet. Must be called within a runtime.
    ///
    /// # Errors
    ///
    /// [`ExporterBuildError`] if the endpoint is invalid.
    pub(super) fn start(endpoint: &str) -> Result<Self, ExporterBuildError> {
        let exporter = SpanExporter::builder().with_tonic();
        let exporter = exporter.with_endpoint(endpoint).with_timeout(EXPORT_TIMEOUT).build()?;
        let mut resource = Resource::builder();
        // By convention, the environment overrides the name.
        if std::env::var_os("OTEL_SERVICE_NAME").is_none() {
            resource = resource.with_service_name("palimpsest");
        }
        let provider = SdkTracerProvider::builder().with_resource(resource.build());
        Ok(Self { provider: provider.with_batch_exporter(exporter).build() })
    }

    /// The layer that records spans.
    pub(super) fn layer<S>(&self) -> impl Layer<S> + use<S>
    where
        S: Subscriber + for<'span> LookupSpan<'span>,
    {
        let is_ours = filter_fn(|metadata| metadata.is_span() && metadata.target().starts_with("palimpsest"));
        tracing_opentelemetry::layer()
            .with_tracer(self.provider.tracer("palimpsest"))
            .with_location(false)
            .with_threads(false)
            .with_target(false)
            .with_tracked_inactivity(false)
            .with_filter(is_ours.with_max_level_hint(LevelFilter::DEBUG))
    }

    /// Sends the remaining spans, within [`FLUSH_TIMEOUT`].
    pub(super) fn stop(self) {
        if let Err(error) = self.provider.shutdown_with_timeout(FLUSH_TIMEOUT) {
            tracing::warn!(%error, "the last spans could not be sent to the collector of traces");
        }
    }
}

/// Makes the span of a call part of its caller's trace.
pub(super) fn continue_trace(span: &Span, headers: &HeaderMap) {
    // Fails if no traces are collected; then no parent is needed.
    let _set = span.set_parent(TraceContextPropagator::new().extract(&Headers(headers)));
}

/// The id of the span's trace, if traces are collected.
pub(super) fn trace_id(span: &Span) -> Option<String> {
    let context = span.context();
    let span = context.span();
    let context = span.span_context();
    context.is_valid().then(|| context.trace_id().to_string())
}

struct Headers<'a>(&'a HeaderMap);

impl Extractor for Headers<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key)?.to_str().ok()
    }

    fn keys(&self) -> Vec<&str> {
        self.0.keys().map(http::HeaderName::as_str).collect()
    }
}
