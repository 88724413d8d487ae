"""The steps of README's "How to add a facet", walked on a copy of the project."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

from django.conf import settings

_COPIED = ("heritage", "templates", "static", "tests", "pyproject.toml", "manage.py")


def test_the_steps_of_the_readme(tmp_path):
    copy = tmp_path / "copy"
    copy.mkdir()
    for name in _COPIED:
        source = Path(settings.BASE_DIR) / name
        if source.is_dir():
            shutil.copytree(source, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, copy / name)
    steps = (Path(settings.BASE_DIR) / "README.md").read_text().partition("### How to add a facet")
    steps = steps[2].partition("\n## ")[0]
    module, test = (
        dedent(block) for block in re.findall(r"```python\n(.*?)   ```", steps, re.DOTALL)
    )
    paths = re.findall(r"`((?:heritage/search|tests)/[\w/]+\.py)`", steps)
    path, registry, stored, test_path = paths
    facet = re.search(r"`(\w+\.\w+\(\))`", steps)[1]
    (copy / path).write_text(module)
    (copy / test_path).write_text(test)
    _replace(copy / registry, "import areas,", f"import areas, {Path(path).stem},")
    before = "    contents.ContentFacet(),\n"
    _replace(copy / registry, before, f"    {facet},\n{before}")
    number = int(re.search(r"^FORMAT = (\d+)$", (copy / stored).read_text(), re.MULTILINE)[1])
    _replace(copy / stored, f"FORMAT = {number}", f"FORMAT = {number + 1}")

    without = {"DATABASE_URL", "HERITAGE_DATA", "PYTEST_XDIST_WORKER", "PYTEST_CURRENT_TEST"}
    environment = {name: value for name, value in os.environ.items() if name not in without}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", test_path],
        cwd=copy,
        env=environment | {"PYTHONPATH": str(copy)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0 and "1 passed" in done.stdout, done.stdout + done.stderr


def _replace(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert text.count(old) == 1, (path, old)
    path.write_text(text.replace(old, new))
