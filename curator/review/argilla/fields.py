"""Names of the fields, questions and metadata of a review dataset in Argilla.

Their French titles are in curator/french/review.py.
"""

QUESTION, ANSWER, FINDINGS = "question", "answer", "findings"
DECISION, REASON, COMMENT = "decision", "reason", "comment"
CORRECTED_QUESTION, CORRECTED_ANSWER = "corrected_question", "corrected_answer"
TOPIC, DIFFICULTY = "topic", "difficulty"

# Metadata to filter by. The French score is a number, the others are words. Argilla allows no name
# twice, be it a question's.
SIGNALS = ("agreement", "likelihood_gain", "opinion")
METADATA = ("theme", "level", "category", "strategy", "batch", "compile", *SIGNALS)
PROJECT = "project"  # whose record it is; not shown to annotators
PARTIES = "parties"  # who took part in a dispute, by name; not shown to annotators either
FRENCH_SCORE = "french"
# The example's own texts, by the question that may change them: the server compares with them what
# is submitted, since a form may be filled with others. Not shown to annotators.
ORIGINALS = {
    CORRECTED_QUESTION: "original_question",
    CORRECTED_ANSWER: "original_answer",
}
