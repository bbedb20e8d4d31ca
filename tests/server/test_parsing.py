"""Strict JSON: what is not plain, of sane depth and size is refused with a reason, and nothing breaks."""

import json
import random
from typing import Annotated, Any

import pytest
from msgspec import Meta, Struct

from appliance.base.errors import Code, Refusal
from appliance.server import parsing


class Inner(Struct):
    at: Annotated[int, Meta(ge=0)] = 0


class Sample(Struct):
    name: Annotated[str, Meta(max_length=20)]
    count: int = 0
    ratio: float = 0.0
    inner: Inner | None = None
    tags: list[str] = []


def refused(data: bytes | str, kind: type[Any] = Sample) -> Refusal:
    with pytest.raises(Refusal) as caught:
        parsing.decode(data, kind)
    assert caught.value.code is Code.BAD_REQUEST
    return caught.value


def nested(depth: int) -> bytes:
    return b'{"name":"x","more":' + b"[" * depth + b"]" * depth + b"}"


BAD = {
    "nothing": (b"", "json"),
    "blank": (b"  \n", "json"),
    "not JSON": (b"usuario=ana", "json"),
    "half": (b'{"name":"x"', "json"),
    "something after": (b'{"name":"x"} x', "json"),
    "two documents": (b'{"name":"x"}{"name":"y"}', "json"),
    "trailing comma": (b'{"name":"x",}', "json"),
    "comment": (b'{"name":"x"/**/}', "json"),
    "single quotes": (b"{'name':'x'}", "json"),
    "leading zero": (b'{"name":"x","count":01}', "json"),
    "raw newline in a text": (b'{"name":"a\nb"}', "json"),
    "raw NUL in a text": (b'{"name":"a\0b"}', "json"),
    "unknown escape": (b'{"name":"\\x41"}', "json"),
    "short escape": (b'{"name":"\\u12"}', "json"),
    "byte order mark": (b'\xef\xbb\xbf{"name":"x"}', "json"),
    "UTF-16": ('{"name":"x"}'.encode("utf-16"), "utf8"),
    "bad UTF-8": (b'{"name":"\xff\xfe"}', "utf8"),
    "overlong UTF-8": (b'{"name":"\xc0\x80"}', "utf8"),
    "surrogate in UTF-8": (b'{"name":"\xed\xa0\x80"}', "utf8"),
    "lone high surrogate": (b'{"name":"\\ud800"}', "surrogate"),
    "lone low surrogate": (b'{"name":"\\udc00x"}', "surrogate"),
    "surrogate in a name": (b'{"name":"x","\\ud800":1}', "surrogate"),
    "surrogate deep down": (b'{"name":"x","tags":["a",{"b":"\\udfff"}]}', "surrogate"),
    "NUL": (b'{"name":"a\\u0000b"}', "nul"),
    "NUL in a name": (b'{"name":"x","a\\u0000":1}', "nul"),
    "NaN": (b'{"name":"x","ratio":NaN}', "number"),
    "Infinity": (b'{"name":"x","ratio":Infinity}', "number"),
    "-Infinity": (b'{"name":"x","other":-Infinity}', "number"),
    "1e999": (b'{"name":"x","ratio":1e999}', "number"),
    "2^63": (b'{"name":"x","count":9223372036854775808}', "number"),
    "below -2^63": (b'{"name":"x","count":-9223372036854775809}', "number"),
    "5,000 digits": (b'{"name":"x","count":' + b"9" * 5000 + b"}", "number"),
    "same key twice": (b'{"name":"x","name":"y"}', "duplicate"),
    "same key twice deep down": (b'{"name":"x","inner":{"at":1,"at":2}}', "duplicate"),
    "same key, once escaped": (b'{"name":"x","n\\u0061me":"y"}', "duplicate"),
    "17 deep": (nested(16), "depth"),
    "100,000 deep": (nested(100_000), "depth"),
    "100,000 open": (b"[" * 100_000, "depth"),
    "deep objects": (b'{"a":' * 17 + b"1" + b"}" * 17, "depth"),
    "a list": (b"[]", "type"),
    "a text": (b'"name"', "type"),
    "null": (b"null", "type"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_documents_are_refused_with_a_reason(name: str) -> None:
    data, reason = BAD[name]
    assert refused(data).params["reason"] == reason


@pytest.mark.parametrize(
    ("data", "field", "reason"),
    [
        (b"{}", "name", "missing"),
        (b'{"name":7}', "name", "type"),
        (b'{"name":null}', "name", "type"),
        (b'{"name":"x","count":"1"}', "count", "type"),
        (b'{"name":"x","count":1.5}', "count", "type"),
        (b'{"name":"x","count":true}', "count", "type"),
        (b'{"name":"x","inner":{"at":-1}}', "inner.at", "range"),
        (b'{"name":"x","tags":["a",1]}', "tags[1]", "type"),
        (b'{"name":"xxxxxxxxxxxxxxxxxxxxx"}', "name", "length"),
    ],
)
def test_a_wrong_field_is_named(data: bytes, field: str, reason: str) -> None:
    assert refused(data).params == {"field": field, "reason": reason}


def test_good_documents_arrive_whole() -> None:
    text = '{"name":"ñandú 🦤","count":-9223372036854775808,"ratio":1e3,"inner":{"at":3},'
    text += '"tags":["\\ud83e\\udda4"]}'
    sample = parsing.decode(text, Sample)
    assert sample == Sample("ñandú 🦤", -(2**63), 1000.0, Inner(3), ["🦤"])
    assert parsing.decode(text.encode(), Sample) == sample


def test_unknown_fields_are_ignored_and_brackets_in_texts_are_text() -> None:
    assert parsing.decode(b'{"name":"x","other":[1,{"a":null}]}', Sample).name == "x"
    brackets = "[{" * 9
    assert parsing.decode(json.dumps({"name": brackets, "more": ['"[', "\\"]}), Sample).name == brackets
    assert parsing.decode(nested(15), Sample).name == "x"


def test_a_frame_is_refused_with_the_code_of_frames() -> None:
    with pytest.raises(Refusal) as caught:
        parsing.decode(b"{", Sample, Code.BAD_FRAME)
    assert caught.value.code is Code.BAD_FRAME


def test_whatever_comes_in_is_a_value_or_a_refusal() -> None:
    """Seeded, so that a failure can be repeated: pieces of JSON and of mischief in any order."""
    dice = random.Random(3)
    pieces = [
        *[b"{", b"}", b"[", b"]", b":", b",", b'"', b"\\", b"\\u", b"\\ud800", b"\\u0000", b"\0", b"\xff"],
        *[b'"name"', b'"x"', b"1", b"-", b"1e999", b"NaN", b"null", b"true", b" ", b"\n", b"9" * 30, b"0.1"],
        *['"ñ"'.encode(), b"\xed\xa0\x80", b"[[[[[[[[[", b'{"name":"x"'],
    ]
    seeds = [data for data, _ in BAD.values() if len(data) < 200] + [b'{"name":"x","inner":{"at":1}}']
    for _ in range(30_000):
        data = bytearray(dice.choice(seeds)) if dice.random() < 0.5 else bytearray()
        for _ in range(dice.randrange(8)):
            at = dice.randrange(len(data) + 1)
            data[at : at + dice.randrange(3)] = dice.choice(pieces)
        try:
            value = parsing.decode(bytes(data), Sample)
        except Refusal as refusal:
            assert refusal.params["reason"]
        else:
            value.name.encode()
            assert "\0" not in value.name
