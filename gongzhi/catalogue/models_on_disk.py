"""Trained models as files of plain arrays: written whole, read without running anything in them."""

import json
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from django.conf import settings
from numpy.typing import NDArray

from gongzhi.catalogue.rules.hashed import Space
from gongzhi.catalogue.rules.linear import Linear

FORMAT = 1
NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")


@dataclass(frozen=True)
class Trained:
    """A classifier with its labels, what it scored, and how far it is trusted beside the catalogue.

    `about` holds name, digest of the labels, score, accuracy, number of texts, time of training.
    """

    space: Space
    linear: Linear
    labels: tuple[str, ...]
    trust: float
    about: dict[str, Any]

    def shares(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """One row of shares per text, one column per label."""
        return self.linear.shares(self.space.rows_of(texts))


def path_of(name: str) -> Path:
    """Where the model of that name lies. ValueError for a name that is not one."""
    if not NAME.fullmatch(name):
        raise ValueError(f"not a name of a model: {name!r}")
    return Path(settings.DATA_DIR) / "models" / f"{name}.npz"


def stamp(name: str) -> tuple[int, int] | None:
    """Changes whenever the file does; None when there is none."""
    try:
        found = path_of(name).stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size


def save(name: str, trained: Trained) -> Path:
    """Write the model beside the old one and put it in its place in one step."""
    path = path_of(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(f".{os.getpid()}.part")
    about = {**trained.about, "format": FORMAT, "trust": trained.trust}
    about["sharpness"] = trained.linear.sharpness
    about["latin"], about["longest"] = trained.space.latin, trained.space.longest
    with unfinished.open("wb") as file:
        np.savez(
            file,
            buckets=trained.space.buckets.astype(np.int32),
            rarity=trained.space.rarity,
            weights=trained.linear.weights.astype(np.float16),
            bias=trained.linear.bias,
            labels=np.array(trained.labels, dtype=np.str_),
            about=np.array(json.dumps(about, ensure_ascii=False)),
        )
    unfinished.replace(path)
    return path


def open_model(name: str) -> Trained | None:
    """The model of that name; None when there is none, or none that this version can read."""
    try:
        with path_of(name).open("rb") as raw, np.load(raw, allow_pickle=False) as file:
            about = json.loads(str(file["about"]))
            if about.pop("format") != FORMAT:
                return None
            space = Space(
                file["buckets"].astype(np.int64), file["rarity"], about["latin"], about["longest"]
            )
            weights = file["weights"].astype(np.float32)
            linear = Linear(weights, file["bias"], about["sharpness"])
            labels = tuple(str(label) for label in file["labels"])
    except FileNotFoundError:
        return None
    except (
        OSError,
        ValueError,
        KeyError,
        EOFError,
        BadZipFile,
    ):  # damaged: the catalogue goes on alone
        return None
    return Trained(space, linear, labels, float(about["trust"]), about)
