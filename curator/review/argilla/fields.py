"""Names of the fields, questions and metadata of a review dataset in Argilla."""

QUESTION, ANSWER, FINDINGS = "question", "answer", "findings"
DECISION, REASON, COMMENT = "decision", "reason", "comment"
CORRECTED_QUESTION, CORRECTED_ANSWER = "corrected_question", "corrected_answer"
TOPIC, DIFFICULTY = "topic", "difficulty"

# Metadata to filter by: name -> title. The French score is a number, the others are words. Argilla
# allows no name twice, be it a question's.
METADATA: dict[str, str] = {
    "theme": "Thème",
    "level": "Niveau",
    "category": "Catégorie",
    "strategy": "Stratégie",
    "batch": "Lot",
    "compile": "Compilation",
}
PROJECT = "project"  # whose record it is; not shown to annotators
FRENCH_SCORE, FRENCH_TITLE = "french", "Score de français"
