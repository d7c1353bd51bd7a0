"""Reads the policy and the register of accounts from TOML, and refuses a broken file in one line with its remedy."""

from __future__ import annotations

import hashlib
import itertools
import re
import tomllib
from collections import Counter
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

import msgspec

from pipeline.detect.allow import AllowList, allow_list
from pipeline.detect.finding import Concern, Entity
from pipeline.errors import BadConfiguration
from pipeline.message import Notice
from pipeline.policy import Accounts, Mode, Policy
from pipeline.retention import Locking, Schedule

T = TypeVar("T")
_PREFIX = re.compile(r"0[0-9](?:[ -]?[0-9]){2,9}")
_VALIDATION = re.compile(r"^(?P<what>.*?)(?: - at `(?P<path>\$[^`]*)`)?$", re.DOTALL)
_VALUES: dict[str, type[StrEnum]] = {
    "notice": Notice,
    "mode": Mode,
    "departments": Mode,
    "limits": Mode,
    "entities": Entity,
    "concerns": Concern,
    "lock": Locking,
}
_STEP = re.compile(r"\.([A-Za-z_][\w-]*)|\[(\d+|\.\.\.)\]")


def load_policy(path: Path) -> Policy:
    """Read and check a policy.

    Raises:
        BadConfiguration: the file cannot be read or is no policy; the message names file, line, field and remedy.
    """
    content = _read(path)
    policy = _convert(path, content, Policy)
    _refuse_repeats(path, content, "rule", [rule.id for rule in policy.rule])
    for rule in policy.rule:
        if not rule.entities and not rule.concerns:
            line = _line_of(content, f'id = "{rule.id}"')
            raise BadConfiguration(f"{path}:{line}: rule {rule.id!r} looks for nothing: give it entities or concerns")
        if rule.review_at > rule.act_at:
            line = _line_of(content, f'id = "{rule.id}"')
            raise BadConfiguration(f"{path}:{line}: rule {rule.id!r} has review_at over act_at: lower review_at")
    for rule, department in policy.undecided():
        line = _line_of(content, f'id = "{rule.id}"')
        mode, where = (rule.departments[department], f" in {department}") if department else (rule.mode, "")
        raise BadConfiguration(
            f"{path}:{line}: rule {rule.id!r} is {mode}{where}, and nobody has decided that: "
            "add a [[decision]] with rules, mode, on, by and why"
        )
    return msgspec.structs.replace(policy, version=hashlib.sha256(content.encode()).hexdigest())


def load_accounts(path: Path) -> Accounts:
    """Read and check the register of accounts; raises as `load_policy`."""
    content = _read(path)
    accounts = _convert(path, content, Accounts)
    _refuse_repeats(path, content, "account", [f"{a.platform}/{a.id}" for a in accounts.account])
    return accounts


def read(path: Path, to: type[T]) -> T:
    """Read and check another file of configuration; raises as `load_policy`."""
    return _convert(path, _read(path), to)


class _AllowFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    domains: tuple[str, ...] = ()
    phone_prefixes: tuple[str, ...] = ()
    organisations: tuple[str, ...] = ()
    giros: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()


def load_retention(path: Path) -> Schedule:
    """Read and check the plan of how long records are kept; raises as `load_policy`."""
    content = _read(path)
    schedule = _convert(path, content, Schedule)
    names = [each.name for each in schedule.classes]
    _refuse_repeats(path, content, "class", names)
    for rule in schedule.rule:
        if rule.of_class not in names:
            line = _line_of(content, f'class = "{rule.of_class}"')
            raise BadConfiguration(f"{path}:{line}: class {rule.of_class!r} is not there: add it or mend its spelling")
    return schedule


def load_allow_list(path: Path) -> AllowList:
    """Read and check what is public though it looks confidential; raises as `load_policy`."""
    content = _read(path)
    given = _convert(path, content, _AllowFile)
    for prefix in given.phone_prefixes:
        if not _PREFIX.fullmatch(prefix):
            line = _line_of(content, f'"{prefix}"')
            raise BadConfiguration(
                f"{path}:{line}: phone_prefixes: {prefix!r} is too short or not national: write it as 0413-62"
            )
    return allow_list(**msgspec.structs.asdict(given))


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise BadConfiguration(f"{path}: cannot be read ({error.strerror}): check the path and its rights") from None
    except UnicodeDecodeError:
        raise BadConfiguration(f"{path}: is not UTF-8: save it as UTF-8") from None


def _convert(path: Path, content: str, to: type[T]) -> T:
    try:
        return msgspec.convert(tomllib.loads(content), to)
    except tomllib.TOMLDecodeError as error:
        raise BadConfiguration(f"{path}: is not TOML: {error}: mend the line") from None
    except msgspec.ValidationError as error:
        found = _VALIDATION.match(str(error))
        what, field = (found["what"], found["path"] or "$") if found else (str(error), "$")
        line = _line_of_path(content, field, what)
        raise BadConfiguration(f"{path}:{line}: {field.removeprefix('$.')}: {what}: {_remedy(field, what)}") from None


def _remedy(field: str, what: str) -> str:
    for part, values in _VALUES.items():
        if part in field and "enum value" in what:
            return f"use one of {', '.join(values)}"
    if "missing required field" in what:
        return "add it"
    if "unknown field" in what:
        return "remove it or mend its spelling"
    return "see the comments in the file that Anslagsvakt ships"


def _refuse_repeats(path: Path, content: str, table: str, names: list[str]) -> None:
    for name, count in Counter(names).items():
        if count > 1:
            line = _line_of(content, f'"{name.rsplit("/", 1)[-1]}"', last=True)
            raise BadConfiguration(f"{path}:{line}: {table} {name!r} occurs {count} times: keep one")


def _line_of(content: str, needle: str, *, last: bool = False) -> int:
    found = content.rfind(needle) if last else content.find(needle)
    return content.count("\n", 0, found) + 1 if found >= 0 else 1


def _line_of_path(content: str, path: str, what: str) -> int:
    """The line that a path such as `$.rule[2].mode` points at: tomllib keeps no positions, so headers are counted."""
    lines = content.splitlines()
    start = 0
    steps = _STEP.findall(path)
    unknown = re.search(r"field `([^`]+)`", what)
    names = [name for name, _ in steps if name] + ([unknown[1]] if unknown else [])
    for (name, _), (_, index) in itertools.pairwise(steps):
        if name and index.isdigit():
            heads = [i for i, line in enumerate(lines) if line.strip().startswith(f"[[{name}]]")]
            start = heads[int(index)] if int(index) < len(heads) else start
    for name in reversed(names):
        wanted = re.compile(rf"^\s*(?:\[+\s*(?:[\w-]+\.)*)?[\"']?{re.escape(name)}[\"']?\s*(?:\]|=)")
        for i in range(start, len(lines)):
            if i > start and lines[i].strip().startswith("[["):
                break
            if wanted.match(lines[i]):
                return i + 1
    return start + 1
