"""What a chaos run did and found, as JSON for machines and Markdown for people."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from tests import serving

REPORTS = serving.ROOT / "build" / "chaos"


@dataclass
class Report:
    """What a run did and found; every count under `faults` must be zero."""

    seed: int
    title: str = "Chaos"
    num_ops: int = 0
    num_phones: int = 0
    duration_s: float = 0
    ops_per_s: float = 0
    troubles: dict[str, int] = field(default_factory=dict)
    """How often what was done to the processes: server killed, database restored, ..."""
    recoveries_s: dict[str, list[float]] = field(default_factory=dict)
    """How long after each trouble the next fact was acknowledged."""
    network: dict[str, int] = field(default_factory=dict)
    statuses: dict[str, int] = field(default_factory=dict)
    server_errors: dict[str, int] = field(default_factory=dict)
    """What the server logged as an error of its own, by the last line of each."""
    phones: dict[str, int] = field(default_factory=dict)
    outcomes: dict[str, int] = field(default_factory=dict)
    faults: dict[str, int] = field(default_factory=dict)
    found: list[str] = field(default_factory=list)
    skipped: dict[str, str] = field(default_factory=dict)
    """What this machine does not allow, with the reason."""
    num_planted: int = 0
    unnoticed: list[str] = field(default_factory=list)
    """Planted faults that a checker did not see."""

    @property
    def is_clean(self) -> bool:
        """Tell whether nothing was lost, doubled or unseen."""
        return not any(self.faults.values()) and not self.found and not self.unnoticed


def write_report(report: Report, name: str = "report", models: list[str] | None = None) -> Path:
    """Write the report as JSON and Markdown; return the Markdown's path."""
    content = {**asdict(report), "is_clean": report.is_clean, "models": models or []}
    return write_both(name, content, _list_lines(report, models or []))


def write_both(name: str, content: Mapping[str, object], lines: Sequence[str]) -> Path:
    """Write what a run found as JSON and its page as Markdown; return the Markdown's path."""
    REPORTS.mkdir(parents=True, exist_ok=True)
    text = json.dumps(content, ensure_ascii=False, indent=2)
    (REPORTS / f"{name}.json").write_text(text + "\n")
    path = REPORTS / f"{name}.md"
    path.write_text("\n".join(lines))
    return path


def _list_lines(report: Report, models: list[str]) -> list[str]:
    verdict = "clean" if report.is_clean else "NOT clean"
    done = ", ".join(f"{name} {num}" for name, num in report.troubles.items())
    counts = (
        *((f"{name} (must be 0)", num) for name, num in report.faults.items()),
        *((f"phones: {name}", num) for name, num in report.phones.items()),
        *((f"network: {name}", num) for name, num in sorted(report.network.items())),
        *((f"answer: {name}", num) for name, num in sorted(report.statuses.items())),
        *((f"server's error: {name}", num) for name, num in report.server_errors.items()),
        *((f"decided {name}", num) for name, num in report.outcomes.items()),
    )
    return [
        f"# {report.title}: {report.num_ops:,} facts, {verdict}",
        "",
        f"Seed {report.seed}; {report.num_phones} phones; {report.duration_s} s under fire, "
        f"{report.ops_per_s:,} facts/s. Done to it: {done or 'nothing'}.",
        "",
        "| | count |",
        "|---|---|",
        *(f"| {name} | {num} |" for name, num in counts),
        "",
        f"Planted faults that went unnoticed: {len(report.unnoticed)} of {report.num_planted}.",
        *(f"- {line}" for line in (*report.unnoticed, *report.found)),
        *(
            f"- {name}: acknowledged again after {', '.join(f'{s:.1f}' for s in times)} s"
            for name, times in report.recoveries_s.items()
        ),
        *(f"- Skipped, {name}: {reason}" for name, reason in report.skipped.items()),
        *(["", "## Protocol model", ""] if models else []),
        *(f"- {line}" for line in models),
        "",
    ]
