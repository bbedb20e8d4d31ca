"""How often: buckets that fill again, and a wait after wrong passwords that hits only the one who guesses."""

import pytest

from appliance.base.errors import Code, Refusal
from appliance.domain.throttle import Slowdown, Throttle, network
from tests.domain.household import HandClock


def waits(refused: pytest.ExceptionInfo[Refusal]) -> float:
    assert refused.value.code is Code.RATE_LIMITED
    assert refused.value.retry_ms is not None
    return refused.value.retry_ms / 1000


def test_a_bucket_empties_and_obeying_the_wait_is_enough() -> None:
    clock = HandClock()
    throttle = Throttle(clock)
    for _ in range(3):
        throttle.take("k", burst=3, per_second=0.5)
    with pytest.raises(Refusal) as refused:
        throttle.take("k", burst=3, per_second=0.5)
    clock.wait(waits(refused))
    throttle.take("k", burst=3, per_second=0.5)
    with pytest.raises(Refusal):
        throttle.take("k", burst=3, per_second=0.5)
    throttle.take("another", burst=3, per_second=0.5)


def test_a_bucket_never_holds_more_than_its_burst() -> None:
    clock = HandClock()
    throttle = Throttle(clock)
    throttle.take("k", burst=2, per_second=1)
    clock.wait(3600)
    throttle.take("k", burst=2, per_second=1, cost=2)
    with pytest.raises(Refusal):
        throttle.take("k", burst=2, per_second=1)


def test_memory_is_bounded() -> None:
    throttle = Throttle(HandClock(), keys=100)
    for number in range(10_000):
        throttle.take(str(number), burst=1, per_second=1)
    assert len(throttle._buckets) == 100
    slowdown = Slowdown(HandClock(), 10, 900, keys=100)
    for number in range(10_000):
        slowdown.begin(str(number), "10.0.0.1")
    assert len(slowdown._accounts) == 100


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.168.1.20", "192.168.1.20"),
        ("::ffff:192.168.1.20", "192.168.1.20"),
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:bbbb::2", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
    ],
)
def test_what_counts_as_one_address(address: str, counted: str) -> None:
    assert network(address) == counted


def test_ten_wrong_passwords_are_free_and_then_the_wait_grows_to_a_minute() -> None:
    clock = HandClock()
    slowdown = Slowdown(clock, 10, 15 * 60)
    for _ in range(10):
        slowdown.begin("ana", "10.0.0.1")
    seen = []
    for _ in range(9):
        with pytest.raises(Refusal) as refused:
            slowdown.begin("ana", "10.0.0.1")
        seen.append(round(waits(refused)))
        clock.wait(waits(refused))
        slowdown.begin("ana", "10.0.0.1")
    assert seen == [1, 2, 4, 8, 16, 32, 60, 60, 60]


def test_whoever_guesses_delays_himself_and_not_the_owner() -> None:
    clock = HandClock()
    slowdown = Slowdown(clock, 10, 15 * 60)
    for _ in range(10):
        slowdown.begin("ana", "10.0.0.66")
    with pytest.raises(Refusal):
        slowdown.begin("ana", "10.0.0.66")
    slowdown.begin("ana", "10.0.0.1")
    slowdown.succeeded("ana", "10.0.0.1")
    with pytest.raises(Refusal):
        slowdown.begin("ana", "10.0.0.66")


def test_guessing_from_many_addresses_slows_each_of_them_down_after_one() -> None:
    slowdown = Slowdown(HandClock(), 10, 15 * 60)
    for number in range(20):
        slowdown.begin("ana", f"10.0.0.{number}")
    for number in range(20):
        with pytest.raises(Refusal):
            slowdown.begin("ana", f"10.0.0.{number}")


def test_attempts_are_forgotten_after_their_time_and_after_the_right_password() -> None:
    clock = HandClock()
    slowdown = Slowdown(clock, 2, 60)
    slowdown.begin("ana", "10.0.0.1")
    slowdown.begin("ana", "10.0.0.1")
    with pytest.raises(Refusal):
        slowdown.begin("ana", "10.0.0.1")
    slowdown.succeeded("ana", "10.0.0.1")
    slowdown.begin("ana", "10.0.0.1")
    slowdown.begin("ana", "10.0.0.1")
    clock.wait(61)
    slowdown.begin("ana", "10.0.0.1")


def test_an_attempt_that_nobody_judged_does_not_count() -> None:
    slowdown = Slowdown(HandClock(), 1, 60)
    slowdown.begin("ana", "10.0.0.1")
    slowdown.forgive("ana", "10.0.0.1")
    slowdown.begin("ana", "10.0.0.1")
    slowdown.forgive("nobody", "10.0.0.1")
