"""Which platforms can be reached with the credentials we hold."""

from __future__ import annotations

from agents.platforms.http import SimulatorPlatform
from agents.platforms.platform import Platforms
from agents.settings import Settings
from pipeline.policy import Accounts


def platforms(settings: Settings, accounts: Accounts) -> Platforms:
    """The adapters by platform name; an order for a platform that is not among them ends as `unsupported`.

    Where `platform_url` is set, every registered platform is played by the simulator there.
    """
    if not settings.platform_url:
        return {}
    token = settings.platform_token.get_secret_value() if settings.platform_token else ""
    simulator = SimulatorPlatform(settings.platform_url, token)
    return {account.platform: simulator for account in accounts.account}
