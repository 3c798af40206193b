"""Services and assets as plain tables."""

from pathlib import Path

from tools.demonstration import assets as of_assets
from tools.demonstration import services as of_services
from tools.demonstration.assets import Assets
from tools.demonstration.services import Services
from tools.demonstration.write import plain_csv

SERVICES = "local_services_fictional.csv"
ASSETS = "community_assets_fictional.csv"


def write_services(out: Path, services: Services) -> None:
    """Plain table of services, closed and proposed ones among them."""
    (out / SERVICES).write_bytes(plain_csv(of_services.HEADINGS, services.rows).encode())


def write_assets(out: Path, assets: Assets) -> None:
    """Plain table of assets."""
    (out / ASSETS).write_bytes(plain_csv(of_assets.HEADINGS, assets.rows).encode())
