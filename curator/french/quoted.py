"""What a French text quotes of the compiler: English that is nobody's prose.

A learner writes « expected `i32`, found `&str` », 'use of moved value', or the message without
any mark. `without_messages` takes both away, so that what is left is what the learner says.
"""

import re

from curator.french.shortwords import spoken_language

_LONGEST = 80  # characters between the marks; a longer quotation is a passage, and judged
_SHORT = 5  # words of a remark that may be a message, or part of one
_NAME = r"(?:\S{1,40}\s+)?"  # where rustc names something; gone where it was inline code
_QUOTED = re.compile(
    rf"«[^«»]{{1,{_LONGEST}}}»|“[^“”]{{1,{_LONGEST}}}”|\"[^\"]{{1,{_LONGEST}}}\""
    # No apostrophe: neither the opening nor the closing mark has a letter on its outer side.
    rf"|(?<!\w)['\u2018][^\n]{{2,{_LONGEST}}}?['\u2019](?!\w)"
)


def _any(*messages: str) -> re.Pattern[str]:
    return re.compile("|".join(rf"\b{m}(?!\w)".replace(" ", r"\s+") for m in messages))


# Messages with which rustc refuses code; a warning's or a panic's are not among them.
_REFUSALS = (
    r"(?:use|borrow) of moved value",
    r"value (?:used|borrowed|moved) here after move",
    rf"cannot borrow {_NAME}as (?:im)?mutable"
    r"(?: because it is also borrowed as (?:im)?mutable| more than once at a time)?",
    rf"cannot move out of (?:borrowed content|index|{_NAME}(?:which is behind a "
    r"(?:shared|mutable) reference|because it is borrowed))",
    r"cannot assign (?:twice )?to (?:immutable|borrowed)(?: \w+)?",
    rf"cannot find (?:value|type|function|macro|trait|attribute)(?: {_NAME}in this scope)?",
    r"cannot infer type",
    r"cannot return (?:reference to|value referencing) "
    r"(?:local variable|temporary value|function parameter)",
    r"(?:borrowed value |temporary value )?does(?: not|n't) live long enough",
    r"lifetime may not live long enough",
    r"temporary value dropped while borrowed",
    r"closure may outlive the current function",
    r"missing lifetime specifier",
    r"mismatched types",
    r"type annotations needed",
    rf"the trait (?:bound )?{_NAME}is not (?:satisfied|implemented)(?: for)?",
    r"expected (?:\S+ ){1,3}found(?: \S+)?",
    rf"no method named {_NAME}found",
    rf"the size for values of type {_NAME}cannot be known(?: at compilation time)?",
    rf"recursive type {_NAME}has infinite size",
    r"cannot be sent between threads(?: safely)?",
    r"non-exhaustive patterns",
    r"unresolved import",
    r"cannot assign to",
    rf"(?:field|function|struct) {_NAME}(?:of struct {_NAME})?is private",
    r"not all trait items implemented",
    r"failed to resolve:",
    r"arguments to this function are incorrect",
)
REFUSAL = _any(*_REFUSALS)
# Words of messages that English prose has, too: they are one where a French text has them.
_WORDS = (
    r"method not found",
    r"could not compile",
    r"cannot (?:borrow|move|assign|infer|return)",
    r"cannot (?:apply|add|subtract|multiply|divide|compare|call|use|index|cast|define|declare|be"
    r"|mutably|implement|destructure|determine|capture|coerce|resolve|access|mutate|deref\w*) \S+",
    r"can(?:'|\u2019)t (?:compare|call|use|capture|find|cast)",
    r"no (?:field|variant|associated item|function or associated item|implementation|rules) \S+",
    r"(?:missing|unknown) (?:fields?|structure field|generics?)",
    r"missing (?:lifetime|trait|match|type)",
    r"not found in this scope",
    r"the name \S+ is defined multiple times",
    r"this (?:function|method|struct|enum variant) takes \d+",
    r"(?:pattern )?\S+ not covered",
    r"(?:used binding|use of (?:undeclared|possibly|partially)|borrow of partially)",
    r"borrowed data escapes",
    r"returns a (?:value|reference) (?:referencing|to)",
    r"invalid left-hand side",
    r"incompatible types",
    r"(?:does not|doesn't|doesn\u2019t) implement",
    r"(?:the )?\S* ?operator can only be used",
    r"is not (?:an iterator|a function|allowed|callable)",
    r"cyclic package",
    r"expected (?:an? )?(?:\S+ ){1,9}found(?: \S+)?",
)
WIDE_REFUSAL = _any(*_REFUSALS, *_WORDS)
_MESSAGES = _any(
    *_REFUSALS,
    *_WORDS,
    r"unused (?:variable|import)",
    r"index out of bounds",
    r"attempt to (?:add|subtract|multiply|divide) with overflow",
    r"already (?:mutably )?borrowed",
)


def without_messages(text: str) -> str:
    """Strip a text of rustc's best-known messages and of what it quotes in English.

    Quotations of up to 80 characters go where their words are English or tell no language.
    """

    def kept(quoted: re.Match[str]) -> str:
        return " " if spoken_language(quoted[0]) in (None, "en") else quoted[0]

    return _MESSAGES.sub(" ", _QUOTED.sub(kept, text))


def is_english(text: str) -> bool:
    """Tell whether a text of some length is English, besides what it quotes of the compiler."""
    if len(text.split()) <= _SHORT:
        return False
    return (spoken_language(without_messages(text)) or spoken_language(text)) == "en"
