"""Write the report: what is recorded -> rapport.md, rapport.html, reponses.html, in French.

data/       reads the project; each part says what it found, or that there is nothing yet
rules/      conclusions and advice, each by a stated condition on a number of the data
sections/   the data as titles, texts, tables and figures, once for both outputs
markdown    writes them as Markdown          html   as self-contained pages, answers apart
prose       makes a model's Markdown harmless

Its words are in curator/french: names of identifiers, numbers, the sentences of notices.
"""
