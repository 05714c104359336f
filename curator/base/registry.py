"""Find a class by the name of the module that defines it."""

from importlib import import_module
from typing import TypeVar

T = TypeVar("T")


def registered_class(package: str, name: str, base: type[T]) -> type[T]:
    """Import the module `name` of a package and return the subclass of `base` that it defines.

    Raises TypeError unless the module defines exactly one with this `name`.
    """
    module = import_module(f"{package}.{name}")
    classes = [
        value
        for value in vars(module).values()
        if isinstance(value, type)
        and issubclass(value, base)
        and value.__module__ == module.__name__  # defined there, not imported
        and getattr(value, "name", None) == name
    ]
    if len(classes) != 1:
        what = f"{len(classes)} subclasses of {base.__name__} with name = {name!r}"
        raise TypeError(f"{module.__file__} defines {what}, and must define one")
    return classes[0]
