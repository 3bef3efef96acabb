"""Follows rich text from mark to mark: where each word belongs, and whether anybody sees it."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from ingestion.extract.readers.outline import Outline
from ingestion.extract.readers.rich_text.controls import Control
from ingestion.extract.readers.rich_text.destinations import (
    DESCRIBED,
    ENTERED,
    LOOKED_INTO,
    PASSED_OVER,
    POINT,
    Destination,
    GroupState,
    Said,
    Style,
)
from ingestion.extract.readers.rich_text.letters import (
    PAGES,
    PLAIN,
    SIGNS,
    SIGNS_BY_MARK,
    character_set,
    code_page,
)
from ingestion.extract.readers.rich_text.rows import Rows

MOST_DEEP = 5_000


class RichText:
    """Is told one control after another; then `title`, `outline`, `hidden` and `asides` say what there was."""

    def __init__(self) -> None:
        self.outline = Outline()
        self.title = ""
        self.hidden: list[str] = []
        self.asides: list[str] = []
        self._state = GroupState()
        self._states: list[GroupState] = []
        self._said: dict[Destination, Said] = {}
        self._page = PLAIN
        self._fonts: dict[int, str] = {}
        self._font = 0
        self._default_font = 0
        self._styles: dict[int, Style] = {}
        self._rows = Rows(self.outline)
        self._held: list[str] = []
        self._notes = 0
        self._pass = 0
        self._named = ""
        self._is_fresh = False
        self._words: dict[str, Callable[[int | None], None]] = {
            name.removeprefix("_on_"): getattr(self, name) for name in dir(self) if name.startswith("_on_")
        }

    def follow(self, told: Iterator[Control]) -> None:
        for control in told:
            if control.kind == "open":
                self._open()
            elif control.kind == "close":
                self._close()
            elif control.kind == "text":
                self._text(control)
            elif control.kind == "sign":
                self._sign(control.name)
            else:
                self._word(control.name, control.number)
        while self._states:
            self._close()
        self._end_paragraph()
        self._rows.end()

    def _open(self) -> None:
        if len(self._states) >= MOST_DEEP:
            raise RecursionError("groups within groups")
        self._states.append(self._state)
        self._state = replace(self._state, starred=False)
        self._pass, self._is_fresh = 0, True

    def _close(self) -> None:
        if not self._states:
            return
        ended, self._state = self._state, self._states.pop()
        self._pass, self._is_fresh = 0, False
        if ended.place != self._state.place:
            self._end_place(ended.place)

    def _text(self, control: Control) -> None:
        self._is_fresh = False
        body = control.body
        if self._pass:
            passed = min(self._pass, len(body))
            self._pass -= passed
            body = body[passed:]
        if body and self._state.place != Destination.NOWHERE:
            self._add_bytes(body)

    def _sign(self, sign: str) -> None:
        if sign == "*":
            self._state.starred = self._is_fresh
            return
        self._is_fresh = False
        if self._pass:
            self._pass -= 1
        elif sign in "\r\n":
            self._word("par", None)
        elif sign in SIGNS_BY_MARK:
            self._add(SIGNS_BY_MARK[sign])

    def _word(self, name: str, number: int | None) -> None:
        fresh, self._is_fresh = self._is_fresh, False
        if fresh and self._enters(name):
            return
        if self._state.place == Destination.NOWHERE:
            return
        if self._pass and name not in ("u", "uc"):
            self._pass -= 1
            return
        if name in SIGNS:
            self._add(SIGNS[name])
        elif act := self._words.get(name):
            act(number)

    def _enters(self, name: str) -> bool:
        """Whether the group that begins here is a place of its own."""
        state = self._state
        is_known = name in ENTERED or name in LOOKED_INTO
        if state.place == Destination.NOWHERE or name in PASSED_OVER or (state.starred and not is_known):
            state.place = Destination.NOWHERE
        elif state.place == Destination.INFO:
            state.place = Destination.TITLE if name == "title" else Destination.NOWHERE
        elif name in ENTERED and name != "title":
            state.place, state.hidden, state.struck = ENTERED[name], False, False
        else:
            return False
        return True

    def _end_place(self, place: Destination) -> None:
        text = self._take(place)
        if place == Destination.NOTE and text:
            self._notes += 1
            self._add(f"[{self._notes}]")
            self._held.append(f"[{self._notes}] {' '.join(text.split())}")
        elif place == Destination.REMARK and text:
            self._held.append(" ".join(text.split()))
        elif place == Destination.TITLE:
            self.title = " ".join(text.split())
        elif place == Destination.ASIDE and (said := " ".join(text.split())) and said not in self.asides:
            self.asides.append(said)
        elif place == Destination.PICTURE_NAME:
            self._named = text.strip()
        elif place == Destination.PICTURE_VALUE and self._named == DESCRIBED and text.strip():
            self._held.append(text.strip())

    def _add_bytes(self, body: bytes) -> None:
        self._said_here().add_bytes(body, self._state.font)

    def _add(self, letters: str) -> None:
        if self._state.place != Destination.NOWHERE:
            said = self._said_here()
            said.settle()
            said.letters.append(letters)

    def _said_here(self) -> Said:
        place = self._state.place
        if place == Destination.BODY and self._state.struck:
            place = Destination.NOWHERE
        elif self._state.hidden:
            place = Destination.HIDDEN
        return self._said.setdefault(place, Said())

    def _take(self, place: Destination) -> str:
        said = self._said.pop(place, None)
        return "" if said is None else said.take()

    def _end_paragraph(self) -> None:
        self._keep_hidden()
        text = self._take(Destination.BODY)
        if self._state.in_table:
            self._rows.say(text, self._state.level)
            return
        self._rows.end()
        style = self._styles.get(self._state.style, Style())
        depth = self._state.depth if self._state.depth is not None else style.depth
        text = text.strip()
        text = f"- {text[len(POINT) :].strip()}" if text.startswith(POINT) else text
        if depth is not None:
            self.outline.head(text, depth)
        else:
            self.outline.say(text)
        self._tell_held()

    def _tell_held(self) -> None:
        held, self._held = self._held, []
        for text in held:
            self.outline.say(text)

    def _on_par(self, _: int | None) -> None:
        if self._state.place == Destination.BODY:
            self._end_paragraph()
        elif self._state.place == Destination.STYLES:
            return
        else:
            self._add("\n")

    _on_sect = _on_page = _on_par

    def _on_cell(self, _: int | None) -> None:
        if self._state.place == Destination.BODY:
            self._keep_hidden()
            self._rows.say(self._take(Destination.BODY), 1)
            self._rows.end_cell(1)

    def _on_nestcell(self, _: int | None) -> None:
        if self._state.place == Destination.BODY:
            self._keep_hidden()
            self._rows.say(self._take(Destination.BODY), self._state.level)
            self._rows.end_cell(self._state.level)

    def _keep_hidden(self) -> None:
        if hidden := self._take(Destination.HIDDEN).strip():
            self.hidden.append(hidden)

    def _on_row(self, _: int | None) -> None:
        if self._state.place == Destination.BODY:
            self._rows.end_row()

    def _on_nestrow(self, _: int | None) -> None:
        if self._state.place == Destination.BODY:
            self._rows.end_nested_row(self._state.level)

    def _on_trowd(self, _: int | None) -> None:
        self._rows.define()

    def _on_cellx(self, _: int | None) -> None:
        self._rows.define_cell()

    def _on_clvmrg(self, _: int | None) -> None:
        self._rows.goes_on_from_above = True

    def _on_clmrg(self, _: int | None) -> None:
        self._rows.goes_on_from_left = True

    def _on_intbl(self, number: int | None) -> None:
        self._state.in_table = number != 0

    def _on_itap(self, number: int | None) -> None:
        self._state.level = min(max(number or 0, 1), 20)

    def _on_pard(self, _: int | None) -> None:
        self._state.in_table, self._state.depth, self._state.style, self._state.level = False, None, 0, 1

    def _on_plain(self, _: int | None) -> None:
        self._state.hidden = False
        self._on_f(self._default_font)

    def _on_v(self, number: int | None) -> None:
        self._state.hidden = number != 0

    def _on_deleted(self, number: int | None) -> None:
        self._state.struck = number != 0

    def _on_outlinelevel(self, number: int | None) -> None:
        depth = number + 1 if number is not None and 0 <= number < 9 else None
        if self._state.place == Destination.STYLES:
            self._styles.setdefault(self._state.style, Style()).depth = depth
        else:
            self._state.depth = depth

    def _on_s(self, number: int | None) -> None:
        self._state.style = number or 0
        if self._state.place == Destination.STYLES:
            self._styles[self._state.style] = Style()

    def _on_f(self, number: int | None) -> None:
        self._font = number or 0
        if self._state.place != Destination.FONTS:
            self._state.font = self._fonts.get(self._font, self._page)

    def _on_fcharset(self, number: int | None) -> None:
        if self._state.place == Destination.FONTS:
            self._fonts[self._font] = character_set(number or 0, self._page)

    def _on_deff(self, number: int | None) -> None:
        self._default_font = number or 0

    def _on_ansicpg(self, number: int | None) -> None:
        self._page = self._state.font = code_page(number or 0)

    def _on_ansi(self, _: int | None) -> None:
        self._page = self._state.font = PAGES["ansi"]

    def _on_mac(self, _: int | None) -> None:
        self._page = self._state.font = PAGES["mac"]

    def _on_pc(self, _: int | None) -> None:
        self._page = self._state.font = PAGES["pc"]

    def _on_pca(self, _: int | None) -> None:
        self._page = self._state.font = PAGES["pca"]

    def _on_uc(self, number: int | None) -> None:
        self._state.skip = min(max(number or 0, 0), 100)

    def _on_u(self, number: int | None) -> None:
        if number is not None:
            self._add(chr(number % 65_536))
            self._pass = self._state.skip
