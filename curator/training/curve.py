"""Draw the loss curve as an image (SVG)."""

from pathlib import Path

from curator.base import charts, store
from curator.training.metrics import losses, read_metrics


def draw(metrics: Path, out: Path, title: str, per: str = "token") -> None:
    """Draw training and validation loss over the iterations of a metrics.jsonl into `out`.

    `per` is what it is the loss of.
    """
    records = read_metrics(metrics)
    names = {"training": "train_loss", "validation": "val_loss"}
    lines = [charts.Line(name, losses(records, field)) for name, field in names.items()]
    chart = charts.line_chart(lines, "iteration", f"loss (nats per {per})")
    description = ", ".join(
        f"{line.name} ends at {line.points[-1][1]:.3f}" for line in lines if line.points
    )
    store.write_bytes(out, charts.standalone(charts.draw(chart, 720, title, description)))
