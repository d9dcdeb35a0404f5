//! Traces, sent by OTLP to a collector where one is named: a span for each call, and within it what the call waits for.
//! Only spans are sent, with the fields that are named where they are made; nothing that is logged.

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

/// How long the collector may take for some spans.
const EXPORT_TIMEOUT: Duration = Duration::from_secs(5);

/// How long the last spans may take when the server ends.
const FLUSH_TIMEOUT: Duration = Duration::from_secs(2);

/// Sends spans to a collector, from a thread of its own. When the collector is slow or dead, spans are dropped.
#[derive(Debug)]
pub(super) struct Traces {
    provider: SdkTracerProvider,
}

impl Traces {
    /// Spans go to the collector at `endpoint`. It need not be there yet. To be called within a runtime.
    ///
    /// # Errors
    ///
    /// When the endpoint is none.
    pub(super) fn start(endpoint: &str) -> Result<Self, ExporterBuildError> {
        let exporter = SpanExporter::builder().with_tonic();
        let exporter = exporter.with_endpoint(endpoint).with_timeout(EXPORT_TIMEOUT).build()?;
        let mut resource = Resource::builder();
        // As the conventions have it, the environment may say otherwise.
        if std::env::var_os("OTEL_SERVICE_NAME").is_none() {
            resource = resource.with_service_name("palimpsest");
        }
        let provider = SdkTracerProvider::builder().with_resource(resource.build());
        Ok(Self { provider: provider.with_batch_exporter(exporter).build() })
    }

    /// Where spans are noted.
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

    /// Sends what was noted, as far as that is possible within a moment.
    pub(super) fn stop(self) {
        if let Err(error) = self.provider.shutdown_with_timeout(FLUSH_TIMEOUT) {
            tracing::warn!(%error, "the last spans could not be sent to the collector of traces");
        }
    }
}

/// Makes the span of a call part of the trace that its caller says it belongs to.
pub(super) fn continue_callers(span: &Span, headers: &HeaderMap) {
    // Where no traces are collected, there is no parent to be had, and none is needed.
    let _set = span.set_parent(TraceContextPropagator::new().extract(&Headers(headers)));
}

/// The trace that a span belongs to, if traces are collected.
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
