// A client of palimpsest in TypeScript: adds sources, checks a text, reads the report, checks many texts.
//
//     npm ci && npm run build && npm start
//
// PALIMPSEST_SERVER is the server (http://127.0.0.1:50051). If the server needs them, PALIMPSEST_KEY is the key, and
// PALIMPSEST_TLS_CA a file with the authority of its certificate.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import * as grpc from "@grpc/grpc-js";
import * as loader from "@grpc/proto-loader";
import type { ProtoGrpcType as CorpusProto } from "./generated/corpus.js";
import type { ProtoGrpcType as DetectionProto } from "./generated/detection.js";
import type { AddSourceResponse__Output } from "./generated/palimpsest/v1/AddSourceResponse.js";
import type { CheckResponse__Output } from "./generated/palimpsest/v1/CheckResponse.js";
import type { CheckStreamResponse__Output } from "./generated/palimpsest/v1/CheckStreamResponse.js";
import type { CorpusServiceClient } from "./generated/palimpsest/v1/CorpusService.js";
import type { DetectionServiceClient } from "./generated/palimpsest/v1/DetectionService.js";

const here = (path: string) => new URL(path, import.meta.url).pathname;

// [connect]
// The same options as in package.json's "generate", so that values match their types.
const choices = { longs: Number, enums: String, defaults: true, oneofs: true };
const protos = here("../../../../proto");
const files = ["palimpsest/v1/corpus.proto", "palimpsest/v1/detection.proto"];
const definition = loader.loadSync(files, { ...choices, includeDirs: [protos] });
const { palimpsest } = grpc.loadPackageDefinition(definition) as unknown as CorpusProto & DetectionProto;

function connect() {
  const server = new URL(process.env.PALIMPSEST_SERVER ?? "http://127.0.0.1:50051");
  const options: grpc.ChannelOptions = {
    "grpc.service_config": readFileSync(here("../../../../contrib/service-config.json"), "utf8"), // retries
    "grpc.max_receive_message_length": 64 << 20, // a long report is larger than 4 MiB
    "grpc.keepalive_time_ms": 60_000,
  };
  const credentials = server.protocol === "https:" ? secured() : grpc.credentials.createInsecure();
  return {
    corpus: new palimpsest.v1.CorpusService(server.host, credentials, options),
    detection: new palimpsest.v1.DetectionService(server.host, credentials, options),
  };
}

function secured(): grpc.ChannelCredentials {
  const { PALIMPSEST_TLS_CA: ca, PALIMPSEST_KEY: key } = process.env;
  const tls = grpc.credentials.createSsl(ca ? readFileSync(ca) : null);
  if (!key) return tls;
  const bearer = new grpc.Metadata();
  bearer.set("authorization", `Bearer ${key}`);
  return tls.compose(grpc.credentials.createFromMetadataGenerator((_, done) => done(null, bearer)));
}
// [/connect]

// [call]
/** Calls a method with a deadline, and returns a promise of its response. */
function call<Q, A>(
  method: (request: Q, options: grpc.CallOptions, done: grpc.requestCallback<A>) => unknown,
  request: Q,
  seconds = 10,
): Promise<A> {
  const options = { deadline: Date.now() + seconds * 1000 };
  return new Promise((resolve, reject) => {
    method(request, options, (error, answer) => (error || !answer ? reject(error) : resolve(answer)));
  });
}
// [/call]

// [add]
/** Adds a source. A repetition changes nothing and is not an error, so retries are safe. */
function add(corpus: CorpusServiceClient, id: string, text: string): Promise<AddSourceResponse__Output> {
  const request = { source: { id, group: "Ines", text }, ifExists: "IF_EXISTS_REPLACE_DIFFERENT" as const };
  return call(corpus.addSource.bind(corpus), request);
}
// [/add]

// [check]
/** Checks a text, and prints the passages found in known sources. JavaScript strings count UTF-16 code units. */
async function check(detection: DetectionServiceClient, text: string) {
  const request = { text, options: { offsetUnit: "OFFSET_UNIT_UTF16_CODE_UNITS" as const } };
  const answer: CheckResponse__Output = await call(detection.check.bind(detection), request);
  const { coverage, sources, guarantee } = answer.report!;
  console.log(`${coverage!.percent.toFixed(1)} % covered: ${coverage!.words} of ${coverage!.ofWords} words`);
  const passages = sources.flatMap((source) =>
    source.passages.map(({ submission }) => text.slice(submission!.start, submission!.end)),
  );
  for (const passage of passages) console.log(`  ${passage}`);
  if (!guarantee!.holds) console.log(`  runs of ${guarantee!.minRunWords} words may have been missed`);
  return passages;
}
// [/check]

// [stream]
/** Checks texts, each with a key, on one stream. The error of one text does not end the stream. */
async function checkMany(detection: DetectionServiceClient, texts: Record<string, string>) {
  const stream = detection.checkStream({ deadline: Date.now() + 60_000 });
  for (const [key, text] of Object.entries(texts)) stream.write({ key, check: { text } });
  stream.end();
  for await (const response of stream as AsyncIterable<CheckStreamResponse__Output>) {
    const { key, report, error } = response;
    console.log(`${key}: ${report ? `${report.coverage!.percent.toFixed(1)} %` : error!.message}`);
  }
}
// [/stream]

async function main() {
  const { corpus, detection } = connect();
  const bridges = "A bridge is a promise that two banks make to each other over running water.";
  await add(corpus, "bridges", bridges);
  assert.ok((await add(corpus, "bridges", bridges)).unchanged);

  const essay = "😀 Écrit: a BRIDGE is — a promise that two banks make to each other, n'est-ce pas?";
  const passages = await check(detection, essay);
  assert.deepEqual(passages, ["a BRIDGE is — a promise that two banks make to each other"]);

  await checkMany(detection, { essay, own: "Nobody has written this before, I am sure.", bad: "" });

  const code = (wanted: grpc.status) => (error: grpc.ServiceError) => error.code === wanted;
  const empty = call(detection.check.bind(detection), { text: "" });
  await assert.rejects(empty, code(grpc.status.INVALID_ARGUMENT));
  const late = call(detection.check.bind(detection), { text: essay }, 0);
  await assert.rejects(late, code(grpc.status.DEADLINE_EXCEEDED));
  corpus.close();
  detection.close();
}

await main();
