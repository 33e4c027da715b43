"""Print the pinned requirements that this installed Core's manifests name for some components.

usage: requirements_of.py COMPONENT...
"""

import json
import pathlib
import sys

import homeassistant
from homeassistant import bootstrap
from homeassistant.const import Platform

COMPONENTS = pathlib.Path(homeassistant.__file__).parent / "components"


def set_up_by_core_itself() -> set[str]:
    """Names that the bootstrap module lists."""
    found: set[str] = set()
    for name in dir(bootstrap):
        value = getattr(bootstrap, name)
        if name.endswith("_INTEGRATIONS") and isinstance(value, (set, tuple)):
            found |= {domain for domain in value if isinstance(domain, str)}
    return found


def entity_platforms_of(component: str) -> set[str]:
    """demo/tts.py needs tts, although demo's manifest does not say so."""
    files = {file.stem for file in (COMPONENTS / component).glob("*.py")}
    return files & {str(platform) for platform in Platform}


def requirements(asked: list[str]) -> list[str]:
    """Requirements of the asked components, of their platforms and dependencies, and of what Core always loads."""
    todo = set(asked) | set_up_by_core_itself()
    for component in asked:
        todo |= entity_platforms_of(component)
    seen: set[str] = set()
    found: set[str] = set()
    while todo:
        component = todo.pop()
        manifest = COMPONENTS / component / "manifest.json"
        if component in seen or not manifest.exists():
            continue
        seen.add(component)
        content = json.loads(manifest.read_text())
        found |= set(content.get("requirements", []))
        todo |= set(content.get("dependencies", []))
    return sorted(found)


if __name__ == "__main__":
    print("\n".join(requirements(sys.argv[1:])))
