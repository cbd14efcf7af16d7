"""The pages on the code: every package and module of `lib` is there, in order, and what they show runs."""

import re

import pytest
import yaml
from bs4 import BeautifulSoup
from conftest import ROOT

from lib.effects.grouptime import group_time
from tests.test_arrows import MODULES, ORDER

PACKAGES = [name for name in ORDER if name.startswith("lib")]
FOLDER = ROOT / "book" / "code"
INDEX = (ROOT / "book" / "code.md").read_text(encoding="utf-8")
CODE = re.compile(r"```python\n(.*?)```", re.S)


def listed(text):
    """The modules whose descriptions a page has, in order."""
    return re.findall(r"^\.\. automodule:: (\S+)$", text, re.M)


def page(package):
    return FOLDER / f"{package.partition('.')[2] or 'floor'}.md"


def modules(package):
    """The public face of a package: its modules, and of charts the package itself, which is used as one."""
    inside = [name for name in MODULES if name.rpartition(".")[0] == package and name not in ORDER]
    return {package} if package == "lib.charts" else {package, *inside}


def test_packages_stand_in_the_order_of_who_may_use_whom():
    assert listed(INDEX) == PACKAGES
    contents = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    [own] = [entry for part in contents["parts"] for entry in part["chapters"] if entry["file"] == "book/code"]
    assert [entry["file"] for entry in own["sections"]] == [f"book/code/{page(name).stem}" for name in PACKAGES]
    assert re.findall(r"^## \[.*\]\(code/(\w+)\.md\)$", INDEX, re.M) == [page(name).stem for name in PACKAGES]


@pytest.mark.parametrize("package", PACKAGES)
def test_every_module_is_on_the_page_of_its_package(package):
    found = listed(page(package).read_text(encoding="utf-8"))
    assert found[0] == package and len(found) == len(set(found))
    assert set(found) == modules(package)


@pytest.mark.parametrize("package", PACKAGES)
def test_what_a_page_imports_can_be_imported(package):
    [line] = re.findall(r"in a script for instance `([^`]+)`", page(package).read_text(encoding="utf-8"))
    exec(line, {})


def test_the_example_runs(capsys):
    example, *_ = CODE.findall(INDEX)
    exec(example, {})
    effect, p = map(float, capsys.readouterr().out.split())
    assert -3 < effect < 3 and 0 < p <= 1


def blocks(*kinds):
    """The blocks of these kinds on the page, in order."""
    return re.findall(rf"```(?:{'|'.join(kinds)})\n(.*?)```", INDEX, re.S)


def run(code, space, capsys):
    capsys.readouterr()
    exec(code, space)
    return [line.rstrip() for line in capsys.readouterr().out.splitlines()]


@pytest.mark.simulation
@pytest.mark.filterwarnings("ignore")  # other packages warn of their standard errors
def test_the_file_of_thirty_countries_gives_what_the_page_prints(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    _, made, ours, theirs, *_ = CODE.findall(INDEX)
    our_text, their_text = blocks("text")[:2]
    space = {}
    exec(made, space)
    assert len(space["rows"]) == 30 * 72 and (tmp_path / "returns.csv").exists()
    assert run(ours, space, capsys) == our_text.splitlines()
    assert run(theirs, space, capsys) == their_text.splitlines()
    regression = space["effects"](space["outcome"], space["starts"])
    for country, put_in in (("C10", 8), ("C20", 6)):
        low, high = space["tests"][country].interval()
        assert low < put_in < high
    assert regression.at["C10", "effect"] + 1.96 * regression.at["C10", "se"] < 8, "the error leaves out what is there"


@pytest.mark.simulation
@pytest.mark.filterwarnings("ignore")
def test_what_the_page_says_of_agreement_holds(tmp_path, monkeypatch):
    """The regression to all digits, Callaway and Sant'Anna's effects to all digits."""
    import pyfixest
    from diff_diff import CallawaySantAnna

    monkeypatch.chdir(tmp_path)
    _, made, ours, *_ = CODE.findall(INDEX)
    space = {}
    exec(made, space)
    exec(ours, space)
    outcome, starts, rows = space["outcome"], space["starts"], space["rows"]
    for country in starts.index:
        rows[country] = ((rows["country"] == country) & (rows["month"] >= rows["begun"].fillna("9"))).astype(int)
    mine = space["effects"](outcome, starts)
    fit = pyfixest.feols("returns ~ C10 + C20 | country + month", rows, vcov={"CRV1": "country"})
    assert mine["effect"].to_numpy() == pytest.approx(fit.coef().to_numpy(), rel=1e-9)
    assert mine["se"].to_numpy() == pytest.approx(fit.se().to_numpy(), rel=0.05)
    number = rows["month"].rank(method="dense").astype(int)
    first = rows["begun"].map(dict(zip(rows["month"], number, strict=True))).fillna(0).astype(int)
    fit = CallawaySantAnna().fit(
        rows.assign(t=number, g=first), outcome="returns", unit="country", time="t", first_treat="g", aggregate="group"
    )
    theirs = [group["effect"] for group in fit.group_effects.values()]
    assert group_time(outcome, starts).aggregate("group").drop("overall")["effect"].tolist() == pytest.approx(theirs)


@pytest.mark.book
@pytest.mark.parametrize("package", PACKAGES)
def test_a_page_has_what_the_docstrings_say_and_is_light(book, package):
    file = (book / "book" / "code" / page(package).name).with_suffix(".html")
    soup = BeautifulSoup(file.read_text(encoding="utf-8"), "html.parser")
    assert len(soup.find_all()) <= 4_000 and file.stat().st_size < 500_000
    described = soup.select("dt.sig[id]")
    assert described and all(sign.find_next_sibling("dd").get_text(strip=True) for sign in described)
    assert not soup.select("article .problematic, article cite")


@pytest.mark.book
def test_a_signature_is_plain_and_a_name_leads_to_its_description(book):
    soup = BeautifulSoup((book / "book/code/effects.html").read_text(encoding="utf-8"), "html.parser")
    sign = soup.find(id="lib.effects.logchange.log_change")
    said = " ".join(sign.get_text().split())
    assert said == "log_change(outcome: DataFrame, starts: Series, country: str) → LogChange#"
    assert [link["href"] for link in sign.find_next_sibling("dd").select("a:has(code)")][:1] == [
        "#lib.effects.logchange.LogChange"
    ]
