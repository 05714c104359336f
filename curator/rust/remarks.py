"""Read what the comments in a block say of it: that rustc refuses the line that they stand at."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from curator.french import refusal, remark_words, verdicts
from curator.french import refusal_words as words
from curator.french.stance import Stance, stance
from curator.rust.source import Comment, analyse
from curator.text.fold import fold

# Code that is commented out: what a comment says there is said of that code.
_CODE = re.compile(
    r"^(?:let|fn|use|pub|impl|struct|enum|match|for|if|while|return)\b.*[;{=(]|^[\w.]+ [-+*]?= "
    r"|^[\w.:]+!?\(.*\)|\w\)?;\s*(?://|<-|$)"
)
# Code that handles an error, or defines one: "erreur" beside it is about the program's errors.
_HANDLES = re.compile(
    r"=>|\bErr\b|(?i:err(?:eur|or)s?)\b|\beprintln!|\bexit\(|\bassert|\?;|_err\(\)|\.parse\b"
    r"|\bError\b"
    r"|^\w+(?:\([^()]*\)|\s*\{[^{}]*\})?,?$"
)
_DEFINES = re.compile(
    r"\breturn\b|\bpanic!|^(?:pub(?:\([^)]*\))? )?(?:const|static|enum|struct|type|trait|impl|if)\b"
    r"|\blet (?:mut )?\w*err\w*|\blet \w+(?:: \w+)? = [\d.]"
)

_READ = 300  # characters of a comment, and lines of several: not a whole licence
_LINES = 20
# A comment about what is left to do says nothing of the code as it stands.
_PLANS = re.compile(r"^(?:TODO|FIXME|XXX)\b", re.IGNORECASE)


def _unmarked(text: str) -> str:
    """Take off what people put before a remark in plain form: arrows, crosses, "ici :"."""
    return re.sub(r"^(?:\W|ici\b|la\b|oups\b|attention\b|ligne \d+|rustc :)+", "", text)


def _with_code(comment: Comment) -> str:
    """Return a remark in plain form, the code that it quotes included."""
    return _unmarked(refusal.plain(comment.text.replace("`", " ")))


def _says_error(comment: Comment, code: str) -> bool:
    """Tell whether a remark that begins with "erreur" is about the compiler's."""
    text = _with_code(comment)
    if re.search(r"\b(?:voir|cf|chapitre|est un code)\b", text):
        return False
    if re.match(rf"(?:erreur|error)?\W*{verdicts.CODE}|erreur\b.*{verdicts.CODE}", text):
        return True
    if re.search(r"(?:->|=>|\u2192)\s*`?E\d{4}\b\W*$", comment.text):
        return True
    # A numbered error is one of a list of the program's.
    numbered = re.match(r"(?:erreur|error)\s+(?:n\W{0,2}\s*)?\d", text)
    begins = re.match(rf"(?:erreur|error|{verdicts.MESSAGE})\b", text)
    if not begins or numbered or _HANDLES.search(code):
        return False
    rest = re.sub(r"^(?:erreur|error)(?:\W|ici\b)*", "", text)
    if words.COMPILER_ERROR.match(text) or re.search(verdicts.TECHNICAL, rest):
        return True
    return not rest and not _DEFINES.search(code)


def _begins_refused(text: str, code: str) -> bool:
    """Read a remark that begins with "refusé": by the compiler, or by the program?"""
    if re.search(verdicts.COMPILER, text) or re.search(verdicts.TECHNICAL, text):
        return True
    alone = re.match(r"interdite?\W*$", text) and "interdit" not in fold(code)
    return bool(alone) and not (_HANDLES.search(code) or re.search(r"\b(?:true|false)\b", code))


def _says_little(comment: Comment, text: str, code: str) -> bool:
    """Tell whether a remark is too short to tell, or about other code that it quotes."""
    if re.fullmatch(r"(?!incompil)\w+\W*", text):
        return True
    if text.startswith("code") and re.search(r"\bcode\b", code):
        return True  # one of the program's codes
    quoted = re.match(r"\W*`([^`]+)`", comment.text)
    elsewhere = quoted and quoted.group(1).strip(" ;") not in code
    return bool(elsewhere) and verdicts.MESSAGE not in text


def _says_refused(comment: Comment, code: str) -> bool:
    """Tell whether a remark says in its words that rustc refuses the line."""
    text, handles = _with_code(comment), _HANDLES.search(code)
    reasoned = not remark_words.NO_REASON.search(text)
    marked = remark_words.MARK.match(comment.text) and comment.beside and not handles
    if marked and reasoned and remark_words.REASON.search(text):
        return True
    if re.match(r"(?:refuse|rejete|interdit|invalide|illegal)e?\b", text):
        return _begins_refused(text, code)
    if remark_words.SHORT.match(text):
        return not handles
    plain = refusal.plain(comment.text)
    if re.match(rf"\W*(?:{verdicts.COMPILER}) ?:", plain):  # its words, or what they amount to
        return reasoned and stance(text) is not Stance.FOR
    if _says_little(comment, text, code):
        return False
    spoken = refusal.sentences(_unmarked(plain))
    return any(refusal.read_sentence(s) is refusal.Reading.REFUSED for s in spoken)


def _groups(comments: Sequence[Comment]) -> Iterator[list[Comment]]:
    """Put comments on lines of their own together where nothing stands between them."""
    group: list[Comment] = []
    for comment in comments:
        group.append(comment)
        if comment.beside or not comment.below.startswith(("//", "/*")):
            yield group
            group = []
    if group:
        yield group


def refused_by_comment(code: str) -> str | None:
    """Return the comment by which a block says that rustc refuses it, if any.

    It stands beside the code that fails, or on a line of its own above it; not above code that is
    commented out, nor beside code that handles an error of the program.
    """
    for every in _groups(analyse(code).comments):
        group = [replace(c, text=c.text[:_READ]) for c in every[-_LINES:]]
        worth = any(remark_words.WORTH_READING.search(c.text) for c in group)
        if not worth or not _is_remark(every[0], group):
            continue
        code_at = group[-1].beside or group[-1].below
        for comment in group:
            if _says_error(comment, code_at) or _says_refused(comment, code_at):
                return comment.text
    return None


def _is_remark(first: Comment, group: Sequence[Comment]) -> bool:
    """Tell whether comments are about the code below: no plan, no dead code, no "without x"."""
    if _PLANS.match(first.text) or not group[-1].code_follows:
        return False
    if any(_CODE.search(c.text) for c in group):
        return False
    if refusal.is_order(refusal.plain(first.text)):
        return True
    return not refusal.supposed(refusal.plain(" ".join(c.text for c in group))[-_READ * 3 :])
