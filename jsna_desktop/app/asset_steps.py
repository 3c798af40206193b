"""A change to the register of assets as a step that can be taken back."""

from collections.abc import Callable
from datetime import datetime

from jsna_desktop.app import words
from jsna_desktop.app.session import Session
from jsna_desktop.app.undo import Step
from jsna_desktop.jobs import asset_edits
from jsna_desktop.jobs.asset_edits import Change


class AssetStep(Step):
    """`make` carries the change out the first time; `show` gets the key of the asset that is to be shown."""

    def __init__(
        self, session: Session, text: str, make: Callable[[], Change], show: Callable[[str], None]
    ) -> None:  # fmt: skip
        super().__init__(text)
        self._session, self._make, self._show = session, make, show
        self._change: Change | None = None

    def carry_out(self) -> None:
        with self._session.gate:
            if self._change is None:
                self._change = self._make()
            else:
                asset_edits.again(self._session.store, self._change)
        self._tell()

    def take_back(self) -> None:
        assert self._change is not None
        with self._session.gate:
            asset_edits.take_back(self._session.store, self._change)
        self._tell()

    def _tell(self) -> None:
        assert self._change is not None
        self._session.saved.emit(words.when(datetime.now(), datetime.now()))
        self._show(self._change.key)
