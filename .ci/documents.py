#!/usr/bin/env python3
"""Whether documents of all formats give the same words as the texts that they were made from.

    .ci/documents.py BINARY [FOLDER]

makes PALIMPSEST_DOCUMENTS (40) texts, and of each a document with each program that is there (python-docx, pandoc, LibreOffice,
reportlab, ebooklib, Chromium), in FOLDER or a scratch folder; reads all by `palimpsest extract`, and prints the table of
docs/documents.md. It fails if a document can't be read, or if the words of a kind are less alike than LEAST says.
"""

import collections
import difflib
import importlib.util
import json
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
spec = importlib.util.spec_from_file_location("make", ROOT / "tests/fixtures/documents/make.py")
make = importlib.util.module_from_spec(spec)
spec.loader.exec_module(make)

# The least share of words that a kind has in common with its texts, in order.
LEAST = {".pdf": 0.97}
LEAST_OTHERS = 1.0

LANGUAGES = ("eng", "deu", "rus", "ell", "fra", "pol")


def words_of(language):
    """The most frequent words of a language."""
    lines = (ROOT / "data/frequencies" / f"{language}.txt").read_text(encoding="utf-8").split("\n")
    words = [word for line in lines if not line.startswith("#") for word in line.split()[1:]]
    return [word for word in words if word.isalpha()][:4000]


def sentence(words, rand):
    chosen = [rand.choice(words) for _ in range(rand.randint(6, 24))]
    if rand.random() < 0.4:
        chosen[len(chosen) // 2] += ","
    return " ".join(chosen).capitalize() + "."


def text(number):
    """A text of some 900 words with headings, lists, a table and a note, always the same for a number."""
    rand = random.Random(number)
    words = words_of(LANGUAGES[number % len(LANGUAGES)])
    pick = lambda count: " ".join(rand.choice(words) for _ in range(count))
    blocks = [pick(4).capitalize()]
    for section in range(4):
        blocks.append(pick(3).capitalize())
        for _ in range(4):
            blocks.append(" ".join(sentence(words, rand) for _ in range(rand.randint(2, 6))))
        if section == 1:
            blocks.append("\n".join(pick(5) for _ in range(4)))
        if section == 2:
            blocks.append("\n".join("\t".join(pick(1) for _ in range(3)) for _ in range(4)))
        # What follows a list begins with another block.
        blocks.append(sentence(words, rand))
    blocks[2] = blocks[2][:-1] + " [1]."
    blocks.append("[1] " + sentence(words, rand))
    return "\n\n".join(blocks) + "\n"


def has(module):
    return importlib.util.find_spec(module) is not None


def generate(folder, count):
    """Makes the documents. Their names are KIND-NUMBER.ENDING."""
    texts = [text(number) for number in range(count)]
    for number, content in enumerate(texts):
        (folder / f"text-{number}.txt").write_text(content, encoding="utf-8")
        (folder / f"utf16-{number}.txt").write_bytes(content.encode("utf-16"))
        (folder / f"page-{number}.html").write_text(make.page(content), encoding="utf-8")
        if has("docx"):
            make.python_docx(content, folder / f"python.docx-{number}.docx", header="A head")
        if has("ebooklib"):
            make.ebooklib_epub(content, folder / f"ebooklib-{number}.epub")
        if has("reportlab"):
            make.reportlab_pdf(content, folder / f"reportlab-{number}.pdf")
        if shutil.which("pandoc"):
            for ending in ("docx", "odt", "epub", "html", "rtf"):
                make.pandoc(content, folder / f"pandoc-{number}.{ending}")
        if shutil.which("chromium") and number < 10:
            make.chromium_pdf(folder / f"page-{number}.html", folder / f"chromium-{number}.pdf")
    if shutil.which("soffice") and shutil.which("pandoc"):
        convert(folder)
    return texts


def convert(folder):
    """Converts what pandoc made with LibreOffice, all in one run for each format."""
    profile = f"-env:UserInstallation=file://{tempfile.gettempdir()}/documents-profile"
    for source, endings in (("docx", ("odt", "rtf", "pdf")), ("odt", ("docx",))):
        for ending in endings:
            scratch = folder / "scratch"
            files = [str(path) for path in sorted(folder.glob(f"pandoc-*.{source}"))]
            command = ["soffice", profile, "--headless", "--convert-to", ending, "--outdir", str(scratch), *files]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            for path in scratch.iterdir():
                path.rename(folder / path.name.replace("pandoc", "libreoffice"))
            scratch.rmdir()


def plain_words(content):
    """The words, without the bullets that some formats have as characters."""
    return [word for word in content.split() if word not in ("•", "◦", "-")]


def alike(truth, found):
    """The share of words in common, in order: 2 M / T."""
    if truth == found:
        return 1.0
    return difflib.SequenceMatcher(None, truth, found, autojunk=False).ratio()


def main():
    binary = pathlib.Path(sys.argv[1]).resolve()
    count = int(os.environ.get("PALIMPSEST_DOCUMENTS", "40"))
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(sys.argv[2] if len(sys.argv) > 2 else scratch)
        folder.mkdir(parents=True, exist_ok=True)
        texts = [plain_words(content) for content in generate(folder, count)]
        started = time.monotonic()
        command = [str(binary), "extract", "--json", str(folder)]
        # The program would take the variable for a setting.
        environment = {name: value for name, value in os.environ.items() if name != "PALIMPSEST_DOCUMENTS"}
        lines = subprocess.run(command, stdout=subprocess.PIPE, text=True, env=environment).stdout.splitlines()
        took = time.monotonic() - started
        kinds = collections.defaultdict(list)
        failures = []
        for line in lines:
            item = json.loads(line)
            path = pathlib.PurePath(item["file"])
            kind, number = path.stem.rsplit("-", 1)
            if not item.get("text"):
                failures.append(f"{path.name}: {item.get('reason')}")
                continue
            kinds[kind.split(".")[0] + path.suffix].append(alike(texts[int(number)], plain_words(item["text"])))
    print("| documents | number | with the same words | words in common |\n|---|---|---|---|")
    for kind, shares in sorted(kinds.items()):
        least, same = min(shares), sum(share == 1.0 for share in shares)
        mean = sum(shares) / len(shares)
        print(f"| {kind} | {len(shares)} | {same} | {mean:.2%} (least {least:.2%}) |")
        if mean < LEAST.get(pathlib.PurePath(kind).suffix, LEAST_OTHERS):
            failures.append(f"{kind}: {mean:.3%} of words in common")
    print(f"{len(lines)} documents in {took:.1f} s")
    print("\n".join(failures))
    return 1 if failures or not lines else 0


if __name__ == "__main__":
    sys.exit(main())
