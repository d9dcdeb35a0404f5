"""Runs what the README shows, as it stands there.

    readme.py commands   prints the two commands that the README begins with, a line each
    readme.py session    starts the server by the first of them, or by SERVER_BINARY in place of `cargo run`, runs the session's lines in a shell, holds the
                         last answer against the one that the README shows, does the same from Python without
                         any files, makes the reports of the README's commands in the folder REPORTS if that is set, and stops the
                         server with SIGTERM; then all of it again with buf curl
    readme.py cluster    runs the lines that start a cluster in an empty folder, looks for what was copied in the last answer, and
                         ends the cluster as the README says
"""
import json
import os
import re
import shlex
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

README = Path("README.md").read_text(encoding="utf-8")
ADDRESS = "127.0.0.1:50051"
# How the first command builds the program.
BUILDS = "cargo run --release --"


def blocks(language):
    """The code blocks in one language, in order."""
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


def session_lines(name):
    after = README.split(f"<!-- {name}:", 1)[1]
    block = re.search(r"```sh\n(.*?)```", after, re.DOTALL).group(1)
    return [line for line in block.splitlines() if line.strip()]


def run(line):
    done = subprocess.run(line, shell=True, capture_output=True, text=True, timeout=60)
    print(f"$ {line}\n{done.stdout}{done.stderr}", flush=True)
    if done.returncode:
        sys.exit(f"the README's line failed with {done.returncode}: {line}")
    return done.stdout


def holds(expected, actual, path="answer"):
    """Whether everything that the README shows is in the answer."""
    if isinstance(expected, dict):
        for key, value in expected.items():
            if key not in actual:
                sys.exit(f"{path}.{key} is in the README, but not in the answer")
            holds(value, actual[key], f"{path}.{key}")
    elif isinstance(expected, list):
        if len(expected) != len(actual):
            sys.exit(f"{path} has {len(actual)} entries, {len(expected)} in the README")
        for index, (one, other) in enumerate(zip(expected, actual)):
            holds(one, other, f"{path}[{index}]")
    elif expected != actual:
        sys.exit(f"{path} is {actual!r}, but {expected!r} in the README")


def wait_until_serving(server):
    for _ in range(600):
        if server.poll() is not None:
            sys.exit(f"the server ended with {server.returncode}")
        probe = subprocess.run(
            ["grpcurl", "-plaintext", ADDRESS, "grpc.health.v1.Health/Check"], capture_output=True, text=True)
        if '"SERVING"' in probe.stdout:
            return
        time.sleep(0.1)
    sys.exit("the server did not begin to serve")


def by_buf(line):
    """The same call as a line of the session, by buf curl; None for a line that buf has nothing for."""
    words = shlex.split(line)
    method, data = words[-1], words[words.index("-d") + 1] if "-d" in words else "{}"
    if method == "list":
        call = ["--protocol", "grpc", "--list-methods", f"http://{ADDRESS}"]
    elif "describe" in words:
        return None
    else:
        call = ["--protocol", "grpc", "--data", data, f"http://{ADDRESS}/{method}"]
    return shlex.join(["buf", "curl", "--http2-prior-knowledge", *call])


def check_from_python():
    """A client made from the protos by grpcio-tools alone."""
    import tempfile

    import grpc
    import grpc_tools
    from grpc_tools import protoc

    with tempfile.TemporaryDirectory() as out:
        files = [str(path) for path in Path("proto").rglob("*.proto")]
        # google.protobuf's own protos are in the package.
        standard = Path(grpc_tools.__file__).parent / "_proto"
        generate = ["protoc", "-Iproto", f"-I{standard}", f"--python_out={out}", f"--grpc_python_out={out}"]
        if protoc.main([*generate, *files]):
            sys.exit("grpcio-tools can't compile the protos")
        sys.path.insert(0, out)
        from palimpsest.v1 import detection_pb2, detection_pb2_grpc

        text = "Écrit: a bridge is a promise that two banks make to each other, n'est-ce pas?"
        options = detection_pb2.DetectionOptions(offset_unit=3)  # code points, as Python counts
        with grpc.insecure_channel(ADDRESS) as channel:
            stub = detection_pb2_grpc.DetectionServiceStub(channel)
            request = detection_pb2.CheckRequest(text=text, options=options)
            report = stub.Check(request, timeout=10).report
            span = report.sources[0].passages[0].submission
            found = text[span.start:span.end]
            print(f"Python: {report.coverage.percent:.1f} %, {found!r}")
            if found != "a bridge is a promise that two banks make to each other":
                sys.exit("Python's slice is not the passage")
            try:
                stub.Check(detection_pb2.CheckRequest(), timeout=10)
                sys.exit("an empty text was checked")
            except grpc.RpcError as error:
                if error.code() != grpc.StatusCode.INVALID_ARGUMENT:
                    sys.exit(f"an empty text gave {error.code()}")


def main():
    commands = blocks("sh")[0].strip().splitlines()
    if sys.argv[1:] == ["commands"]:
        print("\n".join(commands))
        return
    if sys.argv[1:] == ["cluster"]:
        return cluster_session()
    serve = commands[0]
    if binary := os.environ.get("SERVER_BINARY"):
        if not serve.startswith(BUILDS):
            sys.exit(f"the README's first command does not begin with {BUILDS!r}: {serve}")
        serve = shlex.quote(binary) + serve.removeprefix(BUILDS)
    with_server(serve, lambda: (session(lambda line: line), check_from_python(), make_reports(binary)))
    with_server(serve, lambda: session(by_buf))


def run_all(lines, translated):
    return [run(line) for line in map(translated, lines) if line]


def session(translated):
    answers = run_all(session_lines("session"), translated)
    holds(json.loads(blocks("json")[0]), json.loads(answers[-1]))
    run_all(session_lines("library session"), translated)


def make_reports(binary):
    """Runs the README's commands that make reports, on the texts of its session, in the folder REPORTS."""
    reports = os.environ.get("REPORTS")
    if not reports:
        return
    folder = Path(reports)
    (folder / "sources").mkdir()
    requests = [json.loads(shlex.split(line)[3]) for line in session_lines("session") if " -d " in line]
    for source in [request["source"] for request in requests if "source" in request]:
        (folder / "sources" / f"{source['id']}.txt").write_text(source["text"], encoding="utf-8")
    (folder / "essay.txt").write_text(requests[-1]["text"], encoding="utf-8")
    (folder / "palimpsest").symlink_to(Path(binary or "target/release/palimpsest").resolve())
    after = README.split("<!-- reports:", 1)[1]
    lines = re.search(r"```sh\n(.*?)```", after, re.DOTALL).group(1).splitlines()
    for line in lines:
        run(f"cd {shlex.quote(reports)} && PATH=.:$PATH && {line}")


def cluster_session():
    binary = Path(os.environ.get("SERVER_BINARY", "target/release/palimpsest")).resolve()
    end = re.search(r"`(kill %[^`]*)`", README).group(1)
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "palimpsest").symlink_to(binary)
        # If a line fails, what was started before ends too.
        begin = "set -e; trap 'kill $(jobs -p)' ERR"
        script = "\n".join([begin, *session_lines("cluster session"), end, "wait"])
        shell = subprocess.Popen(
            ["bash", "-c", script], cwd=folder, env={**os.environ, "PATH": f"{folder}:{os.environ['PATH']}"},
            stdout=subprocess.PIPE, text=True, start_new_session=True)
        try:
            answer, _ = shell.communicate(timeout=120)
            print(answer, flush=True)
            if shell.returncode != 0:
                sys.exit(f"the README's lines for a cluster ended with {shell.returncode}")
        except subprocess.TimeoutExpired:
            sys.exit("the README's lines for a cluster did not end within two minutes")
        finally:
            if shell.poll() is None:
                os.killpg(shell.pid, signal.SIGKILL)
    if "bridges.txt: 100.0 % covered" not in answer:
        sys.exit("the text that was added at one node was not found at the other")


def with_server(command, work):
    folder = tempfile.TemporaryDirectory()
    data_dir = {"PALIMPSEST_DATA_DIR": os.path.join(folder.name, "data")}
    server = subprocess.Popen(shlex.split(command), env={**os.environ, **data_dir})
    try:
        wait_until_serving(server)
        work()
        server.send_signal(signal.SIGTERM)
        # cargo has become the server by now; that drains, and exits with 0.
        if server.wait(timeout=40) != 0:
            sys.exit(f"after SIGTERM the server ended with {server.returncode}")
    finally:
        server.kill()


main()
