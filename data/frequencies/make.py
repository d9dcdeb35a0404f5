#!/usr/bin/env python3
"""Makes the tables of word frequencies in this folder.

    pip download --no-deps wordfreq==3.1.1 pythainlp==5.4.0   # unpack both wheels; needs msgpack
    make.py WORDFREQ_DATA_DIR TNC_FREQ_TXT OUT_DIR

A table has one class of frequency a line, a factor of the square root of two apart: the share of each of its words in
millionths, then the words. Words with digits are left out.
"""
import gzip
import math
import sys
import unicodedata
from collections.abc import Iterable
from pathlib import Path

import msgpack

# The least share of a word, and the most words of a table.
LEAST, MOST = 3e-5, 3000

# Codes of wordfreq, and of ISO 639-3.
CODES = dict(pair.split(":") for pair in (
    "ar:ara bg:bul bn:ben ca:cat cs:ces da:dan de:deu el:ell en:eng es:spa fa:pes fi:fin fil:tgl fr:fra he:heb hi:hin "
    "hu:hun id:ind it:ita ja:jpn ko:kor lt:lit lv:lav mk:mkd nb:nob nl:nld pl:pol pt:por ro:ron ru:rus sh:hbs sk:slk "
    "sl:slv sv:swe ta:tam tr:tur uk:ukr ur:urd vi:vie zh:cmn").split())


def is_word(word: str) -> bool:
    has_number = any(unicodedata.category(c)[0] == "N" for c in word)
    return not has_number and " " not in word and any(c.isalpha() for c in word)


def write(path: Path, words: Iterable[tuple[str, float]]) -> None:
    """Writes a table of the words, which come with their shares, the most frequent first."""
    classes: dict[int, list[str]] = {}
    count = 0
    for word, share in words:
        if share < LEAST or count == MOST:
            break
        if is_word(word):
            count += 1
            classes.setdefault(round(2 * math.log2(share * 1e6)), []).append(word)
    lines = (f"{round(2 ** (key / 2))} {' '.join(sorted(classes[key]))}\n" for key in sorted(classes, reverse=True))
    path.write_text("".join(lines), encoding="utf-8")


def main() -> None:
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    wordfreq, thai, out = map(Path, sys.argv[1:])
    out.mkdir(parents=True, exist_ok=True)
    for code, name in CODES.items():
        with gzip.open(wordfreq / f"small_{code}.msgpack.gz") as file:
            _header, *bins = msgpack.load(file)
        # The bin at place n has the words whose share is 10^(-n/100).
        write(out / f"{name}.txt", ((word, 10 ** (-n / 100)) for n, words in enumerate(bins) for word in words))
    counts = [line.split("\t") for line in thai.read_text(encoding="utf-8-sig").splitlines() if "\t" in line]
    total = sum(int(count) for _, count in counts)
    by_count = sorted(counts, key=lambda row: -int(row[1]))
    write(out / "tha.txt", ((word, int(count) / total) for word, count in by_count))


if __name__ == "__main__":
    main()
