"""Which platforms can be reached with the credentials we hold."""

from __future__ import annotations

import os

from agents.clock import now
from agents.platforms import credentials
from agents.platforms.http import SimulatorPlatform
from agents.platforms.platform import Platforms
from agents.settings import Settings
from pipeline.policy import Accounts


def platforms(settings: Settings, accounts: Accounts) -> Platforms:
    """The adapters by platform name; an order for another platform alarms people and waits until there is one.

    Where `platform_url` is set, every registered platform is played by the simulator there, and no real one is called.
    """
    if settings.platform_url:
        token = settings.platform_token.get_secret_value() if settings.platform_token else ""
        simulator = SimulatorPlatform(settings.platform_url, token)
        return {account.platform: simulator for account in accounts.account}
    if settings.credentials_file is None:
        return {}
    return credentials.connected(settings.credentials_file, os.environ, now)
