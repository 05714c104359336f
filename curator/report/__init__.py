"""Write the report: what is recorded -> rapport.md and rapport.html, both in French.

data/       reads the project; each part says what it found, or that there is nothing yet
rules/      conclusions and advice, each by a stated condition on a number of the data
sections/   the data as titles, texts, tables and figures, once for both outputs
markdown    writes them as Markdown          html   writes them as one self-contained page
prose       makes a model's Markdown harmless

Its words are in curator/french: names of identifiers, numbers, the sentences of notices.
"""
