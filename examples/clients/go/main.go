// A client in Go: the four tasks of docs/clients.md. A string is UTF-8, so spans in bytes are slices of it.
package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"log"
	"os"
	"strings"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/status"

	pb "palimpsest/v1"
)

// [connect]

// bearer sends the key with each call.
type bearer string

func (key bearer) GetRequestMetadata(context.Context, ...string) (map[string]string, error) {
	return map[string]string{"authorization": "Bearer " + string(key)}, nil
}

func (bearer) RequireTransportSecurity() bool { return true }

// connect returns a connection: one for the whole program, shared by all goroutines.
func connect() (*grpc.ClientConn, error) {
	address := os.Getenv("PALIMPSEST_SERVER")
	if address == "" {
		address = "http://127.0.0.1:50051"
	}
	// A long report is larger than 4 MiB.
	options := []grpc.DialOption{grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(64 << 20))}
	target := strings.TrimPrefix(address, "https://")
	if target == address {
		return grpc.Dial(strings.TrimPrefix(address, "http://"), append(options, grpc.WithInsecure())...)
	}
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if file := os.Getenv("PALIMPSEST_TLS_CA"); file != "" {
		pem, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		config.RootCAs = x509.NewCertPool()
		config.RootCAs.AppendCertsFromPEM(pem)
	}
	options = append(options, grpc.WithTransportCredentials(credentials.NewTLS(config)))
	if key := os.Getenv("PALIMPSEST_KEY"); key != "" {
		options = append(options, grpc.WithPerRPCCredentials(bearer(key)))
	}
	return grpc.Dial(target, options...)
}

// [/connect]

// [add]

// add adds a source. A repetition changes nothing and is not an error, so retries are safe.
func add(corpus pb.CorpusServiceClient, id, text string) (*pb.AddSourceResponse, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	return corpus.AddSource(ctx, &pb.AddSourceRequest{
		Source:   &pb.Source{Id: id, Title: strings.Title(id), Group: "Ines", Text: text},
		IfExists: pb.IfExists_IF_EXISTS_REPLACE_DIFFERENT,
	})
}

// [/add]

// [check]

// check checks a text, and prints the passages found in known sources.
func check(detection pb.DetectionServiceClient, text string) (*pb.Report, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	response, err := detection.Check(ctx, &pb.CheckRequest{Text: text})
	if err != nil {
		return nil, err
	}
	report := response.Report
	coverage := report.Coverage
	fmt.Printf("%.1f %% covered: %d of %d words\n", coverage.Percent, coverage.Words, coverage.OfWords)
	for _, source := range report.Sources {
		for _, passage := range source.Passages {
			span := passage.Submission
			fmt.Printf("  in %s: %q\n", source.SourceId, text[span.Start:span.End])
		}
	}
	if !report.Guarantee.Holds {
		fmt.Printf("  runs of %d words may have been missed: %v\n", report.Guarantee.MinRunWords, report.Guarantee.Voids)
	}
	return report, nil
}

// [/check]

// [stream]

// checkMany checks texts, each with a key, on one stream. The error of one text does not end the stream.
func checkMany(detection pb.DetectionServiceClient, texts map[string]string) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	stream, err := detection.CheckStream(ctx)
	if err != nil {
		return err
	}
	go func() {
		for key, text := range texts {
			// The error of a stream that has ended comes from Recv.
			if stream.Send(&pb.CheckStreamRequest{Key: key, Check: &pb.CheckRequest{Text: text}}) != nil {
				return
			}
		}
		stream.CloseSend()
	}()
	for {
		response, err := stream.Recv()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if failed := response.GetError(); failed != nil {
			fmt.Printf("%s: %s (%s)\n", response.Key, failed.Message, failed.Reason)
		} else {
			fmt.Printf("%s: %.1f %%\n", response.Key, response.GetReport().Coverage.Percent)
		}
	}
}

// [/stream]

// [errors]

// explain prints the details of an error: its reason, the invalid fields, and the delay before a retry.
func explain(err error) {
	failed := status.Convert(err)
	fmt.Printf("%v: %s\n", failed.Code(), failed.Message())
	for _, detail := range failed.Details() {
		switch detail := detail.(type) {
		case *errdetails.ErrorInfo:
			fmt.Printf("  reason %s %v\n", detail.Reason, detail.Metadata)
		case *errdetails.BadRequest:
			for _, violation := range detail.FieldViolations {
				fmt.Printf("  %s %s\n", violation.Field, violation.Description)
			}
		case *errdetails.RetryInfo:
			fmt.Printf("  try again in %v\n", detail.RetryDelay.AsDuration())
		}
	}
}

// [/errors]

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func main() {
	connection, err := connect()
	must(err)
	defer connection.Close()
	corpus, detection := pb.NewCorpusServiceClient(connection), pb.NewDetectionServiceClient(connection)

	bridges := "A bridge is a promise that two banks make to each other over running water."
	_, err = add(corpus, "bridges", bridges)
	must(err)
	again, err := add(corpus, "bridges", bridges)
	must(err)
	if !again.Unchanged {
		log.Fatal("the same source was added twice")
	}

	essay := "😀 Écrit: a BRIDGE is — a promise that two banks make to each other, n'est-ce pas?"
	report, err := check(detection, essay)
	must(err)
	span := report.Sources[0].Passages[0].Submission
	if copied := essay[span.Start:span.End]; copied != "a BRIDGE is — a promise that two banks make to each other" {
		log.Fatalf("another passage: %q", copied)
	}
	must(checkMany(detection, map[string]string{"essay": essay, "own": "Nobody has written this before, I am sure.", "bad": ""}))

	_, err = check(detection, "")
	explain(err)
	if status.Code(err) != codes.InvalidArgument {
		log.Fatal("an empty text was accepted")
	}
}
