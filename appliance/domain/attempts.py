"""One attempt at a password: counted, slowed down, and of the same cost whoever is meant."""

from appliance.base.clock import Clock
from appliance.base.errors import Refusal
from appliance.base.settings import Settings
from appliance.domain.passwords import Hasher, Verified
from appliance.domain.throttle import Slowdown, Throttle, network


class Attempts:
    """Shared by the sign-in and by everything that asks for one's password again."""

    def __init__(self, hasher: Hasher, throttle: Throttle, settings: Settings, clock: Clock) -> None:
        self._hasher = hasher
        self._throttle = throttle
        self._per_minute = settings.logins_per_minute
        self._slowdown = Slowdown(clock, settings.login_failures, settings.login_failure_minutes * 60)

    def knock(self, account: str, address: str) -> None:
        """Before anything is looked up: refuses an address or an account that has to wait."""
        self._throttle.per_minute(f"login:{network(address)}", self._per_minute)
        self._slowdown.begin(account, address)

    async def fits(self, account: str, stored: str | None, password: str, address: str) -> Verified:
        """Whether it is the password; `account` is the key that was knocked with."""
        try:
            verified = await self._hasher.verify(stored, password)
        except Refusal:
            self._slowdown.forgive(account, address)  # nobody looked at it
            raise
        if verified.ok:
            self._slowdown.succeeded(account, address)
        return verified
