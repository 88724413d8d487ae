"""Writes the diagrams of docs/ that follow from the code: `uv run python docs/diagrams.py`.

Each Markdown file keeps a diagram between two comments, `<!-- diagram: name -->` and
`<!-- end of diagram -->`; with --check nothing is written, and what is out of date is an error.
"""

import os
import re
import sys
from pathlib import Path

DOCS = Path(__file__).resolve().parent
sys.path.insert(0, str(DOCS.parent))


def entities() -> str:
    """An entity-relationship diagram of the models: keys between tables, and how many of each."""
    from django.apps import apps

    models = sorted(apps.get_app_config("heritage").get_models(), key=lambda model: model.__name__)
    lines = set()
    for model in models:
        for field in model._meta.get_fields():
            target = field.related_model
            if not target or field.auto_created or target._meta.app_label != "heritage":
                continue
            if field.many_to_many:
                ends = "}o--o{"
            elif field.one_to_one:
                ends = "|o--||"
            else:
                ends = "}o--o|" if field.null else "}o--||"
            lines.add(f"    {model.__name__} {ends} {target.__name__} : {field.name}")
    return "\n".join(["erDiagram", *sorted(lines)])


def imports() -> str:
    """The packages of heritage/, and which of them import which."""
    import grimp

    graph = grimp.build_graph("heritage", cache_dir=None)
    names = sorted(
        name.partition(".")[2]
        for name in graph.find_children("heritage")
        if graph.find_children(name) and name != "heritage.migrations"
    )
    for name in names:
        graph.squash_module(f"heritage.{name}")
    edges = [
        f"    {name} --> {other}"
        for name in names
        for other in names
        if name != other
        and graph.direct_import_exists(importer=f"heritage.{name}", imported=f"heritage.{other}")
    ]
    return "\n".join(["flowchart TD", *edges])


DIAGRAMS = {
    "imports": ("architecture.md", imports),
    "entities": ("data-model.md", entities),
}


def with_diagram(page: str, name: str, diagram: str) -> str:
    """The text of a page with the diagram of this name replaced."""
    start, end = f"<!-- diagram: {name} -->", "<!-- end of diagram -->"
    found = re.compile(f"{re.escape(start)}.*?{re.escape(end)}", re.DOTALL)
    replaced, count = found.subn(lambda _: f"{start}\n```mermaid\n{diagram}\n```\n{end}", page)
    if count != 1:
        raise ValueError(f"A page needs one place for the diagram {name}, and has {count}.")
    return replaced


def outdated() -> list[str]:
    """Names of the diagrams that no longer follow from the code."""
    return [
        name
        for name, (file, draw) in DIAGRAMS.items()
        if (page := (DOCS / file).read_text(encoding="utf-8")) != with_diagram(page, name, draw())
    ]


def main() -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "heritage.settings")
    os.environ.setdefault("HERITAGE_DEBUG", "1")
    django.setup()
    if "--check" in sys.argv[1:]:
        if names := outdated():
            sys.exit(f"Out of date, run `uv run python docs/diagrams.py`: {', '.join(names)}")
        return
    for name, (file, draw) in DIAGRAMS.items():
        path = DOCS / file
        page = path.read_text(encoding="utf-8")
        path.write_text(with_diagram(page, name, draw()), encoding="utf-8")


if __name__ == "__main__":
    main()
