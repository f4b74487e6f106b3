"""Teasers against the publishers' own descriptions on 233 news pages, the rules, and the time beside sumy's LexRank.

The description is hidden; the text is what trafilatura extracts. A reference is a copy when its words stand in order
within the first three sentences of the text (its cut-off last word aside). Figures are means of ROUGE-1/2/L (F1, no
stemming), plain, by fold and with a bootstrap interval. Needs the corpora that DIGEST_CORPORA names.
"""

from __future__ import annotations

import json
import os
import platform
import random
import re
import sys
import tarfile
import time
from datetime import UTC, datetime
from pathlib import Path
from statistics import fmean

import teaser_rules

from digest.config.machine import SummariseSettings
from digest.model.feeds import Article
from digest.model.ids import ArticleId, FeedId
from digest.summarise.teaser import write_teaser

try:
    import trafilatura
    from rouge_score import rouge_scorer
    from sumy.parsers.plaintext import PlaintextParser
    from sumy.summarizers.lex_rank import LexRankSummarizer

    MISSING = ""
except ImportError as error:
    MISSING = str(error)

CORPORA = Path(os.environ.get("DIGEST_CORPORA", Path(__file__).resolve().parents[2] / "shared" / "corpora"))
MOST, FOLDS, RESAMPLES, TIMED_WORDS, ROUNDS = 220, 5, 1000, 800, 15
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)


def run() -> dict:
    if MISSING:
        return result({}, {}, {}, {}, None, MISSING)
    try:
        return measure(load())
    except OSError as error:
        return result({}, {}, {}, {}, None, f"{error}; set DIGEST_CORPORA")


def measure(pages: list[dict]) -> dict:
    ours = [write(page) for page in pages]
    scores = [rouge(page["ref"], text) for page, text in zip(pages, ours, strict=True)]
    own = [index for index, page in enumerate(pages) if not page["copy"]]
    rules = [teaser_rules.broken(text, page["title"], page["text"]) for page, text in zip(pages, ours, strict=True)]
    order = [teaser_rules.in_order(text, page["text"]) for page, text in zip(pages, ours, strict=True)]
    seconds, peer_seconds = times(pages)
    figures = {
        "pages": len(pages),
        "references that are not copies": len(own),
        "all": spread([fmean(score) for score in scores]) | kinds(scores),
        "not copies": spread([fmean(scores[i]) for i in own]) | kinds([scores[i] for i in own]),
        "broken rules": {page["id"]: found for page, found in zip(pages, rules, strict=True) if found},
        "milliseconds for 800 words": round(seconds * 1000, 3),
    }
    peers = {
        "first sentence that passes the rules": baseline(pages, own, first_sentence),
        "lead sentence of any length": baseline(pages, own, lead_sentence),
        "sumy LexRank, best sentence": baseline(pages, own, lexrank_teaser),
        "sumy LexRank, milliseconds for 800 words": round(peer_seconds * 1000, 3),
    }
    ratios = {"LexRank's time / ours": round(peer_seconds / seconds, 1)}
    bars = {
        "ROUGE, all references": (figures["all"]["mean"], 39.0),
        "ROUGE, not copies": (figures["not copies"]["mean"], 18.5),
        "rules kept, %": (percent(not found for found in rules), 98.0),
        "words in the article's order, %": (percent(order), 99.0),
        "times faster than LexRank": (ratios["LexRank's time / ours"], 8.0),
    }
    return result(figures, peers, ratios, bars, all(value >= bar for value, bar in bars.values()), "")


def result(figures: dict, peers: dict, ratios: dict, bars: dict, ok: bool | None, reason: str) -> dict:
    held = {name: {"value": value, "bar": f">= {bar:g}", "ok": value >= bar} for name, (value, bar) in bars.items()}
    machine = {"python": platform.python_version(), "system": platform.platform(), "cpus": os.cpu_count()}
    found = {"name": "teaser", "figures": figures, "peers": peers, "ratios": ratios, "bars": held, "ok": ok}
    return found | {"machine": machine} | ({"reason": reason} if reason else {})


def load() -> list[dict]:
    """id, title, ref, text (paragraphs separated by blank lines) and copy of every page."""
    described = {page["id"]: page for page in json.loads((CORPORA / "news-pages-dev.json").read_text(encoding="utf-8"))}
    pages = []
    with tarfile.open(CORPORA / "news-pages-dev.tar.gz") as archive:
        for member in archive:
            page = described.get(Path(member.name).stem)
            if member.isfile() and page:
                extracted = trafilatura.extract(archive.extractfile(member).read(), include_comments=False) or ""
                text = "\n\n".join(line.strip() for line in extracted.split("\n") if line.strip())
                pages.append({"id": page["id"], "title": page["title"], "ref": page["ref"], "text": text})
    for page in pages:
        page["copy"] = is_copy(page["ref"], page["text"])
    return pages


def is_copy(reference: str, text: str) -> bool:
    first_three = " ".join(re.split(r"(?<=[.!?])\s+", " ".join(text.split()))[:3])
    kept = re.sub(r"\W*(?:Continued?|Read more)\b.*$", "…", reference).strip()
    cut = re.search(r"\s*(?:…|\.\.\.|\[…\])\W*$", kept)
    found = teaser_rules.words(kept[: cut.start()] if cut else kept)
    if cut or kept[-1:].isalpha():
        found = found[:-1]
    return teaser_rules.is_within(found, teaser_rules.words(first_three))


def write(page: dict) -> str:
    article = Article(
        ArticleId(page["id"]), FeedId(1), "https://example.org/", page["title"], "", EPOCH, EPOCH, text=page["text"]
    )
    return write_teaser(article, SummariseSettings(max_chars=MOST)).text


def rouge(reference: str, text: str) -> tuple[float, float, float]:
    score = rouge_scorer.RougeScorer(["rouge1", "rouge2", "rougeL"]).score(reference, text)
    return tuple(100 * score[kind].fmeasure for kind in ("rouge1", "rouge2", "rougeL"))


def kinds(scores: list) -> dict:
    return {name: round(fmean(score[i] for score in scores), 2) for i, name in enumerate(("R1", "R2", "RL"))}


def spread(values: list[float]) -> dict:
    """The mean, its bootstrap interval of 95 %, and the mean of each of five folds."""
    chance = random.Random(1)
    means = sorted(fmean(chance.choices(values, k=len(values))) for _ in range(RESAMPLES))
    shuffled = random.Random(2).sample(values, len(values))
    return {
        "mean": round(fmean(values), 2),
        "interval": [round(means[int(RESAMPLES * share)], 2) for share in (0.025, 0.975)],
        "folds": [round(fmean(shuffled[fold::FOLDS]), 2) for fold in range(FOLDS)],
    }


def percent(flags) -> float:
    return round(100 * fmean(bool(flag) for flag in flags), 2)


def baseline(pages: list[dict], own: list[int], choose) -> dict:
    chosen = [choose(page) for page in pages]
    scores = [fmean(rouge(page["ref"], text)) for page, text in zip(pages, chosen, strict=True)]
    kept = percent(
        not teaser_rules.broken(text, page["title"], page["text"]) for page, text in zip(pages, chosen, strict=True)
    )
    return {
        "all": round(fmean(scores), 2),
        "not copies": round(fmean(scores[i] for i in own), 2),
        "rules kept, %": kept,
    }


def sentences(text: str) -> list[str]:
    return [s for line in text.split("\n\n") for s in re.split(r"(?<=[.!?])[\"”’]*\s+(?=[\"“A-Z0-9])", line) if s]


def first_sentence(page: dict) -> str:
    passing = (s for s in sentences(page["text"]) if not teaser_rules.broken(s, page["title"], page["text"]))
    return next(passing, page["title"])


def lead_sentence(page: dict) -> str:
    whole = (s for s in sentences(page["text"]) if teaser_rules.END.search(s) and len(s) > 30)
    return next(whole, page["title"])


def lexrank_teaser(page: dict) -> str:
    return " ".join(lexrank_of(page["text"])(1)) or page["title"]


class Tokens:
    """What sumy asks of a tokenizer, without the data that its own one downloads."""

    def to_sentences(self, text: str) -> list[str]:
        return sentences(text)

    def to_words(self, sentence: str) -> list[str]:
        return teaser_rules.words(sentence)


def lexrank_of(text: str):
    """Summarises the text to a number of sentences, from plain text on."""

    def summarise(count: int) -> list[str]:
        document = PlaintextParser.from_string(text, Tokens()).document
        return [str(sentence) for sentence in LexRankSummarizer()(document, count)]

    return summarise


def times(pages: list[dict]) -> tuple[float, float]:
    """Seconds for 800 words, ours and LexRank's: the best of alternating rounds, summed over five articles."""
    long = [page for page in pages if len(page["text"].split()) > TIMED_WORDS][:5]
    articles = [page | {"text": first_words(page["text"], TIMED_WORDS)} for page in long]
    pairs = [(lambda page=page: write(page), lambda page=page: lexrank_of(page["text"])(2)) for page in articles]
    best = [[min(timed(job) for _ in range(ROUNDS)) for job in pair] for pair in pairs]
    return fmean(ours for ours, _ in best), fmean(theirs for _, theirs in best)


def first_words(text: str, count: int) -> str:
    return text[: list(re.finditer(r"\S+", text))[count - 1].end()]


def timed(job) -> float:
    began = time.perf_counter()
    job()
    return time.perf_counter() - began


def main() -> int:
    found = run()
    json.dump({key: found[key] for key in ("figures", "peers", "ratios")}, sys.stdout, indent=1, ensure_ascii=False)
    print()
    for name, bar in found["bars"].items():
        print(f"{name:34} {bar['value']:8} {bar['bar']:>8}  {'reached' if bar['ok'] else 'MISSED'}")
    print(found.get("reason", ""))
    return int(found["ok"] is False)


if __name__ == "__main__":
    sys.exit(main())
