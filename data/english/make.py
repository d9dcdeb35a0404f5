"""Makes the tables of this folder: `make.py CMUDICT DALE_CHALL`.

CMUDICT is cmudict.dict, and DALE_CHALL a list with one word a line; README.md says where they come from.
"""

import re
import sys
from pathlib import Path

HERE = Path(__file__).parent
WORD = re.compile(r"[a-z][a-z']*")


def syllables(path):
    """Words by their number of syllables, of the first pronunciation: the phones that carry a stress, at least one."""
    words = {}
    for line in Path(path).read_text(encoding="utf-8").splitlines():
        word, *phones = line.split("#")[0].split()
        if WORD.fullmatch(word):
            words.setdefault(word, max(1, sum(phone[-1].isdigit() for phone in phones)))
    return words


def main(cmudict, dale_chall):
    counts = syllables(cmudict)
    lines = []
    for count in sorted(set(counts.values())):
        words = sorted(word for word, own in counts.items() if own == count)
        lines.append(" ".join([str(count), *words]))
    (HERE / "syllables.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    familiar = {word.strip().lower() for word in Path(dale_chall).read_text(encoding="utf-8").splitlines()}
    (HERE / "familiar.txt").write_text("\n".join(sorted(familiar - {""})) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
