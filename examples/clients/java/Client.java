import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import io.grpc.CallCredentials;
import io.grpc.ChannelCredentials;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsChannelCredentials;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.StreamObserver;
import java.io.File;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import palimpsest.v1.AddSourceRequest;
import palimpsest.v1.AddSourceResponse;
import palimpsest.v1.CheckRequest;
import palimpsest.v1.CheckStreamRequest;
import palimpsest.v1.CheckStreamResponse;
import palimpsest.v1.CorpusServiceGrpc;
import palimpsest.v1.DetectionOptions;
import palimpsest.v1.DetectionServiceGrpc;
import palimpsest.v1.IfExists;
import palimpsest.v1.OffsetUnit;
import palimpsest.v1.Passage;
import palimpsest.v1.Report;
import palimpsest.v1.Source;
import palimpsest.v1.SourceOverlap;
import palimpsest.v1.Span;

/** A client in Java: the four tasks of docs/clients.md. */
public final class Client {
    private Client() {}

    // [connect]
    /** A channel: one for the whole program, shared by all its threads. */
    static ManagedChannel connect() throws IOException {
        String address = System.getenv().getOrDefault("PALIMPSEST_SERVER", "http://127.0.0.1:50051");
        ChannelCredentials credentials = InsecureChannelCredentials.create();
        if (address.startsWith("https://")) {
            TlsChannelCredentials.Builder tls = TlsChannelCredentials.newBuilder();
            String authorities = System.getenv("PALIMPSEST_TLS_CA");
            if (authorities != null) {
                tls.trustManager(new File(authorities));
            }
            credentials = tls.build();
        }
        // A long report is larger than 4 MiB.
        String target = address.replaceFirst("^https?://", "");
        return Grpc.newChannelBuilder(target, credentials).maxInboundMessageSize(64 << 20).build();
    }

    /** Sends the key with each call. */
    static CallCredentials key() {
        String key = System.getenv("PALIMPSEST_KEY");
        return key == null ? null : new CallCredentials() {
            @Override
            public void applyRequestMetadata(RequestInfo call, Executor executor, MetadataApplier applier) {
                Metadata headers = new Metadata();
                headers.put(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer " + key);
                applier.apply(headers);
            }

            @Override
            public void thisUsesUnstableApi() {}
        };
    }
    // [/connect]

    // [add]
    /** Adds a source. A repetition changes nothing and is not an error, so retries are safe. */
    static AddSourceResponse add(CorpusServiceGrpc.CorpusServiceBlockingStub corpus, String id, String text) {
        Source source = Source.newBuilder().setId(id).setTitle(id).setGroup("Ines").setText(text).build();
        return corpus.withDeadlineAfter(10, TimeUnit.SECONDS).addSource(AddSourceRequest.newBuilder()
                .setSource(source)
                .setIfExists(IfExists.IF_EXISTS_REPLACE_DIFFERENT)
                .build());
    }
    // [/add]

    // [check]
    /** Checks a text, and prints the passages found in known sources. Strings of Java count UTF-16 code units. */
    static Report check(DetectionServiceGrpc.DetectionServiceBlockingStub detection, String text) {
        DetectionOptions options = DetectionOptions.newBuilder()
                .setOffsetUnit(OffsetUnit.OFFSET_UNIT_UTF16_CODE_UNITS)
                .build();
        CheckRequest request = CheckRequest.newBuilder().setText(text).setOptions(options).build();
        Report report = detection.withDeadlineAfter(10, TimeUnit.SECONDS).check(request).getReport();
        System.out.printf("%.1f %% covered: %d of %d words%n", report.getCoverage().getPercent(),
                report.getCoverage().getWords(), report.getCoverage().getOfWords());
        for (SourceOverlap source : report.getSourcesList()) {
            for (Passage passage : source.getPassagesList()) {
                Span span = passage.getSubmission();
                System.out.printf("  in %s: %s%n", source.getSourceId(),
                        text.substring((int) span.getStart(), (int) span.getEnd()));
            }
        }
        if (!report.getGuarantee().getHolds()) {
            System.out.printf("  runs of %d words may have been missed: %s%n",
                    report.getGuarantee().getMinRunWords(), report.getGuarantee().getVoidsList());
        }
        return report;
    }
    // [/check]

    // [stream]
    /** Checks texts, each with a key, on one stream. The error of one text does not end the stream. */
    static void checkMany(DetectionServiceGrpc.DetectionServiceStub detection, Map<String, String> texts)
            throws InterruptedException {
        CountDownLatch ended = new CountDownLatch(1);
        AtomicReference<Throwable> failure = new AtomicReference<>();
        StreamObserver<CheckStreamRequest> requests =
                detection.withDeadlineAfter(60, TimeUnit.SECONDS).checkStream(new StreamObserver<>() {
            @Override
            public void onNext(CheckStreamResponse response) {
                if (response.hasError()) {
                    System.out.printf("%s: %s (%s)%n", response.getKey(), response.getError().getMessage(),
                            response.getError().getReason());
                } else {
                    System.out.printf("%s: %.1f %%%n", response.getKey(), response.getReport().getCoverage().getPercent());
                }
            }

            @Override
            public void onError(Throwable error) {
                failure.set(error);
                ended.countDown();
            }

            @Override
            public void onCompleted() {
                ended.countDown();
            }
        });
        texts.forEach((key, text) -> requests.onNext(CheckStreamRequest.newBuilder()
                .setKey(key)
                .setCheck(CheckRequest.newBuilder().setText(text))
                .build()));
        requests.onCompleted();
        ended.await();
        if (failure.get() != null) {
            throw new IllegalStateException("the stream failed", failure.get());
        }
    }
    // [/stream]

    // [errors]
    /** Prints the details of an error: its reason, and the invalid fields. */
    static void explain(StatusRuntimeException error) throws InvalidProtocolBufferException {
        System.out.printf("%s: %s%n", error.getStatus().getCode(), error.getStatus().getDescription());
        for (Any detail : StatusProto.fromThrowable(error).getDetailsList()) {
            if (detail.is(ErrorInfo.class)) {
                ErrorInfo info = detail.unpack(ErrorInfo.class);
                System.out.printf("  reason %s %s%n", info.getReason(), info.getMetadataMap());
            } else if (detail.is(BadRequest.class)) {
                detail.unpack(BadRequest.class).getFieldViolationsList().forEach(violation ->
                        System.out.printf("  %s %s%n", violation.getField(), violation.getDescription()));
            }
        }
    }
    // [/errors]

    private static void require(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }

    public static void main(String[] arguments) throws Exception {
        ManagedChannel channel = connect();
        try {
            var corpus = CorpusServiceGrpc.newBlockingStub(channel).withCallCredentials(key());
            var detection = DetectionServiceGrpc.newBlockingStub(channel).withCallCredentials(key());
            String bridges = "A bridge is a promise that two banks make to each other over running water.";
            add(corpus, "bridges", bridges);
            require(add(corpus, "bridges", bridges).getUnchanged(), "the same source was added twice");

            String essay = "😀 Écrit: a BRIDGE is — a promise that two banks make to each other, n'est-ce pas?";
            Span span = check(detection, essay).getSources(0).getPassages(0).getSubmission();
            String copied = essay.substring((int) span.getStart(), (int) span.getEnd());
            require(copied.equals("a BRIDGE is — a promise that two banks make to each other"), copied);

            checkMany(DetectionServiceGrpc.newStub(channel).withCallCredentials(key()),
                    Map.of("essay", essay, "own", "Nobody has written this before, I am sure.", "bad", ""));
            try {
                check(detection, "");
                throw new AssertionError("an empty text was accepted");
            } catch (StatusRuntimeException error) {
                explain(error);
                require(error.getStatus().getCode() == Status.Code.INVALID_ARGUMENT, "another code");
            }
        } finally {
            channel.shutdown().awaitTermination(10, TimeUnit.SECONDS);
        }
    }
}
