"""The laws of the house that neither the linter nor the type checker can see."""

import ast
import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path

import pytest
from django.conf import settings
from django.db.models import TextChoices
from django.urls import URLPattern, URLResolver, get_resolver

from gongzhi.cases import actions as case_actions
from gongzhi.cases import rules
from gongzhi.cases.words import Party, Status
from gongzhi.kernel.actions import ACTIONS
from gongzhi.project import described

ROOT = settings.ROOT
GONGZHI = ROOT / "gongzhi"
LONGEST = 450  # lines of a file
OURS = [p for p in sorted(GONGZHI.rglob("*.py")) if "migrations" not in p.parts]
CODE = [p for p in OURS if "tests" not in p.parts]


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def each(paths: Iterable[Path]) -> Callable[[Callable[[Path], None]], Callable[[], None]]:
    """One test that holds the check against every path and tells all that break it."""

    def law(check: Callable[[Path], None]) -> Callable[[], None]:
        def test() -> None:
            broken = []
            for path in paths:
                try:
                    check(path)
                except AssertionError as error:
                    broken.append(f"{name_of(path)}: {str(error).splitlines()[0]}")
            assert not broken, "\n".join(broken)

        test.__name__, test.__doc__ = check.__name__, check.__doc__
        return test

    return law


# ── rows ──────────────────────────────────────────────────────────────────────

RELATIONS = {"ForeignKey", "OneToOneField", "ManyToManyField"}


@each([p for p in CODE if "models" in {p.stem, p.parent.name}])
def test_relations_name_classes_so_that_the_import_contract_sees_them(path):
    for call in (n for n in ast.walk(tree_of(path)) if isinstance(n, ast.Call)):
        called = call.func.attr if isinstance(call.func, ast.Attribute) else ""
        if called in RELATIONS and call.args:
            to = call.args[0]
            assert not isinstance(to, ast.Constant) or to.value == "self", ast.unparse(call)


WRITES = {"create", "bulk_create", "bulk_update", "get_or_create", "update_or_create"}
# A door keeps its own books (what came, from whom, what is owed back); cases it opens by verbs.
MAY_WRITE = re.compile(
    r"gongzhi/(\w+/(actions|models|record|tell|reactions)(/\w+)?\.py"
    r"|doors/|demo/|\w+/management/|journal/)"
)


@each([p for p in CODE if not MAY_WRITE.match(name_of(p))])
def test_only_verbs_write(path):
    for call in (n for n in ast.walk(tree_of(path)) if isinstance(n, ast.Call)):
        if isinstance(call.func, ast.Attribute) and call.func.attr in WRITES:
            assert "objects" not in ast.unparse(call.func.value), ast.unparse(call)


@each(CODE)
def test_nobody_relies_on_row_locks_that_sqlite_does_not_have(path):
    assert ".select_for_update(" not in path.read_text(encoding="utf-8")


# ── verbs and statuses ────────────────────────────────────────────────────────


def test_every_verb_says_who_when_and_what_it_promises():
    assert len(ACTIONS) > 15
    for name, verb in ACTIONS.items():
        assert verb.__doc__, name
        assert {"by", "at"} <= set(verb.__annotations__), name


def test_every_status_has_somebody_whose_turn_it_is():
    assert set(rules.TURN) == set(Status.values)
    assert set(rules.TURN.values()) <= set(Party.values)


# Moves that another verb makes: a third return, the end of the case others are merged into, a redo.
MADE_BY_OTHERS = {"call_arbitration", "close_merged", "decline_merged", *rules.REOPENING}


def test_every_move_is_a_verb_that_can_be_called():
    for verb in rules.LEADS_TO.keys() - MADE_BY_OTHERS:
        assert callable(getattr(case_actions, verb)), verb


# ── addresses ─────────────────────────────────────────────────────────────────

# Everything a stranger may enter. Whoever adds an address decides, here, that it is public.
PUBLIC = {
    "faces:home",
    "faces:login",
    "faces:matters",
    "faces:grid",
    "faces:me",
    "faces:privacy",
    "faces:elder",
    "places:tile",
    "places:minimap",
    "places:basemap",
    "healthz",
    "readyz",
    "metrics",
    "set_language",
    "mediation:ask",
    "pocket:report",
    "pocket:near",
    "pocket:join",
    "pocket:mine",
    "pocket:lookup",
    "pocket:solved",
    "api:openapi-json",
    "api:report",
    "api:photo",
    "api:nearby",
    "api:catalogue",
    "api:locate",
}
# Addresses that know strangers by what they hold: a device's token, a number with its secret, an
# API key. Without it they must answer as if there were nothing.
BY_TOKEN = {
    "pocket:done",
    "pocket:track",
    "pocket:supplement",
    "pocket:rate",
    "pocket:fixed",
    "pocket:redo",
    "pocket:appeal",
    "files:show",
    "api:track",
}
# A public standard and codes pasted to walls; their own tests say what they give away.
OPEN_PREFIXES = ("open311:", "qr:")
SAMPLES = {
    "pk": "1",
    "zoom": "15",
    "x": "1",
    "y": "1",
    "number": "GZ261122000001",
    "token": "A" * 43,
    "size": "full",
    "turn": "on",
    "code": "02001",
    "suffix": "json",
    "to": "mine",
    "kind": "residents.people",
    "step": "1",
}


def addresses(
    resolver: URLResolver | None = None, namespace: str = ""
) -> Iterator[tuple[str, dict[str, str]]]:
    """(name with namespace, sample arguments) of everything in the URLconf."""
    for one in (resolver or get_resolver()).url_patterns:
        if isinstance(one, URLResolver):
            yield from addresses(one, one.namespace or namespace)
        elif isinstance(one, URLPattern):
            name = f"{namespace}:{one.name}" if namespace else str(one.name)
            if "<" not in str(one.pattern) and str(one.pattern).startswith("^.*"):
                continue
            pattern = one.pattern
            keys = set(getattr(pattern, "converters", {})) | set(
                getattr(getattr(pattern, "regex", None), "groupindex", {})
            )
            yield name, {key: SAMPLES[key] for key in sorted(keys)}


ADDRESSES = dict(addresses())


def test_public_addresses_exist():
    assert set(ADDRESSES) >= PUBLIC | BY_TOKEN


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize(
    "name",
    [n for n in sorted(ADDRESSES) if n not in PUBLIC and not n.startswith(OPEN_PREFIXES)],
)
def test_a_stranger_gets_no_further_than_the_sign_in_page(client, world, name, method):
    from django.urls import reverse

    url = reverse(name, kwargs=ADDRESSES[name] or None)
    answer = getattr(client, method)(url)
    if answer.status_code == 302:
        assert answer["Location"].startswith(("/login/", "/track/")) or name == "faces:logout"
    else:
        assert answer.status_code in {401, 403, 404, 405}, answer.content[:300]


# ── files and names ───────────────────────────────────────────────────────────


@each(sorted(GONGZHI.glob("*/__init__.py")))
def test_a_package_is_one_sentence(path):
    tree = tree_of(path)
    says = ast.get_docstring(tree) or ""
    assert len(tree.body) == 1, "code in the package's own file"
    assert says.endswith(".")
    assert "\n" not in says


WRITTEN = [
    path
    for pattern in ("*.py", "*.html", "*.js", "*.mjs", "*.css")
    for path in sorted(GONGZHI.rglob(pattern))
    if not {"vendor", "migrations"} & set(path.parts)
]


@each(WRITTEN)
def test_a_file_can_be_read_in_one_sitting(path):
    length = len(path.read_text(encoding="utf-8").splitlines())
    most = LONGEST if path.suffix == ".py" else 2 * LONGEST
    assert length <= most, f"{length} lines: make it a package or split it"


FORBIDDEN_FILES = {
    "utils",
    "util",
    "helpers",
    "helper",
    "base",
    "core",
    "managers",
    "common",
    "misc",
}
ALLOWED_NAMES = {  # Django, html.parser and aiosmtpd call them so
    "process_exception",
    "process_view",
    "process_template_response",
    "process_request",
    "process_response",
    "handle_raw_input",
    "handle_starttag",
    "handle_startendtag",
    "handle_endtag",
    "handle_data",
    "handle_RCPT",
    "handle_DATA",
}


@each(OURS)
def test_names_say_what_a_thing_does(path):
    assert path.stem not in FORBIDDEN_FILES
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            told = re.match(r"_?(process|handle|manage)_", node.name) is None
            assert told or node.name in ALLOWED_NAMES, node.name
        if isinstance(node, ast.ClassDef):
            assert not re.search(r"(Helper|Utils?|Service)$", node.name), node.name


PAGES = re.compile(r"(pages|urls|api)(_\w+)?")


@each(CODE)
def test_only_pages_and_addresses_know_pages(path):
    if PAGES.fullmatch(path.stem) or {"faces", "project", "doors"} & set(path.parts):
        return
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("gongzhi."):
            names = {(node.module or "").rpartition(".")[2], *(a.name for a in node.names)}
            assert not any(PAGES.fullmatch(n) for n in names), ast.unparse(node)


TEMPLATES = sorted(GONGZHI.rglob("templates/**/*.html"))
INLINE = [
    (re.compile(r"\sstyle\s*="), "a style attribute"),
    (re.compile(r"\son[a-z]+\s*=\s*[\"']"), "an inline handler"),
    (re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)[^>]*>"), "an inline script"),
    (re.compile(r"javascript:"), "a script as an address"),
    (re.compile(r"\|safe\b|autoescape off"), "unescaped text"),
]


@each(TEMPLATES)
def test_templates_keep_to_the_content_security_policy(path):
    text = path.read_text(encoding="utf-8")
    for pattern, what in INLINE:
        found = pattern.search(text)
        assert found is None, f"{what}: {text[found.start() : found.start() + 80]}"


# ── words and papers ──────────────────────────────────────────────────────────


def test_every_package_is_in_the_list_of_words():
    listed = re.findall(r"^\| [^|]+ \| (\w+) \|", (ROOT / "docs/words.md").read_text("utf-8"), re.M)
    packages = {path.parent.name for path in GONGZHI.glob("*/__init__.py")}
    assert packages <= set(listed)


@pytest.mark.parametrize("choices", described.stored_words(), ids=lambda c: c.__qualname__)
def test_stored_words_are_lower_case_english_with_a_chinese_label(choices: type[TextChoices]):
    from django.utils.translation import override

    with override("zh-hans"):
        for one in choices:
            assert re.fullmatch(r"[a-z0-9_]+", str(one.value)), one.value
            assert str(one.label) != one.value


def test_generated_pages_are_fresh():
    for path, fresh in described.pages().items():
        written = path.read_text(encoding="utf-8") if path.exists() else ""
        assert written == fresh, f"{name_of(path)}: run `make docs`"


def test_every_run_time_dependency_says_why_it_is_there():
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    block = text.split("dependencies = [", 1)[1].split("\n]", 1)[0]
    for line in filter(str.strip, block.splitlines()):
        assert re.search(r"\",\s+#\s*\S+", line), line


def test_lock_files_name_no_registry():
    for path in (*LOCKS.values(), ROOT / "tools/uv.lock"):
        text = path.read_text(encoding="utf-8")
        assert "://" not in text, path
        assert "--hash=sha256:" in text, path


LOCKS = {
    what: ROOT / f"requirements{what}.lock" for what in ("", "-telemetry", "-dev")
}  # what runs, what traces it besides, what tests all of it


def test_what_is_tested_is_what_runs():
    pinned = {
        what: set(re.findall(r"^([a-z0-9.-]+==\S+)", path.read_text("utf-8"), re.MULTILINE))
        for what, path in LOCKS.items()
    }
    assert pinned[""] < pinned["-telemetry"] < pinned["-dev"], "run `make lock`"
