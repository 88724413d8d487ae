"""Patterns of identifiers: what is taken, what is refused, and how long any can take."""

import re
import time

import pytest

from heritage.values import patterns

TAKEN = {
    "Q[1-9][0-9]*": (["Q1", "Q20"], ["Q0", "Q", "q1", "Q1 "]),
    r"\d{4}-\d{3}": (["1442-005"], ["1442-5"]),
    "tgn:(?:7|1)[0-9]{6}": (["tgn:7000001"], ["tgn:2000001"]),
    "(a|b)?c": (["ac", "c"], ["abc"]),
    r"[A-Z]{2,3}\.[^/\]]+": (["AB.x"], ["A.x", "AB."]),
    r"[]a]+": (["]a"], ["b"]),
    "": ([""], ["a"]),
}


@pytest.mark.parametrize("pattern", TAKEN)
def test_what_is_taken_means_what_it_means_elsewhere(pattern):
    patterns.check(pattern)
    good, bad = TAKEN[pattern]
    for value in (*good, *bad):
        assert patterns.matches(pattern, value) == bool(re.fullmatch(pattern, value)), value
    assert all(patterns.matches(pattern, value) for value in good)


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("(a+)+$", "repeated"),
        ("(a|a)*", "repeated"),
        ("(a){2,9}", "repeated"),
        ("a*a*a*a*", "too many"),
        ("a?" * 40 + "a" * 40, "too many"),
        (r"(a)\1", "more than a pattern"),
        ("(?=a)a", "more than a pattern"),
        ("(?P<x>a)", "more than a pattern"),
        ("(?i)a", "more than a pattern"),
        ("a+?", "side by side"),
        ("a++", "side by side"),
        ("[", "unterminated"),
        ("(", "missing"),
        (r"\1", "invalid group"),
    ],
)
def test_what_is_refused(pattern, words):
    with pytest.raises(ValueError, match=words):
        patterns.check(pattern)
    assert not patterns.matches(pattern, "a")


@pytest.mark.parametrize(
    "pattern", ["a*a*b", "a*a*a?a?a?b", "a+a+(?:a|b|c)?x", ".*.*=.?", r"\w+\w{0,9}\d!", "a*(a*)?b"]
)
def test_the_worst_that_is_taken_is_quick(pattern):
    patterns.check(pattern)
    before = time.process_time()
    assert not patterns.matches(pattern, "a" * patterns.MAX_VALUE)
    assert time.process_time() - before < 0.2


def test_a_long_value_is_not_looked_at():
    assert not patterns.matches("a*", "a" * (patterns.MAX_VALUE + 1))
