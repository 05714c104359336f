"""The loss curve as an image (SVG), drawn with pygal."""

from pathlib import Path

from curator import store
from training.metrics import losses, read_metrics


def draw(metrics: Path, out: Path, title: str) -> None:
    """Draw training and validation loss over the iterations of a metrics.jsonl into `out`."""
    import pygal
    from pygal.style import CleanStyle

    found = read_metrics(metrics)
    chart = pygal.XY(
        title=title,
        x_title="iteration",
        y_title="loss (nats per token)",
        style=CleanStyle,
        js=[],  # self-contained: no script from elsewhere
        show_dots=len(found) < 100,
        include_x_axis=False,
    )
    chart.add("training", losses(found, "train_loss"))
    chart.add("validation", losses(found, "val_loss"))
    store.write_bytes(out, chart.render(disable_xml_declaration=False))
