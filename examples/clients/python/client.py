"""A client of palimpsest in Python: adds sources, checks a text, reads the report, checks many texts.

    python -m pip install -r requirements.txt
    python -m grpc_tools.protoc -I../../../proto --python_out=. --grpc_python_out=. \
        palimpsest/v1/corpus.proto palimpsest/v1/detection.proto palimpsest/v1/documents.proto palimpsest/v1/report.proto
    python client.py

PALIMPSEST_SERVER says which server (http://127.0.0.1:50051); PALIMPSEST_KEY and PALIMPSEST_TLS_CA, if it wants a key, and
what certificate it shows.
"""
import os
from pathlib import Path

import grpc
from google.rpc import error_details_pb2
from grpc_status import rpc_status

from palimpsest.v1 import corpus_pb2, corpus_pb2_grpc, detection_pb2, detection_pb2_grpc, report_pb2

# [connect]
SERVICE_CONFIG = Path(__file__).parents[3] / "contrib/service-config.json"


def connect():
    """Returns a channel: one for the whole program, shared by all its threads."""
    scheme, _, target = os.environ.get("PALIMPSEST_SERVER", "http://127.0.0.1:50051").rpartition("://")
    options = [
        ("grpc.service_config", SERVICE_CONFIG.read_text()),  # retries
        ("grpc.max_receive_message_length", 64 << 20),  # a long report is larger than 4 MiB
        ("grpc.keepalive_time_ms", 60_000),
    ]
    if scheme != "https":
        return grpc.insecure_channel(target, options)
    ca = os.environ.get("PALIMPSEST_TLS_CA")
    credentials = grpc.ssl_channel_credentials(Path(ca).read_bytes() if ca else None)
    if key := os.environ.get("PALIMPSEST_KEY"):
        credentials = grpc.composite_channel_credentials(credentials, grpc.access_token_call_credentials(key))
    return grpc.secure_channel(target, credentials, options)
# [/connect]


# [add]
def add(corpus, id, text):
    """Adds a source. A repetition changes nothing and is not an error, so retries are safe."""
    request = corpus_pb2.AddSourceRequest(
        source=corpus_pb2.Source(id=id, title=id.title(), group="Ines", text=text),
        if_exists=corpus_pb2.IF_EXISTS_REPLACE_DIFFERENT,
    )
    return corpus.AddSource(request, timeout=10)
# [/add]


# [check]
def check(detection, text):
    """Checks a text, and prints the passages found in known sources. Python strings count code points."""
    options = detection_pb2.DetectionOptions(offset_unit=report_pb2.OFFSET_UNIT_CODE_POINTS)
    request = detection_pb2.CheckRequest(text=text, options=options)
    report = detection.Check(request, timeout=10).report
    coverage = report.coverage
    print(f"{coverage.percent:.1f} % covered: {coverage.words} of {coverage.of_words} words")
    for source in report.sources:
        for passage in source.passages:
            span = passage.submission
            print(f"  in {source.source_id}: {text[span.start:span.end]!r}")
    if not report.guarantee.holds:
        print(f"  runs of {report.guarantee.min_run_words} words may have been missed: {report.guarantee.voids}")
    return report
# [/check]


# [stream]
def check_many(detection, texts):
    """Checks texts, each with a key, on one stream. The error of one text does not end the stream."""
    requests = (
        detection_pb2.CheckStreamRequest(key=key, check=detection_pb2.CheckRequest(text=text))
        for key, text in texts.items()
    )
    for response in detection.CheckStream(requests, timeout=60):
        if response.WhichOneof("result") == "error":
            print(f"{response.key}: {response.error.message}")
        else:
            print(f"{response.key}: {response.report.coverage.percent:.1f} %")
# [/stream]


# [errors]
def explain(error):
    """Prints the details of a status: the invalid fields, and the delay before a retry."""
    print(f"{error.code().name}: {error.details()}")
    status = rpc_status.from_call(error)
    for detail in status.details if status else ():
        bad, retry = error_details_pb2.BadRequest(), error_details_pb2.RetryInfo()
        if detail.Unpack(bad):
            for violation in bad.field_violations:
                print(f"  {violation.field} {violation.description}")
        elif detail.Unpack(retry):
            print(f"  try again in {retry.retry_delay.ToTimedelta()}")
# [/errors]


def main():
    with connect() as channel:
        corpus = corpus_pb2_grpc.CorpusServiceStub(channel)
        detection = detection_pb2_grpc.DetectionServiceStub(channel)
        bridges = "A bridge is a promise that two banks make to each other over running water."
        add(corpus, "bridges", bridges)
        assert add(corpus, "bridges", bridges).unchanged

        essay = "😀 Écrit: a BRIDGE is — a promise that two banks make to each other, n'est-ce pas?"
        report = check(detection, essay)
        span = report.sources[0].passages[0].submission
        assert essay[span.start:span.end] == "a BRIDGE is — a promise that two banks make to each other"

        check_many(detection, {"essay": essay, "own": "Nobody has written this before, I am sure.", "bad": ""})

        try:
            detection.Check(detection_pb2.CheckRequest(text=""), timeout=10)
        except grpc.RpcError as error:
            explain(error)
            assert error.code() == grpc.StatusCode.INVALID_ARGUMENT
        try:
            detection.Check(detection_pb2.CheckRequest(text=essay), timeout=0.000_001)
        except grpc.RpcError as error:
            assert error.code() == grpc.StatusCode.DEADLINE_EXCEEDED


if __name__ == "__main__":
    main()
