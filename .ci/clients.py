"""Runs the examples that docs/clients.md quotes, each against a real server with an empty corpus of its own.

Needs grpcio-tools, googleapis-common-protos, trustme and npm; Debian's packages for Go and Java in .ci/packages; `cargo test
--no-run`, which builds examples, done before; and `cargo build --release`, or the path of the program in SERVER_BINARY.
"""
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

import google.rpc
import trustme

ROOT = Path(__file__).resolve().parent.parent
CLIENTS = ROOT / "examples/clients"
TARGET = ROOT / os.environ.get("CARGO_TARGET_DIR", "target")
PROTOS = ["corpus", "detection", "documents", "report"]


def run(*command, **options):
    print("$", *command, flush=True)
    subprocess.run([str(part) for part in command], check=True, timeout=300, **options)


@contextmanager
def server(encrypted):
    """A server on a free port, with keys, and with TLS if `encrypted`; gives the environment in which a client finds it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    palimpsest = os.environ.get("SERVER_BINARY", TARGET / "release/palimpsest")
    folder = tempfile.TemporaryDirectory()
    keys, ca, certificate, private_key = (f"{folder.name}/{name}" for name in ("keys", "ca", "certificate", "private"))
    authority = trustme.CA()
    issued = authority.issue_cert("localhost")
    authority.cert_pem.write_to_path(ca)
    Path(certificate).write_bytes(b"".join(part.bytes() for part in issued.cert_chain_pems))
    issued.private_key_pem.write_to_path(private_key)
    create = [palimpsest, "key", "create", "--keys", keys, "--name", "example", "--role", "write", "--collection", "*"]
    said = subprocess.run(create, check=True, capture_output=True, text=True).stdout
    environment = {
        **os.environ,
        "PALIMPSEST_SERVER": f"{'https' if encrypted else 'http'}://localhost:{address.rpartition(':')[2]}",
        "PALIMPSEST_KEY": next(word for word in said.split() if word.startswith("pal_")),
    }
    serve = [palimpsest, "serve", "--in-memory", "--listen", address, "--log", "warn", "--keys", keys]
    if encrypted:
        environment["PALIMPSEST_TLS_CA"] = ca
        serve += ["--tls-certificate", certificate, "--tls-private-key", private_key]
    process = subprocess.Popen(serve)
    try:
        for _ in range(100):
            if subprocess.run([palimpsest, "health"], env=environment, capture_output=True).returncode == 0:
                break
            time.sleep(0.1)
        else:
            sys.exit("the server did not begin to serve")
        yield environment
    finally:
        process.terminate()
        process.wait(timeout=40)
        folder.cleanup()


def python(environment):
    with tempfile.TemporaryDirectory() as folder:
        protos = [f"palimpsest/v1/{name}.proto" for name in PROTOS]
        generate = ["-m", "grpc_tools.protoc", f"-I{ROOT / 'proto'}", f"--python_out={folder}", f"--grpc_python_out={folder}"]
        run(sys.executable, *generate, *protos)
        run(sys.executable, CLIENTS / "python/client.py", env={**environment, "PYTHONPATH": folder})


def typescript(environment):
    folder = CLIENTS / "typescript"
    run("npm", "ci", "--silent", "--no-audit", "--no-fund", cwd=folder)
    run("npm", "run", "--silent", "build", cwd=folder)
    run("npm", "run", "--silent", "start", cwd=folder, env=environment)


def rust(environment):
    run(TARGET / "debug/examples/client", env=environment)


# The protos of google.rpc, which the details of errors are made of: some distributions of grpc-java have no classes for them.
GOOGLE = Path(google.rpc.__path__[0]).parent.parent
# The jars that a client needs, in Debian's folder of them.
JARS = [Path("/usr/share/java") / f"{name}.jar" for name in (
    "geronimo-annotation-1.3-spec", "grpc-api", "grpc-context", "grpc-core", "grpc-netty", "grpc-protobuf", "grpc-protobuf-lite",
    "grpc-stub", "guava", "netty-buffer", "netty-codec", "netty-codec-http", "netty-codec-http2", "netty-codec-socks",
    "netty-common", "netty-handler", "netty-handler-proxy", "netty-resolver", "netty-transport",
    "netty-transport-native-unix-common", "perfmark-api", "protobuf")]


def protoc(*arguments):
    """Generates code from the whole contract."""
    protos = [path.relative_to(ROOT / "proto") for path in sorted((ROOT / "proto/palimpsest/v1").glob("*.proto"))]
    run("protoc", f"-I{ROOT / 'proto'}", *arguments, *protos)


def go(environment):
    with tempfile.TemporaryDirectory() as folder:
        sources = Path(folder) / "src"
        (sources / "client").mkdir(parents=True)
        protoc(f"--go_out=plugins=grpc:{sources}")
        shutil.copy(CLIENTS / "go/main.go", sources / "client")
        environment = {**environment, "GOPATH": f"{folder}:/usr/share/gocode", "GO111MODULE": "off"}
        run("go", "vet", "client", env=environment)
        run("go", "run", "client", env=environment)


def java(environment):
    with tempfile.TemporaryDirectory() as folder:
        generated, classes = Path(folder) / "generated", Path(folder) / "classes"
        generated.mkdir()
        protoc(f"--java_out={generated}", f"--grpc-java_out={generated}", "--plugin=protoc-gen-grpc-java=/usr/bin/grpc_java_plugin")
        run("protoc", f"-I{GOOGLE}", f"--java_out={generated}", "google/rpc/status.proto", "google/rpc/error_details.proto")
        path = ":".join(str(jar) for jar in [classes, *JARS])
        run("javac", "-encoding", "UTF-8", "-cp", path, "-d", classes, *generated.rglob("*.java"), CLIENTS / "java/Client.java")
        run("java", "-cp", path, "Client", env=environment)


for example in (python, typescript, rust, go, java):
    print(f"-- {example.__name__}", flush=True)
    # Debian's netty has no ALPN, and so no TLS for gRPC.
    with server(encrypted=example is not java) as environment:
        example(environment)
