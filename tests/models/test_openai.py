"""A served model against a server of our own that behaves like each flavour, and badly."""

import json
import logging
import math
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from curator.base.errors import Interrupted, ModelError
from curator.models.base import ChatRequest, Message
from curator.models.load import load_model, model_sha256
from curator.models.openai.endpoint import endpoint_for
from curator.models.openai.flavour import prefix_grammar, strip_prefill
from curator.models.openai.model import OpenAiModel
from curator.models.openai.server import RetryPolicy, retry_after
from curator.models.settings import ModelSettings
from curator.records.example import ModelRef, Sampling
from curator.records.project import Project
from tests.conftest import ROOT
from tests.models.openai_fake import Fake, Json, Reply, chat, echo, running

SECRET = "sk-tres-secret-0123456789"
FAST = RetryPolicy(attempts=3, first=0, longest=0)
GRAMMAR = 'root ::= "a"'


@pytest.fixture(autouse=True)
def no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CURATOR_API_KEY", "OPENAI_API_KEY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def fake() -> Iterator[Fake]:
    with running(Fake()) as made:
        yield made


def load(fake: Fake, patience: RetryPolicy = FAST, **settings: Any) -> OpenAiModel:
    return OpenAiModel(ModelSettings(name=fake.name, **settings), patience)


def ask(
    text: str = "Bonjour", begun: str = "", grammar: str | None = None, seed: int = 7
) -> ChatRequest:
    said: tuple[Message, ...] = (Message("system", "Soyez bref."), Message("user", text))
    if begun:
        said = (*said, Message("assistant", begun))
    return ChatRequest(said, Sampling(temperature=0.5, max_tokens=9), seed, grammar)


def refusal(work: Callable[[], object]) -> str:
    with pytest.raises(ModelError) as caught:
        work()
    return str(caught.value)


# What is sent, and what is made of the answer


def test_answers_come_in_the_order_of_the_asks_however_they_end(fake: Fake) -> None:
    def slow_first(request: Json) -> Reply:
        reply = echo(request)
        reply.seconds = 0.3 if request["messages"][-1]["content"] == "abc" else 0
        return reply

    fake.answer = slow_first
    counts: list[int] = []
    made = load(fake, concurrency=3).complete([ask("abc"), ask("def"), ask("ghi")], counts.append)
    assert [m.text for m in made] == ["cba", "fed", "ihg"]
    assert counts == [1, 2, 3]
    assert all(m.finished and m.tokens == 3 for m in made)


@pytest.mark.slow
@pytest.mark.parametrize("concurrency", [1, 4])
def test_no_more_are_asked_for_at_a_time_than_wanted(fake: Fake, concurrency: int) -> None:
    fake.answer = lambda request: Reply(body=chat("x").body, seconds=0.05)
    load(fake, concurrency=concurrency).complete([ask(str(i)) for i in range(12)])
    assert len(fake.requests) == 12
    assert fake.most <= concurrency


def test_nothing_asked_is_nothing_sent(fake: Fake) -> None:
    assert load(fake).complete([]) == []
    assert fake.requests == []


def test_a_cut_answer_says_so_and_no_content_is_an_empty_text(fake: Fake) -> None:
    fake.answer = lambda request: chat("abc", "length")
    assert not load(fake).complete([ask()])[0].finished
    fake.answer = lambda request: chat(None)
    assert load(fake).complete([ask()])[0].text == ""


def test_tokens_that_are_not_counted_are_estimated_with_a_word(
    fake: Fake, caplog: pytest.LogCaptureFixture
) -> None:
    fake.answer = lambda request: chat("é" * 5, tokens=None)
    made = load(fake).complete([ask("a"), ask("b")])
    assert [m.tokens for m in made] == [3, 3]
    assert [r.getMessage() for r in caplog.records if "estimated" in r.getMessage()] == [
        f"{fake.url}: tells no numbers of tokens; estimated at 4 bytes each"
    ]


def test_half_characters_do_not_come_through(fake: Fake) -> None:
    body = json.dumps(chat("a\ud800b").body).encode()
    fake.answer = lambda request: Reply(body=body)
    assert load(fake).complete([ask()])[0].text == "a?b"


SENT = {
    "llamacpp": {"top_k": 40, "repeat_penalty": 1.1, "min_p": 0, "grammar": GRAMMAR},
    "me": {"top_k": 40, "repeat_penalty": 1.1, "min_p": 0, "grammar": GRAMMAR},
    "vllm": {
        "top_k": 40,
        "repetition_penalty": 1.1,
        "min_p": 0,
        "structured_outputs": {"grammar": GRAMMAR},
    },
    "organization_owner": {"top_k": 40, "repeat_penalty": 1.1},
    "library": {},
}


@pytest.mark.parametrize("owner", SENT)
def test_each_flavour_gets_what_it_knows(owner: str) -> None:
    with running(Fake(owner=owner)) as fake:
        load(fake).complete([ask(grammar=GRAMMAR, seed=2**40)])
    sent = fake.requests[0]
    assert sent.pop("messages")[-1] == {"role": "user", "content": "Bonjour"}
    common = {"model": "petit", "temperature": 0.5, "top_p": 0.9, "max_tokens": 9}
    assert sent == {**common, "seed": 2**40 % 0xFFFFFFFF, **SENT[owner]}


def test_a_flavour_may_be_given(fake: Fake) -> None:
    load(fake, flavour="vllm").complete([ask(grammar=GRAMMAR)])
    assert fake.requests[0]["structured_outputs"] == {"grammar": GRAMMAR}


def test_a_server_without_grammars_is_named_once(caplog: pytest.LogCaptureFixture) -> None:
    with running(Fake(owner="library")) as fake:
        model = load(fake)
        model.complete([ask(), ask()])
        assert not caplog.records
        model.complete([ask(grammar=GRAMMAR), ask(grammar=GRAMMAR)])
        load(fake).complete([ask(grammar=GRAMMAR)])
    said = f"{fake.url}: a plain server takes no grammar; asking without it"
    assert [r.getMessage() for r in caplog.records if r.levelno >= logging.WARNING] == [said]


# A begun turn


@pytest.mark.parametrize("owner", ["llamacpp", "vllm"])
def test_a_begun_turn_is_left_to_servers_that_continue(owner: str) -> None:
    said = "Début suite" if owner == "llamacpp" else " suite"  # as llama-server 10434, vLLM 0.32
    with running(Fake(owner=owner, answer=lambda request: chat(said))) as fake:
        made = load(fake).complete([ask(begun="Début", grammar=GRAMMAR), ask()])
    assert made[0].text == " suite"
    by_length = sorted(fake.requests, key=lambda r: len(r["messages"]))
    assert by_length[1]["messages"][-1] == {"role": "assistant", "content": "Début"}
    wanted = (True, False) if owner == "vllm" else (None, None)
    keys = ("continue_final_message", "add_generation_prompt")
    assert tuple(by_length[1].get(k) for k in keys) == wanted
    assert not set(keys) & by_length[0].keys()


@pytest.mark.parametrize("answer", ["# Question\nQuoi ?", "  # Question\nQuoi ?", "Quoi ?"])
def test_a_begun_turn_is_asked_for_where_it_cannot_be_continued(answer: str) -> None:
    with running(Fake(owner="library", answer=lambda request: chat(answer))) as fake:
        made = load(fake).complete([ask(begun="# Question\n")])
    assert made[0].text == "Quoi ?"
    last = fake.requests[0]["messages"][-1]
    assert last["role"] == "user"
    assert last["content"].endswith("exactement par :\n# Question\n")
    assert len(fake.requests[0]["messages"]) == 2


def test_a_grammar_allows_the_begun_turn_that_is_asked_for() -> None:
    with running(Fake(owner="me", answer=lambda request: chat("é\n# Q"))) as fake:
        load(fake).complete([ask(begun='é"\n', grammar='root ::= "root" x # root\nx ::= [^"root]')])
    assert fake.requests[0]["grammar"] == (
        'root ::= "é\\"\\n" begun-rest\nbegun-rest ::= "root" x # root\nx ::= [^"root]'
    )


def test_only_the_start_symbol_is_renamed() -> None:
    whole = 'root ::= root-x | x-root | "\\"root" | [\\]root] | root\nroot-x ::= "b"'
    rest = 'begun-rest ::= root-x | x-root | "\\"root" | [\\]root] | begun-rest\nroot-x ::= "b"'
    assert prefix_grammar("a", whole) == f'root ::= "a" begun-rest\n{rest}'


def test_what_was_begun_is_cut_off_only_where_it_is_repeated() -> None:
    assert strip_prefill("", "abc") == "abc"
    assert strip_prefill("1, 2,", "1, 2, 3") == " 3"
    assert strip_prefill("1, 2, ", "1, 2, 3") == "3"
    assert strip_prefill("# Question\n", "\n# Question\n\n## TL;DR") == "\n## TL;DR"
    assert strip_prefill("# Question\n", "Voici : # Question\n") == "Voici : # Question\n"


# Faults


@pytest.mark.parametrize(
    "fault",
    [
        Reply(429, {"error": {"message": "slow down"}}, {"Retry-After": "0"}),
        Reply(503, b"<html>"),
        Reply(500, {"error": "oops"}),
        Reply(200, {"choices": []}, cut=True),
    ],
)
def test_a_fault_that_passes_is_waited_for(fake: Fake, fault: Reply) -> None:
    faults = [fault, fault]
    fake.answer = lambda request: faults.pop() if faults else echo(request)
    assert load(fake).complete([ask("abc")])[0].text == "cba"
    assert len(fake.requests) == 3


def test_patience_ends(fake: Fake) -> None:
    fake.answer = lambda request: Reply(503, {"error": {"message": "Loading\nmodel"}})
    said = refusal(lambda: load(fake).complete([ask()]))
    assert said == f"{fake.url}: answers 503: Loading model"
    assert len(fake.requests) == 3


def test_a_server_that_asks_for_too_much_patience(fake: Fake) -> None:
    fake.answer = lambda request: Reply(429, {"detail": "quota"}, {"Retry-After": "3600"})
    assert "answers 429: quota" in refusal(lambda: load(fake).complete([ask()]))
    assert len(fake.requests) == 1


def test_retry_after_gives_seconds_or_a_date() -> None:
    assert retry_after("17") == 17
    soon = retry_after(format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True))
    assert soon and 25 < soon <= 30
    assert retry_after("Thu, 01 Jan 1970 00:00:00 GMT") == 0
    assert retry_after(None) is retry_after("later") is retry_after("") is None


def test_waits_grow_up_to_a_bound() -> None:
    patience = RetryPolicy(first=1, longest=5)
    for failed, whole in enumerate((1, 2, 4, 5, 5), 1):
        assert whole / 2 <= patience.wait(failed) <= whole


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (Reply(400, {"error": {"message": "too long"}}), "answers 400: too long"),
        (Reply(400, {"detail": [{"loc": 1}]}), "answers 400: no reason given"),
        (Reply(404, {"message": "no model"}), "answers 404: no model (is this the address"),
        (Reply(301, b"", {"Location": "http://127.0.0.1:9/"}), "answers 301: no reason given"),
        (Reply(200, b"{broken"), "answers no JSON (is this the address"),
        (Reply(200, b"[" * 100_000), "answers no JSON (is this the address"),
        (Reply(200, b"[1]"), "answers no JSON object (is this the address"),
        (Reply(200, {"choices": []}), "its answer holds no chat completion"),
        (Reply(200, {"choices": [{"message": {"content": 5}}]}), "holds no chat completion"),
        (Reply(200, {"choices": [{"message": None}]}), "its answer holds no chat completion"),
    ],
)
def test_a_fault_that_stays_ends_it_in_one_line(fake: Fake, reply: Reply, words: str) -> None:
    fake.answer = lambda request: reply
    said = refusal(lambda: load(fake).complete([ask()]))
    assert words in said
    assert said.startswith(f"{fake.url}: ")
    assert "\n" not in said
    assert len(fake.requests) == 1


def test_the_first_fault_ends_the_others(fake: Fake) -> None:
    def answer(request: Json) -> Reply:
        bad = request["messages"][-1]["content"] == "0"
        return Reply(400, {"error": {"message": "bad"}}) if bad else Reply(seconds=0.2, body={})

    fake.answer = answer
    said = refusal(lambda: load(fake, concurrency=2).complete([ask(str(i)) for i in range(50)]))
    assert "answers 400: bad" in said
    assert len(fake.requests) <= 4


def test_an_answer_that_takes_too_long(fake: Fake) -> None:
    fake.answer = lambda request: Reply(body={}, seconds=1.5)
    said = refusal(lambda: load(fake, timeout=0.3).complete([ask()]))
    assert "no answer within 0.3 seconds (raise model.timeout" in said
    assert len(fake.requests) == 1


def test_no_server_there() -> None:
    with running(Fake()) as fake:
        model = load(fake)
    said = refusal(lambda: model.complete([ask()]))
    assert said.startswith(f"{fake.url}: no server answers: ")
    assert "start it" in said
    assert "no server answers" in refusal(lambda: load(fake))


# Names, keys and references


@pytest.mark.parametrize(
    "name",
    ["openai:", "openai:petit", "openai:a@gpu-box:8000", f"openai:HTTP://anna:{SECRET}@host/v1"],
)
def test_names_without_an_address(name: str) -> None:
    said = refusal(lambda: load_model(ModelSettings(name=name)))
    assert said.startswith("model.name: a served model has an address (name it openai:MODEL@URL")
    assert SECRET not in said


@pytest.mark.parametrize(
    "url",
    ["ftp://host/v1", "http://", "http://host:x/v1", "http://ho st/v1", "http://host/\x1bv1"],
)
def test_addresses_that_are_none(url: str) -> None:
    said = refusal(lambda: endpoint_for(url))
    assert "not the address of a server" in said


@pytest.mark.parametrize(
    "url",
    [
        f"http://anna:{SECRET}@host/v1",
        f"http://anna:a/{SECRET}@host/v1",
        f"http://anna:a?{SECRET}@host/v1",
        f"http://host/v1?key={SECRET}",
        f"http://host/v1#{SECRET}",
        f"ftp://anna:{SECRET}@host",
    ],
)
def test_an_address_with_a_secret_is_refused_and_not_repeated(url: str) -> None:
    assert SECRET not in refusal(lambda: endpoint_for(url))


def test_the_only_model_needs_no_name(fake: Fake) -> None:
    settings = ModelSettings(name=f"openai:{fake.url}/")
    assert load_model(settings).ref.name == "petit"
    fake.models = [{"id": "a"}, {"id": "org/b:1.5b@x"}]
    assert "has several models (name one of these: a, org/b:1.5b@x)" in refusal(
        lambda: load_model(settings)
    )
    named = ModelSettings(name=f"openai:org/b:1.5b@x@{fake.url}")
    assert load_model(named).ref.name == "org/b:1.5b@x"


def test_a_model_that_the_server_has_not(fake: Fake) -> None:
    fake.models = [{"id": "grand"}, {"no": "id"}]
    assert "has no model petit (name one of these: grand)" in refusal(lambda: load(fake))
    fake.paths["/v1/models"] = lambda body: Reply(body={"data": None})
    assert "has no model petit (load one)" in refusal(lambda: load(fake))


def test_the_reference_is_honest_and_stays(fake: Fake) -> None:
    ref = load(fake).ref
    assert ref == load(fake).ref
    assert ref.sha256 == model_sha256(ModelSettings(name=fake.name))
    assert ref.runtime["repeatable"] == "not guaranteed"
    assert "its file was not seen" in str(ref.runtime["digest_of"])
    assert fake.url not in ref.model_dump_json() and "127.0.0.1" not in ref.model_dump_json()


def test_another_model_under_the_same_name_is_another_reference(fake: Fake) -> None:
    card = {"id": "petit", "owned_by": "llamacpp", "meta": {"n_params": 1}}
    fake.models = [card]
    one = load(fake).ref
    fake.models = [{**card, "meta": {"n_params": 2}}]
    other = load(fake).ref
    fake.paths["/props"] = lambda body: Reply(body={"chat_template": "x", "build_info": "b1-a"})
    third = load(fake).ref
    assert len({one.sha256, other.sha256, third.sha256}) == 3
    assert third.runtime["server"] == "llama.cpp b1-a"


def test_where_a_model_lies_and_how_it_is_run_are_not_what_it_is(fake: Fake) -> None:
    def ref(folder: str, context: int) -> ModelRef:
        meta = {"n_ctx": context, "n_params": 7}
        card = {"id": f"{folder}/petit-q4.gguf", "owned_by": "llamacpp", "meta": meta}
        fake.models = [card]
        return load_model(ModelSettings(name=f"openai:{fake.url}")).ref

    assert ref("/srv/models", 1024) == ref("~/x", 2048)
    assert ref("/srv/models", 1024).name == "petit-q4.gguf"


def test_the_key_comes_from_the_environment_and_goes_nowhere_else(
    fake: Fake, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv("OPENAI_API_KEY", "sk-autre")
    monkeypatch.setenv("CURATOR_API_KEY", f" {SECRET}\n")
    model = load(fake)
    model.complete([ask()])
    assert {h.get("Authorization") for _, h in fake.seen} == {f"Bearer {SECRET}"}
    fake.answer = lambda request: Reply(400, {"error": {"message": f"bad key {SECRET}!"}})
    with pytest.raises(ModelError, match="bad key") as caught:
        model.complete([ask()])
    told = [str(caught.value), repr(caught.value), repr(vars(model)), caplog.text]
    told += [model.ref.model_dump_json(), repr(endpoint_for(fake.url))]
    assert not [text for text in told if SECRET in text]
    monkeypatch.delenv("CURATOR_API_KEY")
    assert endpoint_for(fake.url).key == "sk-autre"


def test_a_key_that_is_wanted_or_refused(fake: Fake, monkeypatch: pytest.MonkeyPatch) -> None:
    fake.paths["/v1/models"] = lambda body: Reply(401, {"error": {"message": f"{SECRET}?"}})
    assert "wants a key (status 401) (set CURATOR_API_KEY or" in refusal(lambda: load(fake))
    monkeypatch.setenv("CURATOR_API_KEY", SECRET)
    said = refusal(lambda: load(fake))
    assert "refuses the key (status 401)" in said
    assert SECRET not in said


@pytest.mark.parametrize("key", ["clé", "a\nb"])
def test_a_key_that_no_header_may_have(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CURATOR_API_KEY", key)
    said = refusal(lambda: endpoint_for("http://127.0.0.1:1/v1"))
    assert said == "CURATOR_API_KEY: the key has characters that no header may have"


def test_a_key_in_clear_text_is_warned_of(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    endpoint_for("http://no-key.invalid:1/v1")
    monkeypatch.setenv("CURATOR_API_KEY", SECRET)
    quiet = ("https://gpu.invalid/v1", "http://127.0.0.1:1/v1", "http://[::1]:1/v1")
    for url in (*quiet, "http://localhost:1/v1"):
        endpoint_for(url)
    assert not caplog.records
    endpoint_for("http://gpu-box.invalid:8000/v1")
    endpoint_for("http://gpu-box.invalid:8000/v1/")
    assert [r.getMessage() for r in caplog.records] == [
        "http://gpu-box.invalid:8000/v1: the API key is sent unencrypted; use https, or a tunnel"
    ]


def test_a_proxy_is_not_asked_about_this_machine(
    fake: Fake, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    assert load(fake).complete([ask("abc")])[0].text == "cba"


# Likelihood


def test_likelihood_by_echo() -> None:
    tokens: Callable[[Json], Reply] = lambda body: Reply(  # noqa: E731
        body={"tokens": [1, 2, 3] if "messages" in body else [4, 5]}
    )
    scores = {"token_logprobs": [None, -9, -9, -0.5, -1.5, -7]}
    with running(Fake(owner="vllm")) as fake:
        asked: list[Json] = []
        fake.paths["/tokenize"] = lambda body: (asked.append(body), tokens(body))[1]
        fake.paths["/v1/completions"] = lambda body: (
            asked.append(body), Reply(body={"choices": [{"logprobs": scores}]}))[1]  # fmt: skip
        model = load(fake)
        assert math.isclose(model.likelihood(ask().messages, "texte"), -1.0)
        assert asked[0]["add_generation_prompt"] and not asked[0]["continue_final_message"]
        assert asked[2]["prompt"] == [1, 2, 3, 4, 5]
        assert "an empty text" in refusal(lambda: model.likelihood(ask().messages, ""))
        scores["token_logprobs"] = [None, -9, -9]
        assert "not a probability" in refusal(lambda: model.likelihood(ask().messages, "texte"))
        fake.paths["/v1/completions"] = lambda body: Reply(body={"choices": [{"logprobs": None}]})
        assert "no probabilities" in refusal(lambda: model.likelihood(ask().messages, "texte"))


def test_servers_that_tell_no_likelihood(fake: Fake) -> None:
    said = refusal(lambda: load(fake).likelihood(ask().messages, "texte"))
    assert "a llama.cpp server does not tell how probable a given text is" in said
    assert "generate.likelihood: false" in said


# Ctrl-C


def test_ctrl_c_ends_what_is_under_way(fake: Fake) -> None:
    begun, left = threading.Event(), threading.Event()

    def answer(request: Json) -> Reply:
        begun.set()
        left.wait(30)
        return echo(request)

    def interrupt(number: int, frame: object) -> None:
        raise Interrupted("interrupted")

    fake.answer = answer
    model = load(fake)
    before = signal.signal(signal.SIGINT, interrupt)
    presser = threading.Thread(target=lambda: (begun.wait(30), os.kill(os.getpid(), signal.SIGINT)))
    presser.start()
    try:
        with pytest.raises(Interrupted):
            model.complete([ask(str(i)) for i in range(40)])
        assert signal.getsignal(signal.SIGINT) is interrupt
    finally:
        left.set()
        presser.join()
        signal.signal(signal.SIGINT, before)


def test_a_wave_may_be_asked_for_from_a_thread_or_with_ctrl_c_ignored(fake: Fake) -> None:
    texts: list[str] = []
    work = threading.Thread(target=lambda: texts.append(load(fake).complete([ask("ab")])[0].text))
    work.start()
    work.join()
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        texts.append(load(fake).complete([ask("cd")])[0].text)
        assert signal.getsignal(signal.SIGINT) == signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)
    assert texts == ["ba", "dc"]


@pytest.mark.slow
def test_the_command_says_in_one_line_what_is_wrong(fake: Fake, project: Project) -> None:
    fake.models = [{"id": "grand"}]
    options = ["--project", str(project.root), "generate", "--model", fake.name, "-n", "1"]
    done = subprocess.run(
        [sys.executable, "-m", "curator", *options], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 1
    said = f"curator: {fake.url}: has no model petit (name one of these: grand)\n"
    assert done.stderr.endswith(said)
    assert "Traceback" not in done.stderr
