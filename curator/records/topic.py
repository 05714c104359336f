"""The topics of examples: identifiers that a project's taxonomy lists."""

import re
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
    from pydantic.json_schema import JsonSchemaValue
    from pydantic_core import CoreSchema

PATTERN = r"^[a-z][a-z0-9_]{0,39}$"
_IDENTIFIER = re.compile(PATTERN)
BUILT_IN = (
    *("ownership", "borrowing", "lifetimes", "traits", "generics", "error_handling"),
    *("pattern_matching", "iterators", "structs", "enums", "modules", "closures", "testing"),
    *("unsafe", "async"),
)


class Topic(str):
    """The part of Rust that an example teaches, by its identifier, such as "lifetimes".

    Any identifier is a topic: which ones a project has is said by its taxonomy. There is one object
    for each identifier, also where it was unpickled, so that topics can be compared by `is`. The
    attributes are the topics of the taxonomy that is shipped; mutations name them.

    Raises ValueError for a text that is no identifier.
    """

    __slots__ = ()
    _known: ClassVar[dict[str, "Topic"]] = {}

    OWNERSHIP: ClassVar["Topic"]
    BORROWING: ClassVar["Topic"]
    LIFETIMES: ClassVar["Topic"]
    TRAITS: ClassVar["Topic"]
    GENERICS: ClassVar["Topic"]
    ERROR_HANDLING: ClassVar["Topic"]
    PATTERN_MATCHING: ClassVar["Topic"]
    ITERATORS: ClassVar["Topic"]
    STRUCTS: ClassVar["Topic"]
    ENUMS: ClassVar["Topic"]
    MODULES: ClassVar["Topic"]
    CLOSURES: ClassVar["Topic"]
    TESTING: ClassVar["Topic"]
    UNSAFE: ClassVar["Topic"]
    ASYNC: ClassVar["Topic"]

    def __new__(cls, name: str) -> "Topic":
        """Return the one object for `name`."""
        if known := cls._known.get(name):
            return known
        if not _IDENTIFIER.fullmatch(name):
            what = "a topic is 1 to 40 lower-case letters, digits and _, a letter first"
            raise ValueError(f"{name[:60]!r} is no topic: {what}")
        return cls._known.setdefault(name, super().__new__(cls, name))

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: Any, handler: "GetCoreSchemaHandler"
    ) -> "CoreSchema":
        from pydantic_core import core_schema

        return core_schema.no_info_after_validator_function(cls, core_schema.str_schema())

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: "CoreSchema", handler: "GetJsonSchemaHandler"
    ) -> "JsonSchemaValue":
        return {"type": "string", "title": "Topic", "pattern": PATTERN}


for _name in BUILT_IN:
    setattr(Topic, _name.upper(), Topic(_name))
